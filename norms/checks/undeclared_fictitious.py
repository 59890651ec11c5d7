"""N006: ``fiktiv`` outside a municipality that is declared fictitious."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.read import Tree
from norms.status import Status

CODE = "N006"


def check(tree: Tree) -> Iterator[Finding]:
    """Every invented amount that a real decision could rest on."""
    municipalities = tree.municipalities.form.municipalities
    for cell in tree.cell_entries:
        code = cell.read.form.municipality
        home = municipalities.get(code) if code else None
        if cell.status == Status.FICTITIOUS and not (home and home.fictitious == "ja"):
            whose = f"{home.name} är en verklig kommun" if home else "Tabellen är nationell"
            yield cell.read.finding(
                CODE,
                cell.location,
                cell.where,
                f"{whose}, så beloppet kan inte vara fiktivt. Ange källan och en annan status, "
                "eller ”exempel” för ett påhittat belopp.",
            )
