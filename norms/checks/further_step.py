"""N108: the step for each further person or child is not the difference of the last two amounts."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.compare import doubt
from norms.finding import Finding
from norms.lookup import Norms
from norms.table import Further, Row, Series

CODE = "N108"


def check(norms: Norms) -> Iterator[Finding]:
    """Every step that the last two amounts of its series contradict."""
    for table in norms.tables:
        for series, *_ in table.series.values():
            if series.further is not None:
                yield from _one(series, series.further)


def _one(series: Series, further: Further) -> Iterator[Finding]:
    step, index = further.row.cell, further.dimension
    last = max(row.keys[index].high or 0 for row in series.rows)
    for row in series.rows:
        if row.keys[index].high != last or row.cell is None or step is None:
            continue
        former = _former(series, row, index)
        if former is None or former.cell is None:
            continue
        due = row.cell.value - former.cell.value
        if step.value != due:
            message = (
                f"Steget är {step.text} men {row.cell.text} (rad {row.line}) minus {former.cell.text} "
                f"(rad {former.line}) är {amount.show(due, series.unit)}. Läs om de tre beloppen i källan."
            )
            yield from doubt(series, further.row, CODE, message)


def _former(series: Series, row: Row, index: int) -> Row | None:
    """The row one key lower in the dimension that goes on."""
    keys = [band.low for band in row.keys]
    keys[index] -= 1
    return series.row(*keys)
