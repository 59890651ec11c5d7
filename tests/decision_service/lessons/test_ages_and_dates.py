"""Ages, dates and personal numbers: whoever is born on an odd day is counted as who they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from decision_service.application.fields import Day, full_number
from decision_service.application.outcome import Outcome
from decision_service.decision.document import Assessment
from decision_service.decision.takes import read_fact
from decision_service.installation.values import Day as SettingDay
from decision_service.reading.strict_json import InputError
from norms.fault import MisfitError
from rules.language.types import Base
from tests.world.cases import assessed, decided, raw, read
from tests.world.law import book
from tests.world.people import personal_number

Case = dict[str, Any]
AUTOMATIC = {Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED}


def with_child(born: str, received: str = "2026-10-28", **child: Any) -> Case:
    """A lone parent's November 2026, with a child born some day."""
    case = raw("barn-fyller-7")
    case["received_at"] = f"{received}T08:12:00Z"
    case["people"][1] |= {"born": born, "lunch_away": False} | child
    return case


def child_norm(found: Assessment) -> list[int]:
    """What stands on the lines of the norm for the child, in öre."""
    return [each.amount for each in found.calculation.lines if each.kind == "norm" and each.subject == "b1"]


def codes(found: Assessment) -> set[str]:
    """The codes of everything that is asked."""
    return {each.code for each in found.reasons}


def alone(number: Any, received: str = "2026-10-28") -> Case:
    """A single adult known by a personal number."""
    case = raw("ensam-bifall")
    del case["people"][0]["born"]
    case["people"][0]["personal_number"] = number
    case["received_at"] = f"{received}T08:12:00Z"
    return case


# --- children


def test_a_child_born_in_the_month_before_the_application_came_is_counted_as_a_newborn() -> None:
    found = decided(with_child("2026-11-17", received="2026-11-20"))
    assert child_norm(found) == [274_000]
    assert found.outcome is Outcome.GRANTED


def test_a_child_that_was_not_born_when_the_application_came_is_asked_about() -> None:
    found = decided(with_child("2026-11-17", received="2026-10-28"))
    assert codes(found) == {"BARN_INTE_FÖTT"}
    assert found.outcome is Outcome.HANDLAGGARE


def test_a_child_born_after_the_month_is_not_counted_in_silence() -> None:
    found = decided(with_child("2026-12-05", received="2026-12-20"))
    assert child_norm(found) == []
    assert found.outcome is Outcome.HANDLAGGARE


def test_a_child_of_no_days_and_a_child_of_a_month_are_counted_alike() -> None:
    first = decided(with_child("2026-11-01", received="2026-11-20"))
    last_month = decided(with_child("2026-10-31", received="2026-11-20"))
    assert child_norm(first) == child_norm(last_month) == [274_000]
    assert first.calculation.granted == last_month.calculation.granted


@pytest.mark.parametrize(
    ("born", "norm"), [("2011-12-01", 439_000), ("2011-11-30", 496_000), ("2011-12-05", 439_000)]
)
def test_a_late_application_counts_the_age_in_the_month_applied_for_and_not_the_day_it_came(
    born: str, norm: int
) -> None:
    assert child_norm(decided(with_child(born, received="2026-12-20"))) == [norm]


def test_whoever_is_21_the_day_after_the_month_is_still_20_in_it() -> None:
    case = raw("tjugo-ar-och-364-dagar")
    month = date(case["application"]["periodYear"], case["application"]["periodMonth"], 1)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    case["people"][1]["born"] = after.replace(year=after.year - 21).isoformat()
    ages = [each.values["barn.ålder"] for each in assessed(case).evaluation.facts.by_kind["barn"]]
    assert ages == [20]


@pytest.mark.parametrize(("year", "month", "age"), [(2026, 2, 13), (2026, 3, 14), (2024, 2, 12)])
def test_whoever_is_born_on_a_leap_day_is_a_year_older_on_the_first_of_march_in_facts_and_words(
    year: int, month: int, age: int
) -> None:
    case = with_child("2012-02-29", received=f"{year}-{month:02d}-01")
    case["application"] |= {"periodYear": year, "periodMonth": month}
    found = assessed(case)
    assert found.evaluation.facts.by_id["b1"].values["barn.ålder"] == age
    line = next(each for each in found.document.calculation.lines if each.subject == "b1")
    assert f", {age} år" in line.text
    assert found.document.engines.agree


