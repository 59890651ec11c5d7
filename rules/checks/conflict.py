"""R035: two rules that can give one conclusion different values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from norms.finding import Finding, Severity
from norms.month import Month
from rules.checks.together import effective, together, turning_months
from rules.language import tree
from rules.language.vocabulary import Vocabulary
from rules.rule import ConcludeEffect, Rule
from rules.satisfiable import Alternative, alternatives, merged
from rules.wording.diagnostic import Diagnostic

CONFLICT = Diagnostic(
    "R035",
    Severity.ERROR,
    "Regler som säger emot varandra",
    "Regeln ger {path} värdet {value}, men {id} ({file} rad {line}) kan samtidigt ge {other}. Låt den ena "
    "vara undantag från den andra, eller skriv villkoren så att bara en av dem kan gälla.",
)

_MOST_PAIRS = 100_000


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Two rules that provably can hold at once do not give one term two values."""
    book = _Book([rule for rule in rules if rule.defeats], vocabulary)
    ordered = sorted(rules, key=lambda rule: rule.municipality or "")  # the national one was there first
    for index, rule in enumerate(ordered):
        for other in ordered[:index]:
            for path, value, second in _contrary(rule, other, vocabulary):
                if book.can_meet(rule, other):
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


@dataclass(frozen=True, slots=True)
class _Book:
    """The ways in which each rule can hold, exceptions counted, worked out once."""

    exceptions: Sequence[Rule]
    vocabulary: Vocabulary
    _ways: dict[tuple[int, Month, str | None], list[Alternative] | None] = field(default_factory=dict)

    def can_meet(self, rule: Rule, other: Rule) -> bool:
        """Whether a case certainly exists in which both rules hold, in some month and municipality."""
        span = together(rule, other)
        if span is None:
            return False
        municipality = rule.municipality or other.municipality
        for month in turning_months(span, self.exceptions):
            one = self.ways(rule, month, municipality)
            two = self.ways(other, month, municipality)
            if one is None or two is None or len(one) * len(two) > _MOST_PAIRS:
                continue
            if any(self.possible(first, second) for first, second in product(one, two)):
                return True
        return False

    def ways(self, rule: Rule, month: Month, municipality: str | None) -> list[Alternative] | None:
        key = (id(rule), month, municipality)
        if key not in self._ways:
            condition = effective(rule, self.exceptions, month, municipality)
            self._ways[key] = alternatives(condition, self.vocabulary)
        return self._ways[key]

    def possible(self, one: Alternative, other: Alternative) -> bool:
        """Whether both ways are open at once. A conclusion that both read alike is taken to be possible."""
        both = merged(one, other)
        return both is not None and all(
            atom.plain
            or (
                key in self.vocabulary.terms
                and key in one
                and key in other
                and one[key].allowed == other[key].allowed
            )
            for key, atom in both.items()
        )
