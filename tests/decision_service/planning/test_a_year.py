"""A year of three hundred participants: every figure, and every fact that the rules read, is counted again
from the bare events by a slow and simple reader that shares no code with the planning."""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.requirement import quarter
from decision_service.installation.calendar import SWEDISH
from decision_service.planning.attendance import AttendanceOfMonth, Marked, Marking
from decision_service.planning.facts import activity_of
from decision_service.planning.participation import Enrolment, Participation
from decision_service.planning.steps import Today, step_of
from norms.month import Month
from tests.world.people import personal_number
from tests.world.planning import WAYS, Json

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
RED = {
    *((1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (6, 6), (6, 19), (6, 20), (10, 31)),
    *((12, 24), (12, 25), (12, 26), (12, 31)),
}
"""The days off of 2026 as an almanac prints them, Sundays apart."""
KINDS = ("MOTIVATION", "LANGUAGE", "JOB_SEARCH", "WORKPLACE", "OWN_JOB_SEARCH")
MARKS = ("PRESENT", "ABSENT_VALID", "ABSENT", "SICK_CERTIFICATE", "SICK", "ELSEWHERE", "CLOSED")
Event = tuple[date, Json]


@dataclass
class Life:
    """What happens to one participant, in order: steps as they are said, and marks."""

    number: int
    events: list[Event] = field(default_factory=list)
    person: Participation | None = None
    months: dict[str, AttendanceOfMonth] = field(default_factory=dict)

    def happens(self, day: date, /, **said: Any) -> None:
        """Something happens, to the planning and in the bare list."""
        self.events.append((day, said))
        if said["step"] == "enrolled":
            self.person = Participation(
                personal_number=personal_number(self.number),
                first_name="Kim",
                last_name=f"Ek {self.number}",
                responsible="ask-1",
                enrolments=(Enrolment(day=day),),
            )
            return
        assert self.person is not None
        if said["step"] == "mark":
            month = self.months.setdefault(f"{day:%Y-%m}", AttendanceOfMonth(month=f"{day:%Y-%m}"))
            mark = Marked(
                day=day,
                activity=said["activity"],
                mark=Marking(said["mark"]),
                by="ask-1",
                at=datetime(2027, 1, 2, tzinfo=UTC),
            )
            self.months[f"{day:%Y-%m}"] = month.with_mark(mark)
            return
        self.person = step_of(said).taken(self.person, Today(day, WAYS, SWEDISH))


def works(day: date) -> bool:
    return day.isoweekday() < 6 and (day.month, day.day) not in RED


def lived(number: int) -> Life:
    """A participant's year, the same each time."""
    chance, life = random.Random(number), Life(number)
    day = FIRST + timedelta(days=chance.randrange(0, 300))
    life.happens(day, step="enrolled")
    while True:
        end = min(LAST, day + timedelta(days=chance.randrange(20, 250)))
        _in_process(life, chance, day, end)
        if end == LAST:
            return life
        reasons = ("WORK", "WORK", "WORK", "STUDIES", "RIGHT_BENEFIT", "MOVED", "OTHER")
        life.happens(end, step="exit", day=str(end), reason=chance.choice(reasons))
        day = end + timedelta(days=chance.randrange(1, 150))
        if chance.random() < 0.5 or day > LAST:
            return life
        life.happens(day, step="return", day=str(day))


def _in_process(life: Life, chance: random.Random, first: date, last: date) -> None:
    """Plans one after the other, with activities, weekly meetings, marks, and sometimes a broken planning."""
    begin = first + timedelta(days=1)
    while begin < last:
        until = min(begin + timedelta(days=chance.randrange(20, 57)), begin + timedelta(days=58))
        life.happens(
            begin,
            step="plan",
            decided=str(begin),
            first=str(begin),
            last=str(until),
            goal="Arbete",
            full_time=True,
        )
        slots = _activities(life, chance, begin, until)
        day = begin
        while day <= min(until, last - timedelta(days=1)):
            _one_day(life, chance, day, slots)
            day += timedelta(days=1)
        begin = until + timedelta(days=1)


def _activities(life: Life, chance: random.Random, first: date, last: date) -> dict[str, set[int]]:
    """One to three activities of four hours a day, most of them taken."""
    found: dict[str, set[int]] = {}
    for place in range(chance.randrange(1, 4)):
        id_ = f"a{len(life.events)}-{place}"
        days = set(chance.sample(range(1, 6), 3))
        life.happens(
            first,
            step="assign",
            id=id_,
            title="Aktivitet",
            kind=chance.choice(KINDS),
            support="COACH",
            first=str(first),
            last=str(last),
            slots=[{"weekday": each, "hours": 4} for each in sorted(days)],
        )
        if chance.random() < 0.9:
            life.happens(first, step="answer", activity=id_, answer="TAKEN", day=str(first))
            found[id_] = days
        else:
            life.happens(
                first, step="answer", activity=id_, answer="DECLINED", day=str(first), reason="Långt."
            )
    return found


def _one_day(life: Life, chance: random.Random, day: date, slots: dict[str, set[int]]) -> None:
    for id_, weekdays in slots.items():
        if works(day) and day.isoweekday() in weekdays and chance.random() < 0.95:
            life.happens(
                day, step="mark", activity=id_, mark=chance.choices(MARKS, (80, 3, 4, 3, 2, 3, 2))[0]
            )
    if day.isoweekday() == 3 and chance.random() < 0.9:
        held = chance.random() < 0.85
        broad = chance.choice([True, False]) if held else None
        life.happens(day, step="follow_up", day=str(day), held=held, broad_job_search=broad)
    if chance.random() < 0.004 and life.person is not None:
        _broken(life, chance, day)


def _broken(life: Life, chance: random.Random, day: date) -> None:
    assert life.person is not None
    number = len(life.person.breaches) + 1
    life.happens(day, step="breach", day=str(day), happened="Kom inte.")
    life.happens(day, step="contact", number=number, day=str(day), account="Var sjuk.", accepted=True)
    if chance.random() < 0.6:
        life.happens(day, step="mended", number=number, day=str(day))
    else:
        life.happens(
            day, step="handed_over", number=number, day=str(day), agreed="Grupp.", happened="Kom inte."
        )


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return [lived(number) for number in range(1, 301)]


# --- the slow reader of bare events


def day_of(text: str) -> date:
    return date.fromisoformat(text)


def stays(life: Life) -> list[tuple[date, date | None, str]]:
    """Each time in the process: first day, day of the exit, and why, empty where the exit was undone."""
    found: list[tuple[date, date | None, str]] = []
    for day, said in life.events:
        if said["step"] in ("enrolled", "return"):
            if found and said["step"] == "return":
                began, left, why = found[-1]
                assert left is not None
                year, month = divmod(left.year * 12 + left.month - 1 + 3, 12)
                limit = date(year, month + 1, min(left.day, calendar.monthrange(year, month + 1)[1]))
                found[-1] = (began, left, "" if day <= limit and why in ("WORK", "STUDIES") else why)
            found.append((day, None, ""))
        elif said["step"] == "exit":
            found[-1] = (found[-1][0], day, said["reason"])
    return found


def sessions(life: Life, first: date, last: date) -> Iterator[tuple[date, str, str, int, str]]:
    """Day, activity, kind, hours and mark of every occasion that was not closed."""
    marks = {(day, said["activity"]): said["mark"] for day, said in life.events if said["step"] == "mark"}
    taken = {said["activity"] for _, said in life.events if said.get("answer") == "TAKEN"}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        inside = any(began <= day and (left is None or day <= left) for began, left, _ in stays(life))
        if not works(day) or not inside:
            continue
        for _, said in life.events:
            if said["step"] != "assign" or said["id"] not in taken:
                continue
            ends = min([day_of(said["last"]), *_exits_after(life, day_of(said["first"]))])
            for slot in said["slots"]:
                mark = marks.get((day, said["id"]), "UNMARKED")
                on = slot["weekday"] == day.isoweekday() and day_of(said["first"]) <= day <= ends
                if on and mark != "CLOSED":
                    yield day, said["id"], said["kind"], slot["hours"], mark


def _exits_after(life: Life, day: date) -> list[date]:
    return [at for at, said in life.events if said["step"] == "exit" and at >= day][:1]


def test_the_year_has_what_a_year_has(lives: list[Life]) -> None:
    steps = {said["step"] for life in lives for _, said in life.events}
    assert {"exit", "return", "breach", "mended", "handed_over", "follow_up", "mark"} <= steps
    assert sum(len(life.events) for life in lives) > 30_000
    assert any(not why and left for life in lives for _, left, why in stays(life)), "nobody came back in time"


@pytest.mark.parametrize("until", [Month(2026, month) for month in (3, 6, 9, 12)])
def test_every_figure_of_the_rolling_table(lives: list[Life], until: Month) -> None:
    first, last = until.plus(-11).first, until.last
    counts = {"enrolled": 0, "WORK": 0, "STUDIES": 0, "rest": 0}
    for life in lives:
        for began, left, why in stays(life):
            if began <= last and (left is None or left >= first):
                counts["enrolled"] += 1
                if left is not None and first <= left <= last and why:
                    counts[why if why in counts else "rest"] += 1
    found = outcomes((life.person for life in lives if life.person is not None), first, last).figures
    known = {
        Measure.ENROLLED: counts["enrolled"],
        Measure.WORK: counts["WORK"],
        Measure.STUDIES: counts["STUDIES"],
        Measure.OTHER: counts["rest"],
        Measure.ENDED: counts["WORK"] + counts["STUDIES"] + counts["rest"],
        Measure.WORK_OR_STUDIES: counts["WORK"] + counts["STUDIES"],
    }
    assert {each: found[each] for each in known if found[each] is not None} == {
        each: count for each, count in known.items() if found[each] is not None
    }
    assert all(known[each] < 5 or found[Measure.ENROLLED] for each in known)
    if until.number == 12:
        assert None not in found.values()
        assert found[Measure.SHARE_ENDED] == int(known[Measure.ENDED] / known[Measure.ENROLLED] * 100 + 0.5)


@pytest.mark.parametrize("first", [Month(2026, month) for month in (1, 4, 7, 10)])
def test_every_hour_of_a_quarter(lives: list[Life], first: Month) -> None:
    hours = {"all": 0, "there": 0, "UNMARKED": 0}
    for life in lives:
        for _, _, kind, each, mark in sessions(life, first.first, first.plus(2).last):
            if kind != "OWN_JOB_SEARCH":
                hours["all"] += each
                hours["there"] += each if mark in ("PRESENT", "ELSEWHERE") else 0
                hours["UNMARKED"] += each if mark == "UNMARKED" else 0
    people = [(life.person, life.months) for life in lives if life.person is not None]
    found = quarter(people, first, date(2027, 1, 15), SWEDISH).figures
    assert found[Measure.HOURS_ASSIGNED] == hours["all"]
    assert found[Measure.HOURS_ATTENDED] == hours["there"]
    assert found[Measure.HOURS_UNMARKED] == hours["UNMARKED"]


@pytest.mark.parametrize("control", [Month(2026, month) for month in (2, 5, 8, 11)])
def test_every_fact_that_the_rules_read(lives: list[Life], control: Month) -> None:
    """Of everybody who had begun: the sessions, the missed meetings, and whether the planning is broken."""
    for life in lives:
        if life.events[0][0] > control.last or life.person is None:
            continue
        told = activity_of(life.person, life.months, control, date(2027, 1, 15), SWEDISH)
        expected = sorted(
            (day, hours, kind, mark)
            for day, _, kind, hours, mark in sessions(life, control.first, control.last)
        )
        found = sorted(
            (each.day, each.hours, each.kind.value, each.mark.value)
            for each in told.sessions
            if Month.of(each.day) == control
        )
        assert found == expected, life.number
        met = [said for day, said in life.events if said["step"] == "follow_up" and day <= control.last]
        missed = [said for said in met if said["day"][:7] == str(control) and not said["held"]]
        assert told.plan.missed_weekly_meetings == len(missed)
        broad = [said["broad_job_search"] for said in met if said["broad_job_search"] is not None]
        assert told.plan.broad_job_search == (broad[-1] if broad else None)
        open_ = {said["number"] for _, said in life.events if said["step"] == "handed_over"}
        begun = [day for day, said in life.events if said["step"] == "breach"]
        broken = [day for number, day in enumerate(begun, start=1) if number in open_ and day <= control.last]
        assert told.plan.broken is bool(broken)
        plans = [said for day, said in life.events if said["step"] == "plan" and day <= control.last]
        assert str(told.plan.first) == (plans[-1]["first"] if plans else "None")
