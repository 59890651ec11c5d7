"""A secret that was lost, swapped or left open is noticed before anything is done with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import URL

from audit.errors import KeyFileError
from decision_service.installation.settings import Settings, made_once
from decision_service.reading.strict_json import InputError
from decision_service.service import _pseudonym_key
from decision_service.store.database import migrate, open_engine
from decision_service.store.known_key import PSEUDONYM, require_known

pytestmark = pytest.mark.slow


def test_another_key_than_the_database_was_filled_with_is_refused(database_url: URL) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    for _ in range(2):
        require_known(engine, PSEUDONYM, b"the first", "keys/pseudonym.key")
    with pytest.raises(InputError) as refused:
        require_known(engine, PSEUDONYM, b"another", "keys/pseudonym.key")
    (found,) = refused.value.faults
    assert (found.code, found.values["file"]) == ("another_key", "keys/pseudonym.key")
    with engine.connect() as connection:
        (kept,) = connection.exec_driver_sql("SELECT fingerprint FROM known_key").scalars()
    assert "first" not in kept
    engine.dispose()


def test_no_key_is_made_for_a_database_that_was_filled_with_one(database_url: URL, tmp_path: Path) -> None:
    """It could only be the wrong one, and would be said to be."""
    engine = open_engine(database_url)
    migrate(engine)
    require_known(engine, PSEUDONYM, b"the first", "keys/pseudonym.key")
    with pytest.raises(InputError) as refused:
        _pseudonym_key(engine, Settings(keys=tmp_path / "keys"))
    assert [each.code for each in refused.value.faults] == ["no_key"]
    assert not (tmp_path / "keys").exists()
    engine.dispose()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys" / "cursor.key"
    assert made_once(path, lambda: b"secret") == b"secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(mode)
    with pytest.raises(InputError) as refused:
        made_once(path, lambda: b"secret")
    assert [each.code for each in refused.value.faults] == ["open_to_others"]


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o1777])
def test_no_secret_of_a_folder_that_others_may_write_in(tmp_path: Path, mode: int) -> None:
    """Whoever may write there puts a secret of their own in its place."""
    folder = tmp_path / "keys"
    for made in (True, False):
        folder.mkdir(exist_ok=True)
        if made:
            made_once(folder / "cursor.key", lambda: b"secret")
        folder.chmod(mode)
        with pytest.raises(KeyFileError, match="kan andra än ägaren skriva"):
            made_once(folder / "cursor.key", lambda: b"secret")
        assert [each.name for each in folder.iterdir()] == ["cursor.key"] * made
        folder.chmod(0o700)
        (folder / "cursor.key").unlink(missing_ok=True)


def test_a_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lagrum.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    engine.dispose()
