"""Setting a table beside the one before it, and doubting an amount."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from norms.table import Cell, DeclaredChange, Row, Series, Table, points


def doubt(series: Series, row: Row, code: str, message: str) -> Iterator[Finding]:
    """A warning about an amount, unless somebody has accepted that very amount for this kind of doubt."""
    accepted = row.accepted
    if accepted and row.cell and accepted.value == row.cell.value and code in accepted.codes:
        return
    yield Finding(series.file, row.line, code, Severity.WARNING, series.where(row), message)


def cells(series: Series) -> Iterator[tuple[Row, Cell]]:
    """Every row whose amount is known."""
    for row in series.rows:
        if row.cell is not None:
            yield row, row.cell


def pairs(series: Series, before: Series) -> Iterator[tuple[Row, Cell, Cell]]:
    """Every known amount with each different amount the table before had for one of its keys."""
    same = {row.keys: row for row in before.rows}
    for row, cell in cells(series):
        if row.keys in same:
            former = [same[row.keys]]
        else:
            former = [one for point in points(row.keys) if (one := before.row(*point))]
        for old in {one.line: one.cell for one in former}.values():
            if old is not None:
                yield row, cell, old


def declared(table: Table, series: Series, row: Row) -> DeclaredChange | None:
    """What the table says about how this amount came from the one before: the first line that fits."""
    for change in table.changes:
        if change.series in (None, series.name) and (
            change.keys is None or (row.keys and _within(row, change))
        ):
            return change
    return None


def _within(row: Row, change: DeclaredChange) -> bool:
    return change.keys is not None and all(change.keys.holds(key) for key in row.keys[0].keys(0))
