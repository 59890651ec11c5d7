"""What the tables say of where cases stand, held against what there is: a case that somebody has put where
nobody looks, and a person who has been put in another's case or taken out of one's own.

No entry of the log says these things, for the machine changes them all the time; but each follows from
something that the log vouches for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Exists, exists, select
from sqlmodel import Session, col

from audit import Kind
from audit import tables as log_tables
from decision_service.casework.gather import with_numbers
from decision_service.casework.office import Office
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.store.database import reading
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    WITH_THE_APPLICANT,
    ApplicationRow,
    CompletionRow,
    DecisionRow,
    PartyRow,
    State,
    TaskRow,
)


def disagreements(office: Office, tenant: str) -> Iterator[str]:
    """What does not agree in a municipality's tables, in Swedish."""
    with reading(office.engine) as session:
        for wrong, said in _WRONG:
            query = select(col(ApplicationRow.id)).where(col(ApplicationRow.tenant) == tenant, wrong)
            for case in session.connection().scalars(query.order_by(col(ApplicationRow.id))):
                yield f"ärende {case}: {said}"
        yield from _of_people(office, session, tenant)


def _there(table: type[DecisionRow | TaskRow | CompletionRow], *more: ColumnElement[bool]) -> Exists:
    return exists().where(same_case(table, ApplicationRow), *more)


_entry, _state = log_tables.entry.c, col(ApplicationRow.state)
_asked = _there(CompletionRow, col(CompletionRow.closed_at).is_(None))
_ended = exists().where(
    _entry.tenant == col(ApplicationRow.tenant),
    _entry.case_id == col(ApplicationRow.id),
    _entry.type.in_([Kind.WITHDRAWN.value, Kind.WRITTEN_OFF.value]),
)
_never = col(ApplicationRow.next_run_at).is_(None)
_WRONG: tuple[tuple[ColumnElement[bool], str], ...] = (
    ((_state == State.DECIDED) & ~_there(DecisionRow), "sägs vara beslutat, men har inget beslut."),
    ((_state != State.DECIDED) & _there(DecisionRow), "har ett beslut, men sägs vara obeslutat."),
    ((_state == State.WITHDRAWN) & ~_ended, "sägs vara återkallat, men loggen vet inget om det."),
    (
        (_state == State.HANDLAGGARE) & ~_there(TaskRow),
        "sägs vara hos en handläggare, men är ingen uppgift.",
    ),
    (_state.in_(WITH_THE_APPLICANT) & ~_asked, "sägs vänta på sökanden, men inget är frågat."),
    (_state.in_(FOR_THE_MACHINE) & _never, "är maskinens, men ska aldrig prövas."),
)
"""Where a case cannot stand."""


def _of_people(office: Office, session: Session, tenant: str) -> Iterator[str]:
    """The persons that a case is found by must be those whom its application names."""
    party, row = PartyRow, ApplicationRow
    noted: dict[str, set[str]] = {}
    people = select(col(party.application_id), col(party.person)).where(col(party.tenant) == tenant)
    for case, person in session.connection().execute(people):
        noted.setdefault(case, set()).add(person)
    written = select(col(row.id), col(row.content)).where(col(row.tenant) == tenant)
    for case, said in session.connection().execute(written.execution_options(yield_per=500)):
        content, there = json.loads(said), noted.pop(case, set())
        named, adults = _named(office, tenant, content), _named(office, tenant, content, *ADULT_ROLES)
        if not adults <= there <= named:  # children of a case from an early version are not noted
            yield f"ärende {case}: hittas inte på de personer som ansökan nämner."
    for case in sorted(noted):
        yield f"ärende {case}: personer utan ansökan."


def _named(office: Office, tenant: str, content: Any, *roles: str) -> set[str]:
    return {office.pseudonym(tenant, number) for _, number in with_numbers(content, *roles)}
