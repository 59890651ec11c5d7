"""R027: rules that are exceptions from each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from norms.finding import Finding, Severity
from rules.checks.together import turning_months
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

CIRCULAR_EXCEPTION = Diagnostic(
    "R027",
    Severity.ERROR,
    "Undantag i cirkel",
    "Reglerna är undantag från varandra i en cirkel: {circle}. Ta bort ett av undantagen, så att det går "
    "att säga vilken regel som går före.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """In no month and municipality do exceptions lead back to where they began."""
    exceptions = [rule for rule in rules if rule.defeats]
    reported: set[frozenset[str]] = set()
    for municipality in dict.fromkeys(rule.municipality for rule in exceptions):
        here = [rule for rule in exceptions if rule.municipality in (None, municipality)]
        for month in sorted({month for rule in here for month in turning_months(rule.span, here)}):
            in_force = {rule.id: rule for rule in here if rule.span.holds(month)}
            for rule in in_force.values():
                circle = _circle(rule.id, in_force)
                if circle and frozenset(circle) not in reported:
                    reported.add(frozenset(circle))
                    shown = " → ".join([*circle, rule.id])
                    yield CIRCULAR_EXCEPTION.at(rule.file, rule.line, rule.id, circle=shown)


def _circle(start: str, rules: Mapping[str, Rule]) -> list[str] | None:
    """The shortest way from a rule back to itself, or None."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in rules[way[-1]].defeats:
            if following == start:
                return way
            if following not in seen and following in rules:
                seen.add(following)
                ways.append([*way, following])
    return None
