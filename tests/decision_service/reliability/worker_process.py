"""A worker as a process of its own, to be killed: jobs, sweeps and evaluators on a database that is ready.

Time goes faster here than outside, so that a lease is over within seconds; or, at the pace of the wall, the
worker asks for more of it as in a real service.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from decision_service.casework import leases, sweeps
from decision_service.casework.examine import examine_all
from decision_service.evaluation import Evaluators
from decision_service.jobs import Jobs, queue
from decision_service.log import releases
from decision_service.store.database import open_engine
from tests.world.law import book
from tests.world.office import START, world_on

FASTER = 20


def clock_since(epoch: float, faster: int = FASTER) -> datetime:
    """A clock that several processes share: the end of October, from an epoch on."""
    return START + timedelta(days=30) + faster * timedelta(seconds=time.time() - epoch)


def main(url: str, folder: str, epoch: float, workers: int, faster: int) -> None:
    if faster > 1:
        queue._TAKEN_OVER = timedelta(seconds=4)
    engine = open_engine(url)
    evaluators = Evaluators(releases.files_of(book()), 1)
    evaluators.start()
    world = world_on(engine, Path(folder), evaluators, {})
    office = replace(world.office, clock=lambda: clock_since(epoch, faster))
    jobs = Jobs(engine)
    if faster == 1:
        office.leases.renewed()
        jobs.schedule("leases", leases.EVERY, lambda: office.leases.renew(office.engine, office.clock()))

    def due() -> None:
        for tenant, application in sweeps.due(office):
            jobs.enqueue(tenant, application)

    jobs.schedule("due", timedelta(seconds=0.3), due)
    jobs.schedule("late", timedelta(seconds=1), lambda: sweeps.late(office))
    jobs.schedule("unanswered", timedelta(seconds=1), lambda: sweeps.unanswered(office))
    signal.signal(signal.SIGTERM, lambda *_: jobs.stop())
    print("ready", flush=True)

    def work(tenant: str, applications: Sequence[str]) -> None:
        examine_all(office, tenant, applications)

    jobs.run(work, workers)
    evaluators.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
