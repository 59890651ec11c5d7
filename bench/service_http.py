"""Applications over HTTP, as an e-service sends them, until the queue is empty: client, API, workers and
database on the one machine.

Run: python bench/service_http.py [applications, default 200]. Some two minutes. First as many as the clients
can send; then at half of the target, decided while the client waits. Beside the pace stands the processor
time for an application, part by part, which what others do on the machine touches least: two cores have 2 000
milliseconds a second, and what an application takes of them says how many they can carry.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import structlog
from sqlalchemy import URL, make_url
from sqlmodel import col

sys.path.insert(0, str(Path(__file__).parents[1]))

from decision_service.casework.knowledge import import_history, set_activity
from decision_service.operations.memory import settle
from decision_service.store.database import reading, transaction
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, DecisionRow, MessageRow
from tests.world.cases import raw
from tests.world.client import User
from tests.world.database import postgresql
from tests.world.office import count
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Whole, running

TARGETS = {"SQLite": 40, "PostgreSQL": 60}
"""Applications a second, on two cores."""
SENDERS = 8
LOOKS = 0.25
"""Seconds between two looks at what is left: each costs a millisecond in the process that is measured."""
CLIENT = """
import http.client, json, sys, threading, time
port, pace, wait = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
given = json.load(sys.stdin)
token, bodies = given["token"], given["bodies"]
found, lock, turn, begun = [], threading.Lock(), iter(enumerate(bodies)), time.perf_counter()
def send():
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        with lock:
            number, body = next(turn, (None, None))
        if body is None:
            return
        if pace:
            time.sleep(max(0, begun + number / pace - time.perf_counter()))
        headers = {"Authorization": token, "Content-Type": "application/json"}
        headers["Idempotency-Key"] = f"b-{wait}-{number}"
        if wait != "0":
            headers["Prefer"] = f"wait={wait}"
        at = time.perf_counter()
        while True:
            line.request("POST", "/v1/9999/applications", body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 429:
                break
            time.sleep(0.2)
        with lock:
            found.append([answer.status, 1000 * (time.perf_counter() - at)])
threads = [threading.Thread(target=send) for _ in range(given["senders"])]
for each in threads: each.start()
for each in threads: each.join()
print(json.dumps([time.perf_counter() - begun, found]))
"""


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chosen = sys.argv[2:] or list(TARGETS)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    if "SQLite" in chosen:
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", make_url(f"sqlite:///{folder}/bench.db"), Path(folder), number)
    if "PostgreSQL" in chosen:
        on_postgresql(number)


def on_postgresql(number: int) -> None:
    with postgresql() as url, tempfile.TemporaryDirectory() as folder:
        measure("PostgreSQL", url, Path(folder), number)


def measure(name: str, url: URL, folder: Path, number: int) -> None:
    """One process serves and works, and the clients are another."""
    target = TARGETS[name]
    with running(url, folder, works=False) as whole:
        whole.service.office = replace(whole.service.office, reference=None)
        beside = max(40, target * 4)
        whole.clock.forward(days=30)
        for person in range(1, number + beside + 11):
            known(whole, person)
        whole.service.start()
        send(whole, range(1, 11), 0, "10")
        settle()  # as the service does when it begins to serve
        used = processor_time(whole)
        seconds, answers, emptied = send(whole, range(11, 11 + number), 0, "0")
        delivered(whole)
        spent = {part: (now - used[part]) / number for part, now in processor_time(whole).items()}
        assert {status for status, _ in answers} == {202}, answers
        pace = number / emptied
        print(f"{name}: taken {number / seconds:.1f}/s")
        print(f"{name}: to the empty queue {pace:.1f}/s (target {target}/s: {ok(pace >= target)})")
        parts = ", ".join(f"{part} {1000 * each:.1f}" for part, each in spent.items())
        total = sum(spent.values())
        print(f"{name}: {1000 * total:.1f} ms of processor time for an application ({parts}):")
        carried = 2 / total
        print(f"    two cores can carry {carried:.0f}/s (target {target}/s: {ok(carried >= target)})")
        _, answers, _ = send(whole, range(11 + number, 11 + number + beside), target / 2, "30", senders=40)
        told(f"{name}: answered at once, {target / 2:.0f}/s come in", [each for _, each in answers])
        with reading(whole.service.office.engine) as session:
            decided = count(session, DecisionRow, DecisionRow.automatic)
            everybody = number + beside + 10
            print(f"{name}: {decided} of {everybody} decided automatically; load {os.getloadavg()[0]:.1f}\n")


def ok(met: bool) -> str:
    return "ok" if met else "MISSED"


def told(what: str, milliseconds: list[float]) -> None:
    cuts = statistics.quantiles(milliseconds, n=100)
    print(f"{what}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms (target p99 < 250 ms: {ok(cuts[98] < 250)})")


def processor_time(whole: Whole) -> dict[str, float]:
    """Seconds so far of every process that has a part in it, those that have ended among them."""
    here = psutil.Process()
    found = {"service": own_time(here), "client": ended_time(here), "evaluation": 0.0, "database": 0.0}
    server = database_server(whole)
    for each in here.children(recursive=True):
        of_database = server is not None and server in (each, *each.parents())
        if not of_database and "forkserver" in " ".join(each.cmdline()):
            found["evaluation"] += own_time(each)
    if server is not None:
        family = [server, *server.children(recursive=True)]
        found["database"] = sum(map(own_time, family)) + ended_time(server)
    return found


def own_time(process: psutil.Process) -> float:
    """Seconds of a process itself."""
    times = process.cpu_times()
    return float(times.user + times.system)


def ended_time(process: psutil.Process) -> float:
    """Seconds of the processes that it had begun and that have ended."""
    times = process.cpu_times()
    return float(times.children_user + times.children_system)


def database_server(whole: Whole) -> psutil.Process | None:
    """The first process of a PostgreSQL on this machine."""
    engine = whole.service.office.engine
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
    return psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))


def delivered(whole: Whole) -> None:
    """Wait until every letter, payment and notice has gone out: what they cost belongs to the application."""
    while waiting(whole):
        time.sleep(LOOKS)


def waiting(whole: Whole) -> int:
    with reading(whole.service.office.engine) as session:
        return count(session, MessageRow, col(MessageRow.delivered_at).is_(None))


def known(whole: Whole, person: int) -> None:
    """Somebody with a plan, a granted month before, and registers that have nothing to say."""
    office, number = whole.service.office, personal_number(person)
    document = raw("ensam-bifall")["activity"][0]
    del document["person"]
    document["plan"] |= {"decided": "2026-09-02", "first": "2026-09-02", "last": "2026-12-28"}
    month = {
        "month": "2026-10",
        "outcome": "BIFALL",
        "amount": 9000,
        "costs": {"RENT": 6000, "ELECTRICITY": 700},
        "marital_status": "SINGLE",
        "people": [number],
        "housing_person_count": 1,
    }
    with transaction(office.engine) as session:
        set_activity(office, session, TENANT, number, document, "ame-1", None)
        import_history(office, session, TENANT, number, [month], "admin-1", complete=True)
    whole.registers(person)


def send(
    whole: Whole, people: range, pace: float, wait: str, senders: int = SENDERS
) -> tuple[float, list[tuple[int, float]], float]:
    """Seconds that the clients took, each answer's status and milliseconds, and seconds to an empty queue."""
    sender: User = whole.eservice()
    bodies = [json.dumps(application(person, NOVEMBER)) for person in people]
    token = sender.headers()["Authorization"]
    given = json.dumps({"token": token, "bodies": bodies, "senders": senders})
    port = whole.http.base_url.port
    begun = time.perf_counter()
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(port), str(pace), wait],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    printed, _ = client.communicate(given)
    while left(whole):
        time.sleep(LOOKS)
    seconds, answers = json.loads(printed)
    return seconds, answers, time.perf_counter() - begun


def left(whole: Whole) -> int:
    with reading(whole.service.office.engine) as session:
        return count(session, ApplicationRow, col(ApplicationRow.state).in_(FOR_THE_MACHINE))


if __name__ == "__main__":
    main()
