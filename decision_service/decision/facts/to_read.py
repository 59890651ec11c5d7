"""What a person has to read one by one: the files, and what nothing could be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources
from decision_service.reading.place import says_what, whole


def files(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every file that came with the application."""
    for number, file in enumerate(case.application.attachments):
        named = [each for each in (file.name, file.category) if each]
        draft = Draft("bilaga", f"attachments[{number}]", whole(", ".join(named), 200) or "Bilaga")
        bound: Sources = {"application.attachments[]": Record(draft.id, file)}
        yield fill(draft, case, base | bound, derivations)


def unread(
    case: Case, sentences: Iterable[str], base: Sources, derivations: Mapping[str, Derivation]
) -> Iterator[Draft]:
    """Every sentence about what could not be understood. Its id is its own, wherever it stands."""
    for sentence in sentences:
        mark = sha256(sentence.encode()).hexdigest()[:16]
        draft = Draft("oläst", f"unmapped[{mark}]", "Uppgift som inte gick att tolka")
        yield fill(draft, case, base | {"unmapped": Record("unmapped", sentence)}, derivations)


# --- calculations


def only_here(case: Case, id_: str | None, received: datetime) -> str | None:
    """When the application came, of a file without an id: that of another month may be called the same."""
    return None if id_ else received.isoformat()


def only_here_by_words(case: Case, sentence: str, received: datetime) -> str | None:
    """When the application came, of a sentence that says where something stands and not what: it may be
    another thing the next time."""
    return None if says_what(sentence) else received.isoformat()


TO_READ: Mapping[str, Derivation] = {
    "ansökan_kom_om_filen_saknar_beteckning": only_here,
    "ansökan_kom_om_meningen_inte_citerar": only_here_by_words,
}
