"""An issuer's public keys: fetched, kept, and fetched again when the issuer changes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from decision_service.access.fetching import FAILED, LARGEST, TIMEOUT, fetched, parsed
from decision_service.installation.issuer import Algorithm, KeySource
from decision_service.reading.said import said_in

_say = said_in(__file__)

PublicKey: TypeAlias = ECKey | OKPKey | RSAKey

FRESH = 600.0
"""Seconds after which keys are fetched again, so that a key the issuer took away stops working."""
PAUSE = 30.0
"""Seconds between two attempts, however many unknown keys are asked for."""
STALE = 24 * 3600.0
"""Seconds for which keys are still trusted when no new ones can be fetched."""
PATIENCE = 1.0
"""Seconds that somebody with an unknown key waits for another one's fetch."""
MOST = 100
"""Keys of a key set that are looked at."""
SMALLEST_RSA = 2048
"""Bits. Shorter RSA keys can be broken."""


class KeysUnavailableError(Exception):
    """The issuer's keys cannot be had, so nothing can be said about its tokens."""


class Keys:
    """The keys of one issuer. Safe in threads; one thread at a time fetches.

    ``now`` counts seconds and never goes back.
    """

    def __init__(self, source: KeySource, now: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._now = now
        self._lock = threading.Lock()
        self._keys: Mapping[tuple[str, Algorithm], PublicKey] = {}
        self._fetched: float | None = None
        self._attempted: float | None = None
        self._fault = ""

    def get(self, kid: str, algorithm: Algorithm) -> PublicKey | None:
        """The key of an id, fit for the algorithm; None when the issuer has no such key.

        Raises KeysUnavailableError.
        """
        age = self._age()
        if age is None or age > FRESH or (kid, algorithm) not in self._keys:
            self._refresh((kid, algorithm))
        age = self._age()
        if age is None or age > STALE:
            raise KeysUnavailableError(self._fault or _say("never_fetched"))
        return self._keys.get((kid, algorithm))

    def at_hand(self, kid: str, algorithm: Algorithm) -> PublicKey | None:
        """The key where nobody need be asked for it; None where ``get`` might have to wait."""
        age = self._age()
        return self._keys.get((kid, algorithm)) if age is not None and age <= FRESH else None

    def check(self) -> str | None:
        """What is wrong with the keys, in Swedish, or None. Fetches them when there are none."""
        if self._age() is None:
            self._refresh(None)
        age = self._age()
        if age is None or age > STALE:
            return _say("no_keys", fel=self._fault)
        return None

    def _age(self) -> float | None:
        return None if self._fetched is None else self._now() - self._fetched

    def _refresh(self, wanted: tuple[str, Algorithm] | None) -> None:
        """Fetch, unless that was just tried. Whoever has usable keys does not wait for another's fetch."""
        usable = wanted is not None and wanted in self._keys
        if not self._lock.acquire(timeout=0 if usable else TIMEOUT if self._fetched is None else PATIENCE):
            return
        try:
            if self._attempted is not None and self._now() - self._attempted < PAUSE:
                return
            self._attempted = self._now()
            try:
                self._keys = _usable(self._read())
                self._fetched, self._fault = self._now(), ""
            except FAILED as error:
                self._fault = type(error).__name__
        finally:
            self._lock.release()

    def _read(self) -> Any:
        """The key set as JSON. Raises what ``FAILED`` lists."""
        if self._source.file is not None:
            return parsed(self._source.file.read_bytes()[: LARGEST + 1])
        return fetched(str(self._source.url))


def _usable(document: Any) -> dict[tuple[str, Algorithm], PublicKey]:
    """The keys by id and by the algorithm they are for. Raises ValueError when there is none.

    Of two keys with one id and algorithm the first counts.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("not a key set")
    found: dict[tuple[str, Algorithm], PublicKey] = {}
    for entry in entries[:MOST]:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            fit = _fit(entry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # a key of a kind or form not known here: the others still count
        if fit is not None:
            found.setdefault((entry["kid"], fit[0]), fit[1])
    if not found:
        raise ValueError("no usable key")
    return found


def _fit(entry: dict[str, Any]) -> tuple[Algorithm, PublicKey] | None:
    """A key and the one algorithm it may be used with. A private part is not read."""
    said = entry.get("alg")
    match entry.get("kty"), entry.get("crv"):
        case "OKP", "Ed25519" if said in (None, "EdDSA", "Ed25519"):
            return Algorithm.EDDSA, OKPKey.import_key(_public(entry, "crv", "x"))
        case "EC", "P-256" if said in (None, "ES256"):
            key = ECKey.import_key(_public(entry, "crv", "x", "y"))
            assert isinstance(key.public_key, EllipticCurvePublicKey)
            return Algorithm.ES256, key
        case "RSA", _ if said in (None, "RS256"):
            rsa = RSAKey.import_key(_public(entry, "n", "e"))
            assert isinstance(rsa.public_key, RSAPublicKey)
            return (Algorithm.RS256, rsa) if rsa.public_key.key_size >= SMALLEST_RSA else None
    return None


def _public(entry: dict[str, Any], *names: str) -> Any:
    return {"kty": entry["kty"], **{name: entry[name] for name in names}}
