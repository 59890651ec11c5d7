"""Run policy cases with both engines and say in what they did not come out as expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

from norms import document
from norms.document import Document
from norms.finding import FindingsError
from norms.month import Month
from norms.nearest import hint
from norms.status import Status
from rules.book import CASES_SUFFIX, ROOT, Rulebook
from rules.calculation import counted_twice
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation, RuleState
from rules.evaluation import Agreed, Engines
from rules.facts import Disputed, FactError, Facts, Known
from rules.language.vocabulary import Source
from rules.law import Law, resolve
from rules.laws import Span
from rules.policy_cases.coverage import Coverage, inner_rules
from rules.policy_cases.file import CaseEntry, Expectation, entities_of, in_ore, read, value_of
from rules.setting import Setting
from rules.texts import kronor, shown
from rules.wording.wrong_case import WRONG_CASE


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run, and in what it did not come out as expected. ``municipalities`` are those whose
    amounts and choices it was run with."""

    file: str
    line: int
    name: str
    failures: tuple[str, ...]
    municipalities: frozenset[str] = frozenset()


Choices = tuple[tuple[str, Known], ...]
"""What a case lets a municipality have chosen, by path."""
Circumstances = tuple[Month, str | None, Choices]
"""What decides which law a case is under."""


def run_all(
    book: Rulebook, cases: Path | Mapping[str, bytes] = ROOT, *, covered: bool = True
) -> tuple[list[CaseResult], Coverage]:
    """Run every case file of a folder, or those given by name; without ``covered`` it is not noted what they
    have tried.

    Raises FindingsError when a case cannot be read.
    """
    results: list[CaseResult] = []
    coverage = Coverage()
    for (file, line, name), tries in groupby(prepared_cases(book, cases), key=lambda each: each.place):
        failures: list[str] = []
        whose: set[str | None] = set()
        for each in tries:
            whose.add(each.law.law.municipality)
            agreed = each.law.engines.evaluate(each.facts)
            if covered:
                coverage.add(each.law.with_inner.evaluate(each.facts))
            failures += failures_of(each.case.expected, agreed, book)
        results.append(
            CaseResult(file, line, name, tuple(dict.fromkeys(failures)), frozenset(filter(None, whose)))
        )
    return results, coverage


def read_cases(root: Path = ROOT) -> dict[str, bytes]:
    """The case files of a folder by their name in it."""
    found = (root / "sets").rglob(f"*{CASES_SUFFIX}")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def prepared_cases(book: Rulebook, cases: Path | Mapping[str, bytes] = ROOT) -> Iterator[PreparedCase]:
    """Every case of a folder, or of the files given, once for each of its municipalities. Raises
    FindingsError."""
    laws = _Laws(book)
    for name, content in sorted((read_cases(cases) if isinstance(cases, Path) else cases).items()):
        source = document.parse(content, name)
        for index, case in enumerate(read(source)):
            place = (source.file, source.line(("fallen", index)), case.name)
            for municipality in case.municipalities:
                law, facts = _prepared(case, municipality, book, source, index, laws)
                yield PreparedCase(place, case, law, facts)


@dataclass(frozen=True)
class CaseLaw:
    """The law of some cases, compiled; ``like`` is an earlier law with the same rules."""

    law: Law
    book: Rulebook
    like: CaseLaw | None

    @cached_property
    def engines(self) -> Engines:
        return Engines(self.law) if self.like is None else self.like.engines.under(self.law)

    @cached_property
    def with_inner(self) -> ExactEngine:
        """An engine that notes the conditions inside conditions too."""
        if self.like is not None:
            same = self.like.with_inner
            return same.under(replace(self.law, rules=same.law.rules))
        inner = tuple(each for rule in self.law.rules for each in inner_rules(rule))
        return ExactEngine(replace(self.law, rules=(*self.law.rules, *inner)))


@dataclass(frozen=True)
class PreparedCase:
    """A case in one of its municipalities, ready to be evaluated. ``place`` is its file, line and name."""

    place: tuple[str, int, str]
    case: CaseEntry
    law: CaseLaw
    facts: Facts


