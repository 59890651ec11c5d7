"""The search for a case that tells a mutant from the rules: from cases that there are, a few things moved.

Each step keeps the cases that have come the furthest: most parts of the condition hold, then the changed
rule sees something else than the rule as it is, then something else comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from rules.engines.exact.compile import CompiledRule, compile_rule
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation, RuleState
from rules.language import tree
from rules.language.joining import ALWAYS
from rules.law import Law, resolve
from rules.mutation.moves import Moves, Tried
from rules.mutation.mutants import Mutant
from rules.mutation.witness import Witness
from rules.rule import Rule

_KEPT, _MOVES, _STEPS = 8, 150, 3
"""From how many cases each step goes on, how many moves are tried from each, and how many steps there are."""
_MONTHS = 60
"""How many cases are moved to another month where the rule has applied to none."""
_SEES_OTHERWISE = 100
"""So many parts of a condition that hold weighs that the changed rule sees something else."""


class ToldApart(NamedTuple):
    """A case that tells a mutant from the rules: what comes of it under each."""

    tried: Tried
    before: Evaluation
    after: Evaluation


def told_apart(
    mutant: Mutant, reached: Sequence[Witness], witnesses: Sequence[Witness]
) -> Iterator[ToldApart]:
    """Cases of which something else comes under a mutant, those that are most like a case that there is
    first. ``reached`` are the cases whose rules saw something else."""
    search = _Search(mutant)

    def farther(witness: Witness) -> tuple[bool, bool]:
        return not beside(witness, mutant), not any(witness.fired(old) for old, _ in mutant.rules)

    cases = sorted((each for each in witnesses if each.case is not None), key=farther)
    if mutant.months is None:
        begun = [search.begun(each) for each in cases if any(each.has(old) for old, _ in mutant.rules)]
    else:  # a case of the same rule in the month that can tell is the plainest
        fired = [each for each in cases if not farther(each)[1]]
        begun = [tried for each in fired or cases[:_MONTHS] for tried in search.in_months(each)]
        yield from map(search.told, begun)
    for witness in cases:
        if witness in reached:
            yield search.told(search.begun(witness))
    yield from search.walked(begun)


def beside(witness: Witness, mutant: Mutant) -> bool:
    """Whether a case stands in the file of cases beside the mutant's rules."""
    assert witness.case is not None
    return witness.case.place[0].removesuffix(".fall.yaml") == mutant.file.removesuffix(".yaml")


def changes_of(mutant: Mutant, law: Law) -> dict[str, Rule]:
    """What a mutant changes in a law: the rules by id."""
    return {new.id: new for old, new in mutant.rules if law.rule.get(old.id) is old}


