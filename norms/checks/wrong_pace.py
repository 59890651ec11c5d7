"""N106: an amount has changed at another pace than the others of its table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from norms import amount
from norms.compare import declared, doubt, pairs
from norms.finding import Finding
from norms.limits import Pace
from norms.lookup import Norms
from norms.table import Cell, Row, Series, Table

CODE = "N106"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount whose change lies too far from the median, where the table states no change."""
    for table in norms.tables:
        for pace in norms.limits.paces:
            if pace.scope.holds(table.municipality, table.first):
                yield from _one(norms, table, pace)


def _one(norms: Norms, table: Table, pace: Pace) -> Iterator[Finding]:
    changes: list[tuple[Fraction, Series, Row, Cell, Cell]] = []
    for name in pace.series:
        series = table.series[name][0] if name in table.series else None
        before = norms.before(series) if series else None
        if series is None or before is None:
            continue
        for row, cell, old in pairs(series, before):
            if declared(table, series, row) is None and old.value:
                changes.append(
                    (Fraction((cell.value - old.value) * 10_000, old.value), series, row, cell, old)
                )
    if len(changes) < 3:
        return
    median = sorted(change for change, *_ in changes)[len(changes) // 2]
    for change, series, row, cell, old in changes:
        if abs(change - median) > pace.deviation + _rounding(norms, series, old):
            yield from doubt(series, row, CODE, _message(cell, old, change, median))


def _rounding(norms: Norms, series: Series, old: Cell) -> Fraction:
    """What rounding alone can move the change by, hundredths of a percent."""
    size = norms.limits.size(series)
    return Fraction(size.multiple * 10_000, old.value) if size else Fraction(0)


def _message(cell: Cell, old: Cell, change: Fraction, median: Fraction) -> str:
    own, others = (amount.show(round(value), amount.PERCENT) for value in (change, median))
    return (
        f"{cell.text} är en ändring med {own} från {old.text} i tabellen före ({old.file} rad {old.line}), "
        f"men tabellens belopp har överlag ändrats med {others}. Läs om båda beloppen i källan."
    )
