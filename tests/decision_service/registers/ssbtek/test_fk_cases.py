"""Cases and decisions: what is pending, refused, decided, or stops."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from decision_service.registers.answers import Stop, StopKind
from decision_service.registers.ssbtek import register_answers
from tests.decision_service.registers.ssbtek.lefi import kronor, lefi
from tests.world.sweeps import swept
from tests.world.unread import sentences


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


@pytest.mark.parametrize(
    ("decided", "pending"), [("2026-10-02", ()), ("2026-09-01", ("PM:BTI",)), (None, ("PM:BTI",))]
)
def test_a_claim_without_a_later_decision_is_pending(decided: str | None, pending: tuple[str, ...]) -> None:
    group = {"kod": "PM:BTI", "beskrivning": "Bostads- och inkomststöd"}
    decision = [] if decided is None else [{"beslutsdatum": decided, "formansgrupp": group}]
    claim = [{"ankomstdatum": "2026-09-15", "formansgrupp": group}]
    answer = lefi(ansprak=claim, beslut=decision)
    assert register_answers(answer).pending == pending
