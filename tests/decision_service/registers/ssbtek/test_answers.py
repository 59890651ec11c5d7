"""From the agencies' JSON to what the registers say: no answer is never an answer of nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer, Permit, Stop, StopKind, Vehicle
from decision_service.registers.ssbtek import agencies_about, read_envelope, register_answers
from tests.world.sweeps import swept
from tests.world.unread import sentences

FIXTURES = Path(__file__).parent / "fixtures"
EXAMPLE = Path(__file__).parents[4] / "examples" / "applications" / "ssbtek-v10.xml"
NUMBER = "198802092380"


def golden(agency: str) -> dict[str, Any]:
    """What the contract's own example of an agency becomes."""
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{agency}-expected.json").read_text(encoding="utf-8"))
    return loaded


def af(**svar: Any) -> dict[str, Any]:
    """A normal answer of Arbetsförmedlingen with some more."""
    return {"af": {"Svar": {"StatusSokandeinformationKod": "0", **svar}}}


def test_nothing_asked_is_nothing_answered() -> None:
    found = register_answers({})
    assert set(found.answers.values()) == {AgencyAnswer.MISSING}
    assert sentences(found) == ()
    assert found.employment is None


@pytest.mark.parametrize("empty", [None, {}, [], "", "  ", {"Svar": {"a": None, "b": " "}}])
def test_an_empty_answer_is_a_missing_one(empty: Any) -> None:
    found = register_answers(dict.fromkeys(Agency, empty))
    assert set(found.answers.values()) == {AgencyAnswer.MISSING}
    assert sentences(found) == ()


def test_an_error_is_a_failed_answer_with_its_words() -> None:
    error = {"kalla": "BT", "felkod": "AF-503", "felmeddelande": ["Nere", "Försök igen"]}
    found = register_answers({agency.value: {"error": error} for agency in Agency})
    assert set(found.answers.values()) == {AgencyAnswer.FAILED}
    assert sentences(found)[0] == "af: fel från BT, kod AF-503: Nere; Försök igen."
    assert len(sentences(found)) == 7


def test_an_error_deep_in_an_answer_fails_it_and_keeps_the_rest() -> None:
    skv = {
        "PersonuppgiftLista": golden("skv")["skv"]["PersonuppgiftLista"],
        "konto": {"error": {"felkod": "404"}},
    }
    found = register_answers({"skv": skv})
    assert found.answers[Agency.SKV] is AgencyAnswer.FAILED
    assert found.capital == {2001: 66600}
    assert "skv: en del av svaret är ett fel." in sentences(found)


@pytest.mark.parametrize("odd", ["text", 17, True, ["a"], [[]]])
def test_an_answer_that_is_no_object_has_failed(odd: Any) -> None:
    found = register_answers({"so": odd})
    assert found.answers[Agency.SO] is (AgencyAnswer.MISSING if odd == [[]] else AgencyAnswer.FAILED)


def test_the_golden_example_of_arbetsformedlingen() -> None:
    found = register_answers(golden("af"))
    assert found.answers[Agency.AF] is AgencyAnswer.ANSWERED
    assert sentences(found) == ()
    employment = found.employment
    assert employment is not None
    assert (employment.registered, employment.registered_since) == (True, date(2016, 11, 18))
    assert (employment.extent, employment.category) == (100, "Anställd")
    assert employment.last_report is None
    assert employment.unemployment_fund == "Test ak"
    assert not found.protected


def test_activity_report_decisions_and_deregistration() -> None:
    info = {
        "Arbetssokande": "false",
        "ArbetssokandeRegistrerad": "2026-03-02Z",
        "ArbetssokandeAvaktualiserad": "2026-10-30+01:00",
        "AktivetetsRapportDatum": {
            "AktivitetsRapportMeddelande": "Senast inlämnad",
            "SenasteAktivitetsRapportDatum": "2026-11-05+01:00",
        },
    }
    decision = {
        "ErsattningTyp": "Aktivitetsstöd",
        "Omfattning": "75",
        "BeslutFrom": "2026-05-04",
        "BeslutTom": "x",
    }
    found = register_answers(
        af(ArbetssokandeInfo=info, BeslutInfo={"EkonomiskaBeslut": {"Beslut": decision}})
    )
    employment = found.employment
    assert employment is not None
    assert employment.registered is False
    assert employment.deregistered == date(2026, 10, 30)
    assert employment.last_report == date(2026, 11, 5)
    assert employment.report_message == "Senast inlämnad"
    assert [(each.kind, each.extent, each.first, each.last) for each in employment.decisions] == [
        ("Aktivitetsstöd", 75, date(2026, 5, 4), None)
    ]
    assert sentences(found) == ("af.Svar.BeslutInfo.EkonomiskaBeslut.Beslut.BeslutTom: ”x” är inget datum.",)


