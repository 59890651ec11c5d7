"""Bearer tokens: a signed statement by a known issuer of who asks, taken apart with distrust.

Whatever is wrong with a token, the one who sent it learns only that it was not accepted. The reason goes to
our own log as a code.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NoReturn

import structlog
from joserfc import jws
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from decision_service.access.keys import Keys, KeysUnavailableError, PublicKey
from decision_service.access.roles import Principal, Role
from decision_service.installation.issuer import Algorithm, Issuer
from decision_service.operations.scrubbing import scrubbed

LARGEST = 8 * 1024
"""Characters of a token."""
LEEWAY = 30
"""Seconds that clocks may differ."""
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
ALGORITHMS: Mapping[str, Algorithm] = {
    **{algorithm.value: algorithm for algorithm in Algorithm},
    "Ed25519": Algorithm.EDDSA,  # its name since RFC 9864
}
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

    def verify(self, header: str | None) -> Principal:
        """Who the ``Authorization`` header speaks for.

        Raises TokenRefusedError, and KeysUnavailableError when the issuer's keys cannot be had.
        """
        try:
            return self._verified(header)
        except TokenRefusedError as refused:
            if refused.reason != "none":
                _log.warning("token_refused", reason=refused.reason)
            raise

    def check(self) -> str | None:
        """What is wrong with the issuers' keys, in Swedish, or None. For readiness."""
        faults = {url: trusted.keys.check() for url, trusted in self._issuers.items()}
        return " ".join(f"{url}: {fault}" for url, fault in faults.items() if fault) or None

    def _verified(self, header: str | None) -> Principal:
        token = _bearer(header)
        header_part, claims_part, _ = token.split(".")
        head, claims = _object(header_part), _object(claims_part)
        algorithm = _algorithm(head)
        url = claims.get("iss")
        trusted = self._issuers.get(url) if isinstance(url, str) else None
        if trusted is None:
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
        self._check_claims(claims, trusted.issuer.audience)
        return _principal(claims, trusted.issuer)

    def _check_claims(self, claims: dict[str, Any], audience: str) -> None:
        """For us, issued, begun and not yet expired. The name of a claim that is not right is the reason."""
        needed = {"exp": _NEEDED, "iat": _NEEDED, "aud": ClaimsOption(essential=True, value=audience)}
        try:
            JWTClaimsRegistry(int(self._clock().timestamp()), LEEWAY, **needed).validate(claims)
        except ExpiredTokenError:
            _refuse("expired")
        except ClaimError as error:
            _refuse(error.claim)


@dataclass(frozen=True)
class _Trusted:
    issuer: Issuer
    keys: Keys


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


def _bearer(header: str | None) -> str:
    """The token of an ``Authorization`` header."""
    if header is None or not header.strip():
        _refuse("none")
    if len(header) > LARGEST + 16:
        _refuse("too_large")
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer":
        _refuse("scheme")
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


def _algorithm(head: Mapping[str, Any]) -> Algorithm:
    if any(name in head for name in _FOLLOWED):
        _refuse("header")
    kind = head.get("typ")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
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
    if not subject:
        _refuse("sub")
    if scrubbed(subject) != subject or scrubbed(client) != client:
        _refuse("personal_number")  # a staff id is written in the log for ever
    known = {role.value: role for role in Role}
    roles = frozenset(known[name] for name in _texts(claims.get(issuer.roles_claim)) if name in known)
    tenants = _texts(claims.get(issuer.tenants_claim)) & frozenset(issuer.tenants)
    name, title = _text(claims.get("name")), _text(claims.get(issuer.title_claim))
    return Principal(subject, roles, tenants, client, name, title)


def _text(value: Any) -> str:
    """A text of one line that is neither empty nor long, or nothing."""
    return value if isinstance(value, str) and len(value) <= 255 and value.isprintable() else ""


def _texts(value: Any) -> frozenset[str]:
    return (
        frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
    )


__all__ = ["KeysUnavailableError", "TokenRefusedError", "Tokens"]
