"""Protection follows people: whoever may not see a protected person's case sees none with one of its people.

Such a case knows of the other: of its payment for the month, of the child that is in both, of the months
before. So it is hidden like it, and nothing that a hidden case does to another can be seen from outside. The
months that an earlier system decided tie those whom they name together too. Who is protected as a participant
of the planning is so in every application, and the other way round. Why somebody is, the grounds say
(``planning.grounds``); when two people have ended the last one among people who are tied together, all that
was hidden with them is seen again. That one case is deleted shows no other: where no ground is left, two
people are asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NamedTuple

import structlog
from sqlalchemy import CTE, bindparam, exists, or_, union, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

import audit
from audit.errors import RowError
from decision_service.application.case_file import Person
from decision_service.application.fields import full_number
from decision_service.application.kept import ContentJson
from decision_service.log import journal, vouched
from decision_service.planning import grounds
from decision_service.planning.grounds import EndAsked, Ground, SaidIn, ground_row
from decision_service.planning.office import LoggingOffice, PlanningOffice
from decision_service.planning.participation import Participation
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.case_number import hold_numbers
from decision_service.store.hiding import hides
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    HistoryRow,
    NamedRow,
    ParticipantRow,
    PartyRow,
    ProposedHistoryRow,
    ProtectionRow,
)
from decision_service.store.unsought import unsought
from norms.fault import MisfitError

_say = said_in(__file__)

_log = structlog.get_logger()

DETAILS = "details"
"""The step by which a participant is protected: its name, which anybody may read who has the log, is that of
a change of name too."""


def hold(office: LoggingOffice, session: Session, tenant: str) -> None:
    """Let nobody come into an application before the transaction ends: what is hidden here, one that comes
    meanwhile with one of its people would not know of. Call it before any application is locked and before
    anything is logged: whoever receives an application has its number first and the log afterwards."""
    hold_numbers(session, tenant, swedish_day(office.clock()).year)


def with_grounds(
    office: PlanningOffice, session: Session, row: ApplicationRow, people: Sequence[Person]
) -> tuple[list[Person], list[ProtectionRow]]:
    """The people of an application as it comes in or changes, each protected who is so by what is known, and
    the grounds that it gives itself: of those of whom none stands."""
    known = {each.person for each in grounds.standing(session, row.tenant, _keys_of(office, row, people))}
    found, new = list[Person](), dict[str, ProtectionRow]()
    for one in people:
        key = person_key(office, row, one.personal_number)
        protected = one.protected or (key in known and key != row.id)
        found.append(one.model_copy(update={"protected": True}) if protected else one)
        if one.protected and key not in known:
            said = Ground(source=SaidIn.FORM, at=office.clock())
            new[key] = ground_row(row.tenant, key, row.id, said)
    return found, [*new.values()]


def _keys_of(office: PlanningOffice, row: ApplicationRow, people: Sequence[Person]) -> set[str]:
    return {person_key(office, row, one.personal_number) for one in people}


def person_key(office: PlanningOffice, row: ApplicationRow, personal_number: str | None) -> str:
    """What somebody in an application is known by in its grounds."""
    return office.pseudonym(row.tenant, personal_number) if personal_number else row.id


def spread(
    office: PlanningOffice, session: Session, row: ApplicationRow, marked: Collection[str] = ()
) -> None:
    """Hide an application that has somebody in common with a hidden one, or somebody who is protected; when
    it is hidden, hide those that have somebody in common with it, and so on, each with an entry that says so.
    ``marked`` are those of its people who are protected from now on. Call it when its people are noted."""
    session.flush()
    if not row.protected:
        people = session.exec(select(PartyRow.person).where(same_case(PartyRow, row))).all()
        if not with_hidden(session, row.tenant, people):
            return
        row.protected = True
        session.add(row)
        session.flush()
    _hide_what_is_near(office, session, row.tenant, {row.id}, marked, marked, but=row.id)


def protect(office: PlanningOffice, session: Session, tenant: str, person: str) -> None:
    """Hide the applications of somebody who is protected, and what is near them. Raises nothing for one whose
    row is not the logged one: that stays so, and is hidden."""
    session.flush()
    _hide_what_is_near(office, session, tenant, set(), {person}, {person})


def _hide_what_is_near(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    cases: set[str],
    people: Collection[str],
    marked: Collection[str],
    but: str = "",
) -> None:
    """Hide whatever has somebody in common with some cases and people, and so on; protect those who are in
    any of it in the planning too; and say it of those who are ``marked`` in each of their applications. All
    but one, of which the caller does it."""
    near, everybody = _near(session, tenant, cases, people)
    of_them = set(_with(session, tenant, marked)) if marked else set()
    hidden = {each for each, already in near.items() if not already or each in of_them} - {but}
    entries = [
        *_change(office, session, tenant, hidden, marked, hidden=True, protected=True),
        *_join(office, session, tenant, everybody, protected=True),
    ]
    if entries:
        vouched.append(office.log, session, tenant, entries)


def _near(
    session: Session, tenant: str, cases: Collection[str], people: Collection[str]
) -> tuple[dict[str, bool], set[str]]:
    """The applications that are tied to some by the people in them, those too, and whether each is hidden;
    and everybody in them."""
    found = dict(_hidden_or_not(session, tenant, cases))
    everybody, reached = set[str](), {*people, *_people_in(session, tenant, cases)}
    while reached:
        everybody |= reached
        more = {each: hidden for each, hidden in _with(session, tenant, reached).items() if each not in found}
        found |= more
        reached = _people_in(session, tenant, more) | _in_months_with(session, tenant, reached)
        reached -= everybody
    return found, everybody


def _hidden_or_not(session: Session, tenant: str, cases: Collection[str]) -> dict[str, bool]:
    row = ApplicationRow
    its = select(col(row.id), col(row.protected)).where(row.tenant == tenant, col(row.id).in_(sorted(cases)))
    return {each.id: each.protected for each in session.connection().execute(its)} if cases else {}


def _with(session: Session, tenant: str, people: Collection[str]) -> dict[str, bool]:
    """The applications with one of some people, and whether each is hidden."""
    asked = {"its_tenant": tenant, "people": sorted(people)}
    return {each.id: each.protected for each in session.connection().execute(_WITH_PEOPLE, asked)}


def _people_in(session: Session, tenant: str, cases: Collection[str]) -> set[str]:
    if not cases:
        return set()
    asked = {"its_tenant": tenant, "cases": sorted(cases)}
    return set(session.connection().execute(_PEOPLE, asked).scalars())


def _in_months_with(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    asked = {"its_tenant": tenant, "people": sorted(people)}
    return set(session.connection().execute(_IN_MONTHS_WITH, asked).scalars())


def _change(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    applications: Collection[str],
    marked: Collection[str] | None,
    *,
    hidden: bool,
    protected: bool,
) -> Iterator[audit.Entry]:
    """Hide applications, or show them, and let them say of those of their people who are ``marked``, of all
    for None, whether they are protected. The log vouches for it without a word: what hides one is nobody's to
    read."""
    if not applications:
        return
    row = ApplicationRow
    its = row.tenant == tenant, col(row.id).in_(sorted(applications))
    query = select(row).where(*its).order_by(col(row.id)).with_for_update()
    for each in session.exec(query, execution_options={"populate_existing": True}).all():
        if _as_logged(office, session, tenant, each):
            each.protected = hidden
            say(office, each, marked, protected=protected)
            session.add(each)
            yield journal.vouched(each.id, office.clock())
        elif hidden:  # it must be, and what somebody else has written must not come to be vouched for
            own = col(row.tenant) == tenant, col(row.id) == each.id
            session.connection().execute(update(row).where(*own).values(protected=True))
            session.expire(each)


def say(
    office: PlanningOffice, row: ApplicationRow, marked: Collection[str] | None, *, protected: bool
) -> None:
    """What an application says of its people who are ``marked``, of all for None: whether they are
    protected. Letters and the rules read it there."""
    content: ContentJson = json.loads(row.content)
    said = False
    for one in content["people"]:
        key = person_key(office, row, one.get("personal_number"))
        if (marked is None or key in marked) and one.get("protected", False) != protected:
            one["protected"], said = protected, True
    if said:
        row.content = json.dumps(content, ensure_ascii=False)


def _join(
    office: LoggingOffice, session: Session, tenant: str, people: Collection[str], *, protected: bool
) -> Iterator[audit.Entry]:
    """Whether those among some people who are participants are protected: they are so still when the case
    is deleted."""
    if not people:
        return
    asked = {"its_tenant": tenant, "people": sorted(people)}
    try:
        found = session.exec(_PARTICIPANTS, params=asked, execution_options={"populate_existing": True}).all()
    except RowError as error:
        _log.critical("row_not_as_logged", why=str(error))
        return
    for row in found:
        person = Participation.model_validate_json(row.document)
        if person.protected != protected and _as_logged(office, session, tenant, row):
            row.document = person.model_copy(update={"protected": protected}).model_dump_json(by_alias=True)
            session.add(row)
            yield journal.planned(row.case_id, office.clock(), journal.MACHINE, DETAILS, {})


def unprotect(
    office: PlanningOffice, session: Session, tenant: str, person: str, case: str
) -> list[audit.Entry]:
    """When no ground stands of somebody any more: no application says it of the person, and where nobody who
    is tied to the person has one either, all that was hidden is seen again. What has been sent stays as it
    was. ``case`` is where the ground was. The entries are the caller's to log."""
    session.flush()
    own = {case} if person == case else set[str]()
    near, everybody = _near(session, tenant, own, {person} - own)
    if grounds.standing(session, tenant, {*everybody, *near}):
        with_them = own or set(_with(session, tenant, {person}))
        return [*_change(office, session, tenant, with_them, {person}, hidden=True, protected=False)]
    return [
        *_change(office, session, tenant, near, None, hidden=False, protected=False),
        *_join(office, session, tenant, everybody, protected=False),
    ]


