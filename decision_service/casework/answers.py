"""What people answer to the questions of a case: stored, seen before it is given, taken back.

An answer is a fact. Whoever gives it sees first what it changes, and when it is given the machine looks at
the case again while the handläggare keeps it. Nothing is written over: what is replaced is taken back, and
stays.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

import audit
from decision_service.application.kept import AnswerJson, PersonJson
from decision_service.casework import meaning, raised, steps
from decision_service.casework.assessments import latest
from decision_service.casework.given_answer import (
    AnswersToTry,
    By,
    faults_in,
    faults_in_amount,
    is_amount,
)
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, StaleError, find, lock
from decision_service.casework.search import open_code
from decision_service.decision.causes import question_about
from decision_service.decision.document import Assessment, Reason, Who, reasons_from
from decision_service.log import journal, vouched
from decision_service.log.events import Answering
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading
from decision_service.store.same_case import of_asked_case, of_case, same_case
from decision_service.store.tables import AnswerRow, ApplicationRow, ApplicationState, AssessmentRow, TaskRow
from norms.fault import Fault, fault
from norms.month import Month

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class TriedWith:
    """The newest assessment, None where the machine has made none, and what it would be with the answers."""

    before: Assessment | None
    after: Assessment


def give(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    version: int | None,
    given: Sequence[AnswersToTry],
    by: By,
) -> ApplicationRow:
    """Store answers, and let the machine look at the case again; whoever has taken the case keeps it.

    What the applicant is asked is looked at when everything that was asked is answered; until then the
    answers are kept. A question that is answered already gets the new answer. Raises NotFoundError,
    StaleError, ConflictError when nothing is asked or somebody else has the case, and InputError with every
    fault in the answers.
    """
    row = lock(session, municipality, application_id, version)
    found = _checked(office, session, row, given, by)
    now = office.clock()
    entries = [store(office, session, row, answer, question, by, now) for answer, question in found]
    _look_again(office, session, row, now)
    steps.write_log(office, session, row, entries)
    return row


def store(
    office: Office,
    session: Session,
    row: ApplicationRow,
    given: AnswersToTry,
    question: Reason,
    by: By,
    now: datetime,
) -> audit.Entry:
    """Store an answer in the place of any other to its question. Gives the entry that tells of it."""
    for old in _to_question(session, row, question.id):
        old.withdrawn_at = now
        session.add(old)
    stored = _row(office, row, given, question, by, now)
    session.add(stored)
    raised.answered(session, row, question.id)
    return _entry(stored, Answering.GIVEN, now, by)


def withdraw(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    version: int | None,
    answer_id: str,
    by: By,
    reason: str,
) -> ApplicationRow:
    """Take an answer back: the question is open again, and the machine looks at the case. Raises as ``give``,
    and NotFoundError for an answer that is not there or is taken back already."""
    row = lock(session, municipality, application_id, version)
    _open_questions(office, session, row, by)
    answer = session.get(AnswerRow, (row.tenant, answer_id))
    if answer is None or answer.application_id != row.id or answer.withdrawn_at is not None:
        raise NotFoundError(answer_id)
    if not reason.strip():
        raise InputError([fault("answer_without_reason", "reason")])
    now = office.clock()
    answer.withdrawn_at = now
    session.add(answer)
    raised.answered(session, row, answer.question, is_answered=False)
    _look_again(office, session, row, now)
    steps.write_log(office, session, row, [_entry(answer, Answering.WITHDRAWN, now, by, reason.strip())])
    return row


def try_out(
    office: Office,
    municipality: str,
    application_id: str,
    version: int | None,
    given: Sequence[AnswersToTry],
    by: By,
) -> TriedWith:
    """What the case would come to with the answers, on what the registers said when it was last looked at.
    Nothing is stored. Raises as ``give``, and CrashError where the evaluation fails."""
    with reading(office.engine) as session:
        row = find(session, municipality, application_id)
        if version is not None and row.version != version:
            raise StaleError(application_id)
        found = _checked(office, session, row, given, by)
        newest = latest(session, row.tenant, row.id)
        if newest is None:
            raise ConflictError(fault("not_examined"))
        before = Assessment.model_validate_json(newest.document)
        case = json.loads(newest.case_file)
        now = office.clock()
        new = [_row(office, row, answer, question, by, now) for answer, question in found]
        replaced = {each.question for each in new}
        own = [each for each in of_application(session, row) if each.question not in replaced]
        standing = [each for each in case.get("answers", ()) if each["standing"]]
    case["answers"] = [*standing, *(in_case(each) for each in (*own, *new))]
    after = office.evaluators_of(row.month).assess(json.dumps(case, ensure_ascii=False).encode())
    return TriedWith(before, after.assessment)


def of_application(session: Session, row: ApplicationRow) -> list[AnswerRow]:
    """The answers that stand in an application, the oldest first."""
    return list(session.exec(_OF_APPLICATION, params=of_case(row)))


def _that_stand(rows: Iterable[SQLModel]) -> list[AnswerRow]:
    """The same among all rows of an application."""
    found = [one for one in rows if isinstance(one, AnswerRow) and one.withdrawn_at is None]
    return sorted(found, key=attrgetter("at", "id"))


_OF_APPLICATION = (
    select(AnswerRow)
    .where(of_asked_case(AnswerRow), col(AnswerRow.withdrawn_at).is_(None))
    .order_by(col(AnswerRow.at), col(AnswerRow.id))
)


def in_case_file(
    office: Office,
    session: Session,
    row: ApplicationRow,
    people: Mapping[str, str],
    here: Iterable[SQLModel] | None = None,
    standing_of: Sequence[Standing] | None = None,
) -> list[AnswerJson]:
    """The answers of an application and those of earlier months that have a day until which they stand or
    stood, as the case file has them. ``people`` are the keyed hashes of its people by their ids, ``here``
    all that is written of the application, and ``standing_of`` what stands of them and of others, where that
    is read already. Raises audit.errors.RowError where one is not what the log vouches for."""
    ids = {hash_: id_ for id_, hash_ in people.items()}
    read = standing_answers(session, row.tenant, ids, row.month) if standing_of is None else standing_of
    earlier = [each for each in read if each[0].person in ids and each[1].month < row.month]
    own = of_application(session, row) if here is None else _that_stand(here)
    vouched.require(office.keys, session, row.tenant, *(answer for answer, _ in earlier))
    told = (_stands(answer, other, ids) for answer, other in earlier)
    return [*(each for each in told if not raised.outlived(session, row, each)), *map(in_case, own)]


Standing = tuple[AnswerRow, ApplicationRow]
"""An answer that has a day until which it stands or stood, and its application."""


def standing_answers(session: Session, tenant: str, persons: Iterable[str], month: str) -> Sequence[Standing]:
    """Answers of months before one about some people, by their keyed hashes, or their households."""
    asked = {"its_tenant": tenant, "persons": list(persons), "month": month}
    return session.exec(_STANDING, params=asked).all() if asked["persons"] else ()


_STANDING = (
    select(AnswerRow, ApplicationRow)
    .join(ApplicationRow, same_case(AnswerRow, ApplicationRow))
    .where(
        col(AnswerRow.tenant) == bindparam("its_tenant"),
        col(AnswerRow.person).in_(bindparam("persons", expanding=True)),
        col(AnswerRow.withdrawn_at).is_(None),
        col(AnswerRow.until).is_not(None),
        col(ApplicationRow.month) < bindparam("month"),
    )
    .order_by(col(AnswerRow.at), col(AnswerRow.id))
)


def _stands(answer: AnswerRow, other: ApplicationRow, ids: Mapping[str, str]) -> AnswerJson:
    """An answer of another application in this case file, with people by their ids here."""
    there = {person["id"] for person in json.loads(other.content)["people"]}
    subject = ids[answer.person or ""] if answer.subject in there else answer.subject
    return {**in_case(answer), "subject": subject, "standing": True}


def in_case(answer: AnswerRow) -> AnswerJson:
    """An answer as a case file has it."""
    asked = json.loads(answer.asked)
    return {
        "id": answer.id,
        "question": answer.question,
        "code": asked["code"],
        "rule": asked.get("rule"),
        "subject": answer.subject,
        "fact": answer.fact,
        "value": json.loads(answer.value),
        "by": answer.name,
        "role": answer.role,
        "at": answer.at.isoformat(),
        "reason": answer.reason,
        "until": answer.until.isoformat() if answer.until is not None else None,
        "standing": False,
        "rests_on": asked.get("rests_on", {}),
    }


# --- what may be answered


def _checked(
    office: Office, session: Session, row: ApplicationRow, given: Sequence[AnswersToTry], by: By
) -> list[tuple[AnswersToTry, Reason]]:
    """The answers, each with its question. Raises ConflictError, and InputError with every fault."""
    asked = {
        each.id: each
        for each in (*_open_questions(office, session, row, by), *causes_asked(office, session, row))
    }
    for answer in of_application(session, row):
        asked.setdefault(answer.question, Reason.model_validate_json(answer.asked))
    if not given:
        raise InputError([fault("no_answer", "answers")])
    month = Month.parse(row.month)
    last = office.municipality(row.tenant).answers_end(month)
    faults = [
        found.below("answers", number)
        for number, each in enumerate(given)
        for found in faults_in(each, asked.get(each.question), by, month.first, last)
    ]
    seen: set[str] = set()
    for number, each in enumerate(given):
        if each.question in seen:
            faults.append(fault("question_answered_twice", "answers", number, "question"))
        seen.add(each.question)
    form, newest = json.loads(row.content)["application"], latest(session, row.tenant, row.id)
    facts = Assessment.model_validate_json(newest.document).facts_about if newest is not None else None
    for number, each in enumerate(given):
        question = asked.get(each.question)
        if question is not None and is_amount(question):
            known = facts(question.subject) if facts is not None else {}
            wrong = faults_in_amount(each, question, form, known, office.book.vocabulary)
            faults += [found.below("answers", number) for found in wrong]
    meant, wrong = _meanings(office, session, row, given, asked)
    if faults := [*faults, *wrong]:
        raise InputError(faults)
    return [*((replace(one, reason=one.reason.strip()), asked[one.question]) for one in given), *meant]


def _meanings(
    office: Office,
    session: Session,
    row: ApplicationRow,
    given: Sequence[AnswersToTry],
    asked: Mapping[str, Reason],
) -> tuple[list[tuple[AnswersToTry, Reason]], list[Fault]]:
    """What the applicant's words mean, as answers to questions of their own; and what is wrong with it."""
    found, faults, newest = (
        list[tuple[AnswersToTry, Reason]](),
        list[Fault](),
        latest(session, row.tenant, row.id),
    )
    if newest is None or not any(one.means for one in given):
        return [], []
    document, words = Assessment.model_validate_json(newest.document), office.book.vocabulary
    for number, one in enumerate(given):
        for place, each in enumerate(one.means if one.question in asked else ()):
            wrong = [*meaning.faults_in(each, asked[one.question], document, words)]
            faults += [fault_.below("answers", number, "means", place) for fault_ in wrong]
            if not wrong:
                question = meaning.question_of(each, document, words)
                found.append((AnswersToTry(question.id, each.value, one.reason.strip(), one.until), question))
    return found, faults


