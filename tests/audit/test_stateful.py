"""Whatever is done in whatever order, with crashes anywhere: the log is what a simple model says it is."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine, create_engine, event, func, select

from audit import (
    EntryKind,
    create_tables,
    deletion,
    prepare_engine,
    proof,
    retention,
    tables,
    trail,
    verify_database,
)
from audit.errors import RetentionError
from audit.verify import Report, check_letter, grown, read_checkpoint, read_key
from tests.audit.test_merkle import defined
from tests.audit.world import MACHINE, WORKER, World

pytestmark = pytest.mark.slow

RULES = retention.load()
CASES = st.sampled_from(["c-1", "c-2", "c-3"])
SIGNED_WITHIN = timedelta(minutes=5)


class CrashError(Exception):
    """The process died here."""


class LogMachine(RuleBasedStateMachine):
    """One municipality's log against a list of the leaves it must hold and what can still be opened."""

    engine: ClassVar[Engine]
    tenants: ClassVar[list[str]]

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.engine, self.folder)
        self.tenant = self.tenants.pop()
        self.world.create(self.tenant)
        self.expected = 1
        self.secrets: dict[int, tuple[str, Any]] = {}
        self.deleted: set[str] = set()
        self.notes: list[str] = []
        self.signed = self.world.now
        self.statements = 0
        self.crash_at: int | None = None
        event.listen(self.engine, "before_cursor_execute", self._count)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            event.remove(self.engine, "before_cursor_execute", self._count)
            report = verify_database(
                self.engine, self.world.public, self.notes, vault=self.world.keys, tenants=[self.tenant]
            )
            assert report.ok, str(report)
            shutil.rmtree(self.folder)

    def _count(self, *_: Any) -> None:
        self.statements += 1
        if self.crash_at is not None and self.statements > self.crash_at:
            raise CrashError

    def do(self, work: Callable[[Connection], Any], crash_at: int | None) -> Any:
        """Run a transaction; with ``crash_at`` it dies before that statement, and None comes back."""
        self.statements, self.crash_at = 0, crash_at
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except CrashError:
            return None
        finally:
            self.crash_at = None

    @rule(case=CASES, personal=st.booleans(), step=st.integers(-20, 40), crash=st.none() | st.integers(0, 6))
    def append(self, case: str, personal: bool, step: int, crash: int | None) -> None:
        if personal and case in self.deleted:
            return
        self.pass_time(self.world.now + timedelta(seconds=step))
        self.world.now += timedelta(seconds=step)
        secret = {"lön": self.expected} if personal else {}
        entry = self.world.entry(case=case, personal=secret)
        before = self.size()
        done = self.do(lambda connection: self.world.log.append(connection, self.tenant, entry), crash)
        assert crash is not None or done is not None
        if done is not None:
            assert done.seq in (before, before + 1), "itself, or after a clock anomaly"
            self.expected = done.seq + 1
            if personal:
                self.secrets[done.seq] = (case, secret)

    @rule(case=CASES, count=st.integers(2, 5))
    def append_and_roll_back(self, case: str, count: int) -> None:
        def work(connection: Connection) -> None:
            for _ in range(count):
                self.world.log.append(connection, self.tenant, self.world.entry(case=case))
            raise CrashError

        self.do(work, None)

    @rule(crash=st.none() | st.integers(0, 6), signing=st.booleans())
    def change_key(self, crash: int | None, signing: bool) -> None:
        log = self.world.log
        change = log.change_signing_key if signing else log.change_wrapping_key
        before = self.size()
        done = self.do(lambda connection: change(connection, self.tenant, self.world.now, WORKER), crash)
        if done is not None:
            assert self.size() in (before + 1, before + 2)
            self.expected = self.size()

    @rule(case=CASES, crash=st.none() | st.integers(0, 8))
    def delete(self, case: str, crash: int | None) -> None:
        if case in self.deleted:
            return
        now = self.world.now.replace(year=self.world.now.year + 7)
        self.pass_time(now)

        def work(connection: Connection) -> Any:
            return deletion.delete_case(
                self.world.log, connection, self.tenant, case, RULES, {9}, now, MACHINE
            )

        try:
            done = self.do(work, crash)
        except RetentionError:
            return
        if done is not None:
            self.world.now = now
            self.expected = done.seq + 1
            self.deleted.add(case)
            self.secrets = {seq: kept for seq, kept in self.secrets.items() if kept[0] != case}

    def pass_time(self, until: datetime) -> None:
        """Nothing waits for its signature longer than it may, as in a log that is in use."""
        if until - self.signed > SIGNED_WITHIN:
            self.checkpoint()

    @rule()
    def checkpoint(self) -> None:
        self.signed = self.world.now
        self.notes.append(self.world.checkpoint(self.tenant))

    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        """Any entry under any checkpoint, and any checkpoint from any before it."""
        if not self.notes:
            return
        note = data.draw(st.sampled_from(self.notes))
        earlier = data.draw(st.sampled_from(self.notes))
        _, size, root = read_checkpoint(note)
        _, old, old_root = read_checkpoint(earlier)
        with self.engine.connect() as connection:
            assert proof.root(connection, self.tenant, size) == root
            if old <= size:
                path = proof.consistency(connection, self.tenant, old, size)
                assert grown(old, size, old_root, path) == (old_root, root)
            letter = proof.letter(connection, self.tenant, data.draw(st.integers(0, size - 1)))
        signed_by = [key for key in self.public_keys() if key.split("+")[1] in self.signers(letter)]
        report = Report()
        check_letter(report, letter, read_key(signed_by[0]))
        assert report.ok

    @invariant()
    def the_log_is_as_expected(self) -> None:
        if not hasattr(self, "world"):
            return
        assert self.size() == self.expected
        leaves = self.leaves()
        assert len(leaves) == self.expected
        with self.engine.connect() as connection:
            assert proof.root(connection, self.tenant, self.expected) == defined(leaves)
            opened = {
                entry.seq: dict(entry.personal)
                for case in ("c-1", "c-2", "c-3")
                for entry in trail.read_case(connection, self.world.keys, self.tenant, case)
                if entry.personal
            }
        assert opened == {seq: secret for seq, (_, secret) in self.secrets.items()}

    def size(self) -> int:
        with self.engine.connect() as connection:
            head = tables.head.c
            return int(connection.execute(select(head.size).where(head.tenant == self.tenant)).scalar_one())

    def leaves(self) -> list[bytes]:
        entry = tables.entry.c
        query = select(entry.body).where(entry.tenant == self.tenant).order_by(entry.seq)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def public_keys(self) -> list[str]:
        with self.engine.connect() as connection:
            entries = trail.read_leaves(connection, self.tenant, None)
        return [one.entry["body"]["key"] for one in entries if "key" in one.entry["body"]]

    def signers(self, note: str) -> set[str]:
        return {
            base64.b64decode(line.split(" ")[-1])[:4].hex() for line in note.split("\n") if line[:1] == "—"
        }


