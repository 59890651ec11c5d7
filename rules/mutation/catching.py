"""The case that would catch a mutant: one that there is with a fact changed, ready to paste."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from norms import amount
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.facts import Entity, Facts, Known, within
from rules.language import tree
from rules.language.tree import walk
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import Term
from rules.law import Law, resolve
from rules.mutation.hunt import Verdict
from rules.mutation.mutants import Mutant
from rules.mutation.witness import Witness
from rules.policy_cases.file import NOT_KNOWN
from rules.rule import Rule

_BASES, _TRIES = 60, 1500
"""How many cases are started from, and how many changed cases are tried, before it is given up."""
NOT_FOUND = (
    "  Inget fall med en enda ändrad uppgift skiljer dem åt. Skriv ett eget, eller se om orden behövs.\n"
)


@dataclass(frozen=True)
class _Tried:
    """A case that there is, with one fact changed: whose, which, and to what."""

    witness: Witness
    month: str | None = None
    entity: Entity | None = None
    path: str = ""
    value: Known | None = None


@dataclass(frozen=True)
class Catch:
    """A case that fails under a mutant and holds under the rules: the one it starts from, what is given
    otherwise, and what is expected, all as YAML says it."""

    file: str
    based_on: str
    name: str
    month: str | None
    given: str | None
    expected: str

    def lines(self) -> Iterator[str]:
        """The case as it stands in its file."""
        yield f'  - namn: "{self.name}"'
        yield f'    utgår från: "{self.based_on}"'
        if self.month is not None:
            yield f"    månad: {self.month}"
        if self.given is not None:
            yield f"    givet: {{{self.given}}}"
        yield f"    väntat: {{{self.expected}}}"


def caught_by(verdict: Verdict, witnesses: Sequence[Witness]) -> Catch | None:
    """A case that fails under the mutant and holds under the rules; None where none was found."""
    for tried, before, after in _told_apart(verdict, witnesses):
        expected = next(_expected(before, after), None)
        if expected is not None:
            return _catch(tried, expected)
    return None


def _told_apart(
    verdict: Verdict, witnesses: Sequence[Witness]
) -> Iterator[tuple[_Tried, Evaluation, Evaluation]]:
    mutant = verdict.mutant
    reached = (each for each in verdict.reached if each.case is not None)
    for witness in sorted(reached, key=lambda each: not _beside(each, mutant)):
        yield _Tried(witness), witness.base, witness.after(_changes(mutant, witness))
    cases = [
        each for each in witnesses if each.case is not None and any(each.has(old) for old, _ in mutant.rules)
    ]
    applied = [each for each in cases if any(each.applied(old) for old, _ in mutant.rules)]
    applied.sort(
        key=lambda each: (not any(each.fired(old) for old, _ in mutant.rules), not _beside(each, mutant))
    )
    others = sorted(
        (each for each in cases if each not in applied), key=lambda each: not _beside(each, mutant)
    )
    bases = [*applied, *others][:_BASES]
    tries = _in_months(mutant, bases) if mutant.months is not None else _with_other_facts(mutant, bases)
    yield from islice(tries, _TRIES)


def _beside(witness: Witness, mutant: Mutant) -> bool:
    return _file(witness).removesuffix(".fall.yaml") == mutant.file.removesuffix(".yaml")


def _file(witness: Witness) -> str:
    assert witness.case is not None
    return witness.case.place[0]


def _changes(mutant: Mutant, witness: Witness) -> dict[str, Rule]:
    return {new.id: new for old, new in mutant.rules if witness.has(old)}


def _in_months(mutant: Mutant, bases: Iterable[Witness]) -> Iterator[tuple[_Tried, Evaluation, Evaluation]]:
    """The cases in the month that can tell."""
    for witness in bases:
        for month in mutant.months or ():
            assert witness.case is not None
            law = resolve(witness.case.law.book, month, witness.engine.law.municipality, without_norm=True)
            chosen = tuple(each for each in witness.engine.law.settings if each.source == "fallet")
            engine = ExactEngine(replace(law, settings=(*law.settings, *chosen)))
            changes = {new.id: new for old, new in mutant.rules if law.rule.get(old.id) is old}
            before = engine.evaluate(witness.facts)
            yield _Tried(witness, str(month)), before, engine.changed(changes).evaluate(witness.facts)


def _with_other_facts(
    mutant: Mutant, bases: Iterable[Witness]
) -> Iterator[tuple[_Tried, Evaluation, Evaluation]]:
    for witness in bases:
        engine = witness.engine
        law = engine.law
        changes = _changes(mutant, witness)
        changed = engine.changed(changes)
        read = _read_at_last(law, changes)
        limits = _limits(law, read)
        for entity in witness.facts.entities:
            for path in sorted(read):
                term = law.vocabulary.terms.get(path)
                if term is None or term.kind != entity.kind or path not in entity.values:
                    continue
                for value in _others(term, entity, limits):
                    facts = _with(witness.facts, entity, path, value)
                    tried = _Tried(witness, None, entity, path, value)
                    yield tried, engine.evaluate(facts), changed.evaluate(facts)


def _read_at_last(law: Law, changes: dict[str, Rule]) -> frozenset[str]:
    """What the changed rules read, and what the rules read that conclude it."""
    found: frozenset[str] = frozenset(path for rule in changes.values() for path in rule.reads)
    while True:
        more = {
            path for rule in law.rules for each in rule.concludes if each.path in found for path in rule.reads
        }
        if more <= found:
            return found
        found |= more


def _limits(law: Law, read: frozenset[str]) -> frozenset[int]:
    """The whole numbers that rules compare with."""
    return frozenset(
        node.value
        for rule in law.rules
        if rule.reads & read
        for root in rule.expressions
        for node in walk(root)
        if isinstance(node, tree.Literal) and isinstance(node.value, int) and not isinstance(node.value, bool)
    )


def _others(term: Term, entity: Entity, limits: frozenset[int]) -> Iterator[Known | None]:
    """Other values of a fact: each other choice, limits of rules, what it is compared with here."""
    value = entity.values[term.path]
    match term.type.base:
        case Base.YES_NO:
            yield not value
        case Base.CHOICE:
            yield from (choice for choice in term.type.choices if choice != value)
        case Base.NUMBER | Base.DAY:
            same = {
                each
                for each in entity.values.values()
                if isinstance(each, int) and not isinstance(each, bool)
            }
            near = {value - 1, value + 1} if isinstance(value, int) else set()
            for tried in sorted({*limits, *(limit + 100 for limit in limits), *same, *near}):
                if tried != value and within(term, tried) and (term.type.unit == KRONOR or tried < 10**6):
                    yield tried
    yield None


def _with(facts: Facts, entity: Entity, path: str, value: Known | None) -> Facts:
    values = {key: each for key, each in entity.values.items() if key != path}
    changed = replace(entity, values=values if value is None else {**values, path: value})
    return Facts(tuple(changed if each is entity else each for each in facts.entities), facts.incomplete)


# --- what is expected, and the case as its file would say it


def _expected(before: Evaluation, after: Evaluation) -> Iterator[str]:
    """One thing that comes out under the rules and not under the mutant, as ``väntat`` says it."""
    was, will = before.outcome, after.outcome
    if gone := sorted(was.fired - will.fired):
        yield f"gäller: [{_rule(gone[0])}]"
    elif come := sorted(will.fired - was.fired):
        yield f"gäller inte: [{_rule(come[0])}]"
    elif open_ := sorted(was.undecided - will.undecided):
        yield f"går inte att avgöra: [{_rule(open_[0])}]"
    elif other := sorted(
        place for place, value in was.conclusions.items() if will.conclusions.get(place) != value
    ):
        entity, path = other[0]
        term = before.law.vocabulary.terms[path]
        whose = "" if before.law.vocabulary.kinds[term.kind].single else f"{entity} "
        yield f"slutsatser: {{{whose}{path}: {written(term, was.conclusions[other[0]])}}}"
    elif was.questions != will.questions and {q.reason for q in was.questions} != {
        q.reason for q in will.questions
    }:
        yield f"frågor: [{', '.join(sorted({each.reason for each in was.questions}))}]"
    elif was.requirements != will.requirements:
        yield f"frågar efter: [{', '.join(sorted({each.path for each in was.requirements}))}]"
    elif totals := [
        (path, total)
        for path, total in before.totals.items()
        if isinstance(total, int) and after.totals.get(path) != total
    ]:
        path, total = totals[0]
        sign = "-" if total < 0 else ""
        yield f'summor: {{{path.partition(".")[2]}: "{sign}{amount.plain(abs(total), amount.KRONOR)}"}}'


def _rule(key: tuple[str, str]) -> str:
    rule, subject = key
    return f"{rule} för {subject}" if subject else rule


def written(term: Term, value: Known) -> str:
    """A value as a case file writes it."""
    match value:
        case bool():
            return "ja" if value else "nej"
        case str():
            return value
    if term.type.base is Base.DAY:
        return date.fromordinal(value).isoformat()
    if term.type.unit == KRONOR:
        return f'"{"-" if value < 0 else ""}{amount.plain(abs(value), amount.KRONOR)}"'
    return str(value // 100 if term.percent else value)


def _catch(tried: _Tried, expected: str) -> Catch:
    assert tried.witness.case is not None
    base = tried.witness.case.place[2]
    given = None
    name = f"{base} – {expected.replace('[', '').replace(']', '').replace('{', '').replace('}', '')}"
    if tried.month is not None:
        name = f"{base} – redan i månaden {tried.month}"
    if tried.entity is not None:
        vocabulary = tried.witness.engine.law.vocabulary
        kind, term = vocabulary.kinds[tried.entity.kind], vocabulary.terms[tried.path]
        value = NOT_KNOWN if tried.value is None else written(term, tried.value)
        own = "" if kind.single else f"id: {tried.entity.id}, "
        given = f"{kind.name}: {{{own}{term.name}: {value}}}"
        whose = kind.name if kind.single else tried.entity.id
        name = f"{base} – med {plain(term.name)} {plain(value)} för {whose}"
    return Catch(_file(tried.witness), base, name.replace('"', ""), tried.month, given, expected)


def plain(word: str) -> str:
    """A word of the vocabulary as people write it."""
    return word.replace("_", " ")
