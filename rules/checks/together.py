"""Which rules can meet in one case: some month in some municipality has both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from norms.month import Month
from rules.language.tree import Expression
from rules.laws import Span
from rules.rule import Rule
from rules.satisfiable import conjunction, negation


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
