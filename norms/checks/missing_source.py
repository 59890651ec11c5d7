"""N007: an amount without a source, a source nobody has declared, or one declared twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from norms.document import Location
from norms.finding import Finding
from norms.form import TablesFile
from norms.nearest import hint
from norms.read import SOURCES, Read, Tree

CODE = "N007"


def check(tree: Tree) -> Iterator[Finding]:
    """Every amount, rate and sum that does not say where it was read."""
    shared = tree.sources.form.sources
    for read in tree.tables:
        for key in read.form.own_sources.keys() & shared.keys():
            message = f"Källan ”{key}” finns redan i {SOURCES}. Ta bort den här eller ge den ett annat namn."
            yield read.finding(CODE, ("källor", key), key, message)
    for cell in tree.cell_entries:
        if not cell.sources and not cell.unknown:
            message = "Beloppet har ingen källa. Skriv ”källa” vid beloppet, serien, tabellen eller filen."
            yield cell.read.finding(CODE, cell.location, cell.where, message)
        yield from _undeclared(tree, cell.read, cell.sources, cell.location, cell.where)
    for table in tree.table_entries:
        stated = [("ändring", index, form.sources) for index, form in enumerate(table.form.changes)]
        stated += [("avstämning", index, form.sources) for index, form in enumerate(table.form.sums)]
        for field, index, keys in stated:
            yield from _undeclared(tree, table.read, keys, (*table.location, field, index), field)


def _undeclared(
    tree: Tree, read: Read[TablesFile], keys: Iterable[str], location: Location, where: str
) -> Iterator[Finding]:
    known = {**tree.sources.form.sources, **read.form.own_sources}
    for key in keys:
        if key not in known:
            message = (
                f"Källan ”{key}” är inte beskriven.{hint(key, known)} "
                f"Lägg till den i {SOURCES} eller under ”källor” i filen."
            )
            yield read.finding(CODE, location, where, message)
