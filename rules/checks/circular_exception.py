"""R027: rules that are exceptions from each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.diagnostic import Diagnostic
from rules.rule import Rule
from rules.vocabulary import Vocabulary

CIRCULAR_EXCEPTION = Diagnostic(
    "R027",
    Severity.ERROR,
    "Undantag i cirkel",
    "Reglerna är undantag från varandra i en cirkel: {circle}.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Following exceptions must come to an end."""
    defeats: dict[str, set[str]] = {}
    for rule in rules:
        defeats.setdefault(rule.id, set()).update(rule.defeats)
    reported: set[frozenset[str]] = set()
    for rule in rules:
        circle = _circle(rule.id, defeats)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            yield CIRCULAR_EXCEPTION.at(rule.file, rule.line, rule.id, circle=" → ".join([*circle, rule.id]))


def _circle(start: str, defeats: dict[str, set[str]]) -> list[str] | None:
    """The shortest way from a rule back to itself, or None."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in sorted(defeats.get(way[-1], ())):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None