def test_another_status_than_normal_is_no_answer() -> None:
    answer = {"StatusSokandeinformationKod": "4", "StatusSokandeinformationKodText": "Tekniskt fel"}
    found = register_answers({"af": {"Svar": answer}})
    assert found.answers[Agency.AF] is AgencyAnswer.FAILED
    assert found.employment is None
    assert sentences(found) == ("af: Arbetsförmedlingen svarade med status ”4” (Tekniskt fel).",)


@pytest.mark.parametrize("extent", ["101", "-1", "hel", "50 %", "٣"])
def test_an_extent_that_is_no_per_cent_is_told(extent: str) -> None:
    found = register_answers(af(ArbetssokandeInfo={"ArbetssokandeOmfattning": extent}))
    assert found.employment is not None
    assert found.employment.extent is None
    assert sentences(found) == (
        f"af.Svar.ArbetssokandeInfo.ArbetssokandeOmfattning: ”{extent}” är ingen omfattning i procent.",
    )


def test_the_golden_example_of_the_unemployment_funds() -> None:
    found = register_answers(golden("so"))
    (payment,) = found.payments
    assert (payment.benefit, payment.net, payment.paid) == ("SO:AKASSA", 125050, date(2013, 11, 23))
    assert (payment.first, payment.last) == (date(2013, 11, 3), date(2013, 11, 3))
    assert payment.source == "so.ArbetsloshetsersattningLista.Arbetsloshetsersattning.Utbetalningar"
    assert sentences(found) == ()


def fund(*payments: Any, **more: Any) -> dict[str, Any]:
    """An answer of one unemployment fund."""
    own = {"SvarandeOrganisation": "Exempelkassan", "StatusSvarandeOrganisation": "all clear", **more}
    return {
        "so": {
            "ArbetsloshetsersattningLista": {
                "Arbetsloshetsersattning": {**own, "Utbetalningar": list(payments)}
            }
        }
    }


PAID = {"Utbetalningsdatum": "2026-10-23", "NettoEfterSkatt": "1600,50", "NettoEfterAvdrag": "1600.50"}


def test_after_tax_is_counted_and_other_deductions_are_told() -> None:
    found = register_answers(fund(PAID, {**PAID, "NettoEfterAvdrag": "1200"}))
    assert [payment.net for payment in found.payments] == [160050, 160050]
    assert sentences(found) == (
        "so.ArbetsloshetsersattningLista.Arbetsloshetsersattning.Utbetalningar[1]:"
        " 1\u00a0600,50\u00a0kr efter skatt blev 1\u00a0200\u00a0kr efter andra avdrag.",
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"NettoEfterSkatt": "-50"}, "utbetalningen är under noll (−50\u00a0kr) och är inte räknad."),
        (
            {"NettoEfterSkatt": None},
            "utbetalningen saknar belopp eller dag och är inte räknad (1\u00a0600,50\u00a0kr).",
        ),
        (
            {"Utbetalningsdatum": None},
            "utbetalningen saknar belopp eller dag och är inte räknad (1\u00a0600,50\u00a0kr).",
        ),
    ],
)
def test_a_payment_that_cannot_be_counted_is_told_with_its_amount(change: dict[str, Any], told: str) -> None:
    found = register_answers(fund({**PAID, **change}))
    assert found.payments == ()
    assert sentences(found) == (
        f"so.ArbetsloshetsersattningLista.Arbetsloshetsersattning.Utbetalningar[0]: {told}",
    )


@swept(
    ("handed_in", "told"),
    [("true", "är inlämnad."), ("false", "är inte inlämnad."), (None, "säger svaret inte.")],
)
def test_whether_an_application_is_handed_in_is_told_as_the_answer_says(
    handed_in: str | None, told: str
) -> None:
    applied = {"BeslutOmRattTillErsattning": "2026-10-25", "AnsokanOmUtbetalningInlamnad": handed_in}
    (said,) = sentences(register_answers(fund(PAID, AnsoktOmErsattning=applied)))
    assert said.endswith(told)


