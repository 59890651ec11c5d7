"""A decision is changed by another one: nothing is written over, and money goes both ways."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from decision_service.casework import appeals, claims, corrections
from decision_service.casework.chain import chain, in_force
from decision_service.casework.claims import Lowering, LoweringWanted
from decision_service.casework.corrections import CorrectionWanted, later_months
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.delivery import deliver
from decision_service.casework.rows import ConflictError, StaleError
from decision_service.decision.document import CorrectionKind
from decision_service.installation.municipality import FourEyes
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, ApplicationState, ClaimRow, MessageRow
from norms.month import day_in_words
from rules.texts import kronor
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application

RENT = {"costType": "RENT", "appliedAmount": 7300}
DECEMBER = NOVEMBER.plus(1)


@pytest.fixture
def case(world: World) -> str:
    """November granted in part by a person, and paid: the rent is cut to the municipality's limit."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, costs=[RENT]))
    world.claim(found)
    world.say(found, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    world.clock.forward(days=1)
    return found


def rent(world: World, found: str, amount: int, **more: Any) -> CorrectionWanted:
    """Another rent (öre) in the decision in force."""
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, found)
        assert decision is not None
        document = document_of(session, decision)
    assert document.calculation is not None
    line = document.calculation.lines[2]
    granted = document.granted + amount - line.amount
    said = {
        "assessment": 1,
        "outcome": "BIFALL" if amount == 730_000 else "DELAVSLAG",
        "granted": as_kronor(granted),
        "lines": [{"line": 3, "amount": as_kronor(amount), "reason": "Hyresavin har kommit."}],
        "reason": "Hyran är en annan.",
        "told": {"how": "HAR_FÅTT_SE", "reason": "Hyresavin är sökandens egen."},
    }
    kind = more.pop("kind", CorrectionKind.CHANGE)
    return CorrectionWanted(kind, decision.id, validated(PersonsDecision, said), **more)


def correct(world: World, found: str, wanted: CorrectionWanted, **more: Any) -> None:
    world.act(corrections.correct, found, wanted, **more)


def letters(world: World) -> list[str]:
    while deliver(world.office):
        pass
    got = sorted((one for one in world.recorder.got if one.kind == "letter"), key=lambda one: one.key)
    return [" ".join(one.payload["text"].split()) for one in got]


def notices(world: World, kind: str) -> list[str]:
    while deliver(world.office):
        pass
    return [" ".join(one.payload["text"].split()) for one in world.recorder.got if one.kind == kind]


def test_more_is_paid_and_the_first_decision_stays(world: World, case: str) -> None:
    before = world.decision(case)
    assert before is not None
    correct(world, case, rent(world, case, 730_000))
    assert world.decision(case) == before
    with reading(world.engine) as session:
        first, second = chain(session, TENANT, case)
        document = document_of(session, second)
        payment = json.loads(session.get_one(MessageRow, (TENANT, f"{case}.payment.2")).payload)
    more = second.granted - first.granted
    assert more > 0
    assert (payment["amount"], payment["id"]) == (more, second.id)
    assert document.corrects is not None
    assert (document.corrects.decision, document.corrects.difference) == (first.id, more)
    assert document.calculation is not None
    assert document.calculation.by_the_lines == document.granted == second.granted
    old, new = letters(world)
    assert "Vi har ändrat beslutet" in new
    assert "Hyresavin har kommit." in new
    assert "mer än tidigare" in new
    assert "Maj Berg 17, socialsekreterare" in new
    assert "c2sp.org/tlog-proof@v1" in new
    assert old != new
    world.whole()


