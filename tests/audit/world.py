"""A small municipality to test on: a log, a clock that the test moves, one decided case.

The wing's own: the log knows nothing of the service, and its tests go wherever it goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from audit import Actor, ActorKind, Appended, Entry, EntryKind, FileKeyStore, Log, document, tables
from audit.bundle import fingerprints
from audit.canonical import Json
from tests.world.database import unbound

START = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
MACHINE = Actor(ActorKind.SYSTEM, "lagrum")
WORKER = Actor(ActorKind.PERSON, "h-17")
APPLICANT = Actor(ActorKind.APPLICANT, "p1")
SOFTWARE = "lagrum 0.1.0"
RELEASE = "rel-1"
FILES = {"rules/norm.yaml": "regelsamling: norm\n", "tables/2026.yaml": "år: 2026\n"}

ASSESSMENT: dict[str, Any] = {
    "outcome": "BIFALL",
    "proposed_outcome": None,
    "automatic": True,
    "month": "2026-11",
    "municipality": "1287",
    "release": RELEASE,
    "calculation": {
        "norm": 398000,
        "costs": 540000,
        "other_costs": 0,
        "income": 100050,
        "result": -837950,
        "granted": 837950,
        "lines": [
            {
                "kind": "normpost",
                "rule": "riksnorm.vuxen",
                "provision": ["SoL 12 kap. 7 §"],
                "subject": "p1",
                "applied": None,
                "amount": 398000,
                "text": "Personliga kostnader för Alva:",
            }
        ],
    },
    "rules": [
        {
            "id": "riksnorm.vuxen",
            "provision": ["SoL 12 kap. 7 §", "SocF 12 kap. 2 §"],
            "state": "fired",
            "subject": "p1",
            "facts": {"vuxen.ålder": 38, "vuxen.sambo": False},
        },
        {
            "id": "jobbstimulans",
            "provision": ["SoL 12 kap. 8 §"],
            "state": "not_fired",
            "subject": "p1",
            "facts": {"vuxen.månader_i_rad": 3, "lön": None},
        },
        {
            "id": "jobbstimulans",
            "provision": ["SoL 12 kap. 8 §"],
            "state": "not_fired",
            "subject": "p2",
            "facts": {"vuxen.månader_i_rad": 0},
        },
    ],
    "reasons": [],
    "engines": {"agree": True, "fired": ["riksnorm.vuxen@p1"]},
    "unconfirmed": [],
    "receipt": "5f" * 32,
}
CASE_FILE: dict[str, Any] = {
    "schema": "arende/1",
    "people": [{"id": "p1", "born": "1988-02-09", "first_name": "Alva"}],
    "application": {"rent": "5400", "salary": "1000.50"},
}


@dataclass
class World:
    """Logs in ``engine`` with keys in ``folder``; ``now`` moves a second with every entry."""

    engine: Engine
    folder: Path
    now: datetime = START
    public: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = FileKeyStore(self.folder / "keys")
        self.log = Log(self.keys, SOFTWARE)

    def create(self, *tenants: str) -> None:
        with self.engine.begin() as connection:
            for tenant in tenants:
                self.public[tenant] = self.log.create(connection, tenant, "lagrum.example", self.now)

    def entry(self, kind: EntryKind = EntryKind.FACTS, case: str | None = "c-1", **given: Any) -> Entry:
        self.now += timedelta(seconds=1)
        return Entry(
            **{
                "kind": kind,
                "time": self.now,
                "actor": WORKER
                if kind in (EntryKind.ACCESS, EntryKind.HUMAN_ACTION, EntryKind.OVERRIDE)
                else MACHINE,
                "purpose": "prov",
                "case": case,
                **given,
            }
        )

    def append(self, tenant: str = "1287", kind: EntryKind = EntryKind.FACTS, **given: Any) -> Appended:
        with self.engine.begin() as connection:
            return self.log.append(connection, tenant, self.entry(kind, **given))

    def publish(self, tenant: str = "1287") -> None:
        """Publish the rule release."""
        body: dict[str, Json] = {"release": RELEASE, "files": fingerprints(FILES)}
        self.append(tenant, EntryKind.RELEASE_PUBLISHED, case=None, purpose="ny regelversion", body=body)

    def decide(self, tenant: str = "1287", case: str = "c-1") -> Appended:
        """A case from application to assessment; returns where the assessment landed."""
        self.append(
            tenant,
            EntryKind.APPLICATION_RECEIVED,
            case=case,
            actor=APPLICANT,
            purpose="ansökan om försörjningsstöd",
            body={"form": "ansökan/3"},
            personal={"form_sha256": "c0" * 32, "rent": "5400"},
        )
        self.append(
            tenant,
            EntryKind.FACTS,
            case=case,
            purpose="uppgifter från register",
            body={"source": "ssbtek", "answers": 7},
            personal={"first_name": "Alva", "salary": "1000.50"},
        )
        body, personal = document.split(document.ASSESSMENT, ASSESSMENT)
        return self.append(
            tenant,
            EntryKind.ASSESSMENT,
            case=case,
            purpose="prövning av ansökan",
            release=RELEASE,
            body={"number": 1, **body},
            personal={**personal, "inputs": CASE_FILE},
        )

    def checkpoint(self, tenant: str = "1287") -> str:
        return self.log.checkpoint(self.engine, tenant)

    def let_the_keys_forget(self, tenant: str = "1287") -> None:
        """As whoever has the key folder too would do: what was signed last is not known any more."""
        (self.folder / "keys" / tenant / "newest.note").unlink()


def unguard(connection: Connection) -> None:
    """What an operator with all rights can do: switch the database's own guards off, and on again after."""
    unbound(connection)
    if connection.dialect.name == "postgresql":
        return
    event.listen(connection, "commit", _guarded_again, once=True)
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def _guarded_again(connection: Connection) -> None:
    for table in tables.PROTECTED:
        for statement in tables.guards(table.name, "sqlite"):
            connection.execute(text(statement))