def hidden_near(session: Session, tenant: str, case: str, people: Collection[str]) -> set[str]:
    """The hidden applications that are tied to a case by the people in it, and to some people, but for the
    case itself."""
    near, _ = _near(session, tenant, {case}, people)
    return {each for each, hidden in near.items() if hidden} - {case}


def keep_grounds(session: Session, tenant: str, hidden: Collection[str], now: datetime) -> list[str]:
    """When a case is deleted, of the applications that were ``hidden`` with it: those of which no ground is
    left get one that says so, by which two people may show them; which got one. Nothing is shown by itself.
    """
    session.flush()
    got, seen = list[str](), set[str]()
    for case in sorted(hidden):
        if case in seen:
            continue
        near, everybody = _near(session, tenant, {case}, ())
        seen |= near.keys()
        if not grounds.standing(session, tenant, {*everybody, *near}):
            asked = EndAsked(day=swedish_day(now), deleted=True)
            ground = Ground(source=SaidIn.DELETED_CASE, at=now, asked=asked)
            session.add(ground_row(tenant, case, case, ground))
            got.append(case)
    return got


def note_answers(
    office: PlanningOffice, session: Session, row: ApplicationRow, marks: Mapping[str, Mapping[str, bool]]
) -> list[audit.Entry]:
    """What registers have answered of the people of an application, by their ids there and by agency: whether
    anybody is marked. Whom one marks is protected from now on; of whom one no longer marks, and no other
    does, somebody is asked. The application itself is the caller's to hide. The entries are too."""
    content: ContentJson = json.loads(row.content)
    now, of_others, marked = office.clock(), set[str](), set[str]()
    for one in content["people"]:
        said = marks.get(one["id"], {})
        key = person_key(office, row, one.get("personal_number"))
        agencies = tuple(sorted(agency for agency, marks_one in said.items() if marks_one))
        stands = [
            (each, ground)
            for each in grounds.standing(session, row.tenant, [key], lock=True)
            if (ground := grounds.opened(each)).source is SaidIn.REGISTER
        ]
        if agencies and not stands:
            ground = Ground(source=SaidIn.REGISTER, at=now, agencies=agencies)
            session.add(ground_row(row.tenant, key, row.id, ground))
            marked.add(key)
        for each, ground in stands:
            new = _as_answered(ground, said, swedish_day(now))
            if new != ground:
                each.document = grounds.written(new)
                session.add(each)
                of_others |= {each.case_id} - {row.id}
    say(office, row, marked, protected=True)
    spread(office, session, row, marked)
    return [journal.vouched(case, now) for case in sorted(of_others)]


