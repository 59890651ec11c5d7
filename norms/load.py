"""Load the tables of a folder: read, check, build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from norms import build, limits
from norms.checks import (
    date_gap,
    date_overlap,
    key_gap,
    key_overlap,
    missing_provision,
    missing_series,
    missing_source,
    outdated_acceptance,
    undeclared_fictitious,
    unknown_municipality,
    unknown_series,
    unreadable_amount,
    unreadable_change,
    unreadable_control,
    unreadable_limit,
    unusable_series,
    wrong_further_step,
    wrong_key,
    wrong_months,
    wrong_scope,
    wrong_status,
)
from norms.finding import Finding, FindingsError
from norms.folder import TABLES, read_files
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

_FORM_CHECKS = (
    unreadable_amount.check,
    wrong_key.check,
    wrong_further_step.check,
    wrong_status.check,
    undeclared_fictitious.check,
    missing_source.check,
    missing_provision.check,
    wrong_months.check,
    unknown_series.check,
    wrong_scope.check,
    unknown_municipality.check,
    outdated_acceptance.check,
    missing_series.check,
    unreadable_change.check,
    unreadable_control.check,
    unusable_series.check,
    unreadable_limit.check,
)
_ORDER_CHECKS = (
    date_overlap.check,
    date_gap.check,
    key_overlap.check,
    key_gap.check,
)


def load(root: Path = TABLES) -> Norms:
    """Load and check every table under a folder. Raises FindingsError with all findings.

    Checks how the files are written and how tables lie beside each other, not whether an amount is
    plausible; that is ``norms.plausibility``.
    """
    return load_files(read_files(root))


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
