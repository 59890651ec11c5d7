"""An issuer as one meets it on the net: keys published by a real HTTP server, tokens signed with them."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry, serialize_compact

from decision_service.installation.issuer import Algorithm, Issuer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
URL = "https://inloggning.exempel.se/realm"
AUDIENCE = "lagrum"
Key = OKPKey | ECKey | RSAKey | OctKey


def clock() -> datetime:
    """Always noon."""
    return NOW


def new_key(algorithm: Algorithm) -> Key:
    """A key pair for an algorithm."""
    match algorithm:
        case Algorithm.EDDSA:
            return OKPKey.generate_key("Ed25519")
        case Algorithm.ES256:
            return ECKey.generate_key("P-256")
        case Algorithm.RS256:
            return RSAKey.generate_key(2048)


@cache
def signing_key() -> Key:
    """The key of the issuer that the municipalities trust."""
    return new_key(Algorithm.EDDSA)


def public(key: Key, kid: str, **more: Any) -> dict[str, Any]:
    """A key as an issuer publishes it."""
    return {**key.as_dict(private=False), "kid": kid, **more}


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token of a handläggare, with changes; None takes a claim away."""
    found = {
        "iss": URL,
        "aud": AUDIENCE,
        "sub": "anna.andersson",
        "azp": "handlaggarwebben",
        "name": "Anna Andersson",
        "roles": ["handlaggare"],
        "tenants": ["9999"],
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
    } | changed
    return {name: value for name, value in found.items() if value is not None}


def signed(key: Key, content: dict[str, Any] | bytes, **header: Any) -> str:
    """A token with any header at all, signed."""
    head = {"typ": "JWT", "alg": "EdDSA", "kid": "k1"} | header
    head = {name: value for name, value in head.items() if value is not None}
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    return serialize_compact(head, payload, key, [head["alg"]], _Careless())


class _Careless(JWSRegistry):
    """Signs whatever it is given, as an attacker's tool would."""

    max_header_length = 100_000

    def check_header(self, header: Any) -> None:
        """Anything goes."""

    def get_alg(self, name: str) -> Any:
        """Any algorithm there is."""
        return self.algorithms[name]


def part(content: bytes | dict[str, Any]) -> str:
    """One part of a token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def issuer(keys: dict[str, str], **changed: Any) -> Issuer:
    """An issuer of the installation file, with its keys at ``{"adress": …}`` or ``{"fil": …}``."""
    return Issuer.model_validate(
        {
            "utfärdare": URL,
            "mottagare": AUDIENCE,
            "nycklar": keys,
            "algoritmer": ["EdDSA", "ES256", "RS256"],
            "kommuner": ["9999", "1287"],
        }
        | changed
    )


@dataclass
class KeyServer:
    """What the server answers now, and how often it has been asked."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    raw: bytes | None = None
    asked: int = 0
    hold: threading.Event | None = None
    url: str = ""


@contextmanager
def key_server() -> Iterator[KeyServer]:
    """A server of key sets on this machine."""
    state = KeyServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            if state.hold is not None:
                state.hold.wait(10)
            content = state.raw if state.raw is not None else json.dumps({"keys": state.keys}).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(content)))
            if state.status in (301, 302):
                self.send_header("Location", "/annan")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/jwks"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
