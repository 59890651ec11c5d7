"""Signing in at an issuer's own page, as OpenID Connect says: authorization code with PKCE, state and nonce.

The browser is sent to the issuer and comes back with a code, which is exchanged for tokens. What the issuer
then says of the person is checked as any other token. A refresh token confirms it again later.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

import structlog

from decision_service.access.fetching import FAILED, StatusError, fetched, posted
from decision_service.access.keys import KeysUnavailableError
from decision_service.access.tokens import LoggedIn, TokenRefusedError, Tokens
from decision_service.installation.issuer import Issuer, Login
from decision_service.installation.values import safe_address
from norms.fault import MisfitError

FRESH = 600.0
"""Seconds after which the issuer is asked anew where its pages are."""
DISCOVERY = "/.well-known/openid-configuration"
_METHOD = "client_secret_basic"

_log = structlog.get_logger("lagrum.access")


class LoginFailedError(Exception):
    """Nobody is signed in. ``code`` is the fault that says why, in words for whoever tried."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Gone(LoginFailedError):  # noqa: N818 — no fault: the issuer says that the person is no longer signed in
    """The issuer no longer vouches for the person."""


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """What is remembered while somebody is at the issuer's page."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> PendingLogin:
        """Values that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class VouchedPerson:
    """Somebody an issuer vouches for, and the refresh token by which it will do so again."""

    who: LoggedIn
    refresh: str


@dataclass(frozen=True, slots=True)
class _Places:
    authorization: str
    token: str
    sign_out: str | None
    methods: tuple[str, ...]


class LoginService:
    """One issuer's pages and answers. Safe in threads. ``now`` counts seconds and never goes back."""

    def __init__(
        self,
        issuer: Issuer,
        login: Login,
        tokens: Tokens,
        redirect: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer, self.login = issuer, login
        self._tokens, self._redirect, self._now = tokens, redirect, now
        self._lock = threading.Lock()
        self._found: tuple[float, _Places] | None = None

    def address(self, asked: PendingLogin) -> str:
        """Where a browser is sent to sign in. Raises LoginFailedError."""
        challenge = hashlib.sha256(asked.verifier.encode()).digest()
        values = {
            "response_type": "code",
            "client_id": self.login.client,
            "redirect_uri": self._redirect,
            "scope": " ".join(self.login.scopes),
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return _with(self._places().authorization, values)

    def sign_out_address(self, back: str) -> str | None:
        """Where somebody is sent to sign out at the issuer too; None where it has no such page.

        Raises LoginFailedError.
        """
        found = self._places().sign_out
        values = {"client_id": self.login.client, "post_logout_redirect_uri": back}
        return _with(found, values) if found is not None else None

    def exchanged(self, code: str, asked: PendingLogin) -> VouchedPerson:
        """Whom a code stands for. Raises LoginFailedError."""
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
        return self._vouched({**given, "code_verifier": asked.verifier}, asked.nonce, None)

    def confirmed(self, refresh: str, subject: str) -> VouchedPerson:
        """What the issuer says now of somebody it has vouched for. Raises Gone when it does not vouch for
        them any longer, and LoginFailedError when it cannot be asked."""
        found = self._vouched({"grant_type": "refresh_token", "refresh_token": refresh}, None, refresh)
        if found.who.principal.subject != subject:
            _failed("login_not_trusted", "another_subject", Gone)
        return found

    def signed_out(self, token: str) -> tuple[str, str]:
        """Whose sessions the issuer ends with a logout token: the person's id and the session's.

        Raises LoginFailedError.
        """
        try:
            return self._tokens.verify_logout(self.issuer, token, self.login.client)
        except TokenRefusedError as error:
            _failed("login_not_trusted", error.reason)
        except KeysUnavailableError:
            _failed("login_unreachable", "keys")

    def _vouched(self, form: Mapping[str, str], nonce: str | None, refresh: str | None) -> VouchedPerson:
        kind: type[LoginFailedError] = LoginFailedError if refresh is None else Gone
        answer = self._exchange(form, kind)
        token, renewal = answer.get("id_token"), answer.get("refresh_token", refresh)
        if not isinstance(token, str):
            _failed("login_not_trusted", "no_id_token", kind)
        if not isinstance(renewal, str):
            _failed("login_without_renewal", "no_refresh_token", kind)
        try:
            who = self._tokens.verify_login(self.issuer, token, self.login.client, nonce)
        except TokenRefusedError as error:
            _failed("login_not_trusted", error.reason, kind)
        except KeysUnavailableError:
            _failed("login_unreachable", "keys")
        if not who.principal.roles or not who.principal.tenants:
            _failed("login_without_role", "no_role", kind)
        return VouchedPerson(who, renewal)

    def _exchange(self, form: Mapping[str, str], kind: type[LoginFailedError]) -> dict[str, Any]:
        """The token endpoint's answer. Raises LoginFailedError, of the kind given when it says no."""
        places = self._places()
        given, proof = self._proof(places)
        try:
            answer = posted(places.token, {**form, **given}, proof)
        except StatusError as error:
            why = str(error.content.get("error"))[:60] if isinstance(error.content, dict) else str(error)
            if why == "invalid_grant":  # the code or the refresh token: the others are about our client
                _failed("login_not_given", why, kind)
            _failed("login_unreachable" if error.status >= 500 else "login_misconfigured", why)
        except FAILED as error:
            _failed("login_unreachable", type(error).__name__)
        if not isinstance(answer, dict):
            _failed("login_unreachable", "no_object")
        return answer

    def _proof(self, places: _Places) -> tuple[dict[str, str], tuple[str, str] | None]:
        """What shows that it is our client that asks: fields of the form, or a login. Raises
        LoginFailedError."""
        client = {"client_id": self.login.client}
        if self.login.secret is None:
            return client, None
        try:
            secret = self.login.secret.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            _failed("login_misconfigured", "secret_unreadable")
        if _METHOD in places.methods:
            return {}, (quote(self.login.client, safe=""), quote(secret, safe=""))
        return {**client, "client_secret": secret}, None

    def _places(self) -> _Places:
        """Where the issuer's pages are, by what it says itself. Raises LoginFailedError."""
        with self._lock:
            if self._found is not None and self._now() - self._found[0] < FRESH:
                return self._found[1]
            try:
                said = fetched(self.issuer.url.rstrip("/") + DISCOVERY)
                found = _read(said, self.issuer.url)
            except MisfitError:
                _failed("login_misconfigured", "unsafe_address")
            except FAILED as error:
                _failed("login_unreachable", type(error).__name__)
            self._found = (self._now(), found)
            return found


def _read(said: Any, issuer: str) -> _Places:
    """Raises ValueError for what is not this issuer's description, and MisfitError for unsafe addresses."""
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise ValueError("another issuer")
    where = {name: said.get(f"{name}_endpoint") for name in ("authorization", "token", "end_session")}
    if not isinstance(where["authorization"], str) or not isinstance(where["token"], str):
        raise ValueError("no endpoints")
    leaves = where["end_session"]
    methods = said.get("token_endpoint_auth_methods_supported")
    return _Places(
        safe_address(where["authorization"]),
        safe_address(where["token"]),
        safe_address(leaves) if isinstance(leaves, str) else None,
        tuple(map(str, methods)) if isinstance(methods, list) else (_METHOD,),
    )


def _with(address: str, values: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def _failed(code: str, why: str, kind: type[LoginFailedError] = LoginFailedError) -> NoReturn:
    """Our log has the reason; whoever signs in gets a sentence."""
    _log.warning("login_failed", code=code, why=why)
    raise kind(code)
