"""The durable-rules engine of one law: one ruleset a stage, facts in, firings out.

The library says for whom each rule is known to apply. Where something is missing that a rule looks at, and it
is not known to apply, it is undecided when it may (``may.py``). What a fired rule computes is computed here,
by ``arithmetic.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
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
from rules.engines.durable.may import May, looked_at, may_by, may_match
from rules.engines.durable.native import NOTHING, Fact, NativeError, Ruleset, fact, rule, written
from rules.engines.durable.patterns import ALWAYS, NEVER, Pattern, Properties
from rules.facts import Disputed, Entity, Facts, Known
from rules.language import tree
from rules.language.tree import Expression
from rules.language.types import YES_NO
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, RequireEffect, Rule, Section

_HOUSEHOLD_LABEL = "case"


class _Effects:
    """What a rule computes when it fires, compiled when it first does."""

    def __init__(self, law: Law, rule: Rule) -> None:
        self._law = law
        self._rule = rule

    @cached_property
    def lines(self) -> tuple[tuple[Section, Counter, Counter | None], ...]:
        """The section of each line, its amount, and what was applied for."""
        return tuple(
            (
                line.section,
                compile_amount(line.amount, self._law),
                compile_amount(line.applied, self._law) if line.applied is not None else None,
            )
            for line in self._rule.lines
        )

    @cached_property
    def conclusions(self) -> tuple[tuple[str, bool, Reader], ...]:
        """The path of each conclusion, whether there is one of it, and its value."""
        kinds = self._law.vocabulary.kinds
        return tuple(
            (effect.path, kinds[effect.path.partition(".")[0]].single, compile_value(effect.value, self._law))
            for effect in self._rule.concludes
        )


class _Looking:
    """A rule that looks at some properties of a fact."""

    def __init__(self, rule: Rule, pattern: Pattern, properties: Properties) -> None:
        self.rule = rule
        self.pattern = pattern
        self._properties = properties

    @cached_property
    def reads(self) -> tuple[tuple[str, Reader], ...]:
        """The properties that it looks at, and how the value of each is found."""
        return tuple((name, self._properties.reader(name)) for name in dict.fromkeys(looked_at(self.pattern)))

    @cached_property
    def may(self) -> May:
        """Whether it may apply."""
        return may_match(self.pattern)


class _Told(NamedTuple):
    """The fact about a subject: what the rules that may apply look at, as far as it is known, empty where
    none may; and those rules that look at more."""

    held: dict[str, int | bool | str]
    lacking: list[_Looking]


@dataclass(frozen=True)
class _Group:
    """The rules of a stage about one kind, or about the household, and the properties that they look at.

    ``looking`` are the rules whose answer depends on the case; ``always`` those that look at nothing.
    """

    kind: str | None
    label: str
    properties: Properties
    looking: tuple[_Looking, ...]
    always: tuple[Rule, ...]

    @cached_property
    def open(self) -> Callable[[View], list[int]]:
        """The numbers of the rules that may apply to a subject by the terms that they look at: of the others
        nothing is computed, and nothing is told the library."""
        terms = self.properties.terms
        lines = [f"    {name} = {text}" for name, text in terms.items()]
        lines += [
            f"    if {may_by(each.pattern, terms)}: found.append({number})"
            for number, each in enumerate(self.looking)
        ]
        found: Callable[[View], list[int]] = compile_text(
            "\n".join(("    found = []", *lines, "    return found"))
        )
        return found

    def told(self, view: View) -> _Told:
        """What is told the library of a subject."""
        numbers = self.open(view)
        held, missing, lacking = fact(self.label) if numbers else {}, set[str](), list[_Looking]()
        for number in numbers:
            looking, lacks = self.looking[number], False
            for name, value_in in looking.reads:
                if name not in held:
                    value = None if name in missing else value_in(view)
                    if value is None:
                        missing.add(name)
                        lacks = True
                    else:
                        held[name] = value
            if lacks:
                lacking.append(looking)
        return _Told(held, lacking)


@dataclass(frozen=True)
class _CompiledStage:
    """The ruleset of a stage, and the rules ``asked`` about by their names in it. ``concludes`` are the paths
    that the rules may conclude, each with whether there is one of it, its kind and its default."""

    groups: tuple[_Group, ...]
    asked: Mapping[str, Rule]
    ruleset: Ruleset
    concludes: tuple[tuple[str, bool, str, Known | None], ...]


class DurableEngine:
    """The inference of durable-rules for one law. Reusable; safe to use from several threads."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._stages = {stage: _compile_stage(law, rules) for stage, rules in law.stages.items()}
        self._effects = {rule.id: _Effects(law, rule) for rule in law.rules}

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
    properties = Properties(law)
    looking: list[_Looking] = []
    always: list[Rule] = []
    for current in rules:
        pattern = properties.pattern(_effective(law, current))
        if pattern is ALWAYS:
            always.append(current)
        elif pattern is not NEVER:
            name = str(len(asked))
            asked[name] = current
            definition[name] = rule(label, pattern)
            looking.append(_Looking(current, pattern, properties))
    return _Group(kind, label, properties, tuple(looking), tuple(always))


