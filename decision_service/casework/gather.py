"""Put together the case file of an application: what it says, what registers answered, what is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, String, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col, select

from decision_service.application.kept import (
    ActivityJson,
    ActivityOfJson,
    CaseJson,
    ContentJson,
    ElsewhereJson,
)
from decision_service.application.outcome import Outcome
from decision_service.casework import answers
from decision_service.casework.chain import corrections_of
from decision_service.casework.office import Office
from decision_service.casework.remembered import with_ids_here
from decision_service.casework.rows import require_logged
from decision_service.log import vouched
from decision_service.planning.known import planned_activity
from decision_service.reading.kronor import without_decimals
from decision_service.reading.strict_json import Opaque
from decision_service.registers.port import Answers
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    OPEN,
    ActivityRow,
    ApplicationRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    HistoryRow,
    PartyRow,
)
from norms.month import Month

AT_A_TIME = 16
"""Questions to the registers of a municipality that one examination of several applications asks at once."""

_ADULTS, _CHILD = ("APPLICANT", "CO_APPLICANT"), "CHILD"


def with_numbers(content: ContentJson, *roles: str) -> Iterator[tuple[str, str]]:
    """Id and personal number of each person who has one: of all, or of those with one of the roles."""
    for person in content["people"]:
        number = person.get("personal_number")
        if number and (not roles or person["role"] in roles):
            yield person["id"], number


@dataclass(frozen=True)
class AskedApplication:
    """An application, what it says, read from its row, and what the registers answered of its people."""

    row: ApplicationRow
    content: ContentJson
    registers: Mapping[str, Answers]

    def agencies(self) -> dict[str, Opaque]:
        """What each agency said, by person."""
        return {person: without_decimals(dict(one.agencies)) for person, one in self.registers.items()}


def ask_registers(office: Office, rows: Sequence[ApplicationRow]) -> list[AskedApplication | Exception]:
    """What the registers say of the adults of each application, or what went wrong with its questions. All
    are asked at the same time, ``AT_A_TIME`` at most, outside any transaction: it takes as long as the
    slowest answer."""
    content: list[ContentJson] = [json.loads(row.content) for row in rows]
    adults = [[*with_numbers(each, *_ADULTS)] for each in content]

    def ask(row: ApplicationRow, number: str) -> Answers:
        return office.registers[row.tenant].ask(number, Month.parse(row.month), row.id)

    found = list[AskedApplication | Exception]()
    with ThreadPoolExecutor(AT_A_TIME, "ask") as pool:
        asked = [
            {id_: pool.submit(ask, row, number) for id_, number in its}
            for row, its in zip(rows, adults, strict=True)
        ]
        for row, each, answers_of in zip(rows, content, asked, strict=True):
            try:
                answered = {id_: one.result() for id_, one in answers_of.items()}
                found.append(AskedApplication(row, each, answered))
            except Exception as error:  # our own fault, of this one alone
                found.append(error)
    return found


@dataclass(frozen=True)
class Gathered:
    """A case file, the same written as JSON, and the ids of the decisions about its people that it rests
    on; ``persons`` are the people by their keyed hashes, ``has`` the tables with a row of the application."""

    asked: AskedApplication
    case: CaseJson
    text: str
    persons: tuple[str, ...]
    decisions: frozenset[str]
    has: frozenset[type[SQLModel]]


@dataclass(frozen=True)
class _People:
    """The people of an application, by their ids in it, as keyed hashes: all, and the adults."""

    everyone: Mapping[str, str]
    adults: Mapping[str, str]
    applicant: str | None

    @classmethod
    def of(cls, office: Office, tenant: str, content: ContentJson) -> _People:
        everyone = {id_: office.pseudonym(tenant, number) for id_, number in with_numbers(content)}
        adults = {id_: everyone[id_] for id_, _ in with_numbers(content, *_ADULTS)}
        applicants = [one["id"] for one in content["people"] if one["role"] == "APPLICANT"]
        return cls(everyone, adults, adults.get(applicants[0]) if applicants else None)


@dataclass(frozen=True)
class _Known:
    """What is known of the people of some applications of one municipality, all read at once: of other
    applications, of months and plans by person, of what stands of earlier answers, and what there is of the
    applications themselves."""

    others: Sequence[_Other]
    imported: Sequence[HistoryRow]
    reported: Mapping[str, ActivityJson]
    planned: Mapping[tuple[str, str], ActivityJson]
    standing: Sequence[answers.Standing]
    here: Sequence[SQLModel]


def gather(office: Office, session: Session, asked: Sequence[AskedApplication]) -> list[Gathered]:
    """Everything that is known of some applications of one municipality now: the case file (``arende/1``) of
    each. Raises audit.errors.RowError where something that a case file rests on is not what the log vouches
    for."""
    people = [_People.of(office, each.row.tenant, each.content) for each in asked]
    known = _known(office, session, [each.row for each in asked], people)
    return [_gathered(office, session, each, its, known) for each, its in zip(asked, people, strict=True)]


def _known(
    office: Office, session: Session, rows: Sequence[ApplicationRow], people: Sequence[_People]
) -> _Known:
    tenant = rows[0].tenant
    everyone = sorted({person for its in people for person in its.everyone.values()})
    adults = sorted({person for its in people for person in its.adults.values()})
    others = _others(session, tenant, everyone)
    decided = sorted({each.application for each in others if each.decision is not None})
    imported = _imported(session, tenant, sorted({its.applicant for its in people if its.applicant}))
    plans = _plans(session, tenant, adults)
    beside = [*_decisions(session, tenant, decided), *imported, *plans.values()]
    reported = {person: json.loads(each.document) for person, each in plans.items()}
    planned = {
        (month, person): told
        for month in {row.month for row in rows}
        for person, told in planned_activity(
            office, session, tenant, adults, Month.parse(month), reported
        ).items()
    }
    here = require_logged(office, session, *rows)
    vouched.require(office.keys, session, tenant, *beside)
    return _Known(
        others,
        imported,
        reported,
        planned,
        answers.standing_answers(session, tenant, everyone, max(row.month for row in rows)),
        here,
    )


def _gathered(
    office: Office, session: Session, asked: AskedApplication, people: _People, known: _Known
) -> Gathered:
    row, content, adults = asked.row, asked.content, people.adults
    found = [
        each
        for each in known.others
        if each.application != row.id and each.person in people.everyone.values()
    ]
    others = [each for each in found if each.adult and each.person in adults.values()]
    imported = [each for each in known.imported if each.person == people.applicant]
    here = [each for each in known.here if getattr(each, "application_id", None) == row.id]
    told = sorted((each for each in here if isinstance(each, CompletionRow)), key=lambda each: each.number)
    months = {one.month: with_ids_here(json.loads(one.document), content["people"]) for one in imported}
    for other in others:
        if other.remembered is not None and (other.person == people.applicant or other.month == row.month):
            months[other.month] = with_ids_here(json.loads(other.remembered), content["people"])
    planned = {person: told for (month, person), told in known.planned.items() if month == row.month}
    case: CaseJson = {
        "schema": "arende/1",
        "municipality": row.tenant,
        "received_at": row.received_at.isoformat(),
        "as_of": office.clock().isoformat(),
        **content,
        "registers": asked.agencies(),
        "activity": list(_activity({**known.reported, **planned}, adults)),
        "history": [months[month] for month in sorted(months)],
        "history_complete": any(one.complete for one in imported),
        "running_case": any(
            other.month == row.month and other.state in OPEN and other.received_at <= row.received_at
            for other in others
        ),
        "shown": list(_shown(told)),
        "answers": answers.in_case_file(office, session, row, people.everyone, here, known.standing),
        "others": list(_elsewhere(session, row, content, found)),
    }
    return Gathered(
        asked,
        case,
        json.dumps(case, ensure_ascii=False),
        tuple(people.everyone.values()),
        frozenset(other.decision for other in found if other.decision is not None),
        frozenset(map(type, here)),
    )


def require_the_same_decisions(session: Session, gathered: Sequence[Gathered]) -> None:
    """Raise OvertakenError where another decision about the people of an application has come, since its case
    file was put together: a case file rests on them all."""
    persons = sorted({person for each in gathered for person in each.persons})
    if not persons:
        return
    session.flush()
    tenant = gathered[0].asked.row.tenant
    asked = {"here": tenant, "persons": persons}
    about = session.connection().execute(_DECISIONS_ABOUT, asked).all()
    its = [
        {case: id_ for person, case, id_ in about if person in each.persons and case != each.asked.row.id}
        for each in gathered
    ]
    later = {each.application_id: each.id for each in corrections_of(session, tenant, set().union(*its))}
    for each, decided in zip(gathered, its, strict=True):
        if {later.get(case, id_) for case, id_ in decided.items()} != each.decisions:
            raise OvertakenError


class OvertakenError(Exception):
    """Somebody in a case has got another decision while the machine looked at it."""


def _about() -> Select[str, str, str]:
    party, decision = PartyRow, DecisionRow
    return (
        columns(col(party.person), col(decision.application_id), col(decision.id))
        .select_from(party)
        .join(decision, same_case(decision, party))
        .where(
            col(party.tenant) == bindparam("here", type_=String()),
            col(party.person).in_(bindparam("persons", expanding=True)),
        )
    )


_DECISIONS_ABOUT = _about()


class _Other(NamedTuple):
    """An application with one of some people, and the decision on it where there is one."""

    application: str
    person: str
    adult: bool
    month: str
    state: str
    received_at: datetime
    decision: str | None
    outcome: str | None
    remembered: str | None


def _others(session: Session, tenant: str, persons: Sequence[str]) -> list[_Other]:
    """The applications of some people, the latest decision last."""
    if not persons:
        return []
    asked = {"its_tenant": tenant, "persons": persons}
    found = [_Other(*each) for each in session.connection().execute(_OTHERS, asked)]
    decided = {one.application for one in found if one.decision is not None}
    later = {each.application_id: each for each in corrections_of(session, tenant, decided)}
    return [_corrected(each, later.get(each.application)) for each in found]


def _other_applications() -> Select[str, str, bool, str, str, datetime, str, str, str]:
    other, party, decision = ApplicationRow, PartyRow, DecisionRow
    return (
        columns(
            col(other.id),
            col(party.person),
            col(party.adult),
            col(other.month),
            col(other.state),
            col(other.received_at),
            col(decision.id),
            col(decision.outcome),
            col(decision.remembered),
        )
        .select_from(party)
        .join(other, same_case(party, other))
        .outerjoin(decision, same_case(decision, other))
        .where(
            col(party.tenant) == bindparam("its_tenant", type_=String()),
            col(party.person).in_(bindparam("persons", expanding=True)),
        )
        .order_by(col(decision.decided_at))
    )


_OTHERS = _other_applications()


def _corrected(other: _Other, by: CorrectionRow | None) -> _Other:
    """Another application with the decision that is in force."""
    if by is None:
        return other
    return other._replace(decision=by.id, outcome=by.outcome, remembered=by.remembered)


def _elsewhere(
    session: Session, row: ApplicationRow, content: ContentJson, others: list[_Other]
) -> Iterator[ElsewhereJson]:
    """What other applications of the month, open or granted, say of whoever is a child there or here. A visit
    takes nothing from where the child lives."""
    alive = {
        other.application: other.outcome is not None
        for other in others
        if other.month == row.month and (other.state in OPEN or _pays(other.outcome))
    }
    if not alive:
        return
    query = select(ApplicationRow).where(
        ApplicationRow.tenant == row.tenant, col(ApplicationRow.id).in_(list(alive))
    )
    here = {number: id_ for id_, number in with_numbers(content)}
    children = {id_ for id_, _ in with_numbers(content, _CHILD)}
    for other in session.exec(query.order_by(col(ApplicationRow.received_at), col(ApplicationRow.id))):
        there: ContentJson = json.loads(other.content)
        form = {each["partyId"]: each for each in there["application"]["children"]}
        for person in there["people"]:
            id_ = here.get(person.get("personal_number") or "")
            if id_ is not None and (
                person["role"] == _CHILD or (id_ in children and person["role"] in _ADULTS)
            ):
                told = form.get(person["id"])
                yield {
                    "person": id_,
                    "role": person["role"],
                    "granted": alive[other.id],
                    "residence": told.get("residenceExtent") if told is not None else None,
                    "days_in_home": _agreed(
                        told.get("daysInHome") if told is not None else None, person.get("days_in_home")
                    ),
                }


def _shown(told: Sequence[CompletionRow]) -> Iterator[Opaque]:
    """What the applicant has been told of in a case and has answered, or has had time to."""
    for each in told:
        if each.closed_at is not None:
            yield from json.loads(each.shown or "[]")


def _pays(outcome: str | None) -> bool:
    return outcome is not None and Outcome(outcome).pays


def _agreed(*days: int | None) -> int | None:
    """The days, where nothing else is said of them as well."""
    said = {each for each in days if each is not None}
    return said.pop() if len(said) == 1 else None


def _imported(session: Session, tenant: str, applicants: Sequence[str]) -> Sequence[HistoryRow]:
    asked = {"its_tenant": tenant, "persons": applicants}
    return session.exec(_IMPORTED, params=asked).all() if applicants else ()


_IMPORTED = select(HistoryRow).where(
    col(HistoryRow.tenant) == bindparam("its_tenant"),
    col(HistoryRow.person).in_(bindparam("persons", expanding=True)),
)


def _decisions(session: Session, tenant: str, applications: Sequence[str]) -> Sequence[DecisionRow]:
    if not applications:
        return []
    its = DecisionRow.tenant == tenant, col(DecisionRow.application_id).in_(applications)
    return session.exec(select(DecisionRow).where(*its)).all()


def _plans(session: Session, tenant: str, persons: Sequence[str]) -> dict[str, ActivityRow]:
    asked = {"its_tenant": tenant, "persons": persons}
    return {row.person: row for row in session.exec(_PLANS, params=asked)} if persons else {}


_PLANS = select(ActivityRow).where(
    col(ActivityRow.tenant) == bindparam("its_tenant"),
    col(ActivityRow.person).in_(bindparam("persons", expanding=True)),
)


def _activity(known: Mapping[str, ActivityJson], persons: Mapping[str, str]) -> Iterator[ActivityOfJson]:
    for id_, person in persons.items():
        if person in known:
            yield {"person": id_, **known[person]}
