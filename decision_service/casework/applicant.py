"""What the applicant does after the application: adds what was missing, or takes it back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, StrictBool
from sqlmodel import Session

import audit
from decision_service.application.adapters import WhoApplies
from decision_service.application.adapters.canonical import with_ids
from decision_service.application.case_file import CaseFile, Person
from decision_service.application.declared import has_applicant
from decision_service.application.fields import Part, Text
from decision_service.application.form import Application
from decision_service.application.form_questions import (
    AnswerWay,
    FormPlace,
    is_answered,
    place_of,
    with_answer,
)
from decision_service.application.kept import ContentJson
from decision_service.application.merging import merged
from decision_service.application.pointer import pointer_of, value_at
from decision_service.casework import answers, steps
from decision_service.casework.given_answer import THE_APPLICANT, AnswersToTry
from decision_service.casework.office import Office
from decision_service.casework.receive import known_dead, name_parties, with_dead
from decision_service.casework.rows import ConflictError, lock
from decision_service.decision.document import Reason, reasons_from
from decision_service.log import journal, vouched
from decision_service.log.events import CompletionEvent
from decision_service.planning.protection import hold, spread, with_grounds
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.tables import OPEN, WITH_THE_APPLICANT, ApplicationRow, ApplicationState
from norms.fault import Fault, MisfitError, fault

_PARTS = ("application", "people")


class Statement(Part):
    """Vad sökanden säger om det som myndigheterna har uppgett: om det stämmer, och vad mer, med egna ord."""

    agrees: StrictBool
    message: Text | None = None


class ApplicantsAnswer(Part):
    """Ett svar på en fråga, som frågan säger att det skrivs."""

    question: Annotated[str, Field(max_length=64)]
    value: Any


class AnswersSent(Part):
    """Svar på en eller flera frågor."""

    answers: Annotated[list[ApplicantsAnswer], Field(min_length=1, max_length=answers.MOST_AT_ONCE)]


def complete(
    office: Office, session: Session, tenant: str, application_id: str, body: Body
) -> ApplicationRow:
    """What the applicant adds: answers by question (``AnswersSent``), or a JSON merge patch (RFC 7396) on
    ``{"application": …, "people": […]}``, whose lists are merged row by row; rows that ``removed`` points to
    are taken back.

    Where something was asked the clock starts anew when all of it is answered. What comes unasked, or too
    late, is looked at by the machine again; whoever has taken the case keeps it. Raises NotFoundError,
    InputError, and ConflictError when the application is decided or taken back, or nothing is asked.
    """
    hold(office, session, tenant)  # what is added may be somebody
    row = lock(session, tenant, application_id)
    if row.state not in OPEN:
        raise ConflictError(fault("cannot_complete", state=ApplicationState(row.state)))
    sent = body.data
    if isinstance(sent, dict) and "answers" in sent:
        return _answered(office, session, row, validated(AnswersSent, sent).answers, body)
    if not isinstance(sent, dict) or not sent or not sent.keys() <= {*_PARTS, "removed"}:
        raise InputError([fault("no_completion")])
    before = json.loads(row.content)
    patch = {name: part for name, part in sent.items() if name in _PARTS}
    for name, part in patch.items():
        if not isinstance(part, dict if name == "application" else list):
            raise InputError([fault("no_completion", name)])
    removed = validated(_Removed, {"removed": sent.get("removed", [])}).removed
    if not removed and not _says_something(patch):
        raise InputError([fault("completion_says_nothing")])
    change(office, session, row, before, merged(before, patch, removed))
    _look_again(office, session, row, body)
    return row


def _says_something(part: Any) -> bool:
    """Whether there is any value in a part of a patch; empty lists and objects are none."""
    if isinstance(part, dict | list):
        return any(_says_something(each) for each in (part.values() if isinstance(part, dict) else part))
    return True


class _Removed(Part):
    removed: Annotated[list[str], Field(max_length=200)]


def _answered(
    office: Office, session: Session, row: ApplicationRow, given: list[ApplicantsAnswer], body: Body
) -> ApplicationRow:
    """Answers by question: in the form where they have a place there, else as facts."""
    asked = steps.asked_now(office, session, row)
    if row.state != ApplicationState.WAITING or asked is None:
        raise ConflictError(fault("nothing_asked", state=ApplicationState(row.state)))
    questions = {one.id: one for one in reasons_from(asked.asked)}
    before = json.loads(row.content)
    content, facts, faults = before, list[AnswersToTry](), list[Fault]()
    for at, one in enumerate(given):
        question = questions.get(one.question)
        place = place_in_form(question, content) if question is not None else None
        if question is None:
            faults.append(fault("question_gone", "answers", at, "question"))
        elif one.question in [each.question for each in given[:at]]:
            faults.append(fault("question_answered_twice", "answers", at, "question"))
        elif place is not None and place.way is AnswerWay.DOCUMENT:
            faults.append(fault("answer_is_document", "answers", at, "value"))
        elif place is None:
            facts.append(AnswersToTry(one.question, one.value))
        else:
            try:
                content = with_answer(content, place, one.value)
            except MisfitError as error:
                faults += [each.below("answers", at, "value") for each in error.faults]
    if faults:
        raise InputError(faults)
    if facts:
        answers.give(office, session, row.tenant, row.id, None, facts, THE_APPLICANT)
    if content is not before:
        change(office, session, row, before, content)
    if row.state == ApplicationState.WAITING:
        left = unanswered(session, row, questions.values())
        _look_again(office, session, row, body, still_waits=bool(left))
    return row


def unanswered(session: Session, row: ApplicationRow, asked: Iterable[Reason]) -> list[Reason]:
    """The questions of a request that have no answer yet."""
    content, stored = json.loads(row.content), {one.question for one in answers.of_application(session, row)}
    places = [(one, place_in_form(one, content)) for one in asked if one.id not in stored]
    return [one for one, place in places if place is None or not is_answered(place, content)]


def place_in_form(question: Reason, content: ContentJson) -> FormPlace | None:
    """Where in the form a question is answered, where it has such a place."""
    return place_of(question.code, question.subject, question.fact, content)


def change(
    office: Office, session: Session, row: ApplicationRow, before: ContentJson, after: ContentJson
) -> None:
    """Write down the application as it is now. Raises InputError with every fault in it, also where nobody
    would be the applicant any more."""
    case = validated(
        CaseFile,
        {
            "schema": "arende/1",
            "municipality": row.tenant,
            "received_at": row.received_at.isoformat(),
            "application": after["application"],
            "people": after["people"],
        },
    )
    applied = [validated(Person, each) for each in before["people"]]
    if any(has_applicant(applied, by) > has_applicant(case.people, by) for by in (None, row.adapter)):
        raise InputError([fault("no_applicant", "people", how=WhoApplies.CANONICAL)])
    form = with_ids(case.application, case.people)
    _choose_month(row, before, form)
    assumed = [one for one in before.get("assumed", []) if not _said(one["field"], before, after)]
    died = known_dead(office, session, row.tenant, case.people)
    people = with_dead(_still_dead(case.people, applied), died)
    people, said = with_grounds(office, session, row, people)
    session.add_all(said)
    content = after | {
        "application": form.model_dump(mode="json", by_alias=True),
        "people": [one.model_dump(mode="json", by_alias=True) for one in people],
        "assumed": assumed,
    }
    row.content = json.dumps(content, ensure_ascii=False)
    row.protected = row.protected or any(one.protected for one in people)
    row.content_at = office.clock()
    name_parties(office, session, row, people, died)
    spread(office, session, row, {each.person for each in said})


def _still_dead(people: Iterable[Person], before: Iterable[Person]) -> list[Person]:
    """The people as they are now. That one has died stands until somebody who works here takes it back."""
    died = {one.id: one.died for one in before if one.died is not None}
    return [one.model_copy(update={"died": died[one.id]}) if one.id in died else one for one in people]


def _choose_month(row: ApplicationRow, before: ContentJson, form: Application) -> None:
    """The month of an application that did not say it. One that did cannot become another's."""
    if form.month is None or str(form.month) == row.month:
        return
    if before["application"].get("periodMonth") is not None:
        raise InputError([fault("completion_changes_month", "application")])
    row.month = str(form.month)


