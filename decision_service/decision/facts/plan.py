"""The labour-market plan of an adult, and the attendance in the month before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from decision_service.application.case_file import ActivityKind, Mark, MonthDecided, Person
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation
from decision_service.decision.facts.sources import Record, Sources
from decision_service.installation.calendar import next_working_day
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month


def plan_sources(case: Case, person: Person) -> Sources:
    """Plan and sessions of one adult; nothing is bound to whoever has none."""
    for number, activity in enumerate(case.file.activity):
        if activity.person == person.id:
            place = f"activity[{number}]"
            return {
                "activity[]": Record(place, activity),
                "activity[].plan": Record(f"{place}.plan", activity.plan),
                "activity[].sessions[]": tuple(
                    Record(f"{place}.sessions[{each}]", session)
                    for each, session in enumerate(activity.sessions)
                ),
            }
    return {"activity[]": None, "activity[].plan": None, "activity[].sessions[]": None}


def working_days_until(case: Case, met: date | None, received: datetime) -> int | None:
    """How many working days after the application came the first meeting was; a year of them at most."""
    if met is None:
        return None
    day, count = swedish_day(received), 0
    while day < met and count < _A_YEAR:
        day, count = next_working_day(day), count + 1
    return count


_A_YEAR = 366


def hours_absent(
    case: Case, days: Any, hours: Any, marks: Any, kinds: Any, last: MonthDecided | None
) -> int | None:
    """Hours of absence without a valid reason from assigned activity that no decision has tried."""
    return _hours_to_try(case, days, hours, marks, kinds, Mark.ABSENT)


def hours_sick_without_certificate(
    case: Case, days: Any, hours: Any, marks: Any, kinds: Any, last: MonthDecided | None
) -> int | None:
    """Hours of sickness without a certificate from assigned activity that no decision has tried."""
    return _hours_to_try(case, days, hours, marks, kinds, Mark.SICK)


def _hours_to_try(case: Case, days: Any, hours: Any, marks: Any, kinds: Any, wanted: Mark) -> int | None:
    if days is None:
        return None
    rows = _assigned(zip(days, hours, marks, kinds, strict=True))
    return int(sum(each for day, each, mark in rows if mark is wanted and _is_to_be_tried(case, day)))


def _is_to_be_tried(case: Case, day: date) -> bool:
    """Whether a session is one that this decision tries: those of the month before that have been, and those
    that had not been when the decision for that month was made. So each is tried once."""
    last, first = case.last, case.control.first
    if last is not None and last.asked is not None and Month.parse(last.month) == case.control:
        first = min(first, last.asked)
    return first <= day < min(case.asked, case.month.first)


def hours_accounted_for(case: Case, days: Any, hours: Any, marks: Any, kinds: Any) -> int | None:
    """Hours of assigned activity in the month before that somebody has marked, whatever the mark."""
    if days is None:
        return None
    rows = _assigned(zip(days, hours, marks, kinds, strict=True))
    marked = [each for day, each, mark in rows if Month.of(day) == case.control and mark is not Mark.UNMARKED]
    return int(sum(marked))


def hours_excused(case: Case, days: Any, hours: Any, marks: Any, kinds: Any) -> int | None:
    """Hours of absence with a valid reason or a certificate from assigned activity in the month before."""
    if days is None:
        return None
    rows = _assigned(zip(days, hours, marks, kinds, strict=True))
    excused = [each for day, each, mark in rows if Month.of(day) == case.control and mark in _EXCUSED]
    return int(sum(excused))


def hours_present(case: Case, days: Any, hours: Any, marks: Any, kinds: Any) -> int | None:
    """Hours of assigned activity in the month before that somebody has seen the person at."""
    if days is None:
        return None
    return _hours_marked(case, zip(days, hours, marks, kinds, strict=True), Mark.PRESENT)


def hours_elsewhere(case: Case, days: Any, hours: Any, marks: Any, kinds: Any) -> int | None:
    """Hours of assigned activity in the month before that were elsewhere by the plan."""
    if days is None:
        return None
    return _hours_marked(case, zip(days, hours, marks, kinds, strict=True), Mark.ELSEWHERE)


def _hours_marked(case: Case, rows: Iterable[tuple[Any, ...]], wanted: Mark) -> int:
    return int(
        sum(each for day, each, mark in _assigned(rows) if mark is wanted and Month.of(day) == case.control)
    )


_EXCUSED = (Mark.ABSENT_VALID, Mark.SICK_CERTIFICATE)


def sessions_impossible(
    case: Case, days: Any, hours: Any, marks: Any, as_of: datetime | None, received: datetime
) -> int | None:
    """Sessions marked before they had been, and those of no hours."""
    if days is None:
        return None
    ahead = sum(day > case.asked and mark is not Mark.UNMARKED for day, mark in zip(days, marks, strict=True))
    empty = sum(each == 0 and mark is not Mark.UNMARKED for each, mark in zip(hours, marks, strict=True))
    return int(ahead) + int(empty)


def longest_day(case: Case, days: Any, hours: Any) -> int | None:
    """The hours of the day with the most hours."""
    if days is None:
        return None
    by_day: Counter[date] = Counter()
    for day, each in zip(days, hours, strict=True):
        by_day[day] += each
    return max(by_day.values(), default=0)


def sessions_unmarked(
    case: Case,
    days: Any,
    marks: Any,
    kinds: Any,
    as_of: datetime | None,
    received: datetime,
    last: MonthDecided | None,
) -> int | None:
    """Sessions of assigned activity that have been, that no decision has tried and that nobody has marked."""
    if days is None:
        return None
    rows = _assigned(zip(days, marks, kinds, strict=True))
    unmarked = [day for day, mark in rows if mark is Mark.UNMARKED]
    return len([day for day in unmarked if _is_to_be_tried(case, day)])


def days_to_absence_before(
    case: Case, days: Any, marks: Any, kinds: Any, last: MonthDecided | None
) -> int | None:
    """How many days before the month before the latest absence without a valid reason was that the last
    decision may not have seen. 0 when there is none, or it is known on which day it looked."""
    if days is None:
        return None
    if last is None or last.asked is not None or Month.parse(last.month) != case.control:
        return 0
    rows = _assigned(zip(days, marks, kinds, strict=True))
    missed = [day for day, mark in rows if mark in _MISSED and day < case.control.first]
    return (case.control.first - max(missed)).days if missed else 0


_MISSED = (Mark.ABSENT, Mark.SICK)


def _assigned(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows, without their kind, of all but own job search, which is not assigned."""
    return [row[:-1] for row in rows if row[-1] is not ActivityKind.OWN_JOB_SEARCH]


PLAN: Mapping[str, Derivation] = {
    "arbetsdagar_till_mötet": working_days_until,
    "frånvarotimmar": hours_absent,
    "sjuktimmar_utan_intyg": hours_sick_without_certificate,
    "dagar_till_frånvaro_före": days_to_absence_before,
    "redovisade_timmar": hours_accounted_for,
    "giltiga_frånvarotimmar": hours_excused,
    "närvarotimmar": hours_present,
    "timmar_på_annat_håll": hours_elsewhere,
    "orimliga_tillfällen": sessions_impossible,
    "längsta_dagens_timmar": longest_day,
    "omarkerade": sessions_unmarked,
}
