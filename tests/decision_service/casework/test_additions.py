"""A row, a person, and what somebody means: added by a handläggare, seen first, and the law decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from decision_service.application.outcome import Outcome
from decision_service.casework import additions, answers, corrections, deciding
from decision_service.casework.additions import Addition
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import Verdict
from decision_service.casework.examine import examine
from decision_service.casework.four_eyes import officials_ask
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.meaning import Means
from decision_service.casework.rows import ConflictError
from decision_service.decision.document import (
    Assessment,
    CorrectionKind,
    LineChange,
    LineKind,
    Reason,
    reasons_from,
)
from decision_service.decision.takes import AnswerKind
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, AssessmentRow, TaskRow
from tests.world.answering import ANNA, WHY
from tests.world.office import SECOND, Json, World
from tests.world.people import NOVEMBER, TENANT, application

SAID = "Jag betalar 7300 i hyra fast det stod 6200. Min son bor hos mig."
WAGE = {"incomeType": "SALARY", "amount": "1000", "incomeDate": "2026-10-25", "recipient": "p1"}
CHILD = {
    "id": "son",
    "role": "CHILD",
    "born": "2016-05-02",
    "first_name": "Olle",
    "days_in_home": 30,
    "in_school": True,
    "lunch_away": False,
}


@pytest.fixture
def case(world: World) -> str:
    """An application with a message, taken by a person."""
    world.clock.forward(days=33)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, otherInformation=SAID))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.claim(found)
    return found


def newest(world: World, case: str) -> Assessment:
    with transaction(world.engine) as session:
        row = session.get_one(AssessmentRow, (TENANT, case, world.row(case).assessments))
    return Assessment.model_validate_json(row.document)


def message(world: World, case: str) -> Reason:
    with transaction(world.engine) as session:
        reasons = reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)
    return next(each for each in reasons if "7300" in each.question)


def add(world: World, case: str, *rows: tuple[str, Json], reason: str = WHY) -> None:
    version = world.row(case).version
    wanted = [Addition(to=to, row=row, reason=reason) for to, row in rows]  # type: ignore[arg-type]
    with transaction(world.engine) as session:
        additions.add(world.office, session, TENANT, case, version, wanted, ANNA)
    examine(world.office, TENANT, case)


def test_an_income_that_nobody_listed_is_counted_and_says_who_added_it(world: World, case: str) -> None:
    before = newest(world, case).calculation
    stored = world.everything()
    wanted = [Addition(to="incomes", row=WAGE, reason=WHY)]
    tried = additions.try_out(world.office, TENANT, case, world.row(case).version, wanted, ANNA)
    assert world.everything() == stored, "nothing is stored"
    add(world, case, ("incomes", WAGE))
    assert world.state(case) == ApplicationState.HANDLAGGARE
    found = newest(world, case)
    assert found.engines.agree
    assert tried.after.calculation == found.calculation
    (line,) = [each for each in found.calculation.lines if each.subject == "incomes[0]"]
    assert (line.kind, line.amount) == ("income", 100_000)
    assert before.result is not None
    assert found.calculation.result == before.result + 100_000
    origin = found.facts_about("incomes[0]")["inkomst.belopp"].origin
    assert origin.startswith("tillagt av Anna Ek")
    assert ("answer", "added") in world.trail(case)
    world.whole()


def test_a_child_that_nobody_listed_has_a_norm(world: World, case: str) -> None:
    before = newest(world, case).calculation
    add(world, case, ("people", CHILD))
    found = newest(world, case).calculation
    assert before.norm is not None
    assert found.norm is None or found.norm > before.norm
    assert any(each.subject == "son" for each in found.lines)


@pytest.mark.parametrize(
    ("to", "row", "reason"),
    [
        ("incomes", {**WAGE, "amount": "10.000"}, WHY),
        ("incomes", {**WAGE, "okänt": 1}, WHY),
        ("incomes", WAGE, "  "),
        ("people", {**CHILD, "role": "APPLICANT"}, WHY),
        ("people", {**CHILD, "id": "p1"}, WHY),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    world: World, case: str, to: str, row: Json, reason: str
) -> None:
    before = world.everything()
    with pytest.raises(InputError):
        add(world, case, (to, row), reason=reason)
    assert world.everything() == before


def test_only_whoever_has_the_case_adds(world: World) -> None:
    world.clock.forward(days=33)
    found = world.apply(application(1, NOVEMBER, otherInformation=SAID))
    wanted = [Addition(to="incomes", row=WAGE, reason=WHY)]
    version = world.row(found).version
    with pytest.raises(ConflictError):
        additions.try_out(world.office, TENANT, found, version, wanted, ANNA)
    with transaction(world.engine) as session, pytest.raises(ConflictError):
        additions.add(world.office, session, TENANT, found, version, wanted, ANNA)


def test_an_income_that_a_person_added_is_told_before_it_takes_everything(world: World, case: str) -> None:
    add(world, case, ("incomes", {**WAGE, "amount": "30000"}))
    number = world.row(case).assessments
    assert newest(world, case).calculation.by_the_lines == 0
    said: Json = {"assessment": number, "outcome": "AVSLAG", "granted": 0, "reason": "Lönen räcker."}
    with pytest.raises(InputError) as wrong:
        world.say(case, said)
    assert [each.code for each in wrong.value.faults] == ["not_told"]
    world.say(case, {**said, "told": {"how": "HAR_FÅTT_SE", "reason": "Samtal i dag."}})


def means(world: World, case: str, **changed: Any) -> AnswersToTry:
    meaning = Means("Jag betalar 7300 i hyra", "kostnad.belopp", "7300", "costs[0]")
    words = {
        name: changed.get(name, getattr(meaning, name)) for name in ("quote", "fact", "value", "subject")
    }
    return AnswersToTry(message(world, case).id, True, WHY, None, (Means(**words),))


def test_quoted_words_become_a_fact(world: World, case: str) -> None:
    given = [means(world, case)]
    before = world.everything()
    tried = answers.try_out(world.office, TENANT, case, world.row(case).version, given, ANNA)
    assert world.everything() == before
    version = world.row(case).version
    with transaction(world.engine) as session:
        answers.give(world.office, session, TENANT, case, version, given, ANNA)
    examine(world.office, TENANT, case)
    found = newest(world, case)
    assert tried.after.calculation == found.calculation
    fact = found.facts_about("costs[0]")["kostnad.belopp"]
    assert fact.value == 730_000
    assert fact.origin.startswith("svar av Anna Ek")
    assert found.engines.agree
    assert "7300" not in " ".join(each.question for each in found.reasons), "the message is read"
    world.whole()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"quote": "Jag betalar 8000"}, "quote_not_in_text"),
        ({"quote": " "}, "quote_not_in_text"),
        ({"fact": "kostnad.finns_inte"}, "no_such_fact"),
        ({"fact": "beslut.utfall"}, "no_such_fact"),
        ({"subject": "costs[9]"}, "no_such_subject"),
        ({"subject": None}, "no_such_subject"),
        ({"value": "10.000"}, "amount_ambiguous"),
    ],
)
def test_words_that_mean_nothing_here_change_nothing(
    world: World, case: str, changed: Json, fault: str
) -> None:
    before = world.everything()
    version = world.row(case).version
    with transaction(world.engine) as session, pytest.raises(InputError) as wrong:
        answers.give(world.office, session, TENANT, case, version, [means(world, case, **changed)], ANNA)
    assert [each.code for each in wrong.value.faults] == [fault]
    assert wrong.value.faults[0].path[:4] == ("answers", 0, "means", 0)
    assert world.everything() == before


RENT = {"costType": "RENT", "appliedAmount": 7300}
COST = {"costType": "ELECTRICITY", "appliedAmount": 99_000}


def answered(world: World, case: str) -> None:
    """Every question of the case, answered by who has it: as was applied for."""
    with transaction(world.engine) as session:
        asked = reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)
        given = []
        for each in asked:
            if each.takes is not None:
                amount = "7300" if each.code == "HYRA_ÖVER_GRÄNS" else "99000"
                value = amount if each.takes.kind is AnswerKind.AMOUNT else True
                given.append(AnswersToTry(each.id, value, WHY, checked=True))
        answers.give(world.office, session, TENANT, case, None, given, ANNA)
    examine(world.office, TENANT, case)


def by_two(world: World) -> None:
    """The municipality lets nobody raise alone."""
    own = world.office.municipality(TENANT).model_copy(update={"raise_alone": False, "four_eyes": ()})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)


def with_a_cost_of_an_official(world: World) -> str:
    """An application whose rent the applicant asks for, and an official's electricity; all is answered."""
    by_two(world)
    world.clock.forward(days=33)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER, costs=[RENT]))
    world.claim(case, who=ANNA.id)
    add(world, case, ("costs", COST))
    answered(world, case)
    return case