@pytest.mark.parametrize("day", ["den 3 maj", "2026-10-23"])
def test_what_is_odd_about_a_payment_is_told_once(day: str) -> None:
    """Also where the day is held against that of a decision."""
    applied = {"BeslutOmRattTillErsattning": "2026-10-25"}
    found = register_answers(fund({**PAID, "Utbetalningsdatum": day}, AnsoktOmErsattning=applied))
    said = sentences(found)
    assert len({*said}) == len(said) == (1 if day == "2026-10-23" else 3)
    assert said[-1].endswith("men inget är utbetalt sedan dess; om ansökan är inlämnad säger svaret inte.")


@pytest.mark.parametrize("amount", ["10.000", "10,000", "1 600", "tusen", "1.5.0", "1e3", 1600.5])
def test_an_amount_that_can_be_read_in_two_ways_or_not_at_all_is_told(amount: Any) -> None:
    found = register_answers(fund({**PAID, "NettoEfterSkatt": amount}))
    assert found.payments == ()
    assert any("beloppet är inte tolkat" in told for told in sentences(found))
    assert any("(1\u00a0600,50\u00a0kr)" in told for told in sentences(found))


def test_a_fund_that_says_neither_all_clear_nor_anything_else_has_failed() -> None:
    own = {"SvarandeOrganisation": "Tysta kassan", "StatusSvarandeOrganisation": "9"}
    found = register_answers({"so": {"ArbetsloshetsersattningLista": {"Arbetsloshetsersattning": [own]}}})
    assert found.answers[Agency.SO] is AgencyAnswer.FAILED
    assert sentences(found) == (
        "so.ArbetsloshetsersattningLista.Arbetsloshetsersattning[0]:"
        " Tysta kassan svarade med status ”9” och utan utbetalningar.",
    )


def test_a_fund_that_paid_has_answered_whatever_its_status() -> None:
    found = register_answers(fund(PAID, StatusSvarandeOrganisation="1"))
    assert found.answers[Agency.SO] is AgencyAnswer.ANSWERED
    assert len(found.payments) == 1


def test_whoever_is_shut_out_is_so_for_a_time_and_applications_are_pending() -> None:
    found = register_answers(
        fund(
            Avstangningar={"AvstangdFrom": "2026-10-01", "AvstangdTom": "2026-11-14"},
            AnsoktOmErsattning={"BeslutOmRattTillErsattning": None, "AnsokanOmUtbetalningInlamnad": "true"},
        )
    )
    assert found.pending == ("SO:AKASSA",)
    assert found.stopped == (Stop("SO:AKASSA", StopKind.SHUT_OUT, date(2026, 10, 1), date(2026, 11, 14)),)
    assert sentences(found) == ()


@pytest.mark.parametrize(
    ("decided", "told"), [("2026-10-09", False), ("2026-10-10", False), ("2026-10-11", True)]
)
def test_a_right_that_has_given_nothing_since_it_was_decided_is_told(decided: str, told: bool) -> None:
    applied = {"BeslutOmRattTillErsattning": decided, "AnsokanOmUtbetalningInlamnad": "true"}
    found = register_answers(fund({**PAID, "Utbetalningsdatum": "2026-10-10"}, AnsoktOmErsattning=applied))
    assert any("inget är utbetalt sedan dess" in each for each in sentences(found)) is told


SAID = golden("csn")["csn"]


@pytest.mark.parametrize(
    ("own", "alone", "answer"),
    [
        (SAID, SAID, AgencyAnswer.ANSWERED),
        ({}, SAID, AgencyAnswer.ANSWERED),
        (SAID, {}, AgencyAnswer.ANSWERED),
        (None, SAID, AgencyAnswer.ANSWERED),
        ({**SAID, "Hemligt": {"skyddad": "true"}}, SAID, AgencyAnswer.FAILED),
        (SAID, {"error": {"kalla": "CSN", "felkod": "1", "felmeddelande": []}}, AgencyAnswer.FAILED),
    ],
)
def test_an_agency_that_answers_in_two_places_has_failed_where_they_differ(
    own: Any, alone: Any, answer: AgencyAnswer
) -> None:
    agencies = agencies_about({"p1": {"csn": own}, "csn": alone}, "p1", applicant=True)
    found = register_answers(agencies)
    assert found.answers[Agency.CSN] is answer
    assert found.protected is (own is not None and "Hemligt" in own)
    assert bool(sentences(found)) is (answer is AgencyAnswer.FAILED)


def test_the_golden_example_of_csn_has_no_payments_and_no_mark() -> None:
    found = register_answers(golden("csn"))
    assert found.answers[Agency.CSN] is AgencyAnswer.ANSWERED
    assert (found.payments, sentences(found), found.protected) == ((), (), False)