def _as_answered(ground: Ground, said: Mapping[str, bool], today: date) -> Ground:
    """A ground when agencies have answered whether they mark the person. Where one does, nobody is asked, and
    what somebody has proposed before that falls."""
    if any(said.values()):
        agencies = tuple(sorted({*ground.agencies, *(agency for agency, marks in said.items() if marks)}))
        return ground.model_copy(update={"agencies": agencies, "asked": None, "proposed": None})
    gone = [agency for agency in ground.agencies if agency in said]
    if gone and ground.asked is None and ground.proposed is None:
        return ground.model_copy(update={"asked": EndAsked(agency=gone[0], day=today)})
    return ground


def note_months(office: PlanningOffice, session: Session, tenant: str, person: str, case: str) -> None:
    """Note whom the months of a person name, those that wait for a second word too, when they have changed;
    whoever is tied so to somebody hidden is hidden. Call it while nobody can come into an application
    (``hold``), and log something of the case afterwards."""
    session.flush()
    named = {office.pseudonym(tenant, number) for number in _named(session, tenant, person)} - {person}
    its = col(NamedRow.tenant) == tenant, col(NamedRow.case_id) == case
    before = {each.person: each for each in session.exec(select(NamedRow).where(*its)).all()}
    after = {*named, person} if named else set[str]()
    for each in before.keys() - after:
        session.delete(before[each])
    if new := after - before.keys():
        session.add_all(NamedRow(tenant=tenant, case_id=case, person=each) for each in sorted(new))
        session.flush()
        if with_hidden(session, tenant, [person]):
            _hide_what_is_near(office, session, tenant, set(), {person}, ())


