"""A made-up year of participants as bare events, the same each time, and a slow reader of them.

The reader shares no code with the planning or the follow-up, and opens every event for every question.
"""

from __future__ import annotations

import calendar
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Said = dict[str, Any]
Event = tuple[date, Said]

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
RED = {
    *((1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (6, 6), (6, 19), (6, 20), (10, 31)),
    *((12, 24), (12, 25), (12, 26), (12, 31)),
}
"""The days off of 2026 as an almanac prints them, Saturdays and Sundays apart."""
KINDS = ("MOTIVATION", "LANGUAGE", "JOB_SEARCH", "WORKPLACE", "OWN_JOB_SEARCH")
MARKS = ("PRESENT", "ABSENT_VALID", "ABSENT", "SICK_CERTIFICATE", "SICK", "ELSEWHERE", "CLOSED")
REASONS = ("WORK", "WORK", "WORK", "STUDIES", "RIGHT_BENEFIT", "MOVED", "OTHER")


@dataclass
class Life:
    """What happens to one participant, in order: steps as they are said, and marks."""

    number: int
    events: list[Event] = field(default_factory=list)

    def happens(self, day: date, /, **said: Any) -> None:
        """Something happens."""
        self.events.append((day, said))

    @property
    def steady(self) -> bool:
        """Every tenth stays, and does all that was agreed."""
        return self.number % 10 == 0

    def of(self, *steps: str) -> Iterator[Event]:
        """The events of some kinds."""
        return (each for each in self.events if each[1]["step"] in steps)


def works(day: date) -> bool:
    """Whether it is a working day."""
    return day.isoweekday() < 6 and (day.month, day.day) not in RED


def lived(number: int) -> Life:
    """A participant's year."""
    chance, life = random.Random(number), Life(number)
    day = FIRST + timedelta(days=chance.randrange(0, 300))
    life.happens(day, step="enrolled")
    while True:
        end = LAST if life.steady else min(LAST, day + timedelta(days=chance.randrange(20, 250)))
        _in_process(life, chance, day, end)
        if end == LAST:
            return life
        life.happens(end, step="exit", day=str(end), reason=chance.choice(REASONS))
        day = end + timedelta(days=chance.randrange(1, 150))
        if chance.random() < 0.5 or day > LAST:
            return life
        life.happens(day, step="return", day=str(day))


def _in_process(life: Life, chance: random.Random, first: date, last: date) -> None:
    """A first meeting, and plans one after the other, with activities, meetings, marks, a circumstance, a
    side track, and sometimes a broken planning."""
    begin = min(last, first + timedelta(days=chance.choice((0, 1, 1, 3, 6))))
    life.happens(begin, step="meeting", day=str(begin), held=True)
    if life.number % 3 == 0:
        state = "DONE" if life.number % 2 else "MISSED"
        life.happens(begin, step="planning_week", first=str(begin), state=state)
    begin += timedelta(days=1)
    while begin < last:
        until = begin + timedelta(days=chance.randrange(20, 57))
        plan = {"decided": str(begin), "first": str(begin), "last": str(until)}
        full = chance.random() < 0.8 or life.steady
        said = {"goal": "Arbete", "full_time": full, "reason": "" if full else "Orkar inte mer än."}
        life.happens(begin, step="plan", **plan, **said)
        slots = _activities(life, chance, begin, until)
        end = min(until, last - timedelta(days=1))
        aside = chance.random() < 0.1 and end > begin and not life.steady
        if aside:
            words = {"responsible": "ask-2", "support": "Egna samtal.", "reason": "Lång sjukskrivning."}
            life.happens(begin, step="side_track", first=str(begin), **words)
        for number in range((end - begin).days + 1):
            _one_day(life, chance, begin + timedelta(days=number), slots)
        if aside:
            life.happens(end, step="main_track", last=str(end))
        begin = until + timedelta(days=1)


def _activities(life: Life, chance: random.Random, first: date, last: date) -> dict[str, set[int]]:
    """One to three activities of four hours a day, most of them taken; and who is on an AF programme."""
    found: dict[str, set[int]] = {}
    for place in range(chance.randrange(1, 4)):
        id_, days = f"a{len(life.events)}-{place}", set(chance.sample(range(1, 6), 3))
        slots = [{"weekday": each, "hours": 4} for each in sorted(days)]
        what = {"title": "Aktivitet", "kind": chance.choice(KINDS), "support": "COACH", "slots": slots}
        life.happens(first, step="assign", id=id_, first=str(first), last=str(last), **what)
        if chance.random() < 0.9 or life.steady:
            life.happens(first, step="answer", activity=id_, answer="TAKEN", day=str(first))
            found[id_] = days
        else:
            said = {"answer": "DECLINED", "reason": "Långt.", "accepted": chance.random() < 0.5}
            life.happens(first, step="answer", activity=id_, day=str(first), **said)
    if chance.random() < 0.2 and not life.steady:
        id_, full = f"p{len(life.events)}", chance.random() < 0.5
        time = {"first": str(first), "last": str(last)}
        life.happens(first, step="circumstance", id=id_, kind="AF_PROGRAMME", full=full, **time)
    return found


def _one_day(life: Life, chance: random.Random, day: date, slots: dict[str, set[int]]) -> None:
    for id_, weekdays in slots.items():
        if works(day) and day.isoweekday() in weekdays and (chance.random() < 0.95 or life.steady):
            mark = "PRESENT" if life.steady else chance.choices(MARKS, (80, 3, 4, 3, 2, 3, 2))[0]
            life.happens(day, step="mark", activity=id_, mark=mark)
    if day.isoweekday() == 3 and chance.random() < 0.25:
        held = chance.random() < 0.85 or life.steady
        broad = (chance.random() < 0.5 or life.steady) if held else None
        said = {"held": held, "broad_job_search": broad, "valid_reason": not held and chance.random() < 0.3}
        life.happens(day, step="follow_up", day=str(day), **said)
    if chance.random() < 0.004 and not life.steady:
        _broken(life, chance, day)


def _broken(life: Life, chance: random.Random, day: date) -> None:
    number = len(list(life.of("breach"))) + 1
    life.happens(day, step="breach", day=str(day), happened="Kom inte.")
    accepted = chance.random() < 0.5
    life.happens(day, step="contact", number=number, day=str(day), account="Var sjuk.", accepted=accepted)
    if chance.random() < 0.6:
        life.happens(day, step="mended", number=number, day=str(day))
    else:
        told = {"agreed": "Grupp.", "happened": "Kom inte."}
        life.happens(day, step="handed_over", number=number, day=str(day), **told)


# --- the slow reader


def stays(life: Life) -> list[tuple[date, date | None, str]]:
    """Each time in the process: first day, day of the exit, and why, empty where the exit was undone."""
    found: list[tuple[date, date | None, str]] = []
    for day, said in life.of("enrolled", "return", "exit"):
        if said["step"] == "exit":
            found[-1] = (found[-1][0], day, said["reason"])
            continue
        if found:
            began, left, why = found[-1]
            assert left is not None
            year, month = divmod(left.year * 12 + left.month - 1 + 3, 12)
            limit = date(year, month + 1, min(left.day, calendar.monthrange(year, month + 1)[1]))
            found[-1] = (began, left, "" if day <= limit and why in ("WORK", "STUDIES") else why)
        found.append((day, None, ""))
    return found


def sessions(life: Life, first: date, last: date) -> Iterator[tuple[date, str, int, str]]:
    """Day, kind, hours and mark of every occasion that was not closed."""
    marks = {(day, said["activity"]): said["mark"] for day, said in life.of("mark")}
    taken = {said["activity"] for _, said in life.of("answer") if said["answer"] == "TAKEN"}
    there = stays(life)
    times = [(said, *_time(life, said)) for _, said in life.of("assign") if said["id"] in taken]
    for day in _days(first, last):
        if not works(day) or not any(b <= day and (e is None or day <= e) for b, e, _ in there):
            continue
        for said, begins, ends in times:
            mark = marks.get((day, said["id"]), "UNMARKED")
            for slot in said["slots"] if begins <= day <= ends else ():
                if slot["weekday"] == day.isoweekday() and mark != "CLOSED":
                    yield day, said["kind"], slot["hours"], mark


def _time(life: Life, said: Said) -> tuple[date, date]:
    """The days of an activity or a plan: an exit ends it."""
    begins = date.fromisoformat(said["first"])
    exits = [day for day, _ in life.of("exit") if day >= begins][:1]
    return begins, min([date.fromisoformat(said["last"]), *exits])


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def rolling_table(lives: Iterable[Life], first: date, last: date) -> Counter[str]:
    """How many were enrolled, and how many ended by reason."""
    counts: Counter[str] = Counter()
    for life in lives:
        for began, left, why in stays(life):
            if began <= last and (left is None or left >= first):
                counts["enrolled"] += 1
                counts[why] += bool(left is not None and left <= last and why)
    return counts


def activity_counts(lives: Iterable[Life], first: date, last: date) -> Counter[str]:
    """Persons assigned and persons who declined, and the assigned hours: all, attended, not marked."""
    counts: Counter[str] = Counter()
    for life in lives:
        own = {said["id"] for _, said in life.of("assign") if said["kind"] == "OWN_JOB_SEARCH"}
        said_no = [
            day
            for day, said in life.of("answer")
            if said["answer"] == "DECLINED" and said["activity"] not in own and first <= day <= last
        ]
        counts["declined"] += bool(said_no)
        answers = {said["activity"]: (day, said["answer"]) for day, said in life.of("answer")}
        there = False
        for _, said in life.of("assign"):
            begins, ends = _time(life, said)
            if answers[said["id"]][1] == "DECLINED":
                ends = min(ends, answers[said["id"]][0] - timedelta(days=1))
            there |= said["id"] not in own and begins <= last and ends >= max(first, begins)
        counts["assigned"] += there
        for _, kind, hours, mark in sessions(life, first, last):
            if kind != "OWN_JOB_SEARCH":
                counts["hours"] += hours
                counts["attended"] += hours * (mark in ("PRESENT", "ELSEWHERE"))
                counts["unmarked"] += hours * (mark == "UNMARKED")
    return counts


def days_to_meeting(lives: Iterable[Life], first: date, last: date) -> list[int]:
    """Calendar days from each enrolment of a time to its first meeting."""
    found = []
    for life in lives:
        for began, left, _ in stays(life):
            met = [day for day, _ in life.of("meeting") if began <= day and (left is None or day <= left)]
            found += [(met[0] - began).days] if first <= began <= last else []
    return found


def plan_of(life: Life, first: date, last: date) -> Said:
    """All that the rules are to know of the planning, of the month with these days."""
    until = [(day, said) for day, said in life.events if day <= last]
    of_month = [(day, said) for day, said in until if day >= first]
    plans = [said for _, said in until if said["step"] == "plan"]
    met = [said for _, said in until if said["step"] == "follow_up"]
    missed = [said for day, said in of_month if said["step"] == "follow_up" and not said["held"]]
    broad = [said["broad_job_search"] for said in met if said["broad_job_search"] is not None]
    begun = [day for day, said in life.of("breach")]
    mended = {said["number"] for _, said in life.of("mended")}
    broken = [number for number, day in enumerate(begun, 1) if day <= last and number not in mended]
    said_no = [said for _, said in of_month if said.get("answer") == "DECLINED"]
    reasons = [said["accepted"] for _, said in of_month if said["step"] == "contact"]
    reasons += [said["accepted"] for said in said_no]
    absent = [kind for _, kind, _, mark in sessions(life, first, last) if mark == "ABSENT"]
    of_week, meetings = _of_stay(life, last, "planning_week"), _of_stay(life, last, "meeting")
    return {
        "decided": plans[-1]["decided"] if plans else None,
        "first_meeting": str(meetings[0][0]) if meetings else None,
        "planning_week": of_week[-1][1]["state"] if of_week else None,
        "track": "SIDE" if _aside(life, last) else "MAIN",
        "weekly_hours": _weekly_hours(life, last) if plans else None,
        "state_programme": _programme(life, first, last) if plans else None,
        "placement": _how_it_went(life, first, last, {"WORKPLACE"}),
        "competence": _how_it_went(life, first, last, set(KINDS) - {"WORKPLACE", "OWN_JOB_SEARCH"}),
        "individual_circumstances": "\n".join(_to_read(life, plans[-1:], last)) or None,
        "first": plans[-1]["first"] if plans else None,
        "last": str(_time(life, plans[-1])[1]) if plans else None,
        "full_time": plans[-1]["full_time"] if plans else None,
        "broad_job_search": broad[-1] if broad else None,
        "missed_weekly_meetings": sum(not said["valid_reason"] for said in missed),
        "missed_group_meetings": absent.count("JOB_SEARCH"),
        "broken": bool(broken),
        "valid_reason": bool(reasons) and all(reasons) and not set(absent) - {"OWN_JOB_SEARCH"},
    }


def _of_stay(life: Life, last: date, step: str) -> list[Event]:
    """The events of a kind in the time in the process that had begun last by a day."""
    began, left, _ = [each for each in stays(life) if each[0] <= last][-1]
    return [one for one in life.of(step) if began <= one[0] and (left is None or one[0] <= left)]


def _aside(life: Life, day: date) -> bool:
    """Whether the participant went beside the main process on a day."""
    begun = [when for when, _ in life.of("side_track") if when <= day]
    back = [when for when, _ in life.of("main_track", "exit") if begun and when >= begun[-1]]
    return bool(begun) and day <= back[0]


def _weekly_hours(life: Life, day: date) -> int:
    """The hours of a week of what the participant had said yes to and that went on on a day."""
    taken = {said["activity"] for _, said in life.of("answer") if said["answer"] == "TAKEN"}
    found = 0
    for _, said in life.of("assign"):
        begins, ends = _time(life, said)
        if said["id"] in taken and said["kind"] != "OWN_JOB_SEARCH" and begins <= day <= ends:
            found += sum(slot["hours"] for slot in said["slots"])
    return found


def _programme(life: Life, first: date, last: date) -> str:
    """How much of the week a programme of the employment service took in a time."""
    there = [
        said["full"]
        for _, said in life.of("circumstance")
        if said["first"] <= str(last) and said["last"] >= str(first)
    ]
    return "NONE" if not there else "FULL" if any(there) else "PART"


def _how_it_went(life: Life, first: date, last: date, kinds: set[str]) -> str:
    """What became of the activities of some kinds that were there in a time."""
    found = []
    for _, said in life.of("assign"):
        answers = [(day, one["answer"]) for day, one in life.of("answer") if one["activity"] == said["id"]]
        begins, ends = _time(life, said)
        for day, answer in answers if said["kind"] in kinds else ():
            if answer == "DECLINED":
                found += ["DECLINED"] if first <= day <= last else []
            elif begins <= last and ends >= first:
                found.append("DONE")
    return "NOT_OFFERED" if not found else "DECLINED" if "DECLINED" in found else "DONE"


MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def _to_read(life: Life, plan: list[Said], last: date) -> Iterator[str]:
    """What a person reads of fewer hours, and of what was handed over."""
    for said in plan:
        if said["reason"]:
            yield f"Skäl för färre timmar: {said['reason']}"
    days = [day for day, _ in life.of("breach")]
    for _, said in life.of("handed_over"):
        day = days[said["number"] - 1]
        if day <= last:
            name = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
            yield f"Planeringen följdes inte den {name}. Avtalat: Grupp."
            yield "Vad som hände: Kom inte."
            yield "Personen säger: Var sjuk."
            yield "Barn i hushållet: inte känt."
