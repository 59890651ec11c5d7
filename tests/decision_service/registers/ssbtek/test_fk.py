"""Försäkringskassan: payments net per benefit and day, who has answered, and all that is not that is told."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.ssbtek import register_answers
from decision_service.registers.ssbtek.benefits import benefit
from tests.decision_service.registers.ssbtek.lefi import (
    FIXTURES,
    PAYMENTS,
    kronor,
    lefi,
    only,
    payment,
    pensions,
    states,
)
from tests.world.unread import sentences


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
