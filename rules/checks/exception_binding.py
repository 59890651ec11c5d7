"""R028: an exception that is not about the same subject, or not in the same stage."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import together
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

EXCEPTION_BINDING = Diagnostic(
    "R028",
    Severity.ERROR,
    "Undantag om något annat",
    "Undantaget prövas {own}, men {id} prövas {other}. Ett undantag måste stå i samma steg och prövas "
    "för samma slag, eller för hushållet.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """An exception is about the same subject as the rule, or about the household, in the same stage."""
    for rule in rules:
        for other in rules:
            if other.id not in rule.defeats or not together(rule, other):
                continue
            if rule.subject not in (None, other.subject) or rule.stage is not other.stage:
                yield EXCEPTION_BINDING.at(
                    rule.file, rule.line, rule.id, own=_about(rule), id=other.id, other=_about(other)
                )


def _about(rule: Rule) -> str:
    subject = f"för varje {rule.subject}" if rule.subject else "för hushållet"
    return f"{subject} i steget {rule.stage.value}"
