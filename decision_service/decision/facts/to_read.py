"""What a person has to read one by one: the files, and what nothing could be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from decision_service.reading.place import whole
from decision_service.reading.unread import Unread, together


def files(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every file that came with the application."""
    for number, file in enumerate(case.application.attachments):
        named = [each for each in (file.name, file.category) if each]
        draft = Draft("bilaga", f"attachments[{number}]", whole(", ".join(named), 200) or "Bilaga")
        bound: Sources = {"application.attachments[]": Record(draft.id, file)}
        yield fill(draft, case, base | bound, derivations)


def once(told: Iterable[Unread]) -> tuple[Unread, ...]:
    """Each sentence once. What is told in the same words is one thing with all that was written of it, and
    where that is not known of one, it is of none."""
    found: dict[str, list[Unread]] = {}
    for each in told:
        found.setdefault(each.sentence, []).append(each)
    return tuple(replace(same[0], written=_of_all(same)) for same in found.values())


def _of_all(same: Sequence[Unread]) -> str | None:
    of_each = (each.written for each in same)
    return together(*sorted(of_each, key=str)) if len(same) > 1 else same[0].written


def not_read(
    case: Case, told: Iterable[Unread], base: Sources, derivations: Mapping[str, Derivation]
) -> Iterator[Draft]:
    """Everything that could not be understood. Its id is its own, wherever it stands."""
    for each in told:
        id_ = sha256(each.sentence.encode()).hexdigest()[:16]
        draft = Draft("oläst", f"unmapped[{id_}]", texts().labels.unread)
        yield fill(draft, case, base | {"unmapped": Record("unmapped", each)}, derivations)


# --- calculations


def only_here(case: Case, id_: str | None, received: datetime) -> str | None:
    """When the application came, of a file without an id: that of another month may be called the same."""
    return None if id_ else received.isoformat()


def in_words(case: Case, told: Unread) -> str:
    """What a person reads of what could not be understood."""
    return told.sentence


def written(case: Case, told: Unread) -> str | None:
    """The checksum of what was written of it."""
    return told.written


def only_here_if_untold(case: Case, told: Unread, received: datetime) -> str | None:
    """When the application came, where what was written is not known: it may be another thing the next
    time."""
    return None if told.written else received.isoformat()


TO_READ: Mapping[str, Derivation] = {
    "ansökan_kom_om_filen_saknar_beteckning": only_here,
    "ansökan_kom_om_det_skrivna_inte_är_känt": only_here_if_untold,
    "det_olästa_i_ord": in_words,
    "kontrollsumma_av_det_skrivna": written,
}
