"""R036 and R037: a gap or an overlap in a ladder of ages or amounts.

Rules form a ladder when they give the same kind of line, or conclude the same term, about the same
subject, and their conditions differ only in the range of one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from norms.finding import Finding, Severity
from norms.month import Month
from rules.checks.diagnostic import Diagnostic
from rules.language import tree
from rules.rule import Rule
from rules.satisfiable import Range, alternatives
from rules.vocabulary import Vocabulary

LADDER_GAP = Diagnostic(
    "R036",
    Severity.ERROR,
    "Glapp i trappan",
    "Trappan över {term} har ett glapp från {month}: ingen av reglerna {rules} täcker {gap}.",
)
LADDER_OVERLAP = Diagnostic(
    "R037",
    Severity.ERROR,
    "Överlapp i trappan",
    "Trappan över {term} överlappar från {month}: både {first} och {second} gäller för {overlap}.",
)


class _Step(NamedTuple):
    rule: Rule
    range: Range


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Ladders have neither holes between their steps nor steps that give two lines at once."""
    ladders: dict[tuple[object, ...], list[_Step]] = {}
    for rule in rules:
        for key, step in _steps(rule, vocabulary):
            ladders.setdefault(key, []).append(step)
    for key, steps in ladders.items():
        if len(steps) > 1:
            yield from _faults(str(key[-1]), steps)


def _steps(rule: Rule, vocabulary: Vocabulary) -> Iterator[tuple[tuple[object, ...], _Step]]:
    parts = rule.condition.parts if isinstance(rule.condition, tree.And) else (rule.condition,)
    found = [_one_range(part, vocabulary) for part in parts]
    terms = {term for term, _ in (each for each in found if each is not None)}
    if len(terms) != 1:
        return
    (term,) = terms
    range_: Range | None = Range(None, None)
    for each in found:
        if each is not None and range_ is not None:
            range_ = range_.overlap(each[1])
    rest = frozenset(part.text for part, each in zip(parts, found, strict=True) if each is None)
    if range_ is None:
        return
    gives = [line.section.value for line in rule.lines] + [effect.path for effect in rule.concludes]
    for given in gives:
        yield (rule.stage, rule.subject, rule.municipality, given, rest, term), _Step(rule, range_)


def _one_range(part: tree.Expression, vocabulary: Vocabulary) -> tuple[str, Range] | None:
    """The term and the single range that a part of a condition is about, or None."""
    ways = alternatives(part, vocabulary)
    if ways is None or len(ways) != 1 or len(ways[0]) != 1:
        return None
    (atom,) = ways[0].values()
    if not atom.plain or not isinstance(atom.allowed, tuple) or len(atom.allowed) != 1:
        return None
    return atom.key, atom.allowed[0]


def _faults(term: str, steps: list[_Step]) -> Iterator[Finding]:
    seen: set[tuple[str, ...]] = set()
    for month in sorted({step.rule.span.first for step in steps}):
        in_force = [step for step in steps if step.rule.span.holds(month)]
        in_force.sort(key=lambda step: (step.range.low is not None, step.range.low or 0))
        for lower, upper in pairwise(in_force):
            fault = _fault(term, month, lower, upper, in_force)
            if fault is not None and (fault.code, fault.where) not in seen:
                seen.add((fault.code, fault.where))
                yield fault


def _fault(term: str, month: Month, lower: _Step, upper: _Step, steps: list[_Step]) -> Finding | None:
    top, bottom = lower.range.high, upper.range.low
    rule = upper.rule
    if top is not None and bottom is not None and bottom > top + 1:
        gap = _text(Range(top + 1, bottom - 1))
        names = ", ".join(step.rule.id for step in steps)
        return LADDER_GAP.at(rule.file, rule.line, rule.id, term=term, month=month, rules=names, gap=gap)
    overlap = lower.range.overlap(upper.range)
    if overlap is None or not rule.lines or _related(lower.rule, rule):
        return None
    return LADDER_OVERLAP.at(
        rule.file,
        rule.line,
        rule.id,
        term=term,
        month=month,
        first=lower.rule.id,
        second=rule.id,
        overlap=_text(overlap),
    )


def _related(one: Rule, other: Rule) -> bool:
    return one.id in other.defeats or other.id in one.defeats


def _text(range_: Range) -> str:
    if range_.low == range_.high:
        return str(range_.low)
    if range_.high is None:
        return f"{range_.low} och uppåt"
    return f"upp till {range_.high}" if range_.low is None else f"{range_.low}–{range_.high}"
