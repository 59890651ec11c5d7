"""What Försäkringskassan and Pensionsmyndigheten keep back of a payment beside tax is told."""

from __future__ import annotations

from typing import Any

from decision_service.registers.answers import RegisterAnswers
from decision_service.registers.ssbtek import register_answers
from decision_service.registers.ssbtek.codes import LEFI
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
from tests.world.sweeps import swept
from tests.world.unread import sentences


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


@swept("deducted", [None, 0])
def test_a_claim_is_told_in_whichever_amount_of_its_row_it_stands(deducted: int | None) -> None:
    row = {"beloppstyp": {"id": "ART"}, "bruttobelopp": kronor(-300), **given("avdragsbelopp", deducted)}
    assert sentences(register_answers(lefi(payment(utbetalningsdetalj=[row])))) == (
        f"{PAYMENTS}[0]: 300\u00a0kr är avdrag utöver skatt (ART).",
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


def test_deductions_from_a_pension_beside_tax_are_told() -> None:
    kept = [
        {"belopp": 2252, "avdragstyp": {"kod": "PM:PS"}},
        {"belopp": 100, "avdragstyp": {"kod": "PM:UTMATNING"}},
    ]
    found = register_answers(pensions(states(), pension(avdrag=kept, nettobelopp=14009)))
    assert sentences(found) == ("fk.utbetalningar[0]: 100\u00a0kr är avdrag utöver skatt (PM:UTMATNING).",)