def csn(*payments: Any, status: str = "BESLUTAD", **person: Any) -> dict[str, Any]:
    """An answer of CSN with one case of student aid."""
    case = {"stodform": "GRUND", "status": status, "UtbetalningsPlan": {"Utbetalning": list(payments)}}
    result = {"GemensamtSvarEkbistand": {"Resultat": {"ResultatKod": "0"}}}
    who = {"personnummer": NUMBER[2:], "sekel": "19", "sekretess": "  ", **person}
    return {"csn": {**result, "Personer": {"Person": {**who, "Studiemedel": {"Arenden": {"Arende": case}}}}}}


def paid(
    *parts: tuple[str, str, str], total: str, status: str = "Utbetald", day: str = "20260925"
) -> dict[str, Any]:
    """A payment of CSN with its parts: kind, amount of the week, amount of the time."""
    rows = [{"beloppstyp": kind, "belopp": week, "totbelopp": whole} for kind, week, whole in parts]
    time = {"startvecka": "202640", "slutvecka": "202643", "Beloppen": {"Belopp": rows}, "totbelopp": total}
    return {
        "utbetdatum": day,
        "utbetstatus": status,
        "Utbetaldatider": {"Utbetaldtid": time},
        "totbelopp": total,
    }


def test_csn_is_divided_into_grant_and_loan() -> None:
    found = register_answers(csn(paid(("GRUNDB", "1040", "4160"), ("GRUNDL", "2300", "9200"), total="13360")))
    assert [(payment.benefit, payment.net) for payment in found.payments] == [
        ("CSN:GRUNDB", 416000),
        ("CSN:GRUNDL", 920000),
    ]
    assert {(payment.paid, payment.first, payment.last) for payment in found.payments} == {
        (date(2026, 9, 25), date(2026, 9, 28), date(2026, 10, 25))
    }
    assert sentences(found) == ()


def test_the_amounts_that_add_up_are_the_right_ones() -> None:
    found = register_answers(csn(paid(("GRUNDB", "4160", "99999"), ("GRUNDL", "9200", "1"), total="13360")))
    assert sum(payment.net for payment in found.payments) == 1336000
    assert sentences(found) == ()


def test_a_payment_whose_parts_do_not_add_up_is_one_sum_and_told() -> None:
    found = register_answers(csn(paid(("GRUNDB", "1", "2"), total="13360")))
    (payment,) = found.payments
    assert (payment.benefit, payment.net) == ("CSN:ODELAT", 1336000)
    assert sentences(found) == (
        f"{payment.source}.Utbetaldatider.Utbetaldtid: raderna är tillsammans 2\u00a0kr,"
        " utbetalningen 13\u00a0360\u00a0kr.",
        f"{payment.source}: 13\u00a0360\u00a0kr går inte att dela i bidrag och lån.",
    )


def test_planned_payments_are_not_paid_and_unknown_states_are_told() -> None:
    parts = (("GRUNDB", "0", "100"),)
    found = register_answers(
        csn(
            paid(*parts, total="100", status="Planerad", day="20261125"),
            paid(*parts, total="100", status="Planerad", day="0"),
            paid(*parts, total="100", status="UTBETALAD"),
            paid(*parts, total="100", status="Stoppad"),
            paid(("GRUNDB", "0", "-100"), total="-100"),
        )
    )
    assert [payment.paid for payment in found.planned] == [date(2026, 11, 25)]
    assert found.pending == ("CSN:GRUND",)
    assert [payment.net for payment in found.payments] == [10000]
    plan = "csn.Personer.Person.Studiemedel.Arenden.Arende.UtbetalningsPlan.Utbetalning"
    assert sentences(found) == (
        f"{plan}[3]: 100\u00a0kr har status ”Stoppad” och är inte räknad.",
        f"{plan}[4]: utbetalningen är under noll (−100\u00a0kr) och är inte räknad.",
    )