def test_too_much_becomes_a_claim_that_a_person_decides(world: World, case: str) -> None:
    correct(world, case, rent(world, case, 500_000))
    with reading(world.engine) as session:
        first, second = chain(session, TENANT, case)
        claim = session.get_one(ClaimRow, (TENANT, case, 2))
    assert (claim.amount, claim.state) == (first.granted - second.granted, "open")
    assert world.messages(case) == ["letter", "letter", "payment"]
    told = letters(world)[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert "Du behöver inte betala något nu." in told
    assert f"Enligt det tidigare beslutet fick du {first.granted // 100:,} kr.".replace(",", " ") in told
    assert "DET HÄR FÅR DU INTE FULLT STÖD FÖR – Hyra: 5 000 kr av 7 300 kr" in told
    with transaction(world.engine) as session, pytest.raises(InputError):
        claims.decide_claim(world.office, session, "9999", case, PERSON, 2, claims=True, reason=" ")
    for attempt in range(2):
        with transaction(world.engine) as session:
            if attempt:
                with pytest.raises(ConflictError, match="claim_decided"):
                    claims.decide_claim(
                        world.office, session, "9999", case, PERSON, 2, claims=False, reason="Nej."
                    )
            else:
                claims.decide_claim(
                    world.office, session, "9999", case, PERSON, 2, claims=True, reason="Lönen var känd."
                )
    assert "claim" in world.messages(case)
    letter = notices(world, "claim_made")[-1]
    amount = kronor(claim.amount).replace("\u00a0", " ")
    assert f"att kräva tillbaka {amount} som du har fått för mycket" in letter
    for said in ("Lönen var känd.", "Maj Berg 17, socialsekreterare", "SoL (2025:400) 33 kap."):
        assert said in letter
    assert "ÖVERKLAGAR" not in letter.upper()
    world.whole()


@pytest.mark.parametrize("claims_back", [True, False], ids=["claimed", "waived"])
def test_what_was_paid_too_much_is_not_paid_again_unseen(world: World, case: str, claims_back: bool) -> None:
    """The rent is lowered by mistake and raised again, when the money has long been paid."""
    first = world.decision(case)
    assert first is not None
    correct(world, case, rent(world, case, 500_000))
    again = rent(world, case, 640_000)
    before = world.everything()
    with pytest.raises(ConflictError, match="claim_undecided"):
        correct(world, case, again)
    assert world.everything() == before
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office, session, TENANT, case, PERSON, 2, claims=claims_back, reason="Utrett."
        )
    again = rent(world, case, 640_000)
    with pytest.raises(InputError, match="är krävt tillbaka" if claims_back else "fått behålla dem"):
        correct(world, case, again)
    correct(world, case, replace(again, already=0))
    with reading(world.engine) as session:
        paid = json.loads(session.get_one(MessageRow, (TENANT, f"{case}.payment.3")).payload)["amount"]
    assert paid == 140_000
    world.whole()


def nobody_raises_alone(world: World) -> None:
    """The municipality lets nobody give more alone."""
    here = world.office.municipality(TENANT).model_copy(update={"raise_alone": False, "four_eyes": ()})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: here}})
    world.office = replace(world.office, installation=installation)


@pytest.mark.parametrize(("keeps", "waits"), [(True, True), (False, False)])
def test_what_somebody_keeps_is_paid_once_more_by_two(
    world: World, case: str, keeps: bool, waits: bool
) -> None:
    """Down, let it go, and up again to what the machine came to: each step by itself grants no more."""
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office, session, TENANT, case, PERSON, 2, claims=not keeps, reason="Utrett."
        )
    correct(world, case, replace(rent(world, case, 640_000), already=0))
    with reading(world.engine) as session:
        assert (corrections.awaiting(session, TENANT, case) is not None) == waits
        paid = session.get(MessageRow, (TENANT, f"{case}.payment.3"))
        assert (paid is None) == waits


def decide_claim(
    world: World, case: str, *, claims_back: bool, amount: int | None = None, number: int = 2
) -> None:
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office,
            session,
            TENANT,
            case,
            PERSON,
            number,
            claims=claims_back,
            reason="Utrett.",
            amount=amount,
        )


