"""The outside folder: written once, never overwritten, and the first to notice another history."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from audit import verify_database, witness
from audit.errors import LogError, WitnessError
from tests.audit.world import World, unguard


def publish(world: World, folder: Path) -> Path:
    return witness.publish(world.engine, "1287", folder)


def test_checkpoints_pile_up(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "kopior"
    for _ in range(3):
        world.append()
        note = world.checkpoint()
        path = publish(world, folder)
        assert path.read_text("utf-8") == note
        assert publish(world, folder) == path
    assert sorted(path.name for path in (folder / "1287.lagrum.example/audit").iterdir()) == [
        "2.checkpoint",
        "3.checkpoint",
        "4.checkpoint",
    ]
    assert verify_database(world.engine, world.public, witness.collected(folder)).ok


def test_nothing_to_publish(world: World, tmp_path: Path) -> None:
    with pytest.raises(LogError) as error:
        publish(world, tmp_path)
    assert str(error.value) == "Kommun 1287 har ingen checkpoint. Skapa en med Log.checkpoint."


def test_another_history_is_not_published(world: World, tmp_path: Path) -> None:
    """The log is cut and goes on differently, with the right key: the folder says so, and stays as it is."""
    folder = tmp_path / "kopior"
    world.append()
    world.append()
    world.checkpoint()
    kept = publish(world, folder)
    before = kept.read_bytes()
    with world.engine.begin() as connection:
        unguard(connection)
        connection.execute(text("DELETE FROM audit_entry WHERE tenant = '1287' AND seq > 0"))
        connection.execute(text("DELETE FROM audit_checkpoint"))
        connection.execute(text("DELETE FROM audit_case"))
        connection.execute(
            text(
                "UPDATE audit_head SET size = 1, frontier = (SELECT hashes FROM audit_entry "
                "WHERE tenant = '1287' AND seq = 0) WHERE tenant = '1287'"
            )
        )
    world.let_the_keys_forget()
    for _ in range(2):
        world.append(purpose="en annan historia")
        world.checkpoint()
        with pytest.raises(WitnessError) as error:
            publish(world, folder)
        assert str(error.value).startswith(
            f"{kept} visar en annan logg än databasen: 3 poster var publicerade"
        )
    assert kept.read_bytes() == before
    assert list(kept.parent.iterdir()) == [kept]
