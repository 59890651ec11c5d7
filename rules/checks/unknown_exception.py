"""R026: an exception from a rule that does not exist while the exception applies."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from norms.nearest import hint
from rules.checks.together import together
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

UNKNOWN_EXCEPTION = Diagnostic(
    "R026",
    Severity.ERROR,
    "Undantag från okänd regel",
    "Regeln är undantag från {id}, {problem}",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """An exception names a rule that is in force in some month with it."""
    ids = {rule.id for rule in rules} | {rule.label for rule in rules if rule.label is not None}
    for rule in rules:
        for name in rule.defeats:
            if not any(other.id == name and together(rule, other) for other in rules):
                problem = _problem(name, rule, [other for other in rules if other.id == name], ids)
                yield UNKNOWN_EXCEPTION.at(rule.file, rule.line, rule.id, id=name, problem=problem)


def _problem(name: str, rule: Rule, named: list[Rule], ids: set[str]) -> str:
    if not named:
        return f"som inte finns.{hint(name, ids)}"
    if any(rule.span.overlap(other.span) for other in named):
        return "som är en annan kommuns regel."
    return f"som inte gäller någon månad då undantaget gäller ({rule.span})."
