"""R051: a term that no rule concludes although the vocabulary says that rules do."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.language.vocabulary import Source, Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

UNFED_TERM = Diagnostic(
    "R051",
    Severity.WARNING,
    "Term utan källa",
    "Ordlistan säger att en regel avgör {path}, men ingen regel gör det. Skriv regeln, ändra termens källa "
    "eller ta bort termen.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Every term whose source is a rule is concluded by one."""
    concluded = {effect.path for rule in rules for effect in rule.concludes}
    for term in vocabulary.terms.values():
        if term.source is Source.RULE and term.path not in concluded:
            yield UNFED_TERM.at(vocabulary.file, term.line, term.path, path=term.path)
