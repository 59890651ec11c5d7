"""R034: a rule whose exceptions always hold when it does."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import effective, exceptions, turning_months
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.satisfiable import alternatives
from rules.wording.diagnostic import Diagnostic

SHADOWED = Diagnostic(
    "R034",
    Severity.ERROR,
    "Skuggad regel",
    "Något av undantagen ({exceptions}) gäller alltid när regeln gör det, alla månader. Regeln tillämpas "
    "aldrig. Ta bort den eller gör undantagen snävare.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """In some month there is a way for a rule to hold without one of its exceptions."""
    defeating = [rule for rule in rules if rule.defeats]
    for rule in rules:
        above = exceptions(rule, defeating, rule.municipality)
        if above and all(
            alternatives(effective(rule, defeating, month, rule.municipality), vocabulary) == []
            for month in turning_months(rule.span, defeating)
        ):
            names = ", ".join(dict.fromkeys(other.id for other in above))
            yield SHADOWED.at(rule.file, rule.line, rule.id, exceptions=names)
