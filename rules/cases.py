"""The policy staff's cases: what is given, what is expected, and what no case has tried.

A case file stands beside the rule file (``riksnorm.fall.yaml`` beside ``riksnorm.yaml``) and is not part of
the law.

A case may start from an earlier case of its file, ``utgår från: <namn>``, and write only what differs. Month,
municipality and what is given are taken over; what is expected is not. Of a kind there is one of
(``hushåll``), term after term is replaced. Of other kinds (``barn``), members are known by their ``id``: one
with the id of a member of the base changes that member, any other is added, and ``inga`` instead of members
takes all away. A term with the value ``saknas`` is not known. Under ``kommun`` a case may let the
municipality have chosen otherwise than it has.

Coverage counts, for every rule, that it has applied and not applied, and for every part of its condition,
also inside ``finns``, ``summa`` and their like, that it has held and not held. A part that the limits of the
vocabulary settle (an amount is never below zero) has but one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from norms import document
from norms.document import Document
from norms.finding import Finding, FindingsError
from norms.month import Month
from norms.nearest import hint
from norms.status import Status
from rules.bounds import bounds
from rules.build import ALWAYS
from rules.checks.wrong_case import WRONG_CASE
from rules.engines.exact import Evaluation, ExactEngine, State
from rules.evaluation import Agreed, Engines
from rules.explanation import Part, condition
from rules.facts import Disputed, Entity, FactError, Facts, Known
from rules.language import tree
from rules.language.types import KRONOR, number
from rules.law import Law, resolve
from rules.laws import MonthText, Span
from rules.rule import Rule
from rules.rulebook import CASES_SUFFIX, ROOT, Rulebook
from rules.schema import FileModel, validate
from rules.settings import Setting
from rules.texts import kronor, shown
from rules.vocabulary import Source, Term, Vocabulary, read_value

Given = dict[str, Any]


NONE_LEFT = "inga"
"""Instead of the members of a kind: the base has some, this case has none."""
NOT_KNOWN = "saknas"
"""Instead of a value: the base knows it, this case does not."""


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return [value]
    return [] if value == NONE_LEFT else value


class LineExpectation(FileModel):
    """A line: which rule gave it, to whom, and how many kronor."""

    rule: str = Field(alias="regel")
    subject: str = Field(default="", alias="för")
    amount: str = Field(alias="belopp")


class Expectation(FileModel):
    """What a case must come out as. Only what is written is checked.

    ``poster``, ``frågor`` (the reason codes) and ``frågar efter`` (the terms that ``kräver`` asks for) must
    then be complete. A rule may be named for one subject: ``riksnorm.barn.med_lunch för b1``.
    """

    lines: tuple[LineExpectation, ...] | None = Field(default=None, alias="poster")
    totals: dict[str, str] = Field(default_factory=dict, alias="summor")
    fired: tuple[str, ...] = Field(default=(), alias="gäller")
    not_fired: tuple[str, ...] = Field(default=(), alias="gäller inte")
    undecided: tuple[str, ...] = Field(default=(), alias="går inte att avgöra")
    conclusions: dict[str, str] = Field(default_factory=dict, alias="slutsatser")
    reasons: tuple[str, ...] | None = Field(default=None, alias="frågor")
    asked_for: tuple[str, ...] | None = Field(default=None, alias="frågar efter")


class CaseEntry(FileModel):
    """One case. ``based_on`` is the name of the case it starts from."""

    name: str = Field(alias="namn")
    based_on: str | None = Field(default=None, alias="utgår från")
    month: MonthText | None = Field(default=None, alias="månad")
    municipality: str | None = Field(default=None, alias="kommun")
    given: dict[str, Annotated[tuple[Given, ...], BeforeValidator(_members)]] = Field(
        default_factory=dict, alias="givet"
    )
    expected: Expectation = Field(alias="väntat")


class CaseFile(FileModel):
    """A file of cases."""

    kind: Literal["regler"] = Field(alias="fall")
    cases: tuple[CaseEntry, ...] = Field(alias="fallen", min_length=1)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run, and in what it did not come out as expected."""

    file: str
    line: int
    name: str
    failures: tuple[str, ...]


