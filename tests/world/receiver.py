"""A receiver of webhooks as a client would run it: a real HTTP server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """A POST as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        """The message it carries."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What has come; ``refuse`` says with which statuses the next ones are refused."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    refused: list[Received] = field(default_factory=list)
    refuse: list[int] = field(default_factory=list)

    def events(self, application: str) -> list[str]:
        """What has been told about an application, in the order it was told."""
        payloads = [each.message["payload"] for each in self.got]
        return [each["event"] for each in payloads if each["application"] == application]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the time of a block."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received = Received(dict(self.headers.items()), body)
            status = state.refuse.pop(0) if state.refuse else 204
            (state.got if status == 204 else state.refused).append(received)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/lagrum"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
