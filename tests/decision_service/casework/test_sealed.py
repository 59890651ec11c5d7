"""A copy of the database tells nothing of anybody, and nothing but the service's own keys opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, insert, select, text, update
from sqlalchemy.exc import StatementError
from sqlmodel import Session
from sqlmodel import select as select_rows

import audit
from audit import FileKeyStore
from audit.errors import RowError
from decision_service.casework.gallring import tables_of_cases
from decision_service.log import journal, vouched
from decision_service.store import sealing
from decision_service.store.database import open_engine, transaction
from decision_service.store.sealed import (
    SEALED,
    Envelope,
    Sealed,
    UnsealedError,
    envelope,
    key_for,
    use_keys,
)
from decision_service.store.sealing import seal_what_is_clear
from decision_service.store.tables import ApplicationRow, MessageRow, UnsealedRow
from tests.world.lived import dump, in_files, lived, opened, spelled, told_in
from tests.world.office import SECOND, World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.tampering import stored


def sealed_columns(table: Table) -> Iterator[tuple[str, Sealed]]:
    for each in table.c:
        if isinstance(each.type, Sealed):
            yield each.name, each.type


TABLES = {table.name: table for table, _ in tables_of_cases()}


def test_nothing_that_was_planted_stands_in_a_copy_of_the_database(world: World, tmp_path: Path) -> None:
    """Nor in any file of ours; and all of it is there for who has the keys."""
    _, planted = lived(world)
    world.whole()
    with_keys = opened(world.engine)
    assert sum(each in with_keys for each in planted) > 0.95 * len(planted)
    for where in (dump(world.engine), in_files(tmp_path)):
        assert told_in(where, spelled(planted)) == []


def put(engine: Engine, table: Table, row: dict[str, Any], name: str, value: bytes) -> None:
    where = " AND ".join(f"{each.name} = :{each.name}" for each in table.primary_key)
    words = {each.name: row[each.name] for each in table.primary_key}
    with engine.begin() as connection:
        statement = text(f'UPDATE "{table.name}" SET "{name}" = :value WHERE {where}')
        assert connection.execute(statement, {"value": value, **words}).rowcount == 1


def bent(value: bytes) -> dict[str, bytes]:
    """What somebody without the keys can make of sealed content."""
    turned = bytes([*value[:-1], value[-1] ^ 1])
    return {"clear": b'{"a": 1}', "nothing": b"", "a bit": turned, "cut": value[:40], "begun": SEALED}


@pytest.mark.slow
def test_whatever_is_done_to_what_is_sealed_is_refused_and_told(world: World) -> None:
    """Every sealed column of every table that a case has left something in."""
    lived(world)
    tried = 0
    for table in TABLES.values():
        for name, _ in sealed_columns(table):
            row = next((each for each in stored(world.engine, table) if each[name] is not None), None)
            if row is None:
                continue
            for value in bent(row[name]).values():
                put(world.engine, table, row, name, value)
                with transaction(world.engine) as session, pytest.raises(RowError, match="går inte att läsa"):
                    session.connection().execute(select(table)).all()
                tried += 1
            if name in {
                each
                for one in vouched.VOUCHED
                if one.table.__tablename__ == table.name
                for each in one.columns
            } and (table.name != "message" or row["kind"] == "payment"):
                report = audit.verify_database(
                    world.engine, world.public, vault=world.keys, source=vouched.source, tenants=[TENANT]
                )
                assert any("är inte det som loggades" in said for state, said in report if state == "FEL")
            put(world.engine, table, row, name, row[name])
    assert tried > 100
    world.whole()


def test_content_of_another_case_is_not_read_here(world: World) -> None:
    first, second = (world.receive(application(person, NOVEMBER)) for person in (1, 2))
    table = TABLES["application"]
    rows = {row["id"]: row for row in stored(world.engine, table)}
    put(world.engine, table, rows[first], "content", rows[second]["content"])
    with transaction(world.engine) as session, pytest.raises(RowError):
        session.get(ApplicationRow, (TENANT, first))


@pytest.mark.slow
def test_what_is_sealed_for_one_column_is_read_in_no_other(world: World) -> None:
    """Of the same case, so under the same key: the whole of one column in every other."""
    lived(world)
    rows = [
        (table, name, row)
        for table in TABLES.values()
        for name, _ in sealed_columns(table)
        for row in stored(world.engine, table)
        if row[name] is not None
    ]
    (_, _, from_), *_ = [one for one in rows if one[1] == "content"]
    content, tried = from_["content"], 0
    for table, name, row in rows:
        if (table.name, name) != ("application", "content"):
            put(world.engine, table, row, name, content)
            with transaction(world.engine) as session, pytest.raises(RowError, match="förseglad för"):
                session.connection().execute(select(table.c[name])).all()
            put(world.engine, table, row, name, row[name])
            tried += 1
    assert tried > 50


@pytest.mark.slow
def test_a_letter_that_waits_says_what_it_was_made_to_say(world: World) -> None:
    """Every message of a case with the sealed text of every other of the same case."""
    case, _ = lived(world)
    table = TABLES["message"]
    rows = [row for row in stored(world.engine, table) if row["application_id"] == case]
    assert len(rows) > 5
    for row in rows:
        for other in rows:
            if other is not row:
                put(world.engine, table, row, "payload", other["payload"])
                with transaction(world.engine) as session, pytest.raises(RowError, match="förseglad för"):
                    session.get(MessageRow, (TENANT, row["key"]))
        put(world.engine, table, row, "payload", row["payload"])
    world.whole()


def test_messages_of_an_earlier_version_are_read(world: World) -> None:
    """They are sealed for the column, and for no row."""
    case = world.receive(application(1, NOVEMBER))
    with transaction(world.engine) as session:
        said = session.exec(select_rows(MessageRow).where(MessageRow.application_id == case)).all()
        connection = session.connection()
        key = key_for(session, connection, TENANT, case)
        before = {each.key: each.payload for each in said}
        for each in said:
            kept = envelope(connection, key, TENANT, case, "message.payload", each.payload)
            its = TABLES["message"].c.key == each.key
            connection.execute(update(TABLES["message"]).where(its).values(payload=kept))
    with transaction(world.engine) as session:
        assert {key: session.get_one(MessageRow, (TENANT, key)).payload for key in before} == before


def test_a_case_whose_key_is_gone_cannot_be_read(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    with world.engine.begin() as connection:
        for trigger in ("audit_case_update ON audit_case", "audit_case_row ON audit_case"):
            name, _, of = trigger.partition(" ON ")
            on = "" if world.engine.dialect.name == "sqlite" else f" ON {of}"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
        connection.execute(text("UPDATE audit_case SET wrapped = NULL, wrapping_key = NULL"))
    with transaction(world.engine) as session, pytest.raises(RowError, match="gallrat"):
        session.get(ApplicationRow, (TENANT, case))


@pytest.mark.slow
def test_with_a_new_wrapping_key_everything_is_read_and_the_old_one_can_go(world: World) -> None:
    _, planted = lived(world)
    before = opened(world.engine)
    log = world.office.log
    with world.engine.begin() as connection:
        old = log.change_wrapping_key(connection, TENANT, world.clock(), journal.staff(SECOND))
    world.keys.destroy_wrapping_key(TENANT, old)
    use_keys(world.engine, FileKeyStore(Path(world.keys._folder)))
    assert opened(world.engine) == before
    world.apply(application(7, NOVEMBER))
    world.whole()
    assert planted


def test_a_key_that_was_rolled_back_seals_nothing(world: World) -> None:
    """The same session goes on with the same case, and what it writes then can be read."""
    with transaction(world.engine) as session:
        kept = session.get_one(ApplicationRow, (TENANT, world.receive(application(1, NOVEMBER)))).model_dump()
    again = kept | {"id": "b" * 32, "case_number": "2026-999999-1"}
    with Session(world.engine, expire_on_commit=False) as session:
        session.add(ApplicationRow(**again))
        session.flush()
        session.rollback()
        session.add(ApplicationRow(**again))
        session.flush()
        session.expunge_all()
        assert session.get_one(ApplicationRow, (TENANT, again["id"])).content == kept["content"]


def test_clear_text_goes_nowhere(world: World) -> None:
    """Whoever writes past a session, or reads without keys, gets an error and not somebody's data."""
    case = world.receive(application(1, NOVEMBER))
    table = TABLES["application"]
    for statement in (
        update(table).values(content="klart"),
        insert(TABLES["note"]).values(id="1", application_id=case, tenant=TENANT, by="h", name="n", text="t"),
    ):
        with (
            world.engine.begin() as connection,
            pytest.raises(StatementError, match="clear text in a sealed column"),
        ):
            connection.execute(statement)
    other = open_engine(world.engine.url)
    with transaction(other) as session, pytest.raises(UnsealedError):
        session.get(ApplicationRow, (TENANT, case))
    other.dispose()


