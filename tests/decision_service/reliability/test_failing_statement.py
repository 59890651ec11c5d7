"""The database fails at every statement and commit of a step in turn: all has happened or nothing.

A step is run once to see what it asks of the database. Then, for each of these, an application takes the
same step and the database fails just there: before the statement, before the commit, or after a commit whose
acknowledgement is lost. Of reads that follow one another only the first fails: nothing has changed between
them. Of statements of a step that are the same ``make check`` lets a share fail. What is left must be where a
step may stop, and the next try must end as if nothing had been wrong.
Where nothing had happened the next try is the one that fails at the next place, and the last is whole: an
application of its own for each place takes three times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from decision_service.casework import (
    additions,
    answers,
    appeals,
    causes,
    claims,
    corrections,
    documents,
    sweeps,
    telling,
)
from decision_service.casework.additions import Addition
from decision_service.casework.applicant import state_opinion
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.leases import LONG
from decision_service.casework.meaning import Means
from decision_service.casework.writing_off import take_back
from decision_service.decision.document import CorrectionKind, reasons_from
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import Body
from decision_service.store.database import transaction
from decision_service.store.tables import (
    OPEN,
    AnswerRow,
    AppealRow,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    ClaimRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    DocumentRow,
    MessageRow,
    QuestionRow,
    TaskRow,
    WriteOffRow,
)
from tests.world.answering import ANNA, answers_to
from tests.world.office import PERSON, World, count, paying
from tests.world.people import (
    NOVEMBER,
    TENANT,
    application,
    in_part,
    incomplete,
    personal_number,
    refused,
)
from tests.world.sweeps import share

pytestmark = pytest.mark.slow


@dataclass
class Breaker:
    """Counts what is asked of the database, and fails at one of it."""

    at: int = 0
    after: bool = False
    seen: list[str] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        """Where to fail, from 1: after what was asked before, something may have changed."""
        if self.after:
            return [place for place, what in enumerate(self.seen, 1) if what == "after commit"]
        reads = [False, *(what.startswith("SELECT") for what in self.seen)]
        places = [place for place in range(1, len(reads)) if not (reads[place] and reads[place - 1])]
        return share(places, 5, self._kind)

    def _kind(self, place: int) -> tuple[str, int]:
        """The statement; no commit is like another."""
        what = self.seen[place - 1]
        return what, place if what == "commit" else 0

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
COUNTED: tuple[Any, ...] = (
    AnswerRow,
    AppealRow,
    AssessmentRow,
    ClaimRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    DocumentRow,
    MessageRow,
    QuestionRow,
    TaskRow,
    WriteOffRow,
)


def summary(world: World, application: str) -> Summary:
    """All that a step leaves, without what differs from case to case."""
    with transaction(world.engine) as session:
        row = session.get(ApplicationRow, (TENANT, application))
        found: Summary = {"state": row.state if row is not None else None}
        for model in COUNTED:
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
        given = answers_to(reasons_from(session.get_one(TaskRow, (TENANT, application)).reasons))
    seen = world.row(application).version
    with transaction(world.engine) as session:
        answers.give(world.office, session, TENANT, application, seen, given, ANNA)


def decide(world: World, application: str) -> None:
    world.decide(application, "BIFALL", 500_000)


def decided(world: World, person: int) -> str:
    """A rent cut to the limit, granted in part by a person and paid."""
    world.imported(person)
    rent = [{"costType": "RENT", "appliedAmount": 7300}]
    found = world.apply(application(person, NOVEMBER, costs=rent))
    world.claim(found)
    world.say(found, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    return found


def corrected(world: World, application: str, *, less: bool = True) -> None:
    """Ten kronor less or more of the rent than in the decision."""
    with transaction(world.engine) as session:
        decision = in_force(session, TENANT, application)
        assert decision is not None
        calculation = document_of(session, decision).calculation
    assert calculation is not None
    change = -1_000 if less else 1_000
    amount = calculation.lines[2].amount + change
    said = {
        "assessment": 1,
        "outcome": "DELAVSLAG",
        "granted": as_kronor(decision.granted + change),
        "lines": [{"line": 3, "amount": as_kronor(amount), "reason": "Avin kom."}],
        "reason": "Hyran är en annan.",
        "told": {"how": "HAR_FÅTT_SE", "reason": "Avin är sökandens egen."},
    }
    wanted = CorrectionWanted(CorrectionKind.CHANGE, decision.id, validated(PersonsDecision, said))
    world.act(corrections.correct, application, wanted)


def owing(world: World, person: int) -> str:
    found = decided(world, person)
    corrected(world, found)
    return found


def appealed(world: World, application: str) -> None:
    decision = world.decision(application)
    assert decision is not None
    day = world.clock.now.date()
    with transaction(world.engine) as session:
        appeals.receive_appeal(
            world.office,
            session,
            TENANT,
            application,
            PERSON,
            decision=decision.id,
            received=day,
            told=day,
            text="Hyran är skälig.",
        )


def appealing(world: World, person: int) -> str:
    found = decided(world, person)
    appealed(world, found)
    return found


def forwarded(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        appeals.forward(world.office, session, TENANT, application, PERSON, 1)


def claimed(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office,
            session,
            TENANT,
            application,
            PERSON,
            2,
            claims=True,
            reason="För mycket.",
        )


def documented(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        content = b"%PDF-1.7\nIntyg\n%%EOF\n"
        documents.add(world.office, session, TENANT, application, content, "intyg.pdf", "")


def added(world: World, application: str) -> None:
    row = {"incomeType": "SALARY", "amount": "1000", "incomeDate": "2026-10-25", "recipient": "p1"}
    version = world.row(application).version
    wanted = [Addition(to="incomes", row=row, reason="Kontoutdraget.")]
    with transaction(world.engine) as session:
        additions.add(world.office, session, TENANT, application, version, wanted, ANNA)


def paid(world: World, person: int) -> str:
    """A case with a person, and a payment that the applicant has not been told of."""
    world.clock.now = max(world.clock.now, datetime(2026, 10, 30, 8, 0, tzinfo=UTC))
    world.imported(person)
    enough = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))
    world.registers.script[personal_number(person)] = enough
    found = world.apply(application(person, NOVEMBER, hasPendingBenefits=True))
    world.claim(found)
    return found


def told(world: World, application: str) -> None:
    world.act(telling.tell, application)


def telling_of(world: World, person: int) -> str:
    found = paid(world, person)
    told(world, found)
    return found


def answers_back(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        state_opinion(world.office, session, TENANT, application, Body.of(b'{"agrees": true}'))


def given_answers(world: World, person: int) -> str:
    """A case whose questions are answered, and that the machine has not looked at since."""
    found = with_person(world, person)
    answered(world, found)
    return found


def given_and_looked_at(world: World, person: int) -> str:
    found = given_answers(world, person)
    world.examine(found)
    return found


def took_answer_back(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, application))
        first, *_ = answers.of_application(session, row)
        answers.withdraw(
            world.office, session, TENANT, application, row.version, first.id, ANNA, "Fel hushåll."
        )


def meant(world: World, application: str) -> None:
    """The applicant's own words become a fact."""
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, application))
        asked = reasons_from(session.get_one(TaskRow, (TENANT, application)).reasons)
        words = next(each for each in asked if OWN_WORDS in each.question)
        means = Means(OWN_WORDS, "kostnad.belopp", "5900", "costs[0]")
        given = [AnswersToTry(words.id, True, "Så står det.", means=(means,))]
        answers.give(world.office, session, TENANT, application, row.version, given, ANNA)


