"""N011: a municipal series in a national table, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.read import Tree
from norms.table import MUNICIPAL_PREFIX

CODE = "N011"


def check(tree: Tree) -> Iterator[Finding]:
    """Every amount that is not for the one who wrote it to decide."""
    for series in tree.series_entries:
        municipality = series.read.form.municipality
        if series.name.startswith(MUNICIPAL_PREFIX) and municipality is None:
            message = (
                "Serien beslutas av kommuner, men filen säger inte vilken. Skriv ”kommun” överst i filen."
            )
        elif not series.name.startswith(MUNICIPAL_PREFIX) and municipality is not None:
            message = f"Serien är nationell. En kommun har bara serier som börjar med ”{MUNICIPAL_PREFIX}”."
        else:
            continue
        yield series.read.finding(CODE, series.location, series.name, message)
