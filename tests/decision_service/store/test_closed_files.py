"""The database file holds what is known of people: nobody but its owner reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from decision_service.reading.strict_json import InputError
from decision_service.store.database import open_engine


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path}/ny/lagrum.db").dispose()
    assert (tmp_path / "ny" / "lagrum.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ny").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_reach_is_not_opened(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "lagrum.db"
    path.touch()
    path.chmod(mode)
    with pytest.raises(InputError, match=f"läsas av andra än ägaren .rättigheter 0{mode:o}.*chmod 600"):
        open_engine(f"sqlite:///{path}")
    path.chmod(0o600)
    open_engine(f"sqlite:///{path}").dispose()
