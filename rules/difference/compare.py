"""The difference between two rulebooks: what is added, taken away and changed, when and for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from norms.ending import Ending, endings
from norms.month import Month
from rules.book import Rulebook
from rules.difference import parts
from rules.difference.timeline import Course, Said, differing
from rules.language.notion import Notion
from rules.laws import Span
from rules.rule import Rule


class ReleaseSort(StrEnum):
    """What has changed, in the word that people read."""

    RULE = "regel"
    NOTION = "begrepp"
    AMOUNT = "belopp"
    SETTING = "inställning"
    CONFIRMATION = "bekräftelse"
    WORD = "ord i ordlistan"


class ReleaseWay(StrEnum):
    """How it has changed."""

    ADDED = "ny"
    REMOVED = "borttagen"
    CHANGED = "ändrad"


@dataclass(frozen=True, slots=True)
class ReleasePart:
    """A part that is not the same: what it said and what it says; None where it said or says nothing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """Something that is not the same in a span of months.

    ``municipality`` is None for what is national. ``first`` and ``last`` are months; ``last`` is None for no
    end, both for what has no months of its own. ``correction``: it decides, and does so in months that have
    been. ``through`` are the rules that a notion reaches.
    """

    sort: ReleaseSort
    way: ReleaseWay
    name: str
    title: str
    municipality: str | None
    first: str | None
    last: str | None
    correction: bool
    parts: tuple[ReleasePart, ...]
    through: tuple[str, ...] = ()


