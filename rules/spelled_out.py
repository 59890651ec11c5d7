"""What a rule says in few words, spelled out: skälighet as two rules, that a cost is reduced, and what a line
is for where its reason says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rules.language import tree
from rules.language.joining import both, compared
from rules.language.tree import Comparison, Expression
from rules.language.types import YES_NO
from rules.language.vocabulary import Source, Vocabulary
from rules.rule import AskEffect, ConcludeEffect, Effect, LineEffect, Rule
from rules.rulefile import ReasonableEntry

OUTSIDE = ".utanför"
"""What is added to the id of a rule with skälighet for what lies outside the accepted range."""
REDUCED = "nedsatt"
"""The term of a kind that a line concludes when less is counted than was applied for."""
WHAT = "benämning"
"""The placeholder of a reason for what the line is for."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is examined, the guideline outside the accepted range, the ends of the range, and the question
    about what lies outside it, where a person is asked."""

    examined: Expression
    guideline: Expression
    lowest: Expression
    highest: Expression
    asks: AskEffect | None


def outside_as_well(rule: Rule, entry: ReasonableEntry, accepted: Accepted) -> Iterator[Rule]:
    """A rule with skälighet is two: what the machine accepts, and what lies outside it."""
    above = compared(Comparison.GE, accepted.examined, accepted.lowest)
    below = compared(Comparison.LE, accepted.examined, accepted.highest)
    inside = tree.And((above, below), YES_NO, f"{above.text} och {below.text}")
    yield replace(rule, condition=both(rule.condition, inside))
    outside: list[Effect] = [
        replace(effect, amount=accepted.guideline) if isinstance(effect, LineEffect) else effect
        for effect in rule.effects
    ]
    if accepted.asks is not None:
        outside.append(accepted.asks)
    yield replace(
        rule,
        id=rule.id + OUTSIDE,
        title=f"{rule.title}, utanför det skäliga",
        condition=both(rule.condition, tree.Not(inside, YES_NO, f"inte ({inside.text})")),
        effects=tuple(outside),
        texts=with_what(entry.texts, rule.what),
    )


def with_what(texts: Mapping[str, str], what: Mapping[str, str]) -> Mapping[str, str]:
    """The reasons with what the line is for written where they name it."""
    if not what:
        return texts
    return {
        language: text.replace(f"{{{WHAT}}}", what.get(language, what["sv"]))
        for language, text in texts.items()
    }


def concluding_reductions(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """A cost of which less is counted than was applied for is reduced: the rule concludes it by its line."""
    path = f"{rule.subject}.{REDUCED}"
    term = vocabulary.terms.get(path)
    if term is None or term.source is not Source.RULE:
        return rule
    reductions = tuple(
        ConcludeEffect(path, compared(Comparison.GT, line.applied, line.amount))
        for line in rule.lines
        if line.applied is not None and line.applied != line.amount
    )
    return replace(rule, effects=(*rule.effects, *reductions)) if reductions else rule
