"""An exchange ends when its time is up, whatever the other side does, and only then is called late."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from decision_service.access import fetching
from decision_service.network.exchange import LateError, beginning, read, within


def ask(server: socket.socket, step: float) -> None:
    with within(0.5, verify=False, timeout=step) as (client, _):
        client.get(f"http://127.0.0.1:{server.getsockname()[1]}")


def fail(error: Exception, *, afterwards: bool) -> None:
    with within(0.01 if afterwards else 60, verify=False, timeout=60) as (_, late):
        assert not afterwards or late.wait(10)
        raise error


def answer_slowly(server: socket.socket) -> None:
    """A whole answer, but a header line at a time for four seconds."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")
        for number in range(80):
            connection.sendall(b"X-%d: -\r\n" % number)
            time.sleep(0.05)
        connection.sendall(b"\r\n")


def test_a_side_that_answers_forever_is_late_though_no_step_has_taken_too_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer_slowly, args=(server,), daemon=True).start()
        with pytest.raises(LateError):
            ask(server, step=60)


def test_a_side_that_takes_the_question_and_never_answers_is_late_when_the_step_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(LateError):
        ask(server, step=0.3)


def test_a_side_that_takes_the_question_and_never_answers_is_late_when_the_whole_is() -> None:
    """A read that waits for one byte is woken; it does not go on until the step's time."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        with pytest.raises(LateError):
            ask(server, step=30)
        assert time.monotonic() - began < 10


def test_an_answer_that_is_cut_short_is_late_and_not_a_short_answer() -> None:
    """Without a length the end of the connection would be the end of the answer."""

    def begin_an_answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
            time.sleep(3)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=begin_an_answer, args=(server,), daemon=True).start()
        with pytest.raises(LateError):
            ask(server, step=30)


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


def test_what_still_comes_when_the_time_is_up_is_read_no_further() -> None:
    late, given = threading.Event(), []

    def parts() -> Iterator[bytes]:
        for number in range(100):
            given.append(number)
            if number % 4 == 3:
                late.set()
            yield b"x"

    with pytest.raises(LateError):
        read(httpx.Response(200, content=parts()), 1000, late)
    assert given == [0, 1, 2, 3]
    late.clear()
    assert beginning(httpx.Response(403, content=parts()), 1000, late) == "xxx"
    late.clear()
    assert beginning(httpx.Response(403, content=parts()), 2, late) == "xx"
    assert given == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]


def test_a_socks_proxy_in_the_environment_is_a_side_that_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What speaks with one is no part of the service."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(fetching.FAILED):
        fetching.fetched("http://127.0.0.1:1/keys")
