"""Tokens: the good one tells who asks; every other is refused, and says nothing of why to whoever sent it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey
from structlog.testing import capture_logs

from decision_service.access.keys import FRESH, Keys
from decision_service.access.roles import Role
from decision_service.access.tokens import LARGEST, LEEWAY, TokenRefusedError, Tokens
from decision_service.installation.issuer import Algorithm
from tests.world.issuers import (
    NOW,
    URL,
    Key,
    claims,
    clock,
    issuer,
    key_server,
    new_key,
    part,
    public,
    signed,
)

KEYS: dict[Algorithm, Key] = {algorithm: new_key(algorithm) for algorithm in Algorithm}
KEY = KEYS[Algorithm.EDDSA]
SECONDS = int(NOW.timestamp())


@pytest.fixture(scope="module")
def tokens() -> Iterator[Tokens]:
    """Tokens of an issuer with one key of each kind, published over HTTP."""
    with key_server() as server:
        server.keys = [public(key, f"k{number}") for number, key in enumerate(KEYS.values(), start=1)]
        yield Tokens((issuer({"adress": server.url}),), clock)


def refused(tokens: Tokens, header: str | None) -> str:
    """The reason in our log for refusing a header."""
    with pytest.raises(TokenRefusedError) as error:
        tokens.verify(header)
    return error.value.reason


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_good_token_tells_who_asks(tokens: Tokens, algorithm: Algorithm) -> None:
    kid = f"k{list(Algorithm).index(algorithm) + 1}"
    token = signed(KEYS[algorithm], claims(), alg=algorithm.value, kid=kid)
    principal = tokens.verify(f"Bearer {token}")
    assert principal.subject == "anna.andersson"
    assert principal.roles == {Role.HANDLAGGARE}
    assert principal.tenants == {"9999"}
    assert (principal.client, principal.name) == ("handlaggarwebben", "Anna Andersson")
    assert principal.title == ""
    assert principal.is_person


@pytest.mark.parametrize(
    ("changed", "header"),
    [
        ({"aud": ["annat", "lagrum"]}, {}),
        ({}, {"typ": "at+jwt"}),
        ({}, {"alg": "Ed25519"}),
        ({"exp": SECONDS - LEEWAY + 1}, {}),
        ({"nbf": SECONDS + LEEWAY, "iat": SECONDS + LEEWAY}, {}),
        ({"exp": SECONDS + 60.5}, {}),
    ],
)
def test_what_issuers_differ_in_is_accepted(
    tokens: Tokens, changed: dict[str, Any], header: dict[str, Any]
) -> None:
    assert tokens.verify("bearer  " + signed(KEY, claims(**changed), **header)).subject == "anna.andersson"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://annan.exempel.se"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": [URL]}, "issuer"),
        ({"iss": URL + "/"}, "issuer"),
        ({"aud": "annan"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": {"lagrum": 1}}, "aud"),
        ({"aud": "lagrum2"}, "aud"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": str(SECONDS + 60)}, "exp"),
        ({"exp": float("inf")}, "form"),
        ({"iat": None}, "iat"),
        ({"nbf": "nu"}, "nbf"),
        ({"exp": SECONDS - LEEWAY}, "expired"),
        ({"iat": SECONDS, "exp": SECONDS + 24 * 3600 + 1}, "lifetime"),
        ({"iat": 0, "exp": SECONDS + 60}, "lifetime"),
        ({"iat": SECONDS + LEEWAY + 1}, "iat"),
        ({"nbf": SECONDS + LEEWAY + 1}, "nbf"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 17}, "sub"),
        ({"sub": "a\nb"}, "sub"),
        ({"sub": "h-17 "}, "sub"),
        ({"sub": "\u041d-17"}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "198802092396"}, "personal_number"),
        ({"azp": "19880209-2396"}, "personal_number"),
    ],
)
def test_signed_claims_that_do_not_hold_are_refused(
    tokens: Tokens, changed: dict[str, Any], reason: str
) -> None:
    assert refused(tokens, f"Bearer {signed(KEY, claims(**changed))}") == reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"kid": "k9"}, "unknown_key"),
        ({"kid": "../../../../etc/passwd"}, "unknown_key"),
        ({"kid": "' OR 1=1 --"}, "unknown_key"),
        ({"kid": "k1\x00"}, "kid"),
        ({"kid": "k" * 201}, "kid"),
        ({"kid": ""}, "kid"),
        ({"kid": None}, "kid"),
        ({"kid": 1}, "kid"),
        ({"kid": "k2"}, "unknown_key"),  # another algorithm's key
        ({"typ": "logout+jwt"}, "type"),
        ({"typ": None}, "type"),
        ({"typ": 7}, "type"),
        ({"jwk": {"kty": "OKP"}}, "header"),
        ({"jku": "https://elak.exempel.se/jwks"}, "header"),
        ({"x5u": "https://elak.exempel.se/x"}, "header"),
    ],
)
def test_headers_that_would_choose_the_key_are_refused(
    tokens: Tokens, header: dict[str, Any], reason: str
) -> None:
    assert refused(tokens, f"Bearer {signed(KEY, claims(), **header)}") == reason


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_a_token_without_a_signature_is_refused(tokens: Tokens, name: str, signature: str) -> None:
    head = part({"typ": "JWT", "alg": name, "kid": "k1"})
    reason = refused(tokens, f"Bearer {head}.{part(claims())}.{signature}")
    assert reason == ("algorithm" if signature else "form")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk", "x"])
def test_the_public_key_is_no_shared_secret(tokens: Tokens, algorithm: str, form: str) -> None:
    key = KEYS[Algorithm.RS256]
    assert isinstance(key, RSAKey)
    raw = {
        "pem": key.as_pem(private=False),
        "der": key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(public(key, "k3")).encode(),
        "x": str(key.as_dict(private=False)["n"]).encode(),
    }[form]
    content = f"{part({'typ': 'JWT', 'alg': algorithm, 'kid': 'k3'})}.{part(claims())}"
    signature = hmac.new(raw, content.encode(), f"sha{algorithm[2:]}").digest()
    assert refused(tokens, f"Bearer {content}.{part(signature)}") == "algorithm"


def test_an_algorithm_the_issuer_is_not_allowed_is_refused() -> None:
    with key_server() as server:
        server.keys = [public(KEYS[Algorithm.RS256], "k1")]
        only = Tokens((issuer({"adress": server.url}, algoritmer=["EdDSA"]),), clock)
        token = signed(KEYS[Algorithm.RS256], claims(), alg="RS256")
        assert refused(only, f"Bearer {token}") == "algorithm"
        assert server.asked == 0


def test_one_issuers_key_does_not_sign_for_another(tmp_path: Path) -> None:
    own, other = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
    issuers = []
    for name, key in (("a", own), ("b", other)):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"keys": [public(key, "k1")]}))
        issuers.append(issuer({"fil": str(file)}, utfärdare=f"urn:{name}"))
    both = Tokens(tuple(issuers), clock)
    assert both.verify(f"Bearer {signed(own, claims(iss='urn:a'))}").subject
    assert refused(both, f"Bearer {signed(own, claims(iss='urn:b'))}") == "signature"


def test_a_key_pair_of_somebody_elses_is_refused(tokens: Tokens) -> None:
    assert refused(tokens, f"Bearer {signed(OKPKey.generate_key('Ed25519'), claims())}") == "signature"
    stranger = signed(ECKey.generate_key("P-256"), claims(), alg="ES256", kid="k2")
    assert refused(tokens, f"Bearer {stranger}") == "signature"


@pytest.mark.parametrize("place", ["header", "claims", "nested"])
def test_a_name_that_stands_twice_is_refused(tokens: Tokens, place: str) -> None:
    good = json.dumps(claims())
    body = {
        "header": good,
        "claims": good[:-1] + ', "tenants": ["1287"]}',
        "nested": good[:-1] + ', "more": {"a": 1, "a": 2}}',
    }[place]
    token = signed(KEY, body.encode())
    if place == "header":
        head = part(b'{"alg": "EdDSA", "typ": "JWT", "kid": "k1", "kid": "k2"}')
        token = ".".join([head, *token.split(".")[1:]])
    assert refused(tokens, f"Bearer {token}") == "duplicate_claim"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "none"),
        ("", "none"),
        ("   ", "none"),
        ("Basic YTpi", "scheme"),
        ("Bearer", "form"),
        ("Bearer a.b", "form"),
        ("Bearer a.b.c.d.e", "form"),
        ("Bearer ....", "form"),
        ("Bearer å.ä.ö", "form"),
        ("Bearer " + "a" * 20 + "." + "b" * LARGEST + ".c", "too_large"),
        ("Bearer " + "[" * 100, "form"),
        ("Bearer " + part(b"[" * 3000) + "." + part(b"{}") + ".AAAA", "form"),
        ("Bearer " + part(b"[]") + "." + part(b"{}") + ".AAAA", "form"),
        ("Bearer " + part(b'{"a": NaN}') + "." + part(b"{}") + ".AAAA", "form"),
        ("Bearer " + part(b"\xff\xfe") + "." + part(b"{}") + ".AAAA", "form"),
    ],
)
def test_what_is_no_token_is_refused(tokens: Tokens, header: str | None, reason: str) -> None:
    assert refused(tokens, header) == reason


def test_what_a_token_may_not_say_is_left_out(tokens: Tokens) -> None:
    said = claims(roles=["handlaggare", "kung", 5], tenants=["9999", "0180", 1287])
    principal = tokens.verify(f"Bearer {signed(KEY, said)}")
    assert principal.roles == {Role.HANDLAGGARE}
    assert principal.tenants == {"9999"}
    for wrong in ("handlaggare", {"handlaggare": True}, None):
        assert tokens.verify(f"Bearer {signed(KEY, claims(roles=wrong))}").roles == frozenset()


def test_the_log_says_why_and_holds_neither_token_nor_name(tokens: Tokens) -> None:
    token = signed(KEY, claims(exp=SECONDS - 3600))
    with capture_logs() as lines:
        assert refused(tokens, f"Bearer {token}") == "expired"
    assert [(line["event"], line["reason"]) for line in lines] == [("token_refused", "expired")]
    assert token not in str(lines)
    assert "Andersson" not in str(lines)


@pytest.mark.slow
@given(st.text(max_size=300))
def test_junk_is_refused_and_never_breaks(tokens: Tokens, junk: str) -> None:
    assert refused(tokens, f"Bearer {junk}")
    assert refused(tokens, junk)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["iss", "aud", "exp", "nbf", "iat", "sub", "azp", "name", "roles", "tenants", "x"])


@given(changed=st.dictionaries(NAMES, JSON, max_size=4))
def test_signed_claims_of_any_kind_are_understood_or_refused(tokens: Tokens, changed: dict[str, Any]) -> None:
    """A hole here would be an error of another kind, or a municipality that the issuer may not speak for."""
    token = signed(KEY, claims(**changed))
    try:
        principal = tokens.verify(f"Bearer {token}")
    except TokenRefusedError:
        return
    assert principal.tenants <= {"9999", "1287"}
    assert all(isinstance(role, Role) for role in principal.roles)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_changed_bit_of_a_token_gets_through(tokens: Tokens, place: int, bit: int) -> None:
    token = signed(KEY, claims())
    raw = bytearray(token.encode())
    raw[place % len(raw)] ^= 1 << bit
    header = f"Bearer {raw.decode('latin-1')}"
    try:
        principal = tokens.verify(header)
    except TokenRefusedError:
        return
    # Base64 has spare bits at the end: the same bytes, the same statement.
    assert principal == tokens.verify(f"Bearer {token}")


def test_time_passes(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [public(KEY, "k1")]}))
    now = NOW
    moving = Tokens((issuer({"fil": str(file)}),), lambda: now)
    header = f"Bearer {signed(KEY, claims())}"
    assert moving.verify(header).subject
    now = NOW + timedelta(hours=1, seconds=LEEWAY)
    assert refused(moving, header) == "expired"


def test_a_token_that_was_found_good_is_known_without_asking_anybody() -> None:
    """Until its time is over, or its issuer has another key; and no other token is."""
    now, seconds = NOW, 0.0
    with key_server() as server:
        server.keys = [public(KEY, "k1")]
        trusted = issuer({"adress": server.url})
        tokens = Tokens((trusted,), lambda: now, lambda one: Keys(one.keys, lambda: seconds))
        header = f"Bearer {signed(KEY, claims())}"
        assert tokens.known(header) is None
        principal = tokens.verify(header)
        asked = server.asked
        assert tokens.known(header) == principal
        assert server.asked == asked
        assert tokens.known(f"Bearer {signed(KEY, claims(sub='bo'))}") is None
        assert tokens.known(f"{header[:-8]}AAAAAAAA") is None
        with pytest.raises(TokenRefusedError, match="none"):
            tokens.known(None)

        seconds = FRESH + 1  # the keys may be others now
        assert tokens.known(header) is None
        assert tokens.verify(header) == principal
        assert tokens.known(header) == principal

        server.keys = [public(new_key(Algorithm.EDDSA), "k1")]
        seconds += FRESH + 1
        assert refused(tokens, header) == "signature"
        assert tokens.known(header) is None


def test_time_passes_for_a_token_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [public(KEY, "k1")]}))
    now = NOW
    moving = Tokens((issuer({"fil": str(file)}),), lambda: now)
    header = f"Bearer {signed(KEY, claims())}"
    assert moving.verify(header) == moving.known(header)
    now = NOW + timedelta(hours=1, seconds=LEEWAY)
    with capture_logs() as logs, pytest.raises(TokenRefusedError, match="expired"):
        moving.known(header)
    assert [each["reason"] for each in logs] == ["expired"]


def test_no_more_tokens_are_remembered_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("decision_service.access.tokens.MOST_KNOWN", 2)
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [public(KEY, "k1")]}))
    tokens = Tokens((issuer({"fil": str(file)}),), clock)
    headers = [f"Bearer {signed(KEY, claims(sub=name))}" for name in ("a", "b", "c")]
    for header in headers:
        tokens.verify(header)
    assert [tokens.known(header) is not None for header in headers] == [False, True, True]
