"""A decision waits until the registers can know the month, and no longer than it lasts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from decision_service.casework import sweeps
from decision_service.casework.delivery import deliver
from decision_service.casework.writing_off import take_back
from decision_service.operations.readings import read_figures
from decision_service.registers.port import Answers, checked
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, AssessmentRow, MessageRow
from norms.month import Month
from tests.world.office import World, all_clear, silent
from tests.world.people import NOVEMBER, TENANT, YOUNG, application, incomplete, personal_number
from tests.world.sweeps import rest_slow

Json = dict[str, Any]
MORNING = datetime(2026, 10, 3, 7, 0, tzinfo=UTC)
TOLD = date(2026, 10, 27)


@pytest.fixture
def world(world: World) -> World:
    """The third of October, and somebody who was granted October."""
    world.clock.now = MORNING
    world.imported(YOUNG)
    return world


def payment(day: str, net: int = 1250) -> Json:
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": {"id": "BOB", "beskrivning": "Bostadsbidrag"},
        "datum": day,
        "period": {"fran": day[:7], "till": day[:7]},
        "nettobelopp": {"summa": net, "valuta": "SEK"},
    }


def paid(world: World, *days: str, planned: tuple[str, ...] = ()) -> None:
    """Försäkringskassan has paid on these days, and announced payments on others."""

    def answer(number: str, month: Month) -> Answers:
        agencies = json.loads(json.dumps(all_clear(number, month).agencies))
        found = agencies["fk"]["formansinformation"]
        found["utbetalningsuppgift"] = [payment(day) for day in days]
        found["preliminarautbetalningar"] = [payment(day) for day in planned]
        return checked(agencies, number)

    world.registers.script[personal_number(YOUNG)] = answer


def day_by_day(world: World, found: str, until: datetime) -> None:
    """Sweep once an hour, and examine what is due."""
    while world.clock.now < until:
        world.clock.forward(hours=1)
        sweeps.late(world.office)
        for _, due in sweeps.due(world.office):
            world.examine(due)


def examined(world: World, found: str) -> list[datetime]:
    with transaction(world.engine) as session:
        query = select(AssessmentRow.made_at).where(AssessmentRow.application_id == found)
        return list(session.exec(query.order_by(col(AssessmentRow.number))).all())


def test_waits_and_is_decided_within_24_hours_of_its_day(world: World) -> None:
    found = world.apply(application(YOUNG, NOVEMBER))
    row = world.row(found)
    assert (row.state, row.waits_until) == (ApplicationState.REGISTERS, TOLD)
    assert row.deadline_at == datetime(2026, 10, 27, 23, tzinfo=UTC), "from midnight in Sweden"
    assert world.messages(found) == ["wait"]
    assert world.trail(found)[-1] == ("waiting", None)
    day_by_day(world, found, datetime(2026, 10, 19, 12, tzinfo=UTC))
    assert world.state(found) == ApplicationState.REGISTERS
    asked = examined(world, found)
    assert {each.date() for each in asked} == {date(2026, 10, day) for day in range(3, 20)}
    assert world.messages(found) == ["wait"], "told once"
    assert read_figures(world.office).oldest_undecided.get(TENANT, 0) == 0
    day_by_day(world, found, datetime(2026, 10, 20, 12, tzinfo=UTC))
    assert world.state(found) == ApplicationState.DECIDED, "nothing was expected"
    world.whole()


def incomes(world: World, found: str) -> list[tuple[str, int]]:
    """The lines of incomes of the newest assessment, in kronor."""
    with transaction(world.engine) as session:
        query = select(AssessmentRow).where(AssessmentRow.application_id == found)
        newest = max(session.exec(query).all(), key=lambda row: row.number)
    lines = json.loads(newest.document)["calculation"]["lines"]
    return [(line["label"], line["amount"] // 100) for line in lines if line["kind"] == "income"]


def test_what_is_announced_counts_and_need_not_be_waited_for(world: World) -> None:
    world.clock.now = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)
    paid(world, "2026-09-25", planned=("2026-10-26", "2026-11-26"))
    found = world.apply(application(YOUNG, NOVEMBER))
    assert world.state(found) == ApplicationState.DECIDED, world.reasons(found)
    assert incomes(world, found) == [("Bostadsbidrag", 1250)]


def test_an_announced_payment_that_is_there_is_counted_once(world: World) -> None:
    world.clock.now = datetime(2026, 10, 26, 7, 0, tzinfo=UTC)
    paid(world, "2026-09-25", "2026-10-26", planned=("2026-10-26", "2026-10-27"))
    found = world.apply(application(YOUNG, NOVEMBER))
    assert incomes(world, found) == [("Bostadsbidrag", 1250)], "the second is for the same month and as much"


def test_an_announced_payment_that_did_not_come_is_asked_about(world: World) -> None:
    world.clock.now = datetime(2026, 10, 29, 7, 0, tzinfo=UTC)
    paid(world, "2026-09-26", planned=("2026-10-26",))
    found = world.apply(application(YOUNG, NOVEMBER))
    assert {"PLANERAD_UTBETALNING", "INKOMST_BORTA"} <= set(world.reasons(found))


@pytest.mark.parametrize(
    ("before", "day", "told", "ends"),
    rest_slow(
        [
            (20, 3, 27, date(2026, 10, 27)),  # what came on the 20th in September is missed on the 27th
            (20, 22, 27, date(2026, 10, 27)),
            (28, 22, 32, date(2026, 11, 1)),  # its day may still come
            (28, 27, 32, date(2026, 11, 1)),
        ]
    ),
)
def test_a_payment_that_does_not_come_is_asked_about_when_the_month_is_known(
    world: World, before: int, day: int, told: int, ends: date
) -> None:
    world.clock.now = datetime(2026, 10, day, 7, 0, tzinfo=UTC)
    paid(world, f"2026-09-{before}")
    found = world.apply(application(YOUNG, NOVEMBER))
    assert world.state(found) == ApplicationState.REGISTERS
    assert world.row(found).waits_until == date(2026, 10, 1) + timedelta(days=told - 1)
    day_by_day(world, found, datetime(ends.year, ends.month, ends.day, 12, tzinfo=UTC))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["INKOMST_BORTA"]
    assert world.messages(found).count("wait") == 1
    row = world.row(found)
    assert row.person_due_at - examined(world, found)[-1] <= timedelta(days=3), "a person's clock starts then"
    world.whole()


def test_what_comes_late_ends_the_waiting(world: World) -> None:
    world.clock.now = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)
    paid(world, "2026-09-20")
    found = world.apply(application(YOUNG, NOVEMBER))
    paid(world, "2026-09-20", "2026-10-23")
    day_by_day(world, found, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert world.state(found) == ApplicationState.DECIDED
    assert incomes(world, found) == [("Bostadsbidrag", 1250)]


def test_only_what_the_machine_would_decide_waits(world: World) -> None:
    asked = world.apply(incomplete(YOUNG, NOVEMBER))
    assert world.state(asked) == ApplicationState.WAITING
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, asked)
    world.registers.script[personal_number(YOUNG)] = silent
    assert world.state(world.apply(application(YOUNG, NOVEMBER))) == ApplicationState.HANDLAGGARE


def test_the_month_before_it_is_over_for_an_application_that_comes_late(world: World) -> None:
    world.clock.now = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)
    assert world.state(world.apply(application(YOUNG, NOVEMBER))) == ApplicationState.DECIDED


def test_a_handlaggare_ends_the_waiting(world: World) -> None:
    found = world.apply(application(YOUNG, NOVEMBER))
    world.claim(found)
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["VÄNTAN_AVBRUTEN"]
    assert world.row(found).person_due_at <= MORNING + timedelta(days=3)
    world.decide(found)
    day_by_day(world, found, MORNING + timedelta(days=2))
    assert world.state(found) == ApplicationState.DECIDED
    world.whole()


def test_what_the_applicant_changes_is_looked_at_at_once(world: World) -> None:
    found = world.apply(application(YOUNG, NOVEMBER))
    world.complete(found, {"application": {"otherInformation": "Jag har ingen mat hemma."}})
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.examine(found) == ApplicationState.HANDLAGGARE


def test_a_change_does_not_move_the_day(world: World) -> None:
    found = world.apply(application(YOUNG, NOVEMBER))
    world.clock.forward(days=2)
    world.complete(found, {"application": {"staysInMunicipality": True}})
    assert world.examine(found) == ApplicationState.REGISTERS
    assert world.row(found).waits_until == TOLD
    assert world.messages(found) == ["wait"]


def test_a_machine_that_misses_the_day_gives_it_to_a_person(world: World) -> None:
    found = world.apply(application(YOUNG, NOVEMBER))
    world.clock.now = datetime(2026, 10, 27, 20, 0, tzinfo=UTC)
    sweeps.late(world.office)
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["FRIST_NÄRA"]


def test_what_the_applicant_is_told(world: World) -> None:
    world.apply(application(YOUNG, NOVEMBER))
    while deliver(world.office):
        pass
    with transaction(world.engine) as session:
        query = select(MessageRow.payload).where(MessageRow.kind == "wait")
        text = json.loads(session.exec(query).one())["text"]
    for words in ("27 oktober 2026", "oktober 2026", "24 timmar", "mat, medicin"):
        assert words in " ".join(text.split())
