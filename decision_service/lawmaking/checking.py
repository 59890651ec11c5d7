"""Drafts that wait to be checked are, each in turn, by whatever process gets to it first.

What can be seen by reading is told at once of a text that is not saved (``quick``). A draft that has been
changed meanwhile is checked again, and one whose checker died is taken up by another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_
from sqlmodel import Session, col

from decision_service.casework.office import Office
from decision_service.decision.estimate import EstimateRequest
from decision_service.decision.scenario import Scenario
from decision_service.evaluation import CrashError, Evaluators
from decision_service.lawmaking import checks
from decision_service.lawmaking.content import Changes, Content, changes_of, published
from decision_service.lawmaking.findings import UNFINISHED, Checked, DraftFinding
from decision_service.log import publications
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import transaction
from decision_service.store.refused import ConflictError
from decision_service.store.tables import DraftRow, PublicationRow
from decision_service.store.waiting import taken
from norms.fault import fault
from norms.month import Month
from rules.difference.compare import ReleaseDifference

PATIENCE = 110.0
"""Seconds that whoever is at the editor waits for an answer. A draft that waits to be checked waits for as
long as its check counts."""
_GIVEN_UP, _RENEWED = timedelta(minutes=3), timedelta(seconds=30)
"""A draft that somebody said so long ago that they check is checked by another; how often they say it."""
OPEN = "öppet"
"""The state of a draft that is being worked on."""


def checker() -> Evaluators:
    """Two child processes that check, started when they are first needed: one for the drafts that wait, whose
    cases take long, and one for whoever is waiting at the editor."""
    return Evaluators({}, 2, patience=PATIENCE, serve=checks.serve)


def quick(office: Office, session: Session, child: Evaluators, row: DraftRow, changes: Changes) -> Checked:
    """What reading says of a draft with some changes. Raises ConflictError where it could not be read
    to its end."""
    try:
        return _read(child.ask("quick", _given(office, session, row, changes), {}))
    except CrashError as error:
        raise ConflictError(fault("check_without_end", why=str(error))) from error


def difference(office: Office, session: Session, child: Evaluators, row: DraftRow) -> ReleaseDifference:
    """What a draft says otherwise than the release it starts from. Raises ConflictError for one that cannot
    be read."""
    try:
        found = child.ask("difference", _given(office, session, row, changes_of(row)), {})
    except CrashError as error:
        raise ConflictError(fault("draft_unreadable", why=str(error))) from error
    return ReleaseDifference.model_validate_json(found)


def scenario(
    office: Office, session: Session, child: Evaluators, row: DraftRow, request: EstimateRequest, name: str
) -> Scenario:
    """A made-up household under what a draft says, as a case with a name. Raises InputError for one that
    cannot be, and ConflictError for a draft that cannot be read."""
    words = {"household": request.model_dump_json(exclude_none=True), "name": name}
    try:
        found = child.ask("scenario", _given(office, session, row, changes_of(row)), words)
    except CrashError as error:
        raise ConflictError(fault("draft_unreadable", why=str(error))) from error
    return Scenario.model_validate(found)


def check_waiting(office: Office, child: Evaluators, ending: Callable[[], bool] = lambda: False) -> int:
    """Check every draft that waits for it, until the process is ``ending``; gives how many there were."""
    count = 0
    while not ending() and (begun := _begin(office)) is not None:
        row, given = begun
        try:
            standing_by = _standing_by(office, row, ending)
            found = _read(child.ask("whole", given, {}, patience=checks.LONGEST, meanwhile=standing_by))
        except _NotNeededError:
            _leave(office, row)
            continue
        except CrashError as error:
            unfinished = DraftFinding(file="", line=0, code=UNFINISHED, where="", message=str(error))
            found = Checked(findings=(unfinished,))
        with transaction(office.engine) as session:
            current = session.get(DraftRow, (row.tenant, row.id), with_for_update=True)
            if current is not None and current.version == row.version:
                said = found.model_dump_json()
                current.checked, current.findings = row.version, f"{said}\n{_stamp(office, row, said)}"
                current.checking_since = None
        count += 1
    return count


class _NotNeededError(Exception):
    """Nobody waits for a check any more: the draft is another, or this process is ending."""


def _standing_by(office: Office, row: DraftRow, ending: Callable[[], bool]) -> Callable[[], None]:
    """What is done while a check is waited for: now and then it is said that it is still made. It raises
    _NotNeededError."""
    said = office.clock()

    def say() -> None:
        nonlocal said
        if ending():
            raise _NotNeededError
        now = office.clock()
        if now - said < _RENEWED:
            return
        with transaction(office.engine) as session:
            current = session.get(DraftRow, (row.tenant, row.id), with_for_update=True)
            if current is None or (current.version, current.state) != (row.version, OPEN):
                raise _NotNeededError
            current.checking_since = said = now

    return say


def _leave(office: Office, row: DraftRow) -> None:
    """Let another check a draft, at once."""
    with transaction(office.engine) as session:
        current = session.get(DraftRow, (row.tenant, row.id), with_for_update=True)
        if current is not None and current.version == row.version:
            current.checking_since = None


def checked(office: Office, row: DraftRow) -> Checked | None:
    """What the check of a draft as it is now has said; None where we have not made it yet: whoever has the
    database alone could else say that nothing was found."""
    said, _, stamp = row.findings.rpartition("\n")
    ours = row.checked == row.version and stamp == _stamp(office, row, said)
    return Checked.model_validate_json(said) if ours else None


_STAMP = "="


def _stamp(office: Office, row: DraftRow, said: str) -> str:
    """The last line of ``DraftRow.findings``: that a check of just these files has said it, when just these
    had had a hand in them, who are not to approve them."""
    hands = json.dumps(sorted({row.owner, *json.loads(row.editors)}))
    return _STAMP + office.keyed("checked", row.tenant, row.id, str(row.base), row.changes, hands, said)


def check_again(office: Office, row: DraftRow) -> None:
    """Let a locked draft whose check did not come to its end, or is not ours, wait for another. It is not
    changed by that. Raises ConflictError where the check has said what it has to say, or is not made yet."""
    found, made = checked(office, row), row.checked == row.version
    if not made or (found is not None and all(each.code != UNFINISHED for each in found.findings)):
        raise ConflictError(fault("check_came_to_its_end"))
    row.checked, row.checking_since = 0, None


def base_of(session: Session, row: DraftRow) -> PublicationRow:
    """The publication that a draft starts from."""
    return session.get_one(PublicationRow, (row.tenant, row.base))


def content_of(session: Session, row: DraftRow) -> tuple[Content, Content]:
    """What a draft starts from, and what it says."""
    base = published(session.connection(), base_of(session, row))
    return base, base.changed(changes_of(row))


def in_force(session: Session, tenant: str) -> PublicationRow:
    """The newest publication of a municipality."""
    number = publications.newest_number(session.connection(), tenant)
    return session.get_one(PublicationRow, (tenant, number))


def present_of(office: Office) -> Month:
    """The month that it is."""
    return Month.of(swedish_day(office.clock()))


def _begin(office: Office) -> tuple[DraftRow, bytes] | None:
    """A draft that nobody checks, and what its check is given."""
    now = office.clock()
    since = col(DraftRow.checking_since)
    with transaction(office.engine) as session:
        as_it_is, stamped = col(DraftRow.checked) == col(DraftRow.version), f"%\n{_STAMP}%"
        # An earlier version put no stamp on what it found.
        unchecked = col(DraftRow.state) == OPEN, ~as_it_is | col(DraftRow.findings).not_like(stamped)
        nobody = or_(since.is_(None), since < now - _GIVEN_UP)
        for row in taken(session, DraftRow, (*unchecked, nobody), col(DraftRow.changed_at), 1):
            row.checking_since = now
            session.add(row)
            return row, _given(office, session, row, changes_of(row))
    return None


def _given(office: Office, session: Session, row: DraftRow, changes: Changes) -> bytes:
    base = published(session.connection(), base_of(session, row))
    draft = base.changed(changes)
    given: checks.ToCheck = {
        "law": draft.law,
        "cases": draft.cases,
        "base": base.law,
        "present": str(present_of(office)),
    }
    return json.dumps(given).encode()


def _read(said: str) -> Checked:
    return Checked.model_validate_json(said)
