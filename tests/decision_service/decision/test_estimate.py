"""The trial calculation against sums worked out by hand from the published tables, and its faults."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.decision.estimate import as_document, estimate, read_request
from decision_service.reading.strict_json import InputError, read_json
from rules.book import Rulebook
from tests.world.sweeps import swept


def calculated(book: Rulebook, **request: Any) -> dict[str, Any]:
    return as_document(estimate(read_request(request, book), book)).model_dump(mode="json")


def children(*ages: int) -> list[dict[str, int]]:
    return [{"age": age} for age in ages]


COUPLE = {"adults": 2, "cohabiting": True}

BY_HAND = [
    # month, request, norm in kronor, how it was added up
    ("2025-03", {**COUPLE, "children": children(5, 9)}, 15_880, "7050 + 3030 + 3790 + 2010"),
    ("2025-10", {**COUPLE, "children": children(5, 9)}, 15_880, "same amounts under the new law"),
    (
        "2025-03",
        {**COUPLE, "children": [{"age": 5, "lunch_away": True}, {"age": 9}]},
        15_550,
        "7050 + 2700 + 3790 + 2010",
    ),
    ("2025-03", {"adults": 1, "children": children(3, 13)}, 12_730, "3910 + 2700 + 4350 + 1770"),
    ("2025-03", {"adults": 1, "household_size": 5}, 4_372, "3910 + 2310 / 5"),
    ("2014-05", {"adults": 1, "household_size": 5}, 3_292, "2950 + 1710 / 5"),
    ("2017-05", {"adults": 1, "household_size": 5}, 3_328, "2980 + 1740 / 5"),
    ("2024-01", {"adults": 1}, 5_030, "3800 + 1230"),
    ("2025-01", {"adults": 1}, 5_180, "3910 + 1270"),
    ("2026-11", {"adults": 1}, 5_220, "the government's figure for 2026"),
    ("2026-11", COUPLE, 8_510, "the government's figure for 2026"),
    ("2023-06", {**COUPLE, "children": children(4, 5)}, 13_490, "6300 + 2700 + 2700 + 1790"),
    (
        "2025-03",
        {**COUPLE, "children": children(0, 2, 3, 6, 8, 12)},
        7_050 + 2_720 + 3_030 + 2_700 + 3_030 + 3_790 + 4_350 + 2_810 + 190,
        "eight persons: 2810 + 190 in common costs",
    ),
    (
        "2025-03",
        {**COUPLE, "children": children(0, 2, 3, 6, 8, 12, 17)},
        7_050 + 2_720 + 3_030 + 2_700 + 3_030 + 3_790 + 4_350 + 4_920 + 2_810 + 380,
        "nine persons: 2810 + 2 · 190 in common costs",
    ),
    ("2025-04", {"adults": 1, "children": [{"age": 8, "days": 15}]}, 3_910 + 1_895 + 1_400, "3790 · 15 / 30"),
    ("2025-04", {"adults": 1, "children": [{"age": 8, "days": 0}]}, 3_910 + 1_270, "no day in the home"),
    ("2011-01", {"adults": 1, "children": children(3)}, 2_830 + 1_560 + 1_000, "the oldest table"),
    ("2025-02", {"adults": 1, "children": children(20)}, 3_910 + 4_960 + 1_400, "school youth of 20"),
]


@swept(("month", "request_", "norm", "sum_"), BY_HAND)
def test_norm_by_hand(book: Rulebook, month: str, request_: dict[str, Any], norm: int, sum_: str) -> None:
    found = calculated(book, month=month, **request_)
    assert found["norm"] == norm * 100, sum_
    assert found["result"] == -norm * 100
    assert sum(line["amount"] for line in found["lines"]) == norm * 100


@swept("age", range(21))
def test_every_age_of_2025(book: Rulebook, age: int) -> None:
    """The ordinance's bands, written out here once more by hand."""
    bands = {0: 2720, 1: 3030, 3: 2700, 4: 3030, 7: 3790, 11: 4350, 15: 4920, 19: 4960}
    expected = bands[max(start for start in bands if start <= age)]
    found = calculated(book, month="2025-05", adults=1, children=children(age))
    assert found["family_cost"] == (3910 + expected) * 100


def test_job_stimulus_counts_three_quarters_of_net_pay_and_keeps_the_öre(book: Rulebook) -> None:
    pay = {"type": "SALARY", "amount": 12_000}
    found = calculated(book, month="2026-09", adults=1, incomes=[pay], job_stimulus=True)
    assert found["income"] == 9_000_00
    odd = {"type": "SALARY", "amount": "1000.01"}
    found = calculated(book, month="2026-09", adults=1, incomes=[odd, pay], job_stimulus=True)
    assert found["income"] == 13_000_01 - 3_250_00
    other = {"type": "CHILD_ALLOWANCE", "amount": 1_250}
    found = calculated(book, month="2026-09", adults=1, incomes=[other], job_stimulus=True)
    assert found["income"] == 1_250_00


