"""R033: a condition that can never hold."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.satisfiable import alternatives
from rules.wording.diagnostic import Diagnostic

UNREACHABLE = Diagnostic(
    "R033",
    Severity.ERROR,
    "Oåtkomlig regel",
    "Villkoret kan aldrig vara uppfyllt, så regeln tillämpas aldrig: ”{text}”. Jämför med de värden som "
    "ordlistan tillåter.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """A condition has some way to hold."""
    for rule in rules:
        if alternatives(rule.condition, vocabulary) == []:
            yield UNREACHABLE.at(rule.file, rule.line, rule.id, text=rule.condition.text)
