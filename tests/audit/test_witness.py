"""The outside folder: written once, never overwritten, and the first to notice another history."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

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


class KilledError(BaseException):
    """The process is gone: nothing that it would have tidied up is."""


CALLS = ["open", "write", "fsync", "link", "unlink", "replace"]
"""What the system may be asked while a checkpoint is put in the folder."""


@pytest.mark.slow
@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.parametrize("name", CALLS)
def test_wherever_a_publisher_is_killed_the_folder_can_be_read_and_the_next_one_publishes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, time: int, links: bool
) -> None:
    folder = tmp_path / "kopior"
    world.append()
    note = world.checkpoint()
    path = publish(world, folder)
    path.unlink()
    asked: list[str] = []
    real = getattr(os, name)

    def killed(*given: Any, **named: Any) -> Any:
        asked.append(name)
        if len(asked) == time:
            raise KilledError
        return real(*given, **named)

    with monkeypatch.context() as patched:
        if not links:
            patched.setattr(os, "link", refused)
        patched.setattr(os, name, killed)
        with suppress(KilledError):
            publish(world, folder)
        assert verify_database(world.engine, world.public, witness.collected(folder)).ok
        assert publish(world, folder) == path
    assert path.read_text("utf-8") == note
    assert witness.collected(folder) == [note]


def refused(*given: Any, **_: Any) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(given[0]))


def test_an_empty_file_is_passed_by_and_filled(world: World, tmp_path: Path) -> None:
    """What was left behind by one that wrote before it had all of it."""
    folder = tmp_path / "kopior"
    world.append()
    first = world.checkpoint()
    path = publish(world, folder)
    world.append()
    newest = world.checkpoint()
    empty = path.with_name("3.checkpoint")
    empty.touch(0o444)
    assert witness.collected(folder) == [first]
    assert verify_database(world.engine, world.public, witness.collected(folder)).ok
    assert publish(world, folder) == empty
    assert witness.collected(folder) == [first, newest]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_of_a_full_disk_no_half_checkpoint_is_left(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    folder = tmp_path / "kopior"
    world.append()
    note = world.checkpoint()
    real = os.write
    written: list[bytes] = []

    def short(file: int, data: bytes) -> int:
        written.append(data)
        return real(file, data[:9] if links or len(written) > 1 else data)

    with monkeypatch.context() as patched:
        if not links:
            patched.setattr(os, "link", refused)
        patched.setattr(os, "write", short)
        with pytest.raises(OSError, match="No space left") as error:
            publish(world, folder)
        assert error.value.errno == errno.ENOSPC
    assert witness.collected(folder) == []
    assert publish(world, folder).read_text("utf-8") == note


def test_a_folder_where_nothing_can_be_taken_away_is_published_to(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor renamed; with and without hard links."""
    folder = tmp_path / "kopior"
    notes: list[str] = []
    monkeypatch.setattr(os, "unlink", refused)
    monkeypatch.setattr(os, "replace", refused)
    for _ in range(2):
        world.append()
        notes.append(world.checkpoint())
        publish(world, folder)
        assert publish(world, folder).read_text("utf-8") == notes[-1]
        assert witness.collected(folder) == notes
        monkeypatch.setattr(os, "link", refused)
    path = publish(world, folder)
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(WitnessError) as error:
        publish(world, folder)
    assert str(error.value).startswith(f"{path} är tom och går inte att fylla")


def test_another_history_of_the_same_size_that_came_meanwhile_is_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the folder and the writing."""
    folder = tmp_path / "kopior"
    world.append()
    origin, size, root = world.checkpoint().split("\n")[:3]
    other = "\n".join([origin, size, "A" * 43 + "=", *world.checkpoint().split("\n")[3:]])
    assert root not in other
    real, path = os.link, folder / origin / f"{size}.checkpoint"

    def late(*given: Any) -> None:
        path.write_text(other, "utf-8")
        real(*given)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(WitnessError) as error:
        publish(world, folder)
    assert str(error.value).startswith(f"{path} visar en annan logg än databasen")
    assert path.read_text("utf-8") == other
