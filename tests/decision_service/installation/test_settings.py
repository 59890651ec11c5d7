"""Settings from the environment: what they are, and every fault at once in Swedish."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from decision_service.installation.settings import load_settings, made_once
from decision_service.reading.strict_json import InputError


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def faults(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(f"LAGRUM_{name}", value)
    with pytest.raises(InputError) as error:
        load_settings()
    return list(error.value.lines)


def test_without_settings_the_demonstration_runs_on_this_machine() -> None:
    settings = load_settings()
    assert settings.demonstration
    assert (settings.host, settings.https) == ("127.0.0.1", False)
    assert list(settings.read_installation().municipalities) == ["9999"]


def test_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAGRUM_PORT", "9000")
    monkeypatch.setenv("LAGRUM_PUBLIC_URL", "https://lagrum.exempel.se")
    assert (load_settings().port, load_settings().https) == (9000, True)


def test_a_secret_can_stand_in_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql+psycopg://lagrum:hemligt@db/lagrum\n")
    monkeypatch.setenv("LAGRUM_DATABASE_URL_FILE", str(secret))
    settings = load_settings()
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://lagrum:hemligt@db/lagrum"
    assert "hemligt" not in repr(settings)


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(monkeypatch, PORT="åttatusen", WORKERS="0", PROT="1", RATE_PER_CLIENT="-1")
    assert found == [
        "LAGRUM_PROT: Inställningen finns inte. Menas ”LAGRUM_PORT”?",
        "LAGRUM_PORT: ”åttatusen” är inget heltal.",
        "LAGRUM_WORKERS: ”0” är för litet. Minst 1.",
        "LAGRUM_RATE_PER_CLIENT: ”-1” är för litet. Minst 0.",
    ]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "lagrum.exempel.se"])
def test_the_demonstration_is_not_for_others(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    (fault,) = faults(monkeypatch, HOST=host)
    assert "svarar bara på den här datorn" in fault
    monkeypatch.setenv("LAGRUM_INSTALLATION", "installation.yaml")
    assert not load_settings().demonstration


@pytest.mark.parametrize(
    "url", ["http://lagrum.exempel.se", "ftp://x", "lagrum", "https://", "https://a:b@c", "http://[::1"]
)
def test_an_address_others_can_listen_on_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert len(faults(monkeypatch, PUBLIC_URL=url)) == 1


def test_files_that_are_not_there_and_values_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(monkeypatch, CURSOR_KEY_FILE="finns-inte", CURSOR_KEY="x")
    assert found == [
        "LAGRUM_CURSOR_KEY_FILE: LAGRUM_CURSOR_KEY är också satt. Behåll bara den ena.",
        "LAGRUM_CURSOR_KEY_FILE: Filen finns-inte går inte att läsa.",
    ]


def test_a_fault_in_a_file_names_the_variable_and_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "port"
    path.write_text("åttatusen\n")
    assert faults(monkeypatch, PORT_FILE=str(path)) == [
        f"LAGRUM_PORT_FILE={path}: ”åttatusen” är inget heltal."
    ]


def test_what_several_settings_say_together_is_told_at_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = faults(monkeypatch, HOST="0.0.0.0")
    assert fault.startswith("LAGRUM_HOST: Utan LAGRUM_INSTALLATION körs demonstrationen")


def test_a_key_is_made_once_whoever_is_first(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda number: made_once(path, lambda: b"%d" % number), range(50)))
    assert len(made) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["a.key"]


def test_cursors_hold_from_one_start_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_settings().cursor_secret()
    assert len(first) == 64
    assert load_settings().cursor_secret() == first
    monkeypatch.setenv("LAGRUM_CURSOR_KEY", "k" * 32)
    assert load_settings().cursor_secret() == b"k" * 32
