"""Weeks of an office under a simulated clock: everybody is random, and so is every fault.

Applications of all kinds come in at any hour. Workers take them soon, late, or die with them. People come on
working days and do what people do, or do not come. Transactions fail at random commits. Every hour the sweeps
run, some of them twice, some of them not; then the promise is asked of the tables.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as sql_select
from sqlalchemy.exc import OperationalError
from sqlmodel import col, func, select

from decision_service.application.outcome import Outcome
from decision_service.casework import deciding, handlaggare, outbox, sweeps
from decision_service.casework.agreement import disagreements
from decision_service.casework.applicant import state_opinion
from decision_service.casework.rows import ConflictError, StaleError
from decision_service.casework.writing_off import take_back
from decision_service.installation.calendar import is_working_day
from decision_service.reading.strict_json import Body
from decision_service.reading.swedish_time import STOCKHOLM
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    WITH_THE_APPLICANT,
    ApplicationRow,
    ApplicationState,
    CompletionRow,
    DecisionRow,
    MessageRow,
    PartyRow,
    TaskRow,
)
from norms.month import Month
from tests.world.office import PERSON, SECOND, World, count, paying, silent
from tests.world.people import TENANT, Form, application, in_part, incomplete, personal_number, refused

PAID = [one.value for one in Outcome if one.pays]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FORMS: tuple[tuple[Form, int], ...] = ((application, 8), (in_part, 2), (refused, 2), (incomplete, 4))


@dataclass
class Simulation:
    """``seed`` decides everything. ``faults``: how likely a transaction is to fail as it commits."""

    world: World
    month: Month
    begin: datetime
    seed: int
    applications: int = 60
    days: int = 24
    faults: float = 0.03
    absent: frozenset[int] = frozenset()
    figures: Counter[str] = field(default_factory=Counter)
    received: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.people = 0
        self.arrivals = sorted(
            self.begin + self.random.random() * DAY * (self.days - 17) for _ in range(self.applications)
        )

    def run(self) -> None:
        """From the first hour until everything must be over, and two weeks more for what was asked last."""
        with self._failing():
            now = self.begin
            while now < self.begin + self.days * DAY:
                self._hour(now)
                now += HOUR
                self.world.clock.now = now
                self._sweep()
                self.promise()
                if now.hour == 3:  # as once a day in service: nothing is told of that is as it should be
                    assert list(disagreements(self.world.office, TENANT)) == []

    def _hour(self, now: datetime) -> None:
        clock = self.world.clock
        while self.arrivals and self.arrivals[0] < now + HOUR:
            clock.now = max(now, self.arrivals.pop(0))
            self._arrives()
        clock.now = now + HOUR * self.random.random()
        local = clock.now.astimezone(STOCKHOLM)
        at_work = 8 <= local.hour < 16 and is_working_day(local.date())
        if at_work and (now - self.begin).days not in self.absent:
            self._people()
        self._applicants()

    def _arrives(self) -> None:
        form = self.random.choices([one for one, _ in FORMS], [weight for _, weight in FORMS])[0]
        new = self.random.random() < 0.85
        self.people += new
        if new and self.random.random() < 0.8:
            person = self.people
            prepare = self.world.earning if form is refused else self.world.imported
            self._try(lambda: prepare(person, self.month.plus(-1)))
        if self.random.random() < 0.07:
            self.world.registers.script[personal_number(self.people)] = silent
        elif self.random.random() < 0.2:
            self.world.registers.script[personal_number(self.people)] = paying(*self._enough())
        found = self._try(lambda: self.world.receive(form(self.people, self.month)))
        if found is None:
            return
        self.received.append(found)
        if self.random.random() < 0.8:  # else the job is lost
            for _ in range(self.random.choice((1, 1, 1, 2))):
                self._try(lambda: self.world.examine(found))

    def _enough(self) -> list[tuple[str, int]]:
        """A benefit that leaves nothing to be granted, paid in the two months before."""
        return [(f"{self.month.plus(-back)}-03", 16_000) for back in (2, 1)]

    def _sweep(self) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            for sweep in (sweeps.late, sweeps.unanswered):
                self._try(lambda sweep=sweep: sweep(self.world.office))  # type: ignore[misc]
            for _, found in self._try(lambda: sweeps.due(self.world.office)) or ():
                self._try(lambda found=found: self.world.examine(found))  # type: ignore[misc]
        # The figures below ask about each hour: what is late has been told, whatever failed above.
        while self._left_over():
            self._try(lambda: sweeps.late(self.world.office))

    def _left_over(self) -> int:
        with reading(self.world.engine) as session:
            return count(session, ApplicationRow, col(ApplicationRow.escalate_at) <= self.world.clock.now)

    def _people(self) -> None:
        with reading(self.world.engine) as session:
            here = select(ApplicationRow.id).where(ApplicationRow.state == ApplicationState.HANDLAGGARE)
            tasks = select(TaskRow).where(col(TaskRow.application_id).in_(here))
            rows = session.exec(tasks.order_by(col(TaskRow.opened_at))).all()
        for task in rows:
            roll = self.random.random()
            if roll < 0.5:
                continue
            self._try(lambda task=task, roll=roll: self._person(task, roll))  # type: ignore[misc]

    def _person(self, task: TaskRow, roll: float) -> None:
        world, id_ = self.world, task.application_id
        if task.proposal is not None:
            world.act(deciding.approve, id_, who=SECOND, agrees=roll < 0.95, reason="Se över boendet.")
            return
        who = task.claimed_by or PERSON
        world.claim(id_, who)
        if roll < 0.9:
            world.decide(id_, "BIFALL", 100 * self.random.randrange(1, 15_000), who=who)
        elif roll < 0.93:
            world.decide(id_, "AVSLAG", 0, "Ingen rätt.", who=who)
        elif roll < 0.96:
            world.act(handlaggare.ask_applicant, id_, ["Hur bor du?"], who=who)
        elif roll < 0.98:
            world.act(handlaggare.hand_back, id_, who=who, to_machine=True, reason="Pröva igen.")
        else:
            world.act(handlaggare.hand_back, id_, who=who, to_machine=False, reason="Jag är jävig.")

    def _applicants(self) -> None:
        with reading(self.world.engine) as session:
            waiting = session.exec(
                select(ApplicationRow.id).where(ApplicationRow.state == ApplicationState.WAITING)
            ).all()
            told = session.exec(
                select(ApplicationRow.id).where(ApplicationRow.state == ApplicationState.STATEMENT)
            ).all()
            mine = session.exec(select(ApplicationRow.id)).all()
        answer = {"application": {"hasAssets": False}}
        for found in waiting:
            if self.random.random() < 0.006:
                self._try(lambda found=found: self.world.complete(found, answer))  # type: ignore[misc]
        for found in told:
            if self.random.random() < 0.006:
                self._try(lambda found=found: self._states(found))  # type: ignore[misc]
        if mine and self.random.random() < 0.01:
            chosen = self.random.choice(sorted(mine))
            self._try(lambda: self._withdraw(chosen))

    def _states(self, found: str) -> None:
        said = Body.of(json.dumps({"agrees": self.random.random() < 0.7}).encode())
        with transaction(self.world.engine) as session:
            state_opinion(self.world.office, session, TENANT, found, said)

    def _withdraw(self, found: str) -> None:
        with transaction(self.world.engine) as session:
            take_back(self.world.office, session, TENANT, found)

    def _try(self, what: Callable[[], Any]) -> Any:
        try:
            return what()
        except OperationalError:
            self.figures["faults"] += 1
        except (ConflictError, StaleError):
            self.figures["conflicts"] += 1
        return None

    @contextmanager
    def _failing(self) -> Iterator[None]:
        dialect = self.world.engine.dialect
        original = dialect.do_commit

        def do_commit(connection: Any) -> None:
            if self.random.random() < self.faults:
                raise OperationalError("commit", None, RuntimeError("the database is gone"))
            original(connection)

        dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            del dialect.do_commit

    def promise(self) -> None:
        """What holds every hour, asked of the tables, all of it in one question."""
        found = self._counts(self.world.clock.now)
        assert found["machine late"] == 0, "the machine was too slow"
        assert found["machine without clock"] == 0, "no clock runs"
        assert found["unknown breach"] == 0, "a breach nobody knows"
        assert found["false breach"] == 0, "a breach that is none"
        waiting = found["waiting"]
        assert waiting == found["waiting and stopped"] == found["asked"], "a wrong clock"
        assert found["task"] == found["person"]
        assert found["kept"] == 0, "a task that nobody has, where no person is asked"
        assert found["decided"] == found["decision"] == found["letter"]
        assert found["paid"] == found["payment"]
        assert found["all"] == len(self.received), "lost or doubled"
        assert found["twice"] == 0, "the same month was granted twice by the machine"

    def _counts(self, now: datetime) -> dict[str, int]:
        row, machine = ApplicationRow, col(ApplicationRow.state).in_(FOR_THE_MACHINE)
        person, waiting = row.state == ApplicationState.HANDLAGGARE, col(row.state).in_(WITH_THE_APPLICANT)
        with_person = select(row.id).where(person)
        unknown = col(row.breached_at).is_(None)
        stopped = [col(row.escalate_at).is_(None), col(row.next_run_at).is_(None)]
        automatic = (
            select(PartyRow.person)
            .join(DecisionRow, col(DecisionRow.application_id) == col(PartyRow.application_id))
            .where(DecisionRow.automatic)
            .group_by(PartyRow.person, DecisionRow.month)
            .having(func.count() > 1)
            .subquery()
        )
        asked: dict[str, tuple[Any, list[Any]]] = {
            "machine late": (row, [machine, row.deadline_at <= now]),
            "machine without clock": (row, [machine, col(row.escalate_at).is_(None)]),
            "unknown breach": (row, [person, row.person_due_at <= now, unknown]),
            "false breach": (row, [person, row.escalation == sweeps.MANAGER, row.person_due_at > now]),
            "waiting": (row, [waiting]),
            "waiting and stopped": (row, [waiting, *stopped]),
            "asked": (CompletionRow, [col(CompletionRow.closed_at).is_(None)]),
            "task": (TaskRow, [col(TaskRow.application_id).in_(with_person)]),
            "kept": (
                TaskRow,
                [col(TaskRow.application_id).not_in(with_person), col(TaskRow.claimed_by).is_(None)],
            ),
            "person": (row, [person]),
            "decided": (row, [row.state == ApplicationState.DECIDED]),
            "decision": (DecisionRow, []),
            "letter": (MessageRow, [MessageRow.kind == outbox.LETTER]),
            "paid": (DecisionRow, [col(DecisionRow.outcome).in_(PAID)]),
            "payment": (MessageRow, [MessageRow.kind == outbox.PAYMENT]),
            "all": (row, []),
            "twice": (automatic, []),
        }
        queries = [
            select(func.count()).select_from(model).where(*conditions).scalar_subquery()
            for model, conditions in asked.values()
        ]
        with reading(self.world.engine) as session:
            answers = session.connection().execute(sql_select(*queries)).one()
        return dict(zip(asked, answers, strict=True))

    def result(self) -> str:
        """Figures for people, in one line."""
        with reading(self.world.engine) as session:
            states = Counter(session.exec(select(ApplicationRow.state)).all())
            automatic = count(session, DecisionRow, DecisionRow.automatic)
            breached = count(session, ApplicationRow, col(ApplicationRow.breached_at).is_not(None))
        words = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        return (
            f"seed {self.seed}, {self.month}: {words}; {automatic} automatic, {breached} breached by people, "
            f"{self.figures['faults']} faults, {self.figures['conflicts']} conflicts"
        )
