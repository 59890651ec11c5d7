"""N011: a municipal series in a national table, or the other way round, or in another municipality's file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from norms.finding import Finding
from norms.read import Tree
from norms.table import MUNICIPAL_PREFIX

CODE = "N011"
_OWN = re.compile(r"kommuner/([0-9]{4})-[^/]*")
"""A municipality's own file, which only it changes: what it says is for no other."""


def check(tree: Tree) -> Iterator[Finding]:
    """Every amount that is not for the one who wrote it to decide."""
    wrong = set()
    for read in tree.tables:
        owner, said = _OWN.fullmatch(read.file), read.form.municipality
        if owner is not None and said != owner[1]:
            wrong.add(read.file)
            told = f"säger ”kommun: {said}”" if said is not None else "säger ingen ”kommun”"
            message = (
                f"Filen är kommun {owner[1]}:s egen, men {told}. "
                "En kommun beslutar bara om sina egna belopp. Rätta koden i filen, eller filens namn."
            )
            yield read.finding(CODE, ("kommun",) if said is not None else (), "kommun", message)
    for series in tree.series_entries:
        municipality = series.read.form.municipality
        if series.read.file in wrong:
            continue
        if series.name.startswith(MUNICIPAL_PREFIX) and municipality is None:
            message = (
                "Serien beslutas av kommuner, men filen säger inte vilken. Skriv ”kommun” överst i filen."
            )
        elif not series.name.startswith(MUNICIPAL_PREFIX) and municipality is not None:
            message = f"Serien är nationell. En kommun har bara serier som börjar med ”{MUNICIPAL_PREFIX}”."
        else:
            continue
        yield series.read.finding(CODE, series.location, series.name, message)
