"""How long the figures of a large municipality's year take, and those of one more day.

Run: python bench/follow_up.py [households, default 5000]. Each household has a decision a month, four of
five have a participant with two sessions a week, all marked: 60 000 decisions, 400 000 sessions, SQLite.
Targets: a year in 10 s of processor time, one more day in 1 s. Exit code 1 above one.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlmodel import SQLModel

sys.path.insert(0, str(Path(__file__).parents[1]))

import audit
from audit import tables as log_tables
from decision_service.follow_up.participants import quarter_counts
from decision_service.follow_up.report import MonthReport, report
from decision_service.log.journal import open_log
from decision_service.planning.attendance import AttendanceOfMonth, Marked, Marking, occasions
from decision_service.planning.participation import Participation
from decision_service.store.database import migrate, open_engine, reading
from decision_service.store.sealed import use_keys
from norms.month import Month
from tests.world.filled import Desk, Filler, decide
from tests.world.installation import installed
from tests.world.people import TENANT
from tests.world.planning import GROUP, PLAN, after, participant, taken

YEAR, DAY = 10.0, 1.0
"""Seconds of processor time."""
LAST = Month(2026, 9)
MONTHS = [LAST.plus(number) for number in range(-11, 1)]


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

    def figures() -> tuple[float, float, MonthReport]:
        with reading(engine) as session:
            at, by_the_clock = time.process_time(), time.perf_counter()
            for number in range(0, 12, 3):
                quarter_counts(desk, session, TENANT, MONTHS[number])
            found = report(desk, session, TENANT, LAST)
            return time.process_time() - at, time.perf_counter() - by_the_clock, found

    year, year_by_the_clock, first = figures()
    with engine.begin() as connection:
        filler = Filler(connection, keys, str(wrapping_key))
        for number in range(households // 20):
            decide(filler, households + number, LAST, LAST.last)
        remark(filler, desk, households * 4 // 5 // 3)
    desk.now += timedelta(days=1)
    day, day_by_the_clock, then = figures()
    assert first.sections != then.sections, "the new day is in the figures"
    for name, spent, waited, target in (
        ("a year", year, year_by_the_clock, YEAR),
        ("one more day", day, day_by_the_clock, DAY),
    ):
        slow = "  SLOW" if spent > target else ""
        print(
            f"{name:<15} {spent:>6.2f} s of processor time (target {target:.0f}), {waited:.2f} in all{slow}"
        )
    return int(year > YEAR or day > DAY)


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
