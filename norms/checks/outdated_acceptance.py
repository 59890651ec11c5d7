"""N013: ``kontrollerad`` is bound to another amount than the cell has, or to no finding there is."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.read import Tree

CODE = "N013"
ACCEPTABLE = ("N101", "N102", "N103", "N104", "N105", "N106", "N109")


def check(tree: Tree) -> Iterator[Finding]:
    """Every acceptance that no longer is about the amount it stands at, or never was about a doubt."""
    for cell in tree.cell_entries:
        accepted = cell.form.accepted
        if accepted is None:
            continue
        location = (*cell.location, "kontrollerad")
        if accepted.amount != cell.form.amount:
            message = (
                f"Beloppet är {cell.form.amount} men det som har kontrollerats är {accepted.amount}. "
                "Rätta beloppet, eller kontrollera det nya mot källan och skriv om ”kontrollerad”."
            )
            yield cell.read.finding(CODE, location, cell.where, message)
        for code in accepted.codes:
            if code not in ACCEPTABLE:
                message = f"”{code}” går inte att kontrollera bort. Det går för {', '.join(ACCEPTABLE)}."
                yield cell.read.finding(CODE, location, cell.where, message)
