"""Load the tables of a folder: read, check, build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from norms import build, limits
from norms.checks import (
    n002_amount,
    n003_key,
    n004_further,
    n005_status,
    n006_fictitious,
    n007_source,
    n008_provision,
    n009_months,
    n010_series,
    n011_scope,
    n012_municipality,
    n013_accepted,
    n014_missing,
    n015_change,
    n016_sums,
    n017_catalogue,
    n019_limits,
    n031_date_overlap,
    n032_date_gap,
    n033_key_overlap,
    n034_key_gap,
)
from norms.finding import Finding, FindingsError
from norms.lookup import Norms, NormView, NoTableError, UnknownMunicipalityError
from norms.read import Tree, read_tree
from norms.table import Series, Table

__all__ = [
    "TABLES",
    "NoTableError",
    "NormView",
    "Norms",
    "UnknownMunicipalityError",
    "load",
    "load_files",
    "read_files",
]

TABLES = Path(__file__).parent / "tables"

_FORM_CHECKS = (
    n002_amount.check,
    n003_key.check,
    n004_further.check,
    n005_status.check,
    n006_fictitious.check,
    n007_source.check,
    n008_provision.check,
    n009_months.check,
    n010_series.check,
    n011_scope.check,
    n012_municipality.check,
    n013_accepted.check,
    n014_missing.check,
    n015_change.check,
    n016_sums.check,
    n017_catalogue.check,
    n019_limits.check,
)
_ORDER_CHECKS = (
    n031_date_overlap.check,
    n032_date_gap.check,
    n033_key_overlap.check,
    n034_key_gap.check,
)


def load(root: Path = TABLES) -> Norms:
    """Load and check every table under a folder. Raises FindingsError with all findings.

    Checks how the files are written and how tables lie beside each other, not whether an amount is
    plausible; that is ``norms.plausibility``.
    """
    return load_files(read_files(root))


def read_files(root: Path) -> dict[str, bytes]:
    """The bytes of every file under a folder by its relative name, hidden files left out."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if not any(part.startswith(".") for part in name.split("/"))
    }


def load_files(files: Mapping[str, bytes], candidate: str | None = None) -> Norms:
    """Load tables from bytes. Raises FindingsError.

    The tables of the file ``candidate`` take the place of those in other files that are valid in the same
    months; that is how a changed table is tried before it is put among the others.
    """
    tree = read_tree(files)
    _raise(finding for check in _FORM_CHECKS for finding in check(tree))
    norms = _norms(files, tree, candidate)
    _raise(finding for check in _ORDER_CHECKS for finding in check(norms))
    return norms


def _norms(files: Mapping[str, bytes], tree: Tree, candidate: str | None) -> Norms:
    types = build.series_types(tree)
    tables = tuple(build.tables(tree, types))
    gaps = tuple(build.gaps(tree))
    if candidate is not None:
        tables = _displaced(tables, candidate)
        kept = {table.file for table in tables}
        gaps = tuple(gap for gap in gaps if gap.file in kept)
    index: dict[tuple[str | None, str], list[Series]] = {}
    for table in tables:
        for name, periods in table.series.items():
            index.setdefault((table.municipality, name), []).extend(periods)
    return Norms(
        files=files,
        catalog=types,
        municipalities=build.municipalities(tree),
        tables=tables,
        gaps=gaps,
        limits=limits.build(tree.limits, types),
        _index={
            key: tuple(sorted(series, key=lambda one: one.period.first)) for key, series in index.items()
        },
    )


def _displaced(tables: tuple[Table, ...], candidate: str) -> tuple[Table, ...]:
    """The tables without those that the candidate file's tables replace."""
    new = [table for table in tables if table.file == candidate]
    return tuple(
        table for table in tables if table.file == candidate or not any(_collide(table, one) for one in new)
    )


def _collide(one: Table, other: Table) -> bool:
    return (
        one.municipality == other.municipality
        and not one.series.keys().isdisjoint(other.series)
        and any(a.meets(b) for a in one.periods for b in other.periods)
    )


def _raise(findings: Iterable[Finding]) -> None:
    found = list(findings)
    if found:
        raise FindingsError(found)
