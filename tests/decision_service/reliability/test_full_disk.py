"""The disk is full, for real: PostgreSQL's own writes find no room, and SQLite's file may not grow. Everybody
is told to come back, nothing is half done, and when there is room all of it goes on by itself, once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from decision_service.access.roles import Role
from decision_service.casework import delivery, sweeps
from decision_service.casework.checking import checked_log
from decision_service.casework.examine import ATTEMPTS, examine
from decision_service.casework.leases import LONG
from decision_service.store.database import reading
from decision_service.store.tables import MessageRow
from tests.decision_service.api import test_once as steps
from tests.decision_service.lawmaking.test_publishing import NEW, OLD, approve, ready
from tests.world.drafting import ReadHere, version
from tests.world.full_disk import TABLES, WAL, Disk, compiler, fill_wal, full_pages, server_on_a_disk
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, problem, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    if shutil.which(compiler()[0]) is None:
        pytest.skip(f"No C compiler {compiler()[0]}: a full disk is not tried on PostgreSQL.")
    with server_on_a_disk("fsync = off", "autovacuum = off", "checkpoint_timeout = '1h'") as found:
        yield found


@pytest.fixture(scope="module")
def whole(disk: Disk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A service on the server whose disk can be full."""
    folder = tmp_path_factory.mktemp("full")
    with running(disk.url, folder) as found:
        found.service.checker = ReadHere()
        yield found


