"""Exports and letters, and a stranger who checks them."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from audit import EntryKind, bundle, proof
from tests.audit.world import START, World

NOW = START.replace(year=2033)


def fill(world: World) -> World:
    """A published release, a decided case with its letter, other cases before, between and after."""
    world.publish()
    world.append(case="c-0", personal={"lön": 1})
    world.decide()
    world.checkpoint()
    world.append(case="c-0")
    world.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": "Hej Alva!"})
    world.append(case="c-0")
    world.checkpoint()
    return world


def export(world: World, **given: Any) -> dict[str, str]:
    """The files of an export."""
    with world.engine.connect() as connection:
        content = bundle.export(connection, world.keys, "1287", "c-1", **given)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def letter(world: World) -> str:
    with world.engine.connect() as connection:
        return proof.letter(connection, "1287", 5)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program alone, in a folder without the project, with Python told to ignore the surroundings."""
    command = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def stranger(world: World, folder: Path, files: dict[str, str], *arguments: str) -> tuple[int, str]:
    """What a stranger sees who puts the export in an empty folder; a key and a letter came by another way."""
    folder.mkdir(exist_ok=True)
    (folder / "verify.py").write_text(files["verify.py"], "utf-8")
    (folder / "paket.json").write_text(files["paket.json"], "utf-8")
    for name in ("spår.txt", "LÄS-MIG.txt"):
        (folder / name).write_text(files[name], "utf-8")
    done = run(folder, "paket.json", "--key", world.public["1287"], *arguments)
    return done.returncode, done.stdout + done.stderr
