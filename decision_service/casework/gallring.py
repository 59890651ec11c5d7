"""Delete what is known of people when the rules of retention say so: from every table, the log's vault and
our own folders.

Case by case, each in a transaction of its own, and judged again in it. The service does it once a day, of
what has been due for some time: until then it is listed, and a person can stop it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, exists, select
from sqlmodel import Session, SQLModel, col

import audit
from audit import Actor, deletion, trail
from audit import tables as log_tables
from audit.errors import RetentionError
from audit.replay import INPUTS
from audit.retention import Assessment, RetentionRules, Verdict
from decision_service.application.fields import birthday_of
from decision_service.application.kept import PersonJson
from decision_service.outputs.filedrop import FolderChannel
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading, transaction
from decision_service.store.persons import BESIDE
from decision_service.store.sealing import overwrite
from decision_service.store.tables import (
    AppealRow,
    ApplicationRow,
    ClaimRow,
    MessageRow,
    OfferedActivityRow,
    PartyRow,
    ProposedCorrectionRow,
    State,
)

_FINAL = (State.DECIDED, State.WITHDRAWN)
_DUE = (Verdict.DUE, Verdict.OVERDUE)


@dataclass(frozen=True)
class Judged:
    """A case of the log that is not deleted, and what the rules say of it. ``number`` is what people call it
    by, where it is an application. ``waits`` is why it stays although the rules would let it go."""

    case: str
    number: str | None
    assessment: Assessment
    waits: str | None = None

    @property
    def goes(self) -> bool:
        """Whether it is deleted now."""
        return self.assessment.verdict in _DUE and self.waits is None

    @property
    def text(self) -> str:
        """Why it goes or stays, with the provision."""
        return self.waits or f"{self.assessment.text} {self.assessment.lagrum}".rstrip()


@dataclass(frozen=True)
class Gallring:
    """What it takes to delete. ``folders`` are those that a municipality's messages are put in."""

    engine: Engine
    log: audit.Log
    keys: audit.KeyStore
    folders: Mapping[str, Sequence[FolderChannel]]
    rules: RetentionRules

    def preview(self, tenant: str, now: datetime, *, old: bool = False) -> Iterator[Judged]:
        """Every case of a municipality that is not deleted, the oldest first, and whether it would be now;
        ``old``: only those that began long enough ago. Names nobody, and changes nothing."""
        case, entry = log_tables.case.c, log_tables.entry.c
        first = (
            select(entry.seq)
            .where(entry.tenant == case.tenant, entry.case_id == case.case_id)
            .order_by(entry.seq)
            .limit(1)
            .scalar_subquery()
        )
        query = select(case.case_id).where(case.tenant == tenant, case.deleted_seq.is_(None)).order_by(first)
        with reading(self.engine) as session:
            if old:
                begun = trail.size_at(session.connection(), tenant, self.rules.begun_before(now))
                query = query.where(first < begun)
            for found in session.connection().scalars(query).all():
                yield self._judge(session, tenant, found, now, lock=False)[0]

    def sweep(
        self, tenant: str, now: datetime, who: Actor, *, announced: timedelta = timedelta()
    ) -> list[Judged]:
        """Delete every case whose time has come, and give them. What is known of a person beside the
        applications goes when no application with the person is left. ``announced``: so long a case must
        have been due, and listed.

        Raises OSError where a file cannot be removed; what was deleted before that stays deleted.
        """
        gone: list[Judged] = []
        while due := [each.case for each in self.preview(tenant, now - announced, old=True) if each.goes]:
            gone += [self.delete(tenant, case, now, who) for case in due]
        return gone

    def delete(self, tenant: str, case: str, now: datetime, who: Actor) -> Judged:
        """Delete one case. Raises RetentionError, with nothing done, unless its time has come; OSError."""
        with transaction(self.engine) as session:
            connection = session.connection()
            judged, birth_days = self._judge(session, tenant, case, now, lock=True)
            if judged.waits is not None:
                raise RetentionError(f"Ärende {case} får inte gallras: {judged.waits}")
            deletion.delete_case(self.log, connection, tenant, case, self.rules, birth_days, now, who)
            sent = connection.scalars(
                select(col(MessageRow.key)).where(
                    col(MessageRow.tenant) == tenant, col(MessageRow.application_id) == case
                )
            ).all()
            for table, column in tables_of_cases():
                connection.execute(delete(table).where(table.c.tenant == tenant, table.c[column] == case))
            # Last of all: were the commit to fail, the messages would still say which files there are.
            for folder in self.folders.get(tenant, ()):
                for key in sent:
                    folder.forget(key)
            return judged

    def _judge(
        self, session: Session, tenant: str, case: str, now: datetime, *, lock: bool
    ) -> tuple[Judged, Collection[int] | None]:
        connection = session.connection()
        rows = _Rows(session, tenant, case, lock=lock)
        birth_days = rows.birth_days() if rows else _in_vault(connection, self.keys, tenant, case)
        found = deletion.assess_case(connection, tenant, case, self.rules, birth_days, now)
        waits = rows.waits(swedish_day(now)) if found.verdict in _DUE else None
        return Judged(case, rows.number, found, waits), birth_days

    def overwrite(self) -> None:
        """Leave nothing of the rows in the database's own files. Without this no more is left there than what
        no key opens. Raises RetentionError where others hold on to the files."""
        names = [table.name for table, _ in tables_of_cases()]
        if overwrite(self.engine, [*names, log_tables.vault.name, log_tables.case.name]):
            raise RetentionError(
                "Allt som skulle gallras är borta ur tabellerna, men inte ur databasens fil, som andra "
                "använder. Stoppa tjänsten och kör kommandot igen."
            )


