"""Appending: in the caller's transaction, in order, without gaps, with a clock that is not trusted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from audit import FileKeyStore, Log, create_tables, packed, prepare_engine, tables, trail, verify_database
from audit.canonical import Json, canonical
from audit.errors import LogError
from audit.keys import SigningKey
from audit.packed import pack_leaf, unpack_leaf
from audit.verify import read_checkpoint
from tests.audit.test_merkle import defined
from tests.audit.world import SOFTWARE, START, WORKER, World, unguard


def leaves(world: World, tenant: str = "1287") -> list[bytes]:
    entry = tables.entry.c
    with world.engine.connect() as connection:
        return list(connection.scalars(select(entry.body).where(entry.tenant == tenant).order_by(entry.seq)))


def read(world: World) -> list[dict[str, Any]]:
    return [json.loads(leaf) for leaf in leaves(world)]


def test_entries_land_in_order_and_the_root_is_the_definition(world: World) -> None:
    places = [world.append(case=f"c-{number % 3}") for number in range(12)]
    other = world.append("1384")
    assert [place.seq for place in places] == list(range(1, 13))
    assert other.seq == 1
    entries = read(world)
    assert [entry["number"] for entry in entries[1:]] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    origin, size, root = read_checkpoint(world.checkpoint())
    assert (origin, size, root) == ("1287.lagrum.example/audit", 13, defined(leaves(world)))
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_the_first_entry_is_the_key(world: World) -> None:
    (entry,) = read(world)
    assert entry["type"] == "key_changed"
    assert entry["body"]["key"] == world.public["1287"]
    assert "previous" not in entry["body"]


def test_what_is_rolled_back_was_never_there(world: World) -> None:
    before = leaves(world)
    with world.engine.connect() as connection:
        world.log.append(connection, "1287", world.entry(personal={"lön": 1}))
        world.log.append(connection, "1287", world.entry())
        connection.rollback()
    assert leaves(world) == before
    assert world.append().seq == 1
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_the_entry_and_what_it_tells_about_are_one_transaction(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("CREATE TABLE application (id TEXT PRIMARY KEY)"))
    with world.engine.connect() as connection:
        connection.execute(text("INSERT INTO application VALUES ('a')"))
        world.log.append(connection, "1287", world.entry())
        connection.rollback()
    with world.engine.begin() as connection:
        connection.execute(text("INSERT INTO application VALUES ('b')"))
        world.log.append(connection, "1287", world.entry())
    with world.engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM application")).all() == ["b"]
    assert len(leaves(world)) == 2


def test_many_writers_leave_no_gap(world: World) -> None:
    """Sixteen threads, two municipalities, cases in common, every fifth transaction rolled back."""
    faults: list[BaseException] = []
    log = Log(world.keys, SOFTWARE, clock_tolerance=timedelta(hours=1))

    def write(writer: int) -> None:
        try:
            for number in range(10):
                tenant = "1287" if (writer + number) % 3 else "1384"
                entry = world.entry(case=f"c-{number}", personal={"lön": number})
                with world.engine.connect() as connection:
                    log.append(connection, tenant, entry)
                    if number % 5 == 4:
                        connection.rollback()
                    else:
                        connection.commit()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(leaves(world)) + len(leaves(world, "1384")) == 2 + 16 * 8
    for tenant in ("1287", "1384"):
        world.checkpoint(tenant)
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_a_small_step_back_takes_the_time_of_the_entry_before(world: World) -> None:
    """Two writers that wait for each other's lock: no anomaly, and the own time is kept."""
    world.append(time=START + timedelta(seconds=30))
    world.append(time=START + timedelta(seconds=21))
    *_, first, second = read(world)
    assert second["time"] == first["time"] == "2026-11-20T08:12:30.000000Z"
    assert second["stated"] == "2026-11-20T08:12:21.000000Z"
    assert "stated" not in first