def claim_of(world: World, case: str) -> tuple[str, int, int]:
    """The state of a claim, what is left of it, and what may still be counted."""
    with reading(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        (claim,) = claims.of_case(session, row)
        lowered = claims.lowerings(session, row)
        return claim.state, claims.left(claim, lowered), claims.may_be_counted(claim, lowered)


def paid(world: World, case: str, number: int) -> int | None:
    with reading(world.engine) as session:
        found = session.get(MessageRow, (TENANT, f"{case}.payment.{number}"))
        return json.loads(found.payload)["amount"] if found is not None else None


def told(world: World, kind: str) -> str:
    return notices(world, kind)[-1].replace("\N{NO-BREAK SPACE}", " ")


CLAIM = 140_000
"""What is paid too much when the rent of 6 400 kr is lowered to 5 000 kr."""


@pytest.mark.parametrize(
    ("first", "already", "left"),
    [
        ("court", CLAIM, ("waived", 0, 0)),
        ("open", CLAIM, ("withdrawn", 0, 0)),
        ("waived", CLAIM, ("waived", 0, 0)),
        ("waived", 40_000, ("waived", 0, 100_000)),
        ("claimed", CLAIM, ("withdrawn", 0, 0)),
        ("claimed", 40_000, ("claimed", 100_000, 100_000)),
        ("part", CLAIM, ("withdrawn", 0, 0)),
        ("part", 40_000, ("claimed", 60_000, 100_000)),
    ],
)
def test_what_the_applicant_has_already_is_not_paid_once_more(
    world: World, case: str, first: str, already: int, left: tuple[str, int, int]
) -> None:
    """The rent is lowered by mistake and given back, by the municipality or by a court."""
    correct(world, case, rent(world, case, 500_000))
    if first != "open":
        amount = 100_000 if first == "part" else None
        decide_claim(world, case, claims_back=first in ("claimed", "part"), amount=amount)
    court = {"kind": CorrectionKind.COURT, "court": "Förvaltningsrätten, mål 1-26"}
    again = rent(world, case, 640_000, **(court if first == "court" else {}))
    for wrong in (-1, CLAIM + 1):
        with pytest.raises(InputError, match=r"Högst 1.400"):
            correct(world, case, replace(again, already=wrong))
    correct(world, case, replace(again, already=already))
    assert paid(world, case, 3) == (CLAIM - already or None)
    assert claim_of(world, case) == left
    said = letters(world)[-1].replace("\N{NO-BREAK SPACE}", " ")
    if already == CLAIM:
        assert "Det nya beslutet ger 1 400 kr mer än det förra. Du har redan fått de pengarna." in said
    else:
        assert "Du har redan fått 400 kr av de pengarna." in said
        assert "Resten, 1 000 kr, betalas ut den" in said
    was = {"claimed": CLAIM, "part": 100_000}.get(first)
    lowered = [
        json.loads(json.dumps(one.payload)) for one in world.recorder.got if one.kind == "claim_lowered"
    ]
    assert [one["amount"] for one in lowered] == ([max(0, was - already)] if was is not None else [])
    with reading(world.engine) as session:
        corrects = document_of(session, chain(session, TENANT, case)[-1]).corrects
    assert corrects is not None
    assert (corrects.difference, corrects.already) == (CLAIM, already)
    world.whole()


def test_what_is_asked_for_is_counted_before_what_was_let_go_of_another_claim(
    world: World, case: str
) -> None:
    """Whoever has been granted what they were paid too much is not asked for it, of whichever claim."""
    correct(world, case, rent(world, case, 500_000))
    correct(world, case, rent(world, case, 400_000))
    decide_claim(world, case, claims_back=True, amount=40_000)
    decide_claim(world, case, claims_back=True, number=3)
    correct(world, case, replace(rent(world, case, 540_000), already=CLAIM))
    assert paid(world, case, 4) is None
    with reading(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        lowered = claims.lowerings(session, row)
        found = [
            (each.state, claims.left(each, lowered), claims.may_be_counted(each, lowered))
            for each in claims.of_case(session, row)
        ]
    assert found == [("withdrawn", 0, 100_000), ("withdrawn", 0, 0)]
    world.whole()


def test_a_part_is_claimed_and_the_rest_let_go(world: World, case: str) -> None:
    correct(world, case, rent(world, case, 500_000))
    for wrong in (0, CLAIM + 1):
        with pytest.raises(InputError, match=r"högst 1.400"):
            decide_claim(world, case, claims_back=True, amount=wrong)
    with pytest.raises(InputError, match="bara när något krävs"):
        decide_claim(world, case, claims_back=False, amount=1)
    decide_claim(world, case, claims_back=True, amount=100_000)
    assert claim_of(world, case) == ("claimed", 100_000, CLAIM)
    letter = told(world, "claim_made")
    assert "att kräva tillbaka 1 000 kr" in letter
    assert (
        "Du har fått 1 400 kr för mycket. Vi kräver tillbaka 1 000 kr. Resten behöver du inte betala."
        in letter
    )
    assert [one.payload["amount"] for one in world.recorder.got if one.kind == "claim"] == [100_000]
    world.whole()


def lower(world: World, case: str, how: Lowering, amount: int | None, paid: int = 0, number: int = 2) -> None:
    world.act(claims.lower_claim, case, number, LoweringWanted(how, amount, paid, "Kravet var fel."))


def say_of_lowering(
    world: World, case: str, who: str = SECOND, *, agrees: bool = True, reason: str = ""
) -> None:
    world.act(claims.approve_lowering, case, 2, who=who, agrees=agrees, reason=reason)


@pytest.mark.parametrize(
    ("how", "amount", "paid_on_it", "left", "back", "kind"),
    [
        (Lowering.WITHDRAWN, None, 0, ("withdrawn", 0), 0, "claim_withdrawn"),
        (Lowering.WITHDRAWN, None, 50_000, ("withdrawn", 0), 50_000, "claim_withdrawn"),
        (Lowering.WITHDRAWN, 100_000, 50_000, ("claimed", 40_000), 10_000, "claim_reduced"),
        (Lowering.WAIVED, None, 0, ("waived", 0), 0, "claim_let_go"),
        (Lowering.WAIVED, None, 50_000, ("claimed", 50_000), 0, "claim_reduced"),
        (Lowering.WAIVED, 40_000, 50_000, ("claimed", 100_000), 0, "claim_reduced"),
    ],
)
def test_a_claim_that_is_made_is_lowered_by_two(
    world: World,
    case: str,
    how: Lowering,
    amount: int | None,
    paid_on_it: int,
    left: tuple[str, int],
    back: int,
    kind: str,
) -> None:
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    decide_claim(world, case, claims_back=True)
    lower(world, case, how, amount, paid_on_it)
    assert claim_of(world, case) == ("claimed", CLAIM, CLAIM), "it waits"
    with pytest.raises(ConflictError, match="claim_waits"):
        lower(world, case, how, amount, paid_on_it)
    with pytest.raises(ConflictError, match="own_proposal"):
        say_of_lowering(world, case, PERSON)
    with reading(world.engine) as session:
        assert [each.id for each in claims.all_awaiting(world.office, session, TENANT)] == [case]
    say_of_lowering(world, case)
    assert claim_of(world, case)[:2] == left
    letter = told(world, kind)
    assert "Kravet var fel." in letter
    assert "Det är godkänt av" in letter
    assert ("Du får tillbaka" in letter) == bool(back)
    (message,) = [one.payload for one in world.recorder.got if one.kind == "claim_lowered"]
    assert (message["amount"], message["pay_back"]) == (left[1], back)
    assert message["claim"] == f"{case}.claim.2"
    world.whole()


def test_a_case_waits_once_for_all_its_claims(world: World, case: str) -> None:
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    correct(world, case, rent(world, case, 400_000))
    for number in (2, 3):
        decide_claim(world, case, claims_back=True, number=number)
        lower(world, case, Lowering.WITHDRAWN, None, number=number)
    with reading(world.engine) as session:
        assert [each.id for each in claims.all_awaiting(world.office, session, TENANT)] == [case]


def test_what_is_paid_back_of_a_claim_that_is_let_go_is_told(world: World, case: str) -> None:
    """A later decision gives as much as was paid, while a colleague is asked to waive the rest."""
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    decide_claim(world, case, claims_back=True)
    lower(world, case, Lowering.WAIVED, None, 50_000)
    court = {"kind": CorrectionKind.COURT, "court": "Förvaltningsrätten, mål 1-26"}
    correct(world, case, replace(rent(world, case, 550_000, **court), already=50_000))
    say_of_lowering(world, case)
    assert claim_of(world, case)[:2] == ("waived", 0)
    letter = told(world, "claim_let_go")
    _, message = [one.payload for one in world.recorder.got if one.kind == "claim_lowered"]
    assert (message["amount"], message["pay_back"]) == (0, 50_000)
    assert "Du har betalat 500 kr på kravet. Du får tillbaka 500 kr." in letter
    world.whole()


def test_what_is_wrong_with_a_lowering_is_told(world: World, case: str) -> None:
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    with pytest.raises(ConflictError, match="claim_not_made"):
        lower(world, case, Lowering.WITHDRAWN, None)
    decide_claim(world, case, claims_back=True)
    for how, amount, paid_on_it, said in (
        (Lowering.WITHDRAWN, CLAIM + 1, 0, "claim_not_a_part"),
        (Lowering.WITHDRAWN, 0, 0, "claim_not_a_part"),
        (Lowering.WAIVED, CLAIM, 1, "claim_not_a_part"),
        (Lowering.WAIVED, None, CLAIM, "claim_is_paid"),
        (Lowering.WITHDRAWN, None, CLAIM + 1, "claim_paid_more"),
    ):
        with pytest.raises(InputError) as caught:
            lower(world, case, how, amount, paid_on_it)
        assert [each.code for each in caught.value.faults] == [said]
    lower(world, case, Lowering.WITHDRAWN, None)
    with pytest.raises(InputError):
        say_of_lowering(world, case, agrees=False)
    say_of_lowering(world, case, agrees=False, reason="Kravet är rätt.")
    assert claim_of(world, case) == ("claimed", CLAIM, CLAIM)
    lower(world, case, Lowering.WITHDRAWN, None)
    correct(world, case, replace(rent(world, case, 640_000), already=CLAIM))
    with pytest.raises(ConflictError, match="claim_lowered_already"):
        say_of_lowering(world, case)
    say_of_lowering(world, case, agrees=False, reason="Kravet är borta.")
    world.whole()


def test_a_claim_that_is_waived_is_told(world: World, case: str) -> None:
    correct(world, case, rent(world, case, 500_000))
    with transaction(world.engine) as session:
        claims.decide_claim(world.office, session, "9999", case, PERSON, 2, claims=False, reason="Vårt fel.")
    assert "claim" not in world.messages(case)
    letter = notices(world, "claim_waived")[-1]
    assert "Du behöver inte betala något." in letter
    assert "Vårt fel." in letter


@pytest.mark.parametrize("kind", [CorrectionKind.MISTAKE, CorrectionKind.CHANGE])
def test_a_correction_that_changes_nothing_is_refused(world: World, case: str, kind: CorrectionKind) -> None:
    """The same outcome, amount and rows: no decision and no letter. A court may have judged so."""
    wanted = rent(world, case, 640_000, kind=kind)
    wanted = replace(wanted, said=wanted.said.model_copy(update={"lines": []}))
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, case)
    assert decision is not None
    assert (decision.outcome, decision.granted) == (wanted.said.outcome, wanted.said.granted)
    before = world.everything()
    with pytest.raises(InputError, match="detsamma som det gällande"):
        correct(world, case, wanted)
    assert world.everything() == before
    court = "Förvaltningsrätten i Exempelstad, mål 17-26, den 2 december 2026"
    correct(world, case, replace(wanted, kind=CorrectionKind.COURT, court=court))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"lines": [{"line": 77, "amount": "5", "reason": "Avin."}]}, {"/decided/lines/0/line"}),
        (
            {"lines": [{"line": 3, "amount": "5", "reason": ""}]},
            {"/decided/lines/0/reason"},
        ),
        (
            {"granted": "1", "reason": " ", "lines": []},
            {"/decided/granted", "/decided/reason"},
        ),
        ({"outcome": None, "lines": []}, {"/decided/outcome"}),
    ],
)
def test_what_is_wrong_in_what_a_correction_decides_is_told_where_it_was_sent(
    world: World, case: str, changed: dict[str, Any], told: set[str]
) -> None:
    wanted = rent(world, case, 640_000)
    said = {**wanted.said.model_dump(mode="json"), "granted": "12010.00", **changed}
    with pytest.raises(InputError) as refused:
        correct(world, case, replace(wanted, said=validated(PersonsDecision, said)))
    assert {each.pointer for each in refused.value.faults} == told


