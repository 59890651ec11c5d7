"""Put together the case file of an application: what it says, what registers answered, what is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from decision_service.application.model import CaseFile, CostType, Income, IncomeType
from decision_service.casework.office import Office
from decision_service.money import as_kronor
from decision_service.registers import Answers
from decision_service.store.tables import OPEN, ActivityRow, ApplicationRow, DecisionRow, HistoryRow, PartyRow
from norms.month import Month
from rules.rule import Section

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
    """A case file as JSON, and the ids of the decisions about its people that it rests on."""

    case: Json
    decisions: frozenset[str]


def gather(office: Office, session: Session, row: ApplicationRow, registers: Json) -> Gathered:
    """Everything that is known of an application now: the case file (``arende/1``)."""
    content = json.loads(row.content)
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
        **as_received(row),
        "registers": registers,
        "activity": list(_activity(session, row.tenant, persons)),
        "history": [months[month] for month in sorted(months)],
        "history_complete": any(one.complete for one in imported),
        "running_case": any(
            other.month == row.month and other.state in OPEN and other.received_at <= row.received_at
            for other in others
        ),
    }
    return Gathered(case, frozenset(other.decision for other in others if other.decision is not None))


def as_received(row: ApplicationRow) -> Json:
    """The case file of an application that the machine never got to look at: what it says, and no more."""
    return {
        "schema": "arende/1",
        "municipality": row.tenant,
        "received_at": row.received_at.isoformat(),
        **json.loads(row.content),
    }


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


def with_ids_here(remembered: Json, people: list[Json]) -> Json:
    """A month as it is remembered, with the people of this case by their ids here."""
    ids: dict[str, str] = {identity(person): person["id"] for person in people}

    def named(who: str) -> str:
        return ids.get(who, f"tidigare-{hashlib.sha256(who.encode()).hexdigest()[:12]}")

    found = dict(remembered)
    if remembered.get("people") is not None:
        found["people"] = sorted(named(who) for who in remembered["people"])
    own = remembered.get("children_own_income") or {}
    found["children_own_income"] = {named(who): amount for who, amount in own.items()}
    return found


def identity(person: Json) -> str:
    """Who somebody is, in any case: the personal number, or else the role and what names them."""
    if number := person.get("personal_number"):
        return str(number)
    return "|".join(str(person.get(name)) for name in ("role", "born", "first_name"))


def remember(decision: Json, case: CaseFile, *, granted: int, evaluated: bool) -> Json:
    """What later months need to know of a decision: ``MonthDecided`` with people by their identity.

    What a person decided otherwise than the machine calculated says nothing of which costs were approved, and
    where the machine calculated nothing not even of whom: then the rules ask.
    """
    people = [person.model_dump(mode="json", by_alias=True) for person in case.people]
    who = {person["id"]: identity(person) for person in people}
    children = {person["id"] for person in people if person["role"] not in _ADULTS}
    costs, incomes, own = _counted(decision, case, children)
    result = decision["calculation"].get("result")
    if result is None or granted != max(0, -result):
        costs, result = {}, None
    form = case.application
    return {
        "month": decision["month"],
        "outcome": decision["outcome"],
        "amount": as_kronor(granted),
        "costs": {name: as_kronor(amount) for name, amount in costs.items()},
        "incomes": {name: as_kronor(amount) for name, amount in incomes.items()},
        "surplus": None if result is None else as_kronor(max(0, result)),
        "marital_status": form.marital_status.value if form.marital_status is not None else None,
        "people": sorted(who.values()) if evaluated else None,
        "housing_person_count": form.housing_person_count,
        "children_own_income": {who[child]: as_kronor(amount) for child, amount in own.items()},
    }


def _counted(
    document: Json, case: CaseFile, children: set[str]
) -> tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]:
    """What was approved of each sort of cost, and what each sort of income was, in öre: the incomes of the
    month before, which are those that a decision counts."""
    approved: dict[str, int] = {}
    for line in document["calculation"]["lines"]:
        subject = line.get("subject") or ""
        if line["kind"] in (Section.COST, Section.OTHER_COST) and subject.startswith("k"):
            cost = case.application.costs[int(subject[1:]) - 1]
            if cost.cost_type not in (None, CostType.OTHER):
                name = str(cost.cost_type)
                approved[name] = approved.get(name, 0) + line["amount"]
    incomes: dict[str, int] = {}
    own: dict[str, int] = {}
    before = Month.parse(document["month"]).plus(-1)
    for income in case.application.incomes:
        if income.income_type is None or income.amount is None or _of_month(income) != before:
            continue
        if income.recipient in children:
            own[str(income.recipient)] = own.get(str(income.recipient), 0) + income.amount
        else:
            name = IncomeType(income.income_type).value
            incomes[name] = incomes.get(name, 0) + income.amount
    return approved, incomes, own


def _of_month(income: Income) -> Month | None:
    """The month an income was paid, or None where the application does not say: then none was counted."""
    if income.income_date is not None:
        return Month.of(income.income_date)
    return Month.parse(income.month) if income.month is not None else None