@pytest.mark.parametrize("status", ["AVSLUTAD", "AVSLUTAT"])
def test_an_ended_case_of_csn_is_read_and_told_only_where_more_than_what_is_paid_stands_in_it(
    status: str,
) -> None:
    payment = paid(("GRUNDB", "0", "100"), total="100")
    found = register_answers(csn(payment, status=status))
    assert ([each.net for each in found.payments], sentences(found), found.pending) == ([10000], (), ())
    case = "csn.Personer.Person.Studiemedel.Arenden.Arende"
    for other in ("Planerad", ""):
        more = paid(("GRUNDB", "0", "100"), total="100", status=other, day="20261125")
        assert f"{case}.status: ärendets status är ”{status.lower()}”." in sentences(
            register_answers(csn(payment, more, status=status))
        )
    without = csn(status=status)
    del without["csn"]["Personer"]["Person"]["Studiemedel"]["Arenden"]["Arende"]["UtbetalningsPlan"]
    assert sentences(register_answers(without))


def test_csn_says_when_it_knows_more_than_it_tells() -> None:
    support = {"studiemedel": "1", "studiehjalp": "1"}
    found = register_answers(csn(Studiestodstypforteckning=support, status="INITIERAD"))
    assert found.pending == ("CSN:GRUND",)
    assert sentences(found) == (
        "csn.Personer.Person.Studiestodstypforteckning.studiehjalp:"
        " CSN har ärenden om studiehjalp som inte finns i svaret.",
    )


def test_another_result_of_csn_is_no_answer() -> None:
    answer = csn()
    answer["csn"]["GemensamtSvarEkbistand"]["Resultat"] = {"ResultatKod": "97", "ResultatText": "Stängt"}
    found = register_answers(answer)
    assert found.answers[Agency.CSN] is AgencyAnswer.FAILED
    assert sentences(found) == ("csn: CSN svarade med resultat ”97” (Stängt).",)


def test_the_golden_example_of_skatteverket() -> None:
    found = register_answers(golden("skv"))
    assert found.capital == {2001: 66600}
    assert found.capital_income == {2001: 1234500}
    assert sentences(found) == ("skv.PersonuppgiftLista.Personuppgift: Skatteverkets status ”999” är okänd.",)


def test_a_tax_refund_that_the_contract_does_not_describe_is_told() -> None:
    answer = golden("skv")
    answer["skv"]["PersonuppgiftLista"]["Personuppgift"]["Skatteaterbetalning"] = {
        "Belopp": "4321",
        "Utbetalningsdag": "2026-06-09",
    }
    found = register_answers(answer)
    place = "skv.PersonuppgiftLista.Personuppgift.Skatteaterbetalning"
    said = sentences(found)
    assert f"{place}.Belopp: ”4321” kan vara ett belopp och är inte tolkat." in said
    assert f"{place}.Utbetalningsdag: ”2026-06-09” kan vara ett belopp och är inte tolkat." in said


def test_capital_twice_for_a_year_and_without_a_year_is_told() -> None:
    people = {
        "StatusPersonuppgiftKod": "0",
        "Kapitaluppgift": [
            {"Taxeringsar": "2025", "OverskottPaKapital": "100"},
            {"Taxeringsar": "2025", "OverskottPaKapital": "200"},
            {"OverskottPaKapital": "300"},
        ],
    }
    found = register_answers({"skv": {"PersonuppgiftLista": {"Personuppgift": people}}})
    assert found.capital == {2025: 10000}
    place = "skv.PersonuppgiftLista.Personuppgift.Kapitaluppgift"
    assert sentences(found) == (
        f"{place}[1]: överskottet för 2025 finns två gånger med olika belopp (100\u00a0kr och 200\u00a0kr).",
        f"{place}[2]: kapitalet saknar taxeringsår och är inte räknat (300\u00a0kr).",
    )


def test_the_golden_example_of_transportstyrelsen() -> None:
    found = register_answers(golden("tns"))
    assert found.vehicles == (
        Vehicle("ABC001", "PERSONBIL", "Volvo", "2012", "V70"),
        Vehicle("ABC002", "MOTORCYKEL", "HONDA", "2001", "SH300A"),
    )
    assert sentences(found) == ()


def test_one_vehicle_as_an_object_and_an_error_of_transportstyrelsen() -> None:
    one = {"resultat": "OK", "fordonsinnehav": {"fordon": {"regnr": "ABC001"}}}
    assert len(register_answers({"tns": one}).vehicles) == 1
    wrong = {"resultat": "FEL", "felresultat": {"felkod": "12", "feltext": "Personen saknas"}}
    found = register_answers({"tns": wrong})
    assert found.answers[Agency.TNS] is AgencyAnswer.FAILED
    assert sentences(found) == ("tns: Transportstyrelsen svarade ”FEL” 12 Personen saknas.",)


def test_the_golden_example_of_migrationsverket() -> None:
    found = register_answers(golden("miv"))
    assert found.permits == (Permit("PUT", "BEV", date(1998, 5, 12), "PERMANENT", "UAT"),)
    assert sentences(found) == ()


