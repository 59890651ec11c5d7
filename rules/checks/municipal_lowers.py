"""R040: a municipal rule that lowers what the law guarantees."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.bounds import bounds
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule, Section
from rules.wording.diagnostic import Diagnostic

MUNICIPAL_LOWERS = Diagnostic(
    "R040",
    Severity.ERROR,
    "Kommunal regel som sänker",
    "En kommunal regel får inte {what} Kommunen får höja det som lagen ger, aldrig sänka det.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """A municipal rule adds to norm and costs, takes from incomes and concludes only what is open to it."""
    for rule in rules:
        if rule.municipality is None:
            continue
        for what in _lowerings(rule, vocabulary):
            yield MUNICIPAL_LOWERS.at(rule.file, rule.line, rule.id, what=what)


def _lowerings(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    for line in rule.lines:
        low, high = bounds(line.amount, vocabulary)
        if line.section is Section.INCOME:
            if high is None or high > 0:
                yield (
                    f"räkna en inkomst som kan vara över noll: ”{line.amount.text}”. "
                    "Skriv lägsta(0 kr, …) om den aldrig är det."
                )
        elif low is None or low < 0:
            yield (
                f"ge ett belopp som kan vara under noll: ”{line.amount.text}”. "
                "Skriv högsta(0 kr, …) om det aldrig är det."
            )
    for effect in rule.concludes:
        if not vocabulary.term(effect.path).open_to_municipality:
            yield f"avgöra {effect.path}, som inte är öppen för kommunen i ordlistan."
