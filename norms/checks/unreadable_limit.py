"""N019: a limit of reasonableness that cannot be read or points at nothing."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.finding import Finding
from norms.limits import parse_ratio
from norms.nearest import hint
from norms.read import Tree
from norms.table import CellReference

CODE = "N019"


def check(tree: Tree) -> Iterator[Finding]:
    """Every limit that no amount could be held against."""
    for field, index, message in _messages(tree):
        yield tree.limits.finding(CODE, (field, index), field, message)


def _messages(tree: Tree) -> Iterator[tuple[str, int, str]]:
    limits, known = tree.limits.form, tree.catalogue.form.series
    for index, size in enumerate(limits.sizes):
        unit = known[size.series].unit if size.series in known else amount.KRONOR
        for text in (size.low, size.high, size.multiple):
            try:
                amount.parse(text, unit)
            except ValueError as error:
                yield "storlek", index, str(error)
        if size.multiple == "0":
            yield "storlek", index, "”jämnt” är 0. Skriv 1 om alla hela belopp duger."
    for index, ratio in enumerate(limits.ratios):
        for text in (ratio.low, ratio.high):
            try:
                parse_ratio(text)
            except ValueError as error:
                yield "kvoter", index, str(error)
        for text in (ratio.cell, ratio.base):
            try:
                cell = CellReference.parse(text)
            except ValueError as error:
                yield "kvoter", index, str(error)
                continue
            if cell.series not in known:
                yield "kvoter", index, f"Det finns ingen serie ”{cell.series}”.{hint(cell.series, known)}"
            elif len(cell.keys) != len(known[cell.series].dimensions):
                count = len(known[cell.series].dimensions)
                yield (
                    "kvoter",
                    index,
                    f"”{text}” anger {len(cell.keys)} nycklar, men serien slås upp med {count}.",
                )
    for index, rising in enumerate(limits.rising):
        dimensions = known[rising.series].dimensions if rising.series in known else {}
        if dimensions and rising.dimension not in dimensions:
            text = f"”{rising.dimension}” är ingen av seriens nycklar.{hint(rising.dimension, dimensions)}"
            yield "stigande", index, text
    for index, year in enumerate(limits.years):
        for text in (year.low, year.high):
            try:
                amount.parse_percent(text)
            except ValueError as error:
                yield "årsändring", index, str(error)
    for index, pace in enumerate(limits.paces):
        try:
            amount.parse_percent(pace.deviation)
        except ValueError as error:
            yield "takt", index, str(error)
