"""R034: a rule whose exceptions always hold when it does."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.diagnostic import Diagnostic
from rules.laws import Span
from rules.rule import Rule
from rules.satisfiable import alternatives, conjunction, negation
from rules.vocabulary import Vocabulary

SHADOWED = Diagnostic(
    "R034",
    Severity.ERROR,
    "Skuggad regel",
    "Undantagen {exceptions} gäller alltid när regeln gör det, under hela dess giltighet. Regeln "
    "tillämpas aldrig.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """In some month there is a way for a rule to hold without one of its exceptions."""
    for rule in rules:
        exceptions = [other for other in rules if rule.id in other.defeats and other.span.overlap(rule.span)]
        if exceptions and all(
            _covered(rule, exceptions, span, vocabulary) for span in _parts(rule, exceptions)
        ):
            names = ", ".join(sorted({other.id for other in exceptions}))
            yield SHADOWED.at(rule.file, rule.line, rule.id, exceptions=names)


def _covered(rule: Rule, exceptions: list[Rule], span: Span, vocabulary: Vocabulary) -> bool:
    in_force = [other for other in exceptions if other.span.holds(span.first)]
    left = conjunction(rule.condition, *(negation(other.condition) for other in in_force))
    return alternatives(left, vocabulary) == []


def _parts(rule: Rule, exceptions: list[Rule]) -> Iterator[Span]:
    """The rule's months, cut where an exception begins or ends."""
    starts = {rule.span.first}
    for other in exceptions:
        starts.add(max(rule.span.first, other.span.first))
        if other.span.last is not None and rule.span.holds(other.span.last.plus(1)):
            starts.add(other.span.last.plus(1))
    for start in sorted(starts):
        yield Span(start, start)
