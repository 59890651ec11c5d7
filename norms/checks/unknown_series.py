"""N010: a name that is not a declared series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from norms.finding import Finding
from norms.nearest import hint
from norms.read import CATALOGUE, Tree

CODE = "N010"


def check(tree: Tree) -> Iterator[Finding]:
    """Every use of a series that the catalogue does not have."""
    known = tree.catalogue.form.series
    for series in tree.series_entries:
        if series.name not in known:
            yield series.read.finding(CODE, series.location, series.name, _unknown(series.name, known))
    for table in tree.table_entries:
        named = [("ändring", index, row.series) for index, row in enumerate(table.form.changes)]
        named += [("lika_steg", index, row.series) for index, row in enumerate(table.form.equal_steps)]
        for field, index, name in named:
            if name is not None and name not in table.form.series:
                text = f"”{name}” finns inte i tabellen.{hint(name, table.form.series)}"
                yield table.read.finding(CODE, (*table.location, field, index), field, text)
    limits = tree.limits.form
    rows = [("storlek", index, row.series) for index, row in enumerate(limits.sizes)]
    rows += [("stigande", index, row.series) for index, row in enumerate(limits.rising)]
    rows += [("årsändring", index, row.series) for index, row in enumerate(limits.years)]
    rows += [("takt", index, name) for index, row in enumerate(limits.paces) for name in row.series]
    for field, index, name in rows:
        if name not in known:
            yield tree.limits.finding(CODE, (field, index), field, _unknown(name, known))


def _unknown(name: str, known: Iterable[str]) -> str:
    return f"Det finns ingen serie ”{name}”.{hint(name, known)} Serierna står i {CATALOGUE}."
