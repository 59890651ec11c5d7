"""Pensionsmyndigheten: pensions net by group, beside what Försäkringskassan pays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.ssbtek import register_answers
from decision_service.registers.ssbtek.benefits import benefit
from tests.decision_service.registers.ssbtek.lefi import (
    PAYMENTS,
    kronor,
    lefi,
    only,
    payment,
    pension,
    pensions,
    states,
)
from tests.world.unread import sentences


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
