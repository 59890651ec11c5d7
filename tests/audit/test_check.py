"""``verify_database``: what it says, and that several processes see what one sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, select, text, update

from audit import check, create_tables, prepare_engine, proof, tables, verify_database
from audit.errors import LogError
from audit.segment import SegmentState, stored_state
from tests.audit.attacks import rebuild, rows
from tests.audit.world import World, unguard
from tests.world.sweeps import share


def test_what_it_says(world: World) -> None:
    world.decide()
    world.append(case="c-2")
    note = world.checkpoint()
    report = verify_database(world.engine, world.public, [note], vault=world.keys)
    assert (
        str(report)
        == """\
OK   Databasens egna spärrar är de som ska finnas.
OK   Kommun 1287: 5 poster i obruten följd, var och en oförändrad.
OK   Kommun 1287: loggens slut (2026-11-20T08:12:04.000000Z) stämmer med posterna.
OK   Kommun 1287: nycklarna är de loggade (signeringsnycklar: 1).
OK   Kommun 1287: checkpoints, underskrivna och i takt med posterna: 1.
OK   Kommun 1287: poster som väntar på nästa checkpoint: 0.
OK   Kommun 1287: kopior hos andra, i takt med posterna: 1.
OK   Kommun 1287: ärenden: 2, poster i valvet: 3, gallrade ärenden: 0.
OK   Kommun 1287: personuppgifter i valvet, de som loggades: 17.
OK   Kommun 1384: 1 poster i obruten följd, var och en oförändrad.
OK   Kommun 1384: loggens slut (2026-11-20T08:12:00.000000Z) stämmer med posterna.
OK   Kommun 1384: nycklarna är de loggade (signeringsnycklar: 1).
OK   Kommun 1384: checkpoints, underskrivna och i takt med posterna: 0.
OK   Kommun 1384: poster som väntar på nästa checkpoint: 1.
OK   Kommun 1384: ärenden: 0, poster i valvet: 0, gallrade ärenden: 0.
OK   Kommun 1384: personuppgifter i valvet, de som loggades: 0.
OBS  Kommun 1384: ingen kopia hos någon annan angavs; att slutet inte har klippts av är inte prövat.
=>   Allt som kontrollerats stämmer."""
    )


def test_without_a_key_it_says_so(world: World) -> None:
    report = verify_database(world.engine, {}, tenants=["1287"])
    assert report.ok
    unread = (
        "Kommun 1287: ingen nyckelmapp angavs; tjänstens märken, det som är förseglat och breven som har "
        "skickats är inte prövade."
    )
    assert ("OBS", unread) in report
    assert not [
        said for _, said in verify_database(world.engine, {}, vault=world.keys) if "nyckelmapp" in said
    ]
    said = "Kommun 1287: ingen publik nyckel angavs; loggen är bara prövad mot sina egna nycklar."
    assert ("OBS", said) in report


def test_a_copy_of_a_log_that_is_not_here(world: World, memory_world: World) -> None:
    key = memory_world.keys.new_signing_key("0180", "0180.lagrum.example/audit")
    note = key.sign(f"0180.lagrum.example/audit\n1\n{'A' * 43}=\n")
    report = verify_database(world.engine, world.public, [note])
    assert ("FEL", "Loggen 0180.lagrum.example/audit finns hos någon annan men inte i databasen.") in report
    report = verify_database(world.engine, {"0180": key.public})
    assert ("FEL", "Kommun 0180: loggen finns inte i databasen.") in report


def test_a_letter_whose_proof_is_of_another_entry(world: World) -> None:
    world.decide()
    world.checkpoint()
    with world.engine.connect() as connection:
        letter = proof.letter(connection, "1287", 2)
    report = verify_database(world.engine, world.public, [letter.replace("index 2", "index 1")])
    assert not report.ok
    assert (
        "FEL",
        "Kommun 1287: kopian hos någon annan vid 4 poster: brevets bevis för post 1 leder inte till roten.",
    ) in report


def test_faults_are_counted_when_there_are_many(world: World) -> None:
    for _ in range(30):
        world.append()
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(text("UPDATE audit_entry SET case_id = 'x' WHERE seq > 0"))
    report = verify_database(world.engine, world.public, tenants=["1287"])
    assert ("FEL", "Kommun 1287: och 10 fel till av samma slag.") in report


def make_unreadable(connection: Any) -> None:
    where = tables.entry.c.seq == 5
    connection.execute(update(tables.entry).where(where).values(body=b'{"not":"canonical" }'))


def lose_one(connection: Any) -> None:
    connection.execute(tables.entry.delete().where(tables.entry.c.seq == 8))


def change_hashes(connection: Any) -> None:
    connection.execute(update(tables.entry).where(tables.entry.c.seq == 15).values(hashes=bytes(160)))


def change_a_time(connection: Any) -> None:
    row = connection.execute(select(tables.entry).where(tables.entry.c.seq == 16)).mappings().one()
    body = row["body"].replace(b"2026-11-20", b"2026-11-19")
    connection.execute(update(tables.entry).where(tables.entry.c.seq == 16).values(body=body))


def nothing(connection: Any) -> None:
    pass


DAMAGES = [nothing, make_unreadable, lose_one, change_hashes, change_a_time]


@pytest.mark.slow
@pytest.mark.parametrize("damage", share(DAMAGES, 2))
def test_several_processes_see_the_same(
    database_url: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Any], None]
) -> None:
    monkeypatch.setattr(check, "_WORTH_SHARING", 12)
    engine = prepare_engine(create_engine(database_url))
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287")
    for number in range(20):
        world.append(case=f"c-{number % 3}", personal={"lön": number})
    world.checkpoint()
    with engine.begin() as connection:
        unguard(connection)
        damage(connection)
    one = verify_database(engine, world.public, vault=world.keys)
    two = verify_database(engine, world.public, vault=world.keys, processes=2)
    assert one.ok == two.ok == (damage is nothing)
    first = next(text for state, text in one if state == "FEL") if damage is not nothing else ""
    assert first in str(two)
    engine.dispose()


def twenty(engine: Engine, folder: Path) -> World:
    create_tables(engine)
    world = World(engine, folder)
    world.create("1287")
    for number in range(20):
        world.append(case=f"c-{number % 3}")
    return world


@pytest.mark.slow
def test_a_part_that_started_from_a_lie_is_noticed(
    sqlite_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "_WORTH_SHARING", 12)
    engine = prepare_engine(create_engine(sqlite_url))
    world = twenty(engine, tmp_path)

    def lie(connection: Connection, tenant: str, size: int) -> SegmentState:
        return replace(stored_state(connection, tenant, size), time="2000-01-01T00:00:00.000000Z")

    monkeypatch.setattr(check, "stored_state", lie)
    report = verify_database(engine, world.public, processes=2)
    assert ("FEL", "Kommun 1287: post 5: de sparade hasharna är inte postens.") in report
    engine.dispose()


@pytest.mark.slow
def test_a_gap_in_a_case_between_two_parts_is_noticed(
    sqlite_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is in order by itself, and the case counts as many entries as its last number says."""
    monkeypatch.setattr(check, "_WORTH_SHARING", 12)
    engine = prepare_engine(create_engine(sqlite_url))
    world = twenty(engine, tmp_path)
    with engine.begin() as connection:
        unguard(connection)
        leaves = rows(connection)
        for seq in range(12, 21):
            item = json.loads(leaves[seq])
            leaves[seq] = leaves[seq].replace(
                f'"number":{item["number"]}'.encode(), f'"number":{item["number"] + 1}'.encode()
            )
        rebuild(world, connection, leaves)
        connection.execute(tables.case.update().values(entries=tables.case.c.entries + 1))
    for processes in (1, 2):
        assert not verify_database(engine, world.public, processes=processes).ok
    engine.dispose()


