"""N103: two amounts that follow each other do not: age band against band, couple against single."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from norms.compare import doubt
from norms.finding import Finding
from norms.limits import Ratio
from norms.lookup import Norms
from norms.table import Cell, Table

CODE = "N103"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount that is too many or too few times the one it is held against."""
    for table in norms.tables:
        for ratio in norms.limits.ratios:
            if ratio.cell.series in table.series and ratio.scope.holds(table.municipality, table.first):
                yield from _one(norms, table, ratio)


def _one(norms: Norms, table: Table, ratio: Ratio) -> Iterator[Finding]:
    series = table.series[ratio.cell.series][0]
    row = series.row(*ratio.cell.keys)
    if row is None or row.cell is None:
        return
    other = norms.at(ratio.base.series, table.municipality, table.first)
    base = other.get(*ratio.base.keys) if other is not None else None
    if base is None or base.value == 0:
        return
    found = Fraction(row.cell.value, base.value)
    if not ratio.low <= found <= ratio.high:
        yield from doubt(series, row, CODE, _message(row.cell, base, ratio, found))


def _message(cell: Cell, base: Cell, ratio: Ratio, found: Fraction) -> str:
    expected = (
        f"lika mycket som {ratio.base}"
        if ratio.low == ratio.high == 1
        else f"mellan {_text(ratio.low)} och {_text(ratio.high)} gånger {ratio.base}"
    )
    return (
        f"{cell.text} är {_text(found)} gånger {base.text} ({base.file} rad {base.line}). "
        f"Väntat {expected}. {ratio.scope.reason} Läs om båda beloppen i källan."
    )


def _text(ratio: Fraction) -> str:
    """Rounded to three decimals, with a decimal comma."""
    thousandths = round(ratio * 1000)
    return f"{thousandths // 1000},{thousandths % 1000:03d}".rstrip("0").rstrip(",")
