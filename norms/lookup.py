"""All tables together, and looking amounts up by month and municipality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from norms.band import Band
from norms.fault import Fault, MisfitError, fault, shown
from norms.limits import Limits
from norms.month import Month
from norms.table import Gap, KnownMunicipality, Series, SeriesType, Table


class _ToldError(MisfitError):
    """A refusal that says in Swedish why."""

    def __str__(self) -> str:
        from norms.sentences import shapes  # only whoever is refused reads them

        return shapes().say(self.faults[0])


class NoTableError(_ToldError):
    """There is no riksnorm for the month. A later or earlier month's amounts are never used instead."""


class UnknownMunicipalityError(_ToldError):
    """The municipality is not in the register, so whether it has tables of its own is not known."""


@dataclass(frozen=True, eq=False)
class NormView:
    """The amounts of one month, national and of one municipality. Made by ``Norms.resolve``."""

    month: Month
    municipality: str | None
    place: KnownMunicipality | None
    _series: Mapping[str, Series] = field(repr=False)
    _catalog: Mapping[str, SeriesType] = field(default_factory=dict, repr=False)

    def words(self, name: str, keys: tuple[int, ...]) -> str:
        """What an amount is, for people, whether or not there is one: ``Hushållskostnader, 5 personer``."""
        kind = self._catalog[name]
        bands = tuple(Band(key, key) for key in keys)
        return f"{kind.title}, {kind.text(bands)}" if bands else kind.title

    def series(self, name: str) -> Series | None:
        """The series of this name, or None where the month or the municipality has none."""
        return self._series.get(name)

    def all_series(self) -> tuple[Series, ...]:
        """Every series of the month, in the order of the catalogue."""
        return tuple(self._series.values())


@dataclass(frozen=True, eq=False)
class Norms:
    """All tables of a folder.

    ``files`` holds the bytes that were read, by name relative to the folder, for content hashing.
    """

    files: Mapping[str, bytes] = field(repr=False)
    catalog: Mapping[str, SeriesType] = field(repr=False)
    municipalities: Mapping[str, KnownMunicipality]
    tables: tuple[Table, ...] = field(repr=False)
    gaps: tuple[Gap, ...] = field(repr=False)
    limits: Limits = field(repr=False)
    _index: Mapping[tuple[str | None, str], tuple[Series, ...]] = field(repr=False)
    _views: dict[tuple[Month, str | None, bool], NormView] = field(
        init=False, default_factory=dict, repr=False
    )

    def resolve(
        self, month: Month, municipality: str | None = None, *, without_norm: bool = False
    ) -> NormView:
        """The amounts that apply in a month, with those of a municipality when its code is given.

        Raises NoTableError when the riksnorm has no table for the month, and UnknownMunicipalityError. With
        ``without_norm`` the view of such a month simply has no riksnorm.
        """
        key = (month, municipality, without_norm)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._resolved(month, municipality, without_norm)
        return view

    def history(self, name: str, municipality: str | None) -> tuple[Series, ...]:
        """A series in all its periods, by first month; empty when there is none."""
        return self._index.get((municipality, name), ())

    def histories(self) -> Iterable[tuple[Series, ...]]:
        """Every series of every municipality and of the state, each in all its periods."""
        return self._index.values()

    @property
    def first_month(self) -> Month:
        """The first month that any table has an amount of."""
        return min(series.period.first for history in self.histories() for series in history)

    def at(self, name: str, municipality: str | None, month: Month) -> Series | None:
        """A series in one month. National series are found for any municipality."""
        owner = municipality if self.catalog[name].municipal else None
        return next((one for one in self.history(name, owner) if one.period.covers(month)), None)

    def before(self, series: Series) -> Series | None:
        """The same series in the nearest earlier table; None for the first."""
        return self._former.get((series.file, series.line))

    @cached_property
    def _former(self) -> dict[tuple[str, int], Series]:
        """For every series of a table, by its place in its file, the one in the table before."""
        former: dict[tuple[str, int], Series] = {}
        for history in self.histories():
            for one, other in pairwise(history):
                if (one.file, one.line) != (other.file, other.line):
                    former.setdefault((other.file, other.line), one)
        return former

    def _resolved(self, month: Month, municipality: str | None, without_norm: bool) -> NormView:
        if municipality is not None and municipality not in self.municipalities:
            raise UnknownMunicipalityError(fault("unknown_municipality", found=shown(municipality)))
        found: dict[str, Series] = {}
        for name, kind in self.catalog.items():
            series = self.at(name, municipality, month)
            if series is not None:
                found[name] = series
            elif kind.required and not without_norm:
                raise NoTableError(self._no_table(name, month))
        place = self.municipalities[municipality] if municipality is not None else None
        return NormView(month, municipality, place, found, self.catalog)

    def _no_table(self, name: str, month: Month) -> Fault:
        periods = [series.period for series in self.history(name, None)]
        found = {"month": str(month), "first": str(periods[0].first)}
        if periods[-1].last is None:
            return fault("no_norm_after", **found)
        return fault("no_norm", last=str(periods[-1].last), **found)
