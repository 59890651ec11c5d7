"""Checkpoints in a folder that someone else keeps: the outside copy that two of the attacks need.

``<folder>/<origin>/<size>.checkpoint``. A file is written once and never again. Whoever keeps the folder
should make it append-only for the municipality (another account, an object store with a lock, another
municipality's server); this program only promises not to overwrite. An empty file says nothing: whoever was
to write it is at it still, or was killed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, select

from audit import proof, tables
from audit.database import read_only
from audit.errors import LogError, WitnessError
from audit.files import drafted, write_new
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
    written = next((path for path in there if path.stat().st_size), None)  # an empty one is not written
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
                raise WitnessError(_another(written, kept, size))
    path = home / f"{size}.checkpoint"
    home.mkdir(parents=True, exist_ok=True)
    if not _is_there(path, note):
        _put(path, note)
    return path


def collected(folder: Path) -> list[str]:
    """Every checkpoint in the folder, for ``verify_database(outside=...)`` and ``bundle.export``."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("**/*.checkpoint"))]
    return [text for text in texts if text]


def _is_there(path: Path, note: str) -> bool:
    """Whether a checkpoint is in its file. Raises WitnessError where another log's is."""
    text = path.read_text("utf-8") if path.exists() else ""
    if text and read_checkpoint(text) != read_checkpoint(note):
        raise WitnessError(_another(path, read_checkpoint(text)[1], read_checkpoint(note)[1]))
    return bool(text)


def _put(path: Path, note: str) -> None:
    """The file there with all of its text, or not at all."""
    text = note.encode()
    with drafted(path, text, 0o444) as draft:
        try:
            os.link(draft, path)  # fails where another process was first
        except FileExistsError:
            pass
        except OSError:  # no hard links there: for a moment the file is empty
            with suppress(FileExistsError):
                write_new(path, text, 0o444)
        if not _is_there(path, note):
            _fill(path, draft)


def _fill(path: Path, draft: Path) -> None:
    """An empty file, of somebody who was killed before it was written, becomes a whole one."""
    try:
        os.replace(draft, path)
    except OSError as error:
        raise WitnessError(
            f"{path} är tom och går inte att fylla ({error.strerror}). "
            "Be den som håller mappen att ta bort filen."
        ) from error


def _another(path: Path, kept: int, size: int) -> str:
    return (
        f"{path} visar en annan logg än databasen: {kept} poster var publicerade, databasens "
        f"senaste checkpoint har {size}. Publicera inte mer; kör lagrum audit verify och utred."
    )