def test_a_corrected_decision_and_a_double_click(world: World, case: str) -> None:
    wanted, version = rent(world, case, 730_000), world.row(case).version
    correct(world, case, wanted, version=version)
    before = world.everything()
    with pytest.raises(StaleError):
        correct(world, case, wanted, version=version)
    with pytest.raises(ConflictError, match="decision_not_in_force") as refused:
        correct(world, case, wanted)
    with reading(world.engine) as session:
        assert refused.value.fault.values["latest"] == chain(session, TENANT, case)[-1].id
    assert world.everything() == before
    correct(world, case, rent(world, case, 600_000, kind=CorrectionKind.MISTAKE))
    with reading(world.engine) as session:
        assert chain(session, TENANT, case)[0] == world.decision(case)
        assert len(chain(session, TENANT, case)) == 3
    world.whole()


@pytest.fixture
def by_two(world: World, case: str) -> str:
    """The same where the municipality wants a second person for what a person changes."""
    own = world.office.municipality(TENANT).model_copy(update={"four_eyes": (FourEyes.DEVIATE,)})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)
    return case


def approve(world: World, found: str, who: str, *, agrees: bool = True, reason: str = "") -> None:
    world.act(corrections.approve_correction, found, who=who, agrees=agrees, reason=reason)


def test_a_correction_waits_for_a_second_person(world: World, by_two: str) -> None:
    before, messages = world.decision(by_two), world.messages(by_two)
    assert before is not None
    correct(world, by_two, rent(world, by_two, 730_000))
    with reading(world.engine) as session:
        waits = corrections.awaiting(session, TENANT, by_two)
        assert waits is not None
        assert waits.signed == "Maj Berg 17, socialsekreterare"
        assert in_force(session, TENANT, by_two) == before
        assert [row.id for row, _ in corrections.all_awaiting(world.office, session, TENANT)] == [by_two]
    assert world.messages(by_two) == messages
    assert world.trail(by_two)[-1] == ("human_action", "proposed")
    with pytest.raises(ConflictError, match="own_proposal"):
        approve(world, by_two, PERSON)
    with pytest.raises(ConflictError, match="correction_waits"):
        correct(world, by_two, rent(world, by_two, 600_000), who=SECOND)
    approve(world, by_two, SECOND)
    with reading(world.engine) as session:
        found = in_force(session, TENANT, by_two)
        assert found is not None
        assert (found.decided_by, found.approved_by) == (PERSON, SECOND)
        assert corrections.awaiting(session, TENANT, by_two) is None
    assert world.messages(by_two).count("payment") == 2
    assert "Det är godkänt av Maj Berg 18, socialsekreterare." in letters(world)[-1]
    with pytest.raises(ConflictError, match="nothing_to_approve"):
        approve(world, by_two, SECOND)
    world.whole()


