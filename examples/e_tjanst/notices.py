"""Take notices as an e-service should: check the signature, drop what has come before, answer at once."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from examples.klient import genuine


@dataclass
class Notices:
    """What has come. ``secret`` is set when the service has given it; until then nothing is taken."""

    url: str = ""
    secret: bytes = b""
    events: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    doubled: int = 0
    forged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, signature: str, body: bytes) -> int:
        """The status to answer with."""
        if not self.secret:
            return 503  # comes again
        with self.lock:
            if not genuine(self.secret, signature, body, int(time.time())):
                self.forged += 1
                return 401
            if key in self.seen:
                self.doubled += 1
            else:
                self.seen.add(key)
                self.events[json.loads(body)["payload"]["event"]] += 1
        return 204

    def wait_for_the_last(self, quiet: float = 5.0) -> None:
        """Until no notice has come for so many seconds: letters and payments go before notices."""
        count = -1
        while count != (count := self.events.total() + self.doubled):
            time.sleep(quiet)


@contextmanager
def listening(port: int = 0) -> Iterator[Notices]:
    """A receiver on this machine for the time of a block."""
    notices = Notices()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take one."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            key, signature = (self.headers.get(f"Lagrum-{name}", "") for name in ("Message-Id", "Signature"))
            self.send_response(notices.take(key, signature, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    notices.url = f"http://127.0.0.1:{server.server_port}/lagrum"
    try:
        yield notices
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
