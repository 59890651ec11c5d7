"""Money, JSON and text from others: read as it was meant or refused in words, at no more than its size."""

from __future__ import annotations

import json
import resource
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.decision.estimate import EstimateRequest
from decision_service.reading.faults import validated
from decision_service.reading.kronor import parse_kronor, to_ore
from decision_service.reading.strict_json import MOST_FAULTS, InputError, read_json
from norms.fault import LONGEST_WHERE, MisfitError
from tests.world.cases import decided, raw
from tests.world.sweeps import swept

Case = dict[str, Any]


def rent(written: str) -> int:
    """The öre of a rent that is written so in the JSON of a case file. Raises InputError."""
    case = json.dumps(raw("ensam-bifall")).replace('"appliedAmount": 6200', f'"appliedAmount": {written}')
    found = validated(CaseFile, read_json(case.encode())).application.costs[0].applied_amount
    assert found is not None
    return found


# --- amounts


@pytest.mark.parametrize(
    ("written", "ore"),
    [("6200.5", 620_050), ("1e3", 100_000), ("-0", 0), ("1.10", 110), ('"6200.50"', 620_050), ("62e-1", 620)],
)
def test_an_amount_that_can_be_read_in_one_way_is_read_to_the_ore(written: str, ore: int) -> None:
    assert rent(written) == ore


@swept(
    "written",
    [
        *("320.155", '"320,155"', '"320.155"', "0.30000000000000004", "1E400", "1e-400", "NaN", "Infinity"),
        *('"1\u00a0234,50"', '"1\u202f234,50"', '"1 234"', '"1.234,50"', '"1,234"', '"1.234"', '"1,234.50"'),
        *(
            '"500:-"',
            '"500 kr"',
            '"\u2212500"',
            '"(500)"',
            '"١٢٣"',
            '"５００"',
            '"+500"',
            '"5e2"',
            '""',
            '" "',
        ),
        *("true", "false", "[500]", '{"kr": 500}', "9007199254740993", "1e21", "-0.01"),
    ],
)
def test_an_amount_that_can_be_read_in_two_ways_is_refused_where_it_stands(written: str) -> None:
    with pytest.raises(InputError) as error:
        rent(written)
    whole = written in ("NaN", "Infinity")
    assert [each.pointer for each in error.value.faults] == [
        "" if whole else "/application/costs/0/appliedAmount"
    ]


@swept(
    "written",
    [
        *("1\u00a0234,50", "1\u202f234,50", "1 234,50", "1.234,50", "1,234", "1.234", "500:-", "500 kr"),
        *("\u2212500", "(500)", "١٢٣", "5OO", "1'234", "½"),
    ],
)
def test_an_amount_in_a_register_or_a_form_is_exact_or_told(written: str) -> None:
    with pytest.raises(MisfitError):
        to_ore(written)


@pytest.mark.parametrize(
    "written",
    ["0.301", "0." + "3" * 60, "320.15" + "0" * 30 + "1", "1e-30", "1e-999999999", "1234567890.123"],
)
def test_no_decimals_are_rounded_away_on_the_way_in(written: str) -> None:
    with pytest.raises(MisfitError):
        to_ore(Decimal(written))


@given(st.integers(-(10**9), 10**9), st.integers(0, 40))
def test_zeros_after_the_öre_change_nothing(ore: int, zeros: int) -> None:
    written = f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"
    assert to_ore(Decimal(written + "0" * zeros)) == ore


@given(st.integers(12, 10**17) | st.integers(-(10**17), -13), st.sampled_from(["1", "9.99", "123456"]))
def test_an_amount_costs_no_more_to_refuse_than_its_size(exponent: int, digits: str) -> None:
    value = Decimal(f"{digits}E{exponent}")
    for reads in (parse_kronor, to_ore):
        with pytest.raises(MisfitError) as error:
            reads(value)
        assert len(str(dict(error.value.faults[0].values))) < 200


