"""What a command shares among processes comes back in order, and a process that is killed ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool

import pytest

from decision_service.commands.split_off import in_order

MANY = 200


def doubled(number: int) -> int:
    if number < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == MANY:
        raise ValueError("för mycket")
    return 2 * number


@pytest.mark.parametrize("together", [1, 8])
def test_all_come_back_in_order_and_few_are_taken_ahead(together: int) -> None:
    taken = list[int]()

    def given() -> Iterator[int]:
        for number in range(MANY):
            taken.append(number)
            yield number

    for done, found in enumerate(in_order(doubled, given(), 2, together)):
        assert found == 2 * done
        assert len(taken) - done <= 6 * together
    assert len(taken) == MANY


def test_what_one_raises_is_raised_and_no_more_is_begun() -> None:
    found = in_order(doubled, iter([1, MANY, *range(MANY)]), 2)
    assert next(found) == 2
    with pytest.raises(ValueError, match="för mycket"):
        next(found)


def test_a_process_that_is_killed_is_waited_for_by_nobody() -> None:
    with pytest.raises(BrokenProcessPool):
        list(in_order(doubled, iter([1, -1, *range(MANY)]), 2))


def test_nothing_to_do_is_done() -> None:
    assert list(in_order(doubled, [], 2)) == []
