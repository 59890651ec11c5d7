"""R041: a municipal exception from a national rule that is not open to it."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

MUNICIPAL_EXCEPTION = Diagnostic(
    "R041",
    Severity.ERROR,
    "Kommunalt undantag från nationell regel",
    "{id} är en nationell regel som inte är öppen för kommunen. En kommunal regel får inte göra "
    "undantag från den. Ta bort undantaget.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """A municipal rule is an exception only from its own rules and from those open to it."""
    closed = {rule.id for rule in rules if rule.municipality is None and not rule.open_to_municipality}
    for rule in rules:
        if rule.municipality is not None:
            for name in rule.defeats:
                if name in closed:
                    yield MUNICIPAL_EXCEPTION.at(rule.file, rule.line, rule.id, id=name)
