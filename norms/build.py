"""From checked forms to tables: every text becomes what it means."""

from __future__ import annotations

from collections.abc import Iterator

from norms import amount
from norms.band import Band, split_key
from norms.form import UNKNOWN_SFS, SeriesTypeForm
from norms.month import OPEN_END, Month
from norms.read import CellEntry, SeriesEntry, TableEntry, Tree, cells_of
from norms.status import Status
from norms.table import (
    Acceptance,
    AmountSource,
    Cell,
    ControlSum,
    DeclaredChange,
    Dimension,
    EqualSteps,
    Further,
    Gap,
    KnownMunicipality,
    Period,
    Row,
    Series,
    SeriesType,
    Table,
    parse_counted_cell,
)


def series_types(tree: Tree) -> dict[str, SeriesType]:
    """Every declared series."""
    return {name: _series_type(name, form) for name, form in tree.catalogue.form.series.items()}


def _series_type(name: str, form: SeriesTypeForm) -> SeriesType:
    return SeriesType(
        name=name,
        unit=form.unit,
        dimensions=tuple(
            Dimension(key, item.unit, item.one, item.ordinal == "ja") for key, item in form.dimensions.items()
        ),
        title=form.title,
        covers=tuple(Band.parse(item.covers) if item.covers else None for item in form.dimensions.values()),
        required=form.required == "ja",
    )


def municipalities(tree: Tree) -> dict[str, KnownMunicipality]:
    """Every municipality of the register, by code."""
    return {
        code: KnownMunicipality(code, form.name, form.fictitious == "ja")
        for code, form in tree.municipalities.form.municipalities.items()
    }


def gaps(tree: Tree) -> Iterator[Gap]:
    """Every span of months that a file says it leaves out."""
    for read in tree.tables:
        for index, form in enumerate(read.form.gaps):
            yield Gap(
                read.file,
                read.line(("luckor", index)),
                read.form.municipality,
                Month.parse(form.first),
                Month.parse(form.last),
                form.reason,
            )


def tables(tree: Tree, types: dict[str, SeriesType]) -> Iterator[Table]:
    """Every table of every file."""
    for entry in tree.table_entries:
        read, form = entry.read, entry.form
        sources = _sources(tree, entry)
        periods = _periods(entry)
        yield Table(
            file=read.file,
            line=read.line(entry.location),
            heading=read.form.heading,
            municipality=read.form.municipality,
            periods=periods,
            series={
                name: tuple(
                    _series(
                        SeriesEntry(entry, (*entry.location, "serier", name), name, series),
                        types[name],
                        period,
                        sources,
                    )
                    for period in periods
                )
                for name, series in form.series.items()
            },
            changes=tuple(_changes(entry, sources)),
            sums=tuple(
                ControlSum(
                    tuple(parse_counted_cell(text) for text in control.cells),
                    tuple(amount.parse(text, amount.KRONOR) for text in control.parts),
                    _titles(control.sources, sources),
                    read.line((*entry.location, "avstämning", index)),
                )
                for index, control in enumerate(form.sums)
            ),
            equal_steps=tuple(
                EqualSteps(
                    steps.series,
                    steps.dimension,
                    Band.parse(steps.keys),
                    read.line((*entry.location, "lika_steg", index)),
                )
                for index, steps in enumerate(form.equal_steps)
            ),
        )


def _periods(entry: TableEntry) -> tuple[Period, ...]:
    file = entry.read.form
    periods = []
    for form in entry.form.periods:
        sfs = form.sfs or file.sfs
        periods.append(
            Period(
                first=Month.parse(form.first),
                last=None if form.last == OPEN_END else Month.parse(form.last),
                provision=form.provision or file.provision or "",
                sfs=None if sfs == UNKNOWN_SFS else sfs,
                note=form.note or (file.note if sfs == UNKNOWN_SFS else ""),
            )
        )
    return tuple(periods)


def _series(entry: SeriesEntry, kind: SeriesType, period: Period, sources: dict[str, AmountSource]) -> Series:
    cells = list(cells_of(entry))
    rows = tuple(_row(cell, kind, period, sources) for cell in cells if not cell.further)
    names = [dimension.name for dimension in kind.dimensions]
    steps = [
        Further(names.index(cell.key), _row(cell, kind, period, sources)) for cell in cells if cell.further
    ]
    return Series(
        type=kind,
        heading=entry.read.form.heading,
        file=entry.read.file,
        line=entry.read.line(entry.location),
        municipality=entry.read.form.municipality,
        period=period,
        rows=rows,
        further=steps[0] if steps else None,
        note=entry.form.note or entry.table.form.note,
    )


def _row(entry: CellEntry, kind: SeriesType, period: Period, sources: dict[str, AmountSource]) -> Row:
    keys = () if entry.further else tuple(Band.parse(part) for part in split_key(entry.key))
    line = entry.read.line(entry.location)
    accepted = entry.form.accepted
    return Row(
        keys=keys,
        cell=None if entry.unknown else _cell(entry, kind, keys, period, sources, line),
        sources=tuple(sources[key].title for key in entry.sources),
        line=line,
        note=entry.form.note,
        accepted=Acceptance(amount.parse(accepted.amount, kind.unit), accepted.codes, accepted.reason)
        if accepted
        else None,
    )


def _cell(
    entry: CellEntry,
    kind: SeriesType,
    keys: tuple[Band, ...],
    period: Period,
    sources: dict[str, AmountSource],
    line: int,
) -> Cell:
    detail = "för varje ytterligare" if entry.further else kind.text(keys)
    return Cell(
        value=amount.parse(entry.form.amount, kind.unit),
        unit=kind.unit,
        status=Status(entry.status or ""),
        series=kind.name,
        label=f"{kind.title}, {detail}" if detail else kind.title,
        source=_titles(entry.sources, sources),
        provision=period.citation,
        file=entry.read.file,
        line=line,
    )


def _changes(entry: TableEntry, sources: dict[str, AmountSource]) -> Iterator[DeclaredChange]:
    for index, form in enumerate(entry.form.changes):
        yield DeclaredChange(
            series=form.series,
            keys=Band.parse(form.keys) if form.keys is not None else None,
            rate=amount.parse_percent(form.rate),
            addition=amount.parse(form.addition, amount.KRONOR),
            rounding=form.rounding,
            status=Status(form.status),
            source=_titles(form.sources, sources),
            line=entry.read.line((*entry.location, "ändring", index)),
        )


def _sources(tree: Tree, entry: TableEntry) -> dict[str, AmountSource]:
    forms = {**tree.sources.form.sources, **entry.read.form.own_sources}
    return {key: AmountSource(key, form.title, form.where) for key, form in forms.items()}


def _titles(keys: tuple[str, ...], sources: dict[str, AmountSource]) -> str:
    return "; ".join(sources[key].title for key in keys)
