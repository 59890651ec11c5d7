"""What comes of it when somebody changes the tables that say which version the others have."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError

from audit.errors import LogError
from decision_service.reading.strict_json import InputError
from decision_service.store.database import migrate
from tests.world.office import Unused, world_like
from tests.world.people import NOVEMBER, application

REFUSED = {
    "an earlier version": "UPDATE schema_version SET version_num = '0037'",
    "the first": "UPDATE schema_version SET version_num = '0001'",
    "none": "DELETE FROM schema_version",
    "one that nobody has made": "UPDATE schema_version SET version_num = '9999'",
    "a log of a later version": "UPDATE audit_schema SET version = 99",
}


@pytest.mark.slow
@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_service_does_not_begin_and_nothing_is_changed(
    server: URL | None, office_like: Unused, tmp_path: Path, statement: str
) -> None:
    """No migration is run again over tables that it has made already."""
    with world_like(office_like, server, tmp_path) as world:
        world.clock.forward(days=30)
        world.imported(1)
        world.apply(application(1, NOVEMBER))
        world.whole()
        before = world.everything()
        change(world.engine, statement)
        with pytest.raises((DBAPIError, InputError, LogError)):
            migrate(world.engine)
        assert world.everything() == before


def change(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
