"""Delete what is known of people when the rules of retention say so: from every table, the log's vault and
our own folders.

Case by case, each in a transaction of its own, and judged again in it. The service does it once a day, of
what has been due for some time: until then it is listed, and a person can stop it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, select
from sqlmodel import Session, SQLModel, col

import audit
from audit import Actor, deletion, trail
from audit import tables as log_tables
from audit.errors import RetentionError
from audit.replay import INPUTS
from audit.retention import RetentionAssessment, RetentionRules, RetentionVerdict
from decision_service.casework.gallring_rows import CaseInTables, birth_days, read_cases
from decision_service.log import journal, vouched
from decision_service.outputs.filedrop import FolderChannel
from decision_service.planning import grounds
from decision_service.planning.protection import hidden_near, keep_grounds
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.case_number import hold_numbers
from decision_service.store.database import reading, transaction
from decision_service.store.sealing import overwrite
from decision_service.store.tables import (
    ApplicationRow,
    MessageRow,
    OfferedActivityRow,
)

_say = said_in(__file__)

TOGETHER = 200
"""Cases that are looked at at a time."""
_DUE = (RetentionVerdict.DUE, RetentionVerdict.OVERDUE)


@dataclass(frozen=True)
class Judged:
    """A case of the log that is not deleted, and what the rules say of it. ``number`` is what people call it
    by, where it is an application. ``waits`` is why it stays although the rules would let it go."""

    case: str
    number: str | None
    assessment: RetentionAssessment
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
            found = session.connection().scalars(query).all()
            for at in range(0, len(found), TOGETHER):
                some = found[at : at + TOGETHER]
                yield from (each for each, _ in self._judge(session, tenant, some, now, lock=False))

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
            protects = {each.person for each in grounds.of_case(session, tenant, case)}
            row = ApplicationRow
            its = col(row.tenant) == tenant, col(row.id) == case, col(row.protected).is_(True)
            near = set[str]()
            if protects or connection.scalar(select(col(row.id)).where(*its)):
                hold_numbers(session, tenant, swedish_day(now).year)
                near = hidden_near(session, tenant, case, protects)
            ((judged, birth_days),) = self._judge(session, tenant, [case], now, lock=True)
            if judged.waits is not None:
                raise RetentionError(_say("may_not_go", ärende=case, skäl=judged.waits))
            others = grounds.handed_on(session, tenant, case) if protects else ()
            if others:
                entries = [journal.vouched(each, now) for each in others]
                vouched.append(self.log, session, tenant, entries)
            deletion.delete_case(self.log, connection, tenant, case, self.rules, birth_days, now, who)
            sent = connection.scalars(
                select(col(MessageRow.key)).where(
                    col(MessageRow.tenant) == tenant, col(MessageRow.application_id) == case
                )
            ).all()
            for table, column in tables_of_cases():
                connection.execute(delete(table).where(table.c.tenant == tenant, table.c[column] == case))
            if left := keep_grounds(session, tenant, near, now):
                entries = [journal.vouched(each, now) for each in left]
                vouched.append(self.log, session, tenant, entries)
            # Last of all: were the commit to fail, the messages would still say which files there are.
            for folder in self.folders.get(tenant, ()):
                for key in sent:
                    folder.forget(key)
            return judged

    def _judge(
        self, session: Session, tenant: str, cases: Sequence[str], now: datetime, *, lock: bool
    ) -> list[tuple[Judged, Collection[int] | None]]:
        """Each of some cases, and the days on which its people were born."""
        connection = session.connection()
        rows = read_cases(session, tenant, cases, lock=lock)
        born = {
            case: its.birth_days() if its else _in_vault(connection, self.keys, tenant, case)
            for case, its in rows.items()
        }
        judged = deletion.assess_cases(connection, tenant, self.rules, born, now)
        return [
            (Judged(case, its.number, judged[case], self._waits(its, judged[case], now)), born[case])
            for case, its in rows.items()
        ]

    def _waits(self, its: CaseInTables, assessment: RetentionAssessment, now: datetime) -> str | None:
        return its.waits(swedish_day(now)) if assessment.verdict in _DUE else None

    def overwrite(self) -> None:
        """Leave nothing of the rows in the database's own files. Without this no more is left there than what
        no key opens. Raises RetentionError where others hold on to the files."""
        names = [table.name for table, _ in tables_of_cases()]
        if overwrite(self.engine, [*names, log_tables.vault.name, log_tables.case.name]):
            raise RetentionError(_say("still_in_file"))


def tables_of_cases() -> Iterator[tuple[Table, str]]:
    """Every table that holds something of a case, with the column that says which, in the order in which rows
    may be removed."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        for column in ("application_id", "case_id"):
            if column in table.c:
                yield table, column
        if table.name in (ApplicationRow.__tablename__, OfferedActivityRow.__tablename__):
            yield table, "id"


def _in_vault(connection: Connection, keys: audit.KeyStore, tenant: str, case: str) -> set[int] | None:
    """The same of a case that stands in the log alone, as the command line decides one."""
    entries = trail.read_case(connection, keys, tenant, case)
    inputs: list[Any] = [one.personal[INPUTS] for one in entries if INPUTS in one.personal]
    return birth_days(inputs[-1]["people"]) if inputs else None
