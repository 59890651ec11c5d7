"""What the applicant does after the application: adds what was missing, or takes it back."""

from __future__ import annotations

import json
from typing import Any

from pydantic import StrictBool
from sqlmodel import Session

from decision_service.application.adapters.canonical import with_ids
from decision_service.application.case_file import CaseFile
from decision_service.application.fields import Part, Text
from decision_service.application.pointer import pointer_of, value_at
from decision_service.casework import outbox, steps
from decision_service.casework.office import Office
from decision_service.casework.receive import name_parties
from decision_service.casework.rows import ConflictError, lock
from decision_service.log import journal, vouched
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.tables import OPEN, WITH_THE_APPLICANT, ApplicationRow, State
from norms.fault import fault

_PARTS = ("application", "people")


class Statement(Part):
    """Vad sökanden säger om det som myndigheterna har uppgett: om det stämmer, och vad mer, med egna ord."""

    agrees: StrictBool
    message: Text | None = None


def complete(office: Office, session: Session, tenant: str, application: str, body: Body) -> ApplicationRow:
    """The applicant's answer: a JSON merge patch (RFC 7396) on ``{"application": …, "people": […]}``.

    Where something was asked the clock starts anew with the answer. What comes unasked, or too late, is
    looked at by the machine again; whoever has taken the case keeps it. Raises NotFoundError, InputError,
    and ConflictError when the application is decided or taken back.
    """
    row = lock(session, tenant, application)
    if row.state not in OPEN:
        raise ConflictError(fault("cannot_complete", state=row.state))
    patch = body.data
    if not isinstance(patch, dict) or not patch or not patch.keys() <= set(_PARTS):
        raise InputError([fault("no_completion")])
    before = json.loads(row.content)
    patched = merge(before, patch)
    case = validated(
        CaseFile,
        {
            "schema": "arende/1",
            "municipality": tenant,
            "received_at": row.received_at.isoformat(),
            "application": patched.get("application"),
            "people": patched.get("people"),
        },
    )
    form = with_ids(case.application, case.people)
    if form.month is not None and str(form.month) != row.month:
        raise InputError([fault("completion_changes_month", "application")])
    patched["application"] = form.model_dump(mode="json", by_alias=True)
    patched["people"] = [one.model_dump(mode="json", by_alias=True) for one in case.people]
    patched["assumed"] = [
        one for one in before.get("assumed", []) if not _said(one["field"], before, patched)
    ]
    row.content = json.dumps(patched, ensure_ascii=False)
    row.protected = row.protected or any(one.protected for one in case.people)
    now = office.clock()
    row.content_at = now
    name_parties(office, session, row, case.people)
    steps.close_completion(session, row, now, answered=True)
    asked = row.state in WITH_THE_APPLICANT
    steps.back_to_machine(office, session, row, now, complete=asked)
    entry = journal.completion(row.id, now, journal.Completion.ANSWERED, content=body.content)
    vouched.append(office.log, session, tenant, [entry])
    return row


def _said(field: str, before: Any, after: Any) -> bool:
    """Whether a field that was taken for granted has been said now."""
    where = pointer_of(field)
    return bool(value_at(before, where) != value_at(after, where))


def state_opinion(
    office: Office, session: Session, tenant: str, application: str, body: Body
) -> ApplicationRow:
    """The applicant's answer to what has been told before a decision (``Statement``). The machine looks at
    the application again; what is objected to or written goes to a person. Raises NotFoundError, InputError,
    and ConflictError when nothing is told that can be answered."""
    row = lock(session, tenant, application)
    told = steps.open_completion(session, row)
    if row.state != State.STATEMENT or told is None or told.shown is None:
        raise ConflictError(fault("nothing_to_answer", state=row.state))
    said, now = validated(Statement, body.data), office.clock()
    shown = [each | {"objected": not said.agrees} for each in json.loads(told.shown)]
    shown[0]["message"] = said.message  # about them all, and read once
    told.shown = json.dumps(shown, ensure_ascii=False)
    row.content_at = now
    steps.close_completion(session, row, now, answered=True)
    steps.back_to_machine(office, session, row, now, complete=True)
    entry = journal.communication(row.id, now, journal.Completion.ANSWERED, content=body.content)
    vouched.append(office.log, session, tenant, [entry])
    return row


def withdraw(office: Office, session: Session, tenant: str, application: str) -> ApplicationRow:
    """The applicant takes it back. Raises NotFoundError, and ConflictError when it is decided."""
    row = lock(session, tenant, application)
    if row.state not in OPEN:
        raise ConflictError(fault("cannot_withdraw", state=row.state))
    now = office.clock()
    steps.settle(session, row, now, State.WITHDRAWN)
    outbox.put_letters(session, row, outbox.WRITTEN_OFF, row.version, {}, now)
    vouched.append(office.log, session, tenant, [journal.withdrawn(row.id, now)])
    return row


def merge(target: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merge(found.get(name), value)
    return found
