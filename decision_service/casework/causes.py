"""Why each adult of a decided case does not support themselves, as it is known now.

A decision keeps the causes that it was made with. Whoever learns of another says so afterwards, with a
reason: an answer like any other, in the log. The decision stays as it is; those who count read the newest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from pydantic import Field
from sqlmodel import Session, col, select

from decision_service.casework import answers, steps
from decision_service.casework.chain import in_force
from decision_service.casework.decisions import document_of
from decision_service.casework.given_answer import AnswersToTry, By, faults_in
from decision_service.casework.office import Office
from decision_service.casework.remembered import identity
from decision_service.casework.rows import ConflictError, lock, require_logged
from decision_service.casework.staff import signature
from decision_service.decision.causes import CODE, question_about
from decision_service.decision.document import AdultsCause, Reason, Who
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import begin_of
from decision_service.store.same_case import same_case
from decision_service.store.tables import AnswerRow, ApplicationRow, ApplicationState, DecisionRow
from norms.fault import fault
from norms.month import Month


class CauseInTask(AdultsCause):
    """Försörjningshindret för en vuxen, och frågan att svara på för den som vet bättre än förslaget."""

    words: str = Field(description="Orsaken i ord; tom när den inte är känd")
    question: Reason


class KnownCause(CauseInTask):
    """Samma efter beslutet, så som det är känt nu."""

    by: str | None = Field(description="Den som har sagt orsaken; null när ingen har sagt någon")
    at: datetime | None
    reason: str | None


def in_task(office: Office, cause: AdultsCause) -> CauseInTask:
    """A cause as the assessment has it, in words, with the question about it."""
    question = question_about(cause, office.book.vocabulary)
    choices = question.takes.choices if question.takes is not None else ()
    words = next((each.label for each in choices if each.value == cause.cause), "")
    return CauseInTask(**dict(cause), words=words, question=question)


def known(office: Office, session: Session, row: ApplicationRow) -> Iterator[KnownCause]:
    """The cause of each adult of a decided case: what has been said last, or else what the decision kept."""
    said = {each.subject: each for each in answers.of_application(session, row) if each.code == CODE}
    for cause in _kept(session, row):
        answer = said.get(cause.person)
        if answer is not None:
            cause = cause.model_copy(update={"cause": json.loads(answer.value), "said": True})
        yield KnownCause(
            **dict(in_task(office, cause)),
            by=answer.name if answer is not None else None,
            at=answer.at if answer is not None else None,
            reason=answer.reason if answer is not None else None,
        )


def _kept(session: Session, row: ApplicationRow) -> tuple[AdultsCause, ...]:
    """The causes of the decision in force; where the machine never looked, one that nobody knows of each
    adult."""
    decision = in_force(session, row.tenant, row.id)
    if decision is None:
        return ()
    return document_of(session, decision).causes or tuple(
        AdultsCause(person=each["id"], label=each.get("first_name") or each["id"], cause=None, said=False)
        for each in json.loads(row.content)["people"]
        if each["role"] in ADULT_ROLES
    )


def say(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    given: AnswersToTry,
) -> ApplicationRow:
    """Say the cause of an adult of a case that is decided. Raises NotFoundError, StaleError, ConflictError
    for a case that is not decided and for whoever's name is not known, and InputError with every fault."""
    row = lock(session, municipality, application_id, version)
    if row.state != ApplicationState.DECIDED:
        raise ConflictError(fault("cannot_correct", state=ApplicationState(row.state)))
    require_logged(office, session, row)
    asked = {each.question.id: each.question for each in known(office, session, row)}
    by = By(who, signature(office, session, municipality, who), Who.HANDLAGGARE)
    question = asked.get(given.question)
    month = Month.parse(row.month)
    last = office.municipality(municipality).answers_end(month)
    faults = list(faults_in(given, question, by, month.first, last))
    if faults or question is None:
        raise InputError(faults)
    row.version += 1
    session.add(row)
    entry = answers.store(office, session, row, given, question, by, office.clock())
    steps.write_log(office, session, row, [entry])
    return row


def said_since(
    session: Session, municipality: str, first: date, last: date
) -> Mapping[str, Mapping[str, str]]:
    """What has been said of causes after the decisions that were made in some days, the last too: by
    application, and then by who the adult is."""
    query = (
        select(AnswerRow.subject, AnswerRow.value, ApplicationRow.id, ApplicationRow.content)
        .join(ApplicationRow, same_case(AnswerRow, ApplicationRow))
        .join(DecisionRow, same_case(DecisionRow, AnswerRow))
        .where(
            DecisionRow.tenant == municipality,
            AnswerRow.code == CODE,
            col(AnswerRow.withdrawn_at).is_(None),
            col(AnswerRow.at) >= col(DecisionRow.decided_at),
            col(DecisionRow.decided_at) >= begin_of(first),
            col(DecisionRow.decided_at) < begin_of(last + timedelta(days=1)),
        )
    )
    found: dict[str, dict[str, str]] = {}
    for subject, value, case, content in session.exec(query).all():
        who = {each["id"]: identity(each) for each in json.loads(content)["people"]}
        found.setdefault(case, {})[who[str(subject)]] = json.loads(value)
    return found