def causes_asked(office: Office, session: Session, row: ApplicationRow) -> list[Reason]:
    """The questions of why each adult does not support themselves, which a handläggare may answer."""
    newest = session.get(AssessmentRow, (row.tenant, row.id, row.assessments))
    causes = Assessment.model_validate_json(newest.document).causes if newest is not None else ()
    return [question_about(each, office.book.vocabulary) for each in causes]


def _open_questions(office: Office, session: Session, row: ApplicationRow, by: By) -> tuple[Reason, ...]:
    """What is asked now. Raises ConflictError where nothing is, or where another has the case."""
    if row.state == ApplicationState.WAITING:
        completion = steps.asked_now(office, session, row)
        return reasons_from(completion.asked) if completion is not None else ()
    task = session.get(TaskRow, (row.tenant, row.id))
    if row.state != ApplicationState.HANDLAGGARE or task is None:
        raise ConflictError(fault("nothing_asked", state=ApplicationState(row.state)))
    if by.role is Who.HANDLAGGARE and task.claimed_by != by.id:
        raise ConflictError(fault("case_not_taken") if task.claimed_by is None else fault("case_taken"))
    return reasons_from(task.reasons)


# --- what comes of it


def _row(
    office: Office, row: ApplicationRow, answer: AnswersToTry, question: Reason, by: By, now: datetime
) -> AnswerRow:
    content = json.loads(row.content)
    return AnswerRow(
        id=uuid.uuid4().hex,
        tenant=row.tenant,
        application_id=row.id,
        person=_concerns(office, row.tenant, content["people"], question.subject),
        question=question.id,
        code=open_code(question),
        fact=question.sets or question.fact,
        subject=question.subject,
        asked=question.model_dump_json(),
        value=json.dumps(answer.value, ensure_ascii=False, default=str),
        by=by.id,
        name=by.name,
        role=by.role.value,
        at=now,
        reason=answer.reason,
        until=answer.until,
    )


