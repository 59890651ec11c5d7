"""Months: reading, counting and order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms.month import Month, day_of

months = st.builds(Month, st.integers(1950, 2900), st.integers(1, 12))


@given(months)
def test_a_month_survives_writing_and_reading(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert Month.of(month.first) == Month.of(month.last) == month


@given(months, st.integers(-500, 500))
def test_counting_months(month: Month, count: int) -> None:
    later = month.plus(count)
    assert later.index - month.index == count
    assert later.plus(-count) == month
    assert (later > month) == (count > 0)


def test_days() -> None:
    assert [Month(2024, 2).days, Month(2025, 2).days, Month(2026, 11).days] == [29, 28, 30]
    assert Month(2026, 12).last == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "november", "", "1899-12", "٢٠٢٦-١١"]
)
def test_what_is_not_a_month(text: str) -> None:
    with pytest.raises(ValueError, match=r"ingen månad"):
        Month.parse(text)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_day_is_written_in_one_way(day: date) -> None:
    assert day_of(str(day)) == day
    for text in (
        f"{day:%G-W%V-%u}",
        f"{day:%GW%V%u}",
        f"{day:%Y%m%d}",
        f" {day}",
        f"{day}\n",
        f"{day}T00:00",
    ):
        with pytest.raises(ValueError, match=r"inget datum"):
            day_of(text)
