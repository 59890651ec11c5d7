"""A connection that the server has closed is opened anew before anybody uses it; the server is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from decision_service.store.database import open_engine, reading, transaction
from tests.world import database

MINE, OTHERS = "SELECT pg_backend_pid()", "SELECT pid FROM pg_stat_activity WHERE pid = ANY(:those)"
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:those)"


@pytest.fixture
def kept(postgresql_url: URL) -> Iterator[Engine]:
    engine = open_engine(postgresql_url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def pids(engine: Engine) -> set[int]:
    """The server's processes of three connections at a time."""
    with engine.connect() as one, engine.connect() as two, engine.connect() as three:
        return {each.exec_driver_sql(MINE).scalar_one() for each in (one, two, three)}


def end(server: Engine, those: set[int]) -> None:
    with server.connect() as connection:
        connection.execute(text(END), {"those": list(those)})
    with server.connect() as connection:
        while connection.execute(text(OTHERS), {"those": list(those)}).all():
            pass


def test_one_that_is_gone_is_not_used(kept: Engine, postgresql_url: URL) -> None:
    before = pids(kept)
    assert pids(kept) == before, "they are kept"
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    end(admin, before)
    admin.dispose()
    with reading(kept) as session, transaction(kept) as another:
        found = {each.connection().exec_driver_sql(MINE).scalar_one() for each in (session, another)}
    assert not found & before
    assert not pids(kept) & before, "every older one is opened anew"


def test_a_dialect_that_was_cut_off_while_it_asked_is_not_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows a part of its database and would never ask again: a later test failed by it."""
    whole, half = (create_engine(f"sqlite:///{tmp_path}/{name}.db") for name in "ab")
    monkeypatch.setattr(database, "_FREE", {})
    for engine in (whole, half):
        database.takes_over(engine)
    with whole.connect():
        pass
    ask = half.dialect.initialize

    def cut_off(connection: Connection) -> None:
        ask(connection)
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(half.dialect, "initialize", cut_off)
    with pytest.raises(OperationalError), half.connect():
        pass
    database.done_with(half)
    assert database._FREE == {}
    database.done_with(whole)
    assert [each for each, _ in database._FREE["sqlite"]] == [whole.dialect]
