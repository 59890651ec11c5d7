"""Rows of many decisions and participants put straight into the tables, each case under a key of its own: all
that the follow-up reads, without the work that it took to decide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

import audit
from audit import tables as log_tables
from audit import vault
from decision_service.installation.municipality import Municipality
from decision_service.reading.swedish_time import begin_of
from decision_service.store.sealed import envelope
from norms.month import Month
from tests.world.people import TENANT, personal_number

CAUSES = ("arbetslös_ingen_ersättning", "saknar_barnomsorg", "utan_försörjningshinder")
Row = dict[str, Any]


@dataclass
class Desk:
    """What the figures need of the service."""

    log: audit.Log
    keys: audit.KeyStore
    now: datetime
    of: Municipality

    def clock(self) -> datetime:
        return self.now

    def municipality(self, tenant: str) -> Municipality:
        return self.of

    def pseudonym(self, tenant: str, number: str) -> str:
        return number


@dataclass
class Filler:
    """Rows of many cases, each under a key of its own."""

    connection: Connection
    keys: audit.KeyStore
    wrapping_key: str

    def case(self, case: str) -> bytes:
        """A case's key."""
        key, wrapped = vault.new_wrapped(self.keys, TENANT, case, self.wrapping_key)
        row = {"tenant": TENANT, "case_id": case, "entries": 0}
        self.connection.execute(
            insert(log_tables.case).values(**row, wrapping_key=self.wrapping_key, wrapped=wrapped)
        )
        return key

    def put(self, table: str, key: bytes, case: str, clear: Row, **rest: Any) -> None:
        """A row, with what is sealed in it."""
        closed = {
            name: envelope(self.connection, key, TENANT, case, f"{table}.{name}", value)
            for name, value in clear.items()
        }
        self.connection.execute(
            insert(SQLModel.metadata.tables[table]).values(tenant=TENANT, **rest, **closed)
        )


def decide(filler: Filler, number: int, month: Month, day: date | None = None, **more: Any) -> str:
    """A household's application for a month, and its decision; ``more``: what else that says."""
    case, made = (
        f"{number:08x}{month.year:04}{month.number:02}",
        day or date(month.year, month.number, 1 + number % 28),
    )
    decided = begin_of(made) + timedelta(hours=12)
    received, person = decided - timedelta(days=number % 5), f"p{number}"
    key = filler.case(case)
    moments = dict.fromkeys(("deadline_at", "person_due_at", "content_at"), decided)
    filler.put(
        "application", key, case, {"content": "{}"}, id=case, case_number=case, month=str(month),
        state="beslutad", version=1, received_at=received, escalation=0, attempts=0, assessments=1,
        adapter="ansokan/1", client="b", protected=False, **moments,
    )  # fmt: skip
    filler.connection.execute(
        insert(SQLModel.metadata.tables["party"]).values(
            application_id=case, person=person, tenant=TENANT, adult=True
        )
    )
    remembered = {
        "causes": {personal_number(number % 5000): CAUSES[number % 3]},
        "people": ["a"] * (1 + number % 4),
    }
    clear = {
        "granted": more.pop("granted", 900_000 + number),
        "changes": "[]",
        "remembered": json.dumps(remembered),
    }
    said = {"outcome": "BIFALL", "automatic": number % 3 > 0, "fired": "", "asked": ""} | more
    filler.put(
        "decision", key, case, clear, application_id=case, id=f"d{case}", month=str(month),
        decided_at=decided, decided_by="lagrum", assessment=1, entry=1, **said,
    )  # fmt: skip
    return case
