"""Two courses of time laid beside each other: in which months they say what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from norms.month import Month
from rules.laws import Span

Said: TypeAlias = Mapping[str, str]
"""What something says, part by part, in words."""
Course: TypeAlias = Sequence[tuple[Span, Said]]
"""What something says in each span of months; the spans do not meet."""


def differing(before: Course, after: Course) -> Iterator[tuple[Span, Said | None, Said | None]]:
    """The spans in which two courses do not say the same, the earliest first: None where one says nothing.

    Months beside each other with one and the same difference are one span.
    """
    found: list[tuple[Span, Said | None, Said | None]] = []
    for span in _pieces([span for span, _ in (*before, *after)]):
        was, will = _at(before, span.first), _at(after, span.first)
        if was == will:
            continue
        last = found[-1] if found else None
        if last is not None and last[1:] == (was, will) and last[0].last == span.first.plus(-1):
            found[-1] = (Span(last[0].first, span.last), was, will)
        else:
            found.append((span, was, will))
    yield from found


def _at(course: Course, month: Month) -> Said | None:
    return next((said for span, said in course if span.holds(month)), None)


def _pieces(spans: Sequence[Span]) -> Iterator[Span]:
    """Every span cut wherever another begins or has ended, and the months between them."""
    cuts = sorted({span.first for span in spans} | {span.last.plus(1) for span in spans if span.last})
    for number, first in enumerate(cuts):
        yield Span(first, cuts[number + 1].plus(-1) if number + 1 < len(cuts) else None)
