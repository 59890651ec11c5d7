"""Ids are bound to whoever vouches for them: two issuers' ids are two, and nobody is their own second through
another issuer."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from decision_service.access.tokens import TokenRefusedError, Tokens
from decision_service.casework.four_eyes import require_second
from decision_service.casework.staff import may_be_one
from decision_service.installation.configuration import Installation
from decision_service.installation.issuer import Issuer
from norms.finding import FindingsError
from tests.world.installation import INSTALLATION, installed
from tests.world.issuers import Key, claims, clock, issuer, key_server, new_key, public, signed, signing_key

A, B = "https://a.exempel.se", "https://b.exempel.se"
CLIENT = "lagrum-webb"


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, tuple[Key, str]]]:
    """Each issuer's own key, and where it is published."""
    with key_server() as first, key_server() as second:
        found = {}
        for url, server in ((A, first), (B, second)):
            key = signing_key() if url == A else new_key(issuer({"adress": server.url}).algorithms[0])
            server.keys = [public(key, "k1")]
            found[url] = key, server.url
        yield found


def issuers(keys: dict[str, tuple[Key, str]], *circles: str, **more: Any) -> tuple[Issuer, ...]:
    return tuple(
        issuer({"adress": keys[url][1]}, utfärdare=url, krets=circle, **more)
        for url, circle in zip((A, B), circles, strict=True)
    )


def token(keys: dict[str, tuple[Key, str]], url: str, **said: Any) -> str:
    return f"Bearer {signed(keys[url][0], claims(iss=url, **said))}"


def test_the_same_id_of_two_circles_is_two_people_and_two_programs(keys: dict[str, tuple[Key, str]]) -> None:
    tokens = Tokens(issuers(keys, "", "rh"), clock)
    first, second = (tokens.verify(token(keys, url)) for url in (A, B))
    assert (first.subject, first.client) == ("anna.andersson", "handlaggarwebben")
    assert (second.subject, second.client) == ("rh:anna.andersson", "rh:handlaggarwebben")


def test_the_same_id_in_one_circle_is_one_person(keys: dict[str, tuple[Key, str]]) -> None:
    for circle in ("", "rh"):
        tokens = Tokens(issuers(keys, circle, circle), clock)
        assert tokens.verify(token(keys, A)).subject == tokens.verify(token(keys, B)).subject


@pytest.mark.parametrize("said", [{"sub": "rh:anna"}, {"sub": "RH:anna"}, {"azp": "rh:portal"}])
def test_nobody_takes_an_id_of_another_circle(keys: dict[str, tuple[Key, str]], said: dict[str, str]) -> None:
    tokens = Tokens(issuers(keys, "", "rh"), clock)
    with pytest.raises(TokenRefusedError, match="circle"):
        tokens.verify(token(keys, A, **said))
    assert tokens.verify(token(keys, B, **said)).subject.startswith("rh:")


@pytest.mark.parametrize("name", ["lagrum", "Lagrum", "audit"])
def test_nobody_is_called_what_the_program_is(keys: dict[str, tuple[Key, str]], name: str) -> None:
    """A decision by the machine is by ``lagrum``."""
    tokens = Tokens(issuers(keys, "", "rh"), clock)
    with pytest.raises(TokenRefusedError, match="sub"):
        tokens.verify(token(keys, A, sub=name))
    assert tokens.verify(token(keys, B, sub=name)).subject == f"rh:{name}"


def test_ids_are_one_function_of_circle_and_id() -> None:
    """No two pairs are written alike, of those that are let in."""
    written = {}
    ids = ("x", "a:x", "b:x", "a-b:x", ":x", "a:", "c:x")
    for circle, said in itertools.product(("", "a", "b", "a-b"), ids):
        if not circle and said.partition(":")[0] in {"a", "b", "a-b"} and ":" in said:
            continue
        one = issuer({"fil": "jwks.json"}, krets=circle)
        assert written.setdefault(one.known_as(said), (circle, said)) == (circle, said)


def test_who_signs_in_and_out_is_of_the_circle_too(keys: dict[str, tuple[Key, str]]) -> None:
    _, second = found = issuers(keys, "", "rh")
    tokens = Tokens(found, clock)
    said = claims(iss=B, aud=CLIENT, azp=CLIENT, nonce="n")
    who = tokens.verify_login(second, signed(keys[B][0], said), CLIENT, "n").principal
    assert (who.subject, who.client) == ("rh:anna.andersson", f"rh:{CLIENT}")
    event = {"http://schemas.openid.net/event/backchannel-logout": {}}
    out = signed(keys[B][0], claims(iss=B, aud=CLIENT, events=event, sid="s1"))
    assert tokens.verify_logout(second, out, CLIENT) == (who.subject, "s1")
    nobody = signed(keys[B][0], claims(iss=B, aud=CLIENT, events=event, sid="s1", sub=None))
    assert tokens.verify_logout(second, nobody, CLIENT) == ("", "s1")


def with_issuers(folder: Path, *more: dict[str, Any]) -> Installation:
    found = yaml.safe_load(INSTALLATION)
    (first,) = found["utfärdare"]
    del first["krets"]
    found["utfärdare"] = [
        first | {"utfärdare": f"https://{n}.exempel.se"} | each for n, each in enumerate(more)
    ]
    return installed(folder, json.dumps(found, ensure_ascii=False))


@pytest.mark.parametrize(
    ("circles", "one", "other", "two"),
    [
        ([{"krets": "a"}, {"krets": "b"}], "a:h-1", "b:h-2", False),
        ([{"krets": "a"}, {"krets": "b"}], "a:h-1", "a:h-2", True),
        ([{"krets": "a"}, {"krets": "b"}], "a:h-1", "a:H-1", False),
        ([{"krets": ""}, {"krets": "b"}], "h-1", "b:h-2", False),
        ([{"krets": ""}, {"krets": "b"}], "h-1", "h-2", True),
        ([{"krets": ""}, {"krets": ""}], "h-1", "h-2", True),
        ([{"krets": "a", "bara här": "ja"}, {"krets": "b"}], "a:h-1", "b:h-1", True),
        ([{"krets": "a", "bara här": "ja"}, {"krets": "b"}, {"krets": "a"}], "a:h-1", "b:h-1", False),
        ([{"krets": "a", "bara här": "ja"}, {"krets": "b"}, {"krets": "c"}], "c:h-1", "b:h-1", False),
        ([{}], "h-1", "h:2", True),
    ],
)
def test_who_is_another_for_certain(
    tmp_path: Path, circles: list[dict[str, str]], one: str, other: str, two: bool
) -> None:
    installation = with_issuers(tmp_path, *circles)
    for pair in ((one, other), (other, one)):
        assert may_be_one(installation, *pair) is not two


def test_nobody_approves_what_they_may_have_put_forward_themselves(tmp_path: Path) -> None:
    found = with_issuers(tmp_path, {"krets": ""}, {"krets": "rh"})
    for agrees in (True, False):
        with pytest.raises(Exception, match="other_circle"):
            require_second(found, "h-17", "rh:h-18", agrees=agrees, reason="Nej.")
        with pytest.raises(Exception, match="own_proposal"):
            require_second(found, "rh:h-17", "rh:H-17", agrees=agrees, reason="Nej.")
        require_second(found, "rh:h-17", "rh:h-18", agrees=agrees, reason="Nej.")


def test_several_issuers_say_their_circles(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="saknar krets"):
        with_issuers(tmp_path, {"krets": "a"}, {})
    for wrong in ("A", "a:b", "å", "x" * 21):
        with pytest.raises(FindingsError, match="krets"):
            with_issuers(tmp_path, {"krets": wrong})