def test_there_was_no_job_stimulus_before_july_2013(book: Rulebook) -> None:
    pay = {"type": "SALARY", "amount": 12_000}
    before = calculated(book, month="2013-06", adults=1, incomes=[pay], job_stimulus=True)
    after = calculated(book, month="2013-07", adults=1, incomes=[pay], job_stimulus=True)
    assert (before["income"], after["income"]) == (12_000_00, 9_000_00)


def test_approved_amounts_count_and_statutory_and_other_costs_are_apart(book: Rulebook) -> None:
    costs = [
        {"type": "RENT", "amount": 5_000, "approved": 4_500},
        {"type": "UNION_FEE", "amount": 300},
        {"type": "MEDICINE", "amount": "250.50"},
    ]
    found = calculated(book, month="2026-09", adults=1, costs=costs)
    assert (found["costs"], found["other_costs"]) == (4_800_00, 250_50)
    rent = next(line for line in found["lines"] if line["applied"] == 5_000_00)
    assert (rent["amount"], rent["kind"], rent["rule"]) == (4_500_00, "cost", "kostnad.bedömd")
    assert found["result"] == -(5_220_00 + 4_800_00 + 250_50)


def test_a_municipality_caps_the_rent_at_its_limit(book: Rulebook) -> None:
    rent = [{"type": "RENT", "amount": 20_000}]
    with_limit = calculated(book, month="2026-09", municipality="9999", adults=1, costs=rent)
    without = calculated(book, month="2026-09", adults=1, costs=rent)
    assert without["costs"] == 20_000_00
    line = next(line for line in with_limit["lines"] if line["kind"] == "cost")
    assert line["rule"] == "kostnad.hyra.utanför"
    assert line["applied"] == 20_000_00
    assert 0 < line["amount"] < 20_000_00


def test_rounding_is_a_line_of_its_own_and_off_unless_configured(book: Rulebook) -> None:
    national = calculated(book, month="2026-09", adults=1, household_size=3)
    local = calculated(book, month="2026-09", municipality="9999", adults=1, household_size=3)
    assert national["common_cost"] == 596_67  # 1790 / 3 to the nearest öre
    assert local["common_cost"] == 597_00
    rounding = [line for line in local["lines"] if line["rule"] == "riksnorm.gemensam.andel.hel_krona"]
    assert [line["amount"] for line in rounding] == [33]


def test_the_law_is_cited_by_month(book: Rulebook) -> None:
    june = calculated(book, month="2025-06", adults=1)["lines"][0]["provision"]
    july = calculated(book, month="2025-07", adults=1)["lines"][0]["provision"]
    assert june == "SoL (2001:453) 4 kap. 3 §; SocF (2001:937) 2 kap. 1 §"
    assert july == "SoL (2025:400) 12 kap. 7 §; SocF (2025:468) 12 kap. 2 §"


def test_derived_amounts_are_listed_as_unconfirmed(book: Rulebook) -> None:
    away = [{"age": 5, "lunch_away": True}]
    unsure = calculated(book, month="2022-09", adults=1, children=away)["unconfirmed"]
    assert {(each["series"], each["amount"]) for each in unsure} == {("riksnorm.barn.utan_lunch", 2_210_00)}
    assert calculated(book, month="2022-09", adults=1, children=children(5))["unconfirmed"] == []


def test_no_amount_of_the_norm_of_2026_is_unconfirmed(book: Rulebook) -> None:
    for away in (False, True):
        ages = [{"age": age, **({"lunch_away": away} if age <= 6 else {})} for age in range(21)]
        for count in range(8):
            found = calculated(book, month="2026-09", **COUPLE, children=ages[count * 2 :])
            assert found["unconfirmed"] == []


