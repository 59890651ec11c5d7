"""N002: an amount that cannot be read with certainty: ``3.940``, ``3 940``, ``-10``, ``tusen``."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.finding import Finding
from norms.read import UNKNOWN_AMOUNT, Tree

CODE = "N002"


def check(tree: Tree) -> Iterator[Finding]:
    """Every cell whose amount is not written the one way there is."""
    for cell in tree.cell_entries:
        if cell.unknown and not cell.further:
            continue
        try:
            amount.parse(cell.form.amount, tree.catalogue.form.series[cell.series.name].unit)
        except ValueError as error:
            unknown = "" if cell.further else f" Är beloppet inte känt, skriv {UNKNOWN_AMOUNT}."
            yield cell.read.finding(CODE, cell.location, cell.where, f"{error}{unknown}")
