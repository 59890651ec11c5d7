"""A year of a hundred participants, of three hundred in ``make properties``, through the database and the
service's own functions: every figure,
and every fact that the rules read, is that of the bare events as a slow reader counts them; people and the
machine decide on some of them; another municipality sees nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean, median

import pytest
from sqlalchemy import URL
from sqlmodel import Session

from decision_service.casework.knowledge import import_history
from decision_service.commands.played_month import SetClock
from decision_service.follow_up.definitions import Measure, definitions
from decision_service.follow_up.first_meeting import days_to_meeting
from decision_service.follow_up.households import helped_in
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.participants import everybody, quarter_counts
from decision_service.follow_up.process import ProcessStep, process
from decision_service.follow_up.published import published
from decision_service.follow_up.report import report
from decision_service.installation.calendar import SWEDISH
from decision_service.planning import marking, participants
from decision_service.planning.attendance import OneMark
from decision_service.planning.known import planned_activity
from decision_service.planning.participants import Enrol
from decision_service.planning.steps import step_of
from decision_service.reading.swedish_time import begin_of
from decision_service.store.database import reading, transaction
from decision_service.store.refused import NotFoundError
from decision_service.store.tables import ApplicationState, DecisionRow
from norms.month import Month
from tests.world.database import new_database
from tests.world.installation import HANDLES
from tests.world.office import World, new_world, shared_evaluators
from tests.world.people import TENANT, application, personal_number
from tests.world.planning import WAYS
from tests.world.sweeps import share
from tests.world.year import (
    Event,
    Life,
    activity_counts,
    lived,
    plan_of,
    rolling_table,
    sessions,
)
from tests.world.year import (
    days_to_meeting as met,
)

pytestmark = pytest.mark.slow

TODAY = date(2027, 1, 15)
APPLIED = date(2026, 11, 25)
"""When some of the participants apply for December."""
APPLICANTS = 6
"""Of those who do all that was agreed, and of the others."""


@dataclass
class Kept:
    """The year as it is kept, and the bare events."""

    world: World
    lives: list[Life]
    cases: dict[int, str]
    applied: dict[int, str]


@pytest.fixture(scope="module")
def kept(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A share of three hundred on SQLite and of sixty on PostgreSQL."""
    folder = tmp_path_factory.mktemp("year")
    with new_database(server, folder, tables) as url:
        world = new_world(url, folder, shared_evaluators())
        clock = SetClock(begin_of(date(2026, 1, 1)))
        world.office = replace(world.office, clock=clock)
        found = Kept(world, [lived(n) for n in share(range(1, 301 if server is None else 61), 5)], {}, {})
        _live(found, clock)
        clock.to(begin_of(TODAY) + timedelta(hours=9))
        yield found
        world.engine.dispose()


def _live(kept: Kept, clock: SetClock) -> None:
    """Everybody's year month by month: each step on its day, what was marked at the end of the month."""
    events = [(day, life.number, said) for life in kept.lives for day, said in life.events]
    events.sort(key=lambda event: event[:2])
    versions: dict[int, int] = {}
    for month in (Month(2026, number) for number in range(1, 13)):
        of_month = [each for each in events if Month.of(each[0]) == month]
        with transaction(kept.world.engine) as session:
            for day, number, said in of_month:
                clock.to(begin_of(day) + timedelta(hours=12))
                if said["step"] != "mark":
                    _step(kept, session, versions, number, (day, said))
            clock.to(begin_of(month.last) + timedelta(hours=20))
            marks: dict[int, list[OneMark]] = {}
            for day, number, said in of_month:
                if said["step"] == "mark":
                    one = OneMark(activity=said["activity"], day=day, mark=said["mark"])
                    marks.setdefault(number, []).append(one)
            for number, of_person in marks.items():
                case = kept.cases[number]
                marking.mark(kept.world.office, session, TENANT, case, of_person, "ask-1")
        if month == Month.of(APPLIED):
            _decide(kept)


def _step(kept: Kept, session: Session, versions: dict[int, int], number: int, event: Event) -> None:
    """A step, by the function that the API and the pages use."""
    (day, said), office = event, kept.world.office
    if said["step"] == "enrolled":
        names = {"first_name": "Kim", "last_name": f"Ek {number}"}
        given = Enrol(personal_number=personal_number(number), day=day, **names)
        kept.cases[number] = participants.enrol(office, session, TENANT, given, "ask-1").case_id
        versions[number] = 1
        return
    case, step = kept.cases[number], step_of(said)
    participants.take(office, session, TENANT, case, step, "ask-1", versions[number])
    versions[number] += 1


