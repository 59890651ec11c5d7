"""How many days it took from the enrolment to the first meeting, of those who were enrolled in a period."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from decision_service.follow_up.small_cells import SMALLEST, total
from decision_service.planning.participation import Participation


@dataclass(frozen=True)
class DaysToMeeting:
    """Calendar days, both ends of the period counted; None where they would tell of single persons.
    ``waiting``: how many have had no meeting yet."""

    median: float | None
    mean: float | None
    ninetieth: float | None
    waiting: int | None


def days_to_meeting(people: Iterable[Participation], first: date, last: date) -> DaysToMeeting:
    """The days of every enrolment that began in the period."""
    begun = [each for person in people for each in person.enrolments if first <= each.day <= last]
    days = [(each.meeting_held - each.day).days for each in begun if each.meeting_held is not None]
    waiting = total(len(begun) - len(days))
    if len(days) < SMALLEST:
        return DaysToMeeting(None, None, None, waiting)
    ninetieth = statistics.quantiles(days, n=10, method="inclusive")[-1]
    return DaysToMeeting(
        round(statistics.median(days), 1), round(statistics.fmean(days), 1), round(ninetieth, 1), waiting
    )
