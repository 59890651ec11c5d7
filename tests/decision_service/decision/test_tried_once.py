"""Each session of an activity is tried by exactly one decision, on whatever days the decisions are made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.plan import (
    hours_absent,
    hours_sick_without_certificate,
    sessions_unmarked,
)
from norms.month import Month
from tests.world.cases import engines, raw, read

FIRST, MONTHS = Month(2026, 3), 7
DAYS = [FIRST.first + timedelta(days=each) for each in range((FIRST.plus(MONTHS).first - FIRST.first).days)]


def about(month: Month, asked: date, last: date | None, sessions: list[dict[str, Any]]) -> Case:
    """The case of a month, whose registers were asked on a day, after a decision made on a day."""
    case = raw("ensam-bifall")
    case["application"] |= {"periodMonth": month.number, "periodYear": month.year}
    case["received_at"] = case["as_of"] = f"{asked}T08:00:00Z"
    case["activity"][0]["sessions"] = sessions
    case["history"] = [
        {"month": str(month.plus(-1)), "outcome": "BIFALL", "asked": None if last is None else str(last)}
    ]
    file: CaseFile = read(case)
    return Case(file, engines(file).law)


def tried(case: Case, mark: str) -> int:
    """How many hours, or sessions, of a mark a decision tries."""
    rows = case.file.activity[0].sessions
    days, hours = [each.day for each in rows], [each.hours for each in rows]
    marks, kinds = [each.mark for each in rows], [each.kind for each in rows]
    if mark == "ABSENT":
        return hours_absent(case, days, hours, marks, kinds, case.last) or 0
    if mark == "SICK":
        return hours_sick_without_certificate(case, days, hours, marks, kinds, case.last) or 0
    return sessions_unmarked(case, days, marks, kinds, None, case.file.received_at, case.last) or 0


@pytest.mark.parametrize("mark", ["ABSENT", "SICK", "UNMARKED"])
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_each_session_is_tried_once(mark: str, data: st.DataObject) -> None:
    sessions = [{"day": str(day), "hours": 1, "kind": "WORKPLACE", "mark": mark} for day in DAYS]
    last, total = None, 0
    for number in range(1, MONTHS + 1):
        month = FIRST.plus(number)
        control = month.plus(-1)
        asked = data.draw(st.dates(control.first, month.plus(1).last))
        if last is not None:
            asked = max(asked, last)
        total += tried(about(month, asked, last, sessions), mark)
        last = asked
    assert last is not None
    until = min(last, FIRST.plus(MONTHS).first)
    assert total == (until - FIRST.first).days


def test_what_the_last_decision_could_not_see_is_asked_about_in_the_next() -> None:
    absent = [{"day": "2026-09-29", "hours": 4, "kind": "WORKPLACE", "mark": "ABSENT"}]
    november, asked = Month(2026, 11), date(2026, 10, 28)
    assert tried(about(november, asked, date(2026, 9, 28), absent), "ABSENT") == 4
    assert tried(about(november, asked, date(2026, 9, 29), absent), "ABSENT") == 4
    assert tried(about(november, asked, date(2026, 9, 30), absent), "ABSENT") == 0
    assert tried(about(november, asked, None, absent), "ABSENT") == 0, "an old decision does not say"
