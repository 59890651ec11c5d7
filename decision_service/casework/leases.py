"""Who is at which case: a worker has a case for a short while at a time, and asks for more for as long as it
lives. One that has died is noticed when its last while is over."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Engine, update
from sqlmodel import col, select

from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow, ApplicationState

LONG = timedelta(seconds=60)
"""How long a worker has for a case where nobody asks for more."""
SHORT = timedelta(seconds=10)
"""How long it has where somebody does."""
EVERY = timedelta(seconds=3)
"""How often more is asked for."""


class Leases:
    """The cases that this process is at. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Counter[tuple[str, str]] = Counter()
        self.length = LONG

    def renewed(self) -> None:
        """From now on somebody calls ``renew`` again and again."""
        self.length = SHORT

    @contextmanager
    def holding(self, tenant: str, applications: Sequence[str]) -> Iterator[None]:
        """Be at some cases until the block ends."""
        cases = [(tenant, each) for each in applications]
        with self._lock:
            self._held.update(cases)
        try:
            yield
        finally:
            with self._lock:
                self._held.subtract(cases)
                self._held = +self._held

    def renew(self, engine: Engine, now: datetime) -> int:
        """Ask for more time for every case that this process is at; says for how many it was given."""
        with self._lock:
            held = sorted(self._held)
        return sum(
            self._renew(engine, now, tenant, [case for _, case in cases])
            for tenant, cases in groupby(held, key=itemgetter(0))
        )

    def _renew(self, engine: Engine, now: datetime, tenant: str, cases: Sequence[str]) -> int:
        row = ApplicationRow
        its = col(row.tenant) == tenant, col(row.id).in_(cases)
        begun = col(row.state) == ApplicationState.EXAMINED, col(row.next_run_at).is_not(None)
        # Whoever has a row locked is writing what came of it. To wait for it, with other rows in hand, would
        # be to wait for somebody who may wait for those.
        free = select(row.id).where(*its, *begun).with_for_update(skip_locked=True)
        with transaction(engine) as session:
            more = update(row).where(col(row.tenant) == tenant, col(row.id).in_(free))
            return session.connection().execute(more.values(next_run_at=now + self.length)).rowcount
