"""Protection follows people: whoever may not see a protected person's case sees none with one of its people.

Such a case knows of the other: of its payment for the month, of the child that is in both, of the months
before. So it is hidden like it, and nothing that a hidden case does to another can be seen from outside.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import bindparam, literal
from sqlmodel import Session, col, select

import audit
from audit.errors import RowError
from decision_service.casework.office import Office
from decision_service.log import journal, vouched
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, PartyRow


def spread(office: Office, session: Session, row: ApplicationRow) -> None:
    """Hide an application that has somebody in common with a hidden one; when it is hidden, hide those that
    have somebody in common with it, and so on, each with an entry that says so. Call it when its people are
    noted."""
    session.flush()
    near = _sharing(session, row.tenant, {row.id})
    if not row.protected and any(near.values()):
        row.protected = True
        session.add(row)
    reached = {each for each, hidden in near.items() if not hidden} if row.protected else set[str]()
    hidden = set[str]()
    while reached:
        hidden |= reached
        near = _sharing(session, row.tenant, reached)
        reached = {each for each, already in near.items() if not already} - hidden - {row.id}
    if hidden:
        _hide(office, session, row.tenant, hidden)


def _hide(office: Office, session: Session, tenant: str, applications: Collection[str]) -> None:
    """Hide applications. The log vouches for it without a word: what hides one is nobody's to read."""
    its = ApplicationRow.tenant == tenant, col(ApplicationRow.id).in_(sorted(applications))
    query = select(ApplicationRow).where(*its).order_by(col(ApplicationRow.id)).with_for_update()
    entries = list[audit.Entry]()
    for each in session.exec(query, execution_options={"populate_existing": True}).all():
        each.protected = True
        session.add(each)
        entries.append(journal.vouched(each.id, office.clock()))
    vouched.append(office.log, session, tenant, entries)


def with_hidden(session: Session, tenant: str, people: Collection[str]) -> bool:
    """Whether somebody among some people is in a hidden application. Ask while nobody else can write down
    another with one of them."""
    asked = {"its_tenant": tenant, "people": list(people)}
    return session.connection().execute(_HIDDEN_WITH, asked).first() is not None


def _sharing(session: Session, tenant: str, applications: Collection[str]) -> dict[str, bool]:
    """The other applications that have somebody in common with some, and whether they are hidden."""
    asked = {"its_tenant": tenant, "cases": sorted(applications)}
    found = session.exec(_WITH_THE_SAME_PEOPLE, params=asked)
    return {each: hidden for each, hidden in found if each not in applications}


_PEOPLE = select(PartyRow.person).where(
    col(PartyRow.tenant) == bindparam("its_tenant"),
    col(PartyRow.application_id).in_(bindparam("cases", expanding=True)),
)
_WITH_THE_SAME_PEOPLE = (
    select(ApplicationRow.id, ApplicationRow.protected)
    .join(PartyRow, same_case(PartyRow, ApplicationRow))
    .where(col(PartyRow.tenant) == bindparam("its_tenant"), col(PartyRow.person).in_(_PEOPLE))
)
_HIDDEN_WITH = (
    select(literal(1))
    .where(
        col(PartyRow.tenant) == bindparam("its_tenant"),
        col(PartyRow.person).in_(bindparam("people", expanding=True)),
        same_case(PartyRow, ApplicationRow),
        col(ApplicationRow.protected),
    )
    .limit(1)
)


def require_hidden(row: ApplicationRow) -> None:
    """Raise RowError for an application whose people are protected and that is not hidden: somebody has made
    it so behind the service's back."""
    if row.protected or '"protected": true' not in row.content:
        return
    if any(person.get("protected") for person in json.loads(row.content)["people"]):
        raise RowError(
            f"Ärende {row.id} har någon med skyddade uppgifter och är ändå öppet för alla. "
            "Använd det inte; kör lagrum audit verify och utred."
        )
