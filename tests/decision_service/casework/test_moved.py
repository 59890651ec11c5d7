"""Rows that are whole and stand where they do not belong: in another case, in another municipality, or in the
database of yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, Table
from sqlmodel import Session, SQLModel, select
from structlog.testing import capture_logs

import audit
from audit import tables as log_tables
from audit import witness
from audit.errors import KeyFileError, LogError, RowError
from decision_service.casework import delivery
from decision_service.casework.checking import checked_log
from decision_service.casework.lanes import SHORTEST, Lanes
from decision_service.casework.rows import require_logged
from decision_service.casework.timetable import checkpoints, noted
from decision_service.log import vouched
from decision_service.operations.readings import older
from decision_service.store.database import open_engine, reading
from decision_service.store.tables import ApplicationRow, MessageRow, SweepRow
from tests.audit.world import unguard
from tests.world.database import done_with, new_database
from tests.world.lived import delivered
from tests.world.office import World, shared_evaluators, world_on
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.tampering import stored

SWAPPED = ("assessment", "decision", "message", "party")
"""What a case has of its own, that could be said to be another's."""


@pytest.fixture
def two(world: World) -> tuple[str, str]:
    """Two cases of one municipality that were granted, whose letters are written."""
    world.clock.forward(days=30)
    cases = []
    for person in (1, 2):
        world.imported(person)
        cases.append(world.apply(application(person, NOVEMBER)))
    world.office.log.checkpoint(world.engine, TENANT)
    delivered(world)
    world.whole()
    return cases[0], cases[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", SWAPPED)
def test_rows_of_two_cases_change_places(world: World, two: tuple[str, str], name: str) -> None:
    """The amounts may be alike and everything be genuine: the wrong person has it."""
    one, other = two
    swapped = {one: other, other: one}
    table = SQLModel.metadata.tables[name]
    kept = stored(world.engine, table)
    put_back(
        world.engine,
        table,
        [
            {**row, "application_id": swapped[row["application_id"]]}
            for row in kept
            if row["application_id"] in swapped
        ],
    )
    assert not checked_log(world.office, TENANT, None).ok
    if name in ("assessment", "decision"):
        for case in two:
            with reading(world.engine) as session:
                row = session.get_one(ApplicationRow, (TENANT, case))
                with pytest.raises(RowError):
                    require_logged(world.office, session, row)
    put_back(world.engine, table, kept)
    world.whole()


def test_a_decision_is_moved_to_another_municipality(world: World, two: tuple[str, str]) -> None:
    """With its application, all of it genuine; each municipality's log says that something is wrong there."""
    case, _ = two
    with world.engine.begin() as connection:
        public = world.office.log.create(connection, "1287", "lagrum.example", world.clock())
    of_case = {"application": "id", "decision": "application_id"}
    for name, column in of_case.items():
        table = SQLModel.metadata.tables[name]
        rows = [row for row in stored(world.engine, table) if row[column] == case]
        with world.engine.begin() as connection:
            connection.execute(table.insert(), [{**row, "tenant": "1287"} for row in rows])
    for keys in (None, world.keys):
        report = audit.verify_database(
            world.engine, {"1287": public}, vault=keys, tenants=["1287"], source=vouched.source
        )
        assert "decision finns i tabellerna, men ingen post svarar för det." in str(report)
    with reading(world.engine) as session, pytest.raises(RowError):
        session.get_one(ApplicationRow, ("1287", case))


def put_back(engine: Engine, table: Table, rows: list[dict[str, object]]) -> None:
    with engine.begin() as connection:
        connection.execute(table.delete())
        connection.execute(table.insert(), rows)


# --- the database of yesterday


@pytest.fixture
def yesterday(
    world: World, server: URL | None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """An office on a copy of the database, with the same keys; after it was made another case is decided."""
    world.clock.forward(days=30)
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    signed(world)
    world.engine.dispose()
    folder = tmp_path_factory.mktemp("backup")
    with new_database(server, folder, world.engine.url) as url:
        world.imported(2)
        world.apply(application(2, NOVEMBER))
        signed(world)
        engine = open_engine(url.render_as_string(hide_password=False))
        found = world_on(engine, tmp_path, shared_evaluators(), world.public)
        found.clock.now = world.clock.now
        yield found
        done_with(engine)


def signed(world: World) -> None:
    """The log's end is signed, and put where somebody else keeps it."""
    world.office.log.checkpoint(world.engine, TENANT)
    witness.publish(world.engine, TENANT, witness_of(world))


def witness_of(world: World) -> Path:
    return world.office.keys._folder.parent / "vittne"  # type: ignore[attr-defined, no-any-return]


@pytest.mark.slow
def test_an_older_database_in_the_place_of_the_newest(yesterday: World) -> None:
    """By itself it is whole: it was true yesterday. What has been signed since is remembered by the key
    folder, and by the witness for whoever has let that forget."""
    office = yesterday.office
    yesterday.clock.forward(seconds=1)
    assert "nyckelmappen" in str(checked_log(office, TENANT, None))
    assert not checked_log(office, TENANT, None).ok
    for work in (checkpoints, delivery.deliver):
        with pytest.raises(LogError, match="Är det en äldre kopia av databasen"):
            work(office)
    assert "Är det en äldre kopia av databasen" in str(older(office))
    refused_in_peace(yesterday)
    backup = audit.verify_database(
        yesterday.engine, yesterday.public, vault=yesterday.keys, source=vouched.source
    )
    assert backup.ok, str(backup)
    newest = yesterday.keys._note(TENANT)
    assert yesterday.recorder.got == []
    newest.unlink()
    assert delivery.deliver(office) == 3  # whoever lets the folder forget lets go again what may have gone
    assert checked_log(office, TENANT, None).ok
    assert older(office) is None
    assert not checked_log(office, TENANT, witness_of(yesterday)).ok


def refused_in_peace(yesterday: World) -> None:
    """The lane that refuses rests between its attempts, and its sweep is not noted as done."""
    lanes = Lanes(yesterday.office)
    with capture_logs() as logged:
        while lanes.sweep():  # until the first attempt has broken off
            pass
        for _ in range(50):
            noted(yesterday.office, "outbox", lanes.sweep)
        assert [each["event"] for each in logged] == ["sweep_failed"]
        yesterday.clock.now += SHORTEST
        while len(logged) < 2:
            lanes.sweep()
        yesterday.clock.now += SHORTEST  # the second time it rests for longer
        noted(yesterday.office, "outbox", lanes.sweep)
        lanes.stop()
    assert [each["event"] for each in logged] == ["sweep_failed"] * 2
    with reading(yesterday.engine) as session:
        assert session.get(SweepRow, "outbox") is None


def test_what_waits_for_the_key_folder_goes_when_it_is_in_order(world: World) -> None:
    """Whether the database is the newest, the folder must say first. That it did not is no attempt."""
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    signed(world)
    folder = world.keys._note(TENANT).parent
    folder.chmod(0o777)
    with pytest.raises(KeyFileError, match="kan andra än ägaren skriva"):
        delivery.deliver(world.office)
    folder.chmod(0o700)
    assert world.recorder.got == []
    with Session(world.engine) as session:
        assert {*session.exec(select(MessageRow.attempts))} == {0}
    assert delivery.deliver(world.office) == 2


def test_an_older_log_under_the_tables_of_today(world: World, two: tuple[str, str]) -> None:
    """The log's tables alone are put back: what was decided since has no trail."""
    kept = {each: stored(world.engine, each) for each in log_tables.PROTECTED}
    world.imported(3)
    world.apply(application(3, NOVEMBER))
    with world.engine.begin() as connection:
        unguard(connection)
        for table in log_tables.PROTECTED:
            connection.execute(table.delete())
        for table, rows in kept.items():
            if rows:
                connection.execute(table.insert(), rows)
    report = audit.verify_database(world.engine, world.public, source=vouched.source)
    assert "decision finns i tabellerna, men ingen post svarar för det." in str(report)