def faults_after(world: World, statement: str) -> list[str]:
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(text(statement))
    return [said for state, said in verify_database(world.engine, world.public) if state == "FEL"]


def test_the_changed_entry_is_told_from_those_whose_trees_hold_it(memory_world: World) -> None:
    for number in range(7):
        memory_world.append(case=f"c-{number}")
    change = "UPDATE audit_entry SET body = CAST(replace(body, 'prov', 'sken') AS BLOB) WHERE seq = 4"
    faults = faults_after(memory_world, f"{change} AND tenant = '1287'")
    assert [fault for fault in faults if "innehållet" in fault] == [
        "Kommun 1287: post 4: innehållet är inte det som loggades."
    ]
    assert "Kommun 1287: post 5: hasharna över den och posterna före den är inte de som loggades." in faults


def test_an_entry_that_is_no_longer_bytes(memory_world: World) -> None:
    """SQLite keeps whatever type it is given; the fault is named and the rest is still checked."""
    memory_world.append()
    memory_world.append()
    faults = faults_after(memory_world, "UPDATE audit_entry SET body = CAST(body AS TEXT) WHERE seq = 1")
    assert faults == ["Kommun 1287: post 1: är inte lagrad som byte."]


def test_a_log_that_has_lost_its_version_is_not_used(memory_world: World) -> None:
    with memory_world.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_schema"))
    said = "Databasens granskningslogg saknar versionsnummer. Den är skadad."
    with pytest.raises(LogError, match=said):
        verify_database(memory_world.engine, memory_world.public)
    with pytest.raises(LogError, match=said):
        memory_world.append()
