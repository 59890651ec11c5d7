"""R035: two rules that can give one conclusion different values."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.diagnostic import Diagnostic
from rules.language import tree
from rules.rule import ConcludeEffect, Rule
from rules.satisfiable import Alternative, alternatives, both
from rules.vocabulary import Vocabulary

CONFLICT = Diagnostic(
    "R035",
    Severity.ERROR,
    "Regler som säger emot varandra",
    "Regeln ger {path} värdet {value}, men {id} (rad {line}) kan samtidigt ge {other}. Låt den ena "
    "vara undantag från den andra.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Two rules that provably can hold at once do not give one term two values."""
    ways: dict[int, list[Alternative] | None] = {}
    for index, rule in enumerate(rules):
        for other in rules[:index]:
            for path, value, second in _contrary(rule, other):
                if rule.id in other.defeats or other.id in rule.defeats:
                    continue
                if not rule.span.overlap(other.span) or _foreign(rule, other):
                    continue
                for each in (rule, other):
                    if id(each) not in ways:
                        ways[id(each)] = alternatives(each.condition, vocabulary)
                if _provable(ways[id(rule)], ways[id(other)]) and not _defeated(rules, rule, other):
                    yield CONFLICT.at(
                        rule.file,
                        rule.line,
                        rule.id,
                        path=path,
                        value=value,
                        id=other.id,
                        line=other.line,
                        other=second,
                    )


def _contrary(rule: Rule, other: Rule) -> Iterator[tuple[str, str, str]]:
    """The terms that two rules about the same subject give different constants."""
    if rule.subject != other.subject:
        return
    for one in rule.concludes:
        for two in other.concludes:
            if one.path == two.path and _constant(one) and _constant(two) and one.value != two.value:
                yield one.path, one.value.text, two.value.text


def _constant(effect: ConcludeEffect) -> bool:
    return isinstance(effect.value, tree.Literal)


def _foreign(rule: Rule, other: Rule) -> bool:
    return None not in (rule.municipality, other.municipality) and rule.municipality != other.municipality


def _defeated(rules: tuple[Rule, ...], rule: Rule, other: Rule) -> bool:
    """Whether some exception may keep the two apart; that is left to the run."""
    return any(rule.id in third.defeats or other.id in third.defeats for third in rules)


def _provable(one: list[Alternative] | None, other: list[Alternative] | None) -> bool:
    if one is None or other is None:
        return False
    return any(all(atom.plain for atom in way.values()) for way in both(one, other))
