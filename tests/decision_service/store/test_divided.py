"""Every statement of a case's life says which municipality's rows it is about, so that the one machine with
them can answer. Those that ask all municipalities at once are told here: they read, and lock nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, event

from decision_service.casework import sweeps
from decision_service.casework.changed_world import look_again
from decision_service.casework.delivery import deliver
from decision_service.impact import runs
from decision_service.lawmaking.checking import check_waiting
from decision_service.operations.readings import read_figures, readiness
from decision_service.store.database import transaction
from tests.world.divided import strays
from tests.world.every_state import every_state
from tests.world.office import Unused, World, world_like

OF_ALL = {
    "where the machine has something": r"SELECT application\.tenant FROM application WHERE .*next_run_at",
    "what is late": r"SELECT application\.id, application\.tenant FROM application WHERE .*escalate_at <=",
    "what applicants have not answered": r"SELECT completion\.application_id, completion\.tenant",
    "old idempotency keys": r"FROM idempotency WHERE idempotency\.created_at <=",
    "tasks that have waited": r"FROM application JOIN task ON .* JOIN assessment ON .*NOT \(EXISTS",
    "where something is to be sent": r"SELECT DISTINCT message\.tenant, CASE",
    "where a run waits": r"SELECT impact\.tenant FROM impact WHERE",
    "where a draft is to be checked": r"SELECT draft\.tenant FROM draft WHERE",
    "figures: what is open": r"FROM application WHERE .* GROUP BY application\.tenant, application\.state",
    "figures: what is to be sent": r"SELECT count\(\*\) AS \w+, min\(message\.created_at\)",
    "figures: what is to be sent of participants": r"SELECT message\.tenant, message\.application_id, count",
    "figures: the logs' lengths": r"SELECT audit_head\.tenant, audit_head\.size FROM audit_head",
    "readiness: the machine's promise": r"SELECT application\.id FROM application WHERE .*deadline_at <=",
    "readiness: people's": r"SELECT application\.id FROM application WHERE .*breached_at IS NOT NULL",
    "readiness: the clock": r"SELECT max\(application\.received_at\) AS \w+ FROM application",
}
"""By how the statement reads; nothing else reads so."""


@pytest.fixture
def world(
    postgresql_server: URL, postgresql_office: Unused, tmp_path: Path
) -> Iterator[tuple[World, list[str]]]:
    """An office on PostgreSQL, and what it asks of it."""
    with world_like(postgresql_office, postgresql_server, tmp_path) as found:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(" ".join(statement.split()))

        event.listen(found.engine, "before_cursor_execute", note)
        yield found, asked


@pytest.mark.slow
def test_each_statement_of_a_case_is_one_municipalitys(world: tuple[World, list[str]]) -> None:
    here, asked = world
    office = here.office
    every_state(here)
    here.clock.forward(days=30)
    for sweep in (sweeps.due, sweeps.late, sweeps.unanswered, sweeps.forget_keys, look_again, deliver):
        sweep(office)
    readiness(office)
    read_figures(office)
    with transaction(here.engine) as session:
        assert runs.take(office, session, "a") is not None
    assert check_waiting(office, office.evaluators) == 0
    of_all = {each for each in asked if strays(each)}
    told = {name: {each for each in of_all if re.search(text, each)} for name, text in OF_ALL.items()}
    assert [name for name, statements in told.items() if len(statements) != 1] == []
    assert of_all - set().union(*told.values()) == set()
    assert [each for each in of_all if not each.startswith("SELECT ") or "FOR UPDATE" in each] == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT a FROM task WHERE task.tenant = ? AND task.application_id = ?", set()),
        ("SELECT a FROM task WHERE task.application_id = ?", {"task"}),
        ("SELECT a FROM task JOIN party ON party.tenant = task.tenant WHERE task.tenant = %(x)s", set()),
        ("SELECT a FROM task JOIN party ON party.tenant = task.tenant WHERE task.a = 1", {"task", "party"}),
        ("SELECT a FROM task, party WHERE task.tenant = ?", {"party"}),
        ("SELECT a FROM party AS p, party AS q WHERE p.tenant = ? AND q.person = p.person", {"party"}),
        ("SELECT a FROM party WHERE party.tenant = ? AND b IN (SELECT b FROM party WHERE c = ?)", {"party"}),
        ("SELECT task.a, party.b FROM sweep", set()),
        ("UPDATE task SET tenant = ?, note = ? WHERE task.application_id = ?", {"task"}),
        ("DELETE FROM task WHERE task.tenant = ? AND task.application_id = ?", set()),
        ("INSERT INTO task (application_id, reason) VALUES (?, ?)", {"task"}),
        ("INSERT INTO task (tenant, decision, note) VALUES (?, ?, ?)", set()),
    ],
)
def test_what_a_statement_does_not_say_is_seen(statement: str, found: set[str]) -> None:
    assert strays(statement) == found
