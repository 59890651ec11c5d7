"""A case with something given otherwise: another value, a further member, a municipality's other choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from norms.status import Status
from rules.engines.exact.compile import CompiledValue
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.facts import Disputed, Entity, Facts, Known, within
from rules.language import tree
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import Source, Term
from rules.law import Law
from rules.laws import Span
from rules.mutation.witness import Witness
from rules.rule import Rule
from rules.setting import Setting

_FURTHER = "till"
"""What stands after the id of a member that is added like another."""
_MOST_LIMITS, _MOST_VALUES = 20, 60


@dataclass(frozen=True)
class Move:
    """One thing given otherwise. ``value`` None: it is not known any more. ``like``: the member is a further
    one, like the one with that id. ``chosen``: the municipality's own choice, in the place of its setting."""

    kind: str
    id: str
    path: str
    value: Known | None
    like: str | None = None
    chosen: bool = False

    @property
    def about(self) -> tuple[str, str]:
        """Whose value, and which."""
        return self.id, self.path


@dataclass(frozen=True)
class Tried:
    """A case that there is after some moves, perhaps in another month. ``after`` is the engine of the mutant,
    in which nothing is given otherwise."""

    witness: Witness
    after: ExactEngine
    month: str | None = None
    moves: tuple[Move, ...] = ()

    @cached_property
    def seen(self) -> Witness:
        """The case as the rules as they are see it."""
        if not self.moves:
            return self.witness
        engine, facts = self._given(self.witness.engine)
        return replace(self.witness, engine=engine, facts=facts)

    def mutated(self) -> Evaluation:
        """The case under the mutant."""
        engine, facts = self._given(self.after)
        return engine.evaluate(facts)

    def with_move(self, move: Move) -> Tried:
        """One move further; the same thing is moved once."""
        kept = tuple(each for each in self.moves if each.about != move.about)
        return replace(self, moves=(*kept, move))

    def without(self, move: Move) -> Tried:
        """One move fewer."""
        return replace(self, moves=tuple(each for each in self.moves if each is not move))

    def _given(self, engine: ExactEngine) -> tuple[ExactEngine, Facts]:
        law, facts = engine.law, self.witness.facts
        chosen = [each for each in self.moves if each.chosen]
        if chosen:
            span = Span(law.month, law.month)
            own = (
                Setting(law.municipality or "", each.path, each.value, span, "fallet", Status.FICTITIOUS)
                for each in chosen
                if each.value is not None
            )
            engine = engine.under(replace(law, settings=(*law.settings, *own)))
        for move in self.moves:
            if not move.chosen:
                facts = _moved(facts, move)
        return engine, facts


def _moved(facts: Facts, move: Move) -> Facts:
    there = facts.by_id.get(move.id)
    if there is None:
        like = facts.by_id.get(move.like or "")
        there = replace(like, id=move.id) if like is not None else Entity(move.kind, move.id, {})
        facts = facts.plus((there,))
    values = {path: each for path, each in there.values.items() if path != move.path}
    if move.value is not None:
        values[move.path] = move.value
    changed = replace(there, values=values)
    return Facts(tuple(changed if each is there else each for each in facts.entities), facts.incomplete)


