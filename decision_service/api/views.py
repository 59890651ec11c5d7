"""What is shown of an application and a task. No more than whoever asks may know."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session

from decision_service.api import answers
from decision_service.application.adapters.field_names import fields_of
from decision_service.application.form_questions import FormPlace
from decision_service.application.outcome import decided
from decision_service.casework import applicant, steps
from decision_service.casework.assessments import latest, numbered
from decision_service.casework.chain import AnyDecision, in_force
from decision_service.casework.deciding import proposal_of
from decision_service.casework.office import Office
from decision_service.casework.overview import overview
from decision_service.decision.document import reasons_from
from decision_service.store.tables import (
    WITH_THE_APPLICANT,
    ApplicationRow,
    ApplicationState,
    CompletionRow,
    TaskRow,
)


def application(session: Session, row: ApplicationRow) -> answers.ApplicationStatus:
    """Where an application stands, without a word about the person. The same for a protected person."""
    asked = steps.open_completion(session, row) if row.state in WITH_THE_APPLICANT else None
    told = _completion(session, row, asked) if asked is not None else None
    decision = in_force(session, row.tenant, row.id) if row.state == ApplicationState.DECIDED else None
    return _standing(row, told, decision)


def just_written(row: ApplicationRow, decision: AnyDecision | None) -> answers.ApplicationStatus | None:
    """The same of one that has just been examined, where nothing more of it need be read."""
    return _standing(row, None, decision) if row.state not in WITH_THE_APPLICANT else None


def _standing(
    row: ApplicationRow, told: answers.CompletionAsked | None, decision: AnyDecision | None
) -> answers.ApplicationStatus:
    return answers.ApplicationStatus(
        id=row.id,
        case_number=row.case_number,
        municipality=row.tenant,
        month=row.month,
        state=ApplicationState(row.state),
        version=row.version,
        received_at=row.received_at,
        answer_by=answer_by(row),
        clock="går" if row.state in _RUNNING else "står",
        waits_until=row.waits_until if row.state == ApplicationState.REGISTERS else None,
        completion=told if row.state == ApplicationState.WAITING else None,
        communication=told if row.state == ApplicationState.STATEMENT else None,
        decision=_brief(decision) if decision is not None else None,
    )


_RUNNING = (ApplicationState.RECEIVED, ApplicationState.EXAMINED, ApplicationState.HANDLAGGARE)


def answer_by(row: ApplicationRow) -> datetime | None:
    """When the next step is due from the municipality; None when it waits for nobody there."""
    if row.state == ApplicationState.HANDLAGGARE:
        return row.person_due_at
    return row.deadline_at if row.state in (*_RUNNING, ApplicationState.REGISTERS) else None


def _completion(session: Session, row: ApplicationRow, asked: CompletionRow) -> answers.CompletionAsked:
    content, questions = json.loads(row.content), reasons_from(asked.asked)
    left = {each.id for each in applicant.unanswered(session, row, questions)}
    return answers.CompletionAsked(
        number=asked.number,
        answer_by=asked.due_at,
        asked=[
            answers.AskedFor(
                id=each.id,
                code=each.code,
                question=each.question,
                label=each.label,
                subject=each.subject,
                fact=each.fact,
                provision=each.provision,
                takes=each.takes,
                answer=_in_form(row, applicant.place_in_form(each, content)),
                answered=each.id not in left,
            )
            for each in questions
        ],
    )


def _in_form(row: ApplicationRow, place: FormPlace | None) -> answers.AnswerInForm | None:
    if place is None:
        return None
    return answers.AnswerInForm(
        pointer=place.pointer,
        form_fields=list(fields_of(row.adapter, place.field)),
        way=place.way,
        fields=list(place.fields),
        sentence=place.sentence,
    )


def _brief(decision: AnyDecision) -> answers.BriefDecision:
    return answers.BriefDecision(
        id=decision.id,
        outcome=decided(decision.outcome),
        granted=decision.granted,
        automatic=decision.automatic,
        decided_at=decision.decided_at,
    )


def task(session: Session, row: ApplicationRow, found: TaskRow) -> answers.Task:
    """A task in a list. Never says what it is about: that could be that the person is protected."""
    asked = steps.open_completion(session, row) if row.state in WITH_THE_APPLICANT else None
    return answers.Task(
        application=row.id,
        case_number=row.case_number,
        municipality=row.tenant,
        month=row.month,
        state=ApplicationState(row.state),
        version=row.version,
        opened_at=found.opened_at,
        answer_by=answer_by(row),
        asked_until=asked.due_at if asked is not None else None,
        escalation=row.escalation,
        breached=row.breached_at is not None,
        claimed_by=found.claimed_by,
        awaits_approval=found.proposal is not None,
        question_count=len(reasons_from(found.reasons)),
        proposed_outcome=decided(found.proposed) if found.proposed else None,
        household=found.household,
    )


def whole_task(office: Office, session: Session, row: ApplicationRow, found: TaskRow) -> answers.WholeTask:
    """Everything a handläggare needs to decide: the questions, what the machine proposes, the calculation."""
    newest = latest(session, row.tenant, row.id)
    assessment = numbered(newest).document if newest is not None else None
    seen = overview(office, session, row, reasons_from(found.reasons), newest)
    return answers.WholeTask(
        **dict(task(session, row, found)),
        **dict(seen),
        protected=row.protected,
        assessment=newest.number if newest is not None else None,
        calculation=assessment.calculation if assessment is not None else None,
        unconfirmed=assessment.unconfirmed if assessment is not None else (),
        unread=assessment.unread if assessment is not None else (),
        awaiting=_awaiting(found) if found.proposal is not None else None,
        content=json.loads(row.content),
    )


def _awaiting(task: TaskRow) -> answers.Awaiting:
    verdict = proposal_of(task)
    return answers.Awaiting(
        outcome=decided(verdict.outcome),
        granted=verdict.granted,
        changes=verdict.changes,
        reason=verdict.reason or "",
        told=verdict.told,
    )


def moment(found: datetime | None) -> str | None:
    """A moment in UTC."""
    return found.isoformat().replace("+00:00", "Z") if found is not None else None