def clear(engine: Engine, tables: dict[str, Table]) -> dict[str, list[dict[str, Any]]]:
    """Make the rows those of a version that sealed nothing, and give what they say."""
    said = {}
    with engine.begin() as connection:
        for name, table in tables.items():
            if not (columns := dict(sealed_columns(table))):
                continue
            said[name] = [dict(row) for row in connection.execute(select(table)).mappings()]
            for row in said[name]:
                own = [each == row[each.name] for each in table.primary_key]
                values = {each: plain(row[each]) for each in columns}
                connection.execute(update(table).where(*own).values(values))
            connection.execute(insert(UnsealedRow).values(name=name))
    return said


def plain(value: Any) -> Envelope | None:
    return None if value is None else Envelope(str(value).encode())


class CutError(Exception):
    """The process ended here."""


@pytest.mark.slow
def test_rows_in_the_clear_are_sealed_once_however_often_it_is_cut_short(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, planted = lived(world)
    said = clear(world.engine, TABLES)
    copy = dump(world.engine)
    assert sum(each in copy for each in planted) > 0.95 * len(planted)
    monkeypatch.setattr(sealing, "BATCH", 2)
    seal, left = sealing._seal, 0

    def cut(*given: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise CutError
        seal(*given)

    monkeypatch.setattr(sealing, "_seal", cut)
    starts, count = 0, None
    while count is None:
        starts, left = starts + 1, 7
        with suppress(CutError):
            count = seal_what_is_clear(world.engine, world.keys, world.office.keyed)
    assert starts > 2
    for name, rows in said.items():
        with world.engine.connect() as connection:
            found = connection.execute(select(TABLES[name])).mappings()
            assert sorted(map(str, map(dict, found))) == sorted(map(str, rows)), name
    for where in (dump(world.engine), in_files(tmp_path)):
        assert told_in(where, spelled(planted)) == []
    assert seal_what_is_clear(world.engine, world.keys, world.office.keyed) == 0
    world.whole()
