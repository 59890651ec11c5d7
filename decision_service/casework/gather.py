"""Put together the case file of an application: what it says, what registers answered, what is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from decision_service.casework.office import Office
from decision_service.casework.remembered import with_ids_here
from decision_service.registers.port import Answers
from decision_service.store.tables import OPEN, ActivityRow, ApplicationRow, DecisionRow, HistoryRow, PartyRow
from norms.month import Month

Json = dict[str, Any]
_ADULTS = ("APPLICANT", "CO_APPLICANT")


def adults_with_numbers(content: Json) -> Iterator[tuple[str, str]]:
    """Id and personal number of each adult that registers can be asked about."""
    for person in content["people"]:
        if person["role"] in _ADULTS and person.get("personal_number"):
            yield person["id"], person["personal_number"]


def ask_registers(office: Office, row: ApplicationRow, content: Json) -> dict[str, Answers]:
    """Every agency's answer by person. Takes as long as it takes: outside any transaction."""
    registers = office.registers[row.tenant]
    month = Month.parse(row.month)
    return {id_: registers.ask(number, month, row.id) for id_, number in adults_with_numbers(content)}


@dataclass(frozen=True)
class Gathered:
    """A case file, the same written as JSON, and the ids of the decisions about its people that it rests
    on."""

    case: Json
    text: str
    decisions: frozenset[str]


def gather(office: Office, session: Session, row: ApplicationRow, content: Json, registers: Json) -> Gathered:
    """Everything that is known of an application now: the case file (``arende/1``). ``content`` is what the
    application says, read from its row."""
    persons = {id_: office.pseudonym(row.tenant, number) for id_, number in adults_with_numbers(content)}
    applicants = [one["id"] for one in content["people"] if one["role"] == "APPLICANT"]
    applicant = persons.get(applicants[0]) if applicants else None
    others = _others(session, row, list(persons.values()))
    imported = _imported(session, row.tenant, applicant)
    months = {one.month: with_ids_here(json.loads(one.document), content["people"]) for one in imported}
    for other in others:
        if other.remembered is not None and (other.person == applicant or other.month == row.month):
            months[other.month] = with_ids_here(json.loads(other.remembered), content["people"])
    case = {
        "schema": "arende/1",
        "municipality": row.tenant,
        "received_at": row.received_at.isoformat(),
        **content,
        "registers": registers,
        "activity": list(_activity(session, row.tenant, persons)),
        "history": [months[month] for month in sorted(months)],
        "history_complete": any(one.complete for one in imported),
        "running_case": any(
            other.month == row.month and other.state in OPEN and other.received_at <= row.received_at
            for other in others
        ),
    }
    text = json.dumps(case, ensure_ascii=False)
    return Gathered(case, text, frozenset(other.decision for other in others if other.decision is not None))


def decisions_about(session: Session, row: ApplicationRow) -> frozenset[str]:
    """The ids of the other decisions about the adults of an application: a case file rests on them all."""
    session.flush()
    words = {"this": row.id, "here": row.tenant}
    return frozenset(row[0] for row in session.connection().execute(_DECISIONS_ABOUT, words))


def _about() -> Select[str]:
    own, other, decision = aliased(PartyRow), aliased(PartyRow), DecisionRow
    this = bindparam("this", type_=String())
    return (
        columns(col(decision.id))
        .select_from(own)
        .join(other, (col(other.person) == col(own.person)) & (col(other.tenant) == col(own.tenant)))
        .join(decision, col(decision.application_id) == col(other.application_id))
        .where(
            col(own.application_id) == this,
            col(other.application_id) != this,
            col(decision.tenant) == bindparam("here", type_=String()),
        )
    )


_DECISIONS_ABOUT = _about()


class _Other(NamedTuple):
    """Another application with one of the same adults, and the decision on it where there is one."""

    person: str
    month: str
    state: str
    received_at: datetime
    decision: str | None
    remembered: str | None


def _others(session: Session, row: ApplicationRow, persons: list[str]) -> list[_Other]:
    """The latest decision last."""
    if not persons:
        return []
    other, party, decision = ApplicationRow, PartyRow, DecisionRow
    query = (
        columns(
            col(party.person),
            col(other.month),
            col(other.state),
            col(other.received_at),
            col(decision.id),
            col(decision.remembered),
        )
        .select_from(party)
        .join(other, col(other.id) == col(party.application_id))
        .outerjoin(decision, col(decision.application_id) == col(other.id))
        .where(col(party.tenant) == row.tenant, col(party.person).in_(persons), col(other.id) != row.id)
        .order_by(col(decision.decided_at))
    )
    return [_Other(*found) for found in session.connection().execute(query)]


def _imported(session: Session, tenant: str, applicant: str | None) -> list[HistoryRow]:
    if applicant is None:
        return []
    query = select(HistoryRow).where(HistoryRow.tenant == tenant, HistoryRow.person == applicant)
    return list(session.exec(query).all())


def _activity(session: Session, tenant: str, persons: Mapping[str, str]) -> Iterator[Json]:
    query = select(ActivityRow).where(
        ActivityRow.tenant == tenant, col(ActivityRow.person).in_(list(persons.values()))
    )
    known = {row.person: row.document for row in session.exec(query).all()} if persons else {}
    for id_, person in persons.items():
        if person in known:
            yield {"person": id_, **json.loads(known[person])}