def test_a_clock_that_was_wrong_is_an_entry_of_its_own(world: World) -> None:
    """A day in 2099 by mistake: nothing is lost, and the log goes on from the right time."""
    world.append(time=START.replace(year=2099))
    world.append(time=START + timedelta(hours=1), personal={"lön": 1})
    world.append(time=START + timedelta(hours=2))
    _, wrong, anomaly, after, last = read(world)
    assert wrong["time"] == "2099-11-20T08:12:00.000000Z"
    assert anomaly["type"] == "clock_anomaly"
    assert anomaly["actor"] == {"id": "audit", "kind": "system"}
    assert anomaly["body"] == {"from": "2099-11-20T08:12:00.000000Z", "to": "2026-11-20T09:12:00.000000Z"}
    assert [after["time"], last["time"]] == ["2026-11-20T09:12:00.000000Z", "2026-11-20T10:12:00.000000Z"]
    world.checkpoint()
    report = verify_database(world.engine, world.public, vault=world.keys)
    assert report.ok
    assert ("OBS", "Kommun 1287: klockan har gått bakåt 1 gånger; varje gång är loggad.") in report


def test_checkpoints_are_made_once_for_each_size(world: World) -> None:
    first = world.checkpoint()
    assert world.checkpoint() == first
    world.append()
    assert world.checkpoint() != first
    with world.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.checkpoint)) == 2


def test_a_smaller_tree_never_replaces_a_larger_one_in_the_key_folder(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one process is about to remember what it signed, another logs more and signs that."""
    world.append()
    write, others = FileKeyStore.remember, list[threading.Thread]()

    def later() -> None:
        world.append()
        world.checkpoint()

    def slowly(keys: FileKeyStore, what: str, note: str) -> None:
        if not others:
            others.append(threading.Thread(target=later))
            others[0].start()
            others[0].join(1)  # it gets there first where nothing keeps it from it
        write(keys, what, note)

    monkeypatch.setattr(FileKeyStore, "remember", slowly)
    first = world.checkpoint()
    others[0].join()
    remembered = world.keys.remembered("1287")
    assert remembered is not None
    assert read_checkpoint(remembered)[1] == read_checkpoint(first)[1] + 1
    assert remembered == world.checkpoint()


def test_a_new_signing_key_is_vouched_for_by_the_old(world: World) -> None:
    world.append()
    old = world.checkpoint()
    with world.engine.begin() as connection:
        new = world.log.change_signing_key(connection, "1287", START, WORKER)
    world.append()
    world.checkpoint()
    assert new != world.public["1287"]
    for key in (world.public["1287"], new):
        assert verify_database(world.engine, {"1287": key}, [old], vault=world.keys).ok
    other = verify_database(world.engine, {"1287": world.public["1384"]})
    assert not other.ok


def test_a_rolled_back_key_change_changes_nothing(world: World) -> None:
    with world.engine.connect() as connection:
        world.log.change_signing_key(connection, "1287", START, WORKER)
        connection.rollback()
    world.append()
    world.checkpoint()
    assert verify_database(world.engine, world.public).ok


def test_old_backups_close_when_the_wrapping_key_is_changed(world: World) -> None:
    world.append(case="c-1", personal={"lön": 1})
    world.append(case="c-2", personal={"lön": 2})
    world.append(case="c-3")
    with world.engine.begin() as connection:
        old = world.log.change_wrapping_key(connection, "1287", world.now, WORKER)
        left = connection.scalar(
            select(func.count()).select_from(tables.case).where(tables.case.c.wrapping_key == old)
        )
    assert left == 0
    assert read(world)[-1]["body"]["cases"] == 2
    world.keys.destroy_wrapping_key("1287", old)
    world.append(case="c-1", personal={"lön": 3})
    world.append(case="c-4", personal={"lön": 4})
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_a_municipality_without_a_log(world: World) -> None:
    with world.engine.begin() as connection, pytest.raises(LogError) as error:
        world.log.append(connection, "0180", world.entry())
    assert str(error.value) == "Kommun 0180 har ingen logg. Skapa den först med Log.create."


@pytest.mark.parametrize(
    ("tenant", "installation", "message"),
    [
        ("1287", "lagrum.example", "Kommun 1287 har redan en logg."),
        ("128", "lagrum.example", "'128' är inte en kommunkod. Väntade fyra siffror, till exempel 1287."),
        (
            "0180",
            "Lagrum example",
            "'Lagrum example' går inte att använda som installationens namn. Väntade små bokstäver a–z, "
            "siffror, punkt och bindestreck, till exempel lagrum.example.se.",
        ),
    ],
)
def test_a_log_is_made_once_and_named_plainly(
    world: World, tenant: str, installation: str, message: str
) -> None:
    with world.engine.begin() as connection, pytest.raises(LogError) as error:
        world.log.create(connection, tenant, installation, START)
    assert str(error.value) == message


NEWER = (
    "Databasens granskningslogg har version 7; det här programmet kan version 6. Uppgradera programmet. "
    "Ingenting har skrivits."
)


def test_a_newer_database_is_refused(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(tables.schema).values(version=tables.SCHEMA_VERSION + 1))
    before = leaves(world)
    attempts: list[Callable[[], object]] = [
        world.append,
        world.checkpoint,
        lambda: create_tables(world.engine),
        lambda: verify_database(world.engine, world.public),
    ]
    for attempt in attempts:
        with pytest.raises(LogError) as error:
            attempt()
        assert str(error.value) == NEWER
    assert leaves(world) == before


def test_a_database_without_a_log(engine: Engine) -> None:
    prepare_engine(engine)
    with pytest.raises(LogError) as error:
        verify_database(engine, {})
    assert str(error.value) == "Databasen har ingen granskningslogg. Är det rätt databas?"


def test_tables_are_created_once(world: World) -> None:
    world.append()
    create_tables(world.engine)
    assert len(leaves(world)) == 2


def test_two_writers_with_an_unprepared_engine_cannot_fork_the_log(sqlite_url: Any, tmp_path: Any) -> None:
    """Without ``prepare_engine`` SQLite reads before it locks; the primary key stops the second writer."""
    engine = prepare_engine(create_engine(sqlite_url))
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287")
    plain = create_engine(sqlite_url, connect_args={"timeout": 0})
    with plain.connect() as first, plain.connect() as second:
        first.exec_driver_sql("BEGIN")
        second.exec_driver_sql("BEGIN")
        second.execute(select(tables.head)).all()
        world.log.append(first, "1287", world.entry())
        first.commit()
        with pytest.raises(DBAPIError):
            world.log.append(second, "1287", world.entry())
    assert verify_database(engine, world.public).ok
    plain.dispose()
    engine.dispose()


def test_the_logs_own_entries_are_found_without_reading_the_rest(memory_world: World) -> None:
    """An export asks for them; in a log of a million entries they are a handful."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(memory_world.engine, "before_cursor_execute", note)
    with memory_world.engine.connect() as connection:
        trail.read_leaves(connection, "1287", None)
        trail.read_leaves(connection, "1287", "c-1")
        (log_wide, of_case) = (one for one in statements if one[0].startswith("SELECT"))
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            for statement, parameters in (log_wide, of_case)
        ]
    assert "USING INDEX audit_entry_log_wide" in plans[0]
    assert "USING INDEX audit_entry_case" in plans[1]


