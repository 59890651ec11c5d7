"""Nobody decides against an applicant on what the applicant has neither said nor been told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from decision_service.casework import corrections, deciding, telling
from decision_service.casework.applicant import state_opinion
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.rows import ConflictError
from decision_service.decision.document import CorrectionKind, HowTold
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.sentences import say_on_page
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState
from tests.world.office import SECOND, Json, World, paying
from tests.world.people import NOVEMBER, TENANT, application, personal_number

RENT = {"costType": "RENT", "appliedAmount": 7300}
SEEN = {"how": "HAR_FÅTT_SE", "reason": "Närvarolistan skickades den 2 november."}


@pytest.fixture
def case(world: World) -> str:
    """A rent above the limit, taken by a person. Nothing else speaks against the applicant."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, costs=[RENT]))
    world.claim(found)
    return found


def decides(world: World, case: str, **said: Any) -> None:
    number = world.row(case).assessments
    world.say(case, {"assessment": number, "granted": 0, "reason": "Har avböjt anvisat arbete.", **said})
    if (
        world.state(case) == ApplicationState.HANDLAGGARE
    ):  # the municipality wants a second person for a refusal
        world.act(deciding.approve, case, agrees=True, reason="", who=SECOND)


def refused(world: World, case: str, **said: Any) -> list[tuple[str, str]]:
    """The faults of a decision that changes nothing."""
    before = world.everything()
    with pytest.raises(InputError) as wrong:
        decides(world, case, **said)
    assert world.everything() == before
    return [(each.code, each.pointer) for each in wrong.value.faults]


def granted(world: World, case: str) -> tuple[int, list[Json]]:
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, case)
        assert decision is not None
        found = document_of(session, decision).model_dump(mode="json")
    return found["granted"], found["calculation"]["lines"]


def test_a_refusal_that_the_calculation_does_not_give_says_how_it_was_told(world: World, case: str) -> None:
    assert refused(world, case, outcome="AVSLAG") == [("ground_not_told", "/told")]
    assert refused(world, case, outcome="AVSLAG", told={**SEEN, "reason": " "}) == [
        ("told_without_reason", "/told/reason")
    ]
    decides(world, case, outcome="AVSLAG", told=SEEN)
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, case)
        assert decision is not None
        told = document_of(session, decision).told
    assert told is not None
    assert (told.how, told.reason) == (HowTold.SHOWN, SEEN["reason"])
    world.whole()


@pytest.mark.parametrize("reason", ["", " ", "Har avböjt anvisat arbete."])
def test_what_nobody_has_shown_is_never_blank_nor_the_officials_own_sentence(
    world: World, case: str, reason: str
) -> None:
    with pytest.raises(InputError) as wrong:
        decides(world, case, outcome="AVSLAG", reason=reason)
    said = " ".join(say_on_page(each) for each in wrong.value.faults)
    assert "sökanden: ." not in said
    assert reason.strip() == "" or reason not in said
    assert "på en grund som ingen har visat sökanden." in said


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            {"kind": "income", "text": "Lön", "provision": "SoL (2025:400) 12 kap. 1 §", "amount": 1000},
            "not_told",
        ),
        ({"line": 1, "amount": "2940.00"}, "ground_not_told"),
    ],
)
def test_what_a_person_puts_against_the_applicant_is_told(
    world: World, case: str, line: Json, code: str
) -> None:
    with transaction(world.engine) as session:
        calculation = telling.standing(session, world.row(case)).document.calculation  # type: ignore[union-attr]
    less = calculation.granted - 100_000 if calculation.granted is not None else 0
    said: Json = {
        "outcome": "DELAVSLAG",
        "granted": as_kronor(less),
        "lines": [{**line, "reason": "Arbetsgivaren ringde."}],
        "reason": "Lön.",
        "checked": True,
    }
    assert refused(world, case, **said) == [(code, "/told")]
    decides(world, case, **said, told={"how": "KAN_INTE_VÄNTA", "reason": "Hyran ska betalas i dag."})
    assert world.state(case) == ApplicationState.DECIDED


def test_a_cost_that_is_cut_needs_no_word(world: World, case: str) -> None:
    decides(world, case, agrees=True, granted=None)
    assert granted(world, case)[0] > 0


@pytest.mark.parametrize("kind", CorrectionKind)
def test_a_correction_to_less_says_how_it_was_told_unless_a_court_has_decided(
    world: World, case: str, kind: CorrectionKind
) -> None:
    decides(world, case, agrees=True, granted=None)
    was, lines = granted(world, case)
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, case)
    assert decision is not None
    lower = {"line": 3, "amount": as_kronor(lines[2]["amount"] - 10_000), "reason": "Avin kom."}
    said = {
        "assessment": 1,
        "outcome": "DELAVSLAG",
        "granted": as_kronor(was - 10_000),
        "lines": [lower],
        "reason": "Hyran är lägre.",
    }
    court = "Förvaltningsrätten, mål 1-26" if kind is CorrectionKind.COURT else ""
    wanted = CorrectionWanted(kind, decision.id, validated(PersonsDecision, said), court)
    if kind is not CorrectionKind.COURT:
        with pytest.raises(InputError) as wrong:
            world.act(corrections.correct, case, wanted)
        found = [(each.code, each.pointer) for each in wrong.value.faults]
        assert found == [("ground_not_told", "/decided/told")]
        wanted = CorrectionWanted(
            kind, decision.id, validated(PersonsDecision, {**said, "told": SEEN}), court
        )
    world.act(corrections.correct, case, wanted)
    assert granted(world, case)[0] == was - 10_000
    world.whole()


@pytest.fixture
def paid(world: World) -> str:
    """A register has paid what the applicant has neither said nor been told of, and a person has the case."""
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    world.imported(1)
    enough = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))
    world.registers.script[personal_number(1)] = enough
    found = world.apply(application(1, NOVEMBER, hasPendingBenefits=True))
    assert {"UTBETALNING_UR_REGISTER", "VÄNTAD_FÖRMÅN"} <= set(world.reasons(found))
    world.claim(found)
    return found


def test_a_person_tells_of_a_payment_and_decides_when_it_is_answered(world: World, paid: str) -> None:
    assert refused(world, paid, agrees=True, granted=None) == [("not_told", "/told")]
    world.act(telling.tell, paid)
    assert world.state(paid) == ApplicationState.STATEMENT
    assert ("communication", "asked") in world.trail(paid)
    with transaction(world.engine) as session:
        said = Body.of(json.dumps({"agrees": True}).encode())
        state_opinion(world.office, session, TENANT, paid, said)
    assert world.examine(paid) == ApplicationState.HANDLAGGARE
    assert "UTBETALNING_UR_REGISTER" not in world.reasons(paid)
    decides(world, paid, agrees=True, granted=None)
    assert granted(world, paid)[0] == 0
    world.whole()


def test_there_is_nothing_to_tell(world: World, case: str) -> None:
    with pytest.raises(ConflictError, match="nothing_to_tell"):
        world.act(telling.tell, case)


def test_every_way_is_in_words_with_where_it_stands() -> None:
    assert telling.ways().keys() == {*HowTold}
    for way in telling.ways().values():
        assert way.text
        assert "25 §" in way.provision
