"""Months decided in an earlier system: somebody puts them forward, another takes them in or says no."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from pydantic import Field, StrictBool
from sqlmodel import Session, col, select

from decision_service.application.case_file import MonthDecided
from decision_service.application.fields import Part, birthday_of
from decision_service.casework.four_eyes import require_second
from decision_service.casework.knowledge import take_in
from decision_service.casework.office import Office
from decision_service.log import journal, vouched
from decision_service.log.events import Action
from decision_service.planning.protection import hidden_people, hold, note_months
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Opaque
from decision_service.store.persons import case_of_person
from decision_service.store.refused import NotFoundError
from decision_service.store.tables import HistoryRow, ProposedHistoryRow


class Months(Part):
    """Months decided before the municipality began here. ``complete``: there were none before these. People
    and children in them are named by personal number."""

    months: tuple[MonthDecided, ...] = Field(min_length=1, max_length=600)
    complete: StrictBool = False


def put_forward(
    office: Office, session: Session, tenant: str, personal_number: str, said: Opaque, who: str
) -> ProposedHistoryRow:
    """Months that wait for a second person: until then nothing rests on them. Raises InputError."""
    found = validated(Months, said)
    hold(office, session, tenant)  # whoever is named may be hidden
    now, person = office.clock(), office.pseudonym(tenant, personal_number)
    row = ProposedHistoryRow(
        id=uuid.uuid4().hex,
        tenant=tenant,
        person=person,
        case_id=case_of_person(session, tenant, person),
        born_day=birthday_of(personal_number).day,
        proposed_at=now,
        proposed_by=who,
        document=found.model_dump_json(by_alias=True),
    )
    session.add(row)
    note_months(office, session, tenant, person, row.case_id)
    entry = journal.human_action(row.case_id, now, journal.staff(who), Action.HISTORY_PROPOSED)
    vouched.append(office.log, session, tenant, [entry])
    return row


def waiting(session: Session, tenant: str, who: str) -> Sequence[ProposedHistoryRow]:
    """What waits for a second person in a municipality, the oldest first: of people whom the session may know
    of, and all that ``who`` has put forward, which tells them nothing."""
    row = ProposedHistoryRow
    query = select(row).where(row.tenant == tenant).order_by(col(row.proposed_at), col(row.id))
    rows = session.exec(query).all()
    hidden = hidden_people(session, tenant, {each.person for each in rows})
    return [each for each in rows if each.person not in hidden or each.proposed_by == who]


def one_waiting(office: Office, session: Session, tenant: str, proposal: str, who: str) -> ProposedHistoryRow:
    """One of them, as it is logged. Raises NotFoundError and audit.errors.RowError."""
    row = session.get(ProposedHistoryRow, (tenant, proposal), with_for_update=True)
    # Asked where there is none too: how long it takes does not tell.
    hidden = hidden_people(session, tenant, [row.person] if row is not None else [])
    if row is None or (row.proposed_by != who and hidden):
        raise NotFoundError(proposal)
    vouched.require(office.keys, session, tenant, row)
    return row


def answer(
    office: Office, session: Session, tenant: str, proposal: str, who: str, *, agrees: bool, reason: str
) -> int:
    """A second person's word: with a yes the months are taken in; how many they are. Raises NotFoundError,
    audit.errors.RowError, ConflictError for whoever put them forward, and InputError for a no without why."""
    hold(office, session, tenant)
    row = one_waiting(office, session, tenant, proposal, who)
    require_second(office.installation, row.proposed_by, who, agrees=agrees, reason=reason)
    session.delete(row)
    now, actor = office.clock(), journal.staff(who)
    if not agrees:
        note_months(office, session, tenant, row.person, row.case_id)
        entry = journal.human_action(row.case_id, now, actor, Action.HISTORY_REFUSED, reason=reason.strip())
        vouched.append(office.log, session, tenant, [entry])
        return 0
    said = Months.model_validate_json(row.document)
    told = HistoryRow(
        tenant=tenant,
        person=row.person,
        month="",
        case_id=row.case_id,
        born_day=row.born_day,
        imported_at=now,
        imported_by=row.proposed_by,
        complete=said.complete,
        document="",
    )
    return take_in(office, session, told, said.months, actor)
