"""A handläggare adds a row or a person that the application does not name: seen first, and logged.

What is added stands in the application from then on, with who added it and why. The machine looks at the case
again, and the handläggare keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, cast

from pydantic import Field
from sqlmodel import Session

from decision_service.application.fields import Part, Text
from decision_service.application.kept import AddedJson, ContentJson, RowJson, rows_of
from decision_service.casework import applicant, steps
from decision_service.casework.answers import TriedWith
from decision_service.casework.assessments import latest
from decision_service.casework.given_answer import By
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, StaleError, find
from decision_service.casework.task import own_task
from decision_service.decision.document import Assessment
from decision_service.log import journal
from decision_service.log.events import Answering
from decision_service.planning.protection import hold
from decision_service.reading.strict_json import InputError, Opaque
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState, TaskRow
from norms.fault import Fault, fault

CODE = "TILLÄGG"
"""What an addition is called among the answers in the log."""


class Addition(Part):
    """En rad eller en person som ansökan inte nämner, i den kanoniska formen, och vad uppgiften vilar på."""

    to: Literal["people", "children", "incomes", "costs", "assets", "plannings"]
    row: dict[str, Opaque]
    reason: Text


class Additions(Part):
    """Det som läggs till i en ansökan."""

    additions: list[Addition] = Field(min_length=1, max_length=50)


def add(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    version: int,
    wanted: Sequence[Addition],
    by: By,
) -> ApplicationRow:
    """Add to an application. Raises NotFoundError, StaleError, ConflictError for whoever has not taken the
    case, and InputError with every fault in what is added."""
    hold(office, session, municipality)  # what is added may be somebody
    row, _ = own_task(session, municipality, application_id, by.id, version)
    _require_reasons(wanted)
    before, now = json.loads(row.content), office.clock()
    applicant.change(office, session, row, before, _with(before, wanted, by, now.isoformat()))
    steps.back_to_machine(office, session, row, now, complete=False)
    steps.write_log(
        office,
        session,
        row,
        [
            journal.answer(
                row.id,
                now,
                Answering.ADDED,
                journal.staff(by.id),
                code=CODE,
                role=by.role.value,
                content={"label": each.to, "value": each.row, "reason": each.reason.strip()},
            )
            for each in wanted
        ],
    )
    return row


def try_out(
    office: Office, municipality: str, application_id: str, version: int, wanted: Sequence[Addition], by: By
) -> TriedWith:
    """What the case would come to with what is added, on what the registers said when it was last looked at.
    Nothing is stored. Raises as ``add``, and CrashError where the evaluation fails."""
    with reading(office.engine) as session:
        row = find(session, municipality, application_id)
        if row.version != version:
            raise StaleError(application_id)
        task = session.get(TaskRow, (row.tenant, row.id))
        if row.state != ApplicationState.HANDLAGGARE or task is None or task.claimed_by != by.id:
            raise ConflictError(fault("case_not_taken"))
        newest = latest(session, row.tenant, row.id)
        if newest is None:
            raise ConflictError(fault("not_examined"))
        before = Assessment.model_validate_json(newest.document)
        case, content = json.loads(newest.case_file), json.loads(row.content)
    _require_reasons(wanted)
    case |= _with(content, wanted, by, office.clock().isoformat())
    after = office.evaluators.assess(json.dumps(case, ensure_ascii=False).encode())
    return TriedWith(before, after.assessment)


def added_rows(content: ContentJson) -> frozenset[str]:
    """The places of what officials have added to an application, as lines of a calculation name them."""
    return frozenset(each["place"] for each in content.get("added", ()))


def _require_reasons(wanted: Sequence[Addition]) -> None:
    faults: list[Fault] = [
        fault("answer_without_reason", "additions", number, "reason")
        for number, each in enumerate(wanted)
        if not each.reason.strip()
    ]
    if faults:
        raise InputError(faults)


def _with(content: ContentJson, wanted: Sequence[Addition], by: By, at: str) -> ContentJson:
    """An application's content with rows at the end of their lists, and who added them."""
    found: ContentJson = json.loads(json.dumps(content))
    for each in wanted:
        rows = rows_of(found, each.to)
        place = f"{each.to}[{len(rows)}]"
        rows.append(cast("RowJson", each.row))
        told: AddedJson = {"place": place, "by": by.name, "at": at, "reason": each.reason.strip()}
        found.setdefault("added", []).append(told)
    return found
