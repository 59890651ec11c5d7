"""Put together the case file of an application: what it says, what registers answered, what is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, String, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

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
from decision_service.reading.strict_json import Opaque
from decision_service.registers.port import Answers
from decision_service.store.same_case import of_asked_case, of_case, same_case
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

_ADULTS, _CHILD = ("APPLICANT", "CO_APPLICANT"), "CHILD"


def with_numbers(content: ContentJson, *roles: str) -> Iterator[tuple[str, str]]:
    """Id and personal number of each person who has one: of all, or of those with one of the roles."""
    for person in content["people"]:
        number = person.get("personal_number")
        if number and (not roles or person["role"] in roles):
            yield person["id"], number


def ask_registers(office: Office, row: ApplicationRow, content: ContentJson) -> dict[str, Answers]:
    """Every agency's answer by person. Takes as long as it takes: outside any transaction."""
    registers = office.registers[row.tenant]
    month = Month.parse(row.month)
    return {id_: registers.ask(number, month, row.id) for id_, number in with_numbers(content, *_ADULTS)}


@dataclass(frozen=True)
class Gathered:
    """A case file, the same written as JSON, and the ids of the decisions about its people that it rests
    on; ``persons`` are the people by their keyed hashes."""

    case: CaseJson
    text: str
    persons: tuple[str, ...]
    decisions: frozenset[str]


def gather(
    office: Office, session: Session, row: ApplicationRow, content: ContentJson, registers: dict[str, Opaque]
) -> Gathered:
    """Everything that is known of an application now: the case file (``arende/1``). ``content`` is what the
    application says, read from its row. Raises audit.errors.RowError where something that the case file rests
    on is not what the log vouches for."""
    everyone = {id_: office.pseudonym(row.tenant, number) for id_, number in with_numbers(content)}
    persons = {id_: everyone[id_] for id_, _ in with_numbers(content, *_ADULTS)}
    applicants = [one["id"] for one in content["people"] if one["role"] == "APPLICANT"]
    applicant = persons.get(applicants[0]) if applicants else None
    found = _others(session, row, list(everyone.values()))
    decided = [each.application for each in found if each.decision is not None]
    others = [each for each in found if each.adult and each.person in persons.values()]
    imported, plans = _imported(session, row.tenant, applicant), _plans(session, row.tenant, persons)
    beside = [*_decisions(session, row.tenant, decided), *imported, *plans.values()]
    reported = {person: json.loads(each.document) for person, each in plans.items()}
    month = Month.parse(row.month)
    planned = planned_activity(office, session, row.tenant, persons.values(), month, reported)
    here = require_logged(office, session, row)
    vouched.require(office.keys, session, row.tenant, *beside)
    months = {one.month: with_ids_here(json.loads(one.document), content["people"]) for one in imported}
    for other in others:
        if other.remembered is not None and (other.person == applicant or other.month == row.month):
            months[other.month] = with_ids_here(json.loads(other.remembered), content["people"])
    case: CaseJson = {
        "schema": "arende/1",
        "municipality": row.tenant,
        "received_at": row.received_at.isoformat(),
        "as_of": office.clock().isoformat(),
        **content,
        "registers": registers,
        "activity": list(_activity({**reported, **planned}, persons)),
        "history": [months[month] for month in sorted(months)],
        "history_complete": any(one.complete for one in imported),
        "running_case": any(
            other.month == row.month and other.state in OPEN and other.received_at <= row.received_at
            for other in others
        ),
        "shown": list(_shown(session, row)),
        "answers": answers.in_case_file(office, session, row, everyone, here),
        "others": list(_elsewhere(session, row, content, found)),
    }
    text = json.dumps(case, ensure_ascii=False)
    decisions = frozenset(other.decision for other in found if other.decision is not None)
    return Gathered(case, text, tuple(everyone.values()), decisions)


