"""What an issuer answers: JSON that is not too large, within a time, and never from another address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from decision_service.network.exchange import BROKEN, UNPACKED, LateError, read, within

TIMEOUT = 5.0
"""Seconds that an issuer has to answer."""
LARGEST = 256 * 1024
"""Bytes of an answer."""
FAILED = (LateError, httpx.InvalidURL, *BROKEN)
"""What is raised when there is no answer, or none that can be read."""


class StatusError(ValueError):
    """An answer that is no success. ``content`` is what it says all the same, None where that is no JSON."""

    def __init__(self, status: int, content: Any) -> None:
        self.status, self.content = status, content
        super().__init__(f"status {status}")


def fetched(url: str) -> Any:
    """The JSON at an address. Raises what ``FAILED`` lists, StatusError among it."""
    return _asked("GET", url)


def posted(url: str, form: Mapping[str, str], login: tuple[str, str] | None = None) -> Any:
    """The JSON that a form is answered with. Raises what ``FAILED`` lists, StatusError among it."""
    return _asked("POST", url, data=dict(form), auth=login)


def parsed(content: bytes) -> Any:
    """JSON that is not too large. Raises ValueError and RecursionError."""
    if len(content) > LARGEST:
        raise ValueError("too large")
    return json.loads(content)


def _asked(method: str, url: str, **more: Any) -> Any:
    headers = {"Accept": "application/json", **UNPACKED}
    with (
        within(TIMEOUT, verify=True, timeout=TIMEOUT, environment=True) as (client, late),
        client.stream(method, url, headers=headers, **more) as response,
    ):
        if response.status_code == HTTPStatus.OK:
            return parsed(read(response, LARGEST, late))
        try:
            said = parsed(read(response, LARGEST, late))
        except (ValueError, RecursionError):
            said = None
    raise StatusError(response.status_code, said)
