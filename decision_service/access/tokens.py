"""Bearer tokens: a signed statement by a known issuer of who asks, taken apart with distrust.

Whatever is wrong with a token, the one who sent it learns only that it was not accepted. The reason goes to
our own log as a code.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import re
import threading
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, NoReturn

import structlog
from joserfc import jws
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from decision_service.access.keys import Keys, KeysUnavailableError, PublicKey
from decision_service.access.roles import Principal, Role
from decision_service.installation.issuer import Algorithm, Issuer
from decision_service.reading.scrubbing import scrubbed

LARGEST = 8 * 1024
"""Characters of a token."""
MOST_KNOWN = 1000
"""Tokens remembered at a time; the one that was found good first is forgotten first."""
LEEWAY = 30
"""Seconds that clocks may differ."""
LONGEST = 24 * 3600
"""Seconds that a token may be good for: it cannot be taken back, and whoever has it is who it says."""
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_OF_CLIENTS: frozenset[str | None] = frozenset({"jwt", None})
"""The types of tokens that are for a client itself; many issuers say none."""
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
"""The event of a logout token."""
ALGORITHMS: Mapping[str, Algorithm] = {
    **{algorithm.value: algorithm for algorithm in Algorithm},
    "Ed25519": Algorithm.EDDSA,  # its name since RFC 9864
}
_OURS = frozenset({"lagrum", "audit"})
"""What the program itself is called where it says who did something."""
_FOLLOWED = ("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc")
"""Headers by which a token would choose its own key or way of reading."""
_NEEDED = ClaimsOption(essential=True)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KID = re.compile(r"[ -~]{1,200}")

_log = structlog.get_logger("lagrum.access")


class TokenRefusedError(Exception):
    """There is no token, or it is not accepted. ``reason`` is a code for the log, not for the sender."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who has signed in at an issuer, and the issuer's id of that, empty where it has none."""

    principal: Principal
    session: str


