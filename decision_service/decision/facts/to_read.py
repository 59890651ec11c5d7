"""What a person has to read one by one: the files, and what nothing could be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources


def files(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every file that came with the application."""
    for number, file in enumerate(case.application.attachments):
        named = [each for each in (file.name, file.category) if each]
        draft = Draft("bilaga", f"attachments[{number}]", ", ".join(named)[:200] or "Bilaga")
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
