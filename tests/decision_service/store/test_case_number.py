"""Case numbers: said aloud without mistakes, each given once, and none says how many there are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL
from sqlmodel import select

from decision_service.casework.office import keyed
from decision_service.casework.receive import receive
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.case_number import case_number, mixed, read_case_number
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow
from norms.fault import MisfitError
from tests.world.office import Unused, World, world_like
from tests.world.people import NOVEMBER, TENANT, application

NUMBERS = st.builds(case_number, st.integers(2020, 2099), st.integers(1, 9_999_999))


def test_a_number_as_it_is_written() -> None:
    assert case_number(2026, 4217) == "2026-004217-9"
    assert case_number(2026, 1_000_000) == "2026-1000000-4"


@pytest.mark.parametrize("said", ["2026-004217-9", "20260042179", " 2026 004217 9", "2026–004217–9"])
def test_a_number_is_read_however_it_is_spaced(said: str) -> None:
    assert read_case_number(said) == "2026-004217-9"


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_always_noticed(number: str, data: st.DataObject) -> None:
    assert read_case_number(number) == number
    at = data.draw(st.sampled_from([at for at, sign in enumerate(number) if sign.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    with pytest.raises(MisfitError):
        read_case_number(number[:at] + other + number[at + 1 :])


@pytest.mark.parametrize(
    "said", ["", "2026", "2026-4217-9", "2026-004217-8", "1738f4090c92", "2026-004217-99"]
)
def test_what_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(MisfitError):
        read_case_number(said)


@pytest.fixture
def world(server: URL | None, office_like: Unused, tmp_path: Path) -> Iterator[World]:
    with world_like(office_like, server, tmp_path) as found:
        yield found


def given_numbers(world: World) -> list[str]:
    with reading(world.engine) as session:
        return sorted(session.exec(select(ApplicationRow.case_number)).all())


def expected(world: World, year: int, count: int) -> list[str]:
    keyed = partial(world.office.keyed, "case number", TENANT, str(year))
    return sorted(case_number(year, mixed(number, keyed)) for number in range(1, count + 1))


@given(st.sets(st.integers(1, 8_000_000), min_size=2, max_size=200), st.text(max_size=8))
def test_each_is_given_once_and_none_can_be_a_personal_number(counts: set[int], secret: str) -> None:
    """Nor one of a version before this, which had six digits."""
    numbers = [case_number(2026, mixed(each, partial(keyed, secret.encode()))) for each in counts]
    assert len(set(numbers)) == len(counts)
    assert all(re.fullmatch(r"2026-[2-9][0-9]{6}-[0-9]", each) for each in numbers)


def test_nobody_tells_from_some_numbers_whether_there_is_one_between_them() -> None:
    """They lie as chance would have them: in every tenth of the numbers, whatever came before."""
    numbers = [mixed(each, partial(keyed, b"x")) for each in range(1, 2001)]
    tenths = Counter((each - 2_000_000) // 800_000 for each in numbers)
    assert sorted(tenths) == list(range(10))
    assert max(tenths.values()) < 260
    steps = {after - before for before, after in pairwise(numbers)}
    assert len(steps) > 1900


@pytest.mark.slow
def test_many_who_apply_at_once_get_one_each_and_none_is_left_out(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda person: world.receive(application(person, NOVEMBER)), range(40)))
    assert given_numbers(world) == expected(world, 2026, 40)


def test_an_application_that_is_refused_or_lost_takes_no_number(world: World) -> None:
    world.receive(application(1, NOVEMBER))
    with pytest.raises(InputError):
        world.receive({"schema": "ansokan/1", "application": {}})
    with pytest.raises(RuntimeError):
        _received_and_lost(world)
    world.receive(application(2, NOVEMBER))
    assert given_numbers(world) == expected(world, 2026, 2)


def _received_and_lost(world: World) -> None:
    body = Body.of(json.dumps(application(3, NOVEMBER)).encode())
    with transaction(world.engine) as session:
        receive(world.office, session, TENANT, "ansokan/1", body, client="e-tjänst")
        raise RuntimeError


def test_each_year_begins_anew_in_sweden(world: World) -> None:
    world.clock.now = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    world.receive(application(1, NOVEMBER))
    world.clock.now = datetime(2026, 12, 31, 23, 1, tzinfo=UTC)
    world.receive(application(2, NOVEMBER))
    assert given_numbers(world) == expected(world, 2026, 1) + expected(world, 2027, 1)
