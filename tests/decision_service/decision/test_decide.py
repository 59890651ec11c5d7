"""What holds for every decision, over cases made from the examples by changing them; and bad input.

A change may take a field away, change an amount, silence an agency, add money nobody knows, let two sources
disagree, or move the case to another month, municipality or age.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from decision_service.application.outcome import Outcome
from decision_service.cli import main
from decision_service.decision.document import Assessment, ReasonKind
from decision_service.reading.strict_json import LARGEST_INPUT, InputError
from decision_service.registers.answers import Agency
from norms.month import Month
from tests.world.cases import CASES, EXPECTED, NAMES, decided, example, raw, read
from tests.world.law import book
from tests.world.sweeps import share, swept

Case = dict[str, Any]

FIRST, LAST = Month(2022, 7), Month(2027, 3)
AUTOMATIC = {Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED}
DECIDES = [name for name in NAMES if EXPECTED[name]["utfall"] in AUTOMATIC]
REFUSES_TO_DECIDE = [name for name in NAMES if name not in DECIDES]


# --- cases


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a tree of JSON."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in inner:
        yield (*path, name)
        if isinstance(each, dict | list):
            yield from places(each, (*path, name))


def held(case: Case, path: tuple[str | int, ...]) -> Any:
    """The object or list that a path ends in."""
    found: Any = case
    for part in path[:-1]:
        found = found[part]
    return found


def without_a_field(case: Case, draw: Any) -> None:
    path = draw(st.sampled_from([path for path in places(case["application"]) if isinstance(path[-1], str)]))
    del held(case["application"], path)[path[-1]]


def another_amount(case: Case, draw: Any) -> None:
    names = {"appliedAmount", "amount", "surplus", "summa", "NettoEfterSkatt", "value"}
    found = [path for path in places(case) if path[-1] in names]
    assume(found)
    path = draw(st.sampled_from(found))
    held(case, path)[path[-1]] = str(draw(st.integers(0, 60_000)))


def a_silent_agency(case: Case, draw: Any) -> None:
    holders = [case["registers"], *(each for name, each in case["registers"].items() if name == "p2")]
    holder = draw(st.sampled_from(holders))
    assume(set(holder) & set(Agency))
    del holder[draw(st.sampled_from(sorted(set(holder) & set(Agency))))]


def unknown_money(case: Case, draw: Any) -> None:
    assume(set(case["registers"]) & set(Agency))
    agency = draw(st.sampled_from(sorted(set(case["registers"]) & set(Agency))))
    case["registers"][agency] = {**case["registers"][agency], "extraUtbetalning": {"belopp": "4 711"}}


def two_that_disagree(case: Case, draw: Any) -> None:
    children = case["application"].get("children", [])
    assume(children)
    child = draw(st.sampled_from(children))
    child["daysInHome"] = draw(st.integers(0, 31))
    child["residenceExtent"] = draw(st.sampled_from(["FULL_TIME", "HALF_TIME", "OTHER"]))


def another_month(case: Case, draw: Any) -> None:
    month = FIRST.plus(draw(st.integers(0, LAST.index - FIRST.index)))
    case["application"] |= {"periodYear": month.year, "periodMonth": month.number}
    if draw(st.booleans()):
        case["received_at"] = f"{month}-05T08:00:00Z"


def another_municipality(case: Case, draw: Any) -> None:
    case["municipality"] = draw(st.sampled_from(sorted(book().norms.municipalities)))


def another_age(case: Case, draw: Any) -> None:
    people = [person for person in case["people"] if "personal_number" not in person]
    assume(people)
    days = draw(st.integers(-400, 9000))
    draw(st.sampled_from(people))["born"] = (date(2026, 11, 30) - timedelta(days=days)).isoformat()


CHANGES = (
    without_a_field,
    another_amount,
    a_silent_agency,
    unknown_money,
    two_that_disagree,
    another_month,
    another_municipality,
    another_age,
)


@st.composite
def changed(draw: Any, names: list[str] = NAMES, most: int = 3) -> Case:
    """An example case with up to a few changes that leave it possible to read."""
    case = raw(draw(st.sampled_from(names)))
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=most)):
        change(case, draw)
    try:
        read(case)
    except InputError:
        assume(False)
    return case


# --- what holds for all of them


@given(changed())
def test_a_decision_keeps_what_it_promises(case: Case) -> None:
    found = decided(case)
    reasons = found.reasons
    if found.automatic:
        assert reasons == ()
        assert found.unconfirmed == ()
        assert found.unread == ()
        assert found.engines.agree
        assert found.outcome in AUTOMATIC
        assert found.outcome is found.proposed_outcome
    elif found.outcome is Outcome.WAITING:
        assert reasons == ()
        assert found.waits_until is not None
        assert found.proposed_outcome in AUTOMATIC
    else:
        assert found.outcome in (Outcome.COMPLETION, Outcome.HANDLAGGARE, Outcome.COMMUNICATION)
        assert reasons
        assert all(reason.question for reason in reasons)
    if found.outcome is Outcome.COMPLETION:
        asked = [reason for reason in reasons if reason.kind is ReasonKind.COMPLETION]
        assert asked
        assert all(reason.fact or reason.rule for reason in asked)
        assert not any(reason.at_once for reason in reasons)
    assert found.engines.agree


@given(changed())
def test_the_result_is_the_sum_of_its_lines_in_whole_ore(case: Case) -> None:
    calculation = decided(case).calculation.model_dump(mode="json")
    lines = calculation["lines"]
    assert all(type(line["amount"]) is int for line in lines)
    sums = {
        "norm": sum(line["amount"] for line in lines if line["kind"] == "norm"),
        "costs": sum(line["amount"] for line in lines if line["kind"] == "cost"),
        "other_costs": sum(line["amount"] for line in lines if line["kind"] == "other_cost"),
        "income": sum(line["amount"] for line in lines if line["kind"] == "income"),
    }
    known = {name: calculation[name] for name in sums if calculation[name] is not None}
    assert known == {name: sums[name] for name in known}
    assert all(type(amount) is int for amount in known.values())
    if calculation["result"] is None:
        assert len(known) < len(sums)
        assert not calculation["granted"]
    else:
        assert calculation["result"] == sums["income"] - sums["norm"] - sums["costs"] - sums["other_costs"]
    if calculation["granted"]:
        assert calculation["granted"] == -calculation["result"]


@pytest.mark.slow
@given(changed())
def test_the_same_case_gives_the_same_bytes(case: Case) -> None:
    assert decided(case).model_dump_json() == decided(copy.deepcopy(case)).model_dump_json()


@pytest.mark.slow
@given(changed(most=0), st.data())
def test_the_receipt_changes_with_every_change_that_matters(case: Case, data: st.DataObject) -> None:
    other = copy.deepcopy(case)
    data.draw(st.sampled_from(CHANGES))(other, data.draw)
    try:
        same = read(other) == read(case)
    except InputError:
        assume(False)
    assert (decided(other).receipt == decided(case).receipt) is same


@pytest.mark.slow
@given(changed(REFUSES_TO_DECIDE, 2), st.sampled_from(sorted(Agency)))
def test_silence_of_an_agency_never_lets_the_machine_decide(case: Case, agency: Agency) -> None:
    assume(not decided(case).automatic)
    for holder in (case["registers"], *(case["registers"].get(person["id"]) for person in case["people"])):
        if isinstance(holder, dict):
            holder.pop(agency.value, None)
    assert not decided(case).automatic


@pytest.mark.slow
@swept("name", share(DECIDES, 3))
@swept("agency", [agency for agency in Agency if agency is not Agency.MIV])
def test_an_automatic_decision_needs_the_answer_of_every_agency(name: str, agency: Agency) -> None:
    case = raw(name)
    del case["registers"][agency.value]
    found = decided(case)
    assert found.outcome is Outcome.HANDLAGGARE
    assert "REGISTER_SAKNAS" in {reason.code for reason in found.reasons}


@swept("name", DECIDES)
def test_money_that_nobody_knows_goes_to_a_person(name: str) -> None:
    case = raw(name)
    case["registers"]["so"]["extraUtbetalning"] = {"belopp": "4711"}
    found = decided(case)
    assert found.outcome is Outcome.HANDLAGGARE
    assert [reason.code for reason in found.reasons] == ["OTOLKADE_UPPGIFTER"]
    assert any("4711" in sentence for sentence in found.unread)


@pytest.mark.slow
@swept("name", share(DECIDES, 4))
def test_without_one_of_its_answers_an_application_is_not_decided(name: str) -> None:
    """Every answer that the form always asks for is needed for a decision, one at a time."""
    needed = {
        "applicationType",
        "maritalStatus",
        "normType",
        "hasChildrenUnder21",
        "hasIncomes",
        "hasPendingBenefits",
        "hasAssets",
        "staysInMunicipality",
        "housingChanged",
        "plannings",
        "persons",
        "attestation",
    }
    for field in sorted(needed):
        case = raw(name)
        del case["application"][field]
        found = decided(case)
        assert found.outcome in (Outcome.COMPLETION, Outcome.HANDLAGGARE), field


# --- bad input


def change(*path: str | int) -> Callable[[Any], Callable[[Case], None]]:
    """Puts a value at a path."""

    def to(value: Any) -> Callable[[Case], None]:
        def put(case: Case) -> None:
            held(case, path)[path[-1]] = value

        return put

    return to


def decide_bytes(content: bytes, tmp_path: Path) -> int:
    file = tmp_path / "arende.json"
    file.write_bytes(content)
    return main(["decide", str(file), "--json"])


def refused(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The messages of an input that cannot be read. Nothing is printed beside them."""
    assert decide_bytes(content, tmp_path) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err.splitlines()


