"""Every way to change the tables behind the log's back is told by the check, and refused by what acts on it.

Each attack is one by somebody with every right in the database. The tables of README.md and
docs/granskning.md say the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel, select

import audit
from audit.errors import RowError
from decision_service.casework import contents, deciding, delivery, handlaggare
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.rows import require_logged
from decision_service.log import journal, vouched
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    ActivityRow,
    AppealRow,
    ApplicationRow,
    AssessmentRow,
    ClaimRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    DocumentRow,
    LoweredClaimRow,
    MessageRow,
    OwedRow,
    ProposedCorrectionRow,
    QuestionRow,
    TaskRow,
)
from tests.decision_service.casework.test_answers import dear, give, questions
from tests.world.office import START, World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.tampering import stored, tamper


@pytest.fixture
def case(world: World) -> str:
    """An application that was granted, whose letter is written and whose payment waits."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER))
    world.office.log.checkpoint(world.engine, TENANT)
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, found))
        contents.decision_letters(world.office, session, TENANT, [(row, None)])
    assert not faults(world, keys=True)
    return found


def faults(world: World, *, keys: bool) -> list[str]:
    vault = world.keys if keys else None
    report = audit.verify_database(
        world.engine, world.public, vault=vault, tenants=[TENANT], source=vouched.source
    )
    return [said for state, said in report if state == "FEL"]


CHANGED: dict[str, tuple[str, str]] = {
    "the amount granted": ("UPDATE decision SET granted = granted * 10", "decision"),
    "the outcome": ("UPDATE decision SET outcome = 'AVSLAG'", "decision"),
    "who decided": ("UPDATE decision SET decided_by = 'h-9', automatic = false", "decision"),
    "the reason": ("UPDATE decision SET reason = 'ett annat'", "decision"),
    "what later months remember": ("UPDATE decision SET remembered = '{}'", "decision"),
    "the letter": ("UPDATE decision SET letter = replace(letter, 'a', 'b')", "letter"),
    "the assessment's document": ("UPDATE assessment SET document = '{}'", "assessment/1"),
    "the case file it rests on": ("UPDATE assessment SET case_file = '{}'", "assessment/1"),
    "the application": ("UPDATE application SET content = replace(content, '6200', '9200')", "application"),
    "whose e-service it is": ("UPDATE application SET client = 'en annan'", "application"),
    "the month": ("UPDATE application SET month = '2026-12'", "application"),
    "the payment": (
        "UPDATE message SET payload = replace(payload, '\"amount\": ', '\"amount\": 9') "
        "WHERE kind = 'payment'",
        "payment/{key}",
    ),
    "to whom it is paid": (
        "UPDATE message SET payload = json_set(payload, '$.payee', 'Någon Annan') WHERE kind = 'payment'",
        "payment/{key}",
    ),
    "to which account": (
        "UPDATE message SET payload = json_set(payload, '$.account', '8327-9,123456789') "
        "WHERE kind = 'payment'",
        "payment/{key}",
    ),
    "the day of the payment": (
        "UPDATE message SET payload = json_set(payload, '$.date', '2026-12-24') WHERE kind = 'payment'",
        "payment/{key}",
    ),
    "a plan": ("UPDATE activity SET document = '{}'", "plan"),
    "a month decided before": ("UPDATE history SET document = '{}'", "history/2026-10"),
}
REMOVED: dict[str, tuple[str, str]] = {
    "the decision": ("DELETE FROM decision", "decision"),
    "the letter": ("UPDATE decision SET letter = NULL", "letter"),
    "the assessment": ("DELETE FROM assessment", "assessment/1"),
    "the payment": ("DELETE FROM message WHERE kind = 'payment'", "payment/{key}"),
    "the plan": ("DELETE FROM activity", "plan"),
    "a month decided before": ("DELETE FROM history", "history/2026-10"),
}


def attack(world: World, statement: str) -> None:
    assert tamper(world.engine, statement), statement


@pytest.mark.parametrize(("statement", "name"), CHANGED.values(), ids=CHANGED)
def test_a_changed_row_is_not_the_one_that_was_logged(
    world: World, case: str, statement: str, name: str
) -> None:
    attack(world, statement)
    (found,) = faults(world, keys=True)
    row = name.format(key=f"{case}.payment.1")
    assert f": {row} är inte det som loggades i post " in found