class _Laws:
    """The laws of all cases. Rules are compiled once for all laws that have the same."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._laws: dict[Circumstances, CaseLaw] = {}
        self._compiled: dict[tuple[int, ...], CaseLaw] = {}

    def under(self, month: Month, municipality: str | None, choices: Choices) -> CaseLaw:
        """The law of a month in a municipality that has made some further choices."""
        circumstances = (month, municipality, choices)
        if circumstances not in self._laws:
            law = resolve(self._book, month, municipality, without_norm=True)
            span = Span(month, month)
            tried = (
                Setting(municipality or "", path, value, span, "fallet", Status.FICTITIOUS)
                for path, value in choices
            )
            law = replace(law, settings=(*law.settings, *tried))
            rules = tuple(map(id, law.rules))
            made = self._laws[circumstances] = CaseLaw(law, self._book, self._compiled.get(rules))
            self._compiled.setdefault(rules, made)
        return self._laws[circumstances]


def _prepared(
    case: CaseEntry,
    municipality: str | None,
    book: Rulebook,
    source: Document,
    index: int,
    laws: _Laws,
) -> tuple[CaseLaw, Facts]:
    """The law and the facts of a case. Raises FindingsError when it is not a case."""
    assert case.month is not None
    try:
        entities = list(entities_of(case.given, book))
        choices = tuple(
            (path, value)
            for entity in entities
            for path, value in entity.values.items()
            if book.vocabulary.terms[path].source is Source.SETTING and not isinstance(value, Disputed)
        )
        law = laws.under(case.month, municipality, choices)
        facts = Facts(tuple(entity for entity in entities if entity.kind not in _kinds(choices)))
        facts = facts.with_nobody_answering(book.vocabulary)
        facts.check(book.vocabulary)
        _refuse_what_cannot_be_expected(case.expected, book)
    except (ValueError, FactError) as error:
        line = source.line(("fallen", index))
        raise FindingsError([WRONG_CASE.at(source.file, line, case.name, problem=error)]) from error
    return law, facts


def _refuse_what_cannot_be_expected(expected: Expectation, book: Rulebook) -> None:
    """Raises ValueError in Swedish for an expectation of nothing, or of what no calculation can come to."""
    if not expected.model_fields_set:
        raise ValueError("under väntat står inget, så fallet prövar inget.")
    for line in expected.lines or ():
        in_ore(line.amount)
    sums = {
        path.removeprefix("kalkyl."): path for path in book.vocabulary.terms if path.startswith("kalkyl.")
    }
    for name, text in expected.totals.items():
        if name not in sums:
            raise ValueError(f"det finns ingen summa ”{name}”.{hint(name, sums)}")
        in_ore(text)
    for place, text in expected.conclusions.items():
        term = book.vocabulary.terms.get(place.rpartition(" ")[2])
        if term is not None:
            value_of(term, text)


def _kinds(choices: Choices) -> set[str]:
    return {path.partition(".")[0] for path, _ in choices}


def failures_of(expected: Expectation, agreed: Agreed, book: Rulebook) -> Iterator[str]:
    """In what an evaluation is not what a case expects."""
    evaluation = agreed.evaluation
    outcome = evaluation.outcome
    yield from (f"motorerna är inte överens: {difference}" for difference in agreed.differences)
    for subject in sorted(counted_twice(outcome.lines)):
        rules = ", ".join(sorted({line.rule for line in outcome.lines if line.subject == subject}))
        yield f"{subject} räknas av flera regler: {rules}. Låt den ena vara undantag från den andra"
    if expected.lines is not None:
        wanted = {(line.rule, line.subject, in_ore(line.amount)) for line in expected.lines}
        found = {(line.rule, line.subject, line.amount) for line in outcome.lines}
        for rule, subject, amount in sorted(wanted - found):
            yield f"posten {_about(rule, subject)} {kronor(amount)} finns inte"
        for rule, subject, amount in sorted(found - wanted):
            yield f"posten {_about(rule, subject)} {kronor(amount)} var inte väntad"
    for name, text in expected.totals.items():
        total = evaluation.totals.get(f"kalkyl.{name}")
        if total != in_ore(text):
            found_total = kronor(total) if isinstance(total, int) else "okänd"
            yield f"summan {name} är {found_total}, väntat {kronor(in_ore(text))}"
    expected_states = (
        (RuleState.FIRED, expected.fired, True),
        (RuleState.FIRED, expected.not_fired, False),
        (RuleState.UNDECIDED, expected.undecided, True),
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
        elif outcome.conclusions.get((entity or term.kind, path)) != value_of(term, text):
            found_value = outcome.conclusions.get((entity or term.kind, path))
            yield f"{place} är {shown(found_value, term.type)}, väntat {text}"
    if expected.reasons is not None:
        reasons = {question.reason for question in outcome.questions}
        if reasons != set(expected.reasons):
            yield f"frågorna är {_listed(reasons, 'inga')}, väntat {_listed(expected.reasons, 'inga')}"
    if expected.asked_for is not None:
        paths = {requirement.path for requirement in outcome.requirements}
        if paths != set(expected.asked_for):
            yield f"det frågas efter {_listed(paths, 'inget')}, väntat {_listed(expected.asked_for, 'inget')}"


def _listed(names: Iterable[str], none: str) -> str:
    return ", ".join(sorted(names)) or none


_STATES = {
    (RuleState.FIRED, True): "gäller",
    (RuleState.FIRED, False): "inte gäller",
    (RuleState.UNDECIDED, True): "inte går att avgöra",
}


def _keys(evaluation: Evaluation, state: RuleState) -> Iterator[tuple[str, str]]:
    return (key for key, instance in evaluation.instances.items() if instance.state is state)


def _about(rule: str, subject: str) -> str:
    return f"{rule} för {subject}" if subject else rule