class _Search:
    """How far cases have come towards telling a mutant from the rules, and how they get further."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._engines: dict[int, tuple[ExactEngine, ExactEngine]] = {}
        self._in_month: dict[tuple[object, ...], ExactEngine] = {}
        self._compiled: dict[tuple[int, bool], CompiledRule] = {}
        self._moves: dict[int, Moves] = {}

    def begun(self, witness: Witness) -> Tried:
        """A case with nothing moved yet."""
        engine = witness.engine
        if id(engine) not in self._engines:
            self._engines[id(engine)] = engine, engine.changed(changes_of(self._mutant, engine.law))
        return Tried(witness, self._engines[id(engine)][1])

    def in_months(self, witness: Witness) -> Iterator[Tried]:
        """A case in the months that can tell."""
        assert witness.case is not None
        book, of_case = witness.case.law.book, witness.engine.law
        chosen = tuple(each for each in of_case.settings if each.source == "fallet")
        for month in self._mutant.months or ():
            key = (month, of_case.municipality, chosen)
            if key not in self._in_month:
                law = resolve(book, month, of_case.municipality, without_norm=True)
                self._in_month[key] = ExactEngine(replace(law, settings=(*law.settings, *chosen)))
            moved = replace(witness, engine=self._in_month[key])
            yield replace(self.begun(moved), month=str(month))

    def told(self, tried: Tried) -> ToldApart:
        """What comes of a case under the rules and under the mutant."""
        return ToldApart(tried, tried.seen.base, tried.mutated())

    def walked(self, begun: Sequence[Tried]) -> Iterator[ToldApart]:
        """From each of some cases, step by step, the furthest first."""
        kept = self._furthest([(self.reached(each), each) for each in begun])
        for _ in range(_STEPS):
            found: list[tuple[int, Tried]] = []
            for base in kept:
                for move in islice(self.moves(base).of(base), _MOVES):
                    tried = base.with_move(move)
                    come = self.reached(tried)
                    if come >= _SEES_OTHERWISE:
                        yield self.told(tried)
                    found.append((come, tried))
            kept = self._furthest(found)

    def _furthest(self, found: Sequence[tuple[int, Tried]]) -> list[Tried]:
        """The furthest, no two of them from the same case."""
        kept: dict[int, Tried] = {}
        for _, tried in sorted(found, key=lambda each: -each[0]):
            kept.setdefault(id(tried.witness), tried)
        return list(kept.values())[:_KEPT]

    def moves(self, tried: Tried) -> Moves:
        """The moves from a case, by its law."""
        law = tried.witness.engine.law
        if id(law) not in self._moves:
            self._moves[id(law)] = Moves(law, self._rules(law))
        return self._moves[id(law)]

    def _rules(self, law: Law) -> list[Rule]:
        """The rules that are changed, and what they are no exception from any more."""
        found: dict[str, Rule] = {}
        for old, new in self._mutant.rules:
            if law.rule.get(old.id) is not old:
                continue
            found[old.id] = old
            for name in {*old.defeats} - {*new.defeats}:
                if name in law.rule:
                    found[name] = law.rule[name]
        return list(found.values())

    def reached(self, tried: Tried) -> int:
        """How many parts of conditions hold, for whom it is most; and whether the changed rule sees something
        else."""
        seen, law = tried.seen, tried.witness.engine.law
        case = seen.concluded
        held = 0
        for rule in self._rules(law):
            parts = [self._part(part, rule, law) for part in _parts(rule.condition)]
            held += max(
                (
                    sum(part.holds(case, scope, []) is True for part in parts)
                    for scope in case.of(rule.subject)
                ),
                default=-1,
            )
        return held + (_SEES_OTHERWISE if self._tells(seen, law) else 0)

    def _tells(self, seen: Witness, law: Law) -> bool:
        """Whether something else may come out."""
        own = [pair for pair in self._mutant.rules if seen.has(pair[0])]
        if self._mutant.by_values:
            return any(
                seen.sees(self._whole(old, law)) != seen.sees(self._whole(new, law)) for old, new in own
            )
        lost = {name for old, new in own for name in {*old.defeats} - {*new.defeats}}
        if lost:
            found = seen.base.instances.values()
            return any(each.state is RuleState.DEFEATED and each.rule.id in lost for each in found)
        return any(seen.applied(old) for old, _ in own)

    def _whole(self, rule: Rule, law: Law) -> CompiledRule:
        key = (id(rule), True)
        if key not in self._compiled:
            self._compiled[key] = compile_rule(rule, law)
        return self._compiled[key]

    def _part(self, part: tree.Expression, rule: Rule, law: Law) -> CompiledRule:
        key = (id(part), False)
        if key not in self._compiled:
            alone = replace(rule, condition=part, effects=())
            self._compiled[key] = compile_rule(alone, law)
        return self._compiled[key]


def _parts(condition: tree.Expression) -> Sequence[tree.Expression]:
    """The parts that must all hold; in a part that is a choice between several, those."""
    match condition:
        case tree.And(parts=parts):
            return [each for part in parts for each in _parts(part)]
        case _:
            return () if condition == ALWAYS else (condition,)
