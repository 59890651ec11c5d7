"""What people call the codes of the canonical application; the vocabulary says what the rules call them.

``codes.yaml`` has the words: for every code of the form, for what a cost of another kind may be, and for what
a trial calculation may count and takes for granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, get_args

from pydantic import AfterValidator, Field, StringConstraints

from decision_service.application.form import AssetCategory, CostType, IncomeType, PropertyType, VehicleType
from norms import document
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("codes.yaml")
Word = Annotated[str, StringConstraints(min_length=1)]


def _each(codes: Iterable[str]) -> AfterValidator:
    """There is a word for each code of the form."""
    wanted = {str(code) for code in codes}

    def checked(words: Mapping[str, str]) -> Mapping[str, str]:
        if missing := sorted(wanted - words.keys()):
            raise ValueError(f"Koderna saknar ord: {', '.join(missing)}")
        return words

    return AfterValidator(checked)


class _Words(FileModel):
    """The file."""

    costs: Annotated[Mapping[str, Word], _each(CostType)] = Field(alias="kostnader")
    incomes: Annotated[Mapping[str, Word], _each(IncomeType)] = Field(alias="inkomster")
    assets: Annotated[Mapping[str, Word], _each(get_args(AssetCategory))] = Field(alias="tillgångar")
    vehicles: Annotated[Mapping[str, Word], _each(get_args(VehicleType))] = Field(alias="fordon")
    properties: Annotated[Mapping[str, Word], _each(get_args(PropertyType))] = Field(alias="fastigheter")
    assumed: Mapping[str, Word] = Field(alias="antaget i provberäkning")


_WORDS = validate(_Words, document.read(FILE))
COST_NAMES, INCOME_NAMES = _WORDS.costs, _WORDS.incomes
ASSUMED_IN_ESTIMATE = _WORDS.assumed
ASSET_NAMES, VEHICLE_NAMES, PROPERTY_NAMES = _WORDS.assets, _WORDS.vehicles, _WORDS.properties
