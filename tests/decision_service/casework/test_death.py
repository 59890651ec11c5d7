"""Somebody has died: the machine decides nothing, and nothing is asked of the dead or paid to them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from audit.trail import read_case
from decision_service.casework import handlaggare, outbox
from decision_service.casework.addressees import addressees_of
from decision_service.casework.agreement import disagreements
from decision_service.casework.contents import contents
from decision_service.casework.death import SaidDead, note_death
from decision_service.casework.delivery import deliver, try_again, undelivered
from decision_service.casework.papers import written_off_letters
from decision_service.casework.writing_off import take_up_again, to_take_up, write_off
from decision_service.planning import participants, sending
from decision_service.planning.sending import send_plan
from decision_service.planning.steps.planning import PlanStep
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.registers.port import Answers, checked
from decision_service.store.database import reading, transaction
from decision_service.store.refused import ConflictError
from decision_service.store.tables import ApplicationRow, ApplicationState, MessageRow, PartyRow
from norms.month import Month
from tests.decision_service.api.test_beside_protected import together
from tests.decision_service.planning.test_protection import enrol
from tests.world.office import PERSON, World, all_clear
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, incomplete, personal_number

DAY = "2026-09-20"


def dead_in_register(number: str, month: Month) -> Answers:
    """Försäkringskassan passes on that the population register has a day of death."""
    agencies = json.loads(json.dumps(all_clear(number, month).agencies))
    agencies["fk"]["formansinformation"]["generellPersoninformation"] = [{"avled": [DAY]}]
    return checked(agencies, number)


def died(world: World, case: str, person: str = "p1", day: str | None = DAY) -> None:
    said = {"person": person, "day": day, "told_by": "dottern", "reason": "Hon visade intyget."}
    with transaction(world.engine) as session:
        note_death(world.office, session, TENANT, case, validated(SaidDead, said), PERSON)


def to_send(world: World, case: str) -> list[str]:
    """What is still to go out of a case."""
    query = select(MessageRow).where(MessageRow.application_id == case)
    with reading(world.engine) as session:
        return sorted(each.kind for each in session.exec(query) if each.next_attempt_at is not None)


def kept_back(world: World) -> list[str]:
    with reading(world.engine) as session:
        return sorted(each.kind for each in undelivered(session, TENANT))


def test_a_register_says_so_and_a_person_is_asked_before_anything_else(world: World) -> None:
    """Also of an application in which something is missing: no letter asks the dead for it."""
    world.registers.script[personal_number(1)] = dead_in_register
    case = world.apply(incomplete(1, NOVEMBER))
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert "AVLIDEN_I_REGISTER" in world.reasons(case)
    assert outbox.REQUEST not in world.messages(case)
    died(world, case)
    world.examine(case)
    assert "AVLIDEN" in world.reasons(case)
    assert "AVLIDEN_I_REGISTER" not in world.reasons(case)


def test_what_is_asked_and_not_sent_is_kept_back_and_the_case_goes_to_a_person(world: World) -> None:
    case = world.apply(incomplete(1, OCTOBER))
    assert (world.state(case), outbox.REQUEST in to_send(world, case)) == (ApplicationState.WAITING, True)
    died(world, case)
    assert to_send(world, case) == []
    world.examine(case)
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert "AVLIDEN" in world.reasons(case)
    assert to_send(world, case) == []
    world.claim(case)
    with pytest.raises(ConflictError) as refused:
        world.act(handlaggare.ask_applicant, case, ["Vad är hyran?"])
    assert refused.value.fault.code == "nobody_to_ask"
    world.whole()


def test_a_question_that_was_closed_is_asked_once_when_the_person_lives(world: World) -> None:
    case = world.apply(incomplete(1, OCTOBER))
    died(world, case)
    world.examine(case)
    died(world, case, day=None)
    assert outbox.REQUEST not in to_send(world, case)
    with reading(world.engine) as session:
        [kept] = undelivered(session, TENANT)
    assert kept.kind == outbox.REQUEST
    assert (kept.error or "").startswith("Frågan stängdes när mottagaren märktes som avliden")
    world.examine(case)
    assert world.state(case) == ApplicationState.WAITING
    assert to_send(world, case).count(outbox.REQUEST) == 1
    world.whole()


def test_a_payment_that_has_not_gone_waits_for_a_person(world: World) -> None:
    case = world.known(1)
    assert outbox.PAYMENT in to_send(world, case)
    died(world, case)
    deliver(world.office)
    assert [each.kind for each in world.recorder.got] == []
    assert {outbox.LETTER, outbox.PAYMENT, outbox.RECEIPT} <= {*kept_back(world)}
    with transaction(world.engine) as session:
        [payment] = [each for each in undelivered(session, TENANT) if each.kind == outbox.PAYMENT]
        assert payment.error is not None
        assert payment.error.startswith("Mottagaren har avlidit.")
        try_again(world.office, session, TENANT, payment.key)
    assert to_send(world, case) == [outbox.PAYMENT]
    world.whole()


def test_what_is_decided_afterwards_is_paid_to_nobody_and_told_to_the_estate(world: World) -> None:
    world.plan(1)
    case = world.receive(application(1, OCTOBER))
    died(world, case)
    world.examine(case)
    world.claim(case)
    world.decide(case)
    query = select(MessageRow).where(MessageRow.kind == outbox.PAYMENT)
    with reading(world.engine) as session:
        [paid] = session.exec(query).all()
    order = json.loads(paid.payload)
    assert (order["account"], order["problem"]) == (None, "Mottagaren har avlidit.")
    [to] = addressees_of(world.row(case))
    assert (to.name, to.digital_mailbox) == ("Dödsboet efter Alma", False)


def test_a_sole_applicants_case_is_written_off_with_its_reason_and_its_letter(world: World) -> None:
    case = world.apply(incomplete(1, OCTOBER))
    died(world, case)
    world.examine(case)
    world.claim(case)
    world.act(write_off, case, "Hon avled innan något var beslutat.")
    assert world.state(case) == ApplicationState.CLOSED
    with reading(world.engine) as session:
        rows = session.exec(select(MessageRow).where(MessageRow.kind == outbox.WRITTEN_OFF_BY_DEATH)).all()
    [written] = contents(world.office, rows)
    assert not isinstance(written, Exception)
    text = " ".join(written["text"].split())  # type: ignore[typeddict-item]
    assert "eftersom den som sökte har avlidit" in text
    assert "Hon avled innan något var beslutat." in text
    assert "Dödsboet efter Alma" in text
    with reading(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        assert len(written_off_letters(session, row)) == 1
        [said] = [
            each
            for each in read_case(session.connection(), world.keys, TENANT, case)
            if "death" in each.personal
        ]
    assert said.personal["death"] == {"person": "p1", "day": DAY, "told_by": "dottern"}
    assert ("written_off", None) in world.trail(case)
    world.whole()


def test_a_case_that_was_written_off_by_mistake_is_taken_up_again(world: World) -> None:
    case, other = world.apply(incomplete(1, OCTOBER)), world.apply(application(1, NOVEMBER))
    died(world, case)
    for each in (case, other):
        world.examine(each)
        world.claim(each)
        world.act(write_off, each, "Hon avled innan något var beslutat.")
    with pytest.raises(ConflictError, match="not_to_be_taken_up"):
        world.act(take_up_again, case, "Hon lever.")
    died(world, case, day=None)
    with reading(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        assert [each.id for each in to_take_up(session, row)] == [other]
    with pytest.raises(InputError):
        world.act(take_up_again, case, " ")
    before = world.everything()
    world.act(take_up_again, case, "Fel person var märkt.")
    assert world.everything() != before
    assert world.state(case) == ApplicationState.RECEIVED
    assert world.trail(case)[-1] == ("human_action", "taken_up")
    with pytest.raises(ConflictError, match="not_to_be_taken_up"):
        world.act(take_up_again, case, "Fel person var märkt.")
    while deliver(world.office):
        pass
    [letter] = [one.payload["text"] for one in world.recorder.got if one.kind == outbox.TAKEN_UP]
    assert "Fel person var märkt." in letter
    assert "Du behöver inte söka på nytt." in " ".join(letter.split())
    world.examine(case)
    assert world.state(case) == ApplicationState.WAITING, "what is missing is asked anew"
    assert not list(disagreements(world.office, TENANT))
    died(world, case)
    world.examine(case)
    world.claim(case)
    world.act(write_off, case, "Hon har avlidit.")
    assert world.state(case) == ApplicationState.CLOSED
    world.whole()


def test_what_is_closed_is_asked_of_nobody_also_not_of_the_one_who_lives(world: World) -> None:
    """Of two both have been asked, and neither has the letter yet."""
    both = together((1, "APPLICANT"), (2, "CO_APPLICANT"))
    case = world.apply(both | {"application": incomplete(1, NOVEMBER)["application"]})
    assert to_send(world, case).count(outbox.REQUEST) == 2
    died(world, case, json.loads(world.row(case).content)["people"][0]["id"])
    assert outbox.REQUEST not in to_send(world, case)
    assert kept_back(world).count(outbox.REQUEST) == 2


def test_of_two_the_one_who_lives_is_asked_and_the_case_is_not_written_off(world: World) -> None:
    case = world.apply(together((1, "APPLICANT"), (2, "CO_APPLICANT")))
    people = json.loads(world.row(case).content)["people"]
    died(world, case, next(each["id"] for each in people if each["role"] == "APPLICANT"))
    world.examine(case)
    assert "AVLIDEN" in world.reasons(case)
    world.claim(case)
    with pytest.raises(ConflictError) as refused:
        world.act(write_off, case, "Sökanden har avlidit.")
    assert refused.value.fault.code == "not_taken_back"
    before = to_send(world, case)
    world.act(handlaggare.ask_applicant, case, ["Vilket konto ska pengarna till?"])
    assert len(to_send(world, case)) == len(before) + 1
    dead = addressees_of(world.row(case))[0]
    query = select(MessageRow).where(MessageRow.application_id == case)
    with reading(world.engine) as session:
        waiting = [each for each in session.exec(query) if each.next_attempt_at is not None]
    assert dead.person not in [json.loads(each.payload).get("to") for each in waiting]


def test_it_holds_in_all_of_the_persons_cases_and_those_that_come_and_the_plan_ends(world: World) -> None:
    enrolled = enrol(world, 1, protected=False)
    first, second = world.apply(application(1, OCTOBER)), world.receive(application(1, NOVEMBER))
    died(world, first)
    later = world.apply(application(1, NOVEMBER.plus(1)))
    for case in (first, second, later):
        assert [each["died"] for each in json.loads(world.row(case).content)["people"]] == [DAY]
    world.examine(second)
    assert {"AVLIDEN"} <= set(world.reasons(second)) & set(world.reasons(later))
    assert outbox.RECEIPT not in to_send(world, later)
    with reading(world.engine) as session:
        left = participants.opened(participants.find(world.office, session, TENANT, enrolled)).enrolment.exit
    assert left is not None
    assert (left.day >= date.fromisoformat(DAY), left.note) == (True, "Har avlidit.")
    died(world, second, day=None)
    for case in (first, second, later):
        assert [each["died"] for each in json.loads(world.row(case).content)["people"]] == [None]
    assert outbox.RECEIPT in to_send(world, world.apply(application(1, OCTOBER.plus(3))))
    with pytest.raises(ConflictError):
        died(world, first, day=None)
    world.whole()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"person": "p9"}, "no_such_person_here"),
        ({"day": "2026-12-01"}, "day_not_yet"),
        ({"day": "1950-01-01"}, "died_before_birth"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(world: World, said: Any, code: str) -> None:
    case = world.apply(application(1, OCTOBER))
    before = world.everything()
    with pytest.raises(InputError) as refused:
        died(world, case, **said)
    assert [each.code for each in refused.value.faults] == [code]
    assert world.everything() == before


def test_an_application_says_of_nobody_that_they_are_dead_in_their_own(world: World) -> None:
    """It is asked about where it is said, and holds nowhere else until somebody here has said it too."""
    sent = application(1, OCTOBER)
    sent["people"].append({"id": "b1", "role": "CHILD", "personal_number": personal_number(2), "died": DAY})
    case = world.apply(sent)
    assert "AVLIDEN" in world.reasons(case)
    other = world.known(2)
    assert world.state(other) == ApplicationState.DECIDED
    assert outbox.RECEIPT in to_send(world, other)
    died(world, case, "b1")
    assert [each["died"] for each in json.loads(world.row(other).content)["people"]] == [DAY]
    later = world.apply(application(2, NOVEMBER))
    assert "AVLIDEN" in world.reasons(later)
    world.whole()


@pytest.mark.parametrize("number", [None, personal_number(2)])
@pytest.mark.parametrize("told", [None, "2026-09-01"])
def test_whoever_applies_does_not_take_back_what_is_said_here(
    world: World, number: str | None, told: str | None
) -> None:
    sent = incomplete(1, OCTOBER)
    child = {"id": "b1", "role": "CHILD", "first_name": "Bo"}
    sent["people"].append(child | ({"personal_number": number} if number else {"born": "2020-05-05"}))
    case = world.receive(sent)
    died(world, case, "b1")
    world.complete(case, {"people": [{"id": "b1", "first_name": "Bosse", "died": told}]})
    [now] = [each for each in json.loads(world.row(case).content)["people"] if each["id"] == "b1"]
    assert (now["first_name"], now["died"]) == ("Bosse", DAY)
    world.whole()


def test_a_plan_that_has_not_gone_waits_for_a_person_too(world: World) -> None:
    enrolled, case = enrol(world, 1, protected=False), world.apply(application(1, OCTOBER))
    today = world.clock.now.date()
    plan = {"decided": today, "first": today, "last": today + timedelta(days=30), "goal": "Arbete"}
    with transaction(world.engine) as session:
        step = PlanStep.model_validate({"step": "plan", "full_time": True, "own_search_hours": 40, **plan})
        version = participants.find(world.office, session, TENANT, enrolled).version
        participants.take(world.office, session, TENANT, enrolled, step, "ask-1", version)
        send_plan(world.office, session, TENANT, enrolled, "ask-1")
    assert sending.KIND in to_send(world, enrolled)
    died(world, case)
    assert sending.KIND not in to_send(world, enrolled)
    assert sending.KIND in kept_back(world)
    died(world, case, day=None)
    assert sending.KIND in to_send(world, enrolled)
    world.whole()


def test_a_mark_that_somebody_with_the_database_alone_takes_away_or_sets_is_told(world: World) -> None:
    case, other = world.apply(application(1, OCTOBER)), world.apply(application(2, OCTOBER))
    died(world, case)
    died(world, other)
    died(world, other, day=None)
    assert not [*disagreements(world.office, TENANT)]
    for marked, of in ((False, case), (True, other)):
        with world.engine.begin() as connection:
            connection.execute(update(PartyRow).where(col(PartyRow.application_id) == of).values(dead=marked))
        assert [each for each in disagreements(world.office, TENANT) if of in each]
