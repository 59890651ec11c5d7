"""N102: an amount that is not as round as the amounts of its series are."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.compare import doubt
from norms.finding import Finding
from norms.lookup import Norms

CODE = "N102"


def check(norms: Norms) -> Iterator[Finding]:
    """Every amount that is no multiple of what its series goes by."""
    for table in norms.tables:
        for series, *_ in table.series.values():
            size = norms.limits.size(series)
            if size is None:
                continue
            steps = (series.further.row,) if series.further else ()
            for row in (*series.rows, *steps):
                if row.cell is not None and row.cell.value % size.multiple:
                    even = amount.show(size.multiple, series.unit)
                    message = f"{row.cell.text} är inte jämnt delbart med {even}. Läs om beloppet i källan."
                    yield from doubt(series, row, CODE, message)