@pytest.mark.parametrize(("statement", "name"), REMOVED.values(), ids=REMOVED)
def test_no_trail_without_its_row(world: World, case: str, statement: str, name: str) -> None:
    """Seen without the keys, too."""
    attack(world, statement)
    for keys in (False, True):
        found = faults(world, keys=keys)
        row = name.format(key=f"{case}.payment.1")
        assert any(f" svarar för {row}, som inte finns i tabellerna." in each for each in found)


INVENTED: dict[type[SQLModel], str] = {
    ApplicationRow: "application",
    AssessmentRow: "assessment/1",
    DecisionRow: "decision",
}


@pytest.mark.parametrize("last", INVENTED, ids=lambda table: table.__tablename__)
def test_no_row_without_its_trail(world: World, case: str, last: type[SQLModel]) -> None:
    """A case copied under another id, up to and with its last row here, as somebody would invent one."""
    for table in list(INVENTED)[: list(INVENTED).index(last) + 1]:
        name = str(table.__tablename__)
        columns = [column.name for column in table.metadata.tables[name].columns]
        made = {
            "id": "'x' || substr(id, 2)",
            "application_id": "'x' || substr(application_id, 2)",
            "case_number": "'x' || case_number",
        }
        values = ", ".join(made.get(column, column) for column in columns)
        attack(world, f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM {name}")
    for keys in (False, True):
        found = faults(world, keys=keys)
        said = f": {INVENTED[last]} finns i tabellerna, men ingen post svarar för det."
        assert any(said in each for each in found)


@pytest.mark.parametrize("changed", ["the payment", "to whom it is paid", "to which account"])
def test_what_is_not_as_logged_is_neither_sent_nor_shown(world: World, case: str, changed: str) -> None:
    """A payment order changed after it was approved and before it is sent, too."""
    attack(world, "UPDATE decision SET granted = granted * 10")
    attack(world, CHANGED[changed][0])
    delivery.deliver(world.office)
    assert [message.kind for message in world.recorder.got] == ["receipt"]
    with reading(world.engine) as session:
        for kind in ("letter", "payment"):
            row = session.get_one(MessageRow, (TENANT, f"{case}.{kind}.1"))
            assert row.next_attempt_at is None
            assert "är inte det som står i granskningsloggen" in str(row.error)
        with pytest.raises(RowError, match="decision i ärende"):
            require_logged(world.office, session, session.get_one(ApplicationRow, (TENANT, case)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity SET document = replace(document, '40', '41')",
        "UPDATE history SET document = replace(document, '9000', '9001')",
        "UPDATE decision SET remembered = replace(remembered, '6200', '6201')",
        "UPDATE application SET content = replace(content, '6200', '6201') WHERE state = 'mottagen'",
    ],
)
def test_the_machine_decides_nothing_on_what_is_not_as_logged(
    world: World, case: str, statement: str
) -> None:
    world.clock.forward(days=28)
    following = world.receive(application(1, NOVEMBER.plus(1)))
    attack(world, statement)
    assert world.examine(following) == "hos_handlaggare"
    with reading(world.engine) as session:
        reasons = json.loads(session.get_one(TaskRow, (TENANT, following)).reasons)
    assert [each["code"] for each in reasons] == ["UPPGIFT_INTE_DEN_LOGGADE"]


def grant_more(world: World, *entries: audit.Entry) -> None:
    """Code of ours that changes a decision, and logs this."""
    with transaction(world.engine) as session:
        row = session.exec(select(DecisionRow)).one()
        row.granted += 100
        session.add(row)
        if entries:
            vouched.append(world.office.log, session, TENANT, entries)


def test_a_row_cannot_be_written_without_its_entry(world: World, case: str) -> None:
    """Whoever forgets to log gets an error and no row, not a decision without a trail."""
    with pytest.raises(vouched.UnloggedError, match="decision i "):
        grant_more(world)
    assert not faults(world, keys=True)


@pytest.mark.parametrize("change", ["another kind of entry", "another case"])
def test_only_the_right_entry_vouches_for_a_row(world: World, case: str, change: str) -> None:
    other = case if change == "another kind of entry" else "ett-annat"
    entry = journal.access(other, START, journal.staff("h-1"), "handlaggning")
    with pytest.raises(vouched.UnloggedError):
        grant_more(world, entry)


def test_every_column_of_what_people_act_on_is_vouched_for_or_said_not_to_be() -> None:
    """A new column is one that somebody has thought of."""
    said: dict[Callable[..., Any], set[str]] = {}
    for one in vouched.VOUCHED:
        said.setdefault(one.table, set()).update((*one.columns, *one.added, one.case))
    free = {
        ApplicationRow: {
            "state", "version", "deadline_at", "person_due_at", "escalate_at", "escalation", "breached_at",
            "next_run_at", "attempts", "waits_until", "assessments",
        },
        AssessmentRow: {"number", "fired", "asked"},
        DecisionRow: {"entry", "followed"},
        CorrectionRow: {"entry", "number"},
        ProposedCorrectionRow: {"number"},
        ClaimRow: {"number"},
        LoweredClaimRow: {"number"},
        QuestionRow: {"number"},
        AppealRow: {"number"},
        DocumentRow: {"sealed"},
        CompletionRow: {"number"},
        OwedRow: {"decision"},
        ActivityRow: {"client"},
        MessageRow: {
            "application_id", "next_attempt_at", "attempts", "delivered_at", "error", "reached",
        },
        TaskRow: {
            "opened_at", "reasons", "reason", "asked", "proposed", "household", "claimed_by", "tenant",
        },
    }  # fmt: skip
    for table, columns in said.items():
        every = {column.name for column in table.metadata.tables[table.__tablename__].columns}  # type: ignore[attr-defined]
        assert every - columns - free.get(table, set()) <= {"month", "person", "born_day"}, table


@pytest.fixture
def proposed(world: World) -> str:
    """A case whose decision waits for a second person."""
    found = world.apply(application(1, NOVEMBER))
    world.claim(found)
    world.decide(found, "AVSLAG", 0, "Ingen rätt.")
    world.office.log.checkpoint(world.engine, TENANT)
    assert not faults(world, keys=True)
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET proposal = replace(proposal, 'AVSLAG', 'AVVISNING')",
        "UPDATE task SET proposed_by = 'h-99'",
        "UPDATE task SET proposed_by = NULL, proposal = NULL",
        "DELETE FROM task",
    ],
)
def test_a_decision_that_waits_is_the_one_that_was_put_forward(
    world: World, proposed: str, statement: str
) -> None:
    attack(world, statement)
    (said,) = faults(world, keys=True)
    assert ": proposal är inte det som loggades i post " in said or " svarar för proposal, som inte " in said
    if "NULL" not in statement and "DELETE" not in statement:
        with pytest.raises(RowError, match="proposal i ärende"):
            world.act(deciding.approve, proposed, who="h-18", agrees=True, reason="")
    assert world.decision(proposed) is None


