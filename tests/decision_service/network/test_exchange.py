"""An exchange ends when its time is up, whatever the other side does, and only then is called late."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from decision_service.network.exchange import LateError, within


def ask(address: str) -> None:
    with within(0.3, verify=False, timeout=60) as (client, _):
        client.get(address)


def fail(error: Exception, *, afterwards: bool) -> None:
    with within(0.01 if afterwards else 60, verify=False, timeout=60) as (_, late):
        assert not afterwards or late.wait(10)
        raise error


def test_a_side_that_takes_the_question_and_never_answers_is_late() -> None:
    """No step has taken too long; the whole has."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(LateError):
        ask(f"http://127.0.0.1:{server.getsockname()[1]}")


def test_what_fails_in_time_is_not_late_and_what_fails_afterwards_is() -> None:
    with pytest.raises(httpx.ReadError):
        fail(httpx.ReadError("broken"), afterwards=False)
    with pytest.raises(LateError):
        fail(httpx.ReadError("broken"), afterwards=True)
    with pytest.raises(LateError):
        fail(httpx.ConnectTimeout("a step took too long"), afterwards=False)


def test_an_exchange_that_is_done_in_time_leaves_no_clock_behind() -> None:
    with within(0.05, verify=False, timeout=60) as (_, late):
        pass
    time.sleep(0.1)
    assert not late.is_set()
