"""Checkpoints in a folder that someone else keeps: the outside copy that two of the attacks need.

``<folder>/<origin>/<size>.checkpoint``. A file is written once and never again. Whoever keeps the folder
should make it append-only for the municipality (another account, an object store with a lock, another
municipality's server); this program only promises not to overwrite.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, select

from audit import proof, tables
from audit.database import read_only
from audit.errors import LogError, WitnessError
from audit.verify import read_checkpoint


def publish(engine: Engine, tenant: str, folder: Path) -> Path:
    """Put the newest checkpoint in the folder and return its path; no harm done if it is there already.
    Several processes may do so at once.

    First holds the newest one in the folder against the log, and raises WitnessError, with nothing written,
    when the log is not the one that was published before. Raises LogError before the first checkpoint.
    """
    with read_only(engine) as connection:
        origin = connection.scalar(select(tables.head.c.origin).where(tables.head.c.tenant == tenant))
    home = folder / str(origin)
    # The folder before the log: what another process publishes from now on is of a log that we may not see.
    there = sorted(home.glob("*.checkpoint"), key=lambda path: int(path.stem), reverse=True)
    written = next((path for path in there if path.stat().st_size), None)  # an empty one is being written
    table = tables.checkpoint.c
    newest = select(table.note).where(table.tenant == tenant).order_by(table.size.desc()).limit(1)
    with read_only(engine) as connection:
        note = connection.scalar(newest)
        if note is None:
            raise LogError(f"Kommun {tenant} har ingen checkpoint. Skapa en med Log.checkpoint.")
        _, size, _ = read_checkpoint(note)
        if written is not None:
            _, kept, root = read_checkpoint(written.read_text("utf-8"))
            if kept > size or proof.root(connection, tenant, kept) != root:
                raise WitnessError(
                    f"{written} visar en annan logg än databasen: {kept} poster var publicerade, databasens "
                    f"senaste checkpoint har {size}. Publicera inte mer; kör lagrum audit verify och utred."
                )
    path = home / f"{size}.checkpoint"
    home.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        try:
            os.write(file, note.encode())  # at once: nobody reads half of it
            os.fsync(file)
        finally:
            os.close(file)
    return path


def collected(folder: Path) -> list[str]:
    """Every checkpoint in the folder, for ``verify_database(outside=...)`` and ``bundle.export``."""
    return [path.read_text("utf-8") for path in sorted(folder.glob("**/*.checkpoint"))]
