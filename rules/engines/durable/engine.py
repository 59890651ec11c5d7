"""The durable-rules engine of one law: one ruleset a stage, facts in, firings out.

For each rule and subject the library is asked two questions: is the rule known to apply, and is it known
not to. Neither means undecided. What a fired rule computes is computed here, by ``arithmetic.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.calculation import TOTALS, of_result
from rules.engines.durable.arithmetic import Plain, Reader, View, compile_value, whole
from rules.engines.durable.native import Fact, Ruleset, rule
from rules.engines.durable.patterns import ALWAYS, NEVER, Pattern, Properties
from rules.facts import Disputed, Entity, Facts, Known
from rules.language import tree
from rules.language.tree import Expression
from rules.language.types import YES_NO
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, RequireEffect, Rule, Section

_CASE_KIND = "case"


@dataclass(frozen=True)
class _Effects:
    """What a rule computes when it fires."""

    lines: tuple[tuple[Section, Reader, Reader | None], ...]
    conclusions: tuple[tuple[str, bool, Reader], ...]


@dataclass(frozen=True)
class _CompiledStage:
    rules: tuple[Rule, ...]
    effects: Mapping[str, _Effects]
    properties: Mapping[str, Properties]
    applies: Ruleset
    does_not: Ruleset
    always: tuple[str, ...]
    never: tuple[str, ...]
    needs: Mapping[str, frozenset[str]]


class DurableEngine:
    """The inference of durable-rules for one law. Reusable; safe to use from several threads."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._stages = {stage: _compile_stage(law, rules) for stage, rules in law.stages.items()}

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = Stage) -> EngineOutcome:
        """Evaluate the stages in order. Raises NativeError when the library cannot be trusted."""
        run = _Run(self.law, facts)
        for stage in sorted(stages, key=lambda stage: stage.position):
            run.stage(self._stages[stage])
            if stage is Stage.INCOMES:
                run.add_up()
        return run.outcome()


