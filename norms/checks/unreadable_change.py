"""N015: ``ändring`` cannot be read: the rate, the addition, the keys or the rounding."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.band import Band
from norms.finding import Finding
from norms.form import ChangeForm
from norms.read import Tree
from norms.rounding import ROUNDINGS
from norms.status import Status

CODE = "N015"


def check(tree: Tree) -> Iterator[Finding]:
    """Every statement of how the amounts changed that cannot be computed with."""
    for table in tree.table_entries:
        for index, change in enumerate(table.form.changes):
            for message in _messages(change):
                yield table.read.finding(CODE, (*table.location, "ändring", index), "ändring", message)


def _messages(change: ChangeForm) -> Iterator[str]:
    try:
        amount.parse_percent(change.rate)
        amount.parse(change.addition, amount.KRONOR)
        if change.keys is not None:
            Band.parse(change.keys)
    except ValueError as error:
        yield str(error)
    if change.rounding not in ROUNDINGS:
        yield f"”{change.rounding}” är ingen avrundning. Det finns {', '.join(ROUNDINGS)}."
    if change.status not in list(Status):
        yield f"”{change.status}” är ingen status. Det finns {', '.join(status.value for status in Status)}."
