"""N107: cells do not add up to the sum a source states."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.finding import Finding, Severity
from norms.lookup import Norms
from norms.table import Cell, CellReference, Table

CODE = "N107"


def check(norms: Norms) -> Iterator[Finding]:
    """Every stated sum that the table's amounts do not give."""
    for table in norms.tables:
        for control in table.sums:
            cells = [(times, _cell(norms, table, reference)) for times, reference in control.cells]
            names = " + ".join(
                f"{times} · {reference}" if times > 1 else str(reference)
                for times, reference in control.cells
            )
            known = [(times, cell.value) for times, cell in cells if cell is not None]
            found, due = sum(times * value for times, value in known), sum(control.parts)
            if len(known) < len(cells):
                message = f"{names} går inte att räkna ut: ett av beloppen finns inte eller är okänt."
            elif found != due:
                message = (
                    f"{names} är {amount.show(found, amount.KRONOR)} men {control.source} anger "
                    f"{_parts(control.parts)}. Läs om beloppen i källan."
                )
            else:
                continue
            yield Finding(table.file, control.line, CODE, Severity.WARNING, "avstämning", message)


def _cell(norms: Norms, table: Table, reference: CellReference) -> Cell | None:
    series = norms.at(reference.series, table.municipality, table.first)
    return series.get(*reference.keys) if series is not None else None


def _parts(parts: tuple[int, ...]) -> str:
    total = amount.show(sum(parts), amount.KRONOR)
    if len(parts) == 1:
        return total
    return f"{' + '.join(amount.plain(part, amount.KRONOR) for part in parts)} = {total}"
