"""Days to the first meeting: of those enrolled in the twelve months, and of nobody alone."""

from __future__ import annotations

from datetime import date, timedelta

from decision_service.follow_up.aid import Days
from decision_service.follow_up.first_meeting import days_to_meeting
from decision_service.planning.participation import Enrolment, Participation
from norms.month import Month
from tests.world.planning import participant

FIRST, LAST, UNTIL = date(2026, 1, 1), date(2026, 12, 31), Month(2026, 12)


def met(day: date, after: int | None) -> Participation:
    held = day + timedelta(days=after) if after is not None else None
    return participant().model_copy(update={"enrolments": (Enrolment(day=day, meeting_held=held),)})


def test_days_are_counted_from_the_enrolment_of_those_who_were_enrolled_then() -> None:
    people = [met(date(2026, 3, 2), each) for each in (0, 1, 1, 1, 1, 2, 3, 3, 4, 10)]
    outside = [met(FIRST - timedelta(days=1), 90), met(LAST + timedelta(days=1), 90)] * 5
    waiting = [met(date(2026, 5, 4), None)] * 5
    met_later = [met(LAST, 1)] * 5
    found = days_to_meeting([*people, *outside, *waiting, *met_later], UNTIL)
    assert found == Days(median=1.5, mean=2.6, ninetieth=4.6)


def test_few_are_not_told_of() -> None:
    nothing = Days(None, None, None)
    assert days_to_meeting([met(date(2026, 3, 2), 1)] * 4 + [met(date(2026, 3, 2), None)], UNTIL) == nothing
    assert days_to_meeting([], UNTIL) == nothing
