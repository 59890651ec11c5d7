"""An HTTP exchange that ends when its time is up, and an answer that is no larger than it may be: httpx
limits each step of one and never the whole, and unpacks whatever comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import Any

import httpx

from decision_service.reading.said import said_in

_say = said_in(__file__)

BROKEN = (httpx.HTTPError, OSError, RuntimeError, ValueError)
"""What a client raises when an exchange fails; one that is closed under way ends in any of them."""


class LateError(Exception):
    """The other side did not answer in time."""


class UnreadableError(ValueError):
    """There is an answer, but it is not read: why, in Swedish, for the end of a sentence about the answer."""


class TooLargeError(UnreadableError):
    """The answer is larger than it may be."""

    def __init__(self, largest: int) -> None:
        super().__init__(_say("too_large", gräns=largest))


class PackedError(UnreadableError):
    """The answer is packed, which nobody asked for: how large it is then shows only when it is unpacked."""

    def __init__(self) -> None:
        super().__init__(_say("packed"))


UNPACKED: Mapping[str, str] = {"Accept-Encoding": "identity"}
"""The header that asks for an answer which ``read`` reads."""


def read(response: httpx.Response, largest: int, late: threading.Event) -> bytes:
    """The body of an answer that is streamed, of so many bytes at most. Raises UnreadableError, LateError
    when the time is up, and what a client raises."""
    found = bytearray()
    for part in _parts(response, late):
        found += part
        if len(found) > largest:
            raise TooLargeError(largest)
    return bytes(found)


def beginning(response: httpx.Response, most: int, late: threading.Event) -> str:
    """What an answer that is streamed begins with, for people to read: what comes of so many bytes, and
    nothing where it is packed."""
    found = bytearray()
    with suppress(LateError, *BROKEN):
        for part in _parts(response, late):
            found += part
            if len(found) >= most:
                break
    return found[:most].decode(errors="replace")


def _parts(response: httpx.Response, late: threading.Event) -> Iterator[bytes]:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise PackedError
    for part in response.iter_raw():
        if late.is_set():
            raise LateError
        yield part


@contextmanager
def within(
    seconds: float,
    *,
    verify: SSLContext | bool,
    timeout: httpx.Timeout | float,
    environment: bool = False,
) -> Iterator[tuple[httpx.Client, threading.Event]]:
    """A client whose connections are cut when the time is up, and the event that says that they were.

    ``timeout`` is for each step. A read or a write under way ends with the whole's time; only looking up a
    name, connecting and the handshake of TLS end by the step's, so let it be no longer. ``environment``: by
    the proxies that the process's environment names. Raises LateError for whatever happens after the time or
    a step's, and what the block raises else.
    """
    late, connections = threading.Event(), _Connections()
    hooks = {"request": [connections.watch]}
    try:
        made = httpx.Client(verify=verify, timeout=timeout, trust_env=environment, event_hooks=hooks)
    except ImportError as error:  # the environment names a SOCKS proxy
        raise httpx.UnsupportedProtocol("socks") from error
    with made as client:
        timer = threading.Timer(seconds, _end, (connections, late))
        timer.daemon = True
        timer.start()
        try:
            yield client, late
            if late.is_set():  # what was read may have been cut short
                raise LateError
        except httpx.TimeoutException as error:
            raise LateError from error
        except BROKEN as error:
            if late.is_set():
                raise LateError from error
            raise
        finally:
            timer.cancel()


class _Connections:
    """The connections of a client, so that another thread can cut them: closing them would wake nobody."""

    _MADE = frozenset({"connect_tcp.complete", "start_tls.complete"})
    """Events by which there is another stream, whether to the other side or (``proxy.``) through a proxy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: list[Any] = []
        self._cut = False

    def watch(self, request: httpx.Request) -> None:
        """Take notice of the connections that a request makes."""
        request.extensions = {**request.extensions, "trace": self._notice}

    def _notice(self, event: str, values: Mapping[str, Any]) -> None:
        if event.partition(".")[2] in self._MADE:
            with self._lock:
                self._streams.append(values["return_value"])
                if self._cut:
                    self._cut_all()

    def cut(self) -> None:
        """End every connection, and any that is still being made."""
        with self._lock:
            self._cut = True
            self._cut_all()

    def _cut_all(self) -> None:
        for stream in self._streams:
            with suppress(OSError):  # it has ended already
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _end(connections: _Connections, late: threading.Event) -> None:
    late.set()
    connections.cut()
