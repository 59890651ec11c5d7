"""Files that are there whole or not at all, and folders in which nobody else may write."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from audit.errors import KeyFileError


@contextmanager
def drafted(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside another with all that this is to have, to be linked or moved into its place: it is there
    with all of it, or not at all, also when this process is killed meanwhile. What is left behind then, or in
    a folder where nothing can be taken away, has a name that nobody reads."""
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(8)}.draft")
    try:
        write_new(draft, content, mode)
        yield draft
    finally:
        with suppress(OSError):
            os.unlink(draft)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """A new file at once with all of its content; an empty one where there is no room for it."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        if os.write(file, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file)
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, 0)
        raise
    finally:
        os.close(file)


def make_own(folder: Path) -> None:
    """A folder for what only its owner may have, with those that lead to it where they are missing, whatever
    the process lets others do in what it makes."""
    if not folder.is_dir():
        make_own(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def require_own(*folders: Path) -> None:
    """Raise KeyFileError for a folder in which others may write: they could take away what it has, or put
    something else in its place. One that is not there is nobody's."""
    for each in folders:
        try:
            mode = os.stat(each).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if mode & 0o022:
            raise KeyFileError(
                f"I nyckelmappen {each} kan andra än ägaren skriva (rättigheter {mode & 0o777:04o}). "
                f"Väntade 0700. Kör: chmod 700 {each}"
            )
