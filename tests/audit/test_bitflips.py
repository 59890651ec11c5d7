"""One bit, anywhere: 10 000 of them in what a log consists of, and every one is noticed. ``make check`` tries
a share of them, drawn as all are: of every table and every part of a file."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit import bundle, create_tables, deletion, proof, retention, tables, verify, verify_database
from tests.audit.world import FILES, MACHINE, RELEASE, START, WORKER, World, unguard
from tests.world.sweeps import share

pytestmark = pytest.mark.slow

SEED = 20261121
IN_DATABASE, IN_DATABASE_POSTGRESQL, IN_BUNDLE, IN_LETTER = 2300, 200, 7000, 500


@pytest.fixture
def small(memory_world: World) -> World:
    return fill(memory_world)


def fill(world: World) -> World:
    """A little of everything: a case, a deleted one, a key change, three checkpoints."""
    world.publish()
    world.append(case="gone", personal={"lön": 1})
    world.checkpoint()
    world.decide()
    world.checkpoint()
    with world.engine.begin() as connection:
        world.log.change_signing_key(connection, "1287", world.now, WORKER)
        deletion.delete_case(
            world.log, connection, "1287", "gone", retention.load(), {9}, START.replace(year=2033), MACHINE
        )
    world.checkpoint()
    return world


def test_there_are_ten_thousand() -> None:
    assert IN_DATABASE + IN_DATABASE_POSTGRESQL + IN_BUNDLE + IN_LETTER == 10_000


def test_in_the_database(small: World) -> None:
    flip_database(small, IN_DATABASE)


def test_in_postgresql(postgresql_url: URL, tmp_path: Path) -> None:
    engine = create_engine(postgresql_url)
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287", "1384")
    flip_database(fill(world), IN_DATABASE_POSTGRESQL)
    engine.dispose()


def flip_database(world: World, wanted: int) -> None:
    dice = random.Random(SEED)
    assert caught(lambda: verify_database(world.engine, world.public, vault=world.keys)) is False
    with world.engine.begin() as connection:
        unguard(connection)
        everything = cells(connection)
    flips = 0
    while flips < len(share(range(wanted), 16)):
        table, key, column, value = dice.choice(everything)
        flipped = flip(dice, value)
        if flipped is None or not set_cell(world.engine, table, key, column, flipped):
            continue
        flips += 1
        where = f"{table.name}.{column} {key}: {value!r} -> {flipped!r}"
        assert caught(lambda: verify_database(world.engine, world.public, vault=world.keys)), where
        key_after = {**key, column: flipped} if column in key else key
        assert set_cell(world.engine, table, key_after, column, value)
    assert caught(lambda: verify_database(world.engine, world.public, vault=world.keys)) is False


Cell = tuple[Any, dict[str, Any], str, Any]


def cells(connection: Connection) -> list[Cell]:
    """Every value of the two logs, each table as likely as any other."""
    found: list[Cell] = []
    for table in (tables.head, tables.entry, tables.checkpoint, tables.case, tables.vault):
        of_table: list[Cell] = []
        for row in connection.execute(select(table)).mappings():
            key = {column.name: row[column.name] for column in table.primary_key}
            of_table += [(table, key, name, value) for name, value in row.items() if value is not None]
        found += of_table * (1000 // len(of_table) + 1)
    return found


def flip(dice: random.Random, value: Any) -> Any:
    """The value with one bit changed; None where the result could not be stored at all."""
    if isinstance(value, int):
        return value ^ (1 << dice.randrange(31))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    if not raw:
        return None
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    if isinstance(value, bytes):
        return bytes(raw)
    try:
        return None if 0 in raw else raw.decode()
    except UnicodeDecodeError:
        return None


def set_cell(engine: Engine, table: Any, key: dict[str, Any], column: str, value: Any) -> bool:
    """False when the database's own keys refuse the value."""
    try:
        with engine.begin() as connection:
            unguard(connection)
            where = [table.c[name] == part for name, part in key.items()]
            return connection.execute(update(table).where(*where).values({column: value})).rowcount == 1
    except IntegrityError:
        return False


def caught(check: Callable[[], verify.Report]) -> bool:
    try:
        return not check().ok
    except (DBAPIError, verify.WrongError, *verify.BROKEN):
        return True


def flip_text(raw: bytes, wanted: int, holds: Callable[[bytes], bool]) -> None:
    dice = random.Random(SEED)
    for _ in share(range(wanted), 16):
        at, bit = dice.randrange(len(raw)), dice.randrange(8)
        flipped = bytearray(raw)
        flipped[at] ^= 1 << bit
        assert not holds(bytes(flipped)), f"bit {bit} of byte {at}: {bytes(flipped[at - 20 : at + 20])!r}"


def test_in_an_exported_case(small: World) -> None:
    with small.engine.connect() as connection:
        letter = proof.letter(connection, "1287", 5)
        content = bundle.export(connection, small.keys, "1287", "c-1", {RELEASE: FILES}, [letter])
    packed = zipfile.ZipFile(io.BytesIO(content)).read("paket.json")
    key = verify.read_key(small.public["1287"])

    def check(raw: bytes) -> verify.Report:
        report = verify.Report()
        verify.check_bundle(report, raw.decode(), key, [letter])
        return report

    def holds(raw: bytes) -> bool:
        return not caught(lambda: check(raw))

    assert holds(packed)
    flip_text(packed, IN_BUNDLE, holds)


def test_in_a_letter(small: World) -> None:
    """Caught, or read as the very same letter: another kind of space says nothing else."""
    with small.engine.connect() as connection:
        letter = proof.letter(connection, "1287", 5)
    key, read = verify.read_key(small.public["1287"]), verify.read_letter(letter)

    def check(raw: bytes) -> verify.Report:
        report = verify.Report()
        verify.check_letter(report, raw.decode(), key)
        return report

    def tells_another_story(raw: bytes) -> bool:
        return not caught(lambda: check(raw)) and verify.read_letter(raw.decode()) != read

    assert not caught(lambda: check(letter.encode()))
    flip_text(letter.encode(), IN_LETTER, tells_another_story)
