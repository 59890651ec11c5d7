"""What a table holds: cells, series of cells by key, and the months they are valid for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from norms import amount
from norms.band import Band
from norms.month import Month
from norms.status import Status, weakest


@dataclass(frozen=True, slots=True)
class KnownMunicipality:
    """A municipality that cases may belong to. A fictitious one exists for demonstrations only."""

    code: str
    name: str
    fictitious: bool


@dataclass(frozen=True, slots=True)
class AmountSource:
    """Where an amount was read: a short title for people, and the place to look it up."""

    key: str
    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One key of a series: its name, and the unit of its values (``år``, ``personer``).

    ``one`` is the unit of exactly one; ``ordinal`` means that the keys number things: ``barn nummer 3``.
    """

    name: str
    unit: str
    one: str = ""
    ordinal: bool = False

    def text(self, band: Band) -> str:
        """A band of this dimension for people: ``7–10 år``, ``1 person``, ``4 eller fler barn``."""
        if self.ordinal:
            return (
                f"{self.unit} nummer {band.low} och högre"
                if band.high is None
                else f"{self.unit} nummer {band}"
            )
        if band.high is None:
            return f"{band.low} eller fler {self.unit}"
        return f"{band} {self.one if self.one and band.low == band.high == 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class SeriesType:
    """What a series is, the same in every table: unit, dimensions and what it has to cover.

    ``covers`` holds one band per dimension, or None where a table may cover what it likes.
    ``required`` series exist in every month there are tables for.
    """

    name: str
    unit: str
    dimensions: tuple[Dimension, ...]
    title: str = ""
    covers: tuple[Band | None, ...] = ()
    required: bool = False

    @property
    def municipal(self) -> bool:
        """Whether municipalities, and not the state, decide the amounts."""
        return self.name.startswith(MUNICIPAL_PREFIX)

    def text(self, keys: tuple[Band, ...]) -> str:
        """The keys for people: ``1–2 vuxna, 3 barn``; empty for a series without keys."""
        return ", ".join(dimension.text(band) for dimension, band in zip(self.dimensions, keys, strict=True))


MUNICIPAL_PREFIX = "kommun."


@dataclass(frozen=True, slots=True)
class Period:
    """The months an amount is valid for, and the provision it rests on then.

    ``last`` is None where the source gives no end ("tills vidare"). ``sfs`` is the number in Svensk
    författningssamling of the text that sets the amount; None where it is not known.
    """

    first: Month
    last: Month | None
    provision: str
    sfs: str | None
    note: str

    def covers(self, month: Month) -> bool:
        """Whether the month lies in the period."""
        return self.first <= month and (self.last is None or month <= self.last)

    def meets(self, other: Period) -> bool:
        """Whether the two periods share a month."""
        return self.covers(other.first) or other.covers(self.first)

    @property
    def citation(self) -> str:
        """The provision with its SFS number, where it is known and not already part of the text."""
        if self.sfs is None or self.sfs in self.provision:
            return self.provision
        return f"{self.provision} (SFS {self.sfs})"

    def __str__(self) -> str:
        return f"{self.first} till {self.last}" if self.last else f"{self.first} tills vidare"


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount, with all a decision needs to say about it.

    ``value`` is whole öre for ``kr``, hundredths of a percent for ``procent``, else the number itself.
    ``file`` and ``line`` say where it is written.
    """

    value: int
    unit: str
    status: Status
    series: str
    label: str
    source: str
    provision: str
    file: str
    line: int

    @property
    def text(self) -> str:
        """The amount for people."""
        return amount.show(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person has looked at an odd amount and says why it is right. Holds for that very amount only."""

    value: int
    codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A cell and the keys it is for. ``cell`` is None where the table says the amount is unknown; ``sources``
    are the titles of its sources, one by one."""

    keys: tuple[Band, ...]
    cell: Cell | None
    sources: tuple[str, ...]
    line: int
    note: str
    accepted: Acceptance | None


@dataclass(frozen=True, slots=True)
class Further:
    """What each key beyond the last one adds: one more person, one more child."""

    dimension: int
    row: Row


@dataclass(frozen=True, eq=False)
class Series:
    """The amounts of one name in one period, by key."""

    type: SeriesType
    heading: str
    file: str
    line: int
    municipality: str | None
    period: Period
    rows: tuple[Row, ...]
    further: Further | None
    note: str
    _cells: dict[tuple[int, ...], Cell] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        cells: dict[tuple[int, ...], Cell] = {}
        for row in self.rows:
            if row.cell is not None and not any(band.high is None for band in row.keys):
                for point in points(row.keys):
                    cells[point] = row.cell
        object.__setattr__(self, "_cells", cells)

    @property
    def name(self) -> str:
        """The name that rules use, without ``norm.``."""
        return self.type.name

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return self.type.unit

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The keys it is looked up by, in order."""
        return self.type.dimensions

    def get(self, *keys: int) -> Cell | None:
        """The amount for exactly these keys, or None where the table has none or does not know it.

        Beyond the last key the amount is computed where the table says what each further one adds.
        Raises ValueError for another number of keys than the series has.
        """
        cell = self._cells.get(keys)
        return cell if cell is not None else self._search(keys)

    def bands(self, dimension_index: int) -> tuple[tuple[int, int | None], ...]:
        """The bands of one dimension, each once, from the lowest."""
        bands = {row.keys[dimension_index] for row in self.rows}
        ordered = sorted(bands, key=lambda band: (band.low, band.high is None, band.high or 0))
        return tuple((band.low, band.high) for band in ordered)

    def row(self, *keys: int) -> Row | None:
        """The row that holds these keys, unknown amounts included; None where there is none."""
        for row in self.rows:
            if all(band.holds(key) for band, key in zip(row.keys, keys, strict=True)):
                return row
        return None

    def where(self, row: Row) -> str:
        """The name of a row's cell: ``riksnorm.barn.med_lunch[7-10]``."""
        if self.further is not None and row is self.further.row:
            return f"{self.name}.därutöver"
        return f"{self.name}[{', '.join(band.plain for band in row.keys)}]" if row.keys else self.name

    def _search(self, keys: tuple[int, ...]) -> Cell | None:
        if len(keys) != len(self.dimensions):
            raise ValueError(f"{self.name} har {len(self.dimensions)} nycklar men fick {len(keys)}.")
        row = self.row(*keys)
        if row is not None or self.further is None:
            return row.cell if row else None
        return self._extended(keys, self.further)

    def _extended(self, keys: tuple[int, ...], further: Further) -> Cell | None:
        """The amount of the last key plus the step for each further one."""
        index, step = further.dimension, further.row.cell
        highs = [row.keys[index].high or 0 for row in self.rows]
        last = max(highs)
        base = self.row(*keys[:index], last, *keys[index + 1 :])
        if keys[index] <= last or step is None or base is None or base.cell is None:
            return None
        return replace(
            base.cell,
            value=base.cell.value + (keys[index] - last) * step.value,
            status=weakest(base.cell.status, step.status),
            label=f"{self.type.title}, {self.type.text(tuple(Band(key, key) for key in keys))}",
            source=base.cell.source
            if base.cell.source == step.source
            else f"{base.cell.source}; {step.source}",
        )


