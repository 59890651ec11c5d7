"""N110: amounts that are said to go up by the same sum do not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from norms import amount
from norms.finding import Finding, Severity
from norms.lookup import Norms
from norms.table import EqualSteps, Row, Series

CODE = "N110"


def check(norms: Norms) -> Iterator[Finding]:
    """Every row of amounts with a step that differs from the others."""
    for table in norms.tables:
        for steps in table.equal_steps:
            series = table.series[steps.series][0]
            index = [dimension.name for dimension in series.dimensions].index(steps.dimension)
            yield from _one(series, steps, index)


def _one(series: Series, steps: EqualSteps, index: int) -> Iterator[Finding]:
    rows = sorted(
        (row for row in series.rows if steps.keys.holds(row.keys[index].low)),
        key=lambda row: row.keys[index].low,
    )
    values = [row.cell.value for row in rows if row.cell is not None]
    found = [b - a for a, b in pairwise(values)]
    if len(set(found)) > 1:
        yield Finding(
            series.file, steps.line, CODE, Severity.WARNING, series.name, _message(series, rows, found)
        )


def _message(series: Series, rows: list[Row], found: list[int]) -> str:
    listed = ", ".join(
        f"{amount.show(step, series.unit)} till rad {row.line}"
        for step, row in zip(found, rows[1:], strict=True)
    )
    return f"Stegen ska vara lika stora men är {listed}. Läs om beloppen i källan."
