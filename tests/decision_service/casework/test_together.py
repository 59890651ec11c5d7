"""Rows that are written together are those that a session would have written, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from decision_service.log import vouched
from decision_service.store.database import transaction
from decision_service.store.tables import (
    ApplicationRow,
    IdempotencyRow,
    MessageRow,
    PartyRow,
    QuestionRow,
)
from decision_service.store.together import write
from tests.decision_service.casework.test_statements import counted
from tests.world.office import START, World
from tests.world.people import NOVEMBER, TENANT, application


def rows(case: str) -> list[SQLModel]:
    """Of every kind of column: sealed and clear, empty, a moment, a day, a number, yes and no."""
    message = {"tenant": TENANT, "application_id": case, "kind": "receipt", "created_at": START}
    return [
        PartyRow(tenant=TENANT, application_id=case, person="a" * 64, adult=True),
        PartyRow(tenant=TENANT, application_id=case, person="b" * 64, adult=False),
        MessageRow(key="1", payload='{"to": "å % :x \u2603"}', next_attempt_at=START, **message),
        MessageRow(key="2", payload="", attempts=3, error="fel", **message),
        IdempotencyRow(
            tenant=TENANT, client="e", key="k", request="r", application_id=case, created_at=START
        ),
    ]


def test_what_is_written_together_is_read_as_it_was(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    wanted = [each.model_dump() for each in rows(case)]
    with transaction(world.engine) as session:
        write(session, *rows(case))
        with counted(world.engine) as asked:
            keys = [type(each).__mapper__.primary_key_from_instance(each) for each in rows(case)]
            found = [session.get_one(type(each), key) for each, key in zip(rows(case), keys, strict=True)]
        assert len(asked) == len(found)  # the session had none of them
        assert [each.model_dump() for each in found] == wanted


def test_one_question_writes_them_all_where_the_database_can(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    with transaction(world.engine) as session:
        session.connection()
        with counted(world.engine) as asked:
            write(session, *rows(case)[:2], rows(case)[-1])
        assert len(asked) == {"postgresql": 1, "sqlite": 2}[world.engine.dialect.name], asked


def test_none_is_written_when_one_cannot_be(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    with pytest.raises(IntegrityError), transaction(world.engine) as session:
        write(session, *rows(case), rows(case)[0])
    with transaction(world.engine) as session:
        assert session.get(IdempotencyRow, (TENANT, "e", "k")) is None


def test_what_is_written_together_needs_its_entry_too(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    question = QuestionRow(
        tenant=TENANT,
        application_id=case,
        number=1,
        question="q",
        code="X",
        asked="{}",
        assessment=1,
        state="open",
        opened_at=START,
    )
    with pytest.raises(vouched.UnloggedError, match="question/1"), transaction(world.engine) as session:
        vouched.write(session, question)
    with transaction(world.engine) as session:
        assert session.get(QuestionRow, (TENANT, case, 1)) is None
        assert session.get(ApplicationRow, (TENANT, case)) is not None