class Moves:
    """What can be given otherwise in the cases of a law so that some rules see something else: first what
    they read themselves, then what they read by way of other rules' conclusions."""

    def __init__(self, law: Law, rules: Iterable[Rule]) -> None:
        self._law, self._own = law, tuple(rules)
        own = frozenset(path for rule in self._own for path in rule.reads)
        self._near = own
        self._far = _read_at_last(law, own) - own
        self._limits = _limits(law, self._own)
        self._far_limits = _limits(law, [rule for rule in law.rules if rule.reads & (own | self._far)])
        nodes = dict.fromkeys(
            node
            for rule in self._own
            for root in rule.expressions
            for node in tree.walk(root)
            if isinstance(node, tree.Compare)
        )
        self._sides = [
            (CompiledValue(node.left, law.vocabulary), CompiledValue(node.right, law.vocabulary))
            for node in nodes
        ]

    def of(self, tried: Tried) -> Iterator[Move]:
        """The moves from a case."""
        yield from self._of(tried, self._near, self._limits)
        yield from self._of(tried, self._far, self._far_limits)

    def _of(self, tried: Tried, paths: frozenset[str], limits: frozenset[int]) -> Iterator[Move]:
        """A value of each thing in turn: what is likeliest of each comes first."""
        ends, gaps = self._ends(tried.seen)
        terms = [self._law.vocabulary.terms[path] for path in sorted(paths)]
        given = [each for each in terms if each.source not in (Source.RULE, Source.CALCULATION)]
        things = [
            each for term in given for each in self._of_term(tried.seen.facts, term, limits | ends, gaps)
        ]
        yield from (move for moves in zip_longest(*things) for move in moves if move is not None)

    def _of_term(
        self, facts: Facts, term: Term, limits: frozenset[int], gaps: frozenset[int]
    ) -> Iterator[Iterator[Move]]:
        if term.source is Source.SETTING:
            own = Entity(term.kind, term.kind, {})
            values = (each for each in _others(term, own, None, limits, gaps) if each is not None)
            yield (Move(term.kind, own.id, term.path, value, chosen=True) for value in values)
            return
        members = facts.by_kind.get(term.kind, ())
        yield from (_valued(term, each, limits, gaps) for each in members)
        for like in members[:1]:
            further = f"{like.id}_{_FURTHER}"
            alone = self._law.vocabulary.kinds[term.kind].single or _disputed(like)
            if not alone and further not in facts.by_id:
                yield _valued(term, like, limits, gaps, further)

    def _ends(self, seen: Witness) -> tuple[frozenset[int], frozenset[int]]:
        """What the comparisons of the rules compare in a case, and how far apart that is."""
        ends, gaps = set[int](), set[int]()
        case = seen.concluded
        scopes = [case.household, *(scope for rule in self._own for scope in case.of(rule.subject))]
        scopes += [scope for kind in case.members for scope in case.of(kind)]
        for left, right in self._sides:
            for scope in dict(zip(map(id, scopes), scopes, strict=True)).values():
                found = [each.of(case, scope, []) for each in (left, right)]
                whole = [int(each) for each in found if _is_number(each)]  # type: ignore[arg-type]
                ends.update(whole)
                if len(whole) == 2:
                    gaps.add(whole[1] - whole[0])
        return frozenset(sorted(ends)[:_MOST_LIMITS]), frozenset(sorted(gaps)[:_MOST_LIMITS])


def _valued(
    term: Term, entity: Entity, limits: frozenset[int], gaps: frozenset[int], further: str | None = None
) -> Iterator[Move]:
    """A term of a member with other values, or of a further member like it."""
    like = None if further is None else entity.id
    for value in _others(term, entity, entity.values.get(term.path), limits, gaps):
        yield Move(term.kind, further or entity.id, term.path, value, like)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__trunc__")


def _disputed(entity: Entity) -> bool:
    return any(isinstance(each, Disputed) for each in entity.values.values())


def _read_at_last(law: Law, read: frozenset[str]) -> frozenset[str]:
    """What rules read, and what the rules read that conclude it."""
    while True:
        more = {
            path for rule in law.rules for each in rule.concludes if each.path in read for path in rule.reads
        }
        if more <= read:
            return read
        read |= more


def _limits(law: Law, rules: Iterable[Rule]) -> frozenset[int]:
    """The whole numbers that rules write, and what the municipality has chosen of what they read."""
    rules = list(rules)
    read = {path for rule in rules for path in rule.reads}
    written = {
        node.value
        for rule in rules
        for root in rule.expressions
        for node in tree.walk(root)
        if isinstance(node, tree.Literal) and isinstance(node.value, int) and not isinstance(node.value, bool)
    }
    given = {
        value
        for entity in law.given
        for path, value in entity.values.items()
        if path in read and isinstance(value, int) and not isinstance(value, bool)
    }
    return frozenset(sorted(written | given)[:_MOST_LIMITS])


def _others(
    term: Term, entity: Entity, now: object, limits: frozenset[int], gaps: frozenset[int]
) -> Iterator[Known | None]:
    """Other values of a fact: the other answer or choices, what rules compare with and what lies beside it,
    what it is compared with here, and what closes the gap between the two."""
    match term.type.base:
        case Base.YES_NO:
            yield from (each for each in (True, False) if each is not now)
        case Base.CHOICE:
            yield from (choice for choice in term.type.choices if choice != now)
        case Base.NUMBER | Base.DAY:
            step = 100 if term.type.unit == KRONOR else 1
            same = [each for each in entity.values.values() if type(each) is int]
            at = [now] if type(now) is int else []
            closed = [
                each + gap // by * way for each in at for by in (1, 100) for gap in gaps for way in (1, -1)
            ]
            aims = [*closed, *sorted(limits), *same, *at]
            beside = (each + way * by for each in aims for by in (step, 1) for way in (1, -1))
            # A number that is no amount is small: days have ordinals of six digits.
            small = term.type.unit != KRONOR
            for value in list(dict.fromkeys((*aims, *beside)))[:_MOST_VALUES]:
                if value != now and within(term, value) and not (small and abs(value) >= 10**6):
                    yield value
    if now is not None:
        yield None