@dataclass(frozen=True, slots=True)
class DeclaredChange:
    """How a table's amounts came from those of the table before: rate, addition, rounding.

    ``rate`` is in hundredths of a percent, ``addition`` in öre, ``rounding`` a word of the file format.
    ``series`` is None for all series of the table, ``keys`` None for all keys of the first dimension.
    """

    series: str | None
    keys: Band | None
    rate: int
    addition: int
    rounding: str
    status: Status
    source: str
    line: int


_REFERENCE = re.compile(r"([^\s\[\]]+)(?:\[([0-9]{1,3}(?:, ?[0-9]{1,3})*)\])?")
_COUNTED = re.compile(r"(?:([0-9]{1,2}) \* )?(.+)")


@dataclass(frozen=True, slots=True)
class CellReference:
    """A cell by name and keys, as the files write it: ``riksnorm.gemensam[2]``."""

    series: str
    keys: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> CellReference:
        """Read ``riksnorm.vuxen.ensam`` or ``kommun.hyresgräns[2, 0]``. Raises ValueError."""
        match = _REFERENCE.fullmatch(text)
        if not match:
            raise ValueError(
                f"”{text}” pekar inte ut något belopp. Skriv serien och nyckeln: riksnorm.gemensam[2]."
            )
        return cls(match[1], tuple(int(key) for key in match[2].split(",")) if match[2] else ())

    def __str__(self) -> str:
        return f"{self.series}[{', '.join(map(str, self.keys))}]" if self.keys else self.series


def parse_counted_cell(text: str) -> tuple[int, CellReference]:
    """Read ``riksnorm.gemensam[2]`` or ``3 * barnbidrag.per_barn``. Raises ValueError."""
    match = _COUNTED.fullmatch(text)
    if not match:
        raise ValueError("En cell saknar namn.")
    return int(match[1] or 1), CellReference.parse(match[2])


@dataclass(frozen=True, slots=True)
class ControlSum:
    """Cells, each so many times, whose sum a source states in one figure or in parts (öre)."""

    cells: tuple[tuple[int, CellReference], ...]
    parts: tuple[int, ...]
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class EqualSteps:
    """Amounts that go up by the same sum for each key of one dimension."""

    series: str
    dimension: str
    keys: Band
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Amounts that were set together. ``series`` has them once for each period of the table."""

    file: str
    line: int
    heading: str
    municipality: str | None
    periods: tuple[Period, ...]
    series: Mapping[str, tuple[Series, ...]]
    changes: tuple[DeclaredChange, ...]
    sums: tuple[ControlSum, ...]
    equal_steps: tuple[EqualSteps, ...]

    @property
    def first(self) -> Month:
        """The first month of the table."""
        return min(period.first for period in self.periods)


@dataclass(frozen=True, slots=True)
class Gap:
    """Months for which a file says that it has no amounts, and why."""

    file: str
    line: int
    municipality: str | None
    first: Month
    last: Month
    reason: str


def points(keys: tuple[Band, ...], limit: int = 0) -> list[tuple[int, ...]]:
    """Every combination of keys in the bands; an open band ends at ``limit``."""
    found: list[tuple[int, ...]] = [()]
    for band in keys:
        found = [(*point, key) for point in found for key in band.keys(limit)]
    return found
