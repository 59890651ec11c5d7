"""N101: an amount of the wrong size, as when a digit too many was typed (39400) or one is missing (394)."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.compare import cells, doubt
from norms.finding import Finding
from norms.limits import Size
from norms.lookup import Norms
from norms.table import Cell

CODE = "N101"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount below the smallest or above the largest reasonable one."""
    for table in norms.tables:
        for periods in table.series.values():
            series = periods[0]
            size = norms.limits.size(series)
            for row, cell in cells(series):
                if size is not None and not size.low <= cell.value <= size.high:
                    yield from doubt(series, row, CODE, _message(cell, size))


def _message(cell: Cell, size: Size) -> str:
    low, high = amount.show(size.low, cell.unit), amount.show(size.high, cell.unit)
    tenth, tenfold = cell.value // 10, cell.value * 10
    guess = ""
    if size.low <= tenth <= size.high and cell.value % 10 == 0:
        guess = f" Menas {amount.show(tenth, cell.unit)}, med en siffra mindre?"
    elif size.low <= tenfold <= size.high:
        guess = f" Menas {amount.show(tenfold, cell.unit)}, med en siffra till?"
    return f"{cell.text} är inte rimligt. Väntat mellan {low} och {high}.{guess} Läs om beloppet i källan."
