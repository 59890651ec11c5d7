"""R026: an exception from a rule that does not exist while the exception applies."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.diagnostic import Diagnostic, nearest
from rules.rule import Rule
from rules.vocabulary import Vocabulary

UNKNOWN_EXCEPTION = Diagnostic(
    "R026",
    Severity.ERROR,
    "Undantag från okänd regel",
    "Undantaget pekar på {id}, som inte finns någon månad då undantaget gäller.{nearest}",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """An exception names a rule that is in force in some month with it."""
    ids = sorted({rule.id for rule in rules})
    for rule in rules:
        for name in rule.defeats:
            if not any(other.id == name and rule.span.overlap(other.span) for other in rules):
                yield UNKNOWN_EXCEPTION.at(rule.file, rule.line, rule.id, id=name, nearest=nearest(name, ids))
