"""N007: an amount without a source, a source nobody has declared, or one declared twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from norms.document import Location
from norms.finding import Finding
from norms.form import TablesFile
from norms.nearest import hint
from norms.read import SOURCES, CellEntry, Read, Tree

CODE = "N007"


def check(tree: Tree) -> Iterator[Finding]:
    """Every amount, rate and sum that does not say where it was read."""
    shared = tree.sources.form.sources
    for read in tree.tables:
        for key in read.form.own_sources.keys() & shared.keys():
            message = f"Källan ”{key}” finns redan i {SOURCES}. Ta bort den här eller ge den ett annat namn."
            yield read.finding(CODE, ("källor", key), key, message)
    yield from _sourceless([cell for cell in tree.cell_entries if not cell.unknown])
    yield from _unknown_sources(tree)
    for table in tree.table_entries:
        stated = [("ändring", index, form.sources) for index, form in enumerate(table.form.changes)]
        stated += [("avstämning", index, form.sources) for index, form in enumerate(table.form.sums)]
        for field, index, keys in stated:
            yield from _undeclared(tree, table.read, keys, (*table.location, field, index), field)


class _Level(NamedTuple):
    """Where the source of an amount may stand: at the amount, its series, its table or its file."""

    file: str
    location: Location
    where: str


def _levels(cell: CellEntry) -> tuple[_Level, ...]:
    """The places that may say the source of an amount, the widest first."""
    file, table, series = cell.read.file, cell.series.table, cell.series
    return (
        _Level(file, (), ""),
        _Level(file, table.location, f"tabeller.{int(table.location[-1]) + 1}"),
        _Level(file, series.location, series.name),
        _Level(file, cell.location, cell.where),
    )


def _sourceless(cells: Sequence[CellEntry]) -> Iterator[Finding]:
    """The amounts without a source, once for the widest part of a file where none has one."""
    lacking = [cell for cell in cells if not cell.sources]
    of = Counter(level for cell in cells for level in _levels(cell))
    without = Counter(level for cell in lacking for level in _levels(cell))
    told: dict[_Level, CellEntry] = {}
    for cell in lacking:
        told.setdefault(next(each for each in _levels(cell) if without[each] == of[each]), cell)
    for level, cell in told.items():
        what = "Beloppet har ingen källa" if of[level] == 1 else "Inget av beloppen har någon källa"
        message = f"{what}. Skriv ”källa” vid beloppet, serien, tabellen eller filen."
        yield cell.read.finding(CODE, level.location, level.where, message)


def _unknown_sources(tree: Tree) -> Iterator[Finding]:
    """The sources of amounts that nobody has described, once where they stand."""
    told: set[_Level] = set()
    for cell in tree.cell_entries:
        if (level := _stating(cell)) is not None and level not in told:
            told.add(level)
            yield from _undeclared(tree, cell.read, cell.sources, level.location, level.where)


def _stating(cell: CellEntry) -> _Level | None:
    """The place that says the source of an amount."""
    file, table, series = cell.read.form, cell.series.table.form, cell.series.form
    said = (file.sources, table.sources, series.sources, cell.form.sources)
    stated = [level for own, level in zip(said, _levels(cell), strict=True) if own is not None]
    return stated[-1] if stated else None


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
