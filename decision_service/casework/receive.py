"""Take applications in: read them, start their clock, and log that they came, in one transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from decision_service.application import declared
from decision_service.application.adapters import Intake
from decision_service.application.case_file import Person
from decision_service.application.declared import Declared
from decision_service.application.kept import ContentJson
from decision_service.casework import outbox
from decision_service.casework.office import Office
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.installation import calendar
from decision_service.installation.calendar import CalendarRules
from decision_service.log import journal, vouched
from decision_service.planning.protection import known_of, spread, with_grounds
from decision_service.reading.strict_json import Body
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.case_number import next_case_numbers
from decision_service.store.same_case import same_case
from decision_service.store.sealed import give_keys
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    MessageRow,
    PartyRow,
    ProtectionRow,
)
from norms.month import Month

ANSWER_WITHIN = timedelta(hours=24)
"""The promise. It is what the software is for, so no municipality can set it."""


@dataclass(frozen=True)
class Sent:
    """An application as a ``client`` sends it, in the form that ``adapter`` reads. ``run_after``: how long a
    caller that examines it at once keeps the sweep away."""

    adapter: str
    body: Body
    client: str
    run_after: timedelta = timedelta()


class NotTogetherError(Exception):
    """One of some applications has to do with another, or with what is known of its people: each is to be
    received in a transaction of its own."""


def receive(
    office: Office,
    session: Session,
    tenant: str,
    adapter: str,
    body: Body,
    *,
    client: str,
    run_after: timedelta = timedelta(),
) -> ApplicationRow:
    """A new application. Raises InputError with every fault, and writes nothing then."""
    now = office.clock()
    intake = read_as_declared(office, tenant, adapter, body.data, now)
    return receive_all(office, session, tenant, [(Sent(adapter, body, client, run_after), intake)], now)[0]


def receive_all(
    office: Office, session: Session, tenant: str, given: Sequence[tuple[Sent, Intake]], now: datetime
) -> list[ApplicationRow]:
    """New applications of one municipality, as they were sent and read, side by side: a question to the
    database costs as much for several as for one. Raises NotTogetherError."""
    named = [_numbered(office, tenant, intake.people) for _, intake in given]
    people = {person for its in named for person in its}
    protected = [any(one.protected for one in intake.people) for _, intake in given]
    if given[1:] and (any(protected) or len(people) < sum(map(len, named))):
        raise NotTogetherError
    # Whoever else receives waits for a number, and nobody can come in with one of these people meanwhile.
    numbers = next_case_numbers(session, tenant, swedish_day(now).year, len(given), office.keyed)
    known = known_of(session, tenant, people)
    if given[1:] and (known.hidden or known.dead):
        raise NotTogetherError
    rows = [
        ApplicationRow(
            id=uuid.uuid4().hex,
            tenant=tenant,
            case_number=number,
            month=str(intake.application.month or Month.of(swedish_day(now))),
            state=ApplicationState.RECEIVED,
            adapter=sent.adapter,
            client=sent.client,
            protected=of_itself or known.hidden,
            content="",
            next_run_at=now + sent.run_after,
            received_at=now,
            content_at=now,
            **start_clock(office, tenant, now)._asdict(),
        )
        for (sent, intake), number, of_itself in zip(given, numbers, protected, strict=True)
    ]
    give_keys(session, tenant, [row.id for row in rows])
    said, parties, messages = list[ProtectionRow](), list[PartyRow](), list[MessageRow]()
    for row, (_, intake), numbered in zip(rows, given, named, strict=True):
        died = known_dead(office, session, tenant, intake.people) if known.dead else {}
        of_it = with_dead(intake.people, died)
        if row.protected:
            of_it, said = with_grounds(office, session, row, of_it)
        row.content = _content(intake, of_it)
        parties += _parties(office, row, numbered, died)
        messages += outbox.letters(row, outbox.RECEIPT, 1, {}, now)
        messages += outbox.notices(session, row, "application.received", now)
    vouched.write(session, *rows, *said, *parties, *messages)
    if rows[0].protected:  # and then it is alone
        spread(office, session, rows[0], {each.person for each in said})
    received = [
        journal.received(row.id, now, adapter=sent.adapter, client=sent.client, content=sent.body.content)
        for row, (sent, _) in zip(rows, given, strict=True)
    ]
    vouched.append(office.log, session, tenant, received)
    return rows


def _content(intake: Intake, people: Sequence[Person]) -> str:
    """What an application says, as its row keeps it."""
    content = {
        "application": intake.application.model_dump(mode="json", by_alias=True),
        "people": [one.model_dump(mode="json", by_alias=True) for one in people],
        "unmapped": [asdict(one) for one in intake.unmapped],
        "assumed": [one.model_dump() for one in intake.assumed],
    }
    return json.dumps(content, ensure_ascii=False)


def read_as_declared(office: Office, tenant: str, adapter: str, data: Any, now: datetime) -> Intake:
    """What a municipality reads in a form that comes now. Raises InputError."""
    known = office.municipality(tenant).e_services.get(adapter)
    return declared.read(adapter, data, known.declared(swedish_day(now)) if known else Declared())


def name_parties(
    office: Office, session: Session, row: ApplicationRow, people: Sequence[Person], died: Mapping[str, date]
) -> None:
    """Note the persons of an application anew, by whom earlier and other applications are found, and who of
    them is known to have ``died``."""
    wanted = _numbered(office, row.tenant, people)
    for known in session.exec(select(PartyRow).where(same_case(PartyRow, row))):
        if (adult := wanted.pop(known.person, None)) is None:
            session.delete(known)
        else:
            known.adult = adult
    session.add_all(_parties(office, row, wanted, died))


def known_dead(office: Office, session: Session, tenant: str, people: Sequence[Person]) -> Mapping[str, date]:
    """Of whom among some people somebody who works here has said that they have died, and the day, by
    personal number. What an application itself says holds in that application alone: whoever sends one may
    not speak for others in theirs."""
    keys = [office.pseudonym(tenant, one.personal_number) for one in people if one.personal_number]
    its = PartyRow.tenant == tenant, col(PartyRow.person).in_(sorted(keys)), col(PartyRow.dead).is_(True)
    died = dict[str, date]()
    for known in session.exec(select(PartyRow).where(*its)).all() if keys else ():
        row = session.get_one(ApplicationRow, (tenant, known.application_id))
        content: ContentJson = json.loads(row.content)
        for each in content["people"]:
            number = each.get("personal_number")
            if (day := each.get("died")) and number and office.pseudonym(tenant, number) == known.person:
                died[number] = date.fromisoformat(day)
    return died


def with_dead(people: Sequence[Person], died: Mapping[str, date]) -> list[Person]:
    """The people of an application, each with the day of whoever is known to have died."""
    days = [died.get(one.personal_number or "") for one in people]
    return [
        one.model_copy(update={"died": day}) if day else one for one, day in zip(people, days, strict=True)
    ]


def _numbered(office: Office, tenant: str, people: Iterable[Person]) -> dict[str, bool]:
    """The persons who have a number, as they are known again, and whether each is one of the adults."""
    return {
        office.pseudonym(tenant, one.personal_number): one.role in ADULT_ROLES
        for one in people
        if one.personal_number
    }


def _parties(
    office: Office, row: ApplicationRow, numbered: Mapping[str, bool], died: Iterable[str]
) -> Iterator[PartyRow]:
    dead = {office.pseudonym(row.tenant, number) for number in died}
    for person, adult in numbered.items():
        yield PartyRow(
            application_id=row.id, person=person, tenant=row.tenant, adult=adult, dead=person in dead
        )


class Deadlines(NamedTuple):
    """By when the machine and a person must have answered, and when to warn that the machine has not."""

    deadline_at: datetime
    person_due_at: datetime
    escalate_at: datetime


def start_clock(office: Office, tenant: str, now: datetime) -> Deadlines:
    """The clock of an application that is complete, as far as anyone knows, from now on."""
    municipality = office.municipality(tenant)
    by_a_person = due_by_a_person(now, municipality.calendar)
    return Deadlines(now + ANSWER_WITHIN, by_a_person, now + timedelta(hours=municipality.escalate_after))


def due_by_a_person(now: datetime, rules: CalendarRules) -> datetime:
    """By when a person must have answered what comes now."""
    return max(now + ANSWER_WITHIN, calendar.person_deadline(now, rules))
