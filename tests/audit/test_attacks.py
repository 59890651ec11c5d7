"""Every attack on the log is caught by what is said to catch it, and by nothing less.

The tests hold both ways, so that the table in the documentation is true.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from audit import EntryKind, FileKeyStore, Log, check, tables
from audit.canonical import canonical
from audit.errors import LogError
from tests.audit.attacks import (
    ATTACKS,
    DATABASE,
    KEYS,
    OUTSIDE,
    Attack,
    append_after_making_out_that_no_key_was_taken,
    append_after_taking_the_key_away,
    append_after_taking_the_mark_of_what_was_signed,
    append_in_the_services_name,
    append_without_a_mark,
    change_a_key_unsigned,
    cut_the_end_and_drop_its_checkpoints,
    filled,
    key_id,
    outside_copy,
    rebuild,
    resign_everything,
    rewrite_and_drop_later_checkpoints,
    rows,
    verify,
    without_personal,
)
from tests.audit.world import MACHINE, SOFTWARE, START, World, unguard


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_attack(world: World, attack: Attack) -> None:
    filled(world)
    kept = outside_copy(world)
    clean = verify(world, kept)
    assert clean.ok, str(clean)
    with world.engine.begin() as connection:
        unguard(connection)
        attack(world, connection)
    found = {
        DATABASE: verify(world, []).ok,
        KEYS: verify(world, [], world.keys).ok,
        OUTSIDE: verify(world, kept, world.keys).ok,
    }
    caught = next((level for level, ok in found.items() if not ok), "av inget")
    assert caught == ATTACKS[attack], "say in the documentation what catches it now"


NEVER_SIGNED: list[Attack] = [
    append_in_the_services_name,
    append_without_a_mark,
    append_after_taking_the_mark_of_what_was_signed,
    append_after_taking_the_key_away,
    append_after_making_out_that_no_key_was_taken({"body": b'{"body":{},"type":"key_changed"}'}),
    append_after_making_out_that_no_key_was_taken({"type": "facts"}),
    append_after_making_out_that_no_key_was_taken({"seq": -1}),
    change_a_key_unsigned("wrapping"),
]


@pytest.mark.slow
@pytest.mark.parametrize("attack", NEVER_SIGNED, ids=lambda attack: attack.__name__)
def test_what_the_service_has_not_written_is_never_signed(world: World, attack: Attack) -> None:
    filled(world)
    world.checkpoint()
    with world.engine.begin() as connection:
        unguard(connection)
        attack(world, connection)
    with pytest.raises(LogError, match=r"är inte skriven av tjänsten|skrivnyckeln är borttagen"):
        world.checkpoint()


def test_an_older_database_is_never_signed(world: World) -> None:
    """Whoever has the database alone cuts the end, with its checkpoints: the key folder remembers. A log that
    has begun anew under another name is another."""
    filled(world)
    world.checkpoint()
    with world.engine.begin() as connection:
        unguard(connection)
        cut_the_end_and_drop_its_checkpoints(world, connection)
    with pytest.raises(LogError, match="40 poster var underskrivna, databasen har 20"):
        world.checkpoint()
    for number in range(30):
        world.append(case=f"d-{number}")
    with pytest.raises(LogError, match="är inte den som har skrivits under här"):
        world.checkpoint()
    world.keys.remember("1287", world.checkpoint("1384"))
    assert world.checkpoint()


def test_a_log_that_was_frozen_is_not_signed(world: World) -> None:
    """The guards let the head grow; what is not there cannot be signed."""
    filled(world)
    world.checkpoint()
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET size = size + 1000 WHERE tenant = '1287'"))
    with pytest.raises(LogError, match="saknas eller är inte skriven av tjänsten"):
        world.checkpoint()


def test_entries_are_marked_with_the_writers_key_of_their_time(world: World) -> None:
    filled(world)
    with world.engine.begin() as connection:
        world.log.change_writer_key(connection, "1287", world.now, MACHINE)
    world.append()
    world.checkpoint()
    assert verify(world, [], world.keys).ok
    with world.engine.begin() as connection:
        marks = connection.scalars(select(tables.entry.c.mark).where(tables.entry.c.tenant == "1287")).all()
        unguard(connection)
        swapped = update(tables.entry).where(tables.entry.c.tenant == "1287", tables.entry.c.seq == 40)
        connection.execute(swapped.values(mark=marks[39]))
    assert not verify(world, []).ok


@pytest.mark.parametrize("use", ["signing", "wrapping", "writer"])
def test_a_key_is_changed_by_a_clock_that_is_behind(world: World, use: str) -> None:
    """The anomaly before the change is of the key before."""
    filled(world)
    with world.engine.begin() as connection:
        change = getattr(world.log, f"change_{use}_key")
        change(connection, "1287", world.now - timedelta(hours=1), MACHINE)
    world.append()
    world.checkpoint()
    report = verify(world, [], world.keys)
    assert report.ok, str(report)


def test_back_dating_through_the_program_leaves_a_mark(world: World) -> None:
    """With the program and its keys an old time can be logged, but only with an anomaly before it."""
    filled(world)
    world.append(time=START - timedelta(days=30), kind=EntryKind.FACTS)
    report = verify(world, [])
    assert report.ok
    assert ("OBS", "Kommun 1287: klockan har gått bakåt 1 gånger; varje gång är loggad.") in report


def test_a_clock_anomaly_that_did_not_happen(world: World) -> None:
    """A step back excused by an anomaly that names another time than the entry before it has."""
    filled(world)
    world.append(time=START - timedelta(days=30))
    with world.engine.begin() as connection:
        unguard(connection)
        leaves = [without_personal(leaf) for leaf in rows(connection)]
        (at,) = [seq for seq, leaf in enumerate(leaves) if b"clock_anomaly" in leaf]
        last = json.loads(leaves[at - 1])["time"]
        leaves[at] = leaves[at].replace(last.encode(), b"2026-11-20T09:00:00.000000Z")
        connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
        rebuild(world, connection, leaves)
    report = verify(world, [])
    assert [text for state, text in report if state == "FEL"] == [
        f"Kommun 1287: post {at}: klockfelet är inte det som inträffade."
    ]


def test_a_fork_shown_to_two_readers(world: World) -> None:
    """The operator shows one history to one and another to the other, both signed; each is whole by itself.

    When the two compare what they hold, either copy contradicts the other's log.
    """
    filled(world)
    first = outside_copy(world)
    with world.engine.begin() as connection:
        unguard(connection)
        resign_everything(world, connection)
    second = outside_copy(world)
    assert verify(world, second).ok
    assert not verify(world, first).ok
    assert not verify(world, [*second, *first]).ok


@pytest.mark.parametrize("vouched", ["by the new key", "by an old checkpoint"])
def test_the_first_key_cannot_be_replaced_by_a_change_that_never_was(world: World, vouched: str) -> None:
    """A forged key change that the old key has not signed, or that shows something else it has signed."""
    filled(world)
    checkpoint = world.checkpoint()
    other = FileKeyStore(world.folder / "other").new_signing_key("1287", "1287.lagrum.example/audit")
    with world.engine.begin() as connection:
        unguard(connection)
        leaves = [without_personal(leaf) for leaf in rows(connection)]
        last = json.loads(leaves[-1])
        forged = {
            **json.loads(leaves[0]),
            "time": last["time"],
            "body": {
                "use": "signing",
                "key": other.public,
                "handover": other.sign(f"1287.lagrum.example/audit/key-change\n{other.public}\n")
                if vouched == "by the new key"
                else checkpoint,
            },
        }
        body = json.dumps(forged, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
        rebuild(world, connection, [*leaves, body])
        connection.execute(
            update(tables.head).where(tables.head.c.tenant == "1287").values(signing_key=other.id)
        )
    report = verify(world, [])
    assert not report.ok
    faults = {
        "by the new key": f"Underskriften med nyckel {key_id(world)} saknas eller är falsk.",
        "by an old checkpoint": "Nyckelbytet i post 40 är inte undertecknat med den förra nyckeln.",
    }
    assert ("FEL", f"Kommun 1287: {faults[vouched]}") in report


BROKEN: dict[str, list[str]] = {
    "the guards are gone": ["DROP TRIGGER audit_entry_update", "DROP TRIGGER audit_entry_row ON audit_entry"],
    "a guard refuses nothing": [
        "DROP TRIGGER audit_entry_update",
        "CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT 1; END",
        "CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NEW; END $$",
    ],
    "a guard is switched off": [
        "DROP TRIGGER audit_entry_update",
        "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_row",
    ],
    "a view stands in a table's place": [
        "ALTER TABLE audit_checkpoint RENAME TO audit_checkpoint_away",
        "CREATE VIEW audit_checkpoint AS SELECT * FROM audit_checkpoint_away",
    ],
    "the version is another": ["UPDATE audit_schema SET version = 0"],
}


@pytest.mark.parametrize("statements", BROKEN.values(), ids=BROKEN)
def test_what_is_done_to_the_database_itself_is_told(world: World, statements: list[str]) -> None:
    filled(world)
    world.checkpoint()
    assert verify(world, []).ok
    ours = world.engine.dialect.name == "postgresql"
    with world.engine.begin() as connection:
        for statement in statements:
            for_postgresql = any(word in statement for word in (" ON audit_entry", "plpgsql", "DISABLE"))
            for_sqlite = statement.startswith(("DROP TRIGGER", "CREATE TRIGGER")) and not statement.endswith(
                " ON audit_entry"
            )
            if (ours and not for_sqlite) or (not ours and (for_sqlite or not for_postgresql)):
                connection.execute(text(statement))
    report = verify(world, [])
    assert [said for state, said in report if state == "FEL"], str(report)


def test_what_nobody_signs_is_told(world: World) -> None:
    """Checkpoints removed, or never made: after some minutes it is a fault."""
    filled(world)
    world.checkpoint()
    assert check.verify_database(world.engine, world.public, live=world.now).ok
    world.append()
    soon, late = (world.now + timedelta(minutes=minutes) for minutes in (9, 11))
    assert check.verify_database(world.engine, world.public, live=soon).ok
    assert not check.verify_database(world.engine, world.public, live=late).ok
    assert check.verify_database(world.engine, world.public).ok  # a copy that was set aside
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(tables.checkpoint.delete())
    assert not check.verify_database(world.engine, world.public, live=late).ok


def test_a_log_from_the_future_is_told(world: World) -> None:
    filled(world)
    world.checkpoint()
    early = world.now - timedelta(minutes=11)
    assert not check.verify_database(world.engine, world.public, live=early).ok


@pytest.mark.slow
def test_letters_that_were_sent_are_copies_too(world: World) -> None:
    """The forger of another history cannot sign letters that fit."""
    filled(world)
    letter, _ = outside_copy(world)
    sent = {"1287": [letter]}
    assert check.verify_database(world.engine, world.public, sent=sent).ok
    with world.engine.begin() as connection:
        unguard(connection)
        rewrite_and_drop_later_checkpoints(world, connection)
    assert check.verify_database(world.engine, world.public).ok
    assert not check.verify_database(world.engine, world.public, sent=sent).ok


HEADS: dict[str, dict[str, Any]] = {
    "another name": {"origin": "1287.elsewhere.example/audit"},
    "another name, and a key that is not there": {
        "origin": "1287.elsewhere.example/audit",
        "signing_key": "ffffffff",
    },
    "no writer's key": {"writer_key": None},
}


@pytest.mark.parametrize("changed", HEADS.values(), ids=HEADS)
def test_a_head_that_is_not_ours_gets_nothing_more(world: World, changed: dict[str, Any]) -> None:
    """At once: nothing is appended, signed or believed, no key is changed, and what was signed last is not
    forgotten, so that an older copy put there afterwards is told too."""
    filled(world)
    note = world.checkpoint()
    with world.engine.connect() as connection:
        size = connection.scalar(select(tables.head.c.size).where(tables.head.c.tenant == "1287"))
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(changed))
    for log in (world.log, Log(world.keys, SOFTWARE)):
        with pytest.raises(LogError, match="är ändrat"), world.engine.begin() as connection:
            log.append(connection, "1287", world.entry())
        with pytest.raises(LogError, match="är ändrat"):
            log.checkpoint(world.engine, "1287")
        with pytest.raises(LogError, match="är ändrat"), world.engine.begin() as connection:
            log.wrote(connection, "1287", 0)
        for change in (log.change_signing_key, log.change_wrapping_key, log.change_writer_key):
            with pytest.raises(LogError, match="är ändrat"), world.engine.begin() as connection:
                change(connection, "1287", world.now, MACHINE)
    assert world.keys.remembered("1287") == note
    with world.engine.connect() as connection:
        assert connection.scalar(select(tables.head.c.size).where(tables.head.c.tenant == "1287")) == size
    world.append("1384")


@pytest.mark.parametrize("there", [True, False], ids=["other signing keys", "no signing key"])
def test_a_log_that_was_never_signed_and_lacks_its_key_is_called_as_its_other_keys_say(
    world: World, *, there: bool
) -> None:
    """What is logged needs no signing key, and goes on under a name that is known."""
    if not there:
        for each in (world.folder / "keys" / "1287").glob("signing-*.key"):
            each.unlink()
    log, head = Log(world.keys, SOFTWARE), tables.head.c

    def write_in_head(**changed: str) -> None:
        with world.engine.begin() as connection:
            unguard(connection)
            connection.execute(update(tables.head).where(head.tenant == "1287").values(changed))

    write_in_head(signing_key="ffffffff")
    if there:
        with world.engine.begin() as connection:
            log.append(connection, "1287", world.entry())
    write_in_head(origin="1287.elsewhere.example/audit")
    for _ in range(2):
        with pytest.raises(LogError, match="är inte loggens namn"), world.engine.begin() as connection:
            log.append(connection, "1287", world.entry())


def test_an_upgrade_that_was_cut_short_is_no_attack(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a version without writer's keys gets one in a transaction that is undone: the key is in the
    folder then, and no entry takes it into use. The log goes on as before, and gets one the next time."""
    now = Log._next

    def before(log: Log, head: Any, prepared: Any) -> Any:
        members = dict(prepared.members)
        if prepared.kind is EntryKind.KEY_CHANGED:
            body = json.loads(members["body"])
            members["body"] = canonical({name: body[name] for name in ("use", "key", "wrapping_key")}, "body")
        return now(log, replace(head, writer_key=None), replace(prepared, members=members))

    monkeypatch.setattr(Log, "_next", before)
    world.create("9999")
    monkeypatch.setattr(Log, "_next", now)
    for each in (world.folder / "keys" / "9999").glob("writer-*.key"):
        each.unlink()
    with world.engine.begin() as connection:
        unguard(connection)
        its = update(tables.head).where(tables.head.c.tenant == "9999")
        connection.execute(its.values(writer_key=None))
    world.append("9999")
    world.checkpoint("9999")
    with world.engine.connect() as connection, connection.begin() as undone:
        world.log.change_writer_key(connection, "9999", world.now, MACHINE)
        undone.rollback()
    assert world.keys.has_writer_key("9999")
    world.append("9999")
    world.checkpoint("9999")
    with world.engine.begin() as connection:
        world.log.change_writer_key(connection, "9999", world.now, MACHINE)
    world.append("9999")
    world.checkpoint("9999")
