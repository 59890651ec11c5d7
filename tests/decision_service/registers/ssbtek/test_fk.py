"""Försäkringskassan and Pensionsmyndigheten: net per benefit and day, and all that is not that is told."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer, RegisterAnswers, Stop, StopKind
from decision_service.registers.ssbtek import register_answers
from decision_service.registers.ssbtek.benefits import benefit
from decision_service.registers.ssbtek.codes import LEFI
from tests.world.sweeps import swept
from tests.world.unread import sentences

FIXTURES = Path(__file__).parent / "fixtures"
PAYMENTS = "fk.formansinformation.utbetalningsuppgift"
OK = {"kod": "OK", "beskrivning": "Tillgänglig"}


def states(fk: str | None = "OK", pm: str | None = None) -> list[dict[str, Any]]:
    """The states of the two providers."""
    return [
        {"utlamnare": {"kod": name}, "tillstand": {"kod": state}}
        for name, state in (("FK", fk), ("PM", pm))
        if state is not None
    ]


def lefi(*payments: Any, **more: Any) -> dict[str, Any]:
    """An answer with payments of Försäkringskassan."""
    benefits = {"utbetalningsuppgift": list(payments), **more.pop("formansinformation", {})}
    return {"fk": {"utlamnare": states(), "formansinformation": benefits, **more}}


def kronor(amount: Any) -> dict[str, Any]:
    """An amount as LEFI writes it."""
    return {"summa": amount, "valuta": "SEK"}


def payment(code: str = "BOB", name: str = "Bostadsbidrag", **more: Any) -> dict[str, Any]:
    """A payment of Försäkringskassan."""
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": {"id": code, "beskrivning": name},
        "datum": "2026-10-26",
        "period": {"fran": "2026-10", "till": "2026-10"},
        "nettobelopp": kronor(1900),
        **more,
    }


def only(found: RegisterAnswers) -> tuple[str, int]:
    """Benefit and net of the only payment."""
    (one,) = found.payments
    return one.benefit, one.net


def test_an_answer_without_a_list_of_payments_is_told() -> None:
    expected = json.loads((FIXTURES / "fk-expected.json").read_text(encoding="utf-8"))
    found = register_answers(expected)
    assert found.answers[Agency.FK] is AgencyAnswer.ANSWERED
    assert found.pensions is AgencyAnswer.MISSING
    assert found.payments == ()
    assert sentences(found) == ("fk: svaret är OK men har ingen lista över utbetalningar.",)
    assert sentences(register_answers(lefi())) == ()


def test_a_payment_is_net_with_day_and_period() -> None:
    found = register_answers(lefi(payment()))
    (one,) = found.payments
    assert (one.agency, one.benefit, one.net, one.paid) == (
        Agency.FK,
        "FK:bostadsbidrag",
        190000,
        date(2026, 10, 26),
    )
    assert (one.first, one.last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (one.source, one.name) == (f"{PAYMENTS}[0]", "Bostadsbidrag")
    assert benefit(one.benefit).choice == "bostadsbidrag"
    assert sentences(found) == ()


@pytest.mark.parametrize(
    ("net", "ore"),
    [
        (kronor(1900), 190000),
        (kronor(Decimal("1900.50")), 190050),
        (kronor("1900,5"), 190050),
        (kronor("1900.5000"), 190050),
        (1900, 190000),
        ("1900", 190000),
        ({"summa": 0}, 0),
    ],
)
def test_every_exact_way_to_write_an_amount_is_read(net: Any, ore: int) -> None:
    found = register_answers(lefi(payment(nettobelopp=net)))
    assert only(found)[1] == ore
    assert sentences(found) == ()


@pytest.mark.parametrize("net", [kronor("1.900"), kronor("1 900"), kronor(1900.5), kronor(Decimal("0.001"))])
def test_an_ambiguous_amount_is_told_and_not_counted(net: Any) -> None:
    found = register_answers(lefi(payment(nettobelopp=net, bruttobelopp=kronor(2500))))
    assert found.payments == ()
    assert sentences(found)[0].startswith(f"{PAYMENTS}[0].nettobelopp.summa: beloppet är inte tolkat.")
    assert sentences(found)[1] == (
        f"{PAYMENTS}[0]: utbetalningen saknar nettobelopp eller dag och är inte räknad (2\u00a0500\u00a0kr)."
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"nettobelopp": None},
            "utbetalningen saknar nettobelopp eller dag och är inte räknad (belopp saknas).",
        ),
        (
            {"datum": None},
            "utbetalningen saknar nettobelopp eller dag och är inte räknad (1\u00a0900\u00a0kr).",
        ),
        ({"nettobelopp": kronor(-200)}, "utbetalningen är under noll (−200\u00a0kr) och är inte räknad."),
    ],
)
def test_a_payment_that_cannot_be_counted_is_told(change: dict[str, Any], told: str) -> None:
    found = register_answers(lefi(payment(**change)))
    assert found.payments == ()
    assert sentences(found) == (f"{PAYMENTS}[0]: {told}",)


def test_a_day_that_does_not_exist_is_told() -> None:
    found = register_answers(lefi(payment(datum="2026-02-30")))
    assert sentences(found) == (
        f"{PAYMENTS}[0].datum: ”2026-02-30” är inget datum.",
        f"{PAYMENTS}[0]: utbetalningen saknar nettobelopp eller dag och är inte räknad (1\u00a0900\u00a0kr).",
    )


def test_another_currency_is_told() -> None:
    found = register_answers(lefi(payment(nettobelopp={"summa": 200, "valuta": "EUR"})))
    assert found.payments == ()
    assert sentences(found)[0] == f"{PAYMENTS}[0].nettobelopp: beloppet 200 är i valutan EUR, inte i kronor."


@pytest.mark.parametrize(
    ("code", "name", "key", "choice"),
    [
        ("ABB", "Barnbidrag", "FK:ABB", "barnbidrag"),
        ("ABB", "", "FK:ABB", "barnbidrag"),
        ("ABB", "Flerbarnstillägg", "FK:flerbarnstillägg", "flerbarnstillägg"),
        ("ABB", "Bostadsbidrag", "FK:ABB/bostadsbidrag", "okänd_förmån"),
        ("BOB", "", "FK:BOB", "okänd_förmån"),
        ("AS", "Aktivitetsstöd", "FK:aktivitetsstöd", "aktivitetsstöd"),
        ("AS", "", "FK:AS", "okänd_förmån"),
        ("SA", "Sjukersättning", "FK:sjukersättning", "sjukersättning"),
        ("", "Underhållsstöd", "FK:underhållsstöd", "underhållsstöd"),
        ("JPR", "Jobbpremie", "FK:jobbpremie", "jobbpremie"),
        ("NY", "Helt ny förmån", "FK:NY", "okänd_förmån"),
        ("", "", "FK:", "okänd_förmån"),
    ],
)
def test_the_benefit_is_what_code_and_name_agree_on(code: str, name: str, key: str, choice: str) -> None:
    found = register_answers(lefi(payment(code, name)))
    assert only(found)[0] == key
    assert benefit(key).choice == choice


def test_a_daily_allowance_is_what_its_rows_are_for() -> None:
    rows = [
        {"forman": {"id": "SJP", "beskrivning": "Sjukpenning"}, "beloppstyp": {"id": "SJP"}},
        {"forman": {"id": "SJP", "beskrivning": "Sjukpenning"}, "beloppstyp": {"id": "PS"}},
    ]
    found = register_answers(lefi(payment("DAG", "Dagersättning", utbetalningsdetalj=rows)))
    assert only(found)[0] == "FK:SJP"


def test_programme_compensation_is_what_its_kind_of_amount_says() -> None:
    programme = {"id": "AMP", "beskrivning": "Arbetsmarknadspolitiskt program"}
    for kind, name, choice in (
        ("EE", "Etableringsersättning", "etableringsersättning"),
        ("EE", "", "etableringsersättning"),
        ("AS", "", "aktivitetsstöd"),
        ("UE", "Utvecklingsersättning", "utvecklingsersättning"),
    ):
        rows = [{"forman": programme, "beloppstyp": {"id": kind, "beskrivning": name}}]
        found = register_answers(lefi(payment("DAG", "Dagersättning", utbetalningsdetalj=rows)))
        assert benefit(only(found)[0]).choice == choice


def test_daily_allowances_of_several_kinds_stay_daily_allowance() -> None:
    rows = [{"forman": {"id": "SJP"}}, {"forman": {"id": "FP"}}]
    found = register_answers(lefi(payment("DAG", "Dagersättning", utbetalningsdetalj=rows)))
    assert only(found) == ("FK:dagersättning", 190000)


def test_what_is_kept_back_beside_tax_is_told() -> None:
    seized = payment(
        bruttobelopp=kronor(4000),
        skattebelopp=kronor(1000),
        avdragsbelopp=kronor(1500),
        nettobelopp=kronor(2500),
        utbetalningsdetalj=[
            {"beloppstyp": {"id": "PS"}, "skattebelopp": kronor(1000)},
            {"beloppstyp": {"id": "INF"}, "avdragsbelopp": kronor(500)},
        ],
    )
    found = register_answers(lefi(seized))
    assert only(found)[1] == 250000
    assert sentences(found) == (f"{PAYMENTS}[0]: 500\u00a0kr är avdrag utöver skatt (INF).",)


def test_tax_and_a_lower_benefit_are_not_told() -> None:
    visiting = payment(
        "US",
        "Underhållsstöd",
        bruttobelopp=kronor(1673),
        skattebelopp=kronor(0),
        avdragsbelopp=kronor(300),
        nettobelopp=kronor(1373),
        utbetalningsdetalj=[{"beloppstyp": {"id": "UMG"}, "avdragsbelopp": kronor(300)}],
    )
    found = register_answers(lefi(visiting))
    assert only(found) == ("FK:underhållsstöd", 137300)
    assert sentences(found) == ()


NO_ROW = "no row"
WRITTEN = [None, 0, 300]
OF_ROWS = [NO_ROW, *WRITTEN]


def given(name: str, amount: int | None) -> dict[str, Any]:
    """An amount under a name, or nothing."""
    return {} if amount is None else {name: kronor(amount)}


def kept(found: RegisterAnswers) -> list[str]:
    """The kinds of what is told of money kept back, without the sums."""
    return [each.kind for each in found.unmapped if each.kind.startswith("kept_back")]


@swept("kept_in_all", [None, 0, 300, 600, 900])
@swept("tax", WRITTEN)
@swept("taxed", OF_ROWS)
@swept("lower", OF_ROWS)
@swept("claim", OF_ROWS)
def test_money_kept_back_is_told_whether_the_payment_or_a_row_says_so(
    kept_in_all: int | None, tax: int | None, taxed: Any, lower: Any, claim: Any
) -> None:
    """No sum that is missing is one of zero: a row tells of itself, whatever the payment says."""
    rows = [
        {"beloppstyp": {"id": kind}, **given(name, amount)}
        for kind, name, amount in (
            ("PS", "skattebelopp", taxed),
            ("UMG", "avdragsbelopp", lower),
            ("ART", "avdragsbelopp", claim),
        )
        if amount != NO_ROW
    ]
    sums = given("avdragsbelopp", kept_in_all) | given("skattebelopp", tax)
    found = register_answers(lefi(payment("ABB", "Barnbidrag", **sums, utbetalningsdetalj=rows)))
    of_tax = tax if tax is not None else taxed
    explained = sum(each for each in (of_tax, lower) if isinstance(each, int))
    unexplained = kept_in_all is not None and kept_in_all != explained
    if unexplained or claim == 300:
        assert kept(found) == ["kept_back"]
    else:
        assert kept(found) == (["kept_back_without_amount"] if claim is None else [])
    assert only(found)[1] == 190000
    (told, *_) = [*sentences(found), ""]
    assert ("ART" in told) == (claim in (None, 300))


@swept("kind", sorted(LEFI.claims))
def test_every_claim_without_an_amount_is_told(kind: str) -> None:
    for beloppstyp in ({"id": kind}, {"kod": kind}):
        found = register_answers(lefi(payment(utbetalningsdetalj=[{"beloppstyp": beloppstyp}])))
        assert sentences(found) == (
            f"{PAYMENTS}[0]: något är avdraget utöver skatt ({kind}), men svaret säger inte hur mycket.",
        )


def test_what_is_kept_back_in_a_row_of_compensation_is_told_less_its_tax() -> None:
    """What is less than the tax cannot hold it."""
    row = {"beloppstyp": {"id": "SJP"}, "skattebelopp": kronor(300)}
    for deducted, rest in ((0, 0), (200, 200), (300, 0), (400, 100)):
        rows = [{**row, "avdragsbelopp": kronor(deducted)}]
        told = f"{PAYMENTS}[0]: {rest}\u00a0kr är avdrag utöver skatt (SJP)."
        assert sentences(register_answers(lefi(payment(utbetalningsdetalj=rows)))) == (
            (told,) if rest else ()
        )


@swept("tax", OF_ROWS)
@swept("claim", OF_ROWS)
@swept("other", OF_ROWS)
def test_what_is_kept_back_of_a_pension_is_told_also_without_an_amount(
    tax: Any, claim: Any, other: Any
) -> None:
    deductions = [
        {"avdragstyp": kind} | ({} if amount is None else {"belopp": amount})
        for kind, amount in (
            ({"kod": "PM:PS"}, tax),
            ({"kod": "PM:UTMATNING"}, claim),
            ({"beskrivning": "Något nytt"}, other),
        )
        if amount != NO_ROW
    ]
    found = register_answers(pensions(states(pm="OK"), pension(avdrag=deductions, bruttobelopp=None)))
    if 300 in (claim, other):
        assert kept(found) == ["kept_back"]
    else:
        assert kept(found) == (["kept_back_without_amount"] if None in (claim, other) else [])
    told = [each.sentence for each in found.unmapped if each.kind.startswith("kept_back")]
    for kind, amount in (("PM:UTMATNING", claim), ("Något nytt", other)):
        assert any(kind in each for each in told) == (amount in (None, 300))


def test_sums_that_do_not_add_up_are_told() -> None:
    odd = payment(bruttobelopp=kronor(2000), skattebelopp=kronor(500), avdragsbelopp=kronor(500))
    found = register_answers(lefi(odd))
    assert sentences(found) == (
        f"{PAYMENTS}[0]: 2\u00a0000\u00a0kr minus avdrag 500\u00a0kr är inte 1\u00a0900\u00a0kr.",
    )


def test_preliminary_payments_are_planned() -> None:
    found = register_answers(lefi(formansinformation={"preliminarautbetalningar": payment()}))
    assert found.payments == ()
    assert [one.net for one in found.planned] == [190000]
    assert sentences(found) == ()


def pension(**more: Any) -> dict[str, Any]:
    """A payment of Pensionsmyndigheten."""
    return {
        "utbetalningsdatum": "2026-10-19",
        "utbetalningsperiod": {"from": "2026-10-01", "tom": "2026-10-31"},
        "bruttobelopp": 16361,
        "nettobelopp": 14109,
        "avdrag": [{"belopp": -2252, "avdragstyp": {"kod": "PM:PS", "beskrivning": "Preliminär skatt"}}],
        "utbetalningsrader": [
            {
                "formansgrupp": {"kod": "PM:AP", "beskrivning": "Allmän pension"},
                "belopp": 16361,
                "utbetalningsforman": {"kod": "PM:AP38", "beskrivning": "Pension"},
                "beloppstyp": {"kod": "PM:IP", "beskrivning": "Inkomstpension"},
            }
        ],
        **more,
    }


def pensions(providers: list[dict[str, Any]], *payments: Any) -> dict[str, Any]:
    """An answer with payments of Pensionsmyndigheten and none of Försäkringskassan."""
    return {
        "fk": {
            "utlamnare": providers,
            "formansinformation": {"utbetalningsuppgift": []},
            "utbetalningar": list(payments),
        }
    }


def test_a_pension_is_net_by_group() -> None:
    found = register_answers(pensions(states(pm="OK"), pension()))
    (one,) = found.payments
    assert (one.benefit, one.net, one.paid) == ("PM:AP", 1410900, date(2026, 10, 19))
    assert (one.first, one.last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert found.pensions is AgencyAnswer.ANSWERED
    assert sentences(found) == ()


def test_a_pension_of_several_groups_is_one_sum_of_an_unknown_benefit() -> None:
    rows = [
        {"formansgrupp": {"kod": "PM:AP", "beskrivning": "Allmän pension"}, "belopp": 9000},
        {"formansgrupp": {"kod": "PM:BTI", "beskrivning": "Bostads- och inkomststöd"}, "belopp": 7361},
    ]
    found = register_answers(pensions(states(), pension(utbetalningsrader=rows)))
    (one,) = found.payments
    assert (one.benefit, one.net) == ("PM:FLERA", 1410900)
    assert one.name == "Allmän pension, Bostads- och inkomststöd"
    assert benefit(one.benefit).choice == "okänd_förmån"


def test_deductions_from_a_pension_beside_tax_are_told() -> None:
    kept = [
        {"belopp": 2252, "avdragstyp": {"kod": "PM:PS"}},
        {"belopp": 100, "avdragstyp": {"kod": "PM:UTMATNING"}},
    ]
    found = register_answers(pensions(states(), pension(avdrag=kept, nettobelopp=14009)))
    assert sentences(found) == ("fk.utbetalningar[0]: 100\u00a0kr är avdrag utöver skatt (PM:UTMATNING).",)


def test_a_payment_that_both_authorities_pass_on_is_counted_once_and_told() -> None:
    twin = payment("AP", "Allmän pension", datum="2026-10-19", nettobelopp=kronor(14109))
    answer = lefi(twin, utbetalningar=[pension()])
    found = register_answers(answer)
    assert only(found) == ("PM:AP", 1410900)
    assert sentences(found) == (
        f"{PAYMENTS}[0]: 14\u00a0109\u00a0kr finns också i fk.utbetalningar[0] och är räknad en gång.",
    )


def test_equal_payments_of_different_kinds_are_both_counted() -> None:
    same = payment(datum="2026-10-19", nettobelopp=kronor(14109))
    assert len(register_answers(lefi(same, utbetalningar=[pension()])).payments) == 2


@pytest.mark.parametrize("state", ["FELANDE", "OTILLGANGLIG", "?"])
def test_a_provider_that_is_not_available_has_not_answered(state: str) -> None:
    found = register_answers({"fk": {"utlamnare": states(fk=state)}})
    assert found.answers[Agency.FK] is AgencyAnswer.FAILED
    assert sentences(found) == (f"fk: Försäkringskassans tillstånd är ”{state}”.",)
    silent = register_answers(pensions(states(pm=state)))
    assert silent.answers[Agency.FK] is AgencyAnswer.ANSWERED
    assert silent.pensions is AgencyAnswer.FAILED
    assert sentences(silent) == (
        f"fk: Pensionsmyndighetens tillstånd är ”{state}”: pensioner saknas i svaret.",
    )


def test_an_answer_that_does_not_say_who_answered_has_failed() -> None:
    found = register_answers({"fk": {"formansinformation": {"utbetalningsuppgift": [payment()]}}})
    assert found.answers[Agency.FK] is AgencyAnswer.FAILED
    assert len(found.payments) == 1


def test_an_error_answer_of_lefi_has_failed() -> None:
    found = register_answers({"fk": {"meddelande": "Ej behörig", "timestamp": "2026-11-20T08:00:00Z"}})
    assert found.answers[Agency.FK] is AgencyAnswer.FAILED
    assert sentences(found)[0] == "fk: Försäkringskassan svarade med ett fel: Ej behörig"


def test_every_deviation_is_told() -> None:
    deviations = {
        "utbetalningar": [
            {
                "avvikelse": {"kod": "INTERNT_FEL", "beskrivning": "Delsystem svarar inte"},
                "formansgrupp": {"kod": "FK:BOB", "beskrivning": "Bostadsbidrag"},
            }
        ],
        "ovrigInformation": {
            "avvikelse": {"kod": "OBEHORIG"},
            "ovrigInformationstyp": {"kod": "FK:GEPI", "beskrivning": "Generell personinformation"},
        },
    }
    found = register_answers(lefi(avvikelser=deviations))
    assert sentences(found) == (
        "fk.avvikelser.utbetalningar[0]: FK:BOB (utbetalningar) kunde inte lämnas:"
        " INTERNT_FEL Delsystem svarar inte.",
        "fk.avvikelser.ovrigInformation: FK:GEPI (ovrigInformation) kunde inte lämnas: OBEHORIG.",
    )


def test_the_person_and_a_death_that_nobody_has_told_of() -> None:
    person = {
        "personnummer": "8802092380",
        "namn": "Test Exempelsson",
        "skyddad": False,
        "avled": ["2026-10-02"],
        "civilstand": {"id": 2, "beskrivning": "Gift"},
        "folkbokford": [{"lan": "13", "kommun": "84"}],
        "barn": [{"foddes": "2014-12-01", "namn": "Barn", "skyddad": False, "avled": []}],
        "adress": [{"utdelningadress": ["Exempelgatan 1"], "postnummer": "43430", "postort": "Kungsbacka"}],
    }
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [person]}))
    assert found.registered is not None
    assert found.registered.municipalities == ("1384",)
    assert (found.registered.civil_status, found.registered.civil_status_name) == ("2", "Gift")
    assert [child.day for child in found.registered.children] == [date(2014, 12, 1)]
    assert sentences(found) == (
        "fk.formansinformation.generellPersoninformation[0].avled[0]:"
        " personen är registrerad som avliden (2026-10-02).",
    )


def test_what_is_odd_about_somebody_whom_the_register_ties_to_the_person_is_told() -> None:
    """A number that is none, a death, and what the contract does not have."""
    tied = {"personnummer": "QQQ", "foddes": "1986-03-03", "avled": ["2026-10-02"], "inkomst": "25000"}
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [{"samhorig": [tied]}]}))
    assert found.registered is not None
    assert found.registered.related == ("19860303",)
    place = "fk.formansinformation.generellPersoninformation[0].samhorig[0]"
    assert set(sentences(found)) == {
        f"{place}.personnummer: personnumret går inte att läsa.",
        f"{place}.avled[0]: den som personen är knuten till är registrerad som avliden (2026-10-02).",
        f"{place}.inkomst: ”25000” kan vara ett belopp och är inte tolkat.",
    }


def test_a_workplace_is_a_name_and_what_the_contract_does_not_have_of_it_is_told() -> None:
    """Its number and address are in the contract, and not used."""
    work = {
        "namn": "Verkstan",
        "nummer": "17",
        "lon": "25000",
        "arbetsgivare": {"namn": "Exempel AB", "organisationsnummer": "5560000000", "utbetaldLon": "26000"},
    }
    found = register_answers(
        lefi(formansinformation={"generellPersoninformation": [{"arbetsstallen": [work]}]})
    )
    assert found.registered is not None
    assert found.registered.workplaces == ("Exempel AB",)
    place = "fk.formansinformation.generellPersoninformation[0].arbetsstallen[0]"
    assert sentences(found) == (
        f"{place}.lon: ”25000” kan vara ett belopp och är inte tolkat.",
        f"{place}.arbetsgivare.utbetaldLon: ”26000” kan vara ett belopp och är inte tolkat.",
    )


ABROAD = "adressen är i ett annat land"
ELSEWHERE = "personen har en annan adress än den i folkbokföringen"


@swept(
    ("address", "told"),
    [
        ({"roller": [{"id": 1, "beskrivning": "Folkbokföringsadress"}]}, None),
        ({"roller": [{"id": 2, "beskrivning": "Särskild adress"}]}, ELSEWHERE),
        ({"roller": [{"id": 2}]}, ELSEWHERE),
        ({"roller": [{"beskrivning": "Särskild adress"}]}, ELSEWHERE),
        ({"roller": {"id": 1, "beskrivning": "Vistelseadress"}}, ELSEWHERE),
        ({"roller": [{"id": 3, "beskrivning": "Utlandsadress"}]}, ABROAD),
        ({"roller": [{"id": 3}], "land": {"kod": "SE", "namn": "Sverige"}}, ABROAD),
        ({"roller": ["Utlandsadress"]}, ABROAD),
        ({"roller": [{"id": 4, "beskrivning": "Ny"}]}, "adressens roll är ”4”, som inte är känd"),
        ({"roller": [{"beskrivning": "Ny"}]}, "adressens roll är ”Ny”, som inte är känd"),
        ({"roller": [{}]}, None),
        ({"land": {"kod": "SE", "namn": "Sverige"}}, None),
        ({"land": {"kod": "se"}}, None),
        ({"land": {"kod": "NO", "namn": "Sverige"}}, ABROAD),
        ({"land": {"kod": "SE", "namn": "Norge"}}, ABROAD),
        ({"land": {"namn": "Norge"}}, ABROAD),
    ],
)
def test_an_address_is_what_its_role_and_its_country_say(address: Any, told: str | None) -> None:
    """The numbers of roles are those of the contract; a country is Sweden when all that is said of it is."""
    person = {"adress": [{"postnummer": "43430", **address}]}
    said = sentences(register_answers(lefi(formansinformation={"generellPersoninformation": [person]})))
    assert [told in each for each in said if told] == ([True] if told else [])
    assert len(said) == (told is not None)


@swept("active", [None, True, False])
@swept("refused", [None, True, False])
def test_a_case_without_a_decision_is_open_unless_the_answer_says_that_it_is_not(
    active: bool | None, refused: bool | None
) -> None:
    """Nothing said of it is not that it is closed."""
    case = {"startades": "2026-10-01", "aktivt": active, "avslaget": refused}
    found = register_answers(lefi(formansinformation={"sjukpenningarende": [case]}))
    assert bool(found.refused) is (refused is True)
    assert bool(found.pending) is (active is not False and not refused)


def test_programmes_and_undecided_cases() -> None:
    benefits = {
        "programanvisning": [
            {
                "program": {"id": 53, "beskrivning": "Jobb- och utvecklingsgaranti"},
                "period": {"fran": "2026-05"},
            },
            {"program": {"id": 64}},
        ],
        "sjukpenningarende": [{"aktivt": True, "avslaget": False, "beslut": []}],
        "bostadsbidragsarende": [
            {"aktivt": True, "avslaget": False, "beslut": [{"fattades": "2026-01-02"}]},
            {"aktivt": True, "avslaget": True, "beslut": []},
        ],
    }
    found = register_answers(lefi(formansinformation=benefits))
    assert found.pending == ("FK:SJP",)
    assert found.employment is None
    assert [each.name for each in found.programmes] == ["Jobb- och utvecklingsgaranti", "program 64"]


def test_decided_amounts_are_no_payments() -> None:
    decided = {"barnbidragsarende": [{"beslut": [{"beslutatBruttobelopp": kronor(1250)}]}]}
    assert sentences(register_answers(lefi(formansinformation=decided))) == ()


def test_a_child_that_has_died_is_told_and_is_no_child_of_the_household() -> None:
    person = {"barn": [{"foddes": "2014-12-01", "avled": ["2026-01-02"]}, {"namn": "Utan dag"}]}
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [person]}))
    assert found.registered is not None
    assert found.registered.children == ()
    where = "fk.formansinformation.generellPersoninformation[0].barn"
    assert f"{where}[0].avled[0]: ett barn är registrerat som avlidet (2026-01-02)." in sentences(found)
    assert f"{where}[1]: ett barn saknar födelsedag." in sentences(found)


@pytest.mark.parametrize(
    ("benefits", "told"),
    [
        (
            {"jobbpremiearende": [{"belopp": kronor(3750)}]},
            "fk.formansinformation.jobbpremiearende[0].belopp.summa:"
            " ”3750” kan vara ett belopp och är inte tolkat.",
        ),
        (
            {"sjukpenningarende": [{"beslut": [{"tillagg": 99}]}]},
            "fk.formansinformation.sjukpenningarende[0].beslut[0].tillagg:"
            " ”99” kan vara ett belopp och är inte tolkat.",
        ),
        (
            {"barnbidragsarende": [{"nettobelopp": kronor(99)}]},
            "fk.formansinformation.barnbidragsarende[0].nettobelopp.summa:"
            " ”99” kan vara ett belopp och är inte tolkat.",
        ),
    ],
)
def test_money_where_the_contract_has_none_is_told(benefits: dict[str, Any], told: str) -> None:
    assert told in sentences(register_answers(lefi(formansinformation=benefits)))


def test_a_refused_benefit_is_no_pending_one_and_an_ending_one_stops() -> None:
    benefits = {
        "sjukpenningarende": [{"aktivt": True, "avslaget": True, "startades": "2026-09-01"}],
        "omvardnadsbidragsarende": [{"aktivt": True, "beslut": [{"upphorandeManadFrom": "2026-12"}]}],
    }
    found = register_answers(lefi(formansinformation=benefits))
    assert [(each.benefit, each.began) for each in found.refused] == [("FK:SJP", date(2026, 9, 1))]
    assert found.pending == ()
    assert found.stopped == (Stop("FK:omvårdnadsbidrag", StopKind.ENDS, date(2026, 12, 1)),)
    assert sentences(found) == ()


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ([], date(2026, 5, 1)),
        (["2026-10-02"], date(2026, 10, 2)),
        (["2026-10-02", "2026-06-01"], date(2026, 10, 2)),
    ],
)
def test_a_refusal_is_as_old_as_the_last_decision_and_not_as_the_case(days: list[str], day: date) -> None:
    case = {"avslaget": True, "startades": "2026-05-01", "beslut": [{"fattades": each} for each in days]}
    found = register_answers(lefi(formansinformation={"sjukpenningarende": [case]}))
    assert [each.began for each in found.refused] == [day]


@pytest.mark.parametrize(
    ("section", "outcome", "refused", "stopped"),
    [
        ("sjukpenningarende", "AVSLAG", ["FK:SJP"], []),
        ("sjukpenningarende", "BEVILJAN", [], []),
        ("rehabersattningsarende", "avslag", ["FK:rehabiliteringsersättning"], []),
        ("omvardnadsbidragsarende", {"id": 4}, ["FK:omvårdnadsbidrag"], []),
        ("omvardnadsbidragsarende", {"id": 7}, [], ["FK:omvårdnadsbidrag"]),
        ("merkostnadsersattningsarende", {"id": "8"}, [], ["FK:merkostnadsersättning"]),
        ("merkostnadsersattningsarende", {"id": "10"}, [], []),
    ],
)
def test_what_a_decision_comes_to_is_read(
    section: str, outcome: Any, refused: list[str], stopped: list[str]
) -> None:
    decision = {"fattades": "2026-09-20", "beslutsutfall": outcome}
    benefits = {section: [{"aktivt": True, "beslut": [decision]}]}
    found = register_answers(lefi(formansinformation=benefits))
    assert [each.benefit for each in found.refused] == refused
    assert [each.benefit for each in found.stopped] == stopped
    assert {each.began for each in found.refused} | {each.first for each in found.stopped} <= {
        date(2026, 9, 20)
    }
    assert sentences(found) == ()


@pytest.mark.parametrize("outcome", ["INDRAGEN", {"id": "11"}])
def test_an_outcome_that_the_contract_does_not_have_is_told(outcome: Any) -> None:
    benefits = {"omvardnadsbidragsarende": [{"beslut": [{"beslutsutfall": outcome}]}]}
    (told,) = sentences(register_answers(lefi(formansinformation=benefits)))
    assert "som inte är känt" in told


def test_payments_that_a_missing_life_certificate_has_stopped_are_stopped() -> None:
    answer = lefi(
        formansinformation={"levnadsintygsuppgift": [{"status": {"id": 5}}, {"status": {"id": 2}}]},
        ovrigInformation=[{"levnadsintyg": {"levnadsintygsstatus": {"kod": "10"}}}],
    )
    found = register_answers(answer)
    assert [(each.benefit, each.kind) for each in found.stopped] == [
        ("FK:AP", StopKind.BLOCKED),
        ("PM:AP", StopKind.BLOCKED),
    ]
    odd = lefi(formansinformation={"levnadsintygsuppgift": [{"status": {"id": 6}}]})
    assert "som inte är känd" in sentences(register_answers(odd))[0]


def test_what_pensionsmyndigheten_has_refused_is_refused() -> None:
    group = {"kod": "PM:BTI", "beskrivning": "Bostads- och inkomststöd"}
    decision = {"beslutsdatum": "2026-10-02", "formansgrupp": group, "beslutsutfall": {"kod": "AVSLAG"}}
    found = register_answers(lefi(beslut=[decision]))
    assert [(each.benefit, each.began) for each in found.refused] == [("PM:BTI", date(2026, 10, 2))]


@pytest.mark.parametrize(("payments", "answer"), [(None, AgencyAnswer.FAILED), ([], AgencyAnswer.ANSWERED)])
def test_an_ok_of_pensionsmyndigheten_without_its_list_is_no_answer(
    payments: list[Any] | None, answer: AgencyAnswer
) -> None:
    more = {} if payments is None else {"utbetalningar": payments}
    found = register_answers(lefi(utlamnare=states(pm="OK"), **more))
    assert found.answers[Agency.FK] is AgencyAnswer.ANSWERED
    assert found.pensions is answer
    assert bool(sentences(found)) is (answer is AgencyAnswer.FAILED)


@pytest.mark.parametrize(
    ("decided", "pending"), [("2026-10-02", ()), ("2026-09-01", ("PM:BTI",)), (None, ("PM:BTI",))]
)
def test_a_claim_without_a_later_decision_is_pending(decided: str | None, pending: tuple[str, ...]) -> None:
    group = {"kod": "PM:BTI", "beskrivning": "Bostads- och inkomststöd"}
    decision = [] if decided is None else [{"beslutsdatum": decided, "formansgrupp": group}]
    claim = [{"ankomstdatum": "2026-09-15", "formansgrupp": group}]
    answer = lefi(ansprak=claim, beslut=decision)
    assert register_answers(answer).pending == pending
