"""N003: a key that cannot be read, or another number of keys than the series has."""

from __future__ import annotations

from collections.abc import Iterator

from norms.band import Band, split_key
from norms.finding import Finding
from norms.form import SeriesTypeForm
from norms.read import CellEntry, Tree

CODE = "N003"


def check(tree: Tree) -> Iterator[Finding]:
    """Every cell whose key does not fit the keys of its series."""
    for series in tree.series_entries:
        if not series.form.cells:
            yield series.read.finding(
                CODE, series.location, series.name, "Serien har inga belopp. Lägg till ett."
            )
    for cell in tree.cell_entries:
        if not cell.further:
            message = _message(cell, tree.catalogue.form.series[cell.series.name])
            if message:
                yield cell.read.finding(CODE, cell.location, cell.where, message)


def _message(cell: CellEntry, series: SeriesTypeForm) -> str | None:
    names = ", ".join(series.dimensions)
    if not series.dimensions:
        return f"Serien har inga nycklar. Skriv ”belopp: {cell.form.amount}”." if cell.key else None
    if not cell.key:
        return f"Serien slås upp med {names}. Skriv ett belopp för varje nyckel."
    parts = split_key(cell.key)
    if len(parts) != len(series.dimensions):
        return f"Nyckeln har {len(parts)} delar men serien slås upp med {len(series.dimensions)}: {names}."
    try:
        for part in parts:
            Band.parse(part)
    except ValueError as error:
        return str(error)
    return None