@pytest.mark.parametrize("adds", [True, False])
def test_what_an_official_asks_for_is_granted_by_two(world: World, adds: bool) -> None:
    """One official adds a cost, answers the question and agrees with what the machine makes of it."""
    by_two(world)
    world.clock.forward(days=33)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER, costs=[RENT]))
    world.claim(case, who=ANNA.id)
    if adds:
        add(world, case, ("costs", COST))
    answered(world, case)
    yes = {"assessment": world.row(case).assessments, "agrees": True, "reason": WHY}
    world.say(case, yes, who=ANNA.id)
    assert world.state(case) == (ApplicationState.HANDLAGGARE if adds else ApplicationState.DECIDED)
    assert (world.decision(case) is None) == adds
    if adds:
        with pytest.raises(ConflictError, match="own_proposal"):
            world.act(deciding.approve, case, who=ANNA.id, agrees=True, reason="")
        world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
        assert world.state(case) == ApplicationState.DECIDED


def test_a_decision_that_refuses_what_an_official_asked_for_is_made_by_one(world: World) -> None:
    case = with_a_cost_of_an_official(world)
    lines = newest(world, case).calculation.lines
    at, line = next((at, one) for at, one in enumerate(lines, 1) if one.subject == "costs[1]")
    granted = newest(world, case).calculation.by_the_lines
    assert granted is not None
    assert line.amount > 0
    refuses: Json = {
        "assessment": world.row(case).assessments,
        "outcome": "DELAVSLAG",
        "granted": as_kronor(granted - line.amount),
        "lines": [{"line": at, "amount": 0, "reason": WHY}],
        "reason": WHY,
    }
    world.say(case, refuses, who=ANNA.id)
    assert world.state(case) == ApplicationState.DECIDED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked_by_them", "by_the_applicant", "waits"),
    [
        (-100_000, 0, False),
        (1, 0, True),
        (50_000, -50_000, True),
        (50_000, -90_000, True),
        (-50_000, 0, False),
    ],
)
def test_a_correction_that_gives_more_of_what_an_official_asked_for_is_made_by_two(
    world: World, asked_by_them: int, by_the_applicant: int, waits: bool
) -> None:
    """Whatever else gives as much less: the sum need not rise for one person to have granted it."""
    case = with_a_cost_of_an_official(world)
    lines = newest(world, case).calculation.lines
    theirs, its = next((at, one) for at, one in enumerate(lines, 1) if one.subject == "costs[1]")
    own, rent = next((at, one) for at, one in enumerate(lines, 1) if one.subject == "costs[0]")
    first: Json = {
        "assessment": world.row(case).assessments,
        "outcome": "DELAVSLAG",
        "granted": as_kronor((newest(world, case).calculation.by_the_lines or 0) - 200_000),
        "lines": [{"line": theirs, "amount": as_kronor(its.amount - 200_000), "reason": WHY}],
        "reason": WHY,
    }
    world.say(case, first, who=ANNA.id)
    world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    decision = world.decision(case)
    assert decision is not None
    amounts = {theirs: its.amount - 200_000 + asked_by_them}
    if by_the_applicant:
        amounts[own] = rent.amount + by_the_applicant
    said: Json = {
        **first,
        "granted": as_kronor(decision.granted + asked_by_them + by_the_applicant),
        "lines": [{"line": at, "amount": as_kronor(each), "reason": WHY} for at, each in amounts.items()],
        "told": {"how": "HAR_FÅTT_SE", "reason": "Samtal i dag."},
    }
    wanted = CorrectionWanted(CorrectionKind.CHANGE, decision.id, validated(PersonsDecision, said))
    world.act(corrections.correct, case, wanted, who=ANNA.id)
    with reading(world.engine) as session:
        assert (corrections.awaiting(session, TENANT, case) is not None) == waits


