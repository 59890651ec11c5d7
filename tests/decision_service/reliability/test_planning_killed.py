"""The API is killed while the planning is written over it: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

import audit
from audit import trail
from decision_service.log import vouched
from decision_service.planning import participants
from decision_service.store.database import reading
from tests.decision_service.api.test_applications import code
from tests.decision_service.api.test_planning import GROUP, PLAN, secretary
from tests.world.cases import ROOT
from tests.world.client import User
from tests.world.people import TENANT, personal_number
from tests.world.service import Json, Whole, running

pytestmark = pytest.mark.slow

CLIENTS, PEOPLE = 4, 2
"""How many write at a time, and how many participants each has."""
KILLS = (15, 40)
"""A process is killed when so many answers have come, whatever the others are waiting for."""
TRIES = 100
_DAYS = ("2026-09-14", "2026-09-15")
STEPS: tuple[Json, ...] = (
    PLAN,
    {name: said for name, said in GROUP.items() if name != "capacity"} | {"step": "assign", "id": "grupp"},
    {"step": "answer", "activity": "grupp", "answer": "TAKEN", "day": "2026-09-04"},
    *({"activity": "grupp", "day": day, "mark": "PRESENT"} for day in _DAYS),
    {"step": "exit", "day": "2026-09-21", "reason": "WORK"},
    {"step": "return", "day": "2026-09-25"},
)
"""What happens to everybody after the enrolment: a mark where it is no step."""
LOGGED = ["enrolled", *(said.get("step", "marked") for said in STEPS)]


class Process:
    """The API in a process of its own."""

    def __init__(self, url: URL, folder: Path) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("planning_server.py")),
                url.render_as_string(hide_password=False),
                str(folder),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def address(self) -> str:
        """Where it answers, as soon as it does."""
        assert self.process.stdout is not None
        found = self.process.stdout.readline().strip()
        assert found, "the process never began"
        return found

    def kill(self) -> None:
        """As kill -9 does."""
        self.process.kill()
        self.process.communicate()


@dataclass
class Service:
    """The one that answers now. When it has died the next does, the last of which lives."""

    user: User
    processes: list[Process]
    clients: list[httpx.Client]
    answers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self) -> None:
        """One answer more has come; at some of them the process is killed."""
        with self.lock:
            self.answers += 1
            if self.answers in KILLS:
                self.clients.pop(0)
                self.processes.pop(0).kill()

    def post(self, path: str, body: Json, **more: str) -> httpx.Response:
        """The same request until it is answered, as a client does that has got no answer. Its work may have
        been done all the same: then a step is refused, since what it changes is not as it was."""
        lost = False
        for _ in range(TRIES):
            try:
                found = replace(self.user, http=self.clients[0]).post(path, body, **more)
            except httpx.TransportError:
                lost = True
                continue
            undecided = found.status_code >= 500 or (found.status_code == 409 and "idempotency_key" in more)
            if found.status_code == 503 or (lost and undecided):
                lost = True  # the database is not through with the dead one's transaction, say
                continue
            self.answered()
            assert found.is_success or (lost and code(found) == "stale"), found.text
            return found
        pytest.fail(f"{path} was never answered")


def enrol(post: Service | User, person: int) -> httpx.Response:
    body = {
        "personal_number": personal_number(person),
        "first_name": "Kim",
        "last_name": "Ek",
        "day": "2026-09-01",
    }
    return post.post("/participants", body, idempotency_key=f"deltagare-{person}")


def went_through(post: Service | User, participant: str) -> list[httpx.Response]:
    """Everything that happens to a participant, each step on the version that the one before it left."""
    version, found = 1, []
    for said in STEPS:
        if "step" in said:
            path, more = f"/participants/{participant}/steps", {"if_match": f'"v{version}"'}
            version += 1
        else:
            path, more = f"/participants/{participant}/attendance", {}
        found.append(post.post(path, said, **more))
    return found


def offer(post: Service | User, number: int) -> httpx.Response:
    return post.post("/offered-activities", GROUP, idempotency_key=f"grupp-{number}")


def entries_of(whole: Whole, case: str) -> list[str]:
    with whole.service.office.engine.connect() as connection:
        return [one.entry["body"]["step"] for one in trail.read_leaves(connection, TENANT, case)]


def test_killed_while_the_planning_is_written(postgresql_url: URL, tmp_path: Path) -> None:
    with ExitStack() as open_, running(postgresql_url, tmp_path) as whole:
        processes = [Process(postgresql_url, tmp_path) for _ in KILLS]
        for each in processes:
            open_.callback(each.kill)
        addresses = [each.address() for each in processes]
        clients = [open_.enter_context(httpx.Client(base_url=one, timeout=60)) for one in addresses]
        user = secretary(whole)
        service = Service(user, [*processes], [*clients, whole.http])

        def write(number: int) -> tuple[str, dict[int, str]]:
            activity, found = str(offer(service, number).json()["id"]), {}
            for person in range(number * PEOPLE, (number + 1) * PEOPLE):
                found[person] = str(enrol(service, person).json()["id"])
                went_through(service, found[person])
            return activity, found

        with ThreadPoolExecutor(CLIENTS) as at_once:
            written = list(at_once.map(write, range(CLIENTS)))
        assert service.clients == [whole.http], "nobody was killed"

        there = {person: id_ for _, found in written for person, id_ in found.items()}
        logged = {id_: entries_of(whole, id_) for id_ in [*there.values(), *(one for one, _ in written)]}
        assert [logged[id_] for id_ in there.values()] == [LOGGED] * CLIENTS * PEOPLE
        for number, (activity, _) in enumerate(written):
            assert offer(user, number).json()["id"] == activity
            assert logged[activity] == ["offered"]
        for person, id_ in there.items():
            assert enrol(user, person).json()["id"] == id_
            again = went_through(user, id_)
            for said, one in zip(STEPS, again, strict=True):
                assert (code(one) == "stale") if "step" in said else one.is_success, one.text
        assert {id_: entries_of(whole, id_) for id_ in logged} == logged, "something was done twice"
        as_written(whole, list(there.values()), len(written))


def as_written(whole: Whole, there: list[str], activities: int) -> None:
    """Every participant stands where the last step left it, no others are there, and the log verifies."""
    office = whole.service.office
    with reading(office.engine) as session:
        for id_ in there:
            row = participants.find(office, session, TENANT, id_)
            assert row.version == 1 + sum("step" in said for said in STEPS)
            (month,) = participants.all_attendance(office, session, TENANT, id_)
            marks = participants.opened_month(month).marks
            assert [each.day.isoformat() for each in marks] == [*_DAYS]
    user = secretary(whole)
    listed = user.get("/participants", {"limit": 100}).json()["items"]
    assert sorted(each["id"] for each in listed) == sorted(there)
    assert len(user.get("/offered-activities").json()["items"]) == activities
    office.log.checkpoint(office.engine, TENANT)
    report = audit.verify_database(
        office.engine,
        {TENANT: whole.public_key()},
        vault=office.keys,
        source=vouched.source,
        tenants=[TENANT],
    )
    assert report.ok, str(report)