def test_a_fault_of_migrationsverket_is_no_answer() -> None:
    found = register_answers({"miv": {"faultCode": "S1", "faultString": "Nere"}})
    assert found.answers[Agency.MIV] is AgencyAnswer.FAILED
    assert sentences(found)[0] == "miv: Migrationsverket svarade inte som väntat. Nere."


@swept(
    ("agencies", "protected"),
    [
        (af(Sekretessmarkering="true"), True),
        (af(Sekretessmarkering=True), True),
        (af(Sekretessmarkering="1"), True),
        (af(Sekretessmarkering="kanske"), True),
        (af(Sekretessmarkering="false"), False),
        (af(Sekretessmarkering=False), False),
        (csn(sekretess="  "), False),
        (csn(sekretess="SE"), True),
        (csn(sekretess="0"), True),
        ({"fk": {"formansinformation": {"generellPersoninformation": [{"skyddad": True}]}}}, True),
        ({"fk": {"formansinformation": {"generellPersoninformation": [{"skyddad": False}]}}}, False),
        (
            {"fk": {"formansinformation": {"generellPersoninformation": [{"barn": [{"skyddad": "true"}]}]}}},
            True,
        ),
        ({"skv": {"PersonuppgiftLista": {"Personuppgift": {"SkyddadFolkbokforing": "J"}}}}, True),
        ({"miv": {"error": {"kalla": "BT"}, "sekretessmarkerad": "true"}}, True),
    ],
)
def test_any_mark_of_protected_identity_protects(agencies: dict[str, Any], protected: bool) -> None:
    found = register_answers(agencies)
    assert found.protected is protected
    assert not any("ekretess" in told or "skydd" in told.lower() for told in sentences(found))


def test_ten_digits_and_the_century_are_the_same_person() -> None:
    both = {**csn(), **af(IdentitetsbeteckningFysiskPerson=NUMBER)}
    assert register_answers(both).answers[Agency.CSN] is AgencyAnswer.ANSWERED
    assert register_answers(both, NUMBER).answers[Agency.CSN] is AgencyAnswer.ANSWERED


def test_answers_about_somebody_else_are_no_answers() -> None:
    other = {
        **csn(paid(("GRUNDB", "0", "100"), total="100")),
        **af(IdentitetsbeteckningFysiskPerson="199001011234"),
    }
    found = register_answers(other, "199001011234")
    assert found.answers[Agency.AF] is AgencyAnswer.ANSWERED
    assert found.answers[Agency.CSN] is AgencyAnswer.FAILED
    assert found.payments == ()
    assert sentences(found) == (
        "csn: svaret gäller en annan person än de övriga eller än den som frågan gällde;"
        " 1 utbetalningar är inte räknade.",
    )
    without = register_answers(other)
    assert without.answers[Agency.AF] is AgencyAnswer.FAILED
    assert without.answers[Agency.CSN] is AgencyAnswer.FAILED
    assert NUMBER not in str(sentences(without))


def test_an_unknown_agency_is_told() -> None:
    found = register_answers({"bolagsverket": {"belopp": "500"}})
    assert sentences(found) == ("bolagsverket.belopp: ”500” kan vara ett belopp och är inte tolkat.",)


def test_half_characters_and_endless_names_do_not_reach_a_sentence() -> None:
    found = register_answers({"tns": {"resultat": "OK", "\ud800": "5", "x" * 9000: "7"}})
    assert len(sentences(found)) == 2
    for told in sentences(found):
        assert len(told.encode()) < 500


def test_the_example_answer_of_all_agencies() -> None:
    found = register_answers(read_envelope(EXAMPLE.read_bytes()), NUMBER)
    assert {agency.value: answer.value for agency, answer in found.answers.items()} == {
        "af": "answered",
        "csn": "answered",
        "fk": "answered",
        "skv": "failed",
        "so": "answered",
        "tns": "answered",
        "miv": "missing",
    }
    assert [(payment.benefit, payment.net) for payment in found.payments] == [
        ("CSN:GRUNDB", 416000),
        ("CSN:GRUNDL", 920000),
        ("FK:ABB", 125000),
        ("FK:bostadsbidrag", 190000),
        ("FK:SJP", 250000),
        ("SO:AKASSA", 125050),
    ]
    assert sentences(found) == ("skv: fel från SSBT, kod 2001: Tidsgränsen för anropet passerades.",)
