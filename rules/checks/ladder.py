"""R036 and R037: a gap or an overlap in a ladder of ages or amounts.

Rules form a ladder when their ids differ only in the last part, they give the same kind of line or conclude
the same term about the same subject, and their conditions differ only in the range of one number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from norms.finding import Finding, Severity
from norms.month import Month
from rules.checks.diagnostic import Diagnostic
from rules.checks.together import turning_months
from rules.language import tree
from rules.rule import Rule
from rules.satisfiable import Range, alternatives
from rules.texts import in_text, shown
from rules.vocabulary import Term, Vocabulary

LADDER_GAP = Diagnostic(
    "R036",
    Severity.ERROR,
    "Glapp i trappan",
    "Trappan över {term} har ett glapp från {month}: ingen av reglerna {rules} täcker {gap}. Låt stegen "
    "mötas. Ska ingen regel gälla där: ge de ena stegen id i en annan grupp.",
)
LADDER_OVERLAP = Diagnostic(
    "R037",
    Severity.ERROR,
    "Överlapp i trappan",
    "Trappan över {term} överlappar från {month}: både {first} och {second} gäller för {overlap}. Låt det "
    "ena steget börja där det andra slutar. Ska båda gälla: ge den ena ett id i en annan grupp.",
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
            yield from _faults(vocabulary.term(str(key[-1])), steps)


def _steps(rule: Rule, vocabulary: Vocabulary) -> Iterator[tuple[tuple[object, ...], _Step]]:
    parts = rule.condition.parts if isinstance(rule.condition, tree.And) else (rule.condition,)
    ranges = [_one_range(part, vocabulary) for part in parts]
    found = _joined(each for each in ranges if each is not None)
    if len(found) != 1:
        return
    [(term, range_)] = found.items()
    if range_ is None:
        return
    rest = frozenset(part.text for part, each in zip(parts, ranges, strict=True) if each is None)
    group = rule.id.rpartition(".")[0]
    gives = [line.section.value for line in rule.lines] + [effect.path for effect in rule.concludes]
    for given in dict.fromkeys(gives):
        yield (group, rule.stage, rule.subject, rule.municipality, given, rest, term), _Step(rule, range_)


def _joined(ranges: Iterator[tuple[str, Range]]) -> Mapping[str, Range | None]:
    """For each term what all its ranges have in common."""
    found: dict[str, Range | None] = {}
    for term, range_ in ranges:
        before = found.get(term, range_)
        found[term] = before.overlap(range_) if before is not None else None
    return found


def _one_range(part: tree.Expression, vocabulary: Vocabulary) -> tuple[str, Range] | None:
    """The term and the single range that a part of a condition is about, or None."""
    ways = alternatives(part, vocabulary)
    if ways is None or len(ways) != 1 or len(ways[0]) != 1:
        return None
    (atom,) = ways[0].values()
    if not isinstance(atom.allowed, tuple) or len(atom.allowed) != 1:
        return None
    return atom.key, atom.allowed[0]


def _faults(term: Term, steps: list[_Step]) -> Iterator[Finding]:
    rules = [step.rule for step in steps]
    seen: set[tuple[str, str, str]] = set()
    for month in sorted({month for rule in rules for month in turning_months(rule.span, rules)}):
        in_force = [step for step in steps if step.rule.span.holds(month)]
        in_force.sort(key=lambda step: (step.range.low is not None, step.range.low or 0))
        for fault in (*_gaps(term, month, in_force), *_overlaps(term, month, in_force)):
            what = fault.message.replace(str(month), "")
            if (fault.code, fault.where, what) not in seen:
                seen.add((fault.code, fault.where, what))
                yield fault


def _gaps(term: Term, month: Month, steps: list[_Step]) -> Iterator[Finding]:
    names = ", ".join(step.rule.id for step in steps)
    for position in range(1, len(steps)):
        rule, bottom = steps[position].rule, steps[position].range.low
        tops = [step.range.high for step in steps[:position]]
        if bottom is None or None in tops:
            continue
        top = max(top for top in tops if top is not None)
        if bottom > top + 1:
            gap = _text(Range(top + 1, bottom - 1), term)
            yield LADDER_GAP.at(
                rule.file, rule.line, rule.id, term=term.path, month=month, rules=names, gap=gap
            )


def _overlaps(term: Term, month: Month, steps: list[_Step]) -> Iterator[Finding]:
    """Steps that share numbers: both would give their line."""
    for lower, upper in combinations(steps, 2):
        overlap = lower.range.overlap(upper.range)
        if overlap is None or not upper.rule.lines or _related(lower.rule, upper.rule):
            continue
        rule = upper.rule
        yield LADDER_OVERLAP.at(
            rule.file,
            rule.line,
            rule.id,
            term=term.path,
            month=month,
            first=lower.rule.id,
            second=rule.id,
            overlap=_text(overlap, term),
        )


def _related(one: Rule, other: Rule) -> bool:
    return one.id in other.defeats or other.id in one.defeats


def _text(range_: Range, term: Term) -> str:
    """A range as people say it: ``13–15 år``, ``5 000,01 kr och uppåt``."""
    low, high = range_.low, range_.high
    if low is None or high is None:
        if low is not None:
            return f"{shown(low, term.type)} och uppåt"
        return "alla värden" if high is None else f"upp till {shown(high, term.type)}"
    return shown(low, term.type) if low == high else f"{in_text(low, term.type)}–{shown(high, term.type)}"
