"""Every example case that a person or the applicant gets: its questions are answered and the law decides.

Nobody types a sum. The case files stand as they are; only what casework knows of them, the answers, is added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlmodel import Session, select

from decision_service.application.outcome import Outcome
from decision_service.casework import answers, deciding, gather
from decision_service.casework.contents import decision_letters
from decision_service.casework.examine import examine
from decision_service.casework.gather import AskedApplication, Gathered
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.office import Office
from decision_service.decision.document import Assessment, Reason, reasons_from
from decision_service.store.database import transaction
from decision_service.store.tables import (
    AnswerRow,
    ApplicationState,
    AssessmentRow,
    CompletionRow,
    QuestionRow,
    TaskRow,
)
from tests.world.answering import ANNA, answers_to
from tests.world.cases import EXPECTED, NAMES, raw
from tests.world.office import SECOND, Unused, World, world_like
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.sweeps import share

MOST_ROUNDS = 5
ASKED = [name for name in NAMES if EXPECTED[name]["utfall"] in ("HANDLAGGARE", "KOMPLETTERING")]
DECIDED_ONLY = {
    "januari-2027-fyra-barn": "the law of the month is not in the rules",
    "lagbyte-januari-2027": "the law of the month is not in the rules",
    "tillaggsansokan": "what is granted beside a decision is decided, not calculated",
    "utan-manad": "the month is answered in the form, and decides which law it is",
}
"""Cases that answers alone cannot bring to a calculation, and why."""


@pytest.fixture(scope="module")
def office(sqlite_office: Unused, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_like(sqlite_office, None, tmp_path_factory.mktemp("answered")) as found:
        found.clock.forward(days=30)
        yield found


def with_case(asked: AskedApplication, case: Any) -> Gathered:
    """An application with another case file than what is known of it."""
    has = frozenset({TaskRow, QuestionRow, CompletionRow})
    return Gathered(asked, case, json.dumps(case, ensure_ascii=False), (), frozenset(), has)


def taken(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An application whose case file is the example's, taken by a handläggare."""

    def gathered(office: Office, session: Session, asked: Sequence[AskedApplication]) -> list[Gathered]:
        return [
            with_case(each, raw(name) | {"answers": answers.in_case_file(office, session, each.row, {})})
            for each in asked
        ]

    monkeypatch.setattr(gather, "gather", gathered)
    found = world.receive(application(NAMES.index(name) + 1, NOVEMBER))
    with transaction(world.engine) as session:
        row = world.row(found)
        session.add(TaskRow(application_id=found, tenant=TENANT, opened_at=row.received_at, reasons="[]"))
    with transaction(world.engine) as session:
        session.get_one(TaskRow, (TENANT, found)).claimed_by = ANNA.id
    examine(world.office, TENANT, found)
    return found


def questions(world: World, application_id: str) -> tuple[Reason, ...]:
    with transaction(world.engine) as session:
        return reasons_from(session.get_one(TaskRow, (TENANT, application_id)).reasons)


def newest(world: World, application_id: str) -> Assessment:
    number = world.row(application_id).assessments
    with transaction(world.engine) as session:
        return Assessment.model_validate_json(
            session.get_one(AssessmentRow, (TENANT, application_id, number)).document
        )


def answered(world: World, application_id: str) -> Assessment:
    """Every question that takes an answer gets one, as often as new ones come of it."""
    for _ in range(MOST_ROUNDS):
        with transaction(world.engine) as session:
            query = select(AnswerRow.question).where(AnswerRow.application_id == application_id)
            known = session.exec(query).all()
        given = answers_to(questions(world, application_id), known)
        if not given:
            break
        with transaction(world.engine) as session:
            version = world.row(application_id).version
        with transaction(world.engine) as session:
            answers.give(world.office, session, TENANT, application_id, version, given, ANNA)
        examine(world.office, TENANT, application_id)
        assert world.state(application_id) == ApplicationState.HANDLAGGARE
    assert [each.code for each in questions(world, application_id) if each.takes is not None] == []
    return newest(world, application_id)


@pytest.mark.slow
@pytest.mark.parametrize("name", share(ASKED, 3))
def test_answers_bring_the_case_to_a_calculation_that_adds_up(
    office: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answered(office, taken(office, name, monkeypatch))
    calculation = found.calculation
    if name in DECIDED_ONLY:
        assert found.proposed_outcome is None or any(each.takes is None for each in found.reasons)
        return
    assert found.engines.agree
    assert found.proposed_outcome in Outcome
    assert calculation.result is not None
    sums = {kind: sum(line.amount for line in calculation.lines if line.kind == kind) for kind in KINDS}
    result = sums["income"] - sums["norm"] - sums["cost"] - sums["other_cost"]
    assert calculation.result == result
    assert calculation.granted in (calculation.by_the_lines, 0)
    assert (calculation.granted == 0) is (found.proposed_outcome is Outcome.DISMISSED or result >= 0)


KINDS = ("income", "norm", "cost", "other_cost")


def test_the_cases_that_answers_do_not_settle_are_examples() -> None:
    assert DECIDED_ONLY.keys() <= set(ASKED)
    assert len(ASKED) - len(DECIDED_ONLY) > 50


def test_a_refusal_for_what_was_not_done_is_never_the_machines(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that speak against the applicant end with a question that only a decision answers."""
    case = taken(office, "deltar-inte", monkeypatch)
    given = [
        AnswersToTry(each.question, False, each.reason) if each.value is True and yes_no(asked) else each
        for each in answers_to(questions(office, case))
        for asked in questions(office, case)
        if asked.id == each.question
    ]
    with transaction(office.engine) as session:
        answers.give(office.office, session, TENANT, case, None, given, ANNA)
    examine(office.office, TENANT, case)
    assert "MOTPRESTATION" in office.reasons(case)
    assert newest(office, case).proposed_outcome is Outcome.REFUSED
    assert office.state(case) == ApplicationState.HANDLAGGARE
    number = office.row(case).assessments
    told = {"how": "HAR_FÅTT_SE", "reason": "Vid mötet i oktober."}
    office.say(case, {"assessment": number, "agrees": True, "reason": "Det räcker inte.", "told": told})
    office.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    office.office.log.checkpoint(office.engine, TENANT)
    with transaction(office.engine) as session:
        ((letter,),) = decision_letters(office.office, session, TENANT, [(office.row(case), None)])
    text = " ".join(letter["text"].split())
    assert "Alma söker inte arbete brett. (SoL (2025:400) 12 kap. 3 §)" in text
    assert "Du får ändå inte försörjningsstöd" in text
    assert "Det räcker inte." in text
    assert "skiljer sig från beräkningen" not in text.lower()


def yes_no(question: Reason) -> bool:
    return question.takes is not None and question.takes.kind.value == "ja-nej"
