"""Nothing that was read is lost in households that nobody has thought of.

Households are generated as for the measurements, in several municipalities and months, and with circumstances
of their own. One value is changed, removed, doubled or given another type: then what rules and people see is
something else, or a table says why not. A value that only another municipality's rules read is noticed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bench.households import case, ordinary, others
from decision_service.application.case_file import AttendedSession, Mark
from norms.month import Month
from tests.decision_service.decision.leaves import Json, Way, changes, pattern, ways, with_value
from tests.decision_service.decision.test_leaves import MAY_BE_MISSING, TABLE, excused, options, seen
from tests.world.sweeps import share

MUNICIPALITIES = ("9999", "1384", "1287")
MONTHS = ((Month(2026, 9), date(2026, 8, 28)), (Month(2026, 11), date(2026, 10, 28)))
HOUSEHOLDS = 400
LONG_AGO, TO_COME = TABLE["tidigare månader"], TABLE["tillfällen som inte har varit"]


@cache
def household(number: int, month: int) -> Json:
    """A household of a number: three in four are ordinary."""
    made = others(17, HOUSEHOLDS) if number % 4 == 3 else ordinary(17, HOUSEHOLDS)
    about, today = MONTHS[month]
    return case(next(islice(made, number, None)), MUNICIPALITIES[0], about, today)


def seen_by(case: Json) -> Mapping[str, Any]:
    """What each municipality sees of a case."""
    return {code: seen({**case, "municipality": code}) for code in MUNICIPALITIES}


@cache
def seen_of(number: int, month: int) -> Mapping[str, Any]:
    """What each sees of a household of a number."""
    return seen_by(household(number, month))


def is_noticed(before: Mapping[str, Any], after: Json) -> bool:
    """Whether some municipality sees a difference."""
    return any(before[code] != seen({**after, "municipality": code}) for code in MUNICIPALITIES)


def lost(number: int, month: int, way: Way, value: Json) -> list[str]:
    """The sorts of change of a value that nobody notices, and that no table excuses."""
    before, noticed = household(number, month), dict[str, bool]()
    for done, after in changes(before, way, value, options().get(pattern(way), [])):
        sort = done.partition(" to ")[0]
        by_table = excused(way, done) or long_ago(before, way) or to_come(before, after, way)
        if not noticed.get(sort) and not by_table:
            noticed[sort] = is_noticed(seen_of(number, month), after)
    return [f"{pattern(way)}: {sort}" for sort, yes in noticed.items() if not yes]


def long_ago(before: Json, way: Way) -> bool:
    """Whether a table says that a value of an earlier month than the latest is not compared."""
    earlier = way[0] == "history" and way[1:2] != (len(before["history"]) - 1,)
    return earlier and any(f"{pattern(way)}.".startswith(f"{each}.") for each in LONG_AGO)


def to_come(before: Json, after: Json, way: Way) -> bool:
    """Whether a table says that a value of a session makes no difference: nobody had marked it and it had not
    been, and after the change nobody has marked it and it is not on a day that is tried."""
    if pattern(way) not in TO_COME:
        return False
    was, became = _session(before, way), _session(after, way)
    if was is None or became is None or {was.mark, became.mark} != {Mark.UNMARKED}:
        return False
    asked = _asked(before)
    return was.day >= asked and (became.day >= asked or Month.of(became.day) != _control(before))


def _session(case: Json, way: Way) -> AttendedSession | None:
    """The session that a value is of, or None where it is not one."""
    _, activity, _, session, *_ = way
    try:
        return AttendedSession.model_validate(case["activity"][activity]["sessions"][session])
    except ValidationError:
        return None


def _asked(case: Json) -> date:
    """The day that the registers of a household were asked."""
    return date.fromisoformat(case["received_at"][:10])


def _control(case: Json) -> Month:
    """The month whose attendance is tried."""
    return next(about.plus(-1) for about, today in MONTHS if today == _asked(case))


@given(st.integers(0, HOUSEHOLDS - 1), st.sampled_from(range(len(MONTHS))), st.data())
def test_a_change_of_any_value_of_any_household_is_noticed(
    number: int, month: int, data: st.DataObject
) -> None:
    places = [each for each in ways(household(number, month)) if each[0] != ("municipality",)]
    assert lost(number, month, *data.draw(st.sampled_from(places))) == []


@pytest.mark.slow
def test_no_value_of_a_whole_household_is_lost() -> None:
    """Of four households; each place that any of them has is tried in one of them at least."""
    places = [(number, *place) for number in range(4) for place in ways(household(number, number % 2))]
    places = [each for each in places if each[1] != ("municipality",)]
    tried = share(places, 8, lambda each: pattern(each[1]))
    found = {each for number, *place in tried for each in lost(number, number % 2, *place)}
    assert sorted(found) == []


def test_what_may_be_missing_is_noticed_when_it_is_another_value() -> None:
    """The table of what may be missing excuses no other change."""
    before = household(0, 0)
    for way, value in ways(before):
        if pattern(way) in MAY_BE_MISSING:
            for done, _ in changes(before, way, value, []):
                assert excused(way, done) is (done in ("removed", "made []", "made {}")), pattern(way)


@pytest.mark.parametrize("month", range(len(MONTHS)))
def test_a_session_to_come_is_noticed_when_it_is_marked_or_on_a_day_that_is_tried(month: int) -> None:
    """The table of sessions to come excuses no session that says something, nor one that has been."""
    before = household(0, month)
    sessions = before["activity"][0]["sessions"]
    way: Way = ("activity", 0, "sessions", len(sessions) - 1)
    assert sessions[-1]["mark"] == "UNMARKED"
    told = [((*way, "mark"), mark.value) for mark in Mark if mark is not Mark.UNMARKED]
    for place, value in (*told, ((*way, "day"), sessions[0]["day"])):
        after = with_value(before, place, value)
        assert not to_come(before, after, place)
        assert is_noticed(seen_by(before), after), value
    first = ("activity", 0, "sessions", 0)
    for name, value in (("day", f"{_asked(before)}"), ("mark", "UNMARKED"), ("hours", 1)):
        after = with_value(before, (*first, name), value)
        assert not to_come(before, after, (*first, name))
    full = with_value(before, (*way, "hours"), 24)
    assert is_noticed(seen_by(full), with_value(full, way, full["activity"][0]["sessions"][-1], double=True))
