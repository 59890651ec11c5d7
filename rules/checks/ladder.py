"""Ladders of ages or amounts, as the checks of gaps and overlaps see them.

Rules form a ladder when their ids differ only in the last part, they give the same kind of line or conclude
the same term about the same subject, and their conditions differ only in the range of one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from norms.finding import Finding
from norms.month import Month
from rules.checks.together import turning_months
from rules.language import tree
from rules.language.vocabulary import Term, Vocabulary
from rules.rule import Rule
from rules.satisfiable import Range, alternatives
from rules.texts import in_text, shown


class LadderStep(NamedTuple):
    """A rule of a ladder and the numbers it holds for."""

    rule: Rule
    range: Range


Fault = Callable[[Term, Month, list[LadderStep]], Iterator[Finding]]
"""What is wrong with the steps in force in a month, from the lowest up."""


def faults(rules: tuple[Rule, ...], vocabulary: Vocabulary, fault: Fault) -> Iterator[Finding]:
    """What is wrong with each ladder, told once, for the first month in which it is so."""
    for term, steps in _ladders(rules, vocabulary):
        members = [step.rule for step in steps]
        seen: set[tuple[str, str]] = set()
        for month in sorted({month for rule in members for month in turning_months(rule.span, members)}):
            in_force = [step for step in steps if step.rule.span.holds(month)]
            in_force.sort(key=lambda step: (step.range.low is not None, step.range.low or 0))
            for finding in fault(term, month, in_force):
                what = (finding.where, finding.message.replace(str(month), ""))
                if what not in seen:
                    seen.add(what)
                    yield finding


def range_text(range_: Range, term: Term) -> str:
    """A range as people say it: ``13–15 år``, ``5 000,01 kr och uppåt``."""
    low, high = range_.low, range_.high
    if low is None or high is None:
        if low is not None:
            return f"{shown(low, term.type)} och uppåt"
        return "alla värden" if high is None else f"upp till {shown(high, term.type)}"
    return shown(low, term.type) if low == high else f"{in_text(low, term.type)}–{shown(high, term.type)}"


def _ladders(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[tuple[Term, list[LadderStep]]]:
    ladders: dict[tuple[object, ...], list[LadderStep]] = {}
    for rule in rules:
        for key, step in _steps(rule, vocabulary):
            ladders.setdefault(key, []).append(step)
    for key, steps in ladders.items():
        if len(steps) > 1:
            yield vocabulary.term(str(key[-1])), steps


def _steps(rule: Rule, vocabulary: Vocabulary) -> Iterator[tuple[tuple[object, ...], LadderStep]]:
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
        yield (
            (group, rule.stage, rule.subject, rule.municipality, given, rest, term),
            LadderStep(rule, range_),
        )


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
