"""The pauses between attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from decision_service.outputs import next_attempt
from decision_service.outputs.retry import FIRST, JITTER, LONGEST, pause

NOW = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)


@given(st.text(max_size=80), st.integers(1, 200))
def test_a_pause_doubles_up_to_the_longest_and_is_the_same_every_time(key: str, attempts: int) -> None:
    found = pause(key, attempts)
    expected = min(FIRST * 2 ** min(attempts - 1, 20), LONGEST)
    assert expected <= found <= expected * (1 + JITTER)
    assert found == pause(key, attempts)
    assert next_attempt(key, attempts, NOW) == NOW + found


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    assert len({pause(f"m{number}", 3) for number in range(100)}) == 100


def test_twenty_attempts_last_more_than_two_days() -> None:
    assert sum((pause("m", number) for number in range(1, 20)), timedelta()) > timedelta(days=2)
