"""The HTTP server: how many it serves at a time, and how long it waits for the head of a request and for an
answer to be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN = 10.0
"""Seconds that a client has for the first line and the headers of a request."""
READ_WITHIN = 30.0
"""Seconds that a client has to read what lies in the way of the rest of its answer, some ten kilobytes."""
LARGEST_HEAD = 32 * 1024
"""Bytes of them. A token is at most a quarter of it."""
MOST_CONNECTIONS = 800
"""Connections at a time: fewer than the files that a process may usually have open, 1024. Whoever comes when
there are more is told to come back."""


class _Patient(H11Protocol):
    """A connection that is closed when a head is begun and not ended, or never begun, in time, and when an
    answer is not read."""

    _too_late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_a_head()
        else:
            self._wait_no_more()

    def pause_writing(self) -> None:
        """The client does not read: what is written waits."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        self._read_again()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        self._read_again()
        super().connection_lost(exc)

    def _read_again(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _wait_for_a_head(self) -> None:
        """Between two requests of a connection the server's own patience counts."""
        if self._too_late is None and self.timeout_keep_alive_task is None:
            self._too_late = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None


def configured(
    app: FastAPI | Callable[[], FastAPI], proxies: Sequence[str] = (), **more: Any
) -> uvicorn.Config:
    """How an application is served. ``proxies``: the addresses and networks whose ``X-Forwarded-For`` counts;
    without any nobody's does. ``more`` is what uvicorn's configuration takes besides."""
    return uvicorn.Config(
        app,
        http=_Patient,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        limit_concurrency=MOST_CONNECTIONS,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        log_config=None,
        access_log=False,
        server_header=False,
        **more,
    )
