"""R035: two rules that can give one conclusion different values."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import Meetings
from rules.language import tree
from rules.language.vocabulary import Vocabulary
from rules.rule import ConcludeEffect, Rule
from rules.wording.diagnostic import Diagnostic

CONFLICT = Diagnostic(
    "R035",
    Severity.ERROR,
    "Regler som säger emot varandra",
    "Regeln ger {path} värdet {value}, men {id} ({file} rad {line}) kan samtidigt ge {other}. Låt den ena "
    "vara undantag från den andra, eller skriv villkoren så att bara en av dem kan gälla.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Two rules that provably can hold at once do not give one term two values."""
    meetings = Meetings([rule for rule in rules if rule.defeats], vocabulary)
    ordered = sorted(rules, key=lambda rule: rule.municipality or "")  # the national one was there first
    for index, rule in enumerate(ordered):
        for other in ordered[:index]:
            for path, value, second in _contrary(rule, other, vocabulary):
                if meetings.can_meet(rule, other):
                    yield CONFLICT.at(
                        rule.file,
                        rule.line,
                        rule.id,
                        path=path,
                        value=value,
                        id=other.id,
                        file=other.file,
                        line=other.line,
                        other=second,
                    )


def _contrary(rule: Rule, other: Rule, vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """The terms about the same thing that two rules give different constants."""
    for one in rule.concludes:
        for two in other.concludes:
            if one.path != two.path or one.value == two.value:
                continue
            about_the_same = rule.subject == other.subject or _single(one.path, vocabulary)
            if about_the_same and _constant(one) and _constant(two):
                yield one.path, one.value.text, two.value.text


def _constant(effect: ConcludeEffect) -> bool:
    return isinstance(effect.value, tree.Literal)


def _single(path: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.kinds[vocabulary.term(path).kind].single