def test_a_decision_that_was_not_approved_cannot_be_put_back(world: World, proposed: str) -> None:
    """Neither the same, nor in the task of the next time that the case is with a person."""
    table = SQLModel.metadata.tables["task"]
    kept = stored(world.engine, table)
    world.act(deciding.approve, proposed, who="h-18", agrees=False, reason="Utred mer.")
    for _ in range(2):
        assert not faults(world, keys=True)
        now = stored(world.engine, table)
        put_back(world, table, kept)
        (said,) = faults(world, keys=True)
        assert ": proposal finns i tabellerna, men upphörde i post " in said
        with pytest.raises(RowError, match="proposal i ärende"):
            world.act(deciding.approve, proposed, who="h-18", agrees=True, reason="")
        put_back(world, table, now)
        world.decide(proposed, "AVSLAG", 0, "Ingen rätt.")
        world.act(handlaggare.hand_back, proposed, to_machine=True, reason="Nya uppgifter.")
        world.examine(proposed)
        world.claim(proposed)


def put_back(world: World, table: Table, rows: list[dict[str, Any]]) -> None:
    with world.engine.begin() as connection:
        connection.execute(table.delete())
        connection.execute(table.insert(), rows)


@pytest.mark.parametrize("column", ["value = '1'", "reason = 'x'", "name = 'x'", "withdrawn_at = at"])
def test_an_answer_is_the_one_that_was_logged(world: World, column: str) -> None:
    """Taken back behind the log's back too; the machine does not count on it."""
    world.clock.forward(days=30)
    world.imported(1, costs={"RENT": 6400, "ELECTRICITY": 700})
    found = world.apply(dear(1))
    world.claim(found)
    asked = questions(world, found)["HYRA_ÖVER_GRÄNS"]
    give(world, found, AnswersToTry(asked.id, "7300", "Hyran är skälig."))
    world.office.log.checkpoint(world.engine, TENANT)
    assert not faults(world, keys=True)
    attack(world, f"UPDATE answer SET {column}")
    (said,) = faults(world, keys=True)
    assert "answer/" in said
    assert " är inte det som loggades i post " in said
    world.examine(found)
    assert world.reasons(found) == ["UPPGIFT_INTE_DEN_LOGGADE"]
