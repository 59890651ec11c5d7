"""R037: an overlap in a ladder of ages or amounts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from norms.finding import Finding, Severity
from norms.month import Month
from rules.checks.ladder import LadderStep, faults, range_text
from rules.language.vocabulary import Term, Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

LADDER_OVERLAP = Diagnostic(
    "R037",
    Severity.ERROR,
    "Överlapp i trappan",
    "Trappan över {term} överlappar från {month}: både {first} och {second} gäller för {overlap}. Låt det "
    "ena steget börja där det andra slutar. Ska båda gälla: ge den ena ett id i en annan grupp.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """No two steps of a ladder give their line for the same number."""
    yield from faults(rules, vocabulary, _overlaps)


def _overlaps(term: Term, month: Month, steps: list[LadderStep]) -> Iterator[Finding]:
    for lower, upper in combinations(steps, 2):
        overlap = lower.range.overlap(upper.range)
        if overlap is None or not upper.rule.lines or _related(lower.rule, upper.rule):
            continue
        rule = upper.rule
        yield LADDER_OVERLAP.at(
            rule.file,
            rule.line,
            rule.id,
            term=term.path,
            month=month,
            first=lower.rule.id,
            second=rule.id,
            overlap=range_text(overlap, term),
        )


def _related(one: Rule, other: Rule) -> bool:
    return one.id in other.defeats or other.id in one.defeats
