"""Reading and writing amounts, percentages and keys."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms import amount
from norms.band import Band
from norms.checks.declared_change import expected
from norms.limits import parse_ratio
from norms.rounding import ROUNDINGS
from norms.status import Status
from norms.table import CellReference, DeclaredChange
from tests.world.sweeps import swept


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("3940", "kr", 394000),
        ("1234,50", "kr", 123450),
        ("0", "kr", 0),
        ("0,05", "kr", 5),
        ("25", "procent", 2500),
        ("2,8", "procent", 280),
        ("0,27", "procent", 27),
        ("24", "månader", 24),
    ],
)
def test_reading(text: str, unit: str, value: int) -> None:
    assert amount.parse(text, unit) == value
    assert amount.plain(value, unit) == text


@swept(
    "text",
    [
        *("3.940", "3 940", "3\u00a0940", "-3940", "+3940", "3940,5", "3940,505", "3940.50", "03940"),
        *(
            "3_940",
            "",
            " 3940",
            "3940 ",
            "3940 kr",
            "3940:-",
            "tusen",
            "٣٩",
            "1٣",
            "39400000",
            "1,2,3",
            "nan",
        ),
    ],
)
def test_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$|\?$"):
        amount.parse(text, "kr")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (394000, "kr", "3 940 kr"),
        (123450, "kr", "1 234,50 kr"),
        (5, "kr", "0,05 kr"),
        (-100000, "kr", "−1 000 kr"),
        (2500, "procent", "25 %"),
        (280, "procent", "2,8 %"),
        (-27, "procent", "−0,27 %"),
        (24, "månader", "24 månader"),
    ],
)
def test_showing(value: int, unit: str, text: str) -> None:
    assert amount.show(value, unit) == text


@given(st.integers(0, 999_999_999))
def test_kronor_survive_writing_and_reading(value: int) -> None:
    assert amount.parse(amount.plain(value, "kr"), "kr") == value


@given(st.integers(-9999, 9999))
def test_percentages_survive_writing_and_reading(value: int) -> None:
    sign = "-" if value < 0 else ""
    assert amount.parse_percent(sign + amount.plain(abs(value), "procent")) == value


@given(st.integers(0, 999), st.one_of(st.none(), st.integers(0, 999)))
def test_bands_survive_writing_and_reading(low: int, high: int | None) -> None:
    band = Band(min(low, high) if high is not None else low, max(low, high) if high is not None else None)
    assert Band.parse(band.plain) == band
    assert band.holds(band.low)
    assert not band.holds(band.low - 1)


@given(*(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 10))) for _ in range(2)))
def test_bands_meet_when_they_share_a_key(one: tuple[int, int | None], other: tuple[int, int | None]) -> None:
    a, b = (Band(low, None if length is None else low + length) for low, length in (one, other))
    shared = any(a.holds(key) and b.holds(key) for key in range(60))
    assert a.meets(b) is b.meets(a) is shared


def test_cell_references() -> None:
    assert CellReference.parse("riksnorm.gemensam[2]") == CellReference("riksnorm.gemensam", (2,))
    assert CellReference.parse("kommun.hyresgräns[2, 0]") == CellReference("kommun.hyresgräns", (2, 0))
    assert str(CellReference.parse("prisbasbelopp")) == "prisbasbelopp"


def test_ratios_are_exact() -> None:
    assert parse_ratio("1,795") == Fraction(1795, 1000)
    assert parse_ratio("1") == 1


@pytest.mark.parametrize(
    ("old", "rate", "rounding", "new"),
    [
        (4350, 70, "uppåt till tiotal", 4390),  # 4380.45
        (2010, 70, "uppåt till tiotal", 2030),  # 2024.07
        (6850, 280, "uppåt till tiotal", 7050),
        (1000, 0, "uppåt till tiotal", 1000),
        (1810, 190, "närmaste tiotal", 1840),  # 1844.39
        (1050, 1000, "närmaste tiotal", 1160),  # 1155, half up
        (2950, 0, "ingen", 2950),
    ],
)
def test_rates_and_rounding(old: int, rate: int, rounding: str, new: int) -> None:
    change = DeclaredChange(None, None, rate, 0, rounding, Status.VERIFIED, "", 1)
    assert rounding in ROUNDINGS
    assert expected(old * 100, change) == new * 100
