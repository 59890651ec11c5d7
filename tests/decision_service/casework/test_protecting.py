"""Somebody is marked as protected by hand, at once everywhere; and a protection ends when two say so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import imports, own_data, protecting
from decision_service.casework.addressees import addressees_of
from decision_service.casework.protecting import Protection, SaidOfSomebodyHere, answer_end, keep, propose_end
from decision_service.casework.rows import find
from decision_service.planning import participants
from decision_service.planning.grounds import SaidIn
from decision_service.planning.protected_before import WHY, upgrade
from decision_service.planning.steps import step_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.registers.port import Answers, checked
from decision_service.store.database import reading, transaction
from decision_service.store.hiding import hide
from decision_service.store.refused import ConflictError, NotFoundError
from decision_service.store.tables import ApplicationRow, ProtectionRow, TaskRow, UnsealedRow
from norms.month import Month
from tests.decision_service.api.test_beside_protected import together
from tests.decision_service.planning.test_protection import enrol, is_protected, marked, names
from tests.world.office import PERSON, SECOND, World, all_clear
from tests.world.people import NOVEMBER, TENANT, application, personal_number

WHY_ENDED = "Skatteverket har upphävt markeringen."
HOME = {"street": "Exempelgatan 1", "postalCode": "999 99", "city": "Exempelstad"}


def marking(number: str, month: Month) -> Answers:
    """CSN marks the person; everybody else answers as of anybody."""
    agencies = json.loads(json.dumps(all_clear(number, month).agencies))
    agencies["csn"] = agencies["csn"] | {"Personer": {"Person": {"Status": "", "sekretess": "S"}}}
    return checked(agencies, number)


def grounds(world: World, case: str) -> list[Protection]:
    with reading(world.engine) as session:
        return protecting.of_case(world.office, session, TENANT, case)


def asked(world: World) -> list[str]:
    """The questions that wait for somebody."""
    with reading(world.engine) as session:
        return [each.question for each in protecting.to_decide(world.office, session, TENANT)]


def end(world: World, protection: str, second: str = SECOND) -> None:
    with transaction(world.engine) as session:
        propose_end(world.office, session, TENANT, protection, PERSON, "handlaggning", WHY_ENDED)
    with transaction(world.engine) as session:
        answer_end(world.office, session, TENANT, protection, second, "handlaggning", agrees=True, reason="")


def said_protected(world: World, case: str) -> list[bool]:
    """What an application says of each of its people."""
    return [one["protected"] for one in json.loads(world.row(case).content)["people"]]


def test_a_mark_by_hand_takes_effect_at_once_everywhere(world: World) -> None:
    form = application(1, NOVEMBER, address=HOME)
    case, earlier = world.apply(form), world.receive(together((1, "APPLICANT"), (2, "CO_APPLICANT")))
    near, takes_part = world.receive(together((2, "APPLICANT"))), enrol(world, 1, protected=False)
    assert addressees_of(world.row(case))[0].address
    world.claim(case)
    with transaction(world.engine) as session:
        hide(session, lists=False)
        number = personal_number(1)
        people = json.loads(find(session, TENANT, case).content)["people"]
        said = {"person": next(one["id"] for one in people if one["personal_number"] == number)}
        said |= {"basis": "SEKRETESSMARKERING", "told_by": "Mamman", "reason": "Hon ringde."}
        own = validated(SaidOfSomebodyHere, said)
        protecting.mark_in_application(world.office, session, TENANT, case, own, PERSON)
    with reading(world.engine) as session:
        hide(session, lists=True)
        assert session.exec(select(ApplicationRow)).all() == []
        with pytest.raises(NotFoundError):
            find(session, TENANT, case)
        assert protecting.to_decide(world.office, session, TENANT) == []
    assert [is_protected(world, each) for each in (earlier, case, near, takes_part)] == [True] * 4
    assert [to.address for to in addressees_of(world.row(case))] == [()]
    assert [said_protected(world, each) for each in (case, earlier, near)] == [[True], [True, False], [False]]
    with reading(world.engine) as session:
        assert session.get_one(TaskRow, (TENANT, case)).claimed_by is None
    assert world.trail(case)[-1] == ("human_action", "noted")  # as any note
    later = world.apply(application(1, NOVEMBER.plus(1)))
    assert said_protected(world, later) == [True]
    assert "SKYDDADE_UPPGIFTER" in world.reasons(later)
    with reading(world.engine) as session:
        package = own_data.own_data(world.office, session, TENANT, number, protected=True)
    [told] = package["protection"]
    assert (told["basis"], told["told_by"]) == ("SEKRETESSMARKERING", "Mamman")
    world.whole()


def test_it_ends_when_two_say_so_and_what_was_sent_stays(world: World) -> None:
    case = world.apply(together((1, "APPLICANT"), (2, "CO_APPLICANT"), protected=True))
    takes_part = enrol(world, 2, protected=False)
    also = world.receive(together((3, "APPLICANT"), (2, "CO_APPLICANT"), protected=True))
    first, second = grounds(world, case)[0].row.id, grounds(world, also)[0].row.id
    with transaction(world.engine) as session, pytest.raises(ConflictError):
        answer_end(world.office, session, TENANT, first, SECOND, "x", agrees=True, reason="")
    with pytest.raises(ConflictError):  # one is not two
        end(world, first, PERSON)
    with transaction(world.engine) as session:
        answer_end(world.office, session, TENANT, first, SECOND, "x", agrees=False, reason="Hon är rädd.")
    assert [grounds(world, case)[0].ground.proposed, asked(world)] == [None, []]
    end(world, first)
    assert [is_protected(world, each) for each in (case, also, takes_part)] == [True] * 3
    assert said_protected(world, case) == [False, False]
    end(world, second)
    assert [is_protected(world, each) for each in (case, also, takes_part)] == [False] * 3
    with transaction(world.engine) as session, pytest.raises(ConflictError):
        propose_end(world.office, session, TENANT, second, PERSON, "x", "Igen.")
    world.examine(case)
    assert not is_protected(world, case)
    assert [each.ground.ended is not None for each in grounds(world, case)] == [True]
    again = world.receive(together((1, "APPLICANT"), protected=True))
    assert [is_protected(world, each) for each in (again, case)] == [True, True]
    world.whole()


def test_the_machine_asks_when_a_register_marks_nobody_any_more(world: World) -> None:
    """And only asks: nothing is seen before two people have said so."""
    number = personal_number(1)
    world.registers.script[number] = marking
    case = world.apply(application(1, NOVEMBER))
    [ground] = grounds(world, case)
    assert (ground.ground.source, ground.ground.agencies) == (SaidIn.REGISTER, ("csn",))
    assert said_protected(world, case) == [True]
    with transaction(world.engine) as session:
        propose_end(world.office, session, TENANT, ground.row.id, PERSON, "handlaggning", WHY_ENDED)
    world.apply(application(1, NOVEMBER.plus(2)))  # and CSN marks the person still
    with transaction(world.engine) as session, pytest.raises(ConflictError):
        answer_end(world.office, session, TENANT, ground.row.id, SECOND, "x", agrees=True, reason="")
    world.registers.script[number] = all_clear
    later = world.apply(application(1, NOVEMBER.plus(1)))
    assert [each.startswith("CSN svarade den 28 september 2026 utan") for each in asked(world)] == [True]
    assert [is_protected(world, each) for each in (case, later)] == [True, True]
    with transaction(world.engine) as session, pytest.raises(InputError):
        keep(world.office, session, TENANT, ground.row.id, PERSON, "x", " ")
    with transaction(world.engine) as session:
        keep(world.office, session, TENANT, ground.row.id, PERSON, "x", "Beslutet gäller än.")
    assert asked(world) == []
    end(world, ground.row.id)
    assert [is_protected(world, each) for each in (case, later)] == [False, False]
    world.whole()


def test_the_machine_asks_when_the_time_is_over(world: World) -> None:
    case = enrol(world, 1, protected=False)
    said = {"basis": "SKYDDAD_FOLKBOKFORING", "told_by": "Skatteverket", "reason": "Beslut visades."}
    step = step_of({"step": "details", "protects": said | {"until": "2026-10-31"}})
    with transaction(world.engine) as session:
        participants.take(world.office, session, TENANT, case, step, "ask-1", 1)
    assert (is_protected(world, case), asked(world)) == (True, [])
    world.clock.now += timedelta(days=(date(2026, 11, 1) - world.clock.now.date()).days)
    assert asked(world) == ["Skyddet gällde till och med den 31 oktober 2026. Ska det tas bort?"]
    assert is_protected(world, case)
    end(world, grounds(world, case)[0].row.id)
    assert not is_protected(world, case)
    world.whole()


def test_months_that_name_somebody_protected_hide_whose_they_are(world: World) -> None:
    """In lists, counts and when they are asked for; and not when they were refused."""
    known = names(world, 5, 1)
    protected = world.receive(together((1, "APPLICANT"), protected=True))
    assert is_protected(world, known)

    def waiting() -> list[Any]:
        with reading(world.engine) as session:
            hide(session, lists=True)
            return list(imports.waiting(session, TENANT, "admin-2"))

    assert waiting() == []
    end(world, grounds(world, protected)[0].row.id)
    assert not is_protected(world, known)
    [proposal] = waiting()
    with transaction(world.engine) as session:
        imports.answer(world.office, session, TENANT, proposal.id, "admin-2", agrees=False, reason="Fel.")
    world.receive(together((1, "APPLICANT"), protected=True))
    assert not is_protected(world, known)
    world.whole()


def test_why_is_written_down_at_the_upgrade(world: World) -> None:
    """By what the form says and what registers said at an assessment; once."""
    world.registers.script[personal_number(2)] = marking
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("decision_service.casework.receive.with_grounds", lambda *given: (given[3], []))
        patch.setattr("decision_service.casework.examine.note_answers", lambda *_: [])
        by_form = world.receive(together((1, "APPLICANT"), protected=True))
        by_register = world.apply(application(2, NOVEMBER))
    tied = names(world, 3, 2)
    with transaction(world.engine) as session:
        session.add(UnsealedRow(name=WHY))
    for _ in range(2):
        upgrade(world.office, world.engine)
    found = [[each.ground.source for each in grounds(world, case)] for case in (by_form, by_register)]
    assert found == [[SaidIn.FORM], [SaidIn.REGISTER]]
    assert [is_protected(world, each) for each in (by_form, by_register, tied)] == [True] * 3
    with reading(world.engine) as session:
        assert len(session.exec(select(ProtectionRow)).all()) == 2
    assert marked(world, by_form, 1) == by_form
    world.whole()