def test_entries_that_are_logged_together_are_as_if_one_by_one(world: World) -> None:
    """Several cases in turn, with and without personal data, a step back of the clock among them; and what
    follows is counted from there."""
    entries = [
        world.entry(case="c-1"),
        world.entry(case="c-1", personal={"lön": 1}),
        world.entry(case="c-2", personal={"lön": 2}),
        world.entry(case="c-1", time=START - timedelta(days=1)),
        world.entry(case="c-1", personal={"lön": 3}),
        world.entry(case="c-2"),
    ]
    with world.engine.begin() as connection:
        appended = world.log.append_all(connection, "1287", entries)
    world.append(case="c-2")
    world.checkpoint()
    assert [each.seq for each in appended] == [1, 2, 3, 5, 6, 7]
    with world.engine.connect() as connection:
        numbers = {
            case: [one.entry["number"] for one in trail.read_case(connection, world.keys, "1287", case)]
            for case in ("c-1", "c-2")
        }
    assert numbers == {"c-1": [1, 2, 3, 4], "c-2": [1, 2, 3]}
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_entries_of_one_case_take_the_lock_once(world: World) -> None:
    said: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    with world.engine.begin() as connection:
        world.log.append_all(connection, "1287", [world.entry(personal={"lön": n}) for n in range(8)])
    told = [each for each in said if "audit_" in each]
    assert len(told) == (2 if world.engine.dialect.name == "postgresql" else 5), told


