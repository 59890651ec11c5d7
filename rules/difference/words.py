"""A difference as people read it in a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping

from norms.table import KnownMunicipality
from rules.difference.compare import ReleaseChange, ReleaseDifference, ReleasePart, ReleaseSort, ReleaseWay

_WIDTH = 100
_PLURAL = {
    ReleaseSort.RULE: "Regler",
    ReleaseSort.NOTION: "Begrepp",
    ReleaseSort.AMOUNT: "Belopp",
    ReleaseSort.SETTING: "Inställningar",
    ReleaseSort.CONFIRMATION: "Bekräftelser",
    ReleaseSort.WORD: "Ord i ordlistan",
}
_WAYS = {
    ReleaseWay.ADDED: ("ny", "nytt", "nya"),
    ReleaseWay.REMOVED: ("borttagen", "borttaget", "borttagna"),
    ReleaseWay.CHANGED: ("ändrad", "ändrat", "ändrade"),
}
"""Each way said of one thing, of one thing that is neuter, and of several."""
_NEUTER = (ReleaseSort.NOTION, ReleaseSort.AMOUNT, ReleaseSort.WORD)


def lines(
    found: ReleaseDifference, municipalities: Mapping[str, KnownMunicipality], reason: str | None = None
) -> Iterator[str]:
    """The whole difference, line by line. ``reason`` is why what has been is corrected."""
    yield f"Från regelversion {found.before}"
    yield f"till regelversion {found.after}"
    yield ""
    yield from _counted(found)
    if found.changes:
        whom = [f"{municipalities[code].name} ({code})" for code in found.municipalities]
        yield f"Rör {', '.join((['alla kommuner'] if found.national else []) + whom)}."
    if found.corrections:
        yield f"Rättar vad som har gällt före {found.present}: {len(found.corrections)}."
        yield f"Skäl: {reason}" if reason else "En rättelse behöver ett skäl. Skriv det med --reason."
    for change in found.changes:
        yield ""
        yield from change_lines(change)
    if found.files and not found.changes:
        yield f"Bara kommentarer eller rader utan verkan skiljer i {', '.join(found.files)}."
    if found.endings:
        yield ""
        yield "Belopp som tar slut:"
        yield from (f"  {ending}" for ending in found.endings)


def _counted(found: ReleaseDifference) -> Iterator[str]:
    if not found.changes:
        yield "Regler, belopp, inställningar och ordlista säger samma sak."
    for sort in ReleaseSort:
        counts = Counter(each.way for each in found.changes if each.sort is sort)
        if counts:
            said = ", ".join(f"{number} {become(sort, way, number)}" for way, number in counts.items())
            yield f"{_PLURAL[sort]}: {said}."


def become(sort: ReleaseSort, way: ReleaseWay, number: int = 1) -> str:
    """What has become of one thing or several, in the gender of their word."""
    return _WAYS[way][2 if number > 1 else int(sort in _NEUTER)]


def change_lines(change: ReleaseChange) -> Iterator[str]:
    """One change: what, whose, when, and each part as it was and as it becomes."""
    title = f" – {change.title}" if change.title else ""
    yield f"{become(change.sort, change.way).upper()} {change.sort.value.upper()} {change.name}{title}"
    whom = f"kommun {change.municipality}" if change.municipality else "alla kommuner"
    correction = " Rättelse av det förflutna." if change.correction else ""
    yield f"  {whom}, {months(change)}.{correction}"
    if change.through:
        yield from _wrapped("används av: ", ", ".join(change.through), "  ")
    for part in change.parts:
        yield from _part_lines(part)


def months(change: ReleaseChange) -> str:
    """The months that a change is about."""
    if change.first is None:
        return "alla månader"
    return f"{change.first} och framåt" if change.last is None else f"{change.first}–{change.last}"


def _part_lines(part: ReleasePart) -> Iterator[str]:
    if part.before is None or part.after is None:
        yield from _wrapped(f"{part.name}: ", part.after or part.before or "", "    ")
        return
    yield f"    {part.name}"
    yield from _wrapped("var:   ", part.before or "–", "      ")
    yield from _wrapped("blir:  ", part.after or "–", "      ")


def _wrapped(head: str, text: str, indent: str) -> list[str]:
    further = indent + " " * min(len(head), 8)
    return textwrap.wrap(f"{head}{text}", _WIDTH, initial_indent=indent, subsequent_indent=further)
