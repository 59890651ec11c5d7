"""The durable-rules engine of one law: one ruleset a stage, facts in, firings out.

For each rule and subject the library is asked two questions: is the rule known to apply, and is it known
not to. Neither means undecided. What a fired rule computes is computed here, by ``arithmetic.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from rules.calculation import TOTALS, of_result
from rules.engines.durable.arithmetic import (
    Counter,
    Reader,
    View,
    compile_amount,
    compile_text,
    compile_value,
)
from rules.engines.durable.native import NOTHING, Fact, NativeError, Ruleset, fact, rule
from rules.engines.durable.patterns import ALWAYS, NEVER, Properties
from rules.facts import Disputed, Entity, Facts, Known
from rules.language import tree
from rules.language.tree import Expression
from rules.language.types import YES_NO
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, RequireEffect, Rule, Section

_HOUSEHOLD_LABEL = "case"
_APPLIES, _DOES_NOT = "a", "n"
"""How the names begin under which the library knows the two questions about a rule."""


@dataclass(frozen=True)
class _Effects:
    """What a rule computes when it fires."""

    lines: tuple[tuple[Section, Counter, Counter | None], ...]
    conclusions: tuple[tuple[str, bool, Reader], ...]


class _Lacking(NamedTuple):
    """The second questions about rules that look at something that is not known, and what they see beside."""

    questions: frozenset[str]
    seen: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    """The rules of a stage about one kind, or about the household, and the properties that they look at.

    ``needs`` says which properties each rule looks at whose answer depends on the case, by the name of its
    second question in the library; ``always`` are the rules that look at nothing.
    """

    kind: str | None
    label: str
    properties: Properties
    needs: Mapping[str, frozenset[str]]
    always: tuple[Rule, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every property."""
        return frozenset((*self.properties.own, *self.properties.single, *self.properties.computed))

    @cached_property
    def lacking(self) -> Callable[[frozenset[str]], _Lacking]:
        """What there is to ask a second time when some properties are not known."""

        def lacking(missing: frozenset[str]) -> _Lacking:
            questions = frozenset(each for each, looked_at in self.needs.items() if looked_at & missing)
            looked_at = frozenset().union(*(self.needs[each] for each in questions))
            return _Lacking(questions, tuple(sorted(looked_at - missing)))

        return lru_cache(_KEPT)(lacking)

    @cached_property
    def held(self) -> Callable[[View], dict[str, int | bool | str]]:
        """The fact about a subject: the properties whose values are known."""
        texts = {
            **{name: f"own.get({path!r})" for name, path in self.properties.own.items()},
            **{name: f"single.get({path!r})" for name, path in self.properties.single.items()},
            **self.properties.computed,
        }
        lines = [
            f"    if (value := {text}) is not None: held[{name!r}] = value" for name, text in texts.items()
        ]
        opening = f"    held = {fact(self.label)!r}"
        held: Callable[[View], dict[str, int | bool | str]] = compile_text(
            "\n".join((opening, *lines, "    return held"))
        )
        return held


@dataclass(frozen=True)
class _CompiledStage:
    """The ruleset of a stage: two questions about each rule, ``asked`` by the name of each. ``concludes`` are
    the paths that the rules may conclude, each with whether there is one of it, its kind and its default."""

    groups: tuple[_Group, ...]
    asked: Mapping[str, Rule]
    ruleset: Ruleset
    concludes: tuple[tuple[str, bool, str, Known | None], ...]


class DurableEngine:
    """The inference of durable-rules for one law. Reusable; safe to use from several threads."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._stages = {stage: _compile_stage(law, rules) for stage, rules in law.stages.items()}
        self._effects = {rule.id: _compile_effects(law, rule) for rule in law.rules}

    def under(self, law: Law) -> DurableEngine:
        """The same engine under another law with the same rules: other amounts, other settings."""
        engine = copy(self)
        engine.law = law
        return engine

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = Stage) -> EngineOutcome:
        """Evaluate the stages in order. Raises NativeError when the library cannot be trusted."""
        run = _Run(self.law, self._effects, facts)
        for stage in sorted(stages, key=lambda stage: stage.position):
            run.stage(self._stages[stage])
            if stage is Stage.INCOMES:
                run.add_up()
        return run.outcome()


def _compile_stage(law: Law, rules: tuple[Rule, ...]) -> _CompiledStage:
    asked: dict[str, Rule] = {}
    definition: dict[str, Any] = {}
    groups = tuple(
        _compile_group(law, kind, [each for each in rules if each.subject == kind], asked, definition)
        for kind in dict.fromkeys(each.subject for each in rules)
    )
    terms, kinds = law.vocabulary.terms, law.vocabulary.kinds
    concluded = [terms[path] for path in {effect.path for each in rules for effect in each.concludes}]
    concludes = tuple((term.path, kinds[term.kind].single, term.kind, term.default) for term in concluded)
    return _CompiledStage(groups, asked, Ruleset(definition), concludes)


def _compile_group(
    law: Law, kind: str | None, rules: list[Rule], asked: dict[str, Rule], definition: dict[str, Any]
) -> _Group:
    """The rules about one kind. What the library is asked of them is put into ``definition``."""
    label = kind or _HOUSEHOLD_LABEL
    properties = Properties(law, f"{label}.")
    needs: dict[str, frozenset[str]] = {}
    always: list[Rule] = []
    for current in rules:
        condition = _effective(law, current)
        applies = properties.pattern(condition)
        if applies is ALWAYS:
            always.append(current)
        elif applies is not NEVER:
            first, second = (f"{question}{len(asked)}" for question in (_APPLIES, _DOES_NOT))
            asked[first] = asked[second] = current
            definition[first] = rule(label, applies)
            definition[second] = rule(f"{label}?", properties.pattern(condition, False))
            needs[second] = frozenset(properties.names(condition))
    return _Group(kind, label, properties, needs, tuple(always))


def _effective(law: Law, current: Rule) -> Expression:
    """The condition with its exceptions written into it: the rule's own, and none of theirs."""
    exceptions = [_effective(law, exception) for exception in law.exceptions[current.id]]
    if not exceptions:
        return current.condition
    negated = tuple(tree.Not(exception, YES_NO, "") for exception in exceptions)
    return tree.And((current.condition, *negated), YES_NO, "")