def _concerns(office: Office, tenant: str, people: Sequence[PersonJson], subject: str | None) -> str | None:
    """The keyed hash of whom a question is about, or of the applicant where it is about no person."""
    about = [each for each in people if each["id"] == subject]
    about = about or [each for each in people if each["role"] == "APPLICANT"]
    numbers = [number for each in about if (number := each.get("personal_number"))]
    return office.pseudonym(tenant, numbers[0]) if numbers else None


def _to_question(session: Session, row: ApplicationRow, question: str) -> list[AnswerRow]:
    return [each for each in of_application(session, row) if each.question == question]


def _look_again(office: Office, session: Session, row: ApplicationRow, now: datetime) -> None:
    """To the machine; what the applicant is asked, when all of it is answered."""
    session.flush()
    if row.state != ApplicationState.WAITING:
        row.content_at = now
        steps.back_to_machine(office, session, row, now, complete=False)
        return
    completion = steps.asked_now(office, session, row)
    answered = {each.question for each in of_application(session, row)}
    if completion is not None and {each.id for each in reasons_from(completion.asked)} - answered:
        row.version += 1
        session.add(row)
        return
    row.content_at = now
    steps.close_completion(session, row, now, answered=True)
    steps.back_to_machine(office, session, row, now, complete=True)


def _entry(answer: AnswerRow, event: Answering, now: datetime, by: By, why: str = "") -> audit.Entry:
    actor = journal.staff(by.id) if by.id else journal.APPLICANT
    return raised.answer_entry(answer, event, now, actor, by.role.value, why)
