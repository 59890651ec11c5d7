"""What was paid too much is claimed back, let go, taken down or counted, and never asked for twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from decision_service.casework import claims, corrections
from decision_service.casework.chain import chain
from decision_service.casework.claims import Lowering, LoweringWanted
from decision_service.casework.decisions import document_of
from decision_service.casework.rows import ConflictError
from decision_service.decision.document import CorrectionKind
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, ClaimRow, MessageRow
from rules.texts import kronor
from tests.world.correcting import correct, granted_in_part, letters, nobody_raises_alone, notices, rent
from tests.world.office import PERSON, SECOND, World
from tests.world.people import TENANT


@pytest.fixture
def case(world: World) -> str:
    return granted_in_part(world)


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


def test_what_was_paid_on_a_claim_is_remembered_when_a_later_decision_counts(world: World, case: str) -> None:
    """A part is let go when a part has been paid, and a later decision leaves less than that."""
    nobody_raises_alone(world)
    correct(world, case, rent(world, case, 500_000))
    decide_claim(world, case, claims_back=True)
    lower(world, case, Lowering.WAIVED, 40_000, 50_000)
    say_of_lowering(world, case)
    court = {"kind": CorrectionKind.COURT, "court": "Förvaltningsrätten, mål 1-26"}
    correct(world, case, replace(rent(world, case, 590_000, **court), already=90_000))
    assert claim_of(world, case)[:2] == ("claimed", 10_000)
    assert "Du har betalat 500 kr på kravet. Du får tillbaka 400 kr." in told(world, "claim_reduced")
    first, then = [one.payload for one in world.recorder.got if one.kind == "claim_lowered"]
    assert (first["amount"], first["pay_back"]) == (100_000, 0)
    assert (then["amount"], then["pay_back"]) == (10_000, 40_000)
    lower(world, case, Lowering.WITHDRAWN, None, 10_000)
    say_of_lowering(world, case)
    assert "Du får tillbaka 100 kr." in told(world, "claim_withdrawn")
    last = [one.payload for one in world.recorder.got if one.kind == "claim_lowered"][-1]
    assert (last["amount"], last["pay_back"]) == (0, 10_000)
    world.whole()