def _effective(law: Law, current: Rule) -> Expression:
    """The condition with its exceptions written into it: the rule's own, and none of theirs."""
    exceptions = [_effective(law, exception) for exception in law.exceptions[current.id]]
    if not exceptions:
        return current.condition
    negated = tuple(tree.Not(exception, YES_NO, "") for exception in exceptions)
    return tree.And((current.condition, *negated), YES_NO, "")


@dataclass
class _Run:
    law: Law
    effects: Mapping[str, _Effects]
    facts: Facts
    values: dict[str, dict[str, Known]] = field(init=False)
    owned: dict[str, list[tuple[str | None, dict[str, Known]]]] = field(default_factory=dict)
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
                self.owned.setdefault(entity.kind, []).append((entity.owner, known))

    def members(self, kind: str | None) -> tuple[Entity, ...]:
        return self.facts.by_kind.get(kind, ()) if kind is not None else ()

    def view(self, subject: str) -> View:
        view = self.views.get(subject)
        if view is None:
            own = self.values[subject] if subject else {}
            view = View(self.law, own, self.single, self.owned, self.facts.incomplete, subject)
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

        With every property that a rule looks at known, a rule that does not apply is known not to. Subjects
        of whom the same is told share a fact.
        """
        given: dict[bytes, Fact] = {}
        asked: list[tuple[str, str | None, _Told]] = []
        for group in stage.groups:
            for subject in self.subjects(group):
                for current in group.always:
                    yield current, subject, True
                if group.looking and (told := group.told(self.view(subject))).held:
                    asked.append((subject, self.give(given, told.held), told))
        fired: dict[str | None, dict[str, Rule]] = {}
        for name, number in stage.ruleset.firings([*given.values()]) if given else ():
            current = stage.asked[name]
            fired.setdefault(number, {})[current.id] = current
        for subject, about, told in asked:
            applying = fired.get(about, _NOBODY)
            for current in applying.values():
                yield current, subject, True
            for each in told.lacking:
                if not each.may(told.held):
                    if each.rule.id in applying:
                        raise NativeError("A rule was said to apply that may not.")
                elif each.rule.id not in applying:
                    yield each.rule, subject, False

    @staticmethod
    def give(given: dict[bytes, Fact], held: dict[str, int | bool | str]) -> str | None:
        """Add a fact, unless it holds nothing that a rule could match, or is there, and return its id."""
        if len(held) <= NOTHING:
            return None
        content = written(held)
        fact = given.get(content)
        if fact is None:
            held["id"] = str(len(given))
            fact = given[content] = held
        return str(fact["id"])

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
        amounts: list[tuple[Section, int | None, int | None]] = []
        for section, counts, counts_applied in effects.lines:
            amount = counts(view)
            applied = None if counts_applied is None else counts_applied(view)
            amounts.append((section, amount, applied))
            if amount is None or (applied is None and counts_applied is not None):
                known = False
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
_NOBODY: Mapping[str, Rule] = {}