# --- personal numbers


def test_an_adult_born_on_a_leap_day_is_read_and_decided() -> None:
    assert decided(alone("20000229-2381")).outcome is Outcome.GRANTED


def test_a_child_born_on_a_leap_day_is_read_and_counted() -> None:
    case = with_child("", personal_number="20120229-2387")
    del case["people"][1]["born"]
    assert child_norm(decided(case)) == [439_000]


def test_a_leap_day_that_never_was_is_refused_at_its_field() -> None:
    with pytest.raises(InputError) as error:
        read(alone("20010229-2386"))
    assert [(each.pointer, each.code) for each in error.value.faults] == [
        ("/people/0/personal_number", "not_personal_number")
    ]


@pytest.mark.parametrize(
    ("received", "number"), [("2026-01-15", "202601012384"), ("2025-12-30", "192601012384")]
)
def test_ten_digits_are_of_whoever_was_born_when_the_application_came(received: str, number: str) -> None:
    case = alone("260101-2384", received)
    assert read(case).people[0].personal_number == number
    assert decided(case).outcome not in AUTOMATIC


def test_an_applicant_who_has_just_been_born_is_asked_about() -> None:
    case = alone("260101-2384", "2026-01-15")
    case["application"] |= {"periodYear": 2026, "periodMonth": 1}
    assert "SÖKANDE_UNDER_18" in codes(decided(case))


@given(st.dates(date(1901, 1, 1), date(2020, 1, 1)), st.integers(0, 36_500), st.sampled_from(["", "-"]))
def test_ten_digits_given_within_a_hundred_years_of_the_birth_are_the_same_person_whenever_they_are_read(
    born: date, days: int, sign: str
) -> None:
    number = _number(born)
    given_on = min(born + timedelta(days=days), _hundred_years_after(born) - timedelta(days=1))
    assert full_number(number[2:8] + sign + number[8:], given_on) == number
    assert full_number(number, given_on + timedelta(days=40_000)) == number


@given(st.dates(date(1901, 1, 1), date(2020, 1, 1)), st.integers(0, 3650))
def test_a_plus_says_that_somebody_is_a_hundred(born: date, days: int) -> None:
    number = _number(born)
    given_on = _hundred_years_after(born) + timedelta(days=days)
    assert full_number(f"{number[2:8]}+{number[8:]}", given_on) == number


def _hundred_years_after(born: date) -> date:
    return born.replace(year=born.year + 100, day=min(born.day, 28))


def _number(born: date) -> str:
    """A made-up number of somebody born that day."""
    digits = f"{born:%y%m%d}980"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return f"{born:%Y}{digits[2:]}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


NUMBER = personal_number(7)


@pytest.mark.parametrize(
    "written",
    [
        *(f" {NUMBER} ", f"{NUMBER}\n", f"\t{NUMBER[:8]}-{NUMBER[8:]}", f"{NUMBER[2:8]}-{NUMBER[8:]}"),
        f"\u00a0{NUMBER}",
    ],
)
def test_a_personal_number_with_space_around_it_is_the_same_person(written: str) -> None:
    assert read(alone(written)).people[0].personal_number == NUMBER


@pytest.mark.parametrize(
    "written",
    [
        int(NUMBER[2:]),
        int(NUMBER),
        102032398,
        "0701234567",
        "".join(chr(ord("０") + int(digit)) for digit in NUMBER),
        "".join(chr(ord("٠") + int(digit)) for digit in NUMBER),
        f"{NUMBER[:8]}\u200b{NUMBER[8:]}",
        f"{NUMBER[:8]} {NUMBER[8:]}",
        f"{NUMBER[:8]}\u2212{NUMBER[8:]}",
        "",
    ],
    ids=repr,
)
def test_what_may_be_another_person_is_refused_at_its_field_and_not_repeated(written: Any) -> None:
    with pytest.raises(InputError) as error:
        read(alone(written))
    assert [each.pointer for each in error.value.faults] == ["/people/0/personal_number"]
    assert NUMBER not in str(error.value)


