"""Signed POSTs against a real HTTP server on this machine."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.outputs import DeliveryError, Message, WebhookChannel, as_bytes, signature, verify
from decision_service.outputs.webhook import _public
from examples.ssbtek_server.certificates import Certificates
from tests.world.sweeps import swept

SECRET = b"en hemlighet"
NOW = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
MESSAGE = Message("a1.letter.1", "letter", "9999", NOW, {"text": "Hej å"})

PRIVATE = ("10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[fe80::1]")
DISGUISED = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1")

Answer = Callable[[BaseHTTPRequestHandler], None]


class Receiver:
    """What came in."""

    def __init__(self) -> None:
        self.address = ""
        self.got: list[tuple[dict[str, str], bytes]] = []


@contextmanager
def receiver(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A server that answers in some way."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers), body))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found.address = f"http://localhost:{server.server_address[1]}/krok?a=1"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def status(code: int, **headers: str) -> Answer:
    """Answer with a status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


def channel(address: str, timeout: float = 5.0) -> WebhookChannel:
    """A channel that may use this machine."""
    return WebhookChannel(address, SECRET, timeout=timeout, allow_private=True, clock=lambda: NOW)


def refused(address: str, timeout: float = 5.0, *, private: bool = True) -> DeliveryError:
    """The error of a delivery."""
    with pytest.raises(DeliveryError) as raised:
        WebhookChannel(address, SECRET, timeout=timeout, allow_private=private).deliver(MESSAGE)
    return raised.value


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_a_delivery_is_signed_and_carries_its_message_id(code: int) -> None:
    with receiver(status(code)) as found:
        channel(found.address).deliver(MESSAGE)
    ((headers, body),) = found.got
    assert body == as_bytes(MESSAGE)
    assert headers["Lagrum-Message-Id"] == "a1.letter.1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"].startswith("localhost:")
    assert verify(SECRET, headers["Lagrum-Signature"], body, AT)


def test_the_signature_is_the_documented_one() -> None:
    digest = hmac.digest(b"nyckel", b"1." + b"{}", hashlib.sha256).hex()
    assert signature(b"nyckel", 1, b"{}") == f"t=1,v1={digest}"


@given(st.binary(max_size=50), st.binary(min_size=1, max_size=20), st.integers(-400, 400))
def test_a_signature_holds_for_its_body_secret_and_five_minutes(
    body: bytes, secret: bytes, late: int
) -> None:
    header = signature(secret, AT, body)
    assert verify(secret, header, body, AT + late) == (abs(late) <= 300)
    assert not verify(secret, header, body + b" ", AT)
    assert not verify(secret + b"x", header, body, AT)
    assert not verify(secret, header.replace(f"t={AT}", f"t={AT + 1}"), body, AT)


@pytest.mark.parametrize("header", ["", "t=1", "v1=00", "t=a,v1=b", "t=1,v1=" + "0" * 63, "x" * 5000])
def test_a_header_that_is_no_signature_is_refused(header: str) -> None:
    assert not verify(SECRET, header, b"", 1)


@pytest.mark.parametrize(
    ("code", "retry"), [(400, False), (401, True), (404, True), (410, False), (429, True), (500, True)]
)
def test_another_status_is_no_delivery(code: int, retry: bool) -> None:
    with receiver(status(code)) as found:
        error = refused(found.address)
    assert str(error) == f"Mottagaren svarade HTTP {code}."
    assert error.retry is retry


def test_a_redirect_is_not_followed() -> None:
    with (
        receiver(status(200)) as other,
        receiver(status(307, Location=other.address)) as found,
    ):
        assert "följs inte" in str(refused(found.address))
        assert len(found.got) == 1
        assert other.got == []


def test_a_receiver_that_says_nothing_or_drips_is_given_up() -> None:
    release = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        release.wait(20)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not release.is_set():
            handler.wfile.write(b"x")
            time.sleep(0.05)

    try:
        for answer in (silent, drip):
            with receiver(answer) as found:
                error = refused(found.address, timeout=0.4)
            assert (str(error), error.retry) == ("Mottagaren svarade inte i tid.", True)
    finally:
        release.set()


def test_a_receiver_that_hangs_up_or_is_not_there_is_tried_again() -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    with receiver(hang_up) as found:
        error = refused(found.address)
    assert (str(error), error.retry) == ("Mottagaren bröt anslutningen.", True)
    gone = refused(found.address)
    assert (str(gone), gone.retry) == ("Det gick inte att ansluta till mottagaren.", True)


def test_the_next_address_of_a_name_is_tried_when_the_first_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiver(status(200)) as found:
        port = int(found.address.split(":")[2].split("/")[0])
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.9", "127.0.0.1")
        ]
        real = socket.getaddrinfo

        def looked_up(host: str, *arguments: object, **named: object) -> object:
            return addresses if host == "krok.example" else real(host, *arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)
        channel(f"http://krok.example:{port}/").deliver(MESSAGE)
    assert found.got[0][0]["Host"] == f"krok.example:{port}"


def test_a_large_answer_is_not_read() -> None:
    def large(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" " * 1_000_000)

    with receiver(large) as found:
        channel(found.address, timeout=2).deliver(MESSAGE)


@swept("host", [*PRIVATE, *DISGUISED])
def test_private_and_local_addresses_are_refused(host: str) -> None:
    error = refused(f"https://{host}/", private=False)
    assert error.retry is False
    assert "privat" in str(error)


@pytest.mark.parametrize("address", ["http://example.com/", "ftp://example.com/", "https://a:b@example.com/"])
def test_an_address_others_can_listen_to_is_refused(address: str) -> None:
    error = refused(address, private=False)
    assert (error.retry, "https://" in str(error)) == (False, True)


def test_nothing_is_sent_to_a_refused_address() -> None:
    with receiver(status(200)) as found:
        for address in (found.address, found.address.replace("http:", "https:")):
            assert refused(address, private=False).retry is False
        assert found.got == []


def test_the_open_internet_is_public() -> None:
    assert all(_public(each) for each in ("8.8.8.8", "2a00:1450:400f:80d::200e", "64:ff9b::808:808"))
    assert not any(_public(each) for each in ("2002:7f00:1::", "fd00::1", "::", "240.0.0.1"))


def test_a_name_that_leads_nowhere_is_tried_again() -> None:
    assert refused("https://finns-inte.invalid/").retry is True


def test_over_tls_the_name_is_checked_although_the_connection_goes_to_a_checked_address(
    tmp_path: Path,
) -> None:
    certificates, strangers = (Certificates.in_folder(tmp_path / each) for each in ("ca", "strangers"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.server_key)
    names: list[str | None] = []
    context.sni_callback = lambda line, name, own: names.append(name)
    with receiver(status(204), context) as found:
        address = found.address.replace("http:", "https:")
        trusting = WebhookChannel(address, SECRET, allow_private=True, trusted=certificates.ca)
        trusting.deliver(MESSAGE)
        for other in (strangers.ca, None):
            with pytest.raises(DeliveryError, match="ansluta"):
                WebhookChannel(address, SECRET, allow_private=True, trusted=other).deliver(MESSAGE)
    assert len(found.got) == 1
    assert set(names) == {"localhost"}


def test_a_channel_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        WebhookChannel("https://example.com/", b"")
