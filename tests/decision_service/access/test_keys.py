"""An issuer's keys over a real connection: rotation, a stampede, and an issuer that is down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from decision_service.access.keys import FRESH, LARGEST, PAUSE, STALE, Keys, KeysUnavailableError
from decision_service.installation.issuer import Algorithm, KeySource
from tests.world.issuers import KeyServer, key_server, public

ED = Algorithm.EDDSA


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with key_server() as found:
        found.keys = [public(OKPKey.generate_key("Ed25519"), "k1")]
        yield found


class Watch:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def keys_at(server: KeyServer, watch: Watch) -> Keys:
    return Keys(KeySource.model_validate({"adress": server.url}), watch)


def test_keys_are_fetched_once_and_kept(server: KeyServer) -> None:
    keys = keys_at(server, Watch())
    assert server.asked == 0
    assert all(keys.get("k1", ED) is not None for _ in range(50))
    assert server.asked == 1


def test_a_new_key_is_found_and_an_old_one_stops(server: KeyServer) -> None:
    watch = Watch()
    keys = keys_at(server, watch)
    assert keys.get("k1", ED) is not None
    server.keys = [public(OKPKey.generate_key("Ed25519"), "k2")]
    watch.now += PAUSE
    assert keys.get("k2", ED) is not None
    assert keys.get("k1", ED) is None
    assert server.asked == 2


def test_a_key_taken_away_stops_without_anybody_using_a_new_one(server: KeyServer) -> None:
    watch = Watch()
    keys = keys_at(server, watch)
    assert keys.get("k1", ED) is not None
    server.keys = [public(OKPKey.generate_key("Ed25519"), "k2")]
    watch.now += FRESH + 1
    assert keys.get("k1", ED) is None


def test_unknown_keys_cause_one_fetch_in_a_while_however_many_they_are(server: KeyServer) -> None:
    watch = Watch()
    keys = keys_at(server, watch)
    assert keys.get("k1", ED) is not None
    watch.now += PAUSE
    assert [keys.get(f"x{number}", ED) for number in range(200)] == [None] * 200
    assert server.asked == 2
    watch.now += PAUSE - 0.1
    keys.get("y", ED)
    assert server.asked == 2
    watch.now += 0.2
    keys.get("y", ED)
    assert server.asked == 3


def test_a_stampede_is_one_fetch(server: KeyServer) -> None:
    server.hold = threading.Event()
    keys = keys_at(server, Watch())
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(keys.get, "k1", ED) for _ in range(20)]
        server.hold.set()
        assert all(each.result() is not None for each in waiting)
    assert server.asked == 1


def test_whoever_has_a_usable_key_does_not_wait_for_a_slow_issuer(server: KeyServer) -> None:
    watch = Watch()
    keys = keys_at(server, watch)
    assert keys.get("k1", ED) is not None
    server.hold = threading.Event()
    watch.now += FRESH + 1
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(keys.get, "k1", ED)
        while server.asked < 2:
            pass
        assert keys.get("k1", ED) is not None  # would hang here if it waited: the server has not answered
        assert not slow.done()
        server.hold.set()
        assert slow.result() is not None


def test_an_issuer_that_is_down_is_trusted_for_a_while_then_not(server: KeyServer) -> None:
    watch = Watch()
    keys = keys_at(server, watch)
    assert keys.get("k1", ED) is not None
    server.status = 503
    watch.now += STALE
    assert keys.get("k1", ED) is not None
    assert keys.check() is None
    watch.now += 1
    with pytest.raises(KeysUnavailableError):
        keys.get("k1", ED)
    assert keys.check() == "Utfärdarens nycklar går inte att hämta (StatusError)."
    server.status = 200
    watch.now += PAUSE
    assert keys.get("k1", ED) is not None


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b"{}"),
        (302, b""),
        (200, b""),
        (200, b"[]"),
        (200, b"{"),
        (200, b'{"keys": {}}'),
        (200, b'{"keys": []}'),
        (200, b'{"keys": [1, null, "x"]}'),
        (200, b"[" * 10_000),
        (200, b" " * (LARGEST + 1)),
        (200, b"\xff"),
    ],
)
def test_what_is_no_key_set_is_not_taken_for_one(server: KeyServer, status: int, raw: bytes) -> None:
    server.status, server.raw = status, raw
    with pytest.raises(KeysUnavailableError):
        keys_at(server, Watch()).get("k1", ED)


def test_nothing_listens_at_the_address() -> None:
    with key_server() as gone:
        url = gone.url
    with pytest.raises(KeysUnavailableError):
        Keys(KeySource.model_validate({"adress": url})).get("k1", ED)


def _changed(key: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in (key | changed).items() if value is not None}


OKP = public(OKPKey.generate_key("Ed25519"), "k1")


@pytest.mark.parametrize(
    "entry",
    [
        _changed(OKP, use="enc"),
        _changed(OKP, alg="RS256"),
        _changed(OKP, kid=None),
        _changed(OKP, kid=1),
        _changed(OKP, x="AAAA"),
        _changed(OKP, x=None),
        _changed(OKP, crv="X25519"),
        _changed(OKP, kty="??"),
        public(OKPKey.generate_key("Ed448"), "k1"),
        public(ECKey.generate_key("P-384"), "k1"),
        {**OctKey.generate_key(256).as_dict(private=True), "kid": "k1"},
    ],
)
def test_a_key_that_does_not_fit_is_passed_over_and_the_others_count(
    server: KeyServer, entry: dict[str, Any]
) -> None:
    server.keys = [entry, public(OKPKey.generate_key("Ed25519"), "k2")]
    keys = keys_at(server, Watch())
    assert [keys.get("k1", algorithm) for algorithm in Algorithm] == [None, None, None]
    assert keys.get("k2", ED) is not None


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_short_rsa_key_is_passed_over(server: KeyServer) -> None:
    server.keys = [
        public(RSAKey.generate_key(1024), "short"),
        public(RSAKey.generate_key(2048), "long"),
    ]
    keys = keys_at(server, Watch())
    assert keys.get("short", Algorithm.RS256) is None
    assert keys.get("long", Algorithm.RS256) is not None


def test_a_published_private_part_is_not_read(server: KeyServer) -> None:
    server.keys = [{**OKPKey.generate_key("Ed25519").as_dict(private=True), "kid": "k1"}]
    key = keys_at(server, Watch()).get("k1", ED)
    assert key is not None
    assert not key.is_private


def test_keys_in_a_file_are_read_again_when_they_change(tmp_path: Path) -> None:
    file, watch = tmp_path / "jwks.json", Watch()
    keys = Keys(KeySource.model_validate({"fil": str(file)}), watch)
    with pytest.raises(KeysUnavailableError):
        keys.get("k1", ED)
    file.write_text(json.dumps({"keys": [OKP]}))
    watch.now += PAUSE
    assert keys.get("k1", ED) is not None