def test_a_second_person_says_why_not_and_another_takes_its_place(world: World, by_two: str) -> None:
    first, messages = world.decision(by_two), world.messages(by_two)
    correct(world, by_two, rent(world, by_two, 730_000))
    correct(world, by_two, rent(world, by_two, 600_000))
    with pytest.raises(InputError):
        approve(world, by_two, SECOND, agrees=False, reason=" ")
    approve(world, by_two, SECOND, agrees=False, reason="Hyran är inte styrkt.")
    with reading(world.engine) as session:
        assert in_force(session, TENANT, by_two) == first
        assert corrections.awaiting(session, TENANT, by_two) is None
    assert world.messages(by_two) == messages
    assert world.trail(by_two)[-1] == ("human_action", "not_approved")
    correct(world, by_two, rent(world, by_two, 650_000), who=SECOND)
    approve(world, by_two, PERSON)
    with reading(world.engine) as session:
        last = in_force(session, TENANT, by_two)
        assert last is not None
        assert (last.decided_by, last.approved_by) == (SECOND, PERSON)
    world.whole()


def test_a_court_is_named_and_nobody_else(world: World, case: str) -> None:
    for wanted in (
        rent(world, case, 730_000, kind=CorrectionKind.COURT),
        rent(world, case, 730_000, court="mål 17-26"),
    ):
        with pytest.raises(InputError, match="domstol"):
            correct(world, case, wanted)
    court = "Förvaltningsrätten i Exempelstad, mål 17-26, den 2 december 2026"
    correct(world, case, rent(world, case, 730_000, kind=CorrectionKind.COURT, court=court))
    letter = letters(world)[-1]
    assert court in letter
    assert "står det i domstolens avgörande hur du överklagar det" in letter
    assert "Skriv till" not in letter, "Nobody appeals against a judgment to the court that gave it."


