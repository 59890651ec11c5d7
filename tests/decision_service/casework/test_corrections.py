"""A decision is changed by another one: nothing is written over, and money goes both ways."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from decision_service.casework import appeals, corrections
from decision_service.casework.chain import chain, in_force
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
from decision_service.store.tables import ApplicationState, MessageRow
from norms.month import day_in_words
from tests.world.correcting import RENT, correct, granted_in_part, letters, notices, rent
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application

DECEMBER = NOVEMBER.plus(1)


@pytest.fixture
def case(world: World) -> str:
    return granted_in_part(world)


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
