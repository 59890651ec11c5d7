"""``lagrum own-data``: two files that only their owner may read, and the reading logged."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select

from audit.tables import entry as entries
from decision_service.cli import main
from tests.world.database import new_database
from tests.world.people import NOVEMBER, application, personal_number
from tests.world.service import Whole, running

GIVEN = ["own-data", "--tenant", "9999", "--who", "jurist-1", "--purpose", "begaran"]


@pytest.fixture
def one(sqlite_tables: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    """A service whose settings the command reads too."""
    with new_database(None, tmp_path, sqlite_tables) as url, running(url, tmp_path) as found:
        settings = found.service.settings
        monkeypatch.setenv("LAGRUM_DATABASE_URL", settings.database_url.get_secret_value())
        monkeypatch.setenv("LAGRUM_KEYS", str(settings.keys))
        if settings.installation is not None:
            monkeypatch.setenv("LAGRUM_INSTALLATION", str(settings.installation))
        if settings.public_url:
            monkeypatch.setenv("LAGRUM_PUBLIC_URL", settings.public_url)
        yield found


def test_two_files_for_the_person(
    one: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = one.person()
    one.eservice().send(application(person, NOVEMBER))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{personal_number(person)}\n"))
    folder = tmp_path / "utdrag"
    assert main([*GIVEN, "-o", str(folder)]) == 0, capsys.readouterr().err
    assert folder.stat().st_mode & 0o777 == 0o700
    text, package = folder / "egna-uppgifter.txt", folder / "egna-uppgifter.json"
    assert text.stat().st_mode & 0o777 == package.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(package.read_text())["applications"]) == 1
    assert personal_number(person) in text.read_text()
    (tmp_path / "fil").write_text("")
    for output, said in ((folder, "finns redan"), (tmp_path / "fil", "går inte att skriva i")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{personal_number(person)}\n"))
        before = logged(one)
        assert main([*GIVEN, "-o", str(output)]) == 2
        assert said in capsys.readouterr().err
        assert logged(one) == before


def logged(one: Whole) -> int | None:
    with one.service.office.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(entries))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "purpose", "code"),
    [("198001019804", "begaran", 1), ("198001019804", "nyfikenhet", 2), ("inget nummer", "begaran", 2)],
)
def test_nothing_is_written_of_nobody(
    one: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, purpose: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{said}\n"))
    assert main([*GIVEN[:-1], purpose, "-o", str(tmp_path)]) == code
    assert not list(tmp_path.glob("egna-*"))
