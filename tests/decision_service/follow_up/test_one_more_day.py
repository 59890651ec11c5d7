"""What is remembered from day to day changes no figure, and nothing is told of a month before it is over."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, delete, select
from sqlmodel import SQLModel

import audit
from audit import tables as log_tables
from decision_service.follow_up import reckoned
from decision_service.follow_up.month import figures, newest_month
from decision_service.follow_up.reckoned import ReckonedResults
from decision_service.follow_up.report import MonthReport, report
from decision_service.log.journal import open_log
from decision_service.reading.swedish_time import begin_of
from decision_service.store.database import open_engine, reading
from decision_service.store.sealed import use_keys
from norms.month import Month
from tests.world.database import done_with, new_database
from tests.world.filled import Desk, Filler, decide
from tests.world.installation import installed
from tests.world.people import TENANT

BEGIN = date(2026, 6, 22)
DAYS = 45


@dataclass
class Kept:
    """A database that fills day by day, and its address."""

    engine: Engine
    address: str
    keys: audit.KeyStore
    desk: Desk
    wrapping_key: str

    def at(self, day: date) -> datetime:
        """The evening of a day."""
        self.desk.now = begin_of(day) + timedelta(hours=20)
        return self.desk.now

    def filler(self, connection: object) -> Filler:
        return Filler(connection, self.keys, self.wrapping_key)  # type: ignore[arg-type]

    def told(self, engine: Engine, month: Month) -> MonthReport:
        with reading(engine) as session:
            return report(self.desk, session, TENANT, month)

    def from_nothing(self, month: Month) -> MonthReport:
        """The report as a process that has just started gives it."""
        engine = open_engine(self.address)
        use_keys(engine, self.keys)
        try:
            return self.told(engine, month)
        finally:
            done_with(engine)


@pytest.fixture
def kept(sqlite_tables: URL, tmp_path: Path) -> Iterator[Kept]:
    with new_database(None, tmp_path, sqlite_tables) as url:
        address = url.render_as_string(hide_password=False)
    engine, keys = open_engine(address), audit.FileKeyStore(tmp_path / "keys")
    use_keys(engine, keys)
    log, calendar = open_log(keys), installed(tmp_path).municipalities[TENANT]
    with engine.begin() as connection:
        log.create(connection, TENANT, "lagrum.example", datetime(2025, 1, 1, tzinfo=UTC))
        wrapping_key = str(connection.scalar(select(log_tables.head.c.wrapping_key)))
    desk = Desk(log, keys, begin_of(BEGIN), calendar)
    yield Kept(engine, address, keys, desk, wrapping_key)
    done_with(engine)


OUTCOMES = ("BIFALL", "BIFALL", "DELAVSLAG", "AVSLAG")


def live(kept: Kept, chance: random.Random, day: date, made: set[tuple[int, Month]]) -> None:
    """A day: some decisions for the months around it, of households without one; now and then an old one
    goes."""
    decision = SQLModel.metadata.tables["decision"]
    with kept.engine.begin() as connection:
        filler = kept.filler(connection)
        for _ in range(chance.randrange(9)):
            month, number = Month.of(day).plus(chance.randrange(-1, 2)), chance.randrange(40)
            if (number, month) not in made:
                made.add((number, month))
                outcome = chance.choice(OUTCOMES)
                granted = 0 if outcome == "AVSLAG" else 100_000 * (1 + chance.randrange(9))
                fired = "utfall.motprestation" if chance.random() < 0.4 else ""
                decide(filler, number, month, day, outcome=outcome, granted=granted, fired=fired)
        if chance.random() < 0.2:
            old = select(decision.c.application_id).order_by(decision.c.decided_at).limit(1).scalar_subquery()
            connection.execute(delete(decision).where(decision.c.application_id == old))


@pytest.mark.slow
@pytest.mark.parametrize("every", [11, 4])
def test_one_more_day_is_what_a_full_reckoning_gives(kept: Kept, every: int) -> None:
    chance, made = random.Random(14), set[tuple[int, Month]]()
    for number in range(DAYS):
        day = BEGIN + timedelta(days=number)
        kept.at(day)
        live(kept, chance, day, made)
        if number % every == 0 or day.day <= 2:
            for month in (Month.of(day).plus(-1), Month.of(day).plus(-2)):
                assert kept.told(kept.engine, month) == kept.from_nothing(month), (day, month)


def test_nothing_is_told_of_a_month_before_it_is_over_and_nothing_new_after(kept: Kept) -> None:
    """So what is told on one day less what is told on another is always whole months."""
    chance, first_told = random.Random(15), {}
    for number in range(DAYS):
        day = BEGIN + timedelta(days=number)
        with kept.engine.begin() as connection:
            for household in range(chance.randrange(9)):
                decide(kept.filler(connection), 100 * number + household, Month.of(day), day)
        now, running = kept.at(day), Month.of(day)
        with reading(kept.engine) as session:
            assert newest_month(session, TENANT, now) == running.plus(-1)
            for month in (running, running.plus(1)):
                with pytest.raises(ValueError, match="is not over"):
                    figures(session, TENANT, month, now)
            for month in (running.plus(-1), running.plus(-2)):
                found = figures(session, TENANT, month, now)
                assert found == first_told.setdefault(month, found), (day, month)
    assert any(found.decided for found in first_told.values())


def test_what_was_reckoned_from_something_else_is_reckoned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoned, "MOST", 3)
    known, made = ReckonedResults(), []

    def reckon(*of: list[int]) -> int:
        made.append(of)
        return sum(map(sum, of))

    assert [known.of("a", reckon, [1], [2]) for _ in range(2)] == [3, 3]
    assert (known.of("a", reckon, [1], [3]), known.of("a", reckon, [1]), len(made)) == (4, 1, 3)
    for what in "bcda":
        assert known.of(what, reckon, [1]) == 1
    assert len(made) == 7, "the oldest was forgotten"