class Tokens:
    """The issuers of an installation, and the check of their tokens."""

    def __init__(
        self,
        issuers: tuple[Issuer, ...],
        clock: Callable[[], datetime],
        keys: Callable[[Issuer], Keys] = lambda issuer: Keys(issuer.keys),
    ) -> None:
        self._issuers = {issuer.url: _Trusted(issuer, keys(issuer)) for issuer in issuers}
        self._clock = clock
        self._circles = frozenset(issuer.circle for issuer in issuers if issuer.circle)
        self._known: OrderedDict[bytes, tuple[_Signed, Principal]] = OrderedDict()
        self._of_known = threading.Lock()

    def verify(self, header: str | None) -> Principal:
        """Who the ``Authorization`` header speaks for.

        Raises TokenRefusedError, and KeysUnavailableError when the issuer's keys cannot be had.
        """
        with _told():
            token = _bearer(header)
            signed = self._signed(token)
            principal = self._principal(signed.claims, signed.by.issuer)
        with self._of_known:
            self._known[_name(token)] = signed, principal
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return principal

    def known(self, header: str | None) -> Principal | None:
        """The same of a token that was found good before, with a key that is still its issuer's, and never a
        wait: only its time is looked at again. None for any other. Raises TokenRefusedError."""
        with _told():
            signed, principal = self._known.get(_name(_bearer(header)), (None, None))
            if signed is None or signed.by.keys.at_hand(signed.kid, signed.algorithm) is not signed.key:
                return None
            self._check_claims(signed.claims, signed.by.issuer.audience)
            return principal

    def verify_login(self, issuer: Issuer, token: str, client: str, nonce: str | None) -> LoggedIn:
        """Whom an ID token of an issuer says has signed in with our client.

        ``nonce`` is what was sent along when the person was asked to sign in; None for a token that confirms
        somebody who already has. Raises TokenRefusedError and KeysUnavailableError.
        """
        with _told():
            claims = self._signed(_form(token), client, _OF_CLIENTS, issuer).claims
            if nonce is not None and claims.get("nonce") != nonce:
                _refuse("nonce")
            if claims.get("azp", client) != client or "events" in claims:
                _refuse("azp")
            principal = replace(self._principal(claims, issuer), client=issuer.known_as(client))
            return LoggedIn(principal, _text(claims.get("sid")))

    def verify_logout(self, issuer: Issuer, token: str, client: str) -> tuple[str, str]:
        """Whose sessions a logout token of an issuer ends: the person's id and the session's, either empty
        where it is not said. Raises TokenRefusedError and KeysUnavailableError."""
        with _told():
            claims = self._signed(_form(token), client, _OF_CLIENTS | {"logout+jwt"}, issuer).claims
            events = claims.get("events")
            if not isinstance(events, dict) or LOGOUT not in events or "nonce" in claims:
                _refuse("events")
            subject, session = _text(claims.get("sub")), _text(claims.get("sid"))
            if not subject and not session:
                _refuse("sub")
            return issuer.known_as(subject), session

    def check(self) -> str | None:
        """What is wrong with the issuers' keys, in Swedish, or None. For readiness."""
        faults = {url: trusted.keys.check() for url, trusted in self._issuers.items()}
        return " ".join(f"{url}: {fault}" for url, fault in faults.items() if fault) or None

    def _signed(
        self,
        token: str,
        audience: str | None = None,
        types: Collection[str | None] = TYPES,
        issuer: Issuer | None = None,
    ) -> _Signed:
        """What a token says: by an issuer that is trusted, or by the one that is named; for the issuer's
        audience, or for another. Raises TokenRefusedError and KeysUnavailableError."""
        header_part, claims_part, _ = token.split(".")
        head, claims = _object(header_part), _object(claims_part)
        algorithm = _algorithm(head, types)
        url = claims.get("iss")
        trusted = self._issuers.get(url) if isinstance(url, str) else None
        if trusted is None or (issuer is not None and issuer.url != url):
            _refuse("issuer")
        if algorithm not in trusted.issuer.algorithms:
            _refuse("algorithm")
        kid = head.get("kid")
        if not isinstance(kid, str) or not _KID.fullmatch(kid):
            _refuse("kid")
        key = trusted.keys.get(kid, algorithm)
        if key is None:
            _refuse("unknown_key")
        _check_signature(token, key, head["alg"])
        self._check_claims(claims, audience or trusted.issuer.audience)
        return _Signed(claims, trusted, kid, algorithm, key)

    def _principal(self, claims: Mapping[str, Any], issuer: Issuer) -> Principal:
        """Whom claims speak for. Ids that would be somebody's of another circle are refused."""
        found = _principal(claims, issuer)
        if (
            not issuer.circle
            and {id_.partition(":")[0].casefold() for id_ in (found.subject, found.client) if ":" in id_}
            & self._circles
        ):
            _refuse("circle")
        return found

    def _check_claims(self, claims: dict[str, Any], audience: str) -> None:
        """For us, issued, begun and not yet expired. The name of a claim that is not right is the reason."""
        needed = {"exp": _NEEDED, "iat": _NEEDED, "aud": ClaimsOption(essential=True, value=audience)}
        try:
            JWTClaimsRegistry(int(self._clock().timestamp()), LEEWAY, **needed).validate(claims)
        except ExpiredTokenError:
            _refuse("expired")
        except ClaimError as error:
            _refuse(error.claim)
        if claims["exp"] - claims["iat"] > LONGEST:
            _refuse("lifetime")


@dataclass(frozen=True)
class _Trusted:
    issuer: Issuer
    keys: Keys


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a token says, and by which key of whom."""

    claims: dict[str, Any]
    by: _Trusted
    kid: str
    algorithm: Algorithm
    key: PublicKey


class _Registry(jws.JWSRegistry):
    """joserfc's registry with room for the headers of real issuers."""

    max_header_length: ClassVar[int] = LARGEST  # type: ignore[misc]

    def get_alg(self, name: str) -> Any:
        """The algorithm; EdDSA without the library's advice on its newer name."""
        if self.allowed is None or name not in self.allowed:
            _refuse("algorithm")
        return self.algorithms[name]


