"""Figures for the service against its targets: applications through jobs, registers, rules, tables and log.

Run: python bench/service.py [applications, default 600]. Takes about two minutes. Without HTTP.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url
from sqlmodel import col

sys.path.insert(0, str(Path(__file__).parents[1]))

from decision_service.casework import sweeps
from decision_service.casework.examine import examine_all
from decision_service.evaluation import Evaluators
from decision_service.jobs import Jobs
from decision_service.log import releases
from decision_service.store.database import reading
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, DecisionRow
from tests.decision_service.reliability.test_kill import Worker
from tests.decision_service.reliability.worker_process import clock_since
from tests.world.database import postgresql
from tests.world.law import book
from tests.world.office import World, count, new_world
from tests.world.people import NOVEMBER, TENANT, application

SWEDEN = 90_000
"""Applications for economic assistance in a month, the whole country, about."""
WORKERS = 4


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    evaluators = Evaluators(releases.files_of(book()), os.cpu_count() or 1)
    evaluators.start()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", make_url(f"sqlite:///{folder}/bench.db"), Path(folder), evaluators, number, 25)
    on_postgresql(evaluators, number)
    evaluators.close()


def on_postgresql(evaluators: Evaluators, number: int) -> None:
    with (
        postgresql() as url,
        tempfile.TemporaryDirectory() as keys,
    ):
        measure("PostgreSQL", url, Path(keys), evaluators, number, 60)
        several(url, number)


def measure(name: str, url: URL, folder: Path, evaluators: Evaluators, number: int, target: int) -> None:
    """Three runs on one database: one application at a time, all at once, and at half of that."""
    world = new_world(url, folder, evaluators)
    world.clock.forward(days=30)
    for person in range(100 + number + 5 * target):
        world.imported(person)
    alone = [timed(lambda person=person: world.apply(application(person, NOVEMBER))) for person in range(100)]
    report(f"{name}: one at a time", alone)
    seconds, _ = through_jobs(world, range(100, 100 + number), evaluators.count)
    speed = number / seconds
    verdict = "ok" if speed >= target else "MISSED"
    print(f"{name}: received and decided through jobs: {speed:.1f}/s (target {target}/s: {verdict})")
    print(f"{name}: a month of all Sweden, {SWEDEN:,}: {SWEDEN / speed / 60:.0f} minutes")
    pace = target / 2
    latencies = paced(world, range(100 + number, 100 + number + int(pace * 10)), pace)
    report(f"{name}: synchronous, {pace:.1f}/s come in", latencies, 250)
    with reading(world.engine) as session:
        decided = count(session, DecisionRow, DecisionRow.automatic)
        received = count(session, ApplicationRow)
    print(f"{name}: {decided} of {received} decided automatically")
    world.whole()
    print(f"{name}: the log verifies\n")
    world.engine.dispose()


def several(server: URL, number: int) -> None:
    """The same through two worker processes, each with an evaluating child, beside the one that receives."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE several")
    admin.dispose()
    url = server.set(database="several")
    with tempfile.TemporaryDirectory() as folder:
        world = new_world(url, Path(folder), Evaluators({}, 0))
        epoch = time.time()
        world.clock.now = clock_since(epoch)
        for person in range(number):
            world.imported(person)
        workers = [Worker(url, Path(folder), epoch) for _ in range(2)]
        for each in workers:
            each.ready()
        jobs, begun = Jobs(world.engine), time.perf_counter()
        for person in range(number):
            world.clock.now = clock_since(epoch)
            jobs.enqueue(TENANT, world.receive(application(person, NOVEMBER), run_after=timedelta(hours=1)))
        while left(world):
            time.sleep(0.05)
        speed = number / (time.perf_counter() - begun)
        for each in workers:
            each.end()
        world.engine.dispose()
    verdict = "ok" if speed >= 60 else "MISSED"
    print(f"PostgreSQL, two workers: received and decided: {speed:.1f}/s (target 60/s: {verdict})")
    print(f"PostgreSQL, two workers: a month of all Sweden, {SWEDEN:,}: {SWEDEN / speed / 60:.0f} minutes\n")


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def report(what: str, milliseconds: list[float], target: int | None = None) -> None:
    cuts = statistics.quantiles(milliseconds, n=100)
    said = f"{what}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms"
    if target is not None:
        said += f" (target p99 < {target} ms: {'ok' if cuts[98] < target else 'MISSED'})"
    print(said)


def through_jobs(world: World, people: range, workers: int) -> tuple[float, int]:
    """Seconds from the first application to the last decision."""
    jobs = Jobs(world.engine)

    def due() -> None:
        for tenant, application_id in sweeps.due(world.office):
            jobs.enqueue(tenant, application_id)

    jobs.schedule("due", timedelta(seconds=1), due)

    def work(tenant: str, some: Sequence[str]) -> None:
        examine_all(world.office, tenant, some)

    running = threading.Thread(target=jobs.run, args=(work, workers + 1))
    running.start()
    begun = time.perf_counter()
    for person in people:
        jobs.enqueue(TENANT, world.receive(application(person, NOVEMBER), run_after=timedelta(minutes=1)))
    while left(world):
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    jobs.stop()
    running.join()
    return seconds, len(people)


def left(world: World) -> int:
    with reading(world.engine) as session:
        return count(session, ApplicationRow, col(ApplicationRow.state).in_(FOR_THE_MACHINE))


def paced(world: World, people: range, pace: float) -> list[float]:
    """Milliseconds for each of applications that come at a steady pace and are decided while they wait."""
    found: list[float] = []
    threads = []
    begun = time.perf_counter()
    for number, person in enumerate(people):
        time.sleep(max(0.0, begun + number / pace - time.perf_counter()))

        def one(person: int = person) -> None:
            found.append(timed(lambda: world.apply(application(person, NOVEMBER))))

        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for each in threads:
        each.join()
    return found


if __name__ == "__main__":
    main()