def _decide(kept: Kept) -> None:
    """Some of those who have a plan apply for December; what the machine leaves a person decides."""
    world, month = kept.world, Month(2026, 12)
    there = [each for each in kept.lives if str(plan_of(each, APPLIED, APPLIED)["last"]) > str(APPLIED)]
    there = [one for steady in (True, False) for one in [x for x in there if x.steady is steady][:APPLICANTS]]
    known = {
        "month": str(month.plus(-1)),
        "outcome": "BIFALL",
        "amount": 9000,
        "costs": {"RENT": 6000, "ELECTRICITY": 700},
        "marital_status": "SINGLE",
        "housing_person_count": 1,
    }
    for life in there:
        number = personal_number(life.number)
        with transaction(world.engine) as session:
            months = [known | {"people": [number]}]
            import_history(world.office, session, TENANT, number, months, "admin-1", complete=True)
        case = world.apply(application(life.number, month))
        kept.applied[life.number] = case
        if world.state(case) is ApplicationState.HANDLAGGARE:
            world.claim(case)
            world.decide(case)


@pytest.fixture
def session(kept: Kept) -> Iterator[Session]:
    with reading(kept.world.engine) as found:
        yield found


def test_the_year_has_what_a_year_has(kept: Kept) -> None:
    steps = {said["step"] for life in kept.lives for _, said in life.events}
    assert {"exit", "return", "breach", "mended", "handed_over", "follow_up", "mark", "side_track"} <= steps
    assert len(kept.cases) == len(kept.lives)