Choices = tuple[tuple[str, Known], ...]
"""What a case lets a municipality have chosen, by path."""
Circumstances = tuple[Month, str | None, Choices]
"""What decides which law a case is under."""
Tried = tuple[str, str | None, str]
"""A rule in one of its wordings: its id, its municipality and the first month."""


@dataclass
class Coverage:
    """What the cases have tried, by rule and by part of condition."""

    states: dict[Tried, set[State]] = field(default_factory=dict)
    parts: dict[tuple[Tried, str], set[bool]] = field(default_factory=dict)

    def add(self, evaluation: Evaluation) -> None:
        """Count an evaluation."""
        for instance in evaluation.instances.values():
            self.states.setdefault(_tried(instance.rule), set()).add(instance.state)
            for part in _leaves(condition(instance)):
                if part.holds is not None:
                    self.parts.setdefault((_tried(instance.rule), part.text), set()).add(part.holds)

    def untried(self, book: Rulebook) -> Iterator[str]:
        """What no case has tried, in words."""
        for rule in book.rules:
            place = f"{rule.file}:{rule.line}: {rule.id}"
            states = self.states.get(_tried(rule), set())
            if State.FIRED not in states:
                yield f"{place} gäller inte i något fall"
            if rule.condition == ALWAYS:
                continue
            if not states & {State.NOT_FIRED, State.DEFEATED}:
                yield f"{place} gäller i varje fall"
            for tried in (rule, *_inside(rule)):
                about = place if tried is rule else f"{place}, i {tried.title}"
                for leaf in _leaf_nodes(tried.condition):
                    seen = self.parts.get((_tried(tried), leaf.text), set())
                    for missing in sorted(_possible(leaf, book.vocabulary) - seen):
                        yield f"{about}: ”{leaf.text}” är aldrig {'sant' if missing else 'falskt'}"


def _tried(rule: Rule) -> Tried:
    return rule.id, rule.municipality, str(rule.span.first)


def _inside(rule: Rule) -> Iterator[Rule]:
    """The conditions inside ``finns``, ``summa`` … of a rule, each as a rule of its own about the members."""
    seen: set[str] = set()
    for root in rule.expressions:
        for node in tree.walk(root):
            if isinstance(node, tree.Collect) and node.where is not None and node.text not in seen:
                seen.add(node.text)
                yield replace(
                    rule,
                    id=f"{rule.id} {node.text}",
                    title=node.text,
                    subject=node.kind,
                    condition=node.where,
                    effects=(),
                    defeats=(),
                )


def _leaf_nodes(node: tree.Expression) -> list[tree.Expression]:
    match node:
        case tree.And(parts=parts) | tree.Or(parts=parts):
            return [leaf for part in parts for leaf in _leaf_nodes(part)]
        case tree.Not(inner=inner):
            return _leaf_nodes(inner)
        case _:
            return [node]


def _possible(leaf: tree.Expression, vocabulary: Vocabulary) -> set[bool]:
    """The answers that a part can have, as far as the declared limits tell."""
    if isinstance(leaf, tree.Compare) and leaf.comparison is tree.Comparison.GE:
        low, high = bounds(leaf.left, vocabulary).low, bounds(leaf.right, vocabulary).high
        if low is not None and high is not None and low >= high:
            return {True}
    return {True, False}


def run_all(book: Rulebook, root: Path = ROOT) -> tuple[list[CaseResult], Coverage]:
    """Run every case file of a folder. Raises FindingsError when a case cannot be read."""
    results: list[CaseResult] = []
    coverage = Coverage()
    laws: dict[Circumstances, _Law] = {}
    for path in sorted((root / "sets").rglob(f"*{CASES_SUFFIX}")):
        source = document.read(path, path.relative_to(root).as_posix())
        for index, case in enumerate(read(source)):
            law, facts = _prepared(case, book, source, index, laws)
            agreed = law.engines.evaluate(facts)
            coverage.add(law.with_inner.evaluate(facts))
            failures = tuple(_failures(case.expected, agreed, book))
            results.append(CaseResult(source.file, source.line(("fallen", index)), case.name, failures))
    return results, coverage


