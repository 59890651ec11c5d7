"""How many days it took from the enrolment to the first meeting, of those who were enrolled in a period."""

from __future__ import annotations

from collections.abc import Iterable

from decision_service.follow_up.aid import Days
from decision_service.follow_up.month_by_month import CountedMonth, Passed, shown_until
from decision_service.planning.participation import Participation
from norms.month import Month


def days_to_meeting(people: Iterable[Participation], until: Month) -> Days:
    """Calendar days of the enrolments that began in the twelve months to the end of a month, and whose first
    meeting was held by then; None where they would, with those shown of the months before, tell of few."""
    passed = [
        Passed(
            CountedMonth(Month.of(each.day), Month.of(each.meeting_held)), (each.meeting_held - each.day).days
        )
        for person in people
        for each in person.enrolments
        if each.meeting_held is not None
    ]
    return shown_until(passed, until).days
