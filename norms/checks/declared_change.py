"""N104: an amount is not last year's with the announced rate, addition and rounding."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from norms import amount
from norms.compare import declared, doubt, pairs
from norms.finding import Finding
from norms.lookup import Norms
from norms.rounding import NO_ROUNDING, ROUNDINGS
from norms.table import Cell, DeclaredChange

CODE = "N104"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount that differs from what the table's own ``ändring`` makes of the table before."""
    for table in norms.tables:
        for series, *_ in table.series.values():
            before = norms.before(series)
            if before is None or not table.changes:
                continue
            for row, cell, old in pairs(series, before):
                change = declared(table, series, row)
                if change is not None and cell.value != expected(old.value, change):
                    yield from doubt(series, row, CODE, _message(cell, old, change))


def expected(old: int, change: DeclaredChange) -> Fraction:
    """The amount in öre that the change makes of the old one."""
    exact = Fraction(old * (10_000 + change.rate), 10_000)
    return ROUNDINGS[change.rounding](exact) + change.addition


def _message(cell: Cell, old: Cell, change: DeclaredChange) -> str:
    due = amount.show(int(expected(old.value, change)), cell.unit)
    parts = []
    if change.rate:
        rounding = "utan avrundning" if change.rounding == NO_ROUNDING else change.rounding
        parts.append(f"{amount.show(change.rate, amount.PERCENT)}, {rounding}")
    if change.addition:
        parts.append(f"påslag {amount.show(change.addition, cell.unit)}")
    how = "; ".join(parts) if parts else "oförändrat"
    return (
        f"{cell.text}, väntat {due}: {old.text} i tabellen före ({old.file} rad {old.line}) med ändringen "
        f"på rad {change.line} ({how}). Läs om båda beloppen i källan."
    )