@pytest.mark.parametrize("adds", [True, False])
@pytest.mark.parametrize(("kind", "was", "amount"), [("norm", 500, 501), ("cost", 0, 1), ("income", 2, 1)])
def test_a_person_whom_an_official_added_asks_for_every_line(
    world: World, case: str, adds: bool, kind: LineKind, was: int, amount: int
) -> None:
    """So a correction that grants no more, but gives more in any line, is made by two."""
    if adds:
        add(world, case, ("people", CHILD))
    words: Json = {"part": "cost", "provision": "", "subject": None, "label": "", "text": "", "applied": None}
    change = LineChange(line=1, kind=kind, was=was, amount=amount, reason=WHY, **words)
    less = change.model_copy(update={"was": amount, "amount": was})
    calculation = newest(world, case).calculation
    with reading(world.engine) as session:
        asked = [
            officials_ask(
                session, world.row(case), calculation, Verdict(Outcome.GRANTED, granted, changes=(each,)), 7
            )
            for granted, each in ((7, change), (7, less), (0, change))
        ]
    assert asked == [adds, False, False]


def test_that_words_ask_for_more_is_said_by_two(world: World) -> None:
    """In the month of the words; with whatever day it was said, it says nothing of a later month's costs."""
    by_two(world)
    world.clock.forward(days=33)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER, costs=[LOWER], otherInformation=SAID))
    world.claim(case, who=ANNA.id)
    assert not asked_by_officials(world, case)
    words = Means("7300 i hyra", "kostnad.belopp", "7300", "costs[0]")
    given = AnswersToTry(message(world, case).id, True, WHY, date(2027, 6, 30), (words,))
    with transaction(world.engine) as session:
        answers.give(world.office, session, TENANT, case, None, [given], ANNA)
    examine(world.office, TENANT, case)
    assert asked_by_officials(world, case)
    world.clock.forward(days=30)
    later = world.apply(application(1, NOVEMBER.plus(1), costs=[LOWER]))
    assert newest(world, later).facts_about("costs[0]")["kostnad.belopp"].value == 620_000
    assert not asked_by_officials(world, later)


LOWER = {"costType": "RENT", "appliedAmount": 6200}


def asked_by_officials(world: World, case: str) -> bool:
    found = newest(world, case)
    verdict = Verdict(Outcome.GRANTED, found.calculation.by_the_lines or 0)
    with reading(world.engine) as session:
        return officials_ask(session, world.row(case), found.calculation, verdict)
