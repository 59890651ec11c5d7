"""Personal data: committed to, encrypted, and gone for good when its time is up."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, select, text

from audit import (
    EntryKind,
    FileKeyStore,
    create_tables,
    deletion,
    prepare_engine,
    retention,
    tables,
    trail,
    vault,
    verify_database,
)
from audit.canonical import canonical
from audit.errors import RetentionError, VaultError
from audit.packed import pack, unpack
from audit.verify import leaf_hash
from tests.audit.world import ASSESSMENT, MACHINE, START, WORKER, World, unguard

NOW = START.replace(year=2033)
SECRETS = ["Alva", "1988-02-09", "1000.50", "837950", "5f5f5f"]


def everything(engine: Engine) -> bytes:
    """Every value of every row of every table."""
    found = []
    with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).all():
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


def delete(world: World, case: str = "c-1") -> None:
    with world.engine.begin() as connection:
        deletion.delete_case(world.log, connection, "1287", case, retention.load(), {9}, NOW, MACHINE)


def opened(world: World, case: str = "c-1") -> list[trail.OpenedEntry]:
    with world.engine.connect() as connection:
        return trail.read_case(connection, world.keys, "1287", case)


def test_with_the_keys_everything_is_read_and_checked(world: World) -> None:
    world.decide()
    *_, decision = opened(world)
    assert decision.personal["assessment.rules"] == ASSESSMENT["rules"]
    for name, value in decision.personal.items():
        raw = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        commitment = hmac.digest(decision.openings[name], raw, "sha256")
        assert commitment == b64decode(decision.entry["personal"][name])


def test_a_stolen_database_tells_nothing(world: World, tmp_path: Path) -> None:
    """All of the database and none of the key files: no value in clear, none to be found by trying."""
    world.decide()
    stolen = everything(world.engine)
    for secret in SECRETS:
        assert secret.encode() not in stolen
    with world.engine.connect() as connection:
        rows = connection.execute(trail.with_vault("1287").order_by(tables.entry.c.seq)).all()
        wrapped = connection.scalars(select(tables.case.c.wrapped)).all()
    facts = next(row for row in rows if b'"salary"' in row.body)
    guess = canonical("1000.50", "salary")
    commitment = json.loads(facts.body)["personal"]["salary"]
    material = [row.ciphertext for row in rows] + list(wrapped) + [row.body for row in rows]
    keys = {chunk[at : at + 32] for chunk in material for at in range(len(chunk) - 31)}
    assert all(hmac.digest(key, guess, "sha256") != b64decode(commitment) for key in keys)
    for key in sorted(keys)[:2000]:
        with pytest.raises(VaultError):
            vault.decrypt(key, wrapped[0], vault.key_place("1287", "c-1", facts.wrapping_key), "")
    other = FileKeyStore(tmp_path / "other")
    other_id = other.new_wrapping_key("1287")
    place = vault.key_place("1287", "c-1", facts.wrapping_key)
    with pytest.raises(VaultError):
        vault.decrypt(other.wrapping_key("1287", other_id), wrapped[0], place, "")


def test_the_same_value_twice_does_not_show(world: World) -> None:
    world.append(personal={"hyra": "5400", "lön": "5400"})
    world.append(personal={"hyra": "5400"})
    commitments = [value for entry in opened(world) for value in entry.entry["personal"].values()]
    assert len(set(commitments)) == 3


@pytest.mark.parametrize("how", ["cases", "entries", "municipalities"])
def test_ciphertexts_cannot_be_moved(world: World, how: str) -> None:
    world.append(case="c-1", personal={"lön": 1})
    world.append(case="c-1", personal={"lön": 2})
    world.append(case="c-2", personal={"lön": 3})
    world.append("1384", case="c-1", personal={"lön": 4})
    pairs = {
        "entries": (("1287", 1), ("1287", 2)),
        "cases": (("1287", 2), ("1287", 3)),
        "municipalities": (("1287", 1), ("1384", 1)),
    }
    column = tables.vault.c
    with world.engine.begin() as connection:
        unguard(connection)
        contents = []
        for tenant, seq in pairs[how]:
            query = select(column.ciphertext).where(column.tenant == tenant, column.seq == seq)
            contents.append(connection.scalar(query))
        for (tenant, seq), content in zip(pairs[how], reversed(contents), strict=True):
            connection.execute(
                tables.vault.update()
                .where(column.tenant == tenant, column.seq == seq)
                .values(ciphertext=content)
            )
    with pytest.raises(
        VaultError, match="valvets innehåll är ändrat, flyttat eller låst med en annan nyckel"
    ):
        opened(world)
    assert not verify_database(world.engine, world.public, vault=world.keys).ok


def test_a_case_key_cannot_be_moved(world: World) -> None:
    world.append(case="c-1", personal={"lön": 1})
    world.append(case="c-2", personal={"lön": 2})
    with world.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE audit_case SET wrapped = (SELECT wrapped FROM audit_case WHERE case_id = 'c-1') "
                "WHERE case_id = 'c-2'"
            )
        )
    with pytest.raises(VaultError) as error:
        opened(world, "c-2")
    assert str(error.value) == (
        "Nyckeln till ärende c-2: valvets innehåll är ändrat, flyttat eller låst med en annan nyckel."
    )


def test_a_lost_vault_row_is_not_silent(world: World) -> None:
    world.append(personal={"lön": 1})
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(text("DELETE FROM audit_vault"))
    with pytest.raises(VaultError) as error:
        opened(world)
    assert str(error.value) == "Post 1: valvet saknar personuppgifterna, men ärende c-1 är inte gallrat."
    report = verify_database(world.engine, world.public)
    assert ("FEL", "Kommun 1287: post 1: personuppgifterna saknas i valvet.") in report


def test_a_vault_that_says_something_else_than_the_log(world: World) -> None:
    """The operator, with all keys, rewrites a value in the vault: the commitment tells."""
    world.append(personal={"lön": 1})
    with world.engine.begin() as connection:
        unguard(connection)
        row = connection.execute(trail.with_vault("1287")).one()
        key = vault.unwrap(world.keys, "1287", "c-1", row.wrapping_key, row.wrapped)
        place = vault.entry_place("1287", "c-1", leaf_hash(row.body))
        content = json.loads(unpack(vault.decrypt(key, row.ciphertext, place, "")))
        content["values"]["lön"] = 2
        forged = vault.encrypt(key, json.dumps(content).encode(), place)
        connection.execute(tables.vault.update().values(ciphertext=forged))
    with pytest.raises(VaultError) as error:
        opened(world)
    assert str(error.value) == "Post 1: uppgiften lön i valvet är inte den som loggades."


@pytest.mark.parametrize("value", ["Hej!", "Hej! " * 5000])
def test_what_an_earlier_version_wrote_is_read_as_before(world: World, value: str) -> None:
    """It packed nothing."""
    world.append(personal={"text": value})
    with world.engine.begin() as connection:
        unguard(connection)
        row = connection.execute(trail.with_vault("1287")).one()
        key = vault.unwrap(world.keys, "1287", "c-1", row.wrapping_key, row.wrapped)
        place = vault.entry_place("1287", "c-1", leaf_hash(row.body))
        clear = unpack(vault.decrypt(key, row.ciphertext, place, ""))
        assert len(row.ciphertext) < 500
        connection.execute(tables.vault.update().values(ciphertext=vault.encrypt(key, clear, place)))
    assert opened(world)[0].personal == {"text": value}


@given(st.binary(max_size=2000))
def test_what_is_packed_is_unpacked(content: bytes) -> None:
    assert unpack(pack(content)) == content


@pytest.mark.parametrize("wrong", [b"", b"x", b"zx", b"z", b'["a"]', b"z" + b"\x78\x01"])
def test_what_was_not_packed_here_is_refused(wrong: bytes) -> None:
    with pytest.raises(VaultError, match="packa"):
        unpack(wrong)


def test_after_deletion_the_skeleton_verifies_and_nothing_personal_is_left(world: World) -> None:
    world.decide()
    world.append(kind=EntryKind.ACCESS, purpose="begäran om insyn")
    before = world.checkpoint()
    with world.engine.connect() as connection:
        live = connection.execute(select(tables.vault.c.ciphertext)).scalars().all()
        key = connection.scalar(select(tables.case.c.wrapped))
    delete(world)
    world.checkpoint()
    left = everything(world.engine)
    for gone in [*live, key]:
        assert gone not in left
    report = verify_database(world.engine, world.public, [before], vault=world.keys)
    assert report.ok, str(report)
    entries = opened(world)
    assert all(not entry.personal for entry in entries)
    decision = entries[2].entry
    assert decision["release"] == "rel-1"
    assert decision["body"] == {
        "number": 1,
        "outcome": "BIFALL",
        "proposed_outcome": None,
        "automatic": True,
        "month": "2026-11",
        "municipality": "1287",
        "release": "rel-1",
        "rules": [
            {
                "id": "riksnorm.vuxen",
                "provision": ["SoL 12 kap. 7 §", "SocF 12 kap. 2 §"],
                "state": "fired",
            },
            {"id": "jobbstimulans", "provision": ["SoL 12 kap. 8 §"], "state": "not_fired"},
        ],
        "engines": {"agree": True},
    }


def test_a_deleted_case_gets_no_new_personal_data(world: World) -> None:
    world.decide()
    world.append(case="c-2", personal={"lön": 2})
    delete(world)
    with pytest.raises(VaultError) as error:
        world.append(time=NOW, personal={"lön": 1})
    assert str(error.value) == (
        "Ärendet c-1 är gallrat (post 5) och kan inte få nya personuppgifter. Öppna ett nytt ärende."
    )
    with world.engine.begin() as connection, pytest.raises(RetentionError) as again:
        deletion.delete_case(world.log, connection, "1287", "c-1", retention.load(), {9}, NOW, MACHINE)
    assert str(again.value) == "Ärende c-1 är redan gallrat."
    world.append(kind=EntryKind.ACCESS, time=NOW, actor=WORKER)
    assert [entry.personal for entry in opened(world, "c-2")] == [{"lön": 2}]
    world.checkpoint()
    assert verify_database(world.engine, world.public, vault=world.keys).ok


def test_a_key_that_comes_back_from_a_backup_is_noticed(world: World) -> None:
    world.append(personal={"lön": 1})
    with world.engine.connect() as connection:
        row = connection.execute(select(tables.case)).mappings().one()
    delete(world)
    with world.engine.begin() as connection:
        unguard(connection)
        kept = {name: row[name] for name in ("wrapped", "wrapping_key")}
        connection.execute(tables.case.update().values(**kept))
    report = verify_database(world.engine, world.public)
    assert ("FEL", "Kommun 1287: ärende c-1: är gallrat, men nyckeln finns kvar.") in report


def test_deletion_is_undone_with_its_transaction(world: World) -> None:
    world.append(personal={"lön": 1})
    with world.engine.connect() as connection:
        deletion.delete_case(world.log, connection, "1287", "c-1", retention.load(), {9}, NOW, MACHINE)
        connection.rollback()
    assert opened(world)[0].personal == {"lön": 1}


def test_deleted_content_is_overwritten_on_disk(sqlite_url: Any, tmp_path: Path) -> None:
    """SQLite: when the write-ahead log is folded in, the ciphertext is in no free page either."""
    engine = prepare_engine(create_engine(sqlite_url))
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287")
    world.append(personal={"text": secrets.token_hex(15_000)})
    with engine.connect() as connection:
        ciphertext = connection.execute(select(tables.vault.c.ciphertext)).scalar_one()
        wrapped = connection.execute(select(tables.case.c.wrapped)).scalar_one()
    path = Path(sqlite_url.database)
    piece = ciphertext[9000:9032]
    delete(world)
    engine.dispose()
    on_disk = b"".join(file.read_bytes() for file in path.parent.glob("test.db*"))
    assert piece not in on_disk
    assert wrapped not in on_disk
    assert b"gallring" in on_disk
