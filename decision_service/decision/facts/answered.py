"""A person's answers become facts: what was answered about a thing of the case, and what else is known of it.

An answer was given knowing what the case then said of the fact. It holds until the case says something else:
then the fact is disputed, and nobody's word overwrites the other's. What the question was about must be the
same too: a rent that was approved at one amount is not approved at another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from decision_service.application.case_file import CaseAnswer
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.made import AnsweredBy
from decision_service.decision.takes import read_fact
from decision_service.decision.texts import texts
from decision_service.reading.swedish_time import swedish_day
from norms.fault import MisfitError
from rules.facts import Disputed, Known
from rules.language.vocabulary import Kind, Source, Term

Values: TypeAlias = "Mapping[str, Known | Disputed]"


class Answered(NamedTuple):
    """A fact that a person has given, or that what they said now disputes; None for an answer that cannot be
    read as the fact's value any more. ``ended``: it stood until a day before the month."""

    term: Term
    value: Known | Disputed | None
    by: AnsweredBy
    ended: bool = False


def answers_about(case: Case, kind: Kind, id_: str, values: Values) -> Iterator[Answered]:
    """What people have answered about one thing, ``values`` being what the case itself says of it. Of two
    answers to the same the later one counts; where it rests on the earlier, it knew what that one knew."""
    given: dict[str, list[CaseAnswer]] = {}
    for each in sorted(case.file.answers, key=lambda each: (each.at, each.id)):
        if each.fact is not None and _is_about(case, each, kind, id_, values):
            given.setdefault(each.fact, []).append(each)
    for path, answers in given.items():
        answer = answers[-1]
        term = case.law.vocabulary.terms[path]
        by = AnsweredBy(answer.by, swedish_day(answer.at), answer.reason)
        if answer.until is not None and answer.until < case.month.first:
            yield Answered(term, None, by, ended=True)
            continue
        try:
            said = read_fact(term, answer.value)
        except MisfitError:
            yield Answered(term, None, by)
        else:
            yield Answered(term, _settled(term, said, answers, values.get(path)), by)


def has_ended(case: Case, answer: Answered | None) -> bool:
    """Whether the day has passed until which somebody's answer stood."""
    return answer is not None and answer.ended


def stands(case: Case, answer: Answered | None) -> bool:
    """Whether somebody's answer stands."""
    return answer is not None and answer.value is not None


ANSWERED: Mapping[str, Callable[..., object]] = {"svaret_har_upphört": has_ended, "svaret_står": stands}


def _is_about(case: Case, answer: CaseAnswer, kind: Kind, id_: str, values: Values) -> bool:
    term = case.law.vocabulary.terms.get(answer.fact or "")
    if term is None or term.kind != kind.name:
        return False
    by_name = kind.single or answer.subject == id_
    if not by_name and (not answer.standing or _is_of_a_person(case, answer)):
        return False
    told = [path for path in answer.rests_on if path != answer.fact and _tells_apart(kind, path)]
    if not by_name and not told:
        return False
    if answer.standing and not kind.single and not _is_of_a_person(case, answer):
        now = {path for path in values if path != answer.fact and _tells_apart(kind, path)}
        if not now <= {*told}:
            return False  # it was given without knowing what is said of the thing now
    return all(plain(values.get(path)) == noted(answer.rests_on[path]) for path in told)


def _is_of_a_person(case: Case, answer: CaseAnswer) -> bool:
    """People are the same in every month; the rows of an application are not."""
    return any(answer.subject == each.id for each in case.file.people)


def _tells_apart(kind: Kind, path: str) -> bool:
    """Whether a fact says what a thing is, and not what was decided about it or when it is looked at."""
    term = kind.terms.get(path.removeprefix(f"{kind.name}."))
    return (
        term is not None
        and bool(term.sources)
        and term.source not in (Source.HISTORY, Source.CALENDAR)
        and not term.answered
    )


def _settled(
    term: Term, said: Known, answers: Sequence[CaseAnswer], found: Known | Disputed | None
) -> Known | Disputed:
    """The last answer, unless the case says something now that whoever answered did not know of."""
    seen = {said, *_known(term, answers)}
    now = _said(found, term.source.value)
    if all(value in seen for _, value in now):
        return said
    return Disputed(((texts().labels.answer_of.format(vem=answers[-1].by), said), *now))


def _known(term: Term, answers: Sequence[CaseAnswer]) -> Iterator[object]:
    """What was known of a fact when it was last answered: what that answer rested on, and where it rested on
    an answer before it, what that one rested on too."""
    for at in range(len(answers) - 1, -1, -1):
        known = noted(answers[at].rests_on.get(term.path))
        yield from known if isinstance(known, tuple) else [known]
        if at == 0 or not _is_value_of(term, answers[at - 1], known):
            return


def _is_value_of(term: Term, answer: CaseAnswer, known: object) -> bool:
    try:
        return bool(read_fact(term, answer.value) == known)
    except MisfitError:
        return False


def _said(value: Known | Disputed | None, source: str) -> tuple[tuple[str, Known], ...]:
    if isinstance(value, Disputed):
        return value.values
    return () if value is None else ((source, value),)


def plain(value: object) -> Known | tuple[Known, ...] | None:
    """A value as a question notes what it rests on; several where the sources differ, None where there is
    none."""
    if isinstance(value, Disputed):
        return tuple(said for _, said in value.values)
    return value if isinstance(value, bool | int | str) else None


def noted(value: Any) -> Any:
    """What a question rested on, as ``plain`` has it: JSON has lists."""
    return tuple(map(noted, value)) if isinstance(value, list) else value