class ReleaseDifference(BaseModel):
    """Vad en regelversion säger annorlunda än en annan. ``correction`` rättar månader före ``present``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: str
    after: str
    present: str
    changes: tuple[ReleaseChange, ...]
    municipalities: tuple[str, ...] = Field(description="Kommuner vars egna regler eller belopp är ändrade")
    national: bool = Field(description="Om något som gäller alla kommuner är ändrat")
    files: tuple[str, ...] = Field(description="Filer vars innehåll skiljer, om så bara en kommentar")
    endings: tuple[Ending, ...] = Field(description="Belopp som tar slut")

    @property
    def corrections(self) -> tuple[ReleaseChange, ...]:
        """The changes of what has already decided: each needs its reason."""
        return tuple(change for change in self.changes if change.correction)


def difference(before: Rulebook, after: Rulebook, present: Month) -> ReleaseDifference:
    """What ``after`` says otherwise than ``before``. Months earlier than ``present`` have been."""
    changes = tuple(_changes(before, after, present))
    return ReleaseDifference(
        before=before.release,
        after=after.release,
        present=str(present),
        changes=changes,
        municipalities=tuple(sorted({each.municipality for each in changes if each.municipality})),
        national=any(change.municipality is None for change in changes),
        files=tuple(_files(before, after)),
        endings=tuple(endings(after.norms, present)),
    )


Place = tuple[str | None, str]
"""Whose it is, and its name."""
Courses = Mapping[Place, list[tuple[Span, Said]]]


def _changes(before: Rulebook, after: Rulebook, present: Month) -> Iterator[ReleaseChange]:
    titles = {rule.id: rule.title for book in (before, after) for rule in book.rules}
    titles |= {name: kind.title for book in (before, after) for name, kind in book.norms.catalog.items()}
    sorts: tuple[tuple[ReleaseSort, Callable[[Rulebook], Courses]], ...] = (
        (ReleaseSort.RULE, _rules),
        (ReleaseSort.AMOUNT, _amounts),
        (ReleaseSort.SETTING, _settings),
        (ReleaseSort.CONFIRMATION, _confirmations),
    )
    for sort, courses in sorts:
        was, will = courses(before), courses(after)
        for owner, name in _places(was, will):
            title = titles.get(name.partition("[")[0].removesuffix(".därutöver"), "")
            for change in _course_changes(was.get((owner, name), []), will.get((owner, name), []), present):
                yield replace(change, sort=sort, name=name, title=title, municipality=owner)
    yield from _notions(before, after, present)
    yield from _words(before, after)


def _places(*found: Mapping[Place, object]) -> list[Place]:
    return sorted({place for each in found for place in each}, key=lambda place: (place[0] or "", place[1]))


def _course_changes(was: Course, will: Course, present: Month) -> Iterator[ReleaseChange]:
    """The changes of one thing, without its name."""
    for span, before, after in differing(was, will):
        found = tuple(_parts(before, after))
        past = span.first < present and any(parts.decides(part.name) for part in found)
        last = str(span.last) if span.last else None
        yield ReleaseChange(
            ReleaseSort.RULE, _way(before, after), "", "", None, str(span.first), last, past, found
        )


def _way(before: Said | None, after: Said | None) -> ReleaseWay:
    if before is None:
        return ReleaseWay.ADDED
    return ReleaseWay.REMOVED if after is None else ReleaseWay.CHANGED


def _parts(before: Said | None, after: Said | None) -> Iterator[ReleasePart]:
    was, will = before or {}, after or {}
    for name in dict.fromkeys((*was, *will)):
        if was.get(name) != will.get(name):
            yield ReleasePart(name, was.get(name), will.get(name))


def _courses(found: Iterable[tuple[Place, Span, Said]]) -> Courses:
    courses: dict[Place, list[tuple[Span, Said]]] = {}
    for place, span, said in found:
        courses.setdefault(place, []).append((span, said))
    return courses


def _rules(book: Rulebook) -> Courses:
    return _courses(((rule.municipality, rule.id), rule.span, parts.of_rule(rule)) for rule in book.rules)


def _amounts(book: Rulebook) -> Courses:
    return _courses(
        ((series.municipality, where), Span(series.period.first, series.period.last), said)
        for history in book.norms.histories()
        for series in history
        for where, said in parts.of_amounts(series)
    )


def _settings(book: Rulebook) -> Courses:
    terms = book.vocabulary.terms
    return _courses(
        ((each.municipality, each.path), each.span, parts.of_setting(each, terms[each.path]))
        for each in book.settings
    )


def _confirmations(book: Rulebook) -> Courses:
    return _courses(
        ((each.municipality, each.rule), each.span, parts.of_confirmation(each))
        for each in book.confirmations
    )


def _notions(before: Rulebook, after: Rulebook, present: Month) -> Iterator[ReleaseChange]:
    """Notions have no months of their own: they reach those of the rules that use them."""
    was, will = _notions_of(before), _notions_of(after)
    for owner, name in _places(was, will):
        old, new = (each.get((owner, name)) for each in (was, will))
        found = tuple(_parts(*(None if each is None else parts.of_notion(each) for each in (old, new))))
        if not found or old is None or new is None:
            continue  # a notion that comes or goes is seen in the rules that begin or cease to name it
        using = [
            rule
            for rule in after.rules
            if any((each.municipality, each.name) == (owner, name) for each in rule.notions)
        ]
        first = min(rule.span.first for rule in using) if using else None
        past = first is not None and first < present and any(parts.decides(part.name) for part in found)
        yield ReleaseChange(
            ReleaseSort.NOTION,
            ReleaseWay.CHANGED,
            name,
            "",
            owner,
            str(first) if first else None,
            _last(using),
            past,
            found,
            tuple(sorted({rule.id for rule in using})),
        )


def _notions_of(book: Rulebook) -> dict[Place, Notion]:
    return {(each.municipality, each.name): each for rule in book.rules for each in rule.notions}


def _last(rules: list[Rule]) -> str | None:
    ends = [rule.span.last for rule in rules]
    return str(max(end for end in ends if end is not None)) if ends and None not in ends else None


def _words(before: Rulebook, after: Rulebook) -> Iterator[ReleaseChange]:
    """Words hold in all months, so that a changed word is a correction of those that have been."""
    was, will = before.vocabulary.terms, after.vocabulary.terms
    for path in sorted({*was, *will}):
        old, new = (None if term is None else parts.of_word(term) for term in (was.get(path), will.get(path)))
        found = tuple(_parts(old, new))
        if found:
            both = old is not None and new is not None
            past = both and any(parts.decides(part.name) for part in found)
            yield ReleaseChange(ReleaseSort.WORD, _way(old, new), path, "", None, None, None, past, found)


def _files(before: Rulebook, after: Rulebook) -> Iterator[str]:
    was, will = (
        {name: hashlib.sha256(content).digest() for name, content in book.files.items()}
        for book in (before, after)
    )
    yield from (name for name in sorted({*was, *will}) if was.get(name) != will.get(name))
