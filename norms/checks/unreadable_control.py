"""N016: ``avstämning`` or ``lika_steg`` cannot be read or points at nothing."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.band import Band
from norms.finding import Finding
from norms.form import SeriesTypeForm
from norms.nearest import hint
from norms.read import Tree
from norms.table import parse_counted_cell

CODE = "N016"


def check(tree: Tree) -> Iterator[Finding]:
    """Every control that could not be carried out."""
    known = tree.catalogue.form.series
    for table in tree.table_entries:
        for index, control in enumerate(table.form.sums):
            for message in _sum_messages(control.cells, control.parts, known):
                yield table.read.finding(CODE, (*table.location, "avstämning", index), "avstämning", message)
        for index, steps in enumerate(table.form.equal_steps):
            dimensions = known[steps.series].dimensions if steps.series in known else {}
            location = (*table.location, "lika_steg", index)
            if dimensions and steps.dimension not in dimensions:
                message = (
                    f"”{steps.dimension}” är ingen av seriens nycklar.{hint(steps.dimension, dimensions)}"
                )
                yield table.read.finding(CODE, location, "lika_steg", message)
            try:
                Band.parse(steps.keys)
            except ValueError as error:
                yield table.read.finding(CODE, location, "lika_steg", str(error))


def _sum_messages(
    cells: tuple[str, ...], parts: tuple[str, ...], known: dict[str, SeriesTypeForm]
) -> Iterator[str]:
    for text in cells:
        try:
            _, cell = parse_counted_cell(text)
        except ValueError as error:
            yield str(error)
            continue
        if cell.series not in known:
            yield f"Det finns ingen serie ”{cell.series}”.{hint(cell.series, known)}"
        elif len(cell.keys) != len(known[cell.series].dimensions):
            count = len(known[cell.series].dimensions)
            yield f"”{text}” anger {len(cell.keys)} nycklar, men serien slås upp med {count}."
    for text in parts:
        try:
            amount.parse(text, amount.KRONOR)
        except ValueError as error:
            yield str(error)
