"""R050: a term that no rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.language.types import Base
from rules.language.vocabulary import Source, Stage, Vocabulary
from rules.rule import ConcludeEffect, RequireEffect, Rule
from rules.wording.diagnostic import Diagnostic

UNREAD_TERM = Diagnostic(
    "R050",
    Severity.WARNING,
    "Oläst term",
    "Ingen regel läser {path}. Ta bort termen ur ordlistan eller skriv regeln som behöver den.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Every term is read by some rule, told in one of its texts, or what a calculation goes by.

    Text is only for printing, the sums are for those who want them, and what the last stage concludes is
    the answer itself.
    """
    read: set[str] = set()
    for rule in rules:
        read |= rule.reads | rule.told
        if rule.adopted_by is not None:
            read.add(rule.adopted_by)
        for effect in rule.effects:
            if isinstance(effect, RequireEffect):
                read.update(effect.paths)
            elif isinstance(effect, ConcludeEffect) and rule.stage is Stage.OUTCOME:
                read.add(effect.path)
    for term in vocabulary.terms.values():
        read.update(term.sources)
    for term in vocabulary.terms.values():
        if (
            term.path not in read
            and term.type.base is not Base.TEXT
            and term.source is not Source.CALCULATION
        ):
            yield UNREAD_TERM.at(vocabulary.file, term.line, term.path, path=term.path)