@pytest.mark.parametrize("written", ["1e9999999999999999999", "1e-9999999999999999999", "9" * 5000])
def test_a_number_that_no_computer_holds_is_refused_in_words(written: str) -> None:
    with pytest.raises(InputError) as error:
        read_json(written.encode())
    assert [each.code for each in error.value.faults] == ["too_many_digits"]


def test_a_small_request_with_enormous_numbers_is_refused_at_once_and_in_little_room() -> None:
    costs = ",".join('{"type":"RENT","amount":1e999999999}' for _ in range(200))
    body = f'{{"month":"2026-11","adults":1,"costs":[{costs}]}}'.encode()
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as error:
        validated(EstimateRequest, read_json(body))
    assert len(str(error.value)) < 20_000
    assert time.monotonic() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # kB


# --- faults


def test_the_first_faults_are_told_and_how_many_more_there_are() -> None:
    case = raw("ensam-bifall")
    case["application"] |= {f"okant{number}": number for number in range(20_000)}
    began = time.monotonic()
    with pytest.raises(InputError) as error:
        validated(CaseFile, case)
    told = error.value.faults
    assert len(told) == MOST_FAULTS + 1
    assert told[-1].values == {"count": 20_000 - MOST_FAULTS}
    assert time.monotonic() - began < 5


def test_a_field_name_without_end_is_cut_wherever_it_is_repeated() -> None:
    case = raw("ensam-bifall")
    case["application"]["x" * 1_000_000] = 1
    with pytest.raises(InputError) as error:
        validated(CaseFile, case)
    (told,) = error.value.faults
    assert len(told.pointer) < LONGEST_WHERE + 50
    assert len(error.value.lines[0]) < LONGEST_WHERE + 200


# --- JSON and text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"amount": 9000', '"amount": 100, "amount": 900', "field_twice"),
        ('"Alma"', '"\\ud800"', "half_character"),
        ('"Alma"', '"\\udc00\\ud83d"', "half_character"),
    ],
)
def test_json_that_others_may_read_in_another_way_is_refused(old: str, new: str, code: str) -> None:
    case = json.dumps(raw("ensam-bifall")).replace(old, new)
    with pytest.raises(InputError) as error:
        read_json(case.encode())
    assert [each.code for each in error.value.faults] == [code]


def test_names_are_ordered_by_the_units_of_utf_16_as_in_the_reference_implementation() -> None:
    document = {"\ue000": 1, "\U00010000": 2, "a": 3, "\u2028": "\u2028", "å": "a\u030a"}
    assert canonical.any_name(document) == rfc8785.dumps(document)
    names = canonical.any_name(document).decode()
    assert names.index("\U00010000") < names.index("\ue000")


def test_one_name_in_two_spellings_is_one_person_and_two_documents() -> None:
    composed, decomposed = (raw("ensam-bifall") for _ in range(2))
    composed["people"][0]["first_name"], decomposed["people"][0]["first_name"] = "Åsa", "A\u030asa"
    first, second = decided(composed), decided(decomposed)
    assert first.outcome is second.outcome is Outcome.GRANTED
    assert first.calculation.granted == second.calculation.granted
    assert first.input != second.input


# --- shares


@pytest.mark.parametrize(
    ("residents", "common"), [(3, 1_790), (4, 2_030), (7, 2_830), (13, 3_970), (21, 5_490)]
)
def test_a_share_is_exact_to_the_ore_and_rounded_up_to_a_krona_in_a_line_of_its_own(
    residents: int, common: int
) -> None:
    case = raw("par-bifall")
    case["application"]["housingPersonCount"] = residents
    case["history"][-1]["housing_person_count"] = residents
    found = decided(case)
    share = Fraction(common * 100 * 2, residents)
    exact = int(share + Fraction(1, 2))
    whole = int(share / 100 + Fraction(1, 2)) * 100
    lines = [each.amount for each in found.calculation.lines if each.part.name == "COMMON"]
    assert lines == [exact, *([whole - exact] if whole > exact else [])]
    assert found.calculation.norm == 710_000 + sum(lines)
