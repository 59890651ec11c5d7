"""The questions of a case and their life: raised, answered or accepted, gone with their cause, raised again.

The machine asks anew each time it looks at a case. What it asked before and does not ask now is gone, unless
a register that knew has fallen silent since: an outage closes nothing. An acceptance ends with the question
that it was about, so a question that returns is open again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

import audit
from decision_service.application.case_file import CaseFile
from decision_service.application.kept import AnswerJson, CaseJson
from decision_service.casework.office import Office
from decision_service.casework.search import open_code
from decision_service.decision.document import Reason, ReasonKind
from decision_service.decision.takes import AnswerKind
from decision_service.evaluation import Evaluated
from decision_service.log import journal, vouched
from decision_service.log.events import Answering
from decision_service.store.same_case import of_asked_case, of_case, same_case
from decision_service.store.tables import (
    AnswerRow,
    ApplicationRow,
    AssessmentRow,
    QuestionRow,
    QuestionState,
)


@dataclass(frozen=True)
class Noted:
    """What became of the questions: those that are open although the assessment does not ask them, and the
    entries for the log that tell of acceptances that ended."""

    kept: tuple[Reason, ...]
    entries: tuple[audit.Entry, ...]


def note_assessed(
    session: Session,
    row: ApplicationRow,
    assessed: Evaluated,
    case: CaseJson,
    now: datetime,
    *,
    never_asked: bool = False,
) -> Noted:
    """Note what the newest assessment of a case asks, before it decides anything. ``case`` is the case file
    that it was made from; ``never_asked``: the case has no question yet, as is known."""
    lives = [] if never_asked else _lives(session, row)
    living = {each.question: each for each in lives if each.state != QuestionState.GONE}
    asked = {each.id: each for each in assessed.findings.reasons if _of_the_case(each)}
    for id_, reason in asked.items():
        life = living.pop(id_, None)
        if life is not None and life.state == QuestionState.ANSWERED:
            _end(session, life, now)  # the answer was to another state of things
            life = None
        _note(session, row, life, reason, QuestionState.OPEN, now)
    for reason in _accepted_before(session, row.tenant, case, assessed, living):
        _note(session, row, None, reason, QuestionState.ANSWERED, now)
    kept, entries = list[Reason](), list[audit.Entry]()
    for life in living.values():
        reason = Reason.model_validate_json(life.asked)
        if life.state == QuestionState.ANSWERED and not _accepts(reason):
            continue  # a fact holds as long as it is true, whatever is asked
        if _is_raised(assessed, reason) or (reason.rule is None and _is_as_silent(session, row, life, case)):
            _note(session, row, life, reason, QuestionState(life.state), now)
        elif _is_unsure(assessed, reason) or _silent_since(session, row, life, case):
            kept += [reason] if life.state == QuestionState.OPEN else []
        else:
            _end(session, life, now)
            entries += _no_longer_accepted(session, row, life, now)
    return Noted(tuple(kept), tuple(entries))


def answered(session: Session, row: ApplicationRow, question: str, *, is_answered: bool = True) -> None:
    """Note that the living question with an id has got an answer, or has lost it."""
    for life in _lives(session, row):
        if life.question == question and life.state != QuestionState.GONE:
            life.state = QuestionState.ANSWERED if is_answered else QuestionState.OPEN
            session.add(life)


def lives_of(office: Office, session: Session, row: ApplicationRow) -> list[QuestionRow]:
    """Every question of a case, the first first; one that came back is there again. Raises
    audit.errors.RowError for one that is not logged so."""
    found = _lives(session, row)
    vouched.require(office.keys, session, row.tenant, *found)
    return found


def outlived(session: Session, row: ApplicationRow, answer: AnswerJson) -> bool:
    """Whether an acceptance of an earlier month is over here: its question has been gone since."""
    if answer["rule"] is None or answer["value"] is not True or not answer["standing"]:
        return False
    at = datetime.fromisoformat(answer["at"])
    return any(
        life.ended_at is not None and life.ended_at >= at
        for life in _lives(session, row)
        if (_asked(life).rule, _asked(life).code) == (answer["rule"], answer["code"])
    )


def _lives(session: Session, row: ApplicationRow) -> list[QuestionRow]:
    return list(session.exec(_LIVES, params=of_case(row)))


_LIVES = select(QuestionRow).where(of_asked_case(QuestionRow)).order_by(col(QuestionRow.number))


def _asked(life: QuestionRow) -> Reason:
    return Reason.model_validate_json(life.asked)


def _of_the_case(reason: Reason) -> bool:
    """Whether a question to a person comes of what the case says, and not of its course."""
    return reason.kind is ReasonKind.HANDLAGGARE and (reason.rule or reason.fact) is not None


def _accepts(reason: Reason) -> bool:
    return reason.takes is not None and reason.takes.kind is AnswerKind.ACCEPT


def _note(
    session: Session,
    row: ApplicationRow,
    life: QuestionRow | None,
    reason: Reason,
    state: QuestionState,
    now: datetime,
) -> None:
    """A question that the newest assessment raises."""
    if life is None:
        session.flush()
        number = len(_lives(session, row)) + 1
        life = QuestionRow(
            application_id=row.id,
            number=number,
            tenant=row.tenant,
            question=reason.id,
            code=open_code(reason),
            asked="",
            opened_at=now,
            assessment=0,
            state=state,
        )
    life.asked, life.assessment, life.state = reason.model_dump_json(), row.assessments, state
    session.add(life)


def _end(session: Session, life: QuestionRow, now: datetime) -> None:
    life.state, life.ended_at = QuestionState.GONE, now
    session.add(life)


def _is_raised(assessed: Evaluated, reason: Reason) -> bool:
    """Whether the rule of a question applies to the same, so that the question is there though answered."""
    return any(state == "fired" for state in _states(assessed, reason))


def _is_unsure(assessed: Evaluated, reason: Reason) -> bool:
    return any(state == "undecided" for state in _states(assessed, reason))


def _states(assessed: Evaluated, reason: Reason) -> Iterator[str]:
    about = (reason.rule, reason.subject)
    return (each.state for each in assessed.assessment.rules if (each.id, each.subject) == about)


def _silent_since(session: Session, row: ApplicationRow, life: QuestionRow, case: CaseJson) -> bool:
    """Whether a register that had answered when a question was last raised has not answered now."""
    return not _answered_then(session, row, life) <= _answering(case)


def _is_as_silent(session: Session, row: ApplicationRow, life: QuestionRow, case: CaseJson) -> bool:
    """Whether no register has answered that was silent when it was accepted that more may be unknown."""
    return life.state == QuestionState.ANSWERED and _answering(case) <= _answered_then(session, row, life)


def _answered_then(session: Session, row: ApplicationRow, life: QuestionRow) -> set[tuple[str, str]]:
    then = session.get(AssessmentRow, (row.tenant, row.id, life.assessment))
    return _answering(json.loads(then.case_file)) if then is not None else set()


def _answering(case: CaseJson) -> set[tuple[str, str]]:
    """Which registers have answered about whom."""
    states = journal.register_states(CaseFile.model_validate(case))
    return {
        (who, agency) for who, found in states.items() for agency, how in found.items() if how == "answered"
    }


def _accepted_before(
    session: Session, tenant: str, case: CaseJson, assessed: Evaluated, living: Mapping[str, QuestionRow]
) -> Iterable[Reason]:
    """The questions that an earlier month's acceptance keeps silent in this one."""
    for answer in case.get("answers", ()):
        stored = session.get(AnswerRow, (tenant, answer["id"])) if answer["standing"] else None
        if stored is None:
            continue
        reason = Reason.model_validate_json(stored.asked)
        here = Reason.model_validate(
            reason.model_dump(mode="json") | {"subject": answer["subject"], "id": ""}
        )
        if _accepts(here) and here.id not in living and _is_raised(assessed, here):
            yield here


def _no_longer_accepted(
    session: Session, row: ApplicationRow, life: QuestionRow, now: datetime
) -> Iterator[audit.Entry]:
    """The acceptances of this case that end with their question."""
    query = select(AnswerRow).where(
        same_case(AnswerRow, row),
        AnswerRow.question == life.question,
        col(AnswerRow.withdrawn_at).is_(None),
    )
    for answer in session.exec(query).all():
        answer.withdrawn_at = now
        session.add(answer)
        yield answer_entry(answer, Answering.ENDED, now, journal.MACHINE, answer.role)


def answer_entry(
    answer: AnswerRow, event: Answering, now: datetime, actor: audit.Actor, role: str, why: str = ""
) -> audit.Entry:
    """The entry that tells what became of an answer, and why."""
    asked = json.loads(answer.asked)
    content = {
        "answer": answer.id,
        "question": asked["question"],
        "label": asked["label"],
        "fact": answer.fact,
        "value": json.loads(answer.value),
        "reason": why or answer.reason,
        "until": answer.until.isoformat() if answer.until is not None else None,
    }
    return journal.answer(
        answer.application_id, now, event, actor, code=answer.code, role=role, content=content
    )