def test_entries_of_several_cases_take_the_lock_once_too(world: World) -> None:
    """Cases with and without a row, and one without personal data; one that comes again comes after."""
    world.append(case="c-2", personal={"lön": 0})
    entries = [world.entry(case=f"c-{n // 2}", personal={"lön": n} if n < 6 else {}) for n in range(8)]
    said: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    with world.engine.begin() as connection:
        appended = world.log.append_all(connection, "1287", entries)
    told = [each for each in said if "audit_" in each]
    assert len(told) == (3 if world.engine.dialect.name == "postgresql" else 7), told
    with world.engine.begin() as connection:
        again = world.log.append_all(connection, "1287", [*entries, world.entry(case="c-0")])
    world.checkpoint()
    assert [each.seq for each in (*appended, *again)] == list(range(2, 19))
    with world.engine.connect() as connection:
        read = [trail.read_case(connection, world.keys, "1287", f"c-{n}") for n in range(4)]
    assert [len(case) for case in read] == [5, 4, 5, 4]
    assert verify_database(world.engine, world.public, vault=world.keys).ok


LARGE: dict[str, Json] = {
    "outcome": "BIFALL",
    "rules": [{"id": f"regel.{at}", "state": "not_fired"} for at in range(200)],
}


def test_a_large_entry_is_packed_in_its_table_and_the_same_everywhere_else(world: World) -> None:
    """A log of the version before, which packed nothing, reads the same."""
    world.append(body=LARGE)
    world.append(body={"outcome": "BIFALL"})
    kept = stored_leaves(world)
    assert len(kept[1]) < len(leaves(world)[1]) / 4
    assert [raw[:1] for raw in kept] == [b"{", b"z", b"{"]
    assert read(world)[1]["body"] == LARGE
    world.checkpoint()
    assert verify_database(world.engine, world.public, vault=world.keys).ok
    as_it_was = leaves(world)[1]
    with world.engine.begin() as connection:
        unguard(connection)
        change = text("UPDATE audit_entry SET body = :body WHERE tenant = '1287' AND seq = 1")
        connection.execute(change, {"body": as_it_was})
    assert [raw[:1] for raw in stored_leaves(world)] == [b"{"] * 3
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def stored_leaves(world: World) -> list[bytes]:
    with world.engine.connect() as connection:
        found = connection.scalars(text("SELECT body FROM audit_entry WHERE tenant = '1287' ORDER BY seq"))
        return [bytes(raw) for raw in found]


def test_every_bit_of_a_packed_entry_counts() -> None:
    """Those too that zlib leaves unread; and what is packed in another way is no entry."""
    leaf = canonical(LARGE, "body")
    kept = pack_leaf(leaf)
    for at in range(8 * len(kept)):
        other = bytearray(kept)
        other[at // 8] ^= 1 << at % 8
        assert unpack_leaf(bytes(other)) != leaf
    assert unpack_leaf(kept + b"\0") != leaf
    assert unpack_leaf(kept[:-1]) != leaf


def test_nobody_makes_the_check_unpack_more_than_an_entry_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_LARGEST", 1 << 20)
    bomb = pack_leaf(b"{" + b" " * (1 << 21))
    assert unpack_leaf(bomb) == bomb


def test_who_has_lost_the_log_while_signing_notes_nothing_older(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection was cut, and another process has signed more meanwhile."""
    world.append()
    origin, size, _ = read_checkpoint(world.checkpoint())
    world.append()
    sign = world.keys.signing_key
    newer = sign("1287", world.public["1287"].split("+")[1]).sign(f"{origin}\n{size + 7}\n{'A' * 43}=\n")

    def signed_by_another(tenant: str, key_id: str) -> SigningKey:
        world.keys.remember("1287", newer)
        return sign(tenant, key_id)

    monkeypatch.setattr(world.keys, "signing_key", signed_by_another)
    world.checkpoint()
    assert world.keys.remembered("1287") == newer
