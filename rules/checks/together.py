"""Which rules can meet in one case: some month in some municipality has both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from norms.month import Month
from rules.language.tree import Expression
from rules.language.vocabulary import Vocabulary
from rules.laws import Span
from rules.rule import Rule
from rules.satisfiable import Alternative, alternatives, conjunction, merged, negation

_MOST_PAIRS = 100_000


def together(one: Rule, other: Rule) -> Span | None:
    """The months in which two rules are in force at once, or None when they never are."""
    foreign = None not in (one.municipality, other.municipality) and one.municipality != other.municipality
    return None if foreign else one.span.overlap(other.span)


def exceptions(rule: Rule, rules: Sequence[Rule], municipality: str | None) -> list[Rule]:
    """The exceptions from a rule that a municipality has, or that every municipality has."""
    return [
        other
        for other in rules
        if rule.id in other.defeats
        and other.municipality in (None, municipality)
        and rule.span.overlap(other.span)
    ]


def effective(rule: Rule, rules: Sequence[Rule], month: Month, municipality: str | None) -> Expression:
    """The condition of a rule with its exceptions, and theirs, written into it."""
    in_force = [other for other in exceptions(rule, rules, municipality) if other.span.holds(month)]
    if not in_force:
        return rule.condition
    return conjunction(
        rule.condition, *(negation(effective(other, rules, month, municipality)) for other in in_force)
    )


def turning_months(span: Span, rules: Sequence[Rule]) -> Iterator[Month]:
    """The first month of a span, and each later one in it when one of the rules begins or has ended."""
    months = {span.first}
    for rule in rules:
        months.add(rule.span.first)
        if rule.span.last is not None:
            months.add(rule.span.last.plus(1))
    return (month for month in sorted(months) if span.holds(month))


@dataclass(frozen=True, slots=True)
class Meetings:
    """The ways in which each rule can hold, exceptions counted, worked out once."""

    exceptions: Sequence[Rule]
    vocabulary: Vocabulary
    _ways: dict[tuple[int, Month, str | None], list[Alternative] | None] = field(default_factory=dict)

    def can_meet(self, rule: Rule, other: Rule) -> bool:
        """Whether a case certainly exists in which both rules hold, in some month and municipality."""
        span = together(rule, other)
        if span is None:
            return False
        municipality = rule.municipality or other.municipality
        for month in turning_months(span, self.exceptions):
            one = self.ways(rule, month, municipality)
            two = self.ways(other, month, municipality)
            if one is None or two is None or len(one) * len(two) > _MOST_PAIRS:
                continue
            if any(self.possible(first, second) for first, second in product(one, two)):
                return True
        return False

    def ways(self, rule: Rule, month: Month, municipality: str | None) -> list[Alternative] | None:
        key = (id(rule), month, municipality)
        if key not in self._ways:
            condition = effective(rule, self.exceptions, month, municipality)
            self._ways[key] = alternatives(condition, self.vocabulary)
        return self._ways[key]

    def possible(self, one: Alternative, other: Alternative) -> bool:
        """Whether both ways are open at once. A conclusion that both read alike is taken to be possible."""
        both = merged(one, other)
        return both is not None and all(
            atom.plain
            or (
                key in self.vocabulary.terms
                and key in one
                and key in other
                and one[key].allowed == other[key].allowed
            )
            for key, atom in both.items()
        )
