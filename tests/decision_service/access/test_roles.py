"""Who may do what where, and the demonstration's own issuer."""

from __future__ import annotations

import argparse
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from decision_service.access.local import LocalIssuer
from decision_service.access.roles import Principal, Role, roles_in
from decision_service.access.tokens import TokenRefusedError, Tokens
from decision_service.commands import token
from decision_service.installation.configuration import Installation
from decision_service.reading.strict_json import InputError
from tests.world.installation import installed

INSTALLATION = installed(Path())


def somebody(roles: set[Role], tenants: set[str]) -> Principal:
    return Principal("s", frozenset(roles), frozenset(tenants), "c", "n")


def test_roles_count_in_ones_own_municipality_only() -> None:
    person = somebody({Role.HANDLAGGARE}, {"1384"})
    assert roles_in(person, "1384", INSTALLATION) == {Role.HANDLAGGARE}
    assert roles_in(person, "1287", INSTALLATION) == frozenset()
    assert roles_in(person, "0180", INSTALLATION) == frozenset()


def test_a_token_for_a_municipality_that_is_not_served_opens_nothing() -> None:
    assert roles_in(somebody({Role.ADMIN}, {"0180"}), "0180", INSTALLATION) == frozenset()


def test_trelleborg_handles_cases_in_svedala_and_never_the_other_way() -> None:
    everything = set(Role)
    handles = {Role.HANDLAGGARE, Role.CHEF, Role.ACTIVITY_SECRETARY, Role.PROTECTED}
    assert roles_in(somebody(everything, {"1287"}), "1263", INSTALLATION) == handles
    assert roles_in(somebody(everything, {"1263"}), "1287", INSTALLATION) == frozenset()
    assert roles_in(somebody(everything, {"1384"}), "1263", INSTALLATION) == frozenset()


def test_only_the_e_service_is_no_person() -> None:
    assert not somebody({Role.ESERVICE}, {"1384"}).is_person
    assert all(somebody({role}, {"1384"}).is_person for role in Role if role is not Role.ESERVICE)


def test_the_local_issuer_makes_one_key_and_its_tokens_are_good(tmp_path: Path) -> None:
    folder = tmp_path / "lokal"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: LocalIssuer(folder), range(8)))
    demonstration = Installation.demonstration(folder)
    now = datetime.now(UTC)
    tokens = Tokens(demonstration.issuers, lambda: now)
    for one in made:
        principal = tokens.verify(f"Bearer {one.token([Role.CHEF], ['9999'], now)}")
        assert (principal.subject, principal.roles, principal.tenants) == ("demo-chef", {Role.CHEF}, {"9999"})
    person = tokens.verify(f"Bearer {made[0].token([Role.HANDLAGGARE], ['9999'], now)}")
    assert person.name == "Demo Handläggare"
    old = made[0].token([Role.CHEF], ["9999"], now - timedelta(days=2))
    with pytest.raises(TokenRefusedError):
        tokens.verify(f"Bearer {old}")
    assert stat.S_IMODE((folder / "signing.jwk").stat().st_mode) == 0o600
    assert '"d"' not in (folder / "jwks.json").read_text()


def asked(**changed: object) -> argparse.Namespace:
    given = {"role": ["handlaggare"], "tenant": ["9999"], "subject": None, "hours": 8} | changed
    return argparse.Namespace(**given)


def test_a_token_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAGRUM_KEYS", str(tmp_path))
    assert token.run(asked(subject="kim")) == 0
    issuers = Installation.demonstration(tmp_path / "demonstration").issuers
    principal = Tokens(issuers, lambda: datetime.now(UTC)).verify(f"Bearer {capsys.readouterr().out}")
    assert (principal.subject, principal.roles) == ("kim", {Role.HANDLAGGARE})


def test_what_is_wrong_with_an_asked_token_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAGRUM_KEYS", str(tmp_path))
    with pytest.raises(InputError) as error:
        token.run(asked(role=["handläggare"], tenant=["1384"], hours=0))
    assert error.value.lines == (
        "--role: ”handläggare” är inget av de tillåtna värdena: "
        + ", ".join(Role)
        + ". Menas ”handlaggare”?",
        "--tenant: ”1384” är inget av de tillåtna värdena: 9999.",
        "--hours: 0 går inte. Ange 1 till 24.",
    )


def test_where_real_municipalities_are_served_no_local_token_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAGRUM_KEYS", str(tmp_path))
    monkeypatch.setenv("LAGRUM_INSTALLATION", str(tmp_path / "installation.yaml"))
    with pytest.raises(InputError, match="bara i demonstrationen"):
        token.run(asked())
    assert list(tmp_path.iterdir()) == []
