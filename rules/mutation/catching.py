"""The case that would catch a mutant: one that there is with a little given otherwise, ready to paste."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from norms import amount
from norms.finding import FindingsError
from rules.book import ROOT, Rulebook
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.evaluation import Agreed
from rules.facts import Disputed, Known
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import Term, Vocabulary
from rules.mutation.equivalent import why_alike
from rules.mutation.hunt import MutantVerdict
from rules.mutation.moves import Move, Tried
from rules.mutation.mutants import Mutant
from rules.mutation.search import ToldApart, changes_of, told_apart
from rules.mutation.witness import Witness
from rules.policy_cases.file import NOT_KNOWN
from rules.policy_cases.run import PreparedCase, failures_of, prepared_cases


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


Advice: TypeAlias = "Catch | str | None"
"""The case that catches a mutant, why none can, or None where none was found."""


def caught_by(verdict: MutantVerdict, witnesses: Sequence[Witness]) -> Advice:
    """A case that fails under a mutant that nobody noticed and holds under the rules, tried out as its file
    would have it; else why there can be none."""
    mutant = verdict.mutant
    for told in told_apart(mutant, verdict.reached, witnesses):
        told = _least(told)
        expected = next(_expected(told.before, told.after), None)
        catch = _catch(told.tried, expected) if expected is not None else None
        if catch is not None and catches(catch, mutant, _book(told.tried)):
            return catch
    of_rules = next((each for each in witnesses if any(each.has(old) for old, _ in mutant.rules)), None)
    return None if of_rules is None else why_alike(mutant, of_rules.engine.law)


def _book(tried: Tried) -> Rulebook:
    assert tried.witness.case is not None
    return tried.witness.case.law.book


def _least(told: ToldApart) -> ToldApart:
    """The same with no move that can be done without."""
    for move in told.tried.moves:
        fewer = told.tried.without(move)
        before, after = fewer.seen.base, fewer.mutated()
        if next(_expected(before, after), None) is not None:
            told = ToldApart(fewer, before, after)
    return told


def catches(catch: Catch, mutant: Mutant, book: Rulebook) -> bool:
    """Whether a case, at the end of its file, holds under the rules and fails under the mutant."""
    text = (ROOT / catch.file).read_text("utf-8")
    content = "\n".join([text.rstrip(), *catch.lines(), ""]).encode()
    try:
        cases = [*prepared_cases(book, {catch.file: content})]
    except FindingsError:
        return False
    new = [(each, ExactEngine(each.law.law)) for each in cases if each.place == cases[-1].place]

    def fails(each: PreparedCase, engine: ExactEngine) -> bool:
        return any(
            True for _ in failures_of(each.case.expected, Agreed(engine.evaluate(each.facts), ()), book)
        )

    return not any(fails(*one) for one in new) and any(
        fails(each, engine.changed(changes_of(mutant, engine.law))) for each, engine in new
    )


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


def _catch(tried: Tried, expected: str) -> Catch:
    assert tried.witness.case is not None
    file, _, base = tried.witness.case.place
    vocabulary = tried.witness.engine.law.vocabulary
    told = [f" – redan i månaden {tried.month}"] if tried.month is not None else []
    told += [_told(move, vocabulary) for move in tried.moves]
    if not told:
        told = [f" – {''.join(each for each in expected if each not in '[]{}')}"]
    given = ", ".join(_given(tried, vocabulary)) or None
    return Catch(file, base, "".join([base, *told]).replace('"', ""), tried.month, given, expected)


def _told(move: Move, vocabulary: Vocabulary) -> str:
    kind, term = vocabulary.kinds[move.kind], vocabulary.terms[move.path]
    value = NOT_KNOWN if move.value is None else written(term, move.value)
    whose = kind.name if kind.single else move.id
    further = f" för {whose}, en till som {move.like}" if move.like is not None else f" för {whose}"
    return f" – med {plain(term.name)} {plain(value)}{further}"


def _given(tried: Tried, vocabulary: Vocabulary) -> Iterator[str]:
    """What is given otherwise, kind by kind and member by member."""
    facts = tried.witness.facts
    for kind in dict.fromkeys(move.kind for move in tried.moves):
        members = []
        for member in dict.fromkeys(move.id for move in tried.moves if move.kind == kind):
            moves = [move for move in tried.moves if (move.kind, move.id) == (kind, member)]
            values: dict[str, str] = {}
            like = facts.by_id.get(moves[0].like or "")
            if not vocabulary.kinds[kind].single:
                values["id"] = member
            if like is not None:
                values |= {"hör till": like.owner} if like.owner is not None else {}
                given = {path: each for path, each in like.values.items() if not isinstance(each, Disputed)}
                terms = [(vocabulary.terms[path], each) for path, each in given.items()]
                values |= {
                    term.name: written(term, each) for term, each in terms if not term.answered or each
                }
            for move in moves:
                term = vocabulary.terms[move.path]
                values[term.name] = NOT_KNOWN if move.value is None else written(term, move.value)
            members.append(f"{{{', '.join(f'{name}: {value}' for name, value in values.items())}}}")
        yield f"{kind}: {members[0] if len(members) == 1 else '[' + ', '.join(members) + ']'}"


def plain(word: str) -> str:
    """A word of the vocabulary as people write it."""
    return word.replace("_", " ")
