"""The policy staff's cases: what is given, what is expected, and what no case has tried.

A case file stands beside the rule file (``riksnorm.fall.yaml`` beside ``riksnorm.yaml``) and is not part of
the law. Coverage counts, for every rule, that it has applied and not applied, and for every part of its
condition that it has held and not held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from norms import document
from norms.document import Document
from norms.finding import FindingsError
from norms.nearest import hint
from rules.checks.wrong_case import WRONG_CASE
from rules.engines.exact import Evaluation, State
from rules.evaluation import Agreed, Engines
from rules.explanation import Part, condition
from rules.facts import Disputed, Entity, FactError, Facts, Known
from rules.language.types import KRONOR, Base
from rules.law import resolve
from rules.laws import MonthText
from rules.rulebook import CASES_SUFFIX, ROOT, Rulebook
from rules.schema import FileModel, validate
from rules.texts import kronor, shown
from rules.vocabulary import Term, read_value

Given = dict[str, Any]


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class LineExpectation(FileModel):
    """A line: which rule gave it, to whom, and how many kronor."""

    rule: str = Field(alias="regel")
    subject: str = Field(default="", alias="för")
    amount: str = Field(alias="belopp")


class Expectation(FileModel):
    """What a case must come out as. Only what is written is checked; ``poster`` must then be complete."""

    lines: tuple[LineExpectation, ...] | None = Field(default=None, alias="poster")
    totals: dict[str, str] = Field(default_factory=dict, alias="summor")
    fired: tuple[str, ...] = Field(default=(), alias="gäller")
    not_fired: tuple[str, ...] = Field(default=(), alias="gäller inte")
    undecided: tuple[str, ...] = Field(default=(), alias="går inte att avgöra")
    conclusions: dict[str, str] = Field(default_factory=dict, alias="slutsatser")
    reasons: tuple[str, ...] | None = Field(default=None, alias="frågor")


class CaseEntry(FileModel):
    """One case."""

    name: str = Field(alias="namn")
    month: MonthText = Field(alias="månad")
    municipality: str | None = Field(default=None, alias="kommun")
    given: dict[str, Annotated[tuple[Given, ...], BeforeValidator(_one_or_many)]] = Field(alias="givet")
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


@dataclass
class Coverage:
    """What the cases have tried, by rule and by part of condition."""

    states: dict[str, set[State]] = field(default_factory=dict)
    parts: dict[tuple[str, str], set[bool]] = field(default_factory=dict)

    def add(self, evaluation: Evaluation) -> None:
        """Count an evaluation."""
        for instance in evaluation.instances.values():
            rule = instance.rule
            self.states.setdefault(rule.id, set()).add(instance.state)
            for part in _leaves(condition(instance)):
                if part.holds is not None:
                    self.parts.setdefault((rule.id, part.text), set()).add(part.holds)

    def untried(self, book: Rulebook) -> Iterator[str]:
        """What no case has tried, in words."""
        for rule in {rule.id: rule for rule in book.rules}.values():
            states = self.states.get(rule.id, set())
            if State.FIRED not in states:
                yield f"{rule.file}:{rule.line}: {rule.id} gäller inte i något fall"
            always = rule.condition.text == "alltid"
            if not always and not states & {State.NOT_FIRED, State.DEFEATED}:
                yield f"{rule.file}:{rule.line}: {rule.id} gäller i varje fall"
            for (rule_id, text), results in self.parts.items():
                if rule_id == rule.id and not always and len(results) < 2:
                    never = "sant" if False in results else "falskt"
                    yield f"{rule.file}:{rule.line}: {rule.id}: ”{text}” är aldrig {never}"


def run_all(book: Rulebook, root: Path = ROOT) -> tuple[list[CaseResult], Coverage]:
    """Run every case file of a folder. Raises FindingsError when a case cannot be read."""
    results: list[CaseResult] = []
    coverage = Coverage()
    for path in sorted((root / "sets").rglob(f"*{CASES_SUFFIX}")):
        source = document.read(path, path.relative_to(root).as_posix())
        file = validate(CaseFile, source)
        for index, case in enumerate(file.cases):
            agreed = evaluate(case, book, source, index)
            coverage.add(agreed.evaluation)
            failures = tuple(_failures(case.expected, agreed))
            results.append(CaseResult(source.file, source.line(("fallen", index)), case.name, failures))
    return results, coverage


def evaluate(case: CaseEntry, book: Rulebook, source: Document, index: int) -> Agreed:
    """Evaluate a case. Raises FindingsError when it is not a case."""
    try:
        law = resolve(book, case.month, case.municipality)
        facts = Facts(tuple(_entities(case.given, book)))
        facts.check(book.vocabulary)
    except (ValueError, FactError) as error:
        line = source.line(("fallen", index))
        raise FindingsError([WRONG_CASE.at(source.file, line, case.name, problem=error)]) from error
    return Engines(law).evaluate(facts)


def _entities(given: Mapping[str, tuple[Given, ...]], book: Rulebook) -> Iterable[Entity]:
    for kind_name, members in given.items():
        kind = book.vocabulary.kinds.get(kind_name)
        if kind is None:
            raise ValueError(f"slaget ”{kind_name}” finns inte.{hint(kind_name, book.vocabulary.kinds)}")
        for number, member in enumerate(members, start=1):
            values: dict[str, Known | Disputed] = {}
            for name, text in member.items():
                if name in ("id", "hör till"):
                    continue
                term = kind.terms.get(name)
                if term is None:
                    raise ValueError(f"{kind_name} har ingen term ”{name}”.{hint(name, kind.terms)}")
                values[term.path] = _given_value(term, text)
            entity_id = kind_name if kind.single else str(member.get("id", f"{kind_name}{number}"))
            yield Entity(kind_name, entity_id, values, member.get("hör till"), label=entity_id)


def _given_value(term: Term, text: Any) -> Known | Disputed:
    if isinstance(text, list):
        return Disputed(
            tuple((f"källa {number}", given_value(term, each)) for number, each in enumerate(text, 1))
        )
    return given_value(term, text)


def given_value(term: Term, text: str) -> Known:
    """A value as a case writes it: kronor, percent, days as ÅÅÅÅ-MM-DD. Raises ValueError in Swedish."""
    if term.type.base is Base.DAY:
        return date.fromisoformat(text).toordinal()
    if term.percent:
        return int(text) * 100
    if term.type.unit == KRONOR:
        return _ore(text)
    return read_value(term.type, text)


def _ore(text: str) -> int:
    whole, _, part = text.replace(" ", "").partition(",")
    sign = -1 if whole.startswith(("-", "−")) else 1
    digits = whole.lstrip("-−")
    if not digits.isdigit() or not (part == "" or (part.isdigit() and len(part) == 2)):
        raise ValueError(f"”{text}” är inget belopp i kronor, till exempel 3940 eller 1234,50")
    return sign * (int(digits) * 100 + int(part or 0))


def _failures(expected: Expectation, agreed: Agreed) -> Iterator[str]:
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
    by_state = {State.FIRED: expected.fired, State.UNDECIDED: expected.undecided}
    for state, names in by_state.items():
        for name in names:
            if not any(rule == name for rule, _ in _keys(evaluation, state)):
                yield f"{name} är inte {state.value}"
    for name in expected.not_fired:
        if any(rule == name for rule, _ in outcome.fired):
            yield f"{name} gäller, men skulle inte göra det"
    for place, text in expected.conclusions.items():
        entity, _, path = place.rpartition(" ")
        term = evaluation.law.vocabulary.terms.get(path)
        if term is None:
            yield f"termen {path} finns inte"
        elif outcome.conclusions.get((entity or term.kind, path)) != given_value(term, text):
            found_value = outcome.conclusions.get((entity or term.kind, path))
            yield f"{place} är {shown(found_value, term.type)}, väntat {text}"
    if expected.reasons is not None:
        reasons = {question.reason for question in outcome.questions}
        if reasons != set(expected.reasons):
            yield f"frågorna är {sorted(reasons)}, väntat {sorted(expected.reasons)}"


def _keys(evaluation: Evaluation, state: State) -> Iterator[tuple[str, str]]:
    return (key for key, instance in evaluation.instances.items() if instance.state is state)


def _about(rule: str, subject: str) -> str:
    return f"{rule} för {subject}" if subject else rule


def _leaves(part: Part) -> Iterator[Part]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from _leaves(inner)
