"""The checked rulebook, kept between two runs of the command line, so that a command need not read it anew.

It is kept under a name made of the content of every rule file, every table, and every file of Python that
reads and checks them: whatever changes, the name is another. Only a file that the user alone can write, in a
folder that the user alone can write, is believed; one that is damaged is not. What is kept is data
(``written``) and never code. Where nothing can be kept, everything is read and checked as always.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from norms import folder
from rules import written
from rules.book import ROOT, Rulebook, read_files

VARIABLE = "LAGRUM_CACHE"
"""The folder in which rulebooks are kept; empty: nothing is kept. Else the user's own cache folder."""

_NAME = re.compile(r"[0-9a-f]{64}\.json")
_OTHERS_WRITE = 0o022
_DIGEST = 32


def load() -> Rulebook:
    """The shipped rules and tables, checked now or before. Raises FindingsError with every error."""
    files, tables = read_files(ROOT), folder.read_files(folder.TABLES)
    place = _place(_digest([*_named("rules", files), *_named("norms", tables), *_sources()]))
    outside = ({**dict(_named("rules", files)), **dict(_named("norms", tables))}, tables)
    content = _believed(place) if place is not None else None
    if content is not None:
        book: Rulebook = written.read(content, outside)
        return book
    book = _checked(files, tables)
    if place is not None:
        _keep(place, written.write(book, (book.files, book.norms.files)))
    return book


def _checked(files: Mapping[str, bytes], tables: Mapping[str, bytes]) -> Rulebook:
    # Reading is loaded only when something has to be read.
    from norms.load import load_files
    from rules.rulebook import build

    return build(files, load_files(tables))


def _named(folder_name: str, files: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    return [(f"{folder_name}/{name}", content) for name, content in files.items()]


def _sources() -> Iterable[tuple[str, bytes]]:
    """The programs that read and check: another program may make another rulebook of the same files."""
    for root in (ROOT, folder.TABLES.parent):
        for path in sorted((*root.rglob("*.py"), *root.rglob("*.lark"))):
            yield str(path.relative_to(root.parent)), path.read_bytes()


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    found = hashlib.sha256()
    for name, content in files:
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _place(name: str) -> Path | None:
    """The file of a rulebook, or None where nothing is kept."""
    chosen = os.environ.get(VARIABLE)
    if chosen == "":
        return None
    if chosen is not None:
        return Path(chosen) / f"{name}.json"
    own = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(own) if os.path.isabs(own) else Path.home() / ".cache"
    return root / "lagrum" / f"{name}.json"


def _believed(place: Path) -> bytes | None:
    """What a kept file says, or None when it is not there, not the user's alone, or damaged."""
    try:
        with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            if not (_only_own(os.fstat(file.fileno())) and _only_own(os.lstat(place.parent))):
                return None
            content = file.read()
    except OSError:
        return None
    digest, content = content[:_DIGEST], content[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def _only_own(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & _OTHERS_WRITE


def _keep(place: Path, content: bytes) -> None:
    """Write a file whole or not at all; who cannot write keeps nothing. Older rulebooks are taken away."""
    with suppress(OSError):  # a full or read-only disk costs time, not an answer
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _only_own(os.lstat(place.parent)):
            return
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".new")
        with open(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(name, place)
        for other in place.parent.iterdir():
            if _NAME.fullmatch(other.name) and other.name != place.name:
                other.unlink(missing_ok=True)
