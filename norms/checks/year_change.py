"""N105: an amount has changed more since the table before than amounts of its series do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from norms import amount
from norms.compare import declared, doubt, pairs
from norms.finding import Finding
from norms.limits import YearLimit
from norms.lookup import Norms
from norms.table import Cell

CODE = "N105"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount outside its limits of change, where the table does not say how it changed."""
    for table in norms.tables:
        for series, *_ in table.series.values():
            before, limit = norms.before(series), norms.limits.year(series)
            if before is None or limit is None:
                continue
            for row, cell, old in pairs(series, before):
                if declared(table, series, row) is not None:
                    continue
                change = _change(cell, old)
                if not limit.low <= change <= limit.high:
                    yield from doubt(series, row, CODE, _message(cell, old, change, limit))


def _change(cell: Cell, old: Cell) -> Fraction:
    """Hundredths of a percent."""
    return Fraction((cell.value - old.value) * 10_000, old.value) if old.value else Fraction(0)


def _message(cell: Cell, old: Cell, change: Fraction, limit: YearLimit) -> str:
    found, low, high = (
        amount.show(value, amount.PERCENT) for value in (round(change), limit.low, limit.high)
    )
    return (
        f"{cell.text} är en ändring med {found} från {old.text} i tabellen före "
        f"({old.file} rad {old.line}). Väntat mellan {low} och {high}. Läs om båda beloppen i källan."
    )