def _look_again(
    office: Office, session: Session, row: ApplicationRow, body: Body, *, still_waits: bool = False
) -> None:
    """To the machine, with what is answered; what still waits for answers is kept."""
    entry = journal.completion(row.id, office.clock(), CompletionEvent.ANSWERED, content=body.content)
    look_again(office, session, row, entry, still_waits=still_waits)


def look_again(
    office: Office,
    session: Session,
    row: ApplicationRow,
    entry: audit.Entry,
    *,
    still_waits: bool | None = None,
) -> None:
    """To the machine, unless the applicant still has questions to answer; ``entry`` says what came.

    ``still_waits`` says whether, where it is known.
    """
    now = office.clock()
    asked = steps.asked_now(office, session, row) if row.state == ApplicationState.WAITING else None
    if still_waits is None:
        still_waits = asked is not None and bool(unanswered(session, row, reasons_from(asked.asked)))
    if still_waits:
        row.version += 1
        session.add(row)
    else:
        steps.close_completion(session, row, now, answered=True)
        steps.back_to_machine(office, session, row, now, complete=row.state in WITH_THE_APPLICANT)
    vouched.append(office.log, session, row.tenant, [entry])


def with_document(content: ContentJson, question: Reason | None) -> ContentJson:
    """The application when a document has come to a question: one that a document answers is answered."""
    place = place_in_form(question, content) if question is not None else None
    return (
        with_answer(content, place, True)
        if place is not None and place.way is AnswerWay.DOCUMENT
        else content
    )


def _said(field: str, before: Any, after: Any) -> bool:
    """Whether a field that was taken for granted has been said now."""
    where = pointer_of(field)
    return bool(value_at(before, where) != value_at(after, where))


def state_opinion(
    office: Office, session: Session, tenant: str, application_id: str, body: Body
) -> ApplicationRow:
    """The applicant's answer to what has been told before a decision (``Statement``). The machine looks at
    the application again; what is objected to or written goes to a person. Raises NotFoundError, InputError,
    and ConflictError when nothing is told that can be answered."""
    row = lock(session, tenant, application_id)
    told = steps.asked_now(office, session, row)
    if row.state != ApplicationState.STATEMENT or told is None or told.shown is None:
        raise ConflictError(fault("nothing_to_answer", state=ApplicationState(row.state)))
    said, now = validated(Statement, body.data), office.clock()
    shown = [each | {"objected": not said.agrees} for each in json.loads(told.shown)]
    shown[0]["message"] = said.message  # about them all, and read once
    told.shown = json.dumps(shown, ensure_ascii=False)
    row.content_at = now
    steps.close_completion(session, row, now, answered=True)
    steps.back_to_machine(office, session, row, now, complete=True)
    entry = journal.communication(row.id, now, CompletionEvent.ANSWERED, content=body.content)
    vouched.append(office.log, session, tenant, [entry])
    return row