def test_full_width_digits_are_no_number_in_any_reader() -> None:
    with pytest.raises(MisfitError):
        full_number("１９８００１０１９８０２", date(2026, 10, 28))


@pytest.mark.parametrize("born", ["0001-01-01", "9999-12-31", "1850-01-01"])
def test_a_day_of_birth_that_nobody_has_is_refused_at_its_field(born: str) -> None:
    case = raw("ensam-bifall")
    case["people"][0]["born"] = born
    with pytest.raises(InputError) as error:
        read(case)
    assert [each.pointer for each in error.value.faults] == ["/people/0/born"]


def test_an_adult_without_a_day_of_birth_is_asked_about_and_given_no_age() -> None:
    case = raw("ensam-bifall")
    del case["people"][0]["born"]
    found = assessed(case)
    assert "vuxen.ålder" not in found.evaluation.facts.by_id["p1"].values
    assert "UPPGIFT_SAKNAS" in codes(found.document)


# --- which month, which law


@pytest.mark.parametrize(("year", "month", "norm"), [(2025, 12, 518_000), (2026, 1, 522_000)])
def test_the_norm_is_that_of_the_year_applied_for(year: int, month: int, norm: int) -> None:
    case = raw("ensam-bifall")
    case["application"] |= {"periodYear": year, "periodMonth": month}
    assert decided(case).calculation.norm == norm


@pytest.mark.parametrize(
    ("born", "bands"),
    [("2019-01-15", [(2025, 12), (2026, 1)]), ("2015-01-15", [(2025, 12), (2026, 1)])],
)
def test_a_child_comes_into_the_next_band_in_the_month_of_its_birthday(
    born: str, bands: list[tuple[int, int]]
) -> None:
    ages = []
    for year, month in bands:
        case = with_child(born)
        case["application"] |= {"periodYear": year, "periodMonth": month}
        ages.append(assessed(case).evaluation.facts.by_id["b1"].values["barn.ålder"])
    assert ages == [2025 - int(born[:4]), 2026 - int(born[:4])]


@pytest.mark.parametrize("received", ["2026-10-28", "2026-10-28T00:00"])
def test_a_moment_without_a_time_zone_is_refused_in_words(received: str) -> None:
    case = raw("ensam-bifall")
    case["received_at"] = received
    with pytest.raises(InputError) as error:
        read(case)
    assert [(each.pointer, each.code) for each in error.value.faults] == [
        ("/received_at", "moment_without_zone")
    ]


@pytest.mark.parametrize("received", ["2026-W44-3T07:30:00Z", "20261028T073000Z", "2026W443T073000Z"])
def test_a_moment_of_a_day_that_is_written_otherwise_is_refused(received: str) -> None:
    case = raw("ensam-bifall")
    case["received_at"] = received
    with pytest.raises(InputError) as error:
        read(case)
    assert [(each.pointer, each.code) for each in error.value.faults] == [("/received_at", "not_moment")]


def answered(text: str) -> object:
    """A day that somebody answers with."""
    days = (term for term in book().vocabulary.terms.values() if term.type.base is Base.DAY)
    return read_fact(next(days), text)


@pytest.mark.parametrize(
    "read_day", [TypeAdapter(Day).validate_python, TypeAdapter(SettingDay).validate_python, answered]
)
@pytest.mark.parametrize("text", ["2026-W43-7", "2026-W43-1", "20261025", "2026-10-5 ", "2026-298  "])
def test_every_reader_of_a_day_takes_one_way_of_writing_it(
    read_day: Callable[[str], object], text: str
) -> None:
    assert read_day("2026-10-25")
    with pytest.raises((MisfitError, ValidationError)):
        read_day(text)


@pytest.mark.parametrize(
    "born", [0, True, 571_363_200, "1988-02-09T00:00:00Z", "19880209", "88-02-09", "1988-W06-2"]
)
def test_only_a_whole_day_is_a_day_of_birth(born: Any) -> None:
    case = raw("ensam-bifall")
    case["people"][0]["born"] = born
    with pytest.raises(InputError) as error:
        read(case)
    assert [(each.pointer, each.code) for each in error.value.faults] == [("/people/0/born", "not_day")]
