"""N009: months that cannot be read or that go backwards."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.month import OPEN_END, Month
from norms.read import Tree

CODE = "N009"


def check(tree: Tree) -> Iterator[Finding]:
    """Every span of months, in tables, gaps and limits, that is not one."""
    for table in tree.table_entries:
        if not table.form.periods:
            location = (*table.location, "gäller")
            yield table.read.finding(
                CODE, location, "gäller", "Tabellen gäller inga månader. Skriv från och till."
            )
        for index, period in enumerate(table.form.periods):
            end = None if period.last == OPEN_END else period.last
            if message := _message(period.first, end):
                yield table.read.finding(CODE, (*table.location, "gäller", index), "gäller", message)
    for read in tree.tables:
        for index, gap in enumerate(read.form.gaps):
            if message := _message(gap.first, gap.last):
                yield read.finding(CODE, ("luckor", index), "luckor", message)
    for field, index, row in tree.limits.form.rows():
        if message := _message(row.first, row.last):
            yield tree.limits.finding(CODE, (field, index), field, message)


def _message(first: str | None, last: str | None) -> str | None:
    try:
        start = Month.parse(first) if first else None
        end = Month.parse(last) if last else None
    except ValueError as error:
        return str(error)
    if start and end and end < start:
        return f"Perioden slutar {end} men börjar {start}. Byt plats på månaderna."
    return None