def test_every_figure_of_the_rolling_table(kept: Kept, session: Session) -> None:
    people = everybody(session, TENANT).values()
    for until in (Month(2026, number) for number in range(1, 13)):
        first, last = until.plus(-11).first, until.last
        counts = rolling_table(kept.lives, first, last)
        rest = counts["RIGHT_BENEFIT"] + counts["MOVED"] + counts["OTHER"]
        to_work = counts["WORK"] + counts["STUDIES"]
        known = {
            Measure.ENROLLED: counts["enrolled"],
            Measure.WORK: counts["WORK"],
            Measure.STUDIES: counts["STUDIES"],
            Measure.OTHER: rest,
            Measure.ENDED: to_work + rest,
            Measure.WORK_OR_STUDIES: to_work,
            Measure.REMAIN: counts["enrolled"] - to_work - rest,
        }
        for found in (outcomes(people, first, last).figures, published(people, until).figures):
            told = {each: count for each, count in found.items() if count is not None and each in known}
            assert told == {each: known[each] for each in told}, until
            assert all(count == 0 or count >= 5 for count in told.values())
    if len(kept.lives) >= 300:
        whole = outcomes(people, date(2026, 1, 1), date(2026, 12, 31)).figures
        assert None not in whole.values()
        assert whole[Measure.SHARE_ENDED] == (200 * (to_work + rest) // counts["enrolled"] + 1) // 2


def test_every_count_of_a_quarter(kept: Kept, session: Session) -> None:
    for first in (Month(2026, number) for number in (1, 4, 7, 10)):
        counts = activity_counts(kept.lives, first.first, first.plus(2).last)
        found = quarter_counts(kept.world.office, session, TENANT, first).figures
        shown = {
            Measure.ASSIGNED: "assigned",
            Measure.DECLINED: "declined",
            Measure.HOURS_ASSIGNED: "hours",
            Measure.HOURS_ATTENDED: "attended",
            Measure.HOURS_UNMARKED: "unmarked",
        }
        for measure, name in shown.items():
            small = 0 < counts["declined" if name == "declined" else "assigned"] < 5
            assert found[measure] == (None if small else counts[name]), (first, measure)
        assert quarter_counts(kept.world.office, session, TENANT, first).figures == found, "as remembered"


def test_the_days_to_the_first_meeting_and_the_steps(kept: Kept, session: Session) -> None:
    """As far as they are shown beside those of the months before."""
    people, last = list(everybody(session, TENANT).values()), Month(2026, 12)
    days = met(kept.lives, date(2026, 1, 1), last.last)
    found = days_to_meeting(people, last)
    assert (found.median, found.mean) in ((None, None), (median(days), round(fmean(days), 1)))
    steps = {each.step: each for each in process(people, last, WAYS, SWEDISH)}
    for step, name in ((ProcessStep.MEETING, "meeting"), (ProcessStep.CONTACT, "contact")):
        count = sum(len(list(life.of(name))) for life in kept.lives)
        assert steps[step].taken in ((count, None) if count >= 5 else (None,))


@pytest.mark.parametrize("control", [Month(2026, month) for month in (2, 5, 8, 11)])
def test_every_fact_that_the_rules_read(kept: Kept, session: Session, control: Month) -> None:
    """Of everybody who had begun, and no fact beside these."""
    office, number_of = kept.world.office, {}
    for life in kept.lives:
        if life.events[0][0] <= control.last:
            number_of[office.pseudonym(TENANT, personal_number(life.number))] = life
    told = planned_activity(office, session, TENANT, list(number_of), control.plus(1), {})
    assert told.keys() == number_of.keys()
    for person, life in number_of.items():
        assert told[person]["plan"] == plan_of(life, control.first, control.last), life.number
        found = sorted(
            (each["day"], each["kind"], each["hours"], each["mark"])
            for each in told[person]["sessions"]
            if each["day"][:7] == str(control)
        )
        assert found == sorted(
            (str(day), kind, hours, mark)
            for day, kind, hours, mark in sessions(life, control.first, control.last)
        ), life.number


def test_people_and_the_machine_decide_by_what_was_planned(kept: Kept, session: Session) -> None:
    """Each decision is read by itself; the report has their sums."""
    office, month = kept.world.office, Month.of(APPLIED)
    rows = [session.get_one(DecisionRow, (TENANT, case)) for case in kept.applied.values()]
    if len(kept.lives) > 20:  # of so few as are tried on PostgreSQL all may be of one kind
        assert {each.automatic for each in rows} == {True, False}
    helped, machine = [each for each in rows if each.granted > 0], sum(each.automatic for each in rows)
    assert len(helped) >= 5, "so few that nothing is told"
    told = machine == 0 or 5 <= machine <= len(rows) - 5
    expected = {
        Measure.HOUSEHOLDS: len(helped),
        Measure.PERSONS: len(helped),
        Measure.CHILDREN: 0,
        Measure.PAID: sum(each.granted for each in helped) / 100,
        Measure.LONG_TERM: 0,
        Measure.SHARE_AUTOMATED: (200 * machine + len(rows)) // (2 * len(rows)) if told else None,
    }
    found = {
        each.name: each.value
        for section in report(office, session, TENANT, month).sections
        if section.key == "bistånd"
        for each in section.cells
    }
    named = definitions().measures
    assert found == {named[measure].name: value for measure, value in expected.items()}


def test_a_new_day_changes_its_own_quarter(kept: Kept, session: Session) -> None:
    """What is remembered is counted again of those of whom something was marked, and of nobody else."""
    office, quarters = kept.world.office, [Month(2026, number) for number in (1, 4, 7, 10)]
    before = [quarter_counts(office, session, TENANT, each).figures for each in quarters]
    life, day, said = next(
        (life, day, said)
        for life in kept.lives
        for day, said in life.of("mark")
        if said["mark"] == "ABSENT"
        and day.month > 9
        and any(
            other["kind"] != "OWN_JOB_SEARCH"
            for _, other in life.of("assign")
            if other["id"] == said["activity"]
        )
    )
    made = OneMark(activity=said["activity"], day=day, mark="PRESENT")
    with transaction(kept.world.engine) as changing:
        marking.mark(office, changing, TENANT, kept.cases[life.number], [made], "ask-1")
    session.rollback()
    after = [quarter_counts(office, session, TENANT, each).figures for each in quarters]
    assert after[:3] == before[:3]
    assert after[3] == {**before[3], Measure.HOURS_ATTENDED: (before[3][Measure.HOURS_ATTENDED] or 0) + 4}


def test_another_municipality_sees_nothing_of_it(kept: Kept, session: Session) -> None:
    assert everybody(session, HANDLES) == {}
    for case in list(kept.cases.values())[:10]:
        with pytest.raises(NotFoundError):
            participants.find(kept.world.office, session, HANDLES, case)
    assert helped_in(session, HANDLES, Month.of(APPLIED), kept.world.office.clock()) == []


def test_the_log_vouches_for_the_whole_year(kept: Kept) -> None:
    kept.world.whole()