def _compile_effects(law: Law, current: Rule) -> _Effects:
    kinds = law.vocabulary.kinds
    return _Effects(
        tuple(
            (
                line.section,
                compile_amount(line.amount, law),
                compile_amount(line.applied, law) if line.applied is not None else None,
            )
            for line in current.lines
        ),
        tuple(
            (effect.path, kinds[effect.path.partition(".")[0]].single, compile_value(effect.value, law))
            for effect in current.concludes
        ),
    )


@dataclass
class _Run:
    law: Law
    effects: Mapping[str, _Effects]
    facts: Facts
    values: dict[str, dict[str, Known]] = field(init=False)
    single: dict[str, Known] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    fired: set[InstanceKey] = field(default_factory=set)
    undecided: set[InstanceKey] = field(default_factory=set)
    lines: set[Line] = field(default_factory=set)
    open_sections: set[Section] = field(default_factory=set)
    conclusions: dict[tuple[str, str], Known] = field(default_factory=dict)
    conflicts: set[tuple[str, str]] = field(default_factory=set)
    requirements: set[Requirement] = field(default_factory=set)
    questions: set[Question] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.values = {}
        for entity in (*self.facts.entities, *self.law.given):
            known = _known(entity.values)
            if self.law.vocabulary.kinds[entity.kind].single:
                self.single.update(known)
            else:
                self.values[entity.id] = known

    def members(self, kind: str | None) -> tuple[Entity, ...]:
        return self.facts.by_kind.get(kind, ()) if kind is not None else ()

    def view(self, subject: str) -> View:
        view = self.views.get(subject)
        if view is None:
            own = self.values[subject] if subject else {}
            view = View(self.law, own, self.single, self.facts.by_kind, self.values, self.facts, subject)
            self.views[subject] = view
        return view

    def stage(self, stage: _CompiledStage) -> None:
        concluded: dict[tuple[str, str], set[Known]] = {}
        contested: dict[tuple[str, str], set[Known | None]] = {}
        for current, subject, known in list(self.open(stage)):
            self.apply(current, (current.id, subject), known, concluded, contested)
        self.conclude(stage, concluded, contested)

    def open(self, stage: _CompiledStage) -> Iterator[tuple[Rule, str, bool]]:
        """The rules that apply or may apply, for whom, and whether each is known to.

        With every property that a rule looks at known, a rule that does not apply is known not to. The
        second question is asked about the others only, with a fact of its own.
        """
        facts: list[Fact] = []
        asked: list[tuple[str, int | None, int | None, frozenset[str]]] = []
        for group in stage.groups:
            for subject in self.subjects(group):
                yield from ((current, subject, True) for current in group.always)
                held = group.held(self.view(subject))
                first, second, questions = self.give(facts, held), None, _NO_QUESTIONS
                if missing := group.names.difference(held):
                    questions, seen = group.lacking(missing)
                    told = fact(f"{group.label}?")
                    told.update([(name, held[name]) for name in seen])
                    second = self.give(facts, told)
                asked.append((subject, first, second, questions))
        fired: dict[int | None, set[str]] = {}
        for name, number in stage.ruleset.firings(facts) if facts else ():
            fired.setdefault(int(number), set()).add(name)
        for subject, first, second, questions in asked:
            applying = {stage.asked[name].id: stage.asked[name] for name in fired.get(first, ())}
            yield from ((current, subject, True) for current in applying.values())
            does_not = fired.get(second, _NO_QUESTIONS)
            if any(stage.asked[name].id in applying for name in does_not):
                raise NativeError("The same rule was said to apply and not to.")
            for name in questions - does_not:
                if stage.asked[name].id not in applying:
                    yield stage.asked[name], subject, False

    @staticmethod
    def give(facts: list[Fact], held: dict[str, int | bool | str]) -> int | None:
        """Add a fact, unless it holds nothing that a rule could match, and return its number."""
        if len(held) <= NOTHING:
            return None
        number = len(facts)
        held["id"] = str(number)
        facts.append(held)
        return number

    def subjects(self, group: _Group) -> list[str]:
        """Whom the rules of a group are evaluated for."""
        return [entity.id for entity in self.members(group.kind)] if group.kind is not None else [HOUSEHOLD]

    def apply(
        self,
        current: Rule,
        key: InstanceKey,
        known: bool,
        concluded: dict[tuple[str, str], set[Known]],
        contested: dict[tuple[str, str], set[Known | None]],
    ) -> None:
        view, effects = self.view(key[1]), self.effects[current.id]
        amounts = [
            (section, amount(view), None if applied is None else applied(view))
            for section, amount, applied in effects.lines
        ]
        known = known and all(
            amount is not None and (line[2] is None or applied is not None)
            for (_, amount, applied), line in zip(amounts, effects.lines, strict=True)
        )
        conclusions = {
            (path.partition(".")[0] if single else key[1], path): value(view)
            for path, single, value in effects.conclusions
        }
        known = known and None not in conclusions.values()
        if not known:
            self.undecided.add(key)
            self.open_sections |= {section for section, amount, _ in amounts if amount != 0}
            for place, value in conclusions.items():
                contested.setdefault(place, set()).add(value)
            return
        self.fired.add(key)
        for section, amount, applied in amounts:
            self.lines.add(Line(section, current.id, key[1], applied, amount or 0))
        for place, value in conclusions.items():
            if value is not None:
                concluded.setdefault(place, set()).add(value)
        self.pose(current, key[1])

    def pose(self, current: Rule, subject: str) -> None:
        for effect in current.effects:
            if isinstance(effect, AskEffect):
                self.questions.add(Question(effect.asked, effect.reason, current.id, subject))
            elif isinstance(effect, RequireEffect):
                for path in effect.paths:
                    kind = path.partition(".")[0]
                    held = self.values[subject] if kind == current.subject else self.single
                    if path not in held:
                        entity = subject if kind == current.subject else kind
                        self.requirements.add(Requirement(current.id, entity, path))

    def conclude(
        self,
        stage: _CompiledStage,
        concluded: Mapping[tuple[str, str], set[Known]],
        contested: Mapping[tuple[str, str], set[Known | None]],
    ) -> None:
        for path, single, kind, default in stage.concludes:
            for entity in [kind] if single else [entity.id for entity in self.members(kind)]:
                place = (entity, path)
                values = concluded.get(place, _NONE)
                if len(values) > 1:
                    self.conflicts.add(place)
                elif contested.get(place, _NONE) <= values:
                    value = next(iter(values)) if values else default
                    if value is not None:
                        self.conclusions[place] = value
                        (self.single if single else self.values[entity])[path] = value

    def add_up(self) -> None:
        open_sections = set(self.open_sections)
        for kind in self.facts.incomplete:
            for current in self.law.rules:
                if current.subject == kind:
                    open_sections |= {line.section for line in current.lines}
        for path, sections in TOTALS.items():
            if not open_sections & set(sections):
                self.single[path] = sum(line.amount for line in self.lines if line.section in sections)
        if all(path in self.single for path in TOTALS):
            signs = {Section.INCOME: 1}
            self.single.update(
                of_result(sum(line.amount * signs.get(line.section, -1) for line in self.lines))
            )

    def outcome(self) -> EngineOutcome:
        return EngineOutcome(
            frozenset(self.fired),
            frozenset(self.undecided),
            frozenset(self.lines),
            self.conclusions,
            frozenset(self.conflicts),
            frozenset(self.requirements),
            frozenset(self.questions),
        )


def _known(values: Mapping[str, Known | Disputed]) -> dict[str, Known]:
    if Disputed not in {*map(type, values.values())}:
        return {**values}  # type: ignore[dict-item]
    return {path: value for path, value in values.items() if not isinstance(value, Disputed)}


_NONE: frozenset[Known] = frozenset()
_KEPT = 1_000
"""Of how many sets of what is not known each group keeps what they lead to."""
_NO_QUESTIONS: frozenset[str] = frozenset()
_KEPT = 1_000
"""Of how many sets of what is not known each group keeps what they lead to."""


def _answers(
    firings: list[tuple[str, str]], subjects: list[str]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What is known to apply, and what is known not to, each by name and subject."""
    applies, does_not = (
        {(name[1:], subjects[int(number)]) for name, number in firings if name[0] == question}
        for question in (_APPLIES, _DOES_NOT)
    )
    if applies & does_not:
        raise NativeError("The same rule was said to apply and not to.")
    return applies, does_not
