"""Checkpoints in a folder that someone else keeps: the outside copy that two of the attacks need.

``<folder>/<origin>/<size>.checkpoint``. A file is written once and never again. Whoever keeps the folder
should make it append-only for the municipality (another account, an object store with a lock, another
municipality's server); this program only promises not to overwrite.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, select

from audit import proof, tables
from audit.errors import LogError, WitnessError
from audit.verify import read_checkpoint


def publish(connection: Connection, tenant: str, folder: Path) -> Path:
    """Put the newest checkpoint in the folder and return its path; no harm done if it is there already.

    First holds the newest one in the folder against the log, and raises WitnessError, with nothing written,
    when the log is not the one that was published before. Raises LogError before the first checkpoint.
    """
    table = tables.checkpoint.c
    newest = select(table.note).where(table.tenant == tenant).order_by(table.size.desc()).limit(1)
    note = connection.execute(newest).scalar()
    if note is None:
        raise LogError(f"Kommun {tenant} har ingen checkpoint. Skapa en med Log.checkpoint.")
    origin, size, _ = read_checkpoint(note)
    home = folder / origin
    published = sorted(int(path.stem) for path in home.glob("*.checkpoint"))
    if published:
        path = home / f"{published[-1]}.checkpoint"
        _, kept, root = read_checkpoint(path.read_text("utf-8"))
        if kept > size or proof.root(connection, tenant, kept) != root:
            raise WitnessError(
                f"{path} visar en annan logg än databasen: {kept} poster var publicerade, databasens senaste "
                f"checkpoint har {size}. Publicera inte mer; kör lagrum audit verify och utred."
            )
    path = home / f"{size}.checkpoint"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
    return path


def collected(folder: Path) -> list[str]:
    """Every checkpoint in the folder, for ``verify_database(outside=...)`` and ``bundle.export``."""
    return [path.read_text("utf-8") for path in sorted(folder.glob("**/*.checkpoint"))]
