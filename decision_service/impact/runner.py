"""Works on the runs that wait, a batch at a time, beside whatever else a process of the service does."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from audit.database import read_only
from audit.errors import VaultError
from decision_service.casework.office import Office
from decision_service.evaluation import CrashError, Evaluators
from decision_service.impact import runs
from decision_service.impact.again import Again
from decision_service.impact.children import again, assessing
from decision_service.impact.recorded import recorded
from decision_service.log import releases
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ImpactCaseRow, ImpactRow

BATCH = 50
"""Cases that are written at a time."""
DELETED, NO_FILES, FAILED = "gallrad", "utan regelversion", "gick inte att pröva"
"""Why a case could not be assessed again."""


Begin = Callable[[str, Mapping[str, Mapping[str, str]], int], Evaluators]
"""What ``children.assessing`` does."""


class Runner:
    """Works on one run at a time, with ``count`` child processes that live while there is one."""

    def __init__(self, office: Office, count: int, begin: Begin = assessing) -> None:
        self._office, self._count, self._begin = office, count, begin
        self._me = uuid.uuid4().hex
        self._stopping = threading.Event()
        self._children: tuple[str, set[str], Evaluators] | None = None

    def sweep(self) -> None:
        """Work on the runs that wait until none is left, or somebody says stop."""
        while not self._stopping.is_set():
            with transaction(self._office.engine) as session:
                run = runs.take(self._office, session, self._me)
            if run is None:
                break
            while not self._stopping.is_set() and self._batch(run):
                pass
            with transaction(self._office.engine) as session:
                runs.release_hold(self._office, session, run, self._me)
        self._close()

    def stop(self) -> None:
        """Let ``sweep`` end when the batch that has begun is written."""
        self._stopping.set()

    def _batch(self, run: ImpactRow) -> bool:
        """Assess some cases and write what came of them; False where the run has ended or is another's."""
        office = self._office
        with reading(office.engine) as session:
            cases = runs.left(session, run, BATCH)
        rows = [*self._assessed(run, cases)] if cases else []
        with transaction(office.engine) as session:
            return runs.write(office, session, run, self._me, rows) and bool(rows)

    def _assessed(self, run: ImpactRow, cases: Sequence[str]) -> Iterator[ImpactCaseRow]:
        there, children = self._children_of(run)
        one = partial(self._one, run.tenant, there, children)
        with ThreadPoolExecutor(self._count) as pool:
            for case, (found, missing) in zip(cases, pool.map(one, cases), strict=True):
                yield ImpactCaseRow(
                    impact=run.id,
                    application_id=case,
                    tenant=run.tenant,
                    moved=found is not None and found.moved,
                    missing=missing,
                    found="" if found is None else found.written,
                )

    def _one(self, tenant: str, there: set[str], children: Evaluators, case: str) -> tuple[Again | None, str]:
        """What came of a case, or why nothing did."""
        try:
            with read_only(self._office.engine) as connection:
                before = recorded(connection, self._office.keys, tenant, case)
            return (again(children, before), "") if before.release in there else (None, NO_FILES)
        except VaultError:
            return None, DELETED
        except CrashError:
            return None, FAILED

    def _children_of(self, run: ImpactRow) -> tuple[set[str], Evaluators]:
        """The releases whose files are kept, and children that know them all."""
        files = releases.KeptFiles(self._office.engine)
        there = {*files}
        if self._children is None or self._children[:2] != (run.id, there):
            self._close()
            every = {release: files[release] for release in there}
            self._children = run.id, there, self._begin(run.release, every, self._count)
        return there, self._children[2]

    def _close(self) -> None:
        if self._children is not None:
            self._children[2].close()
            self._children = None
