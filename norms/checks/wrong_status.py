"""N005: a status is missing, is not one of the words, or does not fit the amount."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.nearest import hint
from norms.read import UNKNOWN_AMOUNT, CellEntry, Tree
from norms.status import Status

CODE = "N005"

_WORDS = [status.value for status in Status]


def check(tree: Tree) -> Iterator[Finding]:
    """Every cell whose status does not say how sure its amount is."""
    for cell in tree.cell_entries:
        message = _message(cell)
        if message:
            yield cell.read.finding(CODE, cell.location, cell.where, message)


def _message(cell: CellEntry) -> str | None:
    status = cell.status
    if cell.unknown:
        if cell.form.status in (None, Status.UNKNOWN):
            return None
        return f"Beloppet är okänt men statusen ”{cell.form.status}”. Ta bort statusen."
    if status is None:
        return f"Beloppet har ingen status. Skriv en av {', '.join(_WORDS)}."
    if status not in _WORDS:
        return f"”{status}” är ingen status.{hint(status, _WORDS)} Det finns {', '.join(_WORDS)}."
    if status == Status.UNKNOWN:
        return (
            f"Statusen är okänd men beloppet angivet. Skriv beloppet som {UNKNOWN_AMOUNT} eller byt status."
        )
    return None