def tables_of_cases() -> Iterator[tuple[Table, str]]:
    """Every table that holds something of a case, with the column that says which, in the order in which rows
    may be removed."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        for column in ("application_id", "case_id"):
            if column in table.c:
                yield table, column
        if table.name in (ApplicationRow.__tablename__, OfferedActivityRow.__tablename__):
            yield table, "id"


_GOING_ON: tuple[tuple[Any, Any, str], ...] = (
    (
        MessageRow,
        col(MessageRow.next_attempt_at).is_not(None),
        "Ett meddelande om ärendet har inte gått fram och försöks igen. Se till att det går fram.",
    ),
    (AppealRow, col(AppealRow.ended_at).is_(None), "Ett överklagande är inte avslutat."),
    (
        ProposedCorrectionRow,
        col(ProposedCorrectionRow.state) == "waiting",
        "En ändring av beslutet väntar på en andra person.",
    ),
    (ClaimRow, col(ClaimRow.state) == "open", "Det är inte avgjort om det som betalats för mycket krävs."),
)
"""What keeps a case whatever its age, and what is said of it."""


class _Rows:
    """What the tables have of a case: an application, what is known of a person beside them, or an activity
    that is offered to a group."""

    def __init__(self, session: Session, tenant: str, case: str, *, lock: bool) -> None:
        self._session, self._tenant, self._case, self._lock = session, tenant, case, lock
        self._application = self._one(ApplicationRow, col(ApplicationRow.id))
        beside = (self._one(table, col(table.case_id)) for table in BESIDE)
        self._person = next((each for each in beside if each is not None), None)
        of_people = self._application is not None or self._person is not None
        self._activity = None if of_people else self._one(OfferedActivityRow, col(OfferedActivityRow.id))

    def __bool__(self) -> bool:
        return any(each is not None for each in (self._application, self._person, self._activity))

    @property
    def number(self) -> str | None:
        return self._application.case_number if self._application is not None else None

    def birth_days(self) -> set[int] | None:
        """The days of the month on which the people of the case were born, none where it is about nobody;
        None where one is not known."""
        if self._activity is not None:
            return set()
        if self._application is not None:
            return birth_days(json.loads(self._application.content)["people"])
        day = self._person.born_day if self._person is not None else None
        return {day} if day is not None else None

    def waits(self, today: date) -> str | None:
        """Why the case stays, whatever the rules say of its age."""
        application, person, activity = self._application, self._person, self._activity
        if activity is not None and (activity.last is None or activity.last >= today):
            return "Aktiviteten har inte tagit slut. Ge den en sista dag först."
        if application is not None and application.state not in _FINAL:
            return "Ansökan är inte avslutad. Besluta eller avsluta den först."
        for table, going_on, why in _GOING_ON if application is not None else ():
            if self._there(table.tenant == self._tenant, table.application_id == self._case, going_on):
                return why
        if person is not None and self._there(
            col(PartyRow.tenant) == self._tenant, col(PartyRow.person) == person.person
        ):
            return "Personen har en ansökan som inte är gallrad."
        return None

    def _one(self, table: Any, column: Any) -> Any:
        query = select(table).where(column == self._case, col(table.tenant) == self._tenant)
        return self._session.scalars(query.with_for_update() if self._lock else query).first()

    def _there(self, *conditions: Any) -> bool:
        return bool(self._session.scalar(select(exists().where(*conditions))))


def birth_days(people: Sequence[PersonJson]) -> set[int] | None:
    """The days of the month on which people were born; None where one of them is not known."""
    days = set()
    for person in people:
        if number := person.get("personal_number"):
            days.add(birthday_of(number).day)
        elif born := person.get("born"):
            days.add(date.fromisoformat(born).day)
        else:
            return None
    return days


def _in_vault(connection: Connection, keys: audit.KeyStore, tenant: str, case: str) -> set[int] | None:
    """The same of a case that stands in the log alone, as the command line decides one."""
    entries = trail.read_case(connection, keys, tenant, case)
    inputs: list[Any] = [one.personal[INPUTS] for one in entries if INPUTS in one.personal]
    return birth_days(inputs[-1]["people"]) if inputs else None
