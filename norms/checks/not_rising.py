"""N109: an amount does not rise with the key it has to rise with: more persons, more children."""

from __future__ import annotations

from collections.abc import Iterator

from norms.compare import doubt
from norms.finding import Finding
from norms.lookup import Norms
from norms.table import Row, Series

CODE = "N109"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount that is not higher than the one before it along a rising key."""
    for rising in norms.limits.rising:
        for table in norms.tables:
            if rising.series in table.series and rising.scope.holds(table.municipality, table.first):
                series = table.series[rising.series][0]
                names = [dimension.name for dimension in series.dimensions]
                yield from _one(series, names.index(rising.dimension))


def _one(series: Series, index: int) -> Iterator[Finding]:
    for row in series.rows:
        for former in series.rows:
            if row.cell and former.cell and _next(former, row, index) and row.cell.value <= former.cell.value:
                message = (
                    f"{row.cell.text} är inte mer än {former.cell.text} för "
                    f"{series.type.text(former.keys)} (rad {former.line}), fast beloppet ska stiga med "
                    f"{series.dimensions[index].name}. Läs om båda beloppen i källan."
                )
                yield from doubt(series, row, CODE, message)


def _next(former: Row, row: Row, index: int) -> bool:
    """Whether the row follows right after the former in this dimension and meets it in the others."""
    return former.keys[index].high == row.keys[index].low - 1 and all(
        a.meets(b) for place, (a, b) in enumerate(zip(former.keys, row.keys, strict=True)) if place != index
    )
