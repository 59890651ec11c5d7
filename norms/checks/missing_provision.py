"""N008: the months of a table lack a provision or an SFS number, or do not say that it is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from norms.finding import Finding
from norms.form import UNKNOWN_SFS, PeriodForm
from norms.read import TableEntry, Tree

CODE = "N008"

_SFS = re.compile(r"(1[89]|20)[0-9]{2}:[0-9]{1,4}")


def check(tree: Tree) -> Iterator[Finding]:
    """Every period whose legal ground cannot be cited."""
    for table in tree.table_entries:
        for index, period in enumerate(table.form.periods):
            message = _message(table, period)
            if message:
                yield table.read.finding(CODE, (*table.location, "gäller", index), "gäller", message)


def _message(table: TableEntry, period: PeriodForm) -> str | None:
    file = table.read.form
    sfs = period.sfs or file.sfs
    if not (period.provision or file.provision):
        return "Lagrummet saknas. Skriv ”lagrum” i perioden eller i filen."
    if sfs is None:
        if file.municipality is not None:
            return None
        return (
            f"SFS-numret saknas. Skriv det (2024:1016), eller {UNKNOWN_SFS} och en anmärkning som förklarar."
        )
    if sfs == UNKNOWN_SFS:
        if period.note or table.form.note or file.note:
            return None
        return "SFS-numret är okänt utan förklaring. Skriv varför under ”anm”."
    if not _SFS.fullmatch(sfs):
        return f"”{sfs}” är inget SFS-nummer. Skriv år och nummer (2024:1016), eller {UNKNOWN_SFS}."
    return None
