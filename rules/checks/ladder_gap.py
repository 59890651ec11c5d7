"""R036: a gap in a ladder of ages or amounts."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from norms.month import Month
from rules.checks.ladder import LadderStep, faults, range_text
from rules.language.vocabulary import Term, Vocabulary
from rules.rule import Rule
from rules.satisfiable import Range
from rules.wording.diagnostic import Diagnostic

LADDER_GAP = Diagnostic(
    "R036",
    Severity.ERROR,
    "Glapp i trappan",
    "Trappan över {term} har ett glapp från {month}: ingen av reglerna {rules} täcker {gap}. Låt stegen "
    "mötas. Ska ingen regel gälla där: ge de ena stegen id i en annan grupp.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Between the lowest and the highest step of a ladder every number has a step."""
    yield from faults(rules, vocabulary, _gaps)


def _gaps(term: Term, month: Month, steps: list[LadderStep]) -> Iterator[Finding]:
    names = ", ".join(step.rule.id for step in steps)
    for position in range(1, len(steps)):
        rule, bottom = steps[position].rule, steps[position].range.low
        tops = [step.range.high for step in steps[:position]]
        if bottom is None or None in tops:
            continue
        top = max(top for top in tops if top is not None)
        if bottom > top + 1:
            gap = range_text(Range(top + 1, bottom - 1), term)
            yield LADDER_GAP.at(
                rule.file, rule.line, rule.id, term=term.path, month=month, rules=names, gap=gap
            )
