"""What is said, ticked, written or in a register reaches a person: hostile cases, each with its opposite."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.application.outcome import Outcome
from tests.world.cases import decided, judged, raw
from tests.world.sweeps import swept

Case = dict[str, Any]


def put(case: Case, pointer: str, value: Any) -> Case:
    """A case with a value at a JSON pointer; ``-`` adds to a list."""
    *way, last = pointer.strip("/").split("/")
    node: Any = case
    for name in way:
        node = node[int(name)] if isinstance(node, list) else node.setdefault(name, {})
    if last == "-":
        node.append(value)
    else:
        node[int(last) if isinstance(node, list) else last] = value
    return case


def asked(base: str, *patches: tuple[str, Any]) -> set[str]:
    """The reasons of a case with some patches. The machine decides it only when there are none."""
    case = raw(base)
    for pointer, value in patches:
        put(case, pointer, value)
    found = judged(case)
    codes = {reason.code for reason in found.reasons}
    assert found.outcome.decides is (not codes)
    return codes


PERMIT = {"arendeTyp": "UAT", "beslutsKod": "BEV", "beslutsTyp": "PUT", "giltighetstid": "PERMANENT"}
FK = "/registers/fk/formansinformation"
AF = "/registers/af/Svar/ArbetssokandeInfo"
PAID = {
    "formansfamilj": {"id": "SJP", "beskrivning": "Sjukpenning"},
    "datum": "2026-10-27",
    "nettobelopp": {"summa": "9000", "valuta": "SEK"},
}


def permits(*decisions: dict[str, str]) -> tuple[str, Any]:
    """An answer of Migrationsverket."""
    return "/registers/miv", {"response": {"svarCollection": {"svar": list(decisions)}}}


def person(**details: Any) -> tuple[str, Any]:
    """What the population register says of the applicant."""
    return f"{FK}/generellPersoninformation", [details]


@swept(
    ("patch", "code"),
    [
        (permits(PERMIT), None),
        (permits({"arendeTyp": "ASYL", "beslutsKod": "AVS", "beslutsTyp": "UTV"}), "TILLSTÅND"),
        (permits({"beslutsKod": "BEV", "beslutsTyp": "TUT", "tomDatum": "2026-03-31"}), "TILLSTÅND"),
        (permits({**PERMIT, "beslutsTyp": "TUT", "tomDatum": "2026-11-30", "giltighetstid": ""}), None),
        (permits({**PERMIT, "beslutsTyp": "TUT", "tomDatum": "2026-11-29"}), "TILLSTÅND"),
        (permits({**PERMIT, "beslutsKod": "XYZ"}), "TILLSTÅND"),
        (permits({**PERMIT, "beslutsTyp": ""}), "TILLSTÅND"),
        (permits({**PERMIT, "fromDatum": "2026-12-01"}), "TILLSTÅND"),
        (person(civilstand={"id": "2"}), "CIVILSTÅND_I_REGISTER"),
        (person(civilstand={"id": 1, "beskrivning": "Ogift"}), None),
        (person(civilstand={"id": 2, "beskrivning": "Ogift"}), "UPPGIFT_OMSTRIDD"),
        (person(civilstand={"id": "9"}), "CIVILSTÅND_OKÄNT"),
        (person(samhorig=[{"foddes": "1990-01-01"}]), "CIVILSTÅND_I_REGISTER"),
        (person(folkbokford=[{"lan": "12", "kommun": "80"}]), "FOLKBOKFÖRD_ANNANSTANS"),
        (person(folkbokford=[{"lan": "99", "kommun": "99"}]), None),
        (person(barn=[{"foddes": "2014-05-05"}]), "BARN_I_REGISTER"),
        (person(barn=[{"foddes": "2005-05-05"}]), None),
        ((f"{AF}/ArbetssokandeAvaktualiserad", "2026-10-12"), "AVAKTUALISERAD"),
        ((f"{AF}/ArbetssokandeOmfattning", "25"), "SÖKER_DELTID"),
        ((f"{AF}/ArbetssokandeOmfattning", ""), "UPPGIFT_SAKNAS"),
        ((f"{AF}/ArbetssokandeSKAT", "Ombytessökande"), "AF_KATEGORI"),
        ((f"{AF}/ArbetssokandeSKAT", "Öppet arbetslös"), None),
        ((f"{AF}/AktivetetsRapportDatum/AktivitetsRapportMeddelande", "501"), "AKTIVITETSRAPPORT_MEDDELANDE"),
        ((f"{AF}/AktivetetsRapportDatum/AktivitetsRapportMeddelande", "Senast inlämnad"), None),
        ((f"{FK}/preliminarautbetalningar", [PAID]), "PLANERAD_UTBETALNING"),
        ((f"{FK}/preliminarautbetalningar", [{**PAID, "datum": "2026-11-27"}]), "PLANERAD_UTBETALNING"),
        ((f"{FK}/preliminarautbetalningar", [{**PAID, "datum": "2026-12-27"}]), "PLANERAD_UTBETALNING"),
        (("/registers/fk/formansinformation", {}), "OTOLKADE_UPPGIFTER"),
    ],
)
def test_what_a_register_says_is_asked_about(patch: tuple[str, Any], code: str | None) -> None:
    assert asked("ensam-bifall", patch) >= ({code} if code else set())
    if code is None:
        assert asked("ensam-bifall", patch) == set()


def test_a_renewed_registration_is_in_force() -> None:
    left = (f"{AF}/ArbetssokandeAvaktualiserad", "2026-03-12")
    assert asked("ensam-bifall", left, (f"{AF}/ArbetssokandeRegistrerad", "2026-04-01")) == set()
    assert "AVAKTUALISERAD" in asked("ensam-bifall", left, (f"{AF}/ArbetssokandeRegistrerad", "2026-02-01"))


def test_a_later_permit_replaces_an_earlier_refusal_and_not_the_other_way() -> None:
    refused = {"arendeTyp": "UAT", "beslutsKod": "AVS", "beslutsTyp": "PUT", "beslutsdatum": "2020-01-01"}
    granted = {**PERMIT, "beslutsdatum": "2021-01-01"}
    assert asked("ensam-bifall", permits(refused, granted)) == set()
    assert asked("ensam-bifall", permits({**refused, "beslutsdatum": "2022-01-01"}, granted)) == {"TILLSTÅND"}


def test_a_planned_payment_that_has_been_made_is_not_asked_about_twice() -> None:
    both = asked(
        "ensam-bifall", (f"{FK}/utbetalningsuppgift", [PAID]), (f"{FK}/preliminarautbetalningar", [PAID])
    )
    assert "PLANERAD_UTBETALNING" not in both


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2026-10-01", "2026-10-31", False),
        ("2026-09-01", "2026-09-30", False),
        ("2026-06-01", "2026-10-31", True),
        ("2026-01-01", "2026-12-31", True),
    ],
)
def test_a_payment_for_a_long_or_earlier_time_is_asked_about(first: str, last: str, code: bool) -> None:
    payment = {**PAID, "period": {"fran": first, "till": last}}
    found = asked("ensam-bifall", (f"{FK}/utbetalningsuppgift", [payment]))
    assert ("AVSER_ANNAN_TID" in found) is code


def test_a_decision_of_the_employment_service_without_money_is_asked_about() -> None:
    decision = {"ErsattningTyp": "Aktivitetsstöd", "Omfattning": "100", "BeslutFrom": "2026-09-01"}
    patch = ("/registers/af/Svar/BeslutInfo", {"EkonomiskaBeslut": {"Beslut": [decision]}})
    assert "BESLUT_UTAN_UTBETALNING" in asked("ensam-bifall", patch)
    ended = {**decision, "BeslutTom": "2026-09-30"}
    patch = ("/registers/af/Svar/BeslutInfo", {"EkonomiskaBeslut": {"Beslut": [ended]}})
    assert "BESLUT_UTAN_UTBETALNING" not in asked("ensam-bifall", patch)


def test_income_of_capital_without_a_surplus_is_asked_about() -> None:
    capital = {"Taxeringsar": "2026", "SummaIntakterPaKapital": "4000", "OverskottPaKapital": "0"}
    place = "/registers/skv/PersonuppgiftLista/Personuppgift/Kapitaluppgift"
    assert asked("ensam-bifall", (place, capital)) == {"KAPITAL"}
    assert asked("ensam-bifall", (place, {**capital, "SummaIntakterPaKapital": "0"})) == set()


def test_capital_of_any_year_is_asked_about_whatever_another_year_says() -> None:
    place = "/registers/skv/PersonuppgiftLista/Personuppgift/Kapitaluppgift"
    nothing = {"SummaIntakterPaKapital": "0", "OverskottPaKapital": "0"}
    for year, other in (("2025", "2026"), ("2026", "2025"), ("2025", "2099"), ("2099", "2025")):
        rows = [{**nothing, "Taxeringsar": other}, {"OverskottPaKapital": "70000", "Taxeringsar": year}]
        assert asked("ensam-bifall", (place, rows)) == {"KAPITAL"}, (year, other)


@swept(
    ("pointer", "value", "code"),
    [
        ("rentDebt", True, "SKULD"),
        ("electricityDebt", True, "SKULD"),
        ("rentDebt", False, None),
        ("periodChoice", "OTHER_BENEFIT", "ANNAT_BISTÅND"),
        ("periodChoice", "CURRENT_MONTH", "PERIOD_STÄMMER_INTE"),
        ("periodChoice", "NEXT_MONTH", None),
        ("otherBenefitDescription", "Begravningskostnad", "MEDDELANDE"),
        ("housingChangeDescription", "Jag har flyttat in hos min sambo", "MEDDELANDE"),
        ("stayDescription", "Är i Turkiet till den 15 december", "MEDDELANDE"),
        ("stayDescription", "-", None),
        ("otherInformation", "Nej.", None),
        ("otherInformation", "nej, men min bror betalar", "MEDDELANDE"),
        ("costs/0/recipientOrPeriod", "juni och juli 2026 (skuld)", "MEDDELANDE"),
        ("costs/0/specification", "Garage", "MEDDELANDE"),
        ("plannings/0/otherDescription", "Jag sköter min mor", "MEDDELANDE"),
        ("otherAdults", ["LODGER"], "ANDRA_VUXNA"),
        ("otherAdults", [], None),
        ("benefitsFrom", ["SOCIAL_INSURANCE"], "FÖRMÅN_STÄMMER_INTE"),
        ("attachments", [{"name": "kontoutdrag.pdf"}], "BILAGOR"),
        ("attestedAt", "2019-05-01T08:00:00Z", "INTYGAD_ANNAN_TID"),
        ("attestedAt", "2026-10-28T08:00:00Z", None),
        ("attestedAt", "2026-10-30T08:00:00Z", "INTYGAD_ANNAN_TID"),
        ("assets", [{"assetCategory": "OTHER", "value": "5"}], "MOTSÄGELSE_TILLGÅNGAR"),
        ("pendingBenefits", [{"benefitName": "Bostadsbidrag"}], "MOTSÄGELSE_VÄNTADE_FÖRMÅNER"),
        ("children", [{"partyId": "b1"}], "MOTSÄGELSE_BARN"),
        ("plannings/0/until", "2026-11-01", "PLANERING_ÖVER"),
        ("plannings/0/until", "2026-11-30", None),
    ],
)
def test_what_the_applicant_says_is_asked_about(pointer: str, value: Any, code: str | None) -> None:
    found = asked("ensam-bifall", (f"/application/{pointer}", value))
    assert found == set() if code is None else code in found


@pytest.mark.parametrize(
    ("clearing", "account", "asked_for"),
    [
        ("8327-9", "123 456 789-0", False),
        ("6000", "1234567", False),
        ("x", "y", True),
        ("8327", "", True),
        ("83", "1234567", True),
        ("8327", "12AB567", True),
        ("0000", "1234567", True),
        ("8327", "0000000000", True),
        ("8327", "123456789012", False),
        ("8327", "1234567890123", True),
    ],
)
def test_a_number_that_is_no_account_is_asked_for_again(clearing: str, account: str, asked_for: bool) -> None:
    answers = {
        "role": "APPLICANT",
        "partyId": "p1",
        "paymentMethod": "BANK_ACCOUNT",
        "clearingNumber": clearing,
        "accountNumber": account,
        "signed": True,
    }
    assert ("KONTO_SAKNAS" in asked("ensam-bifall", ("/application/persons", [answers]))) is asked_for


PLANNING = "/application/plannings/0"


@pytest.mark.parametrize(
    ("planning", "code"),
    [
        ({"planningType": "PARENTAL_LEAVE"}, "FÖRÄLDRALEDIG_UTAN_BARN"),
        ({"planningType": "WORK", "workExtent": "FULL"}, "ARBETE_UTAN_LÖN"),
        ({"planningType": "WORK", "workExtent": "PART", "workHoursPerWeek": 20}, "ARBETE_UTAN_LÖN"),
        ({"planningType": "JOBSEEKING"}, None),
    ],
)
def test_a_planning_that_nothing_bears_out_is_asked_about(planning: dict[str, Any], code: str | None) -> None:
    found = asked("ensam-bifall", (PLANNING, {"person": "p1", **planning}))
    assert found == set() if code is None else code in found


@pytest.mark.parametrize(("decided_on", "late"), [("2026-10-31", False), ("2026-11-01", True)])
def test_a_plan_decided_after_the_month_that_is_examined(decided_on: str, late: bool) -> None:
    found = asked("ensam-bifall", ("/activity/0/plan/decided", decided_on))
    assert ("PLANERING_BESLUTAD_EFTER" in found) is late


@pytest.mark.parametrize(("kind", "codes"), [("OWN_JOB_SEARCH", set()), ("WORKPLACE", {"FRÅNVARO"})])
def test_own_job_search_is_never_absence(kind: str, codes: set[str]) -> None:
    sessions = [{"day": "2026-10-06", "hours": 8, "kind": kind, "mark": "ABSENT"}]
    reason = ("/activity/0/plan/valid_reason", False)
    assert asked("ensam-bifall", reason, ("/activity/0/sessions", sessions)) >= codes
    unmarked = [{**sessions[0], "mark": "UNMARKED"}]
    found = asked("ensam-bifall", ("/activity/0/sessions", unmarked))
    assert ("NÄRVARO_INTE_MARKERAD" in found) is bool(codes)


@pytest.mark.parametrize(("born", "code"), [("1960-11-30", True), ("1960-12-01", False)])
def test_a_pensioner_without_pension_is_asked_about(born: str, code: bool) -> None:
    assert ("PENSION_SAKNAS" in asked("ensam-bifall", ("/people/0/born", born))) is code


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("2010-10-01", True),  # 16 on the first day of the quarter of the month before
        ("2010-09-30", False),
        ("2026-09-30", True),
        ("2026-10-01", False),
    ],
)
def test_a_child_at_home_without_child_allowance_is_asked_about(born: str, code: bool) -> None:
    case = raw("tvillingar")
    payments = case["registers"]["fk"]["formansinformation"]
    assert "ABB" in str(payments)
    assert "BARNBIDRAG_SAKNAS" not in {reason.code for reason in judged(case).reasons}
    payments["utbetalningsuppgift"] = []
    case |= {"people": case["people"][:2]}
    case["application"]["children"] = case["application"]["children"][:1]
    case["people"][1]["born"] = born
    case["application"]["periodMonth"], case["application"]["periodYear"] = 11, 2026
    case["received_at"] = "2026-10-28T08:12:00Z"
    assert ("BARNBIDRAG_SAKNAS" in {reason.code for reason in judged(case).reasons}) is code


def test_an_income_of_a_couple_belongs_to_one_of_them() -> None:
    case = raw("par-bifall")
    del case["application"]["incomes"][0]["recipient"]
    found = decided(case)
    assert found.outcome is Outcome.COMPLETION
    assert "INKOMSTTAGARE_SAKNAS" in {reason.code for reason in found.reasons}


def test_a_child_of_no_days_is_asked_about() -> None:
    case = raw("barn-fyller-7")
    case["application"]["children"][0] |= {"residenceExtent": "OTHER", "daysInHome": 0}
    case["people"][1].pop("days_in_home", None)
    assert "BARNETS_DAGAR" in {reason.code for reason in judged(case).reasons}


def test_a_contradiction_is_gone_when_it_is_put_right() -> None:
    case = raw("ensam-bifall")
    put(case, "/application/assets", [{"assetCategory": "OTHER", "value": "5"}])
    assert "MOTSÄGELSE_TILLGÅNGAR" in {reason.code for reason in judged(case).reasons}
    case["application"]["hasAssets"] = True
    assert "MOTSÄGELSE_TILLGÅNGAR" not in {reason.code for reason in judged(case).reasons}


# --- the same money twice


WAGE = {"incomeType": "SALARY", "amount": "12000", "incomeDate": "2026-10-25", "recipient": "p2"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (WAGE, True),
        ({**WAGE, "amount": "12009.50"}, True),
        ({**WAGE, "amount": "12051"}, False),
        ({**WAGE, "incomeDate": "2026-10-22"}, True),
        ({**WAGE, "incomeDate": "2026-10-10"}, False),
        ({**WAGE, "recipient": "p1"}, False),
        ({**WAGE, "incomeType": "GIFT"}, True),
    ],
)
def test_an_income_declared_twice_is_asked_about(more: dict[str, Any], code: bool) -> None:
    assert ("DUBBEL_INKOMST" in asked("par-bifall", ("/application/incomes", [WAGE, more]))) is code


@pytest.mark.parametrize(
    ("amount", "day", "code"),
    [
        ("9000", "2026-10-19", True),
        ("9001", "2026-10-27", True),
        ("9100", "2026-10-27", False),
        ("9000", "2026-09-27", False),
    ],
)
def test_an_income_declared_and_in_a_register_is_asked_about(amount: str, day: str, code: bool) -> None:
    declared = {"incomeType": "OCCUPATIONAL_PENSION_INSURANCE", "amount": amount, "incomeDate": day}
    found = asked(
        "ensam-bifall",
        ("/application/hasIncomes", True),
        ("/application/incomes", [declared]),
        (f"{FK}/utbetalningsuppgift", [PAID]),
    )
    assert ("DUBBEL_INKOMST" in found) is code


def test_a_payment_that_stands_twice_in_an_answer_is_asked_about() -> None:
    assert "SAMMA_UTBETALNING" in asked("ensam-bifall", (f"{FK}/utbetalningsuppgift", [PAID, PAID]))
    other = {**PAID, "datum": "2026-10-20"}
    assert "SAMMA_UTBETALNING" not in asked("ensam-bifall", (f"{FK}/utbetalningsuppgift", [PAID, other]))


def test_more_fees_than_adults_and_equal_costs_are_asked_about() -> None:
    case = raw("ensam-bifall")["application"]["costs"]
    for kind, amounts, several in (
        ("UNION_FEE", (300, 300), True),
        ("UNION_FEE", (300, 310), True),
        ("UNION_FEE", (300,), False),
        ("MEDICINE", (100, 100), True),
        ("MEDICINE", (100, 110), False),
    ):
        rows = [{"costType": kind, "appliedAmount": amount} for amount in amounts]
        found = asked("ensam-bifall", ("/application/costs", [*case, *rows]))
        assert ("FLERA_KOSTNADER" in found) is several, (kind, amounts)