def _named(session: Session, tenant: str, person: str) -> Iterator[str]:
    """The personal numbers in a person's months."""
    taken, waits = HistoryRow, ProposedHistoryRow
    of_taken = session.exec(select(taken).where(taken.tenant == tenant, taken.person == person)).all()
    of_waiting = session.exec(select(waits).where(waits.tenant == tenant, waits.person == person)).all()
    said = [(row.imported_at, [json.loads(row.document)]) for row in of_taken]
    said += [(row.proposed_at, json.loads(row.document)["months"]) for row in of_waiting]
    for at, months in said:
        for month in months:
            for name in {*(month.get("people") or ()), *month.get("children_own_income", ())}:
                with suppress(MisfitError):  # who has no number is named by something else
                    yield full_number(name, swedish_day(at))


def _as_logged(office: LoggingOffice, session: Session, tenant: str, row: SQLModel) -> bool:
    try:
        vouched.require(office.keys, session, tenant, row)
    except RowError as error:
        _log.critical("row_not_as_logged", why=str(error))
        return False
    return True


class KnownOf(NamedTuple):
    """What is known of some people: whether one of them, or somebody tied to one by months from an earlier
    system, is in a hidden application or is protected; and whether one was said to have died."""

    hidden: bool
    dead: bool


def known_of(session: Session, tenant: str, people: Collection[str]) -> KnownOf:
    """What is known of some people. Ask while nobody else can write down another with one of them."""
    asked = {"its_tenant": tenant, "people": list(people)}
    hidden, takes_part, dead = session.connection().execute(_KNOWN_OF, asked).one()
    if hidden or not takes_part:
        return KnownOf(bool(hidden), bool(dead))
    try:
        return KnownOf(bool(hidden_among(session, tenant, people)), bool(dead))
    except RowError as error:  # whom nobody can read of may be protected
        _log.critical("row_not_as_logged", why=str(error))
        return KnownOf(True, bool(dead))


def with_hidden(session: Session, tenant: str, people: Collection[str]) -> bool:
    """Whether somebody among some people, or tied to one, is in a hidden application, or is protected."""
    return known_of(session, tenant, people).hidden