def _compile_stage(law: Law, rules: tuple[Rule, ...]) -> _CompiledStage:
    properties: dict[str, Properties] = {}
    definitions: tuple[dict[str, Pattern], dict[str, Pattern]] = ({}, {})
    constant: tuple[list[str], list[str]] = ([], [])
    needs: dict[str, frozenset[str]] = {}
    for index, current in enumerate(rules):
        kind = current.subject or _CASE_KIND
        of_kind = properties.setdefault(kind, Properties(law))
        condition = _effective(law, current)
        needs[current.id] = frozenset(of_kind.names(condition))
        for number, holds in enumerate((True, False)):
            pattern = of_kind.pattern(condition, holds)
            if pattern is ALWAYS:
                constant[number].append(current.id)
            elif pattern is not NEVER:
                definitions[number][str(index)] = rule(kind, pattern)
    return _CompiledStage(
        rules,
        {current.id: _compile_effects(law, current) for current in rules},
        properties,
        Ruleset(definitions[0]),
        Ruleset(definitions[1]),
        tuple(constant[0]),
        tuple(constant[1]),
        needs,
    )


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
                compile_value(line.amount, law),
                compile_value(line.applied, law) if line.applied is not None else None,
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
    facts: Facts
    values: dict[str, dict[str, Known | Disputed]] = field(init=False)
    single: dict[str, Known | Disputed] = field(default_factory=dict)
    subjects_of: dict[str | None, list[str]] = field(default_factory=dict)
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
            if self.law.vocabulary.kinds[entity.kind].single:
                self.single.update(entity.values)
            else:
                self.values[entity.id] = dict(entity.values)

    def members(self, kind: str | None) -> tuple[Entity, ...]:
        return self.facts.by_kind.get(kind, ()) if kind is not None else ()

    def view(self, subject: str) -> View:
        own = self.values[subject] if subject else {}
        return View(own, self.single, self.facts.by_kind, self.values, self.facts, subject)

    def stage(self, stage: _CompiledStage) -> None:
        applies, does_not = self.ask(stage)
        concluded: dict[tuple[str, str], set[Known]] = {}
        contested: dict[tuple[str, str], set[Known | None]] = {}
        for current in stage.rules:
            for subject in self.subjects(current):
                key = (current.id, subject)
                if key not in does_not:
                    self.apply(current, stage.effects[current.id], key, key in applies, concluded, contested)
        self.conclude(stage.rules, concluded, contested)

    def ask(self, stage: _CompiledStage) -> tuple[set[InstanceKey], set[InstanceKey]]:
        """The instances known to apply, and those known not to.

        With every property that a rule reads known, a rule that does not apply is known not to. The library
        is asked the second question only about what the other rules read.
        """
        subjects, facts = self.facts_of(stage)
        applies = self.constant(stage.always)
        does_not = self.constant(stage.never)
        applies.update(_answers(stage, stage.applies.firings(facts), subjects))
        held = dict(zip(subjects, facts, strict=True))
        unsettled: dict[str, set[str]] = {}
        for current in stage.rules:
            needed = stage.needs[current.id]
            for subject in self.subjects(current):
                if (current.id, subject) in applies:
                    continue
                if needed <= held[subject].keys():
                    does_not.add((current.id, subject))
                else:
                    unsettled.setdefault(subject, {"id", "k"}).update(needed)
        lacking = [
            {name: value for name, value in held[subject].items() if name in names}
            for subject, names in unsettled.items()
        ]
        if lacking:
            does_not.update(_answers(stage, stage.does_not.firings(lacking), subjects))
        return applies, does_not

    def facts_of(self, stage: _CompiledStage) -> tuple[list[str], list[Fact]]:
        """A fact for each subject of the stage's rules, and the subjects in the same order."""
        subjects: list[str] = []
        facts: list[Fact] = []
        for kind, properties in stage.properties.items():
            of_kind = [HOUSEHOLD] if kind == _CASE_KIND else [entity.id for entity in self.members(kind)]
            for subject in of_kind:
                facts.append(_fact(kind, len(subjects), properties, self.view(subject)))
                subjects.append(subject)
        return subjects, facts

    def subjects(self, current: Rule) -> list[str]:
        """Whom a rule is evaluated for."""
        kind = current.subject
        if kind not in self.subjects_of:
            self.subjects_of[kind] = [entity.id for entity in self.members(kind)] if kind else [HOUSEHOLD]
        return self.subjects_of[kind]

    def constant(self, rule_ids: tuple[str, ...]) -> set[InstanceKey]:
        """Every instance of rules whose condition does not depend on the case."""
        return {(name, subject) for name in rule_ids for subject in self.subjects(self.law.rule[name])}

    def apply(
        self,
        current: Rule,
        effects: _Effects,
        key: InstanceKey,
        known: bool,
        concluded: dict[tuple[str, str], set[Known]],
        contested: dict[tuple[str, str], set[Known | None]],
    ) -> None:
        view = self.view(key[1])
        amounts = [
            (section, whole(amount(view)), None if applied is None else whole(applied(view)))
            for section, amount, applied in effects.lines
        ]
        known = known and all(
            amount is not None and (line[2] is None or applied is not None)
            for (_, amount, applied), line in zip(amounts, effects.lines, strict=True)
        )
        conclusions = {
            (path.partition(".")[0] if single else key[1], path): _storable(value(view))
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
                    if isinstance(held.get(path, _NOTHING), Disputed):
                        entity = subject if kind == current.subject else kind
                        self.requirements.add(Requirement(current.id, entity, path))

    def conclude(
        self,
        rules: tuple[Rule, ...],
        concluded: Mapping[tuple[str, str], set[Known]],
        contested: Mapping[tuple[str, str], set[Known | None]],
    ) -> None:
        kinds = self.law.vocabulary.kinds
        for path in {effect.path for current in rules for effect in current.concludes}:
            kind = path.partition(".")[0]
            entities = [kind] if kinds[kind].single else [entity.id for entity in self.members(kind)]
            for entity in entities:
                place = (entity, path)
                values = concluded.get(place, set())
                if len(values) > 1:
                    self.conflicts.add(place)
                elif contested.get(place, set()) <= values:
                    value = next(iter(values)) if values else self.law.vocabulary.term(path).default
                    if value is not None:
                        self.conclusions[place] = value
                        (self.single if kinds[kind].single else self.values[entity])[path] = value

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


_NOTHING = Disputed(())


def _fact(kind: str, number: int, properties: Properties, view: View) -> Fact:
    fact: dict[str, int | bool | str] = {"id": str(number), "k": kind}
    for name, read in properties.readers.items():
        value = read(view)
        if value is not None:
            fact[name] = value
    return fact


def _answers(
    stage: _CompiledStage, firings: list[tuple[str, str]], subjects: list[str]
) -> Iterator[InstanceKey]:
    for name, number in firings:
        yield stage.rules[int(name)].id, subjects[int(number)]


def _storable(value: Plain) -> Known | None:
    return whole(value) if isinstance(value, tuple) else value