def decisions_about(session: Session, row: ApplicationRow, persons: Sequence[str]) -> frozenset[str]:
    """The ids of the other decisions about the people of an application: a case file rests on them all."""
    if not persons:
        return frozenset()
    session.flush()
    words = {"this": row.id, "here": row.tenant, "persons": list(persons)}
    found = dict(session.connection().execute(_DECISIONS_ABOUT, words).all())
    later = {each.application_id: each.id for each in corrections_of(session, row.tenant, found)}
    return frozenset({**found, **later}.values())


def _about() -> Select[str, str]:
    party, decision = PartyRow, DecisionRow
    return (
        columns(col(decision.application_id), col(decision.id))
        .select_from(party)
        .join(decision, same_case(decision, party))
        .where(
            col(party.tenant) == bindparam("here", type_=String()),
            col(party.person).in_(bindparam("persons", expanding=True)),
            col(party.application_id) != bindparam("this", type_=String()),
        )
    )


_DECISIONS_ABOUT = _about()


class _Other(NamedTuple):
    """Another application with one of the same people, and the decision on it where there is one."""

    application: str
    person: str
    adult: bool
    month: str
    state: str
    received_at: datetime
    decision: str | None
    outcome: str | None
    remembered: str | None


def _others(session: Session, row: ApplicationRow, persons: list[str]) -> list[_Other]:
    """The latest decision last."""
    if not persons:
        return []
    asked = of_case(row) | {"persons": persons}
    found = [_Other(*each) for each in session.connection().execute(_OTHERS, asked)]
    later = {
        each.application_id: each
        for each in corrections_of(session, row.tenant, {one.application for one in found})
    }
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
            col(other.id) != bindparam("its_case", type_=String()),
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


def _shown(session: Session, row: ApplicationRow) -> Iterator[Opaque]:
    """What the applicant has been told of in this case and has answered, or has had time to."""
    for told in session.exec(_TOLD, params=of_case(row)):
        yield from json.loads(told.shown or "[]")


_TOLD = (
    select(CompletionRow)
    .where(
        of_asked_case(CompletionRow),
        col(CompletionRow.shown).is_not(None),
        col(CompletionRow.closed_at).is_not(None),
    )
    .order_by(col(CompletionRow.number))
)


def _pays(outcome: str | None) -> bool:
    return outcome is not None and Outcome(outcome).pays


def _agreed(*days: int | None) -> int | None:
    """The days, where nothing else is said of them as well."""
    said = {each for each in days if each is not None}
    return said.pop() if len(said) == 1 else None


def _imported(session: Session, tenant: str, applicant: str | None) -> list[HistoryRow]:
    if applicant is None:
        return []
    return list(session.exec(_IMPORTED, params={"its_tenant": tenant, "person": applicant}))


_IMPORTED = select(HistoryRow).where(
    col(HistoryRow.tenant) == bindparam("its_tenant"), col(HistoryRow.person) == bindparam("person")
)


def _decisions(session: Session, tenant: str, applications: Sequence[str]) -> Sequence[DecisionRow]:
    if not applications:
        return []
    its = DecisionRow.tenant == tenant, col(DecisionRow.application_id).in_(applications)
    return session.exec(select(DecisionRow).where(*its)).all()


def _plans(session: Session, tenant: str, persons: Mapping[str, str]) -> dict[str, ActivityRow]:
    asked = {"its_tenant": tenant, "persons": list(persons.values())}
    return {row.person: row for row in session.exec(_PLANS, params=asked)} if persons else {}


_PLANS = select(ActivityRow).where(
    col(ActivityRow.tenant) == bindparam("its_tenant"),
    col(ActivityRow.person).in_(bindparam("persons", expanding=True)),
)


def _activity(known: Mapping[str, ActivityJson], persons: Mapping[str, str]) -> Iterator[ActivityOfJson]:
    for id_, person in persons.items():
        if person in known:
            yield {"person": id_, **known[person]}