FAULTS = [
    ({"month": "2026-09"}, ["adults: Uppgiften saknas."]),
    ({"month": "2026-09", "adults": 0}, ["adults: Det finns ingen vuxen."]),
    ({"month": "2026-09", "adults": 3}, ["adults: 3 vuxna räknas inte ihop."]),
    ({"month": "2026-09", "adults": True}, ["adults: true är inget heltal."]),
    ({"month": "2010-12", "adults": 1}, ["month: Det finns ingen riksnorm för 2010-12."]),
    ({"month": "2027-01", "adults": 1}, ["month: Det finns ingen riksnorm för 2027-01."]),
    ({"month": "2026-13", "adults": 1}, ["month: ”2026-13” är ingen månad."]),
    ({"month": "september", "adults": 1}, ["month: ”september” är ingen månad."]),
    ({"month": "2026-09", "adults": 1, "municipality": "1"}, ["municipality: Kommunen ”1” finns inte."]),
    ({"month": "2026-09", "adults": 1, "children": [{"age": 21}]}, ["children[0].age: Åldern är 21 år."]),
    (
        {"month": "2026-09", "adults": 1, "children": [{"age": 20}, {"age": 120}, {"age": -1}]},
        [
            "children[2].age: Åldern är -1 år.",
            "children[1].age: Åldern är 120 år. Den som har fyllt 21 räknas inte som barn",
        ],
    ),
    ({"month": "2026-09", "adults": 1, "children": [{}]}, ["children[0].age: Uppgiften saknas."]),
    (
        {"month": "2026-09", "adults": 1, "children": [{"age": None}]},
        ["children[0].age: null är inget heltal."],
    ),
    (
        {"month": "2026-09", "adults": 1, "children": [{"age": 4, "days": 31}]},
        ["children[0].days: 31 dagar går inte."],
    ),
    (
        {"month": "2026-09", "adults": 1, "children": [{"age": 4, "days": -1}]},
        ["children[0].days: -1 dagar går inte."],
    ),
    (
        {"month": "2026-09", "adults": 1, "household_size": 0},
        ["household_size: 0 som bor ihop är färre än de 1"],
    ),
    ({"month": "2026-09", "adults": 2, "cohabiting": False}, ["cohabiting: Två vuxna som inte är makar"]),
    (
        {"month": "2026-09", "adults": 1, "cohabiting": True},
        ["cohabiting: En ensam vuxen kan inte vara sambo."],
    ),
    (
        {
            "month": "2026-09",
            "adults": 1,
            "costs": [{"type": "RENT", "amount": "5 000"}, {"type": "RNT", "amount": "5,5"}],
        },
        [
            "costs[0].amount: ”5 000” har mellanslag i beloppet.",
            "costs[1].type: ”RNT” är inget av de tillåtna värdena: RENT, ",
            "costs[1].amount: ”5,5” har kommatecken i beloppet.",
        ],
    ),
    ({"month": "2026-09", "adults": 1, "kids": []}, ["kids: Fältet finns inte."]),
    ([], ["En lista är inget objekt."]),
    (
        {"month": "2011-05", "adults": 1, "children": [{"age": 3, "lunch_away": True}]},
        ["Beräkningen går inte att göra. norm.riksnorm.barn.utan_lunch[3]: beloppet finns inte."],
    ),
]


@swept(("request_", "messages"), FAULTS)
def test_faults_are_told_all_at_once(book: Rulebook, request_: Any, messages: list[str]) -> None:
    with pytest.raises(InputError) as raised:
        estimate(read_request(request_, book), book)
    assert len(raised.value.lines) == len(messages)
    for fault, message in zip(raised.value.lines, messages, strict=True):
        assert fault.startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "Indata är inte JSON: fel på rad 1, kolumn 2."),
        (b"", "Indata är inte JSON"),
        (b"\xff\xfe{", "Indata är inte UTF-8 (byte 1 är 0xFF)."),
        (b'{"a": 1, "a": 2}', "Fältet ”a” står två gånger i samma objekt."),
        (b'{"a": NaN}', "Indata har värdet NaN, som inte är ett tal."),
        (b"[" * 100_000, "Indata är alltför djupt nästlad."),
        (b'{"a": ' + b"9" * 10_000 + b"}", "Indata har ett tal med alltför många siffror."),
        (b" " * (10 * 1024 * 1024 + 1), "Indata är 10485761 byte."),
    ],
)
def test_input_that_is_not_strict_json_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=r".") as raised:
        read_json(content)
    assert raised.value.lines[0].startswith(message)


@pytest.mark.parametrize(
    "amount", ["10.000", "1.000.000", "10,000", "1e3", "--5", "5kr", "", "٥", "0x10", None, [], True]
)
def test_amounts_that_can_be_read_in_two_ways_are_refused(book: Rulebook, amount: Any) -> None:
    request = {"month": "2026-09", "adults": 1, "costs": [{"type": "RENT", "amount": amount}]}
    with pytest.raises(InputError):
        read_request(request, book)


def test_a_number_written_with_three_decimals_is_refused_although_json_reads_it_as_ten(
    book: Rulebook,
) -> None:
    content = b'{"month": "2026-09", "adults": 1, "costs": [{"type": "RENT", "amount": 10.000}]}'
    with pytest.raises(InputError) as raised:
        read_request(read_json(content), book)
    assert "går att läsa på två sätt" in raised.value.lines[0]


def test_the_same_input_gives_the_same_answer(book: Rulebook) -> None:
    request = {"month": "2026-09", "municipality": "9999", **COUPLE, "children": children(1, 1, 8)}
    first, second = (json.dumps(calculated(book, **request)) for _ in range(2))
    assert first == second