def test_only_what_is_decided(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    said = validated(PersonsDecision, {"assessment": 1, "outcome": "AVSLAG", "granted": 0, "reason": "x"})
    with pytest.raises(ConflictError, match="cannot_correct"):
        correct(world, found, CorrectionWanted(CorrectionKind.CHANGE, "x", said))


def test_later_months_rest_on_what_is_in_force(world: World, case: str) -> None:
    """The rent that was approved later is the one that the next month knows."""
    correct(world, case, rent(world, case, 730_000))
    world.clock.forward(days=30)
    december = world.apply(application(1, DECEMBER, costs=[RENT]))
    with reading(world.engine) as session:
        known = json.loads(session.get_one(MessageRow, (TENANT, f"{case}.payment.2")).payload)
        assert known["amount"] > 0
        row = session.get_one(type(world.row(case)), (TENANT, case))
        later = [other.id for other, _ in later_months(session, row)]
    if world.state(december) == ApplicationState.DECIDED:
        assert later == [december]
    assert "HYRA_ÖVER_GRÄNS" not in (
        world.reasons(december) if world.state(december) == ApplicationState.HANDLAGGARE else []
    )


def test_a_month_that_a_correction_pays_is_not_paid_again(world: World) -> None:
    first, second = world.apply(application(1, OCTOBER)), world.apply(application(1, OCTOBER))
    for each in (first, second):
        world.claim(each)
    world.decide(first, "AVVISNING", 0, "Dubblett.")
    world.decide(second)
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, first)
        assert decision is not None
        base = document_of(session, decision).calculation
    assert base is not None
    said = {"assessment": 1, "outcome": "BIFALL", "reason": "Fel avvisad."}
    lines = [{"kind": "norm", "text": "Mat", "amount": 100, "provision": "SoL", "reason": "x"}]
    total = sum(-each.amount if each.kind == "income" else each.amount for each in base.lines) + 10_000
    given = validated(PersonsDecision, {**said, "granted": as_kronor(total), "lines": lines})
    with pytest.raises(ConflictError, match="month_already_paid"):
        correct(world, first, CorrectionWanted(CorrectionKind.CHANGE, decision.id, given))