OWN_WORDS = "Jag betalar 5900 i hyra"


def in_own_words(world: World, person: int) -> str:
    world.imported(person)
    found = world.apply(application(person, NOVEMBER, otherInformation=OWN_WORDS))
    world.claim(found)
    return found


def waived(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office, session, TENANT, application, PERSON, 2, claims=False, reason="Vårt fel."
        )


def took_back(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, application)


def caused(world: World, application: str) -> None:
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, application))
        (known,) = causes.known(world.office, session, row)
        given = AnswersToTry(known.question.id, "saknar_barnomsorg", "Ingen plats än.")
        causes.say(world.office, session, TENANT, application, PERSON, row.version, given)


STEPS: dict[str, tuple[Ready, Step, ApplicationState]] = {
    "grant": (examined(application), World.examine, ApplicationState.DECIDED),
    "grant in part": (examined(in_part), World.examine, ApplicationState.DECIDED),
    "refuse": (examined(refused), World.examine, ApplicationState.DECIDED),
    "ask the applicant": (examined(incomplete), World.examine, ApplicationState.WAITING),
    "hand over": (examined(application, known=False), World.examine, ApplicationState.HANDLAGGARE),
    "complete": (
        waiting,
        lambda w, a: w.complete(a, {"application": {"hasAssets": False}}),
        ApplicationState.RECEIVED,
    ),
    "questions answered": (with_person, answered, ApplicationState.RECEIVED),
    "decided by a person": (with_person, decide, ApplicationState.DECIDED),
    "looked at again after answers": (given_answers, World.examine, ApplicationState.HANDLAGGARE),
    "an answer is taken back": (given_and_looked_at, took_answer_back, ApplicationState.RECEIVED),
    "own words mean something": (in_own_words, meant, ApplicationState.RECEIVED),
    "corrected again": (owing, corrected, ApplicationState.DECIDED),
    "waived": (owing, waived, ApplicationState.DECIDED),
    "a document comes": (with_person, documented, ApplicationState.RECEIVED),
    "a row is added": (with_person, added, ApplicationState.RECEIVED),
    "corrected to less": (decided, corrected, ApplicationState.DECIDED),
    "corrected to more": (decided, lambda w, a: corrected(w, a, less=False), ApplicationState.DECIDED),
    "claimed back": (owing, claimed, ApplicationState.DECIDED),
    "another cause is said": (decided, caused, ApplicationState.DECIDED),
    "an appeal comes": (decided, appealed, ApplicationState.DECIDED),
    "an appeal is forwarded": (appealing, forwarded, ApplicationState.DECIDED),
    "told by a person": (paid, told, ApplicationState.STATEMENT),
    "answered what was told": (telling_of, answers_back, ApplicationState.RECEIVED),
    "taken back": (with_person, took_back, ApplicationState.WITHDRAWN),
    "handed over in time": (late, lambda w, a: sweeps.late(w.office), ApplicationState.HANDLAGGARE),
}


@pytest.mark.parametrize("name", share(STEPS, 3))
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
        found = before = None
        for place in counting.places:
            if found is None:
                person += 1
                found = ready(world, person)
                before = summary(world, found)
            breaker = Breaker(at=place, after=after)
            with breaking(world.engine, breaker), pytest.raises(OperationalError):
                step(world, found)
            left = summary(world, found)
            if left == before and place != counting.places[-1]:
                continue
            begun = before | {"state": ApplicationState.EXAMINED}
            assert left in (before, begun, expected), f"half a step at {breaker.seen[-1]}"
            if left != expected:
                world.clock.now += LONG
                step(world, found)
                assert summary(world, found) == expected
            found = None
    world.whole()


def test_receive(world: World) -> None:
    counting = Breaker()
    with breaking(world.engine, counting):
        whole = world.receive(application(0, NOVEMBER))
    expected = summary(world, whole)
    for place in counting.places:
        before = world.everything()
        with breaking(world.engine, Breaker(at=place)), pytest.raises(OperationalError):
            world.receive(application(place, NOVEMBER))
        assert world.everything() == before
        assert summary(world, world.receive(application(place, NOVEMBER))) == expected
    world.whole()
