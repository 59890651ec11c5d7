"""The database fails at every statement and commit of a step in turn: all has happened or nothing.

A step is run once to count what it asks of the database. Then, for each of these, a new application takes the
same step and the database fails just there: before the statement, before the commit, or after a commit whose
acknowledgement is lost. What is left must be where a step may stop, and the next try must end as if nothing
had been wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from decision_service.casework import answers, sweeps
from decision_service.casework.leases import LONG
from decision_service.casework.writing_off import take_back
from decision_service.decision.document import reasons_from
from decision_service.store.database import transaction
from decision_service.store.tables import (
    OPEN,
    AnswerRow,
    ApplicationRow,
    AssessmentRow,
    CompletionRow,
    DecisionRow,
    MessageRow,
    State,
    TaskRow,
)
from tests.world.answering import ANNA, answers_to
from tests.world.office import World, count
from tests.world.people import NOVEMBER, TENANT, application, in_part, incomplete, refused

pytestmark = pytest.mark.slow


@dataclass
class Breaker:
    """Counts what is asked of the database, and fails at one of it."""

    at: int = 0
    after: bool = False
    seen: list[str] = field(default_factory=list)

    def reach(self, what: str) -> None:
        self.seen.append(what)
        if len(self.seen) == self.at:
            raise OperationalError(what, None, RuntimeError("the database is gone"))


@contextmanager
def breaking(engine: Engine, breaker: Breaker) -> Iterator[None]:
    def statement(*given: Any) -> None:
        breaker.reach(str(given[2])[:60])

    original = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        if not breaker.after:
            breaker.reach("commit")
        original(connection)
        if breaker.after:
            breaker.reach("after commit")

    event.listen(engine, "before_cursor_execute", statement)
    engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del engine.dialect.do_commit  # the class has its own
        event.remove(engine, "before_cursor_execute", statement)


Summary = dict[str, Any]


def summary(world: World, application: str) -> Summary:
    """All that a step leaves, without what differs from case to case."""
    with transaction(world.engine) as session:
        row = session.get(ApplicationRow, application)
        found: Summary = {"state": row.state if row is not None else None}
        for model in (AnswerRow, AssessmentRow, CompletionRow, DecisionRow, MessageRow, TaskRow):
            found[model.__tablename__] = count(session, model, model.application_id == application)
    return found | {"trail": world.trail(application), "messages": world.messages(application)}


Step = Callable[[World, str], object]
Ready = Callable[[World, int], str]


def examined(form: Callable[..., Any], *, known: bool = True) -> Ready:
    def ready(world: World, person: int) -> str:
        if known:
            (world.earning if form is refused else world.imported)(person)
        return world.receive(form(person, NOVEMBER))

    return ready


def with_person(world: World, person: int) -> str:
    found = world.apply(application(person, NOVEMBER))
    world.claim(found)
    return found


def waiting(world: World, person: int) -> str:
    world.imported(person)
    return world.apply(incomplete(person, NOVEMBER))


def late(world: World, person: int) -> str:
    with transaction(world.engine) as session:
        for row in session.exec(select(ApplicationRow).where(col(ApplicationRow.state).in_(OPEN))).all():
            take_back(world.office, session, row.tenant, row.id)  # the sweep would see to them too
    found = world.receive(application(person, NOVEMBER))
    world.clock.forward(hours=20)
    return found


def answered(world: World, application: str) -> None:
    """Every question that takes an answer gets one, as they were when the case was taken."""
    with transaction(world.engine) as session:
        given = answers_to(reasons_from(session.get_one(TaskRow, application).reasons))
    seen = world.row(application).version
    with transaction(world.engine) as session:
        answers.give(world.office, session, TENANT, application, seen, given, ANNA)


def decide(world: World, application: str) -> None:
    world.decide(application, "BIFALL", 500_000)


STEPS: dict[str, tuple[Ready, Step, State]] = {
    "grant": (examined(application), World.examine, State.DECIDED),
    "grant in part": (examined(in_part), World.examine, State.DECIDED),
    "refuse": (examined(refused), World.examine, State.DECIDED),
    "ask the applicant": (examined(incomplete), World.examine, State.WAITING),
    "hand over": (examined(application, known=False), World.examine, State.HANDLAGGARE),
    "complete": (waiting, lambda w, a: w.complete(a, {"application": {"hasAssets": False}}), State.RECEIVED),
    "questions answered": (with_person, answered, State.RECEIVED),
    "decided by a person": (with_person, decide, State.DECIDED),
    "handed over in time": (late, lambda w, a: sweeps.late(w.office), State.HANDLAGGARE),
}


@pytest.mark.parametrize("name", STEPS)
def test_everything_or_nothing(world: World, name: str) -> None:
    ready, step, end = STEPS[name]
    world.clock.forward(days=30)
    for after in (False, True):
        person = 1_000 if after else 0
        clean = ready(world, person)
        counting = Breaker(after=after)
        with breaking(world.engine, counting):
            step(world, clean)
        expected = summary(world, clean)
        assert expected["state"] == end
        assert {"commit", "after commit"} & set(counting.seen)
        if after:
            places = [n for n, what in enumerate(counting.seen, 1) if what == "after commit"]
        else:
            places = list(range(1, len(counting.seen) + 1))
        for place in places:
            person += 1
            found = ready(world, person)
            before = summary(world, found)
            breaker = Breaker(at=place, after=after)
            with breaking(world.engine, breaker), pytest.raises(OperationalError):
                step(world, found)
            left = summary(world, found)
            begun = before | {"state": State.EXAMINED}
            assert left in (before, begun, expected), f"half a step at {breaker.seen[-1]}"
            if left != expected:
                world.clock.now += LONG
                step(world, found)
                assert summary(world, found) == expected
    world.whole()


def test_receive(world: World) -> None:
    counting = Breaker()
    with breaking(world.engine, counting):
        whole = world.receive(application(0, NOVEMBER))
    expected = summary(world, whole)
    for place in range(1, len(counting.seen) + 1):
        before = world.everything()
        with breaking(world.engine, Breaker(at=place)), pytest.raises(OperationalError):
            world.receive(application(place, NOVEMBER))
        assert world.everything() == before
        assert summary(world, world.receive(application(place, NOVEMBER))) == expected
    world.whole()
