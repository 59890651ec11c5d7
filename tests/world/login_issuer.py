"""An issuer where people sign in: real redirects at a port, and whatever can go wrong when it is wanted."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.world.installation import INSTALLATION
from tests.world.issuers import Key, public, signed, signing_key
from tests.world.people import TENANT

CLIENT, SECRET = "lagrum-webb", "hemligt: så det förslår"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
Json = dict[str, Any]


@dataclass
class LoginIssuer:
    """What the issuer says now. ``person`` is who sits in front of its page, None for somebody it shuts out;
    ``wrong`` changes the claims of its tokens, ``key`` signs them; ``refuses`` is the error that its page
    answers with; ``down`` that it answers nothing at all."""

    clock: Callable[[], datetime]
    url: str = ""
    person: Json | None = None
    wrong: Json = field(default_factory=dict)
    key: Key = field(default_factory=signing_key)
    refuses: str = ""
    down: bool = False
    renews: bool = True
    says_id: bool = True
    asked: list[Json] = field(default_factory=list)
    codes: dict[str, Json] = field(default_factory=dict)
    refresh: str = ""

    def token(self, **claims: Any) -> str:
        """A token for our client, about nobody unless it is said."""
        now = int(self.clock().timestamp())
        found: Json = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300} | claims | self.wrong
        return signed(self.key, {name: value for name, value in found.items() if value is not None})

    def logout_token(self, **claims: Any) -> str:
        """What tells that somebody has signed out."""
        return self.token(**({"events": {LOGOUT: {}}, "jti": secrets.token_hex(8)} | claims))

    def answer(self, handler: _Handler, path: str, given: Json) -> None:
        """Answer a request."""
        if self.down:
            handler.say(503, {"error": "down"})
        elif path == "/.well-known/openid-configuration":
            ends = ("authorization", "token", "end_session")
            handler.say(
                200, {"issuer": self.url} | {f"{each}_endpoint": f"{self.url}/{each}" for each in ends}
            )
        elif path == "/jwks":
            handler.say(200, {"keys": [public(signing_key(), "k1", use="sig", alg="EdDSA")]})
        elif path == "/authorization":
            handler.lead(self._authorized(given))
        elif path == "/token":
            handler.say(*self._exchanged(handler.headers.get("Authorization", ""), given))
        elif path == "/end_session":
            handler.lead(given["post_logout_redirect_uri"])
        else:
            handler.say(404, {})

    def _authorized(self, given: Json) -> str:
        self.asked.append(given)
        assert given["client_id"] == CLIENT
        assert (given["response_type"], given["code_challenge_method"]) == ("code", "S256")
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        found = {"error": self.refuses} if self.refuses else {"code": code}
        return f"{given['redirect_uri']}?{urlencode({**found, 'state': given['state']})}"

    def _exchanged(self, proof: str, given: Json) -> tuple[int, Json]:
        expected = base64.b64encode(f"{CLIENT}:{urlencode({'': SECRET})[1:].replace('+', '%20')}".encode())
        if proof != f"Basic {expected.decode()}":
            return 401, {"error": "invalid_client"}
        nonce = {}
        if given["grant_type"] == "authorization_code":
            asked = self.codes.pop(given["code"], None)
            challenge = hashlib.sha256(given["code_verifier"].encode()).digest()
            if (
                asked is None
                or asked["redirect_uri"] != given["redirect_uri"]
                or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).decode().rstrip("=")
            ):
                return 400, {"error": "invalid_grant"}
            nonce = {"nonce": asked["nonce"]}
        elif given.get("refresh_token") != self.refresh:
            return 400, {"error": "invalid_grant"}
        if self.person is None:
            return 400, {"error": "invalid_grant"}
        self.refresh = secrets.token_urlsafe(16)
        answer = {"token_type": "Bearer", "access_token": "säger inget"}
        if self.says_id:
            answer["id_token"] = self.token(**self.person, **nonce)
        if self.renews:
            answer["refresh_token"] = self.refresh
        return 200, answer


def person(*roles: str, subject: str = "anna.ek", **claims: Any) -> Json:
    """Somebody who works in the made-up municipality, in the issuer's own words."""
    names = {"handlaggare": "SOC-Handläggare", "jurist": "SOC-Jurist", "chef": "SOC-Chef"}
    said = [names.get(each, each) for each in roles]
    found = {"sub": subject, "name": "Anna Ek", "sid": "s1", "realm_access": {"roles": said}}
    return found | claims


def installation(url: str, more: str = "") -> str:
    """The installation of the tests, where people also sign in at an issuer with words of its own."""
    return "\n".join(
        [
            INSTALLATION,
            f"  - utfärdare: '{url}'",
            "    mottagare: lagrum-api",
            '    krets: ""',
            f"    nycklar: {{adress: '{url}/jwks'}}",
            "    algoritmer: [EdDSA]",
            f'    kommuner: ["{TENANT}"]',
            "    fält för roller: realm_access.roles",
            f'    alla arbetar i: ["{TENANT}"]',
            "    roller: {SOC-Handläggare: handlaggare, SOC-Jurist: jurist, SOC-Chef: chef}",
            f"    inloggning: {{klient: {CLIENT}, namn: Exempelkommun, hemlighet: klient.hemlig{more}}}",
        ]
    )


class _Handler(BaseHTTPRequestHandler):
    state: LoginIssuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.state.answer(self, parts.path, {name: found[0] for name, found in parse_qs(parts.query).items()})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.state.answer(self, self.path, {name: found[0] for name, found in parse_qs(content).items()})

    def say(self, status: int, content: Json) -> None:
        """Answer with JSON."""
        written = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def lead(self, where: str) -> None:
        """Send the browser on."""
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def login_issuer(clock: Callable[[], datetime]) -> Iterator[LoginIssuer]:
    """An issuer at a port of this machine."""
    state = LoginIssuer(clock)
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