@pytest.mark.parametrize(
    ("told", "due"),
    [
        (date(2026, 11, 5), date(2026, 11, 26)),
        (date(2026, 12, 4), date(2026, 12, 28)),
        (date(2026, 10, 31), date(2026, 11, 23)),
    ],
)
def test_three_weeks_and_the_next_working_day(told: date, due: date) -> None:
    assert appeals.due_by(told) == due


def appeal(world: World, found: str, received: date, told: date, text: str = "Hyran är rimlig.") -> None:
    with transaction(world.engine) as session:
        decision = in_force(session, TENANT, found)
        assert decision is not None
        appeals.receive_appeal(
            world.office,
            session,
            "9999",
            found,
            PERSON,
            decision=decision.id,
            received=received,
            told=told,
            text=text,
        )


@pytest.mark.parametrize(
    ("received", "told", "codes"),
    [
        (0, -2, ["told_before_decision"]),
        (0, 1, ["told_in_future"]),
        (1, 0, ["appeal_in_future"]),
        (-1, 0, ["appeal_before_told"]),
        (1, -2, ["told_before_decision", "appeal_in_future"]),
    ],
)
def test_days_that_cannot_be_are_each_told_for_what_they_are(
    world: World, case: str, received: int, told: int, codes: list[str]
) -> None:
    today = world.clock.now.date()
    with pytest.raises(InputError) as wrong:
        appeal(world, case, today + timedelta(days=received), today + timedelta(days=told))
    assert [each.code for each in wrong.value.faults] == codes


