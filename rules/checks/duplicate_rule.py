"""R023: two rules with the same id in force at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import together
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

DUPLICATE_RULE = Diagnostic(
    "R023",
    Severity.ERROR,
    "Samma regel två gånger",
    "Regeln {id} finns redan i {file} rad {line} för samma tid ({span}). Byt id, eller låt den nya "
    "lydelsen börja när den gamla slutar.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """A rule may have several wordings, one after the other, but only one at a time."""
    seen: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.municipality or ""):  # the national one was there first
        for other in seen.setdefault(rule.id, []):
            span = together(rule, other)
            if span is not None:
                yield DUPLICATE_RULE.at(
                    rule.file, rule.line, rule.id, id=rule.id, file=other.file, line=other.line, span=span
                )
        seen[rule.id].append(rule)
