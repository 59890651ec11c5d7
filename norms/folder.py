"""The files of a folder of tables. N018: one that would be left out in silence, or one that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from norms.finding import Finding, FindingsError, Severity

CODE = "N018"
IS_A_FOLDER = "Det här är en mapp och ingen fil. Ta bort den, eller ge den ett namn som inte slutar på .yaml."
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
    """The bytes of every file under a folder by its relative name, hidden files left out.

    Raises FindingsError for a folder that is called as a file: what is in it would not be read as that file.
    """
    found = sorted(root.rglob("*"))
    folders = [path for path in found if path.suffix == ".yaml" and path.is_dir()]
    if folders:
        names_of = [path.relative_to(root).as_posix() for path in folders]
        raise FindingsError([Finding(name, 0, CODE, Severity.ERROR, "", IS_A_FOLDER) for name in names_of])
    paths = [path for path in found if path.is_file()]
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if not any(part.startswith(".") for part in name.split("/"))
    }
