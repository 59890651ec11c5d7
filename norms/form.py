"""The form of the files under ``tables``: which fields there are and what each may hold.

Every leaf is text; what the text means is read later. A model here is the whole documentation of what a
file may contain, with the Swedish field name as alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UNKNOWN_SFS = "okänt"
"""Instead of an SFS number: nobody has found it."""


def _text_as_amount(value: Any) -> Any:
    """``3940`` is short for ``{belopp: 3940}``."""
    return {"belopp": value} if isinstance(value, str) else value


def _text_as_keyless(value: Any) -> Any:
    """``belopp: 3940`` is the only cell of a series without keys."""
    return {"": {"belopp": value}} if isinstance(value, str) else value


def _text_as_list(value: Any) -> Any:
    """``källa: T`` is short for ``källa: [T]``."""
    return [value] if isinstance(value, str) else value


class Form(BaseModel):
    """A mapping that may hold the fields named here and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


Texts = Annotated[
    tuple[str, ...], BeforeValidator(_text_as_list, json_schema_input_type=str | tuple[str, ...])
]


class AcceptanceForm(Form):
    """``kontrollerad``: an odd amount that somebody has looked at."""

    amount: str = Field(alias="belopp")
    codes: Texts = Field(alias="fynd")
    reason: str = Field(alias="skäl")


class CellForm(Form):
    """One amount. Status and source default to those of the series, the table and the file."""

    amount: str = Field(alias="belopp")
    status: str | None = None
    sources: Texts | None = Field(None, alias="källa")
    note: str = Field("", alias="anm")
    accepted: AcceptanceForm | None = Field(None, alias="kontrollerad")


Cells = dict[
    str, Annotated[CellForm, BeforeValidator(_text_as_amount, json_schema_input_type=str | CellForm)]
]


class SeriesForm(Form):
    """The amounts of one series, by key."""

    cells: Annotated[Cells, BeforeValidator(_text_as_keyless, json_schema_input_type=str | Cells)] = Field(
        alias="belopp"
    )
    further: Cells = Field({}, alias="därutöver")
    status: str | None = None
    sources: Texts | None = Field(None, alias="källa")
    note: str = Field("", alias="anm")


class PeriodForm(Form):
    """Months and the provision that applies in them."""

    first: str = Field(alias="från")
    last: str = Field(alias="till")
    provision: str | None = Field(None, alias="lagrum")
    sfs: str | None = None
    note: str = Field("", alias="anm")


class ChangeForm(Form):
    """How the amounts came from those of the table before."""

    series: str | None = Field(None, alias="serie")
    keys: str | None = Field(None, alias="nycklar")
    rate: str = Field("0", alias="procent")
    addition: str = Field("0", alias="påslag")
    rounding: str = Field("ingen", alias="avrundning")
    status: str
    sources: Texts = Field(alias="källa")
    note: str = Field("", alias="anm")


class ControlSumForm(Form):
    """A sum that a source states."""

    cells: Texts = Field(alias="celler")
    parts: Texts = Field(alias="delar")
    sources: Texts = Field(alias="källa")
    note: str = Field("", alias="anm")


class EqualStepsForm(Form):
    """Keys between which the amount goes up by the same sum."""

    series: str = Field(alias="serie")
    dimension: str = Field(alias="nyckel")
    keys: str = Field(alias="mellan")


class TableForm(Form):
    """Amounts that were set together."""

    periods: tuple[PeriodForm, ...] = Field(alias="gäller")
    series: dict[str, SeriesForm] = Field(alias="serier")
    status: str | None = None
    sources: Texts | None = Field(None, alias="källa")
    note: str = Field("", alias="anm")
    changes: tuple[ChangeForm, ...] = Field((), alias="ändring")
    sums: tuple[ControlSumForm, ...] = Field((), alias="avstämning")
    equal_steps: tuple[EqualStepsForm, ...] = Field((), alias="lika_steg")


class GapForm(Form):
    """Months that are left out on purpose."""

    first: str = Field(alias="från")
    last: str = Field(alias="till")
    reason: str = Field(alias="skäl")


