"""An HTTP exchange that ends when its time is up: httpx limits each step of one, and never the whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext

import httpx

BROKEN = (httpx.HTTPError, OSError, RuntimeError, ValueError)
"""What a client raises when an exchange fails; one that is closed under way ends in any of them."""


class LateError(Exception):
    """The other side did not answer in time."""


@contextmanager
def within(
    seconds: float, *, verify: SSLContext | bool, timeout: httpx.Timeout | float
) -> Iterator[tuple[httpx.Client, threading.Event]]:
    """A client that is closed when the time is up, and the event that says that it was.

    ``timeout`` is for each step; a step under way ends by it and not by the whole's time, so let it be no
    longer. Raises LateError for whatever happens after the time or a step's, and what the block raises else.
    """
    late = threading.Event()
    with httpx.Client(verify=verify, timeout=timeout, trust_env=False) as client:
        timer = threading.Timer(seconds, _close, (client, late))
        timer.daemon = True
        timer.start()
        try:
            yield client, late
        except httpx.TimeoutException as error:
            raise LateError from error
        except BROKEN as error:
            if late.is_set():
                raise LateError from error
            raise
        finally:
            timer.cancel()


def _close(client: httpx.Client, late: threading.Event) -> None:
    late.set()
    client.close()
