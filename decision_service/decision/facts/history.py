"""What earlier months say: months in a row with support, and whether a right to work incentive is earned."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from norms.month import Month


def months_in_a_row(supported: Collection[Month], month: Month) -> int:
    """Months with support directly before a month, without a gap."""
    count = 0
    while month.plus(-1 - count) in supported:
        count += 1
    return count


def work_incentive(
    supported: Collection[Month],
    known_from: Month,
    month: Month,
    qualifying: int,
    valid: int,
    *,
    complete: bool,
) -> bool | None:
    """Whether a right to work incentive holds in a month (SoL 12 kap. 8 §), or None when it cannot be told.

    After ``qualifying`` months in a row with support the right holds for ``valid`` months; then as many new
    months in a row are needed. Nothing is known of months before ``known_from`` unless the history is
    ``complete``: every state the household may then have been in is followed, and only where all lead to
    the same answer is there one.
    """
    months = frozenset(each.index for each in supported)
    starts = [_State(0, 0)]
    if not complete:
        starts += [_State(run, 0) for run in range(1, qualifying)]
        starts += [_State(0, left) for left in range(1, valid + 1)]
    answers = {
        _follow(start, months, range(known_from.index, month.index), qualifying, valid) for start in starts
    }
    return answers.pop() if len(answers) == 1 else None


class _State(NamedTuple):
    """Months in a row with support towards a right, and months that an earned right still holds."""

    run: int
    left: int


def _follow(state: _State, supported: Collection[int], months: range, qualifying: int, valid: int) -> bool:
    """Whether a right holds after some months, each by its index."""
    for month in months:
        if state.left > 0:
            state = _State(0, state.left - 1)
        elif month in supported:
            run = state.run + 1
            state = _State(0, valid) if run >= qualifying else _State(run, 0)
        else:
            state = _State(0, 0)
    return state.left > 0