@dataclass(frozen=True)
class _Law:
    """The law of some cases, compiled once."""

    law: Law

    @staticmethod
    def of(book: Rulebook, month: Month, municipality: str | None, choices: Choices) -> _Law:
        """The law of a month in a municipality that has made some further choices."""
        law = resolve(book, month, municipality, without_norm=True)
        span = Span(month, month)
        tried = (
            Setting(municipality or "", path, value, span, "fallet", Status.FICTITIOUS)
            for path, value in choices
        )
        return _Law(replace(law, settings=(*law.settings, *tried)))

    @cached_property
    def engines(self) -> Engines:
        return Engines(self.law)

    @cached_property
    def with_inner(self) -> ExactEngine:
        """An engine that notes the conditions inside conditions too."""
        inner = tuple(each for rule in self.law.rules for each in _inside(rule))
        return ExactEngine(replace(self.law, rules=(*self.law.rules, *inner)))


def read(source: Document) -> tuple[CaseEntry, ...]:
    """The cases of a file, each with what it takes over from the case it starts from.

    Raises FindingsError.
    """
    whole: dict[str, CaseEntry] = {}
    findings: list[Finding] = []
    for index, case in enumerate(validate(CaseFile, source).cases):
        problem = None
        if case.name in whole:
            problem = "Filen har redan ett fall med det namnet."
        elif case.based_on is not None and case.based_on not in whole:
            found = hint(case.based_on, whole)
            problem = f"Det finns inget fall ”{case.based_on}” tidigare i filen.{found}"
        elif case.based_on is None and case.month is None:
            problem = "Fallet säger inte vilken månad det gäller."
        if problem is not None:
            line = source.line(("fallen", index))
            findings.append(WRONG_CASE.at(source.file, line, case.name, problem=problem))
        whole.setdefault(case.name, _on_base(case, whole.get(case.based_on or "")))
    if findings:
        raise FindingsError(findings)
    return tuple(whole.values())


def _on_base(case: CaseEntry, base: CaseEntry | None) -> CaseEntry:
    if base is None:
        return case
    given = {kind: _merged(base.given.get(kind, ()), members) for kind, members in case.given.items()}
    return case.model_copy(
        update={
            "month": case.month or base.month,
            "municipality": case.municipality or base.municipality,
            "given": {**base.given, **given},
        }
    )


def _merged(base: tuple[Given, ...], own: tuple[Given, ...]) -> tuple[Given, ...]:
    """The base's members, changed by those of the same id, and further ones. No members is none left."""
    if not own:
        return ()
    changes = {member.get("id"): member for member in own}
    changed = tuple({**member, **changes.pop(member.get("id"), {})} for member in base)
    return (*changed, *changes.values())


def _prepared(
    case: CaseEntry,
    book: Rulebook,
    source: Document,
    index: int,
    laws: dict[Circumstances, _Law],
) -> tuple[_Law, Facts]:
    """The law and the facts of a case. Raises FindingsError when it is not a case."""
    assert case.month is not None
    try:
        entities = list(_entities(case.given, book))
        choices = tuple(
            (path, value)
            for entity in entities
            for path, value in entity.values.items()
            if book.vocabulary.terms[path].source is Source.SETTING and not isinstance(value, Disputed)
        )
        key = (case.month, case.municipality, choices)
        if key not in laws:
            laws[key] = _Law.of(book, *key)
        facts = Facts(tuple(entity for entity in entities if entity.kind not in _kinds(choices)))
        facts.check(book.vocabulary)
    except (ValueError, FactError) as error:
        line = source.line(("fallen", index))
        raise FindingsError([WRONG_CASE.at(source.file, line, case.name, problem=error)]) from error
    return laws[key], facts


def _kinds(choices: Choices) -> set[str]:
    return {path.partition(".")[0] for path, _ in choices}


def _entities(given: Mapping[str, tuple[Given, ...]], book: Rulebook) -> Iterable[Entity]:
    for kind_name, members in given.items():
        kind = book.vocabulary.kinds.get(kind_name)
        if kind is None:
            raise ValueError(f"slaget ”{kind_name}” finns inte.{hint(kind_name, book.vocabulary.kinds)}")
        for position, member in enumerate(members, start=1):
            values: dict[str, Known | Disputed] = {}
            for name, text in member.items():
                if name in ("id", "hör till") or text == NOT_KNOWN:
                    continue
                term = kind.terms.get(name)
                if term is None:
                    raise ValueError(f"{kind_name} har ingen term ”{name}”.{hint(name, kind.terms)}")
                values[term.path] = _given_value(term, text)
            entity_id = kind_name if kind.single else str(member.get("id", f"{kind_name}{position}"))
            yield Entity(kind_name, entity_id, values, member.get("hör till"), label=entity_id)


