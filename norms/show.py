"""The amounts of a month, as a table for people and as data for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from textwrap import wrap

from norms import amount
from norms.lookup import NormView
from norms.status import Status
from norms.table import Row, Series

Line = tuple[str, str, str]

_WIDTH = 100
_INDENT = "    "
_MARKS: Mapping[Status, str] = {
    Status.VERIFIED_TWO: "✓✓",
    Status.VERIFIED: "✓",
    Status.VERIFIED_ONE: "(✓)",
    Status.FICTITIOUS: "F",
    Status.PRACTICE: "P",
    Status.SECONDARY: "A",
    Status.DERIVED: "≈",
    Status.MEMORY: "M",
    Status.EXAMPLE: "E",
    Status.UNKNOWN: "?",
}


def render(view: NormView) -> str:
    """Every amount of the month in Swedish, with its law, its status and a legend. Ends without newline."""
    blocks = [
        (heading, list(series))
        for (heading, _), series in groupby(
            view.all_series(), key=lambda series: (series.heading, series.period)
        )
    ]
    lines = [line for _, block in blocks for series in block for line in _lines(series)]
    label_width = max(len(label) for label, text, _ in lines if text) + 2
    amount_width = max(len(text) for _, text, _ in lines)
    out = [_title(view), ""]
    for heading, block in blocks:
        out += [heading, "-" * len(heading), *_law(block[0]), ""]
        for series in block:
            out += [
                f"{label:<{label_width}}{text:>{amount_width}}  {mark}".rstrip()
                for label, text, mark in _lines(series)
            ]
            out += [
                note
                for text in _notes(series)
                for note in wrap(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
            ]
        out += [*wrap(f"Källor: {'; '.join(_sources(block))}", _WIDTH, subsequent_indent="  "), ""]
    return "\n".join([*out, *_legend(view)])


def as_json(view: NormView) -> dict[str, object]:
    """Every amount of the month as plain data.

    ``value`` is whole öre for the unit ``kr``, hundredths of a percent for ``procent``, else the number
    itself; null where the amount is not known. ``keys`` holds one ``[low, high]`` per key, high null for
    no end. ``further`` is what each key beyond the last one adds.
    """
    return {
        "month": str(view.month),
        "municipality": view.municipality,
        "municipality_name": view.place.name if view.place else None,
        "fictitious": view.place.fictitious if view.place else False,
        "series": [_series_json(series) for series in view.all_series()],
    }


def _title(view: NormView) -> str:
    if view.place is None:
        return f"Normer för {view.month}"
    invented = ", en påhittad kommun" if view.place.fictitious else ""
    title = f"Normer för {view.month} i {view.place.name} (kommunkod {view.place.code}{invented})"
    if any(series.type.municipal for series in view.all_series()):
        return title
    return f"{title}\nKommunen har inga egna belopp för månaden i tabellerna."


def _law(series: Series) -> Iterator[str]:
    period = series.period
    unknown = ", SFS-numret är inte känt" if period.sfs is None and not series.type.municipal else ""
    yield f"{period.citation}{unknown}. Gäller {period}."
    yield from wrap(period.note, _WIDTH)


def _lines(series: Series) -> Iterator[Line]:
    """Label, amount and status mark of every row."""
    if not series.dimensions:
        for row in series.rows:
            yield series.type.title, *_amount(series, row)
        return
    yield series.type.title, "", ""
    for row in series.rows:
        yield f"{_INDENT}{series.type.text(row.keys)}", *_amount(series, row)
    if series.further:
        unit = series.dimensions[series.further.dimension]
        yield f"{_INDENT}för varje {unit.one or unit.unit} till", *_amount(series, series.further.row)


def _amount(series: Series, row: Row) -> tuple[str, str]:
    if row.cell is None:
        return "okänt", _MARKS[Status.UNKNOWN]
    return amount.show(row.cell.value, series.unit), _MARKS[row.cell.status]


def _notes(series: Series) -> Iterator[str]:
    if series.note:
        yield series.note
    for row in series.rows:
        label = f"{series.type.text(row.keys)}: " if row.keys else ""
        if row.note:
            yield f"{label}{row.note}"
        if row.accepted:
            yield f"{label}Kontrollerat. {row.accepted.reason}"


def _sources(block: list[Series]) -> list[str]:
    """Every source of the block once, in the order they come."""
    rows = [row for series in block for row in _rows(series) if row.cell is not None]
    return list(dict.fromkeys(title for row in rows for title in row.sources))


def _legend(view: NormView) -> Iterator[str]:
    used = {
        row.cell.status if row.cell else Status.UNKNOWN
        for series in view.all_series()
        for row in _rows(series)
    }
    for status in Status:
        if status in used:
            yield f"{_MARKS[status]:<4}{status.value}: {status.meaning}"


def _rows(series: Series) -> Iterator[Row]:
    yield from series.rows
    if series.further:
        yield series.further.row


def _series_json(series: Series) -> dict[str, object]:
    period = series.period
    return {
        "name": series.name,
        "title": series.type.title,
        "unit": series.unit,
        "dimensions": [{"name": one.name, "unit": one.unit} for one in series.dimensions],
        "municipal": series.type.municipal,
        "provision": period.provision,
        "sfs": period.sfs,
        "valid": {"from": str(period.first), "to": str(period.last) if period.last else None},
        "note": " ".join(text for text in (period.note, series.note) if text),
        "cells": [_row_json(series, row) for row in series.rows],
        "further": {
            "dimension": series.dimensions[series.further.dimension].name,
            **_row_json(series, series.further.row),
        }
        if series.further
        else None,
    }


def _row_json(series: Series, row: Row) -> dict[str, object]:
    cell = row.cell
    return {
        "keys": [[band.low, band.high] for band in row.keys],
        "value": cell.value if cell else None,
        "text": cell.text if cell else None,
        "status": cell.status.value if cell else Status.UNKNOWN.value,
        "confirmed": cell.status.confirmed if cell else False,
        "source": cell.source if cell else "",
        "note": row.note,
        "accepted": row.accepted.reason if row.accepted else None,
        "file": series.file,
        "line": row.line,
    }
