"""The rolling table of the sources comes out of a made feed with its figures, and tells of nobody alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.follow_up.definitions import Measure, definitions
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.follow_up.sums import ToldSums, withheld
from decision_service.planning.participation import Enrolment, Exit, ExitReason, Participation
from tests.world.planning import Json, after, participant

FIRST, LAST = date(2022, 4, 1), date(2023, 3, 31)
BACK = "BACK"
Ending = tuple[date, ExitReason] | None


def person(*enrolments: Enrolment) -> Participation:
    return participant().model_copy(update={"enrolments": enrolments})


def enrolment(day: date, ending: Ending = None, *, reopens: bool = False) -> Enrolment:
    found = Exit(day=ending[0], reason=ending[1]) if ending is not None else None
    return Enrolment(day=day, reopens=reopens, exit=found)


def lived(day: date, *steps: tuple[date, str], today: date = date(2023, 12, 31)) -> Participation:
    """Somebody who was enrolled on a day, and left or came back on days, by the steps that people take."""
    said: list[Json] = [
        {"step": "return", "day": str(at)}
        if reason == BACK
        else {"step": "exit", "day": str(at), "reason": reason}
        for at, reason in steps
    ]
    return after(person(enrolment(day)), *said, today=today)


def feed(work: int, studies: int, other: int, remain: int, back: int) -> Iterator[Participation]:
    """So many who ended in the year, spread over it, and who did not; ``back`` of these left for work and
    came back within three months. Beside them those whose time in the process lay outside the year."""
    reasons = [ExitReason.WORK] * work + [ExitReason.STUDIES] * studies
    others = (ExitReason.OTHER, ExitReason.RIGHT_BENEFIT, ExitReason.MOVED)
    reasons += [others[each % 3] for each in range(other)]
    for number, reason in enumerate(reasons):
        end = FIRST + timedelta(days=number % 365)
        yield lived(end - timedelta(days=100 + number % 300), (end, reason))
    for number in range(back):
        left = FIRST + timedelta(days=number % 270)
        yield lived(date(2021, 9, 1), (left, ExitReason.WORK), (left + timedelta(days=60), BACK))
    for number in range(remain - 2 * back):
        yield lived(FIRST + timedelta(days=number % 365 - 30))
    for number in range(25):
        before = FIRST - timedelta(days=1 + number)
        yield lived(date(2021, 1, 1), (before, ExitReason.WORK))
        yield lived(LAST + timedelta(days=1 + number))


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (feed(53, 9, 60, 184, 11), (306, 122, 40, 62, 53, 9, 20, 60)),
        (feed(279, 58, 170, 522, 40), (1029, 507, 49, 337, 279, 58, 33, 170)),
    ],
    ids=["Svedala", "Trelleborg"],
)
def test_the_table_of_the_sources(people: Iterator[Participation], expected: tuple[int, ...]) -> None:
    measures = (
        Measure.ENROLLED,
        Measure.ENDED,
        Measure.SHARE_ENDED,
        Measure.WORK_OR_STUDIES,
        Measure.WORK,
        Measure.STUDIES,
        Measure.SHARE_WORK_OR_STUDIES,
        Measure.OTHER,
    )
    found = outcomes(people, FIRST, LAST).figures
    assert tuple(found[each] for each in measures) == expected


def test_who_comes_back_too_late_has_left_and_is_enrolled_twice() -> None:
    left = (date(2022, 6, 1), ExitReason.WORK)
    late = [person(enrolment(date(2022, 1, 1), left), enrolment(date(2022, 10, 1)))] * 10
    soon = [person(enrolment(date(2022, 1, 1), left), enrolment(date(2022, 8, 1), reopens=True))] * 10
    counted = [outcomes(people, FIRST, LAST).figures for people in (late, soon)]
    assert [each[Measure.ENROLLED] for each in counted] == [20, 20]
    assert [each[Measure.WORK] for each in counted] == [10, 0]


def test_the_days_at_the_ends_are_in_the_period() -> None:
    on = [
        *[person(enrolment(date(2022, 1, 1), (FIRST, ExitReason.WORK)))] * 5,
        *[person(enrolment(LAST))] * 5,
        *[person(enrolment(date(2022, 1, 1), (FIRST - timedelta(days=1), ExitReason.WORK)))] * 5,
        *[person(enrolment(LAST + timedelta(days=1)))] * 5,
    ]
    found = outcomes(on, FIRST, LAST).figures
    assert (found[Measure.ENROLLED], found[Measure.WORK], found[Measure.REMAIN]) == (10, 5, 5)


PARTS = {each: tuple(each) for each in ("a", "b", "c", "d", "ab", "abc", "abcd")}


def can_be_had(figure: str, shown: Collection[str], parts: Mapping[str, Collection[str]]) -> bool:
    """Whether a figure is a combination of those that are shown."""
    told = ToldSums()
    for each in shown:
        told.tell(dict.fromkeys(parts[each], 1))
    return told.follows(dict.fromkeys(parts[figure], 1))


@given(st.fixed_dictionaries({part: st.integers(0, 12) for part in "abcd"}))
def test_no_small_count_is_shown_or_had_by_adding_and_taking_away(cells: dict[str, int]) -> None:
    """Tried by every sum and difference of the shown figures, too."""
    counts = {name: sum(cells[part] for part in parts) for name, parts in PARTS.items()}
    hidden = withheld(counts, PARTS)
    shown = {name: parts for name, parts in PARTS.items() if name not in hidden}
    small = [name for name, count in counts.items() if 0 < count < SMALLEST]
    assert set(small) <= hidden
    for name in small:
        assert not can_be_had(name, shown, PARTS)
        for one, other in combinations(shown, 2):
            both = {part: (part in PARTS[one]) - (part in PARTS[other]) for part in "abcd"}
            assert both != {part: int(part in PARTS[name]) for part in "abcd"}, (one, other)


def test_nothing_is_withheld_without_need() -> None:
    assert withheld(dict.fromkeys(PARTS, 50), PARTS) == frozenset()
    one_small = {"a": 3, "b": 50, "c": 50, "d": 50, "ab": 53, "abc": 103, "abcd": 153}
    assert withheld(one_small, PARTS) == {"a", "b"}


def test_a_small_table_tells_of_nobody() -> None:
    few = [person(enrolment(date(2022, 5, 1), (date(2022, 6, 1), ExitReason.WORK)))] * 3
    many = [person(enrolment(date(2022, 5, 1)))] * 40
    found = outcomes([*few, *many], FIRST, LAST).figures
    assert found[Measure.WORK] is None
    assert found[Measure.SHARE_WORK_OR_STUDIES] is None
    assert None in (found[Measure.ENROLLED], found[Measure.REMAIN])


def test_every_figure_has_a_definition_with_a_source() -> None:
    assert set(definitions().measures) == set(Measure)
    assert definitions().version == 3
