"""Whoever answers us may be anybody's by then: an answer takes no more time and no more room than it may."""

from __future__ import annotations

import gzip
import socket
import ssl
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
from decision_service.network.exchange import LateError
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.outputs.digital_post import MailboxSender
from decision_service.outputs.mailbox import MailboxChannel
from decision_service.outputs.webhook import WebhookChannel
from examples.ssbtek_server.certificates import Certificates
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
def served(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port where every connection is served so, in a thread of its own."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


@contextmanager
def answering(
    answer: Callable[[Callable[[bytes], None], threading.Event], None], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Any]]:
    """The address of somebody who answers so, and what has been sent by them: bytes and requests."""
    ended, said = threading.Event(), {"bytes": 0, "sent": 0, "requests": 0}

    def serve(connection: socket.socket) -> None:
        def send(content: bytes) -> None:
            connection.sendall(content)
            said["bytes"] += len(content)
            said["sent"] += 1

        with suppress(OSError):
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                connection.recv(65536)
                said["requests"] += 1
                answer(send, ended)
                connection.shutdown(socket.SHUT_WR)

    with served(serve) as port:
        try:
            yield f"{'https' if tls is not None else 'http'}://127.0.0.1:{port}", said
        finally:
            ended.set()


def tunnel(connection: socket.socket) -> None:
    """A proxy: connects to whoever is named, and carries what both say until one of them ends."""

    def carry(here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while part := here.recv(65536):
                there.sendall(part)
        for each in (here, there):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    with connection, suppress(OSError):
        method, target, _ = connection.recv(65536).split(b" ", 2)
        assert method == b"CONNECT"
        host, _, port = target.decode().rpartition(":")
        with socket.create_connection((host, int(port))) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=carry, args=(other, connection), daemon=True)
            back.start()
            carry(connection, other)
            back.join()


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("answer", [slow_headers, slow_body], ids=lambda each: each.__name__)
def test_the_whole_has_a_time_through_a_proxy_too(
    answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Under TLS, which begins when the proxy has connected."""
    certificates = Certificates.in_folder(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.server, certificates.server_key)
    monkeypatch.setattr(f"{__name__}.SECONDS", 2)
    tunnelled = threading.Event()

    def proxy(connection: socket.socket) -> None:
        tunnelled.set()
        tunnel(connection)

    with served(proxy) as port, answering(answer, tls) as (address, said):
        for each in ("https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
            monkeypatch.delenv(each, raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(LateError):
            to_an_issuer(address, monkeypatch)
    assert tunnelled.is_set()
    assert said["requests"] == 1
    assert said["sent"] < 60, "the connection is cut when the time is up"


def answered(status: int, body: str) -> Callable[..., None]:
    """An answer with a status, and a body that is too long, packed or no text."""
    content = {"long": b"<p>" + b"x" * MEGABYTE, "packed": gzip.compress(b"x"), "no text": b"\xff\xfe" * 50}[
        body
    ]
    packing = b"Content-Encoding: gzip\r\n" if body == "packed" else b""

    def answer(send: Callable[[bytes], None], _: threading.Event) -> None:
        send(b"HTTP/1.1 %d -\r\n%sContent-Length: %d\r\n\r\n" % (status, packing, len(content)))
        send(content)

    return answer


def refusal(who: str, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Exception:
    """What is raised when somebody answers so, in time."""
    monkeypatch.setattr(f"{__name__}.SECONDS", 60)
    ask, refused = ASKED[who]
    with answering(answer) as (address, _), pytest.raises(refused) as raised:
        ask(address, monkeypatch)
    return raised.value


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 409, 500])
@pytest.mark.parametrize("body", ["long", "packed", "no text"])
@pytest.mark.parametrize("who", ASKED)
def test_a_refusal_says_its_status_whatever_its_body_is(
    who: str, body: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = str(refusal(who, answered(status, body), monkeypatch))
    assert str(status) in said
    assert len(said) < 300


def test_a_refusal_that_breaks_off_is_a_refusal_with_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(send: Callable[[bytes], None], _: threading.Event) -> None:
        send(b"HTTP/1.1 403 -\r\nContent-Length: 100\r\n\r\nIngen logg")

    said = str(refusal("witness", half, monkeypatch))
    assert said.endswith("skriver inte under: 403 Ingen logg")


def test_a_number_that_breaks_off_is_no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of a number is another number: the log would be taken for another history."""

    def half(send: Callable[[bytes], None], _: threading.Event) -> None:
        send(b"HTTP/1.1 409 -\r\nContent-Length: 5\r\n\r\n12")

    assert "svarar inte" in str(refusal("witness", half, monkeypatch))


NOT_READ = [
    ("witness", "long", "det är större än 4096 byte"),
    ("witness", "packed", "det är packat"),
    ("witness", "no text", "det är inte UTF-8"),
    ("mailbox", "long", "det är större än 100000 byte"),
    ("mailbox", "packed", "det är packat"),
]
"""What a mailbox says that is no text is no XML either, which is told where it is parsed."""


@pytest.mark.parametrize(("who", "body", "why"), NOT_READ)
def test_an_answer_that_is_not_read_is_not_told_as_none(
    who: str, body: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answered 200 may have done what was asked."""
    error = refusal(who, answered(200, body), monkeypatch)
    assert f"går inte att läsa: {why}" in str(error)
    assert not isinstance(error, DeliveryError) or error.retry