def run(engine: Engine, examples: int, steps: int) -> None:
    prepare_engine(engine)
    create_tables(engine)
    machine = type("Machine", (LogMachine,), {"engine": engine, "tenants": [f"{n:04}" for n in range(9999)]})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_memory() -> None:
    run(create_engine("sqlite://"), 40, 30)


def test_on_postgresql(postgresql_url: Any) -> None:
    run(create_engine(postgresql_url), 10, 20)


@pytest.mark.parametrize("operation", ["append", "delete", "signing", "wrapping"])
def test_a_crash_before_every_single_statement(world: World, operation: str) -> None:
    """The nth statement fails, for every n until it succeeds: before that, nothing has happened."""
    world.append(case="c-1", personal={"lön": 1})
    world.append(case="c-2", personal={"lön": 2})
    now = world.now.replace(year=2040)
    work: dict[str, Callable[[Connection], Any]] = {
        "append": lambda connection: world.log.append(
            connection,
            "1287",
            world.entry(case="c-3", personal={"lön": 3}, time=world.now - timedelta(days=1)),
        ),
        "delete": lambda connection: deletion.delete_case(
            world.log, connection, "1287", "c-1", RULES, {9}, now, MACHINE
        ),
        "signing": lambda connection: world.log.change_signing_key(connection, "1287", world.now, WORKER),
        "wrapping": lambda connection: world.log.change_wrapping_key(connection, "1287", world.now, WORKER),
    }
    left = -1

    def die(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise CrashError

    event.listen(world.engine, "before_cursor_execute", die)
    crashes = 0
    while True:
        left = crashes + 1
        try:
            with world.engine.begin() as connection:
                work[operation](connection)
            break
        except CrashError:
            crashes += 1
            left = -1
            with world.engine.connect() as connection:
                assert connection.scalar(select(func.count()).select_from(tables.entry)) == 4
            assert verify_database(world.engine, world.public, vault=world.keys).ok
    event.remove(world.engine, "before_cursor_execute", die)
    assert crashes >= 2
    world.append(kind=EntryKind.ACCESS, time=now)
    world.checkpoint()
    assert verify_database(world.engine, world.public, vault=world.keys).ok