def hidden_people(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    """Those among some people, by their keyed hashes, that the session may not know of."""
    return hidden_among(session, tenant, people) if hides(session) else set()


def hidden_among(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    """Those among some people who stand in a hidden case, are protected, or are tied to one who is by months
    from an earlier system. Raises audit.errors.RowError."""
    connection, asked = session.connection(), {"its_tenant": tenant, "people": list(people)}
    # Past the session: in one that shows lists no hidden case is found.
    tied = [(start, other) for start, other in connection.execute(_TIED, asked)]
    asked["people"] = sorted({*people, *(other for _, other in tied)})
    hidden = set(connection.execute(_HIDDEN_AMONG, asked).scalars())
    row = ParticipantRow
    rows = session.exec(select(row).where(row.tenant == tenant, col(row.person).in_(asked["people"]))).all()
    hidden |= {each.person for each in rows if Participation.model_validate_json(each.document).protected}
    return (hidden & {*people}) | {start for start, other in tied if other in hidden}


def _asked_people(table: Any) -> tuple[Any, Any]:
    return (
        col(table.tenant) == bindparam("its_tenant"),
        col(table.person).in_(bindparam("people", expanding=True)),
    )


_PEOPLE = select(PartyRow.person).where(
    col(PartyRow.tenant) == bindparam("its_tenant"),
    col(PartyRow.application_id).in_(bindparam("cases", expanding=True)),
)
_WITH_PEOPLE = (
    select(ApplicationRow.id, ApplicationRow.protected)
    .join(PartyRow, same_case(PartyRow, ApplicationRow))
    .where(*_asked_people(PartyRow))
)
_PARTICIPANTS = (
    select(ParticipantRow)
    .where(*_asked_people(ParticipantRow))
    .order_by(col(ParticipantRow.person))
    .with_for_update()
)


def _tied() -> CTE:
    """Some people, each with everybody whom months from an earlier system name together with them, with one
    of those, and so on."""
    first: Any = select(col(NamedRow.person).label("start"), col(NamedRow.person).label("person"))
    found = first.where(*_asked_people(NamedRow)).cte("tied", recursive=True)
    one, other = aliased(NamedRow), aliased(NamedRow)
    further = (
        select(found.c.start, col(other.person))
        .join(one, (col(one.person) == found.c.person) & (col(one.tenant) == bindparam("its_tenant")))
        .join(other, (col(other.tenant) == col(one.tenant)) & (col(other.case_id) == unsought(one.case_id)))
    )
    closed: CTE = found.union(further)
    return closed


_CLOSE = _tied()
_TIED = select(_CLOSE.c.start, _CLOSE.c.person)
_IN_MONTHS_WITH = select(_CLOSE.c.person)
_IN_HIDDEN = (
    select(PartyRow.person)
    .join(ApplicationRow, same_case(PartyRow, ApplicationRow))
    .where(*_asked_people(PartyRow), col(ApplicationRow.protected).is_(True))
)
_GROUNDS_OF = select(ProtectionRow.person).where(
    *_asked_people(ProtectionRow), col(ProtectionRow.standing).is_(True)
)
_HIDDEN_AMONG = union(_IN_HIDDEN, _GROUNDS_OF)


def _any_of(table: Any, *wanted: Any) -> Any:
    """Whether a table has a row of one of some people, or of somebody who is tied to one."""
    tied = col(table.tenant) == bindparam("its_tenant"), col(table.person).in_(select(_CLOSE.c.person))
    return or_(exists().where(*_asked_people(table), *wanted), exists().where(*tied, *wanted))


_KNOWN_OF = select(
    or_(
        _any_of(PartyRow, same_case(PartyRow, ApplicationRow), col(ApplicationRow.protected)),
        _any_of(ProtectionRow, col(ProtectionRow.standing).is_(True)),
    ),
    _any_of(ParticipantRow),
    exists().where(*_asked_people(PartyRow), col(PartyRow.dead).is_(True)),
)


def require_hidden(row: ApplicationRow) -> None:
    """Raise RowError for an application whose people are protected and that is not hidden: somebody has made
    it so behind the service's back."""
    if row.protected or '"protected": true' not in row.content:
        return
    if any(person.get("protected") for person in json.loads(row.content)["people"]):
        raise RowError(_say("open_to_all", ärende=row.id))
