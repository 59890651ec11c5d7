"""How many typing mistakes does the plausibility check find?

Plants one wrong figure at a time in the text of every cell of every real table (the invented municipality
left out), runs the whole check, and counts what is found: per kind of mistake, per file, and with the list
of what is missed. A mistake counts as found when the check says anything it does not say about the real
tables, which is nothing.

A mistake of five percent is rounded away from the true amount to what the series goes by, so that it is not
found merely because it is uneven. The last part repeats the count for the riksnorm without the rates of
change that were worked out from the amounts themselves, for what the check is worth in a year without an
announced rate.

Exit status 1 when less than 95 % of the mistakes of at least 5 % are found, or when the real tables give a
finding.
"""

from __future__ import annotations

import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from norms import amount
from norms.finding import Finding, FindingsError
from norms.load import TABLES, Norms, load_files, read_files
from norms.plausibility import doubts
from norms.read import CellEntry, Tree, read_tree
from norms.table import Cell, Row, Series

REQUIRED = 0.95
LARGE = 0.05
FILES = read_files(TABLES)


@dataclass(frozen=True)
class Plant:
    """One wrong figure in one place of one file."""

    kind: str
    file: str
    line: int
    where: str
    true: str
    wrong: str
    error: float
    content: bytes

    @property
    def large(self) -> bool:
        """Whether the error is at least five percent."""
        return self.error >= LARGE


@dataclass(frozen=True)
class Result:
    """Whether a plant was found, whether a finding stands at its line, and whether it is found without
    worked-out rates (None where that makes no difference)."""

    plant: Plant
    found: bool
    pointed: bool
    found_without_rates: bool | None


def main() -> int:
    """Run and print; the exit status."""
    started = time.perf_counter()
    norms = load_files(FILES)
    real = doubts(norms)
    for finding in real:
        print(f"finding on the real tables: {finding}")
    plants = list(_plants(norms, read_tree(FILES)))
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(_try, plants, chunksize=50))
    _print_kinds("kind of mistake", results, lambda result: result.plant.kind)
    _print_kinds("file", results, lambda result: result.plant.file)
    _print_without_rates(results)
    _print_missed(results)
    large = [result for result in results if result.plant.large]
    share = sum(result.found for result in large) / len(large)
    cells = len({(plant.file, plant.line, plant.where) for plant in plants})
    print(
        f"\n{len(plants)} mistakes in {cells} cells, {time.perf_counter() - started:.0f} s. "
        f"Found of those of 5 % or more: {share:.2%} (required {REQUIRED:.0%}). "
        f"Findings on the real tables: {len(real)}."
    )
    return 0 if share >= REQUIRED and not real else 1


def _plants(norms: Norms, tree: Tree) -> Iterator[Plant]:
    invented = {code for code, home in norms.municipalities.items() if home.fictitious}
    series_at = {
        (series.file, series.line): series
        for table in norms.tables
        if table.municipality not in invented
        for series, *_ in table.series.values()
    }
    for entry in tree.cell_entries:
        series = series_at.get((entry.read.file, entry.read.line(entry.series.location)))
        if series is not None and not entry.unknown:
            yield from _plants_in(norms, series, entry)


def _plants_in(norms: Norms, series: Series, entry: CellEntry) -> Iterator[Plant]:
    true = amount.parse(entry.form.amount, series.unit)
    seen: set[tuple[str, int]] = set()
    for kind, value in _wrong_values(norms, series, entry, true):
        if value > 0 and (kind, value) not in seen and value != true:
            seen.add((kind, value))
            wrong = amount.plain(value, series.unit)
            yield Plant(
                kind,
                entry.read.file,
                entry.read.line(entry.location),
                f"{entry.where} {series.period.first}",
                entry.form.amount,
                wrong,
                abs(value - true) / true,
                _planted(entry, wrong),
            )