@contextmanager
def full_file(engine: Engine) -> Iterator[None]:
    """The file of SQLite may not grow, on any connection."""

    def connected(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        used = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {used}")
        cursor.close()

    engine.dispose()
    event.listen(engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(engine, "connect", connected)
        engine.dispose()


def publication(whole: Whole) -> steps.Clicks:
    """A draft that two people stand behind, about to come into force."""
    publicist = whole.user(Role.PUBLICIST)
    draft = ready(whole, whole.user(Role.POLICY), OLD, NEW)
    assert approve(publicist, draft) is None
    etag = version(publicist, f"/drafts/{draft}")
    path, said = f"/drafts/{draft}/publication", {"first": "2026-12"}
    return steps.twice("", lambda: publicist.post(path, said, if_match=etag))


def arrival(whole: Whole) -> steps.Clicks:
    """An application, with a key of the client's own."""
    sender, person = whole.eservice(), whole.person()
    return steps.twice("", lambda: sender.send(application(person, NOVEMBER), key=f"full-{person}"))


STEPS = (arrival, steps.answers, steps.question, steps.correction, steps.completion, publication)


def waiting(whole: Whole) -> tuple[str, str]:
    """An application that nobody has looked at, and one whose letter and payment wait to go out."""
    sender, office = whole.eservice(), whole.service.office
    ids = [sender.send(application(whole.known(), NOVEMBER)).json()["id"] for _ in range(2)]
    examine(office, TENANT, ids[1])
    return ids[0], ids[1]


def refused(answer: httpx.Response) -> bool:
    """Whether somebody was told to come back, in Swedish, and nothing of how we are built."""
    if answer.status_code != 503:
        assert answer.status_code < 300, answer.text
        return False
    assert answer.headers["retry-after"]
    assert problem(answer, "unavailable")["title"] == "Tjänsten kan inte svara nu"
    return True


def works(whole: Whole) -> Iterator[str]:
    """What goes on by itself and cannot: nobody is told, and it is tried again when the lease is over."""
    office = whole.service.office
    whole.clock.forward(seconds=LONG.total_seconds())
    for work in (lambda: examining(whole), partial(sweeps.late, office), partial(delivery.deliver, office)):
        try:
            work()
        except OperationalError as error:
            yield type(error.orig).__name__


def examining(whole: Whole) -> None:
    office = whole.service.office
    for tenant, each in sweeps.due(office):
        examine(office, tenant, each)


def readiness(whole: Whole) -> str | None:
    """What is wrong with the database, as the process says it."""
    whole.service._ready = (float("-inf"), [], None)
    checks = whole.http.get("/readyz").json()["checks"]
    return next(each["why"] for each in checks if each["name"] == "databas")


def messages(whole: Whole) -> Sequence[MessageRow]:
    with reading(whole.service.office.engine) as session:
        return session.exec(select(MessageRow)).all()


def put_out(whole: Whole) -> set[str]:
    """The keys of what lies in the receivers' folders."""
    return {path.stem for path in (whole.folder / "ut").glob("*/*.json")}


def goes_on(whole: Whole, *ids: str) -> None:
    """There is room again. What waited is done, each message has left once, and everything verifies."""
    whole.clock.forward(minutes=20)
    whole.settle()
    office, rows = whole.service.office, messages(whole)
    assert all(each.delivered_at for each in rows)
    assert put_out(whole) == {each.key for each in rows}
    for each in ids:
        kinds = sorted(row.kind for row in rows if row.application_id == each)
        assert kinds == ["letter", "payment", "receipt"]
    office.log.checkpoint(office.engine, TENANT)
    report = checked_log(office, TENANT, None)
    assert report.ok, str(report)


def test_where_no_table_has_room(whole: Whole, disk: Disk) -> None:
    """Each insert needs a page that is not there: every step is refused, and is done afterwards."""
    made, ids = {step.__name__: step(whole) for step in STEPS}, waiting(whole)
    cases = [each.case for each in made.values() if each.case]
    before = [steps.left(whole, each) for each in cases]
    assert readiness(whole) is None
    with full_pages(whole.url), disk.full(TABLES):
        told = {name: refused(each.first()) for name, each in made.items()}
        assert set(told.values()) == {True}, told
        assert before == [steps.left(whole, each) for each in cases]
        # As often as a case is given to a person that takes its evaluation down, and once more.
        assert all("DiskFull" in set(works(whole)) for _ in range(ATTEMPTS + 1))
        assert "skivan är full" in str(readiness(whole))
        # What nobody need log is read all the same; what a person reads is logged first, or not shown.
        assert whole.eservice().get("/applications").status_code == 200
        assert refused(whole.handlaggare().get(f"/tasks/{made['answers'].case}"))
        assert put_out(whole) <= {each.key for each in messages(whole)}
    for name, each in made.items():
        assert not refused(each.first()), name
    assert made["arrival"].first().json()["id"] == made["arrival"].second().json()["id"]
    goes_on(whole, *ids)


def test_where_the_log_of_the_server_has_no_room(whole: Whole, disk: Disk) -> None:
    """PostgreSQL ends at a commit, and cannot begin again until there is room."""
    made = [step(whole) for step in (arrival, steps.decision)]
    ids = waiting(whole)
    with disk.full(WAL):
        with suppress(OperationalError):
            fill_wal(whole.url)
        assert all(refused(each.first()) for each in made)
        assert [*works(whole)] == ["OperationalError"] * 3
        assert "svarar inte" in str(readiness(whole))
        for _ in range(100):
            if not disk.runs():
                break
            time.sleep(0.1)
    assert not disk.runs()
    assert 'PANIC:  could not write to file "pg_wal' in disk.said()
    disk.started_again()
    assert not any(refused(each.first()) for each in made)
    assert made[0].first().json()["id"] == made[0].second().json()["id"]
    goes_on(whole, *ids)


def test_where_the_file_may_not_grow(alone: Whole) -> None:
    """The same on SQLite, where a page may have room for something small."""
    made = [*(arrival(alone) for _ in range(6)), steps.decision(alone)]
    ids = waiting(alone)
    with full_file(alone.service.office.engine):
        told = [refused(each.first()) for each in made]
        assert told.count(True) > 3
        assert all("OperationalError" in set(works(alone)) for _ in range(ATTEMPTS + 1))
        assert "skivan är full" in str(readiness(alone))
    for each, again in zip(made, told, strict=True):
        assert not again or not refused(each.first())
    goes_on(alone, *ids)
