"""A case as a witness: what it saw under the rules as they are, and whether it notices other rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rules.book import Rulebook
from rules.engines.exact.case import ScopedCase
from rules.engines.exact.compile import CompiledRule, compile_rule
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation, RuleState, Value
from rules.evaluation import Agreed
from rules.facts import Disputed, Facts, Unknown
from rules.policy_cases.run import PreparedCase, failures_of, prepared_cases
from rules.rule import Rule

Seen: TypeAlias = "tuple[tuple[str, Value, tuple[Value, ...]], ...]"
"""For each subject of a rule: whether its condition holds, and what its effects come to."""


@dataclass(frozen=True)
class Witness:
    """A case under its law. ``notices`` says whether an evaluation of it is not what is expected; ``case`` is
    the policy staff's, None for one that is kept elsewhere."""

    name: str
    engine: ExactEngine
    facts: Facts
    notices: Callable[[Evaluation], bool]
    case: PreparedCase | None = None

    @cached_property
    def base(self) -> Evaluation:
        """The case under the rules as they are."""
        return self.engine.evaluate(self.facts)

    @cached_property
    def seen(self) -> dict[str, Seen]:
        """What rules have seen, by id: looked up once."""
        return {}

    @cached_property
    def concluded(self) -> ScopedCase:
        """The case with everything that rules concluded."""
        case = ScopedCase(self.engine.law, self.facts)
        for scope in (case.household, *(each for found in case.members.values() for each in found)):
            for path, value in self.base.values.get(scope.entity, {}).items():
                if isinstance(value, Unknown | Disputed):
                    scope.unknown[path] = value
                else:
                    scope.known[path] = value
        return case

    def sees(self, compiled: CompiledRule) -> Seen:
        """What a rule sees and gives. Nothing that it reads has changed since its stage."""
        case = self.concluded
        found: list[tuple[str, Value, tuple[Value, ...]]] = []
        for scope in case.of(compiled.rule.subject):
            holds = compiled.holds(case, scope, [])
            values: list[Value] = []
            if holds is not False:
                values += [amount.of(case, scope, []) for _, amount, _ in compiled.lines]
                values += [asked.of(case, scope, []) for _, _, asked in compiled.lines if asked is not None]
                values += [value.of(case, scope, []) for _, _, value in compiled.conclusions]
            found.append((scope.entity, holds, tuple(values)))
        return tuple(found)

    def has(self, rule: Rule) -> bool:
        """Whether the law of the case has this very rule."""
        return self.engine.law.rule.get(rule.id) is rule

    def tells(self, old: Rule, new: CompiledRule) -> bool:
        """Whether the rule in other words sees or gives something else."""
        if old.id not in self.seen:
            self.seen[old.id] = self.sees(compile_rule(old, self.engine.law))
        return self.seen[old.id] != self.sees(new)

    def applied(self, rule: Rule) -> bool:
        """Whether the rule applied, or could have, to anybody."""
        return any(
            instance.rule is rule and instance.state is not RuleState.NOT_FIRED
            for instance in self.base.instances.values()
        )

    def fired(self, rule: Rule) -> bool:
        """Whether the rule applied to somebody."""
        return any(key[0] == rule.id for key in self.base.outcome.fired) and self.has(rule)

    def after(self, changes: Mapping[str, Rule]) -> Evaluation:
        """The case under rules in other words."""
        return self.engine.changed(changes).evaluate(self.facts)


def policy_witnesses(book: Rulebook) -> Iterator[Witness]:
    """The policy staff's cases."""
    engines: dict[int, ExactEngine] = {}
    for each in prepared_cases(book):
        engine = engines.setdefault(id(each.law), each.law.engines.exact)
        expected = each.case.expected

        def notices(evaluation: Evaluation, expected: object = expected) -> bool:
            return any(True for _ in failures_of(expected, Agreed(evaluation, ()), book))  # type: ignore[arg-type]

        yield Witness(f"{each.place[0]}: {each.place[2]}", engine, each.facts, notices, each)
