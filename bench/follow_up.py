"""How long the figures of a large municipality's year take, and those of one more day.

Run: python bench/follow_up.py [households, default 5000]. Each household has a decision a month, four of
five have a participant with two sessions a week, all marked: 60 000 decisions, 400 000 sessions, SQLite.
Targets: a year in 10 s of processor time, one more day in 1 s. Exit code 1 above one.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import SQLModel

sys.path.insert(0, str(Path(__file__).parents[1]))

import audit
from audit import tables as log_tables
from audit import vault
from decision_service.follow_up.participants import quarter_counts
from decision_service.follow_up.report import Report, report
from decision_service.installation.municipality import Municipality
from decision_service.log.journal import open_log
from decision_service.planning.attendance import AttendanceOfMonth, Marked, Marking, occasions
from decision_service.planning.participation import Participation
from decision_service.reading.swedish_time import begin_of
from decision_service.store.database import migrate, open_engine, reading
from decision_service.store.sealed import envelope, use_keys
from norms.month import Month
from tests.world.installation import installed
from tests.world.people import TENANT, personal_number
from tests.world.planning import GROUP, PLAN, after, participant, taken

YEAR, DAY = 10.0, 1.0
"""Seconds of processor time."""
LAST = Month(2026, 9)
MONTHS = [LAST.plus(number) for number in range(-11, 1)]
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


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(measured(Path(folder), households))


def measured(folder: Path, households: int) -> int:
    engine, keys = open_engine(f"sqlite:///{folder}/lagrum.db"), audit.FileKeyStore(folder / "keys")
    migrate(engine)
    use_keys(engine, keys)
    log, calendar = open_log(keys), installed(folder).municipalities[TENANT]
    desk = Desk(log, keys, datetime(2026, 10, 1, 18, tzinfo=UTC), calendar)
    with engine.begin() as connection:
        log.create(connection, TENANT, "lagrum.example", datetime(2025, 1, 1, tzinfo=UTC))
        wrapping_key = connection.scalar(select(log_tables.head.c.wrapping_key))
        filler = Filler(connection, keys, str(wrapping_key))
        began = time.process_time()
        decisions = sum(
            1 for number in range(households) for month in MONTHS if decide(filler, number, month)
        )
        sessions = sum(attend(filler, desk, number) for number in range(households * 4 // 5))
    print(f"{decisions} decisions, {sessions} sessions stored in {time.process_time() - began:.0f} s\n")

    def figures() -> tuple[float, Report]:
        with reading(engine) as session:
            at = time.process_time()
            for number in range(0, 12, 3):
                quarter_counts(desk, session, TENANT, MONTHS[number])
            found = report(desk, session, TENANT, LAST)
            return time.process_time() - at, found

    year, first = figures()
    with engine.begin() as connection:
        filler = Filler(connection, keys, str(wrapping_key))
        for number in range(households // 20):
            decide(filler, households + number, LAST, LAST.last)
        remark(filler, desk, households * 4 // 5 // 3)
    desk.now += timedelta(days=1)
    day, then = figures()
    assert first.sections != then.sections, "the new day is in the figures"
    for name, spent, target in (("a year", year, YEAR), ("one more day", day, DAY)):
        print(
            f"{name:<15} {spent:>6.2f} s of processor time (target {target:.0f}){'  SLOW' * (spent > target)}"
        )
    return int(year > YEAR or day > DAY)


def decide(filler: Filler, number: int, month: Month, day: date | None = None) -> bool:
    """An application and its decision."""
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
    clear = {"granted": 900_000 + number, "changes": "[]", "remembered": json.dumps(remembered)}
    filler.put(
        "decision", key, case, clear, application_id=case, id=f"d{case}", month=str(month), outcome="BIFALL",
        automatic=number % 3 > 0, decided_at=decided, decided_by="lagrum", assessment=1, entry=1, fired="",
        asked="",
    )  # fmt: skip
    return True


def person_of(number: int) -> Participation:
    """A participant of the whole year, with a group twice a week."""
    begun = {"first": str(MONTHS[0].first), "decided": str(MONTHS[0].first)}
    plan = PLAN | begun | {"last": str(MONTHS[0].plus(1).last)}
    new = participant()
    enrolled = (new.enrolment.model_copy(update={"day": MONTHS[0].first}),)
    new = new.model_copy(update={"last_name": f"Ek {number}", "enrolments": enrolled})
    group = GROUP | {"first": str(MONTHS[0].first)}
    return after(new, plan, group, taken("grupp", str(MONTHS[0].first)))


_PERSON: list[Participation] = []


def attend(filler: Filler, desk: Desk, number: int) -> int:
    """A participant and their months. How many sessions."""
    person = _PERSON[0] if _PERSON else person_of(0)
    _PERSON[:] = [person]
    case, moment = f"person-{number:032x}", desk.now
    key = filler.case(case)
    filler.put(
        "participant", key, case, {"document": person.model_dump_json(by_alias=True)}, person=f"p{number}",
        case_id=case, version=1, changed_at=moment, changed_by="ask-1", responsible="ask-1", due=LAST.last,
    )  # fmt: skip
    sessions = 0
    for month, (content, count) in _months(desk, person).items():
        filler.put(
            "attendance", key, case, {"document": content}, case_id=case, month=month, changed_at=moment
        )
        sessions += count
    return sessions


_MONTHS: dict[str, tuple[str, int]] = {}


def _months(desk: Desk, person: Participation) -> dict[str, tuple[str, int]]:
    """The same for everybody: what differs is only who."""
    for month in () if _MONTHS else MONTHS:
        there = list(occasions(person, month.first, month.last, desk.of.calendar, {}))
        marks = tuple(
            Marked(day=each.day, activity="grupp", mark=Marking.PRESENT, by="ask-1", at=desk.now)
            for each in there
        )
        _MONTHS[str(month)] = AttendanceOfMonth(month=str(month), marks=marks).model_dump_json(), len(marks)
    return _MONTHS


def remark(filler: Filler, desk: Desk, number: int) -> None:
    """A third of the participants are marked once more."""
    table = SQLModel.metadata.tables["attendance"]
    own = (table.c.month == str(LAST), func.substr(table.c.case_id, 8) < f"{number:032x}")
    filler.connection.execute(update(table).where(*own).values(changed_at=desk.now + timedelta(hours=1)))


if __name__ == "__main__":
    main()