def test_an_appeal_that_says_nothing_is_not_noted(world: World, case: str) -> None:
    told = world.clock.now.date()
    with pytest.raises(InputError, match="Skriv vad överklagandet säger"):
        appeal(world, case, told, told, " ")


def test_an_appeal_in_time_goes_to_the_court_with_everything(world: World, case: str) -> None:
    letters(world)
    told = world.clock.now.date()
    appeal(world, case, told, told)
    with transaction(world.engine) as session, pytest.raises(ConflictError, match="appeal_in_time"):
        appeals.dismiss(world.office, session, "9999", case, PERSON, 1, "För sent.")
    with transaction(world.engine) as session:
        appeals.forward(world.office, session, "9999", case, PERSON, 1)
    with transaction(world.engine) as session, pytest.raises(ConflictError, match="appeal_ended"):
        appeals.forward(world.office, session, "9999", case, PERSON, 1)
    while deliver(world.office):
        pass
    sent = next(one.payload for one in world.recorder.got if one.kind == "appeal")
    assert sent["appeal"]["text"] == "Hyran är rimlig."
    assert len(sent["decisions"]) == len(sent["letters"]) == 1
    assert sent["application"]["people"][0]["first_name"] == "Alma"
    letter = notices(world, "appeal_forwarded")[-1]
    assert f"kom till oss den {day_in_words(told)}. Det kom i tid." in letter
    assert world.office.municipality(TENANT).sender.court in letter
    world.whole()


def test_an_appeal_that_is_late_is_dismissed_with_reasons(world: World, case: str) -> None:
    told = world.clock.now.date()
    with pytest.raises(InputError, match="efter i dag"):
        appeal(world, case, appeals.due_by(told), told)
    world.clock.forward(days=40)
    appeal(world, case, world.clock.now.date(), told)
    with transaction(world.engine) as session, pytest.raises(ConflictError, match="appeal_late"):
        appeals.forward(world.office, session, "9999", case, PERSON, 1)
    with transaction(world.engine) as session:
        appeals.dismiss(world.office, session, "9999", case, PERSON, 1, "Kom efter tre veckor.")
    assert world.trail(case)[-1] == ("human_action", "appeal_dismissed")
    letter = notices(world, "appeal_dismissed")[-1]
    assert f"skulle ha kommit in senast den {day_in_words(appeals.due_by(told))}" in letter
    for said in ("Kom efter tre veckor.", "FL (2017:900) 45 §", "SÅ HÄR ÖVERKLAGAR DU"):
        assert said in letter
    with transaction(world.engine) as session, pytest.raises(InputError):
        appeals.receive_appeal(
            world.office,
            session,
            "9999",
            case,
            PERSON,
            decision=session.get_one(type(world.decision(case)), (TENANT, case)).id,  # type: ignore[arg-type]
            received=date(2020, 1, 1),
            told=date(2020, 1, 1),
            text="x",
        )
