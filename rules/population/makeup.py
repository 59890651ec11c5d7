"""How a synthetic population is put together: ``hushall.yaml``, read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from norms import document
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("hushall.yaml")
KINDS = ("ensam utan barn", "ensam med barn", "par utan barn", "par med barn")
"""The kinds of household, in the order of their numbers: couples from 2 on, children where it is odd."""


def _numbers(value: Any) -> Any:
    return {int(key): int(share) for key, share in value.items()} if isinstance(value, dict) else value


Percent = Annotated[int, BeforeValidator(lambda value: int(str(value))), Field(ge=0, le=100)]
Shares = Annotated[dict[int, int], BeforeValidator(_numbers)]
Range = Annotated[
    tuple[int, int], BeforeValidator(lambda value: tuple(int(str(each)) * 100 for each in value))
]
"""The lowest and the highest amount, in öre."""


class RentEntry(FileModel):
    """What the rent is made of."""

    base: Range = Field(alias="grund")
    each_child: Range = Field(alias="för varje barn")


class IncomeEntry(FileModel):
    """How many households have an income, and between which amounts it lies."""

    share: Percent = Field(alias="andel")
    amount: Range = Field(alias="belopp")


class Makeup(FileModel):
    """The whole file. Shares are percent."""

    kinds: dict[str, Percent] = Field(alias="hushåll")
    children: Shares = Field(alias="antal barn")
    lodgers: Shares = Field(alias="inneboende")
    lunch_away: Percent = Field(alias="lunch borta")
    job_stimulus: Percent = Field(alias="jobbstimulans")
    rent: RentEntry = Field(alias="hyra")
    electricity: Range = Field(alias="hushållsel")
    insurance: Range = Field(alias="hemförsäkring")
    incomes: dict[str, IncomeEntry] = Field(alias="inkomster")


@cache
def makeup() -> Makeup:
    """What the file says. Raises FindingsError."""
    return validate(Makeup, document.read(FILE))
