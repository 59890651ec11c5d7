"""One case under one law, by both engines. Where they differ nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property

from rules.engines.durable.engine import DurableEngine
from rules.engines.durable.native import NativeError
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.facts import Facts
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import EngineOutcome


@dataclass(frozen=True, slots=True)
class Agreed:
    """The exact evaluation, and how the other engine differs: empty when the two agree."""

    evaluation: Evaluation
    differences: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether the two engines say the same."""
        return not self.differences


@dataclass(frozen=True)
class Engines:
    """Both engines of one law, compiled when first used."""

    law: Law

    @cached_property
    def exact(self) -> ExactEngine:
        """The exact evaluator."""
        return ExactEngine(self.law)

    @cached_property
    def durable(self) -> DurableEngine:
        """The durable-rules engine."""
        return DurableEngine(self.law)

    def under(self, law: Law) -> Engines:
        """These engines, compiled once, under another law with the same rules. Raises ValueError when its
        rules are others."""
        if [*map(id, law.rules)] != [*map(id, self.law.rules)]:
            raise ValueError("The law has other rules.")
        engines = Engines(law)
        vars(engines).update(exact=self.exact.under(law), durable=self.durable.under(law))
        return engines

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = tuple(Stage)) -> Agreed:
        """Evaluate a case with both engines and compare what they say.

        ``facts`` must fit the vocabulary (``Facts.check``). A failure of durable-rules is a difference,
        not an exception: the case goes to a person.
        """
        evaluation = self.exact.evaluate(facts, stages)
        try:
            other = self.durable.evaluate(facts, stages)
        except NativeError as error:
            return Agreed(evaluation, (f"durable-rules: {error}",))
        return Agreed(evaluation, tuple(_differences(evaluation.outcome, other)))


def _differences(exact: EngineOutcome, durable: EngineOutcome) -> Iterable[str]:
    for field in fields(EngineOutcome):
        ours, theirs = getattr(exact, field.name), getattr(durable, field.name)
        if ours == theirs:
            continue
        if isinstance(ours, dict):
            ours, theirs = frozenset(ours.items()), frozenset(theirs.items())
        for what, values in (("exact", ours - theirs), ("durable-rules", theirs - ours)):
            for value in sorted(values, key=repr):
                yield f"{field.name}: only {what} has {value!r}"
