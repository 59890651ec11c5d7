"""From a case to facts: where each came from, what disagrees, its month, and what history says."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from decision_service.application.form import PlanningType
from decision_service.application.outcome import Outcome
from decision_service.decision.facts.adult import SEVERAL
from decision_service.decision.facts.case import Case as Read
from decision_service.decision.facts.case_facts import CaseFacts, build_facts
from decision_service.decision.facts.history import months_in_a_row, work_incentive
from decision_service.decision.facts.household import residents
from decision_service.decision.facts.made import PaymentMade, copied
from norms.month import Month
from rules.facts import Disputed, Entity, FactOrigin, Known, Made
from tests.world.cases import EXPECTED, NAMES, assessed, decided, engines, judged, raw, read
from tests.world.sweeps import swept

Case = dict[str, Any]


def built(case: Case) -> CaseFacts:
    """The facts of a case under its law."""
    read_case = read(case)
    return build_facts(read_case, engines(read_case).law)


def entity(case: Case, name: str) -> Entity:
    """A fact of a case by its id."""
    return built(case).facts.by_id[name]


def value(case: Case, name: str, path: str) -> Known | Disputed | None:
    """What is known of a fact, or None."""
    return entity(case, name).values.get(path)


def of_kind(case: Case, kind: str) -> list[dict[str, Known | Disputed | str | None]]:
    """The facts of a kind, whom each belongs to beside its values."""
    return [
        {"owner": each.owner, **{path.partition(".")[2]: known for path, known in each.values.items()}}
        for each in built(case).facts.by_kind.get(kind, ())
    ]


# --- provenance


@swept("name", NAMES)
def test_every_value_says_where_it_came_from(name: str) -> None:
    for each in built(raw(name)).facts.entities:
        assert each.origin.keys() == each.values.keys()
        assert all(origin.places for origin in each.origin.values())


@swept("name", NAMES)
def test_the_facts_fit_the_vocabulary(name: str) -> None:
    case = read(raw(name))
    law = engines(case).law
    build_facts(case, law).facts.check(law.vocabulary)


@pytest.mark.parametrize(
    ("name", "fact", "path", "origin"),
    [
        ("ensam-bifall", "costs[0]", "kostnad.belopp", copied("costs[0].appliedAmount")),
        (
            "ensam-bifall",
            "costs[0]",
            "kostnad.godkänt_förut",
            FactOrigin(Made.INFERRED, ("history[0].costs", "costs[0].costType")),
        ),
        ("ensam-bifall", "p1", "vuxen.af_rapport", copied("registers.af")),
        ("ensam-bifall", "p1", "vuxen.söker_brett", copied("activity[0].plan.broad_job_search")),
        ("par-bifall", "incomes[0]", "inkomst.belopp", copied("incomes[0].amount")),
        (
            "tvillingar",
            "payments[0]",
            "inkomst.belopp",
            copied(PaymentMade(True, date(2025, 9, 20), "fk", "FK:ABB")),
        ),
        ("tvillingar", "b1", "barn.ålder", FactOrigin(Made.INFERRED, ("people[1].born",))),
    ],
)
def test_a_value_names_its_field_answer_or_decision(
    name: str, fact: str, path: str, origin: FactOrigin
) -> None:
    assert entity(raw(name), fact).origin[path] == origin


def test_what_is_not_said_is_left_out_and_never_zero() -> None:
    case = raw("ensam-bifall")
    del case["application"]["costs"][0]["appliedAmount"]
    assert "kostnad.belopp" not in entity(case, "costs[0]").values
    del case["application"]["hasAssets"]
    assert "ansökan.uppger_tillgångar" not in entity(case, "ansökan").values


def test_a_value_outside_what_is_possible_is_told_and_not_used() -> None:
    case = raw("barn-fyller-7")
    case["people"][1]["born"] = "2027-05-01"
    found = built(case)
    assert "barn.ålder" not in found.facts.by_id["b1"].values
    (told,) = found.unread
    assert told.sentence == "Signe: people[1].born: värdet är utanför det möjliga."


@pytest.mark.parametrize("id_", ["k1", "i1", "s1", "beslut", "kalkyl", "kommun"])
def test_a_person_may_have_any_id_that_a_case_file_allows(id_: str) -> None:
    case = json.loads(json.dumps(raw("par-bifall")).replace('"p1"', f'"{id_}"'))
    found, before = decided(case), decided(raw("par-bifall"))
    assert (found.outcome, found.calculation.granted) == (before.outcome, before.calculation.granted)
    assert [reason.code for reason in found.reasons] == [reason.code for reason in before.reasons]


@pytest.mark.parametrize(("path", "value"), [("track", "MAIN"), ("placement", "DONE")])
def test_a_code_becomes_the_word_that_the_vocabulary_has_for_it(path: str, value: str) -> None:
    case = raw("ensam-bifall")
    case["activity"][0]["plan"][path] = value
    term = {"track": "vuxen.sidospår", "placement": "vuxen.praktik"}[path]
    assert entity(case, "p1").values[term] == {"MAIN": False, "DONE": "genomförd"}[value]


# --- what is measured over time


def test_the_lowest_approved_is_that_of_the_last_twelve_months() -> None:
    case = raw("ensam-bifall")  # for November 2026
    case["application"]["costs"] = [{"costType": "ELECTRICITY", "appliedAmount": "450"}]
    base = case["history"][0]
    months = {"2026-10": 450, "2026-03": 310, "2025-11": 330, "2025-10": 200}
    case["history"] = [
        {**base, "month": month, "costs": {"ELECTRICITY": str(amount)}} for month, amount in months.items()
    ]
    values = entity(case, "costs[0]").values
    assert (values["kostnad.godkänt_förut"], values["kostnad.godkänt_lägst"]) == (450_00, 310_00)
    case["history"] = [{**base, "month": "2026-10", "costs": {}}]
    assert "kostnad.godkänt_lägst" not in entity(case, "costs[0]").values


def test_hours_accounted_for_are_those_of_assigned_sessions_that_are_marked() -> None:
    case = raw("ensam-bifall")

    def session(day: str, hours: int, kind: str, mark: str) -> dict[str, object]:
        return {"day": day, "hours": hours, "kind": kind, "mark": mark}

    case["activity"][0]["sessions"] = [
        session("2026-10-01", 8, "JOB_SEARCH", "PRESENT"),
        session("2026-10-02", 4, "LANGUAGE", "ABSENT_VALID"),
        session("2026-10-05", 2, "WORKPLACE", "ABSENT"),
        session("2026-10-06", 16, "OWN_JOB_SEARCH", "PRESENT"),
        session("2026-10-07", 8, "MOTIVATION", "UNMARKED"),
        session("2026-09-30", 8, "JOB_SEARCH", "PRESENT"),
    ]
    assert entity(case, "p1").values["vuxen.redovisade_timmar"] == 14


# --- what somebody has written


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Är i Turkiet till den 15 december", True),
        ("nej men min bror", True),
        ("Nej.", False),
        (" NEJ TACK! ", False),
        ("-", False),
        ("...", False),
        ("  ", None),
    ],
)
def test_a_text_says_something_or_nothing(text: str, says: bool | None) -> None:
    case = raw("ensam-bifall")
    case["application"]["stayDescription"] = text
    found = built(case).facts.by_kind.get("skrivet", ())
    assert [each.values["skrivet.säger_något"] for each in found] == ([] if says is None else [says])
    reasons = {reason.code: reason.question for reason in judged(case).reasons}
    assert ("MEDDELANDE" in reasons) is bool(says)
    if says:
        assert f"”{text}”" in reasons["MEDDELANDE"]


# --- sources that disagree


def test_days_in_the_home_are_disputed_when_application_and_case_differ() -> None:
    found = value(raw("uppgifter-gar-isar"), "b1", "barn.dagar_i_hemmet")
    assert found == Disputed((("ansökan", 20), ("ärendet", 15)))


def test_the_same_days_from_both_are_not_disputed() -> None:
    assert value(raw("vaxelvis-boende"), "b1", "barn.dagar_i_hemmet") == 15


def test_a_month_and_a_day_that_disagree_are_disputed() -> None:
    case = raw("par-bifall")
    case["application"]["incomes"][0]["month"] = "2026-09"
    assert value(case, "incomes[0]", "inkomst.månader_före") == Disputed((("incomeDate", 1), ("month", 2)))


def test_illness_beside_work_is_disputed() -> None:
    case = raw("lakarintyg-saknas")
    case["application"]["plannings"].append({"person": "p1", "planningType": "WORK", "workExtent": "FULL"})
    found = value(case, "p1", "vuxen.planering")
    assert found == Disputed((("plannings", "heltidsarbete"), ("plannings", "sjukskriven")))


@pytest.mark.parametrize(("one", "other"), list(combinations(SEVERAL.first, 2)))
def test_of_two_plannings_the_first_of_the_table_holds_or_both_are_asked_about(
    one: PlanningType, other: PlanningType
) -> None:
    case = raw("lakarintyg-saknas")
    said = [{"person": "p1", "planningType": each, "workExtent": "FULL"} for each in (other, one)]
    alone = []
    for each in said:
        case["application"]["plannings"] = [each]
        alone.append(value(case, "p1", "vuxen.planering"))
    case["application"]["plannings"] = said
    both = Disputed(tuple(("plannings", each) for each in reversed(alone)))
    asked = not SEVERAL.disputed.isdisjoint((one, other))
    assert value(case, "p1", "vuxen.planering") == (both if asked else alone[1])


def test_every_planning_has_one_place_in_the_table() -> None:
    assert sorted(SEVERAL.first) == sorted(PlanningType)


# --- ages and months


@pytest.mark.parametrize(
    ("born", "age"),
    [("2004-11-30", 21), ("2004-12-01", 20), ("2019-11-30", 6), ("2018-12-01", 6), ("2025-11-30", 0)],
)
def test_age_is_full_years_on_the_last_day_of_the_month(born: str, age: int) -> None:
    case = raw("barn-fyller-15")  # November 2025
    case["people"][1]["born"] = born
    assert value(case, "b1", "barn.ålder") == age


def test_a_child_born_on_the_29th_of_february() -> None:
    case = raw("barn-fyller-15")
    case["people"][1]["born"] = "2008-02-29"
    case["application"] |= {"periodMonth": 2, "periodYear": 2026}
    assert value(case, "b1", "barn.ålder") == 17
    case["application"]["periodMonth"] = 3
    assert value(case, "b1", "barn.ålder") == 18


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-10-01", 1), ("2026-10-31", 1), ("2026-11-01", 0), ("2026-09-30", 2), ("2027-01-01", -2)],
)
def test_an_income_belongs_to_the_month_of_its_day(day: str, before: int) -> None:
    case = raw("par-bifall")  # November 2026
    case["application"]["incomes"][0]["incomeDate"] = day
    assert value(case, "incomes[0]", "inkomst.månader_före") == before


def test_payments_of_the_registers_belong_to_the_day_they_were_paid() -> None:
    found = {each["månader_före"] for each in of_kind(raw("tvillingar"), "inkomst")}
    assert found == {1, 2}


def test_the_month_applied_for_decides_and_without_it_the_month_it_came_in() -> None:
    assert assessed(raw("gammal-manad")).evaluation.law.month == Month(2025, 11)
    assert assessed(raw("utan-manad")).evaluation.law.month == Month(2026, 11)


def test_the_evening_of_the_last_day_in_utc_is_the_next_month_in_sweden() -> None:
    case = raw("utan-manad")
    case["received_at"] = "2026-10-31T23:30:00Z"
    assert assessed(case).evaluation.law.month == Month(2026, 11)
    case["received_at"] = "2026-10-31T22:30:00Z"
    assert assessed(case).evaluation.law.month == Month(2026, 10)


# --- incomes


def test_incomes_are_compared_sort_by_sort_with_the_month_before() -> None:
    assert of_kind(raw("inkomst-andrad"), "inkomstslag") == [
        {
            "owner": "p1",
            "är_barnbidrag": False,
            "insättningar": False,
            "belopp": 4000_00,
            "belopp_förut": 9000_00,
            "förra_beslutet_känt": True,
            "uppgivet_dessförinnan": 0,
            "räknat_uppgivet": 0,
            "per_dag": True,
            "glapp": 0,
            "utbetald_dag_förut": 21,
            "skillnad": 5000_00,
        }
    ]


def test_what_a_couple_declares_is_compared_for_both_together() -> None:
    assert of_kind(raw("par-avslag-overskott"), "inkomstslag") == [
        {
            "owner": None,
            "är_barnbidrag": False,
            "insättningar": False,
            "belopp": 21000_00,
            "belopp_förut": 21000_00,
            "förra_beslutet_känt": True,
            "uppgivet_dessförinnan": 0,
            "räknat_uppgivet": 21000_00,
            "per_dag": False,
            "glapp": 0,
            "utbetald_dag_förut": 0,
            "skillnad": 0,
        }
    ]


@pytest.mark.parametrize("agency", ["fk", "so", "csn"])
def test_an_agency_that_pays_and_is_silent_may_hide_incomes(agency: str) -> None:
    case = raw("ensam-bifall")
    assert built(case).facts.incomplete == frozenset()
    del case["registers"][agency]
    assert built(case).facts.incomplete == {"inkomst", "inkomstslag"}


def test_answers_under_the_id_of_a_person_are_about_that_person() -> None:
    case = raw("par-bifall")
    case["registers"]["p2"]["so"]["ArbetsloshetsersattningLista"]["Arbetsloshetsersattning"][
        "Utbetalningar"
    ] = [{"Utbetalningsdatum": "2026-10-21", "NettoEfterSkatt": "1500", "NettoEfterAvdrag": "1500"}]
    paid = [each for each in of_kind(case, "inkomst") if each["ur_register"]]
    assert [(each["owner"], each["belopp"]) for each in paid] == [("p2", 1500_00)]


def test_answers_about_nobody_in_the_case_are_told() -> None:
    case = raw("ensam-bifall")
    case["registers"]["p9"] = case["registers"]["so"]
    (told,) = built(case).unread
    assert told.sentence == "registers.p9: svaret hör inte till någon vuxen i ärendet."


# --- history


def months(first: str, count: int) -> set[Month]:
    return {Month.parse(first).plus(number) for number in range(count)}


def test_months_in_a_row_end_at_a_gap() -> None:
    supported = months("2026-02", 3) | months("2026-06", 5)
    assert months_in_a_row(supported, Month(2026, 11)) == 5
    assert months_in_a_row(supported, Month(2026, 12)) == 0
    assert months_in_a_row(supported, Month(2026, 5)) == 3


@pytest.mark.parametrize(
    ("month", "earned"),
    [("2026-06", False), ("2026-07", True), ("2028-06", True), ("2028-07", False)],
)
def test_a_work_incentive_is_earned_by_six_months_and_holds_for_24(month: str, earned: bool) -> None:
    supported = months("2026-01", 6)
    found = work_incentive(supported, Month(2026, 1), Month.parse(month), 6, 24, complete=True)
    assert found is earned


def test_a_work_incentive_is_not_known_when_the_history_may_begin_earlier() -> None:
    supported = months("2026-08", 3)
    assert work_incentive(supported, Month(2026, 8), Month(2026, 11), 6, 24, complete=False) is None
    # A right from before may have held in January, and then only five of the six months count.
    assert work_incentive(months("2026-01", 6), Month(2026, 1), Month(2026, 7), 6, 24, complete=False) is None


def test_a_work_incentive_has_lapsed_when_no_right_can_have_held_so_long() -> None:
    first = Month(2024, 1)
    assert work_incentive(set(), first, Month(2025, 12), 6, 24, complete=False) is None
    assert work_incentive(set(), first, Month(2026, 1), 6, 24, complete=False) is False


def test_the_incentive_counts_only_months_in_which_the_adult_was_in_the_household() -> None:
    case = raw("jobbstimulans")
    assert value(case, "p1", "vuxen.jobbstimulans_beviljad") is True
    for month in case["history"]:
        month["people"] = ["p7"]
    assert value(case, "p1", "vuxen.jobbstimulans_beviljad") is False
    assert value(case, "p1", "vuxen.månader_i_rad") == 0


def test_a_quarter_of_the_salary_is_not_counted_only_with_the_incentive() -> None:
    case = raw("jobbstimulans")
    assert decided(case).calculation.granted == 5220_00
    case["history"] = case["history"][-1:]
    assert decided(case).calculation.granted == 3220_00


def test_the_residents_are_those_of_the_last_decision_when_the_housing_is_the_same() -> None:
    case = raw("bor-hos-slaktingar")
    del case["application"]["housingPersonCount"]
    assert value(case, "hushåll", "hushåll.boende") == 5
    case["application"]["housingChanged"] = True
    assert value(case, "hushåll", "hushåll.boende") is None


def test_a_municipality_may_choose_that_the_residents_are_asked_for() -> None:
    case = read(raw("bor-hos-slaktingar"))
    about = Read(case, engines(case).law)
    assert residents(about, None, False, 5, True) == 5
    assert residents(about, None, False, 5, False) is None
    assert residents(about, 3, False, 5, False) == 3


def test_how_much_a_child_is_at_home_is_what_is_said() -> None:
    case = raw("barn-fyller-7")
    del case["application"]["children"][0]["residenceExtent"]
    case["people"][1]["days_in_home"] = 30
    assert value(case, "b1", "barn.boende") is None
    assert {each.fact for each in judged(case).reasons} == {"barn.boende"}
    case["people"][1]["role"] = "VISITATION_CHILD"
    assert "barn.boende" not in {each.fact for each in judged(case).reasons}


def test_the_surplus_of_an_older_month_is_not_that_of_the_month_before() -> None:
    case = raw("overskott-forra-manaden")
    assert value(case, "ärende", "ärende.överskott") == 2300_00
    case["history"][0]["month"] = "2026-09"
    assert "ÖVERSKOTT_FÖRRA_MÅNADEN" not in {each.code for each in judged(case).reasons}


def test_a_child_s_earnings_of_the_year_are_not_known_without_the_whole_year() -> None:
    case = raw("skolungdom-med-lon")  # March: the decision of February counted January
    assert value(case, "b1", "barn.arbetsinkomst_tidigare_i_år") == 3000_00
    case["application"]["periodMonth"] = 5
    assert value(case, "b1", "barn.arbetsinkomst_tidigare_i_år") is None


def test_a_month_that_the_machine_never_looked_at_says_nothing_of_a_child_s_earnings() -> None:
    case = raw("skolungdom-med-lon")
    case["history"][-1] |= {"people": None, "children_own_income": {}}
    assert value(case, "b1", "barn.arbetsinkomst_tidigare_i_år") is None


# --- a working day


@pytest.mark.parametrize(
    ("received", "last_in_time"),
    [
        ("2026-11-03", "2026-11-04"),  # Tuesday
        ("2026-11-06", "2026-11-09"),  # Friday
        ("2026-11-07", "2026-11-09"),  # Saturday
        ("2026-12-30", "2027-01-04"),  # New Year's eve and day, then a weekend
        ("2025-12-31", "2026-01-02"),
        ("2027-01-05", "2027-01-07"),  # Epiphany
        ("2026-04-02", "2026-04-07"),  # Maundy Thursday, and Easter Monday
        ("2026-04-30", "2026-05-04"),  # the first of May, a Friday
        ("2026-05-13", "2026-05-15"),  # Ascension Day; the Friday after it is a working day
        ("2026-06-18", "2026-06-22"),  # midsummer's eve
    ],
)
def test_a_first_meeting_is_in_time_until_the_first_working_day_after(
    received: str, last_in_time: str
) -> None:
    last = date.fromisoformat(last_in_time)
    for meeting, in_time in ((last, True), (last + timedelta(days=1), False)):
        case = raw("trelleborg-forsta-ansokan")
        case["received_at"] = f"{received}T10:00:00+01:00"
        case["activity"][0]["plan"]["first_meeting"] = meeting.isoformat()
        days = value(case, "p1", "vuxen.arbetsdagar_till_första_möte")
        assert (days <= 1) is in_time


# --- protected identity


@pytest.mark.parametrize("where", ["person", "af", "csn"])
def test_a_mark_of_protected_identity_anywhere_protects_the_household(where: str) -> None:
    case = raw("ensam-bifall")
    match where:
        case "person":
            case["people"][0]["protected"] = True
        case "af":
            case["registers"]["af"]["Svar"]["Sekretessmarkering"] = "true"
        case _:
            case["registers"]["csn"]["Personer"]["Person"]["sekretess"] = "S"
    assert value(case, "hushåll", "hushåll.skyddade_uppgifter") is True
    found = decided(case)
    assert found.outcome is Outcome.HANDLAGGARE
    assert all(reason.at_once for reason in found.reasons if reason.code == "SKYDDADE_UPPGIFTER")
    assert "SKYDDADE_UPPGIFTER" in {reason.code for reason in found.reasons}


def test_a_protected_household_is_never_asked_before_a_person_has_seen_it() -> None:
    case = raw("forsta-ansokan-ofullstandig")
    assert decided(case).outcome is Outcome.COMPLETION
    case["people"][0]["protected"] = True
    assert decided(case).outcome is Outcome.HANDLAGGARE


def test_the_examples_without_protection_have_no_mark() -> None:
    marked = [name for name in NAMES if value(raw(name), "hushåll", "hushåll.skyddade_uppgifter")]
    assert marked == [name for name in EXPECTED if "SKYDDADE_UPPGIFTER" in EXPECTED[name]["skäl"]]


@pytest.mark.parametrize(
    ("approved", "outcome"),
    [
        ([7300], Outcome.GRANTED),
        ([7300, 7300, 7300], Outcome.GRANTED),
        ([7299], Outcome.HANDLAGGARE),
        ([7300] * 12, Outcome.GRANTED),
        ([7300] * 3 + [6400], Outcome.HANDLAGGARE),
    ],
)
def test_a_rent_that_a_person_approved_stands_for_the_months_the_municipality_says(
    approved: list[int], outcome: Outcome
) -> None:
    """The months before, the latest last, each with what was approved of the rent."""
    case = raw("hyra-over-grans")
    last = case["history"][-1]
    month = Month.parse(last["month"])
    case["history"] = [
        last | {"month": str(month.plus(number + 1 - len(approved))), "costs": last["costs"] | {"RENT": rent}}
        for number, rent in enumerate(approved)
    ]
    assert decided(case).outcome is outcome


# --- two rows about one thing


def test_two_answers_about_a_certificate_are_disputed() -> None:
    case = raw("ensam-bifall")
    ill = {"person": "p1", "planningType": "SICK_LEAVE", "sickLeaveLevel": 100}
    case["application"]["plannings"] = [{**ill, "certificateAttached": yes} for yes in (True, False)]
    found = value(case, "p1", "vuxen.läkarintyg")
    assert isinstance(found, Disputed)
    case["application"]["plannings"][1] = case["application"]["plannings"][0]
    assert value(case, "p1", "vuxen.läkarintyg") is True


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"assetCategory": "VEHICLE"}, "inget mer är sagt"),
        ({"assetCategory": "VEHICLE", "description": "Volvo"}, "Fordon, Volvo"),
        (
            {
                "assetCategory": "VEHICLE",
                "vehicleType": "CAR",
                "purchaseDate": "2020-01-01",
                "purchasePrice": 45000,
            },
            "bil, köpt 2020-01-01 för 45\u00a0000\u00a0kr",
        ),
        ({"assetCategory": "OTHER", "purchasePrice": 500}, "för 500\u00a0kr"),
        ({"description": "Volvo"}, "slaget är inte sagt, Volvo"),
        ({}, "slaget är inte sagt"),
    ],
)
def test_what_is_said_of_an_asset_is_said_once(said: Case, words: str) -> None:
    case = raw("ensam-bifall")
    case["application"] |= {"hasAssets": True, "assets": [said]}
    assert value(case, "assets[0]", "tillgång.uppgifter") == words


def test_a_vehicle_that_a_register_says_nothing_of_is_one() -> None:
    case = raw("ensam-bifall")
    case["registers"]["tns"]["fordonsinnehav"] = {"fordon": [{"fordonsar": "2004"}, {"regnr": ""}]}
    assert value(case, "p1", "vuxen.fordonens_namn") == "2004; utan uppgifter"
