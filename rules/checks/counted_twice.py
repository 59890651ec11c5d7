"""R048: a cost or an income that two rules count, where that can be proven.

Only what is certain is told: the two rules can hold at once, and each counts something of it. What cannot be
seen by reading is asked about when a case is decided, and fails the case that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.calculation import COUNTED_ONCE
from rules.checks.together import Meetings
from rules.language import tree
from rules.language.tree import Expression
from rules.language.vocabulary import Source, Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

COUNTED_TWICE = Diagnostic(
    "R048",
    Severity.WARNING,
    "Räknat av två regler",
    "Samma {kind} kan räknas också av {id} ({file} rad {line}). Låt den ena vara undantag från den andra, "
    "eller skriv villkoren så att bara en av dem kan gälla. Annars frågas en handläggare i varje sådant "
    "ärende.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Two rules that provably can hold at once do not both count what they are tried for."""
    meetings = Meetings([rule for rule in rules if rule.defeats], vocabulary)
    counting = [rule for rule in rules if _counts(rule, vocabulary)]
    ordered = sorted(counting, key=lambda rule: rule.municipality or "")  # the national one was there first
    for index, rule in enumerate(ordered):
        for other in ordered[:index]:
            if rule.subject == other.subject and meetings.can_meet(rule, other):
                yield COUNTED_TWICE.at(
                    rule.file,
                    rule.line,
                    rule.id,
                    kind=rule.subject,
                    id=other.id,
                    file=other.file,
                    line=other.line,
                )


def _counts(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a rule certainly counts something of what it is tried for, where it holds."""
    return rule.subject is not None and any(
        line.section in COUNTED_ONCE and _above_zero(line.amount, vocabulary) for line in rule.lines
    )


def _above_zero(node: Expression, vocabulary: Vocabulary) -> bool:
    """Whether an amount is above zero where what is given is."""
    match node:
        case tree.Literal(value=int() as value):
            return value > 0
        case tree.TermUsed():
            term = vocabulary.term(node.text)
            return (
                term.source not in (Source.RULE, Source.CALCULATION)
                and term.lowest is not None
                and term.lowest >= 0
            )
        case tree.Pick(parts=parts):
            return all(_above_zero(part, vocabulary) for part in parts)
        case _:
            return False
