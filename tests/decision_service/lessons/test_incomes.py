"""Incomes and registers: money is counted once, in its month, with its sign, or somebody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.decision.document import Assessment
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from tests.world.cases import decided, raw, read

Case = dict[str, Any]
AUTOMATIC = {Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED}
CHILD_BENEFIT: dict[str, Any] = {
    "typ": {"id": 1, "beskrivning": "Månad"},
    "formansfamilj": {"id": "ABB", "beskrivning": "Barnbidrag"},
    "datum": "2026-10-20",
    "period": {"fran": "2026-10", "till": "2026-10"},
    "nettobelopp": {"summa": 3100, "valuta": "SEK"},
}


def codes(found: Assessment) -> set[str]:
    """The codes of everything that is asked."""
    return {each.code for each in found.reasons}


def paid(**changes: Any) -> Case:
    """A single adult to whom Försäkringskassan has paid once."""
    case = raw("ensam-bifall")
    case["registers"]["fk"]["formansinformation"]["utbetalningsuppgift"] = [CHILD_BENEFIT | changes]
    return case


def unemployment(*rows: tuple[str, str]) -> Case:
    """A single adult to whom the unemployment fund has paid these sums on these days."""
    case = raw("ensam-bifall")
    fund = case["registers"]["so"]["ArbetsloshetsersattningLista"]["Arbetsloshetsersattning"]
    fund["Utbetalningar"] = [
        {"Utbetalningsdatum": day, "NettoEfterSkatt": amount, "NettoEfterAvdrag": amount}
        for day, amount in rows
    ]
    return case


def declared(*rows: dict[str, Any]) -> Case:
    """A single adult who declares these incomes."""
    case = raw("ensam-bifall")
    case["application"] |= {
        "hasIncomes": True,
        "incomes": [{"incomeDate": "2026-10-21"} | row for row in rows],
    }
    return case


# --- signs


@pytest.mark.parametrize("amount", [-9000, "-9000.00", -0.01])
def test_an_earlier_amount_below_zero_is_refused_in_words(amount: Any) -> None:
    case = raw("ensam-bifall")
    case["history"][0]["amount"] = amount
    with pytest.raises(InputError) as error:
        read(case)
    assert [(each.pointer, each.code) for each in error.value.faults] == [
        ("/history/0/amount", "amount_below_zero")
    ]


@pytest.mark.parametrize("amount", [0, 9000])
def test_what_was_granted_before_does_not_turn_the_outcome(amount: int) -> None:
    case = raw("ensam-bifall")
    case["history"][0]["amount"] = amount
    assert decided(case).calculation.granted == 1_201_000


@pytest.mark.parametrize("row", [{"incomeType": "SALARY"}, {"incomeType": "OTHER_INCOME"}])
def test_an_income_below_zero_never_raises_the_need(row: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        read(declared(row | {"amount": -500}))
    assert [(each.pointer, each.code) for each in error.value.faults] == [
        ("/application/incomes/0/amount", "amount_below_zero")
    ]


def test_a_cost_below_zero_is_refused_in_words() -> None:
    case = raw("ensam-bifall")
    case["application"]["costs"][0]["appliedAmount"] = -200
    with pytest.raises(InputError, match="under noll"):
        read(case)


def test_an_income_larger_than_everything_pays_nothing_and_never_less() -> None:
    case = raw("ensam-avslag-overskott")
    case["application"]["incomes"][0]["amount"] = 900_000
    assert decided(case).calculation.granted == 0


# --- changes


@pytest.mark.parametrize("amount", ["11200", "8800", "10000"])
def test_a_change_of_exactly_the_limit_is_quiet(amount: str) -> None:
    found = decided(unemployment(("2026-09-21", "10000"), ("2026-10-21", amount)))
    assert found.outcome is Outcome.GRANTED


@pytest.mark.parametrize("amount", ["11200.01", "11240", "8799.99"])
def test_a_change_of_an_ore_more_than_the_limit_asks(amount: str) -> None:
    found = decided(unemployment(("2026-09-21", "10000"), ("2026-10-21", amount)))
    assert codes(found) == {"INKOMST_ÄNDRAD"}


@pytest.mark.parametrize(("day", "code"), [("2026-10-21", "NY_INKOMST"), ("2026-09-21", "INKOMST_BORTA")])
def test_from_nothing_and_to_nothing_there_is_no_percentage_and_it_is_asked(day: str, code: str) -> None:
    assert codes(decided(unemployment((day, "500")))) == {code}


# --- registers


@pytest.mark.parametrize("day", ["2026-13-45", "2026", "", None, "i oktober"])
def test_a_payment_whose_day_cannot_be_read_is_told_and_never_vanishes(day: str | None) -> None:
    found = decided(paid(datum=day))
    assert any("utbetalningen saknar nettobelopp eller dag" in each for each in found.unread)
    assert found.outcome not in AUTOMATIC


def test_a_day_without_hyphens_is_that_day() -> None:
    assert decided(paid(datum="20261020")).calculation.income == 310_000


def test_a_payment_under_another_agencys_name_is_counted_once_or_told() -> None:
    elsewhere = raw("ensam-bifall")
    elsewhere["registers"]["fk"]["formansinformation"]["utbetalningar"] = [CHILD_BENEFIT]
    both = paid()
    both["registers"]["fk"]["formansinformation"]["utbetalningar"] = [CHILD_BENEFIT]
    for case, income in ((elsewhere, 0), (both, 310_000)):
        found = decided(case)
        assert found.calculation.income == income
        assert found.unread
        assert found.outcome not in AUTOMATIC


def test_one_payment_that_stands_where_a_list_may_stand_is_read() -> None:
    case = paid()
    case["registers"]["fk"]["formansinformation"]["utbetalningsuppgift"] = CHILD_BENEFIT
    assert decided(case).calculation.income == 310_000


@pytest.mark.parametrize("code", ["abb", "ABB ", "A\u0308FP", "\u00c4FP", "XYZ"])
def test_a_benefit_in_another_spelling_is_counted_or_asked_about(code: str) -> None:
    found = decided(paid(formansfamilj={"id": code, "beskrivning": "Barnbidrag"}))
    assert found.calculation.income == 310_000 or found.outcome not in AUTOMATIC
    assert found.calculation.income != 0 or found.unread


def test_a_payment_for_a_year_is_income_of_the_month_it_was_paid_in_and_asked_about() -> None:
    found = decided(
        paid(
            formansfamilj={"id": "BOB", "beskrivning": "Bostadsbidrag"},
            period={"fran": "2026-01", "till": "2026-12"},
            nettobelopp={"summa": 15000, "valuta": "SEK"},
        )
    )
    assert found.calculation.income == 1_500_000
    assert found.outcome not in AUTOMATIC


@pytest.mark.parametrize("amount", [None, "", "okänt"])
def test_an_unknown_amount_is_not_zero(amount: Any) -> None:
    found = decided(paid(nettobelopp={"summa": amount, "valuta": "SEK"}))
    assert found.unread
    assert found.outcome not in AUTOMATIC


def test_a_register_that_answers_with_nothing_has_said_nothing_paid() -> None:
    assert decided(raw("ensam-bifall")).calculation.income == 0
    silent = raw("ensam-bifall")
    del silent["registers"]["fk"]
    assert decided(silent).calculation.income is None


def test_a_late_payment_that_no_decision_has_counted_is_raised_with_its_sum() -> None:
    found = decided(
        paid(
            datum="2026-09-24",
            formansfamilj={"id": "US", "beskrivning": "Underhållsstöd"},
            nettobelopp={"summa": 1673, "valuta": "SEK"},
        )
    )
    assert found.outcome not in AUTOMATIC
    assert any("1 673" in each.question.replace("\u00a0", " ") for each in found.reasons)


# --- the activity report


def reported(change: Any) -> Assessment:
    """What comes of an answer of Arbetsförmedlingen that is changed."""
    case = raw("ensam-bifall")
    change(case["registers"]["af"]["Svar"])
    return decided(case)


@pytest.mark.parametrize(
    "change",
    [
        lambda svar: svar["ArbetssokandeInfo"].pop("AktivetetsRapportDatum"),
        lambda svar: svar.update(StatusSokandeinformationKod="9"),
        lambda svar: svar["ArbetssokandeInfo"]["AktivetetsRapportDatum"].update(
            SenasteAktivitetsRapportDatum="2026-08-15"
        ),
        lambda svar: svar["ArbetssokandeInfo"]["AktivetetsRapportDatum"].update(
            SenasteAktivitetsRapportDatum="2026-10-15"
        ),
    ],
    ids=["no day", "no answer", "old", "late"],
)
def test_a_report_that_is_missing_late_or_unknown_is_never_a_refusal_by_machine(change: Any) -> None:
    found = reported(change)
    assert found.outcome in (Outcome.HANDLAGGARE, Outcome.COMPLETION)


# --- the aid itself, and the same money twice


def test_the_aid_itself_is_never_deducted_in_silence() -> None:
    row = {"incomeType": "OTHER_INCOME", "amount": 9000, "description": "försörjningsstöd oktober"}
    assert decided(declared(row)).outcome not in AUTOMATIC


def test_aid_from_another_municipality_for_the_same_month_is_asked_about() -> None:
    row = {"incomeType": "FINANCIAL_AID_OTHER_MUNICIPALITY", "amount": 3000}
    assert decided(declared(row)).outcome not in AUTOMATIC


@pytest.mark.parametrize("rows", [["4000"], ["4001"], ["1333", "1333", "1333"]])
def test_money_that_is_declared_and_in_a_register_is_asked_about(rows: list[str]) -> None:
    case = unemployment(*(("2026-10-21", amount) for amount in rows))
    case["application"] |= declared({"incomeType": "OTHER_INCOME", "amount": 4000})["application"]
    assert decided(case).outcome not in AUTOMATIC


def test_a_quarter_of_the_salary_is_left_out_once_however_often_it_is_computed() -> None:
    found = [decided(raw("jobbstimulans")) for _ in range(3)]
    lines = [each.amount for each in found[0].calculation.lines if each.kind == "income"]
    assert lines == [800_000, -200_000]
    assert len({each.model_dump_json() for each in found}) == 1


def test_a_salary_of_a_couple_without_a_recipient_is_asked_about() -> None:
    case = raw("par-bifall")
    del case["application"]["incomes"][0]["recipient"]
    assert "INKOMSTTAGARE_SAKNAS" in codes(decided(case))


# --- forms


@pytest.mark.parametrize("said", ["NATIONAL_NORM", ["NATIONAL_NORM"], ["NATIONAL_NORM", "NATIONAL_NORM"]])
def test_one_norm_may_stand_alone_or_in_a_list(said: Any) -> None:
    case = raw("ensam-bifall")
    case["application"]["normType"] = said
    assert decided(case).outcome is Outcome.GRANTED


@pytest.mark.parametrize("said", [[], None, ["NATIONAL_NORM", "OTHER_NORM"]])
def test_no_norm_or_two_norms_are_asked_about(said: Any) -> None:
    case = raw("ensam-bifall")
    case["application"]["normType"] = said
    assert decided(case).outcome not in AUTOMATIC


@pytest.mark.parametrize("days", ["0.5", "0,5", ".5", 0.5, 1.5])
def test_half_a_day_never_becomes_none(days: Any) -> None:
    case = raw("barn-fyller-7")
    case["people"][1]["days_in_home"] = days
    with pytest.raises(InputError) as error:
        validated(CaseFile, case)
    assert [each.pointer for each in error.value.faults] == ["/people/1/days_in_home"]


# --- what is missing between two months or two times


def test_days_between_two_periods_of_a_benefit_are_asked_about() -> None:
    assert "GLAPP_I_ERSÄTTNING" in codes(
        decided(sickness(("2026-10-01", "2026-10-10"), ("2026-10-20", "2026-10-30")))
    )
    assert "GLAPP_I_ERSÄTTNING" not in codes(
        decided(sickness(("2026-10-01", "2026-10-16"), ("2026-10-19", "2026-10-30")))
    )


def sickness(*times: tuple[str, str]) -> Case:
    case = raw("ensam-bifall")
    case["registers"]["fk"]["formansinformation"]["utbetalningsuppgift"] = [
        {
            "typ": {"id": 1, "beskrivning": "Dag"},
            "formansfamilj": {"id": "SJP", "beskrivning": "Sjukpenning"},
            "datum": last,
            "period": {"fran": first, "till": last},
            "nettobelopp": {"summa": 1900, "valuta": "SEK"},
        }
        for first, last in times
    ]
    return case


def test_the_study_grant_that_has_not_come_back_is_asked_about() -> None:
    case = raw("studiehjalpen-kom-inte")
    assert "STUDIEHJÄLP_SAKNAS" in codes(decided(case))
    case["people"][1]["born"] = "2012-05-05"
    assert "STUDIEHJÄLP_SAKNAS" not in codes(decided(case))