def _wrong_values(norms: Norms, series: Series, entry: CellEntry, true: int) -> Iterator[tuple[str, int]]:
    digits = entry.form.amount
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if swapped.isdigit() and not swapped.startswith("0"):
            yield "digits swapped", amount.parse(swapped, series.unit)
    size = norms.limits.size(series)
    multiple = size.multiple if size else 1
    yield "+5 %", -(-true * 105 // (100 * multiple)) * multiple
    yield "-5 %", true * 95 // (100 * multiple) * multiple
    if series.unit == amount.KRONOR:
        yield "+10 kr", true + 1000
        yield "-10 kr", true - 1000
    yield "ten times", true * 10
    if true % 10 == 0:
        yield "a tenth", true // 10
    for cell in _neighbours(norms, series, entry):
        yield "a neighbour's figure", cell.value
    before = norms.before(series)
    if before is not None:
        old = _same_row(before, entry)
        if old is not None and old.cell is not None:
            yield "last table's figure", old.cell.value


def _neighbours(norms: Norms, series: Series, entry: CellEntry) -> list[Cell]:
    """The cells above and below, or for a single amount those of the series with the same first names."""
    if series.dimensions and not entry.further:
        rows = [row for row in series.rows if row.cell is not None]
        place = next(i for i, row in enumerate(rows) if row.line == entry.read.line(entry.location))
        return [
            row.cell for row in (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2]) if row.cell
        ]
    family = series.name.rpartition(".")[0]
    related = [name for name in norms.catalog if family and name.rpartition(".")[0] == family]
    found = [norms.at(name, series.municipality, series.period.first) for name in related]
    return [
        cell
        for one in found
        if one is not None and one.name != series.name and not one.dimensions and one.unit == series.unit
        for cell in [one.get()]
        if cell is not None
    ]


def _same_row(before: Series, entry: CellEntry) -> Row | None:
    if entry.further:
        return before.further.row if before.further else None
    return next((row for row in before.rows if ", ".join(band.plain for band in row.keys) == entry.key), None)


def _planted(entry: CellEntry, wrong: str) -> bytes:
    """The file's text with the amount of one cell replaced."""
    lines = FILES[entry.read.file].decode().split("\n")
    index = entry.read.line((*entry.location, "belopp")) - 1
    pattern = rf"(belopp: |{re.escape(entry.key)}: ){re.escape(entry.form.amount)}(?!\d)"
    lines[index], count = re.subn(pattern, rf"\g<1>{wrong}", lines[index], count=1)
    assert count == 1, (entry.where, lines[index])
    return "\n".join(lines).encode()


def _try(plant: Plant) -> Result:
    findings, norms = _findings(plant)
    new = [finding for finding in findings if finding not in _BASELINE]
    without = None
    if norms is not None and plant.file.startswith("riksnorm/"):
        without = any(finding not in _BASELINE_WITHOUT for finding in doubts(_without_rates(norms)))
    pointed = any(finding.file == plant.file and abs(finding.line - plant.line) <= 2 for finding in new)
    return Result(replace(plant, content=b""), bool(new), pointed, without)


def _findings(plant: Plant) -> tuple[list[Finding], Norms | None]:
    try:
        norms = load_files({**FILES, plant.file: plant.content})
    except FindingsError as error:
        return list(error.findings), None
    return doubts(norms), norms


def _without_rates(norms: Norms) -> Norms:
    """The tables without the changes that were worked out from the amounts themselves."""
    tables = tuple(
        replace(table, changes=tuple(change for change in table.changes if change.status.confirmed))
        for table in norms.tables
    )
    return replace(norms, tables=tables)


_BASELINE = frozenset(doubts(load_files(FILES)))
_BASELINE_WITHOUT = frozenset(doubts(_without_rates(load_files(FILES))))


def _print_kinds(heading: str, results: list[Result], key: Callable[[Result], str]) -> None:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    print(f"\n{heading:<34}{'5 % or more':>22}{'smaller':>22}{'at the very cell':>20}")
    for name, group in [*groups.items(), ("all", results)]:
        large = [result.found for result in group if result.plant.large]
        small = [result.found for result in group if not result.plant.large]
        pointed = [result.pointed for result in group]
        print(f"{name:<34}{_share(large):>22}{_share(small):>22}{_share(pointed):>20}")


def _print_without_rates(results: list[Result]) -> None:
    tried = [result for result in results if result.found_without_rates is not None]
    print("\nriksnorm, without rates worked out from the amounts")
    for name, large in (("5 % or more", True), ("smaller", False)):
        found = [bool(result.found_without_rates) for result in tried if result.plant.large is large]
        print(f"{name:<34}{_share(found):>22}")


def _print_missed(results: list[Result]) -> None:
    missed = [result.plant for result in results if not result.found]
    print(f"\nnot found: {len(missed)}")
    for plant in missed:
        print(
            f"  {plant.file}:{plant.line} {plant.where}: {plant.true} -> {plant.wrong} "
            f"({plant.kind}, {plant.error:.1%})"
        )


def _share(found: list[bool]) -> str:
    return f"{sum(found)}/{len(found)} {sum(found) / len(found):7.1%}" if found else "-"


if __name__ == "__main__":
    sys.exit(main())
