"""The files of a folder of tables. N018: one that would be left out in silence, or one that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from norms.finding import Finding, Severity

CODE = "N018"
TABLES = Path(__file__).parent / "tables"


def check(files: Iterable[str], registers: Iterable[str]) -> Iterator[Finding]:
    """Every file that is not ``.yaml``, and every register the folder lacks."""
    names = set(files)
    for name in sorted(names):
        if not name.endswith(".yaml"):
            message = "Bara filer som slutar på .yaml läses här. Byt namn på filen eller flytta den."
            yield Finding(name, 0, CODE, Severity.ERROR, "", message)
    for register in registers:
        if register not in names:
            yield Finding(
                register, 0, CODE, Severity.ERROR, "", "Filen saknas. Den måste finnas bland tabellerna."
            )


def read_files(root: Path) -> dict[str, bytes]:
    """The bytes of every file under a folder by its relative name, hidden files left out."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if not any(part.startswith(".") for part in name.split("/"))
    }
