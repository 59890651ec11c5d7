"""Tables as files that spreadsheets of the country open: semicolons, a mark of UTF-8, and no cell that one
would read as a formula, whoever wrote what stands in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

_NUMBER = re.compile(r"-?[0-9]+(,[0-9]+)?")
_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
"""What a formula begins with."""


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """The text of a file; the first row is its head."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([guarded(each) for each in row] for row in rows)
    return "\ufeff" + file.getvalue()


def guarded(value: object) -> str:
    """A cell as it is written: text that would be a formula is marked as text."""
    cell = "" if value is None else str(value)
    formula = cell.lstrip("'").startswith(_BEGINS) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if formula else cell


def plain(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_BEGINS) else cell