class SourceForm(Form):
    """A source: what to call it and where it is."""

    title: str = Field(alias="titel")
    where: str = Field(alias="var")


class TablesFile(Form):
    """A file of tables on one subject, national or of one municipality."""

    heading: str = Field(alias="rubrik")
    municipality: str | None = Field(None, alias="kommun")
    note: str = Field("", alias="anm")
    status: str | None = None
    sources: Texts | None = Field(None, alias="källa")
    provision: str | None = Field(None, alias="lagrum")
    sfs: str | None = None
    own_sources: dict[str, SourceForm] = Field({}, alias="källor")
    gaps: tuple[GapForm, ...] = Field((), alias="luckor")
    tables: tuple[TableForm, ...] = Field(alias="tabeller")


class DimensionForm(Form):
    """A key of a series."""

    unit: str = Field(alias="enhet")
    one: str = Field("", alias="ental")
    ordinal: str = Field("nej", alias="ordningstal")
    covers: str | None = Field(None, alias="täcker")


class SeriesTypeForm(Form):
    """What a series is, the same in every table."""

    title: str = Field(alias="rubrik")
    unit: str = Field(alias="enhet")
    dimensions: dict[str, DimensionForm] = Field({}, alias="nycklar")
    required: str = Field("nej", alias="krävs")


class CatalogueFile(Form):
    """``serier.yaml``: every series there is."""

    series: dict[str, SeriesTypeForm] = Field(alias="serier")


class SourcesFile(Form):
    """``kallor.yaml``: the sources that several files use."""

    sources: dict[str, SourceForm] = Field(alias="källor")


class MunicipalityForm(Form):
    """A municipality."""

    name: str = Field(alias="namn")
    fictitious: str = Field("nej", alias="fiktiv")


class MunicipalitiesFile(Form):
    """``kommuner.yaml``: every municipality that cases may belong to."""

    municipalities: dict[str, MunicipalityForm] = Field(alias="kommuner")


class ScopedForm(Form):
    """A limit, for all municipalities and months or for some."""

    municipality: str | None = Field(None, alias="kommun")
    first: str | None = Field(None, alias="från")
    last: str | None = Field(None, alias="till")
    reason: str = Field("", alias="varför")


class SizeForm(ScopedForm):
    """The smallest and the largest reasonable amount, and what it is a multiple of."""

    series: str = Field(alias="serie")
    low: str = Field(alias="minst")
    high: str = Field(alias="högst")
    multiple: str = Field(alias="jämnt")


class RatioForm(ScopedForm):
    """How many times one cell another cell is."""

    cell: str = Field(alias="av")
    base: str = Field(alias="mot")
    low: str = Field(alias="minst")
    high: str = Field(alias="högst")


class RisingForm(ScopedForm):
    """A key along which the amount rises."""

    series: str = Field(alias="serie")
    dimension: str = Field(alias="nyckel")


class YearForm(ScopedForm):
    """How much an amount may change from one table to the next, in percent."""

    series: str = Field(alias="serie")
    low: str = Field(alias="minst")
    high: str = Field(alias="högst")


class PaceForm(ScopedForm):
    """How far the change of one amount may lie from the others' in the same table, percentage points."""

    series: Texts = Field(alias="serier")
    deviation: str = Field(alias="avvikelse")


class LimitsFile(Form):
    """``rimlighet.yaml``: what amounts may look like before somebody has to look at them."""

    sizes: tuple[SizeForm, ...] = Field((), alias="storlek")
    ratios: tuple[RatioForm, ...] = Field((), alias="kvoter")
    rising: tuple[RisingForm, ...] = Field((), alias="stigande")
    years: tuple[YearForm, ...] = Field((), alias="årsändring")
    paces: tuple[PaceForm, ...] = Field((), alias="takt")

    def rows(self) -> Iterator[tuple[str, int, ScopedForm]]:
        """Every limit with the field it stands under and its place there."""
        for name, field in type(self).model_fields.items():
            for index, row in enumerate(getattr(self, name)):
                yield str(field.alias), index, row