def _refuse(reason: str) -> NoReturn:
    raise TokenRefusedError(reason)


@contextmanager
def _told() -> Iterator[None]:
    """Why a token was refused stands in our log; not that there was none."""
    try:
        yield
    except TokenRefusedError as refused:
        if refused.reason != "none":
            _log.warning("token_refused", reason=refused.reason)
        raise


def _name(token: str) -> bytes:
    """What a token is remembered by: nobody finds a token in the memory of a process."""
    return hashlib.sha256(token.encode()).digest()


def _bearer(header: str | None) -> str:
    """The token of an ``Authorization`` header."""
    if header is None or not header.strip():
        _refuse("none")
    if len(header) > LARGEST + 16:
        _refuse("too_large")
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        _refuse("scheme")
    return _form(token.strip())


def _form(token: str) -> str:
    """A token that is not too long and has the three parts of one."""
    if len(token) > LARGEST:
        _refuse("too_large")
    if not _COMPACT.fullmatch(token):
        _refuse("form")
    return token


def _object(part: str) -> dict[str, Any]:
    """One part of a token: a JSON object in which no name stands twice."""
    try:
        text = urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=lambda _: _refuse("form"))
    except (binascii.Error, ValueError, RecursionError):
        _refuse("form")
    if not isinstance(found, dict):
        _refuse("form")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("duplicate_claim")
    return found


def _algorithm(head: Mapping[str, Any], types: Collection[str | None]) -> Algorithm:
    if any(name in head for name in _FOLLOWED):
        _refuse("header")
    kind = head.get("typ")
    if (kind.lower() if isinstance(kind, str) else kind) not in types:
        _refuse("type")
    name = head.get("alg")
    if not isinstance(name, str) or name not in ALGORITHMS:
        _refuse("algorithm")
    return ALGORITHMS[name]


def _check_signature(token: str, key: PublicKey, algorithm: str) -> None:
    registry = _Registry(algorithms=[algorithm], strict_check_header=False)
    try:
        jws.deserialize_compact(token, key, [algorithm], registry)
    except (JoseError, ValueError, TypeError):
        _refuse("signature")


def _principal(claims: Mapping[str, Any], issuer: Issuer) -> Principal:
    subject = _text(claims.get("sub"))
    client = _text(claims.get("azp")) or _text(claims.get("client_id")) or subject
    if not subject or not subject.isascii() or subject != subject.strip():
        _refuse("sub")  # OpenID Connect has ASCII alone, in which no two letters look the same by accident
    if scrubbed(subject) != subject or scrubbed(client) != client:
        _refuse("personal_number")  # a staff id is written in the log for ever
    if issuer.known_as(subject).casefold() in _OURS:
        _refuse("sub")
    known = issuer.roles or {role.value: role for role in Role}
    roles = frozenset(known[each] for each in _texts(_claim(claims, issuer.roles_claim)) if each in known)
    said = _texts(_claim(claims, issuer.tenants_claim))
    codes = {issuer.municipalities.get(each) for each in said} if issuer.municipalities else said
    tenants = frozenset(issuer.tenants) & (codes | frozenset(issuer.everybody))
    name, title = _text(claims.get("name")), _text(claims.get(issuer.title_claim))
    return Principal(issuer.known_as(subject), roles, tenants, issuer.known_as(client), name, title)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none of that name, one inside an object: ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(value: Any) -> str:
    """A text of one line that is neither empty nor long, or nothing."""
    return value if isinstance(value, str) and len(value) <= 255 and value.isprintable() else ""


def _texts(value: Any) -> frozenset[str]:
    """The texts of a list; nothing for anything else."""
    found = value if isinstance(value, list) else []
    return frozenset(each for each in found if isinstance(each, str))


__all__ = ["KeysUnavailableError", "LoggedIn", "TokenRefusedError", "Tokens"]