EXAMPLE = (CASES / "ensam-bifall.json").read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (EXAMPLE[: len(EXAMPLE) // 2], "Indata är inte JSON: fel på rad"),
        (b"", "Indata är inte JSON: fel på rad 1, kolumn 1."),
        (EXAMPLE + b" " * LARGEST_INPUT, "byte tas inte emot."),
        (b"[" * 100_000 + b"]" * 100_000, "Indata är alltför djupt nästlad."),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "Indata är alltför djupt nästlad."),
        (EXAMPLE.decode().encode("utf-16"), "Indata är inte UTF-8"),
        (EXAMPLE.replace(b"6200", b"NaN"), "Indata har värdet NaN, som inte är ett tal."),
        (EXAMPLE.replace(b"6200", b"-Infinity"), "Indata har värdet -Infinity, som inte är ett tal."),
        (EXAMPLE.replace(b'"schema"', b'"schema": "arende/1", "schema"'), "står två gånger i samma objekt."),
        (b"[]", "En lista är inget objekt."),
        (b"null", "null är inget objekt."),
    ],
    ids=[
        "truncated",
        "empty",
        "10 MB and more",
        "100 000 lists deep",
        "100 000 objects deep",
        "UTF-16",
        "NaN",
        "infinity",
        "a name twice",
        "a list",
        "null",
    ],
)
def test_what_is_no_case_gets_one_message(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = refused(content, tmp_path, capsys)
    assert message in told


RENT = ("application", "costs", 0, "appliedAmount")


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (change("people", 0, "born")("2026-02-30"), "people[0].born: ”2026-02-30” är inget datum."),
        (change("people", 0, "born")("30/2 2026"), "people[0].born: ”30/2 2026” är inget datum."),
        (
            change("people", 0, "personal_number")("198802092381"),
            "people[0].personal_number: Personnumret eller samordningsnumret stämmer inte.",
        ),
        (change(*RENT)(-500), "appliedAmount: Beloppet är under noll (−500\u00a0kr)."),
        (change(*RENT)("10.000"), "appliedAmount: ”10.000” går att läsa på två sätt"),
        (change(*RENT)("1 234,50"), "appliedAmount: ”1 234,50” har mellanslag i beloppet."),
        (change(*RENT)("6200,50"), "appliedAmount: ”6200,50” har kommatecken i beloppet."),
        (change(*RENT)(6200.005), "appliedAmount: ”6200.005” "),
        (change(*RENT)("sextusen"), "appliedAmount: ”sextusen” är inget belopp."),
        (change(*RENT)(True), "appliedAmount: true är inget belopp."),
        (change("application", "periodMonth")(13), "application.periodMonth: 13 är för stort."),
        (change("application", "attestation")("ja"), "application.attestation: ”ja” är varken true eller"),
        (change("application", "hasIncome")(True), "application.hasIncome: Fältet finns inte."),
        (change("municipality")("0180"), "municipality: Kommunen ”0180” finns inte"),
        (change("municipality")("Lund"), "municipality: ”Lund” har fel form. Skriv en kommunkod med fyra"),
        (change("received_at")("2026-10-28"), "received_at: "),
        (change("schema")("arende/2"), "schema: ”arende/2” är inget av de tillåtna värdena: arende/1."),
        (
            lambda case: case["people"].extend([{"id": "b1", "role": "CHILD"}] * 2),
            "people[2]: Samma id finns två gånger: b1.",
        ),
        (
            lambda case: case["people"].extend(
                {"id": name, "role": "CHILD", "personal_number": "201412012393"} for name in ("b1", "b2")
            ),
            "people[2]: Samma person finns två gånger.",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(
    put: Callable[[Case], None], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = raw("ensam-bifall")
    put(case)
    (told,) = refused(json.dumps(case).encode(), tmp_path, capsys)
    assert message in told


def test_every_fault_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = raw("ensam-bifall")
    change("people", 0, "born")("2026-02-30")(case)
    change(*RENT)("10.000")(case)
    change("application", "attestation")(1)(case)
    told = refused(json.dumps(case).encode(), tmp_path, capsys)
    assert [line.partition(":")[0] for line in told] == [
        "application.costs[0].appliedAmount",
        "application.attestation",
        "people[0].born",
    ]


def test_a_coordination_number_is_taken_and_the_right_to_stay_is_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide_bytes((CASES / "samordningsnummer.json").read_bytes(), tmp_path) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["proposed_outcome"]) == ("HANDLAGGARE", "BIFALL")
    assert [reason["code"] for reason in found["reasons"]] == ["TILLSTÅND"]


def test_a_coordination_number_with_a_permit_is_decided() -> None:
    case = raw("samordningsnummer")
    permit = {"arendeTyp": "UAT", "beslutsKod": "BEV", "beslutsTyp": "PUT", "giltighetstid": "PERMANENT"}
    case["registers"]["miv"] = {"response": {"svarCollection": {"svar": [permit]}}}
    assert decided(case).automatic


def test_the_same_child_told_twice_in_the_application_goes_to_a_person() -> None:
    case = raw("barn-fyller-7")
    case["application"]["children"] *= 2
    found = decided(case)
    assert found.outcome is Outcome.HANDLAGGARE
    assert "SAMMA_BARN" in codes(found)


def test_a_month_after_the_known_law_goes_to_a_person() -> None:
    found = decided(raw("lagbyte-januari-2027"))
    assert found.outcome is Outcome.HANDLAGGARE
    assert found.proposed_outcome is None
    assert found.calculation.granted is None
    assert "NY_LAG_2027" in codes(found)


def codes(found: Assessment) -> set[str]:
    return {reason.code for reason in found.reasons}


def test_the_words_of_a_decision_name_outcome_amount_and_receipt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["decide", str(CASES / "familj-pa-fem.json")]) == 0
    text = capsys.readouterr().out.replace("\u00a0", " ")
    assert text.startswith("Bifall – 2025-11, Exempelkommun\nBeviljas: 16 650 kr\n\nRiksnorm,")
    assert example("familj-pa-fem").document.receipt[:16] in text


def test_a_refusal_of_the_machine_is_no_proposal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", str(CASES / "ensam-avslag-overskott.json")]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Avslag – 2026-11, Exempelkommun\n")
    assert "Förslag" not in text


# --- the receipt


@swept("name", NAMES)
def test_the_receipt_is_the_hash_of_the_canonical_form(name: str) -> None:
    whole = json.loads(example(name).document.model_dump_json())
    written, stamp = rfc8785.dumps(whole), b'"receipt":"%b",' % whole["receipt"].encode()
    assert example(name).written == written
    assert written.count(stamp) == 1
    assert whole["receipt"] == hashlib.sha256(written.replace(stamp, b"")).hexdigest()


def test_the_input_has_its_canonical_hash_whatever_the_names_in_it() -> None:
    """Names beyond the basic plane are ordered by UTF-16 units: 😀 before ﬁ, though its number is higher."""
    case = raw("ensam-bifall")
    case["registers"]["so"] |= {"ﬁ": "1", "😀": "2", "å": "tre\u2028\n"}
    content = read(case).model_dump(mode="json", by_alias=True, exclude={"added"})
    assert decided(case).input == hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    del case["registers"]["so"]["😀"]
    content = read(case).model_dump(mode="json", by_alias=True, exclude={"added"})
    assert decided(case).input == hashlib.sha256(rfc8785.dumps(content)).hexdigest()