def _given_value(term: Term, text: Any) -> Known | Disputed:
    if isinstance(text, list):
        return Disputed(tuple((f"källa {number}", _value(term, each)) for number, each in enumerate(text, 1)))
    return _value(term, text)


def _value(term: Term, text: Any) -> Known:
    """A value as a case writes it. Raises ValueError in Swedish."""
    if not isinstance(text, str):
        raise ValueError(f"{term.path} ska ha ett värde.")
    return _ore(text) if term.type.unit == KRONOR else read_value(term.type, text)


def _ore(text: str) -> int:
    """Kronor, to öre. Raises ValueError in Swedish."""
    try:
        return int(read_value(number(KRONOR), text))
    except ValueError as error:
        raise ValueError(f"”{text}” är inget belopp i kronor, till exempel 3940 eller 1234,50") from error


def _failures(expected: Expectation, agreed: Agreed, book: Rulebook) -> Iterator[str]:
    evaluation = agreed.evaluation
    outcome = evaluation.outcome
    yield from (f"motorerna är inte överens: {difference}" for difference in agreed.differences)
    if expected.lines is not None:
        wanted = {(line.rule, line.subject, _ore(line.amount)) for line in expected.lines}
        found = {(line.rule, line.subject, line.amount) for line in outcome.lines}
        for rule, subject, amount in sorted(wanted - found):
            yield f"posten {_about(rule, subject)} {kronor(amount)} finns inte"
        for rule, subject, amount in sorted(found - wanted):
            yield f"posten {_about(rule, subject)} {kronor(amount)} var inte väntad"
    for name, text in expected.totals.items():
        total = evaluation.totals.get(f"kalkyl.{name}")
        if total != _ore(text):
            found_total = kronor(total) if isinstance(total, int) else "okänd"
            yield f"summan {name} är {found_total}, väntat {text} kr"
    expected_states = (
        (State.FIRED, expected.fired, True),
        (State.FIRED, expected.not_fired, False),
        (State.UNDECIDED, expected.undecided, True),
    )
    for state, names, wanted_so in expected_states:
        for text in names:
            name, _, subject = text.partition(" för ")
            if not any(rule.id == name for rule in book.rules):
                yield f"regeln {name} finns inte.{hint(name, {rule.id for rule in book.rules})}"
            elif wanted_so is not any(
                rule == name and subject in ("", whom) for rule, whom in _keys(evaluation, state)
            ):
                yield f"{text}: väntat att regeln {_STATES[state, wanted_so]}"
    for place, text in expected.conclusions.items():
        entity, _, path = place.rpartition(" ")
        term = evaluation.law.vocabulary.terms.get(path)
        if term is None:
            yield f"termen {path} finns inte"
        elif outcome.conclusions.get((entity or term.kind, path)) != _value(term, text):
            found_value = outcome.conclusions.get((entity or term.kind, path))
            yield f"{place} är {shown(found_value, term.type)}, väntat {text}"
    if expected.reasons is not None:
        reasons = {question.reason for question in outcome.questions}
        if reasons != set(expected.reasons):
            yield f"frågorna är {sorted(reasons)}, väntat {sorted(expected.reasons)}"
    if expected.asked_for is not None:
        paths = {requirement.path for requirement in outcome.requirements}
        if paths != set(expected.asked_for):
            yield f"det frågas efter {sorted(paths)}, väntat {sorted(expected.asked_for)}"


_STATES = {
    (State.FIRED, True): "gäller",
    (State.FIRED, False): "inte gäller",
    (State.UNDECIDED, True): "inte går att avgöra",
}


def _keys(evaluation: Evaluation, state: State) -> Iterator[tuple[str, str]]:
    return (key for key, instance in evaluation.instances.items() if instance.state is state)


def _about(rule: str, subject: str) -> str:
    return f"{rule} för {subject}" if subject else rule


def _leaves(part: Part) -> Iterator[Part]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from _leaves(inner)
