"""Read the files of a folder into their form: the first step, before anything is understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from norms import document, folder, shape
from norms.document import Document, Location
from norms.finding import Finding, FindingsError, Severity
from norms.form import (
    CatalogueFile,
    CellForm,
    Form,
    LimitsFile,
    MunicipalitiesFile,
    SeriesForm,
    SourcesFile,
    TableForm,
    TablesFile,
)

CATALOGUE, SOURCES, MUNICIPALITIES, LIMITS = "serier.yaml", "kallor.yaml", "kommuner.yaml", "rimlighet.yaml"
REGISTERS: Mapping[str, type[Form]] = {
    CATALOGUE: CatalogueFile,
    SOURCES: SourcesFile,
    MUNICIPALITIES: MunicipalitiesFile,
    LIMITS: LimitsFile,
}

F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Read(Generic[F]):
    """A file in its form, with the line of every place in it."""

    document: Document
    form: F

    @property
    def file(self) -> str:
        """The name that findings carry."""
        return self.document.file

    def line(self, location: Location) -> int:
        """The line of a place in the file."""
        return self.document.line(location)

    def finding(self, code: str, location: Location, where: str, message: str) -> Finding:
        """A finding that stops the file from being used."""
        return Finding(self.file, self.line(location), code, Severity.ERROR, where, message)


@dataclass(frozen=True)
class TableEntry:
    """A table of a file and where it is."""

    read: Read[TablesFile]
    location: Location
    form: TableForm


@dataclass(frozen=True)
class SeriesEntry:
    """A series of a table and where it is."""

    table: TableEntry
    location: Location
    name: str
    form: SeriesForm

    @property
    def read(self) -> Read[TablesFile]:
        """The file it is in."""
        return self.table.read


@dataclass(frozen=True)
class CellEntry:
    """A cell of a series and where it is. ``further`` marks the step beyond the last key."""

    series: SeriesEntry
    location: Location
    key: str
    form: CellForm
    further: bool

    @property
    def read(self) -> Read[TablesFile]:
        """The file it is in."""
        return self.series.read

    @property
    def where(self) -> str:
        """The cell's name in findings."""
        if self.further:
            return f"{self.series.name}.därutöver"
        return f"{self.series.name}[{self.key}]" if self.key else self.series.name

    @property
    def unknown(self) -> bool:
        """Whether the file says that the amount is not known."""
        return self.form.amount == UNKNOWN_AMOUNT

    @property
    def status(self) -> str | None:
        """The status as text: the cell's own, or the nearest around it."""
        levels = (self.form, self.series.form, self.series.table.form, self.read.form)
        return next((level.status for level in levels if level.status is not None), None)

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the sources: the cell's own, or the nearest around it."""
        levels = (self.form, self.series.form, self.series.table.form, self.read.form)
        return next((level.sources for level in levels if level.sources is not None), ())


UNKNOWN_AMOUNT = "okänd"


@dataclass(frozen=True)
class Tree:
    """All files of a folder of tables, in their form."""

    tables: tuple[Read[TablesFile], ...]
    catalogue: Read[CatalogueFile]
    sources: Read[SourcesFile]
    municipalities: Read[MunicipalitiesFile]
    limits: Read[LimitsFile]

    @cached_property
    def table_entries(self) -> tuple[TableEntry, ...]:
        """Every table of every file."""
        return tuple(
            TableEntry(read, ("tabeller", index), form)
            for read in self.tables
            for index, form in enumerate(read.form.tables)
        )

    @cached_property
    def series_entries(self) -> tuple[SeriesEntry, ...]:
        """Every series of every table."""
        return tuple(
            SeriesEntry(table, (*table.location, "serier", name), name, form)
            for table in self.table_entries
            for name, form in table.form.series.items()
        )

    @cached_property
    def cell_entries(self) -> tuple[CellEntry, ...]:
        """Every cell of every series that is declared, steps included."""
        declared = self.catalogue.form.series
        return tuple(
            cell for series in self.series_entries if series.name in declared for cell in cells_of(series)
        )


def cells_of(series: SeriesEntry) -> Iterator[CellEntry]:
    """Every cell of a series, the step beyond the last key included."""
    for key, form in series.form.cells.items():
        yield CellEntry(series, (*series.location, "belopp", key), key, form, further=False)
    for key, form in series.form.further.items():
        yield CellEntry(series, (*series.location, "därutöver", key), key, form, further=True)


def read_tree(files: Mapping[str, bytes]) -> Tree:
    """Read all files. Raises FindingsError with every file that cannot be read, codes D and N001, N018."""
    findings = list(folder.check(files, REGISTERS))
    reads: dict[str, Read[Any]] = {}
    for name, content in files.items():
        if name.endswith(".yaml"):
            try:
                reads[name] = read_form(name, content)
            except FindingsError as error:
                findings += error.findings
    if findings:
        raise FindingsError(findings)
    return Tree(
        tables=tuple(read for name, read in reads.items() if name not in REGISTERS),
        catalogue=reads[CATALOGUE],
        sources=reads[SOURCES],
        municipalities=reads[MUNICIPALITIES],
        limits=reads[LIMITS],
    )


@lru_cache(maxsize=128)
def read_form(name: str, content: bytes) -> Read[Form]:
    """Read one file. Raises FindingsError."""
    read = document.parse(content, name)
    form: type[Form] = REGISTERS.get(name, TablesFile)
    try:
        return Read(read, form.model_validate(read.data))
    except ValidationError as error:
        raise FindingsError(shape.check(read, form, error)) from error
