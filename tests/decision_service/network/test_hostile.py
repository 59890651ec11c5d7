"""Whoever answers us may be anybody's by then: an answer takes no more time and no more room than it may."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from audit.cosignature import asked
from audit.errors import WitnessError
from decision_service.access import fetching
from decision_service.casework import witnessing
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.outputs.digital_post import MailboxSender
from decision_service.outputs.mailbox import MailboxChannel
from decision_service.outputs.webhook import WebhookChannel
from tests.world.office import START

SECONDS = 0.5
"""What an answer may take here."""
MEGABYTE = 1024 * 1024
MANY = 64
"""Megabytes that somebody tries to make of a small answer."""
BOMB = gzip.compress(b" " * (MANY * MEGABYTE))
NOTE = f"9999.lagrum.example/audit\n1\n{'A' * 43}=\n\n— 9999.lagrum.example/audit AAAA\n"


class _Files:
    """No certificates: what is asked here is plain http."""

    @staticmethod
    def context() -> bool:
        return True


def to_a_witness(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnessing, "TIMEOUT", SECONDS)
    witnessing._ask(address, asked(0, [], NOTE))


def to_a_mailbox(address: str, _: pytest.MonkeyPatch) -> None:
    sender = MailboxSender("162120000001", "Exempelkommun", "Ring")
    MailboxChannel(address, sender, _Files(), timeout=SECONDS)._called(b"<letter/>")  # type: ignore[arg-type]


def to_an_issuer(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", SECONDS)
    fetching.fetched(address)


def to_a_client(address: str, _: pytest.MonkeyPatch) -> None:
    message = Message("a1.notice.1", "webhook:w1", "9999", START, {"event": "x"})
    WebhookChannel(address, b"hemlig", timeout=SECONDS, allow_private=True).deliver(message)


ASKED: dict[str, tuple[Callable[[str, pytest.MonkeyPatch], None], tuple[type[Exception], ...]]] = {
    "witness": (to_a_witness, (WitnessError,)),
    "mailbox": (to_a_mailbox, (DeliveryError,)),
    "issuer": (to_an_issuer, fetching.FAILED),
    "client": (to_a_client, (DeliveryError,)),
}


def packed(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB))
    send(BOMB)


def endless(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\n\r\n")
    for _each in range(MANY * 16):
        send(b" " * (MEGABYTE // 16))


def endless_in_parts(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _each in range(MANY * 16):
        send(b"10000\r\n" + b" " * (MEGABYTE // 16) + b"\r\n")


def slow_headers(send: Callable[[bytes], None], ended: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        send(b"X-%d: -\r\n" % number)
        if ended.wait(SECONDS / 5):
            return


def slow_body(send: Callable[[bytes], None], ended: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _each in range(100):
        send(b" ")
        if ended.wait(SECONDS / 5):
            return


def large_headers(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"HTTP/1.1 200 OK\r\n")
    for _each in range(MANY * 16):
        send(b"X: " + b"a" * (MEGABYTE // 16) + b"\r\n")


def silent(send: Callable[[bytes], None], ended: threading.Event) -> None:
    ended.wait(SECONDS * 20)


def sent_on(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /annat\r\nContent-Length: 0\r\n\r\n")


def no_http(send: Callable[[bytes], None], _: threading.Event) -> None:
    send(b"\x00\xff" * 1000)


ANSWERS = (
    packed, endless, endless_in_parts, slow_headers, slow_body, large_headers, silent, sent_on, no_http,
)  # fmt: skip
IS_TAKEN = {"client": (packed, endless, endless_in_parts, slow_body)}
"""A client has the notice when its status says so; nothing else that it says is read."""


@contextmanager
def answering(
    answer: Callable[[Callable[[bytes], None], threading.Event], None],
) -> Iterator[tuple[str, Any]]:
    """The address of somebody who answers so, and what has been sent by them: bytes and requests."""
    ended, said = threading.Event(), {"bytes": 0, "sent": 0, "requests": 0}

    def serve(connection: socket.socket) -> None:
        def send(content: bytes) -> None:
            connection.sendall(content)
            said["bytes"] += len(content)
            said["sent"] += 1

        with connection, suppress(OSError):
            connection.recv(65536)
            said["requests"] += 1
            answer(send, ended)
            connection.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", said
        finally:
            ended.set()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("who", ASKED)
def test_an_answer_is_read_as_far_as_it_may_be(
    who: str, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ask, refused = ASKED[who]
    with answering(answer) as (address, said):
        tracemalloc.start()
        try:
            if answer in IS_TAKEN.get(who, ()):
                ask(address, monkeypatch)
            else:
                with pytest.raises(refused):
                    ask(address, monkeypatch)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert said["requests"] == 1, "nothing is followed, and nothing is asked twice"
    assert peak < 8 * MEGABYTE
    assert said["bytes"] < MANY * MEGABYTE / 2
    if answer in (slow_headers, slow_body):
        assert said["sent"] < 60, "the whole has a time, and not only each step"
