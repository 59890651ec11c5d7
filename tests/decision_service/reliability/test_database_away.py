"""The database goes away and comes back under people who post and post again: each application is there once,
and everybody is told to come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.world.client import User
from tests.world.people import NOVEMBER, application
from tests.world.service import Whole


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_the_database_is_started_again_under_people_who_post(whole: Whole) -> None:
    """Every connection is cut and no new one let in, over and over: what those connected see of a restart."""
    sender, people = whole.eservice(), [whole.known() for _ in range(30)]
    done, told = threading.Event(), set[int]()

    def post(person: int) -> str:
        return insistently(lambda: sender.send(application(person, NOVEMBER), key=f"k-{person}"), told)

    with ThreadPoolExecutor(7) as pool:
        cutting = pool.submit(cut, whole.service.office.engine, done)
        ids = list(pool.map(post, people))
        done.set()
        assert cutting.result() >= 1
    assert len(set(ids)) == len(people)
    until_it_works(whole.settle)
    for found in ids:
        assert sender.state(found)["decision"]["automatic"] is True
    assert own(sender, ids) == set(ids)
    assert told <= {202, 503}


def cut(engine: Engine, done: threading.Event) -> int:
    """Shut the database and open it again, until everything is posted and at least five times."""
    name = engine.url.database
    admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    times = 0
    with admin.connect() as connection:
        while not done.is_set() or times < 5:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": name},
            )
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
            times += 1
            done.wait(0.1)
    admin.dispose()
    return times


def insistently(ask: Callable[[], httpx.Response], told: set[int]) -> str:
    """As a client does that is told to come back: the same again, until there is an answer."""
    for _ in range(1000):
        answer = ask()
        told.add(answer.status_code)
        if answer.status_code == 202:
            return str(answer.json()["id"])
        assert answer.headers["retry-after"], answer.text
    raise AssertionError("never taken in")


def until_it_works(work: Callable[[], None]) -> None:
    for _ in range(100):
        try:
            return work()
        except OperationalError:
            continue
    raise AssertionError("never done")


def own(sender: User, ids: list[str]) -> set[str]:
    """What the sender has in the list, all of it."""
    items = sender.get("/applications", {"limit": 200}).json()["items"]
    return {each["id"] for each in items}
