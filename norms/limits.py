"""What amounts may look like before somebody has to look at them: ``rimlighet.yaml``, read.

The figures are the policy staff's; the checks hold only the kinds of comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from norms import amount
from norms.month import Month
from norms.table import CellReference, Series, SeriesType

if TYPE_CHECKING:
    from norms.form import LimitsFile, ScopedForm
    from norms.read import Read

_RATIO = re.compile(r"([0-9]{1,4})(?:,([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class LimitScope:
    """Which tables a limit is for. None means all."""

    municipality: str | None
    first: Month | None
    last: Month | None
    reason: str

    def holds(self, municipality: str | None, month: Month) -> bool:
        """Whether the limit is for a table of this municipality that begins in this month."""
        return (
            self.municipality in (None, municipality)
            and (self.first is None or self.first <= month)
            and (self.last is None or month <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Size:
    """The smallest and largest reasonable value of a series, and what each is a multiple of."""

    scope: LimitScope
    series: str
    low: int
    high: int
    multiple: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the base cell the cell is."""

    scope: LimitScope
    cell: CellReference
    base: CellReference
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Rising:
    """A dimension along which the amount rises with each band."""

    scope: LimitScope
    series: str
    dimension: str


@dataclass(frozen=True, slots=True)
class YearLimit:
    """How much an amount may change from one table to the next, hundredths of a percent."""

    scope: LimitScope
    series: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one amount's change may lie from the median of the series, hundredths of a percentage point."""

    scope: LimitScope
    series: tuple[str, ...]
    deviation: int


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits, each kind in the order of the file."""

    sizes: tuple[Size, ...]
    ratios: tuple[Ratio, ...]
    rising: tuple[Rising, ...]
    years: tuple[YearLimit, ...]
    paces: tuple[Pace, ...]

    def size(self, series: Series) -> Size | None:
        """The size that holds for a series: the first that fits."""
        return _first(self.sizes, series)

    def year(self, series: Series) -> YearLimit | None:
        """The limit of change that holds for a series: the first that fits."""
        return _first(self.years, series)


L = TypeVar("L", Size, YearLimit)


def _first(limits: Iterable[L], series: Series) -> L | None:
    for limit in limits:
        if limit.series == series.name and limit.scope.holds(series.municipality, series.period.first):
            return limit
    return None


def parse_ratio(text: str) -> Fraction:
    """Read ``1,795``. Raises ValueError with a Swedish message."""
    match = _RATIO.fullmatch(text)
    if not match:
        raise ValueError(f"”{text}” är ingen kvot. Skriv den med decimalkomma (1,795).")
    decimals = match[2] or ""
    return Fraction(int(match[1] + decimals), 10 ** len(decimals))


def build(read: Read[LimitsFile], catalog: dict[str, SeriesType]) -> Limits:
    """The limits of a file that the form checks have passed."""
    form = read.form
    return Limits(
        sizes=tuple(
            Size(
                _scope(row),
                row.series,
                amount.parse(row.low, catalog[row.series].unit),
                amount.parse(row.high, catalog[row.series].unit),
                amount.parse(row.multiple, catalog[row.series].unit),
            )
            for row in form.sizes
        ),
        ratios=tuple(
            Ratio(
                _scope(row),
                CellReference.parse(row.cell),
                CellReference.parse(row.base),
                parse_ratio(row.low),
                parse_ratio(row.high),
            )
            for row in form.ratios
        ),
        rising=tuple(Rising(_scope(row), row.series, row.dimension) for row in form.rising),
        years=tuple(
            YearLimit(_scope(row), row.series, amount.parse_percent(row.low), amount.parse_percent(row.high))
            for row in form.years
        ),
        paces=tuple(Pace(_scope(row), row.series, amount.parse_percent(row.deviation)) for row in form.paces),
    )


def _scope(row: ScopedForm) -> LimitScope:
    return LimitScope(
        row.municipality,
        Month.parse(row.first) if row.first else None,
        Month.parse(row.last) if row.last else None,
        row.reason,
    )
