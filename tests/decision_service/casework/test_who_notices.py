"""Every column of every table of the service, changed by somebody who has the database alone: who notices?

The log vouches for it, or the service's own check tells, or it stands in a list with the reason why nobody
needs to, or where it is tried. A new column is one that somebody has thought of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import pytest
from sqlalchemy import URL, Column, Connection, LargeBinary, Table, select, text, type_coerce
from sqlmodel import SQLModel

from decision_service.casework import agreement, staff
from decision_service.log import vouched
from decision_service.store.moment import Moment
from decision_service.store.sealed import Envelope, Sealed
from tests.decision_service.casework.test_every_column import lived_and_waiting
from tests.world.database import new_database, unbound
from tests.world.office import World, new_world, shared_evaluators
from tests.world.people import TENANT

pytestmark = pytest.mark.slow

OWN_CHECK: Mapping[str, str] = {
    "application.state": "'beslutad'",
    "application.deadline_at": "'2099-01-01 00:00:00.000000'",
    "application.person_due_at": "'2099-01-01 00:00:00.000000'",
    "application.escalate_at": "'2099-01-01 00:00:00.000000'",
    "application.next_run_at": "'2099-01-01 00:00:00.000000'",
    "application.assessments": "assessments + 1",
    "correction.entry": "entry - 1",
    "decision.entry": "entry - 1",
    "message.delivered_at": "created_at",
    "message.next_attempt_at": "NULL",
    "party.application_id": "(SELECT id FROM application WHERE id <> party.application_id LIMIT 1)",
    "party.person": "'" + "0" * 64 + "'",
    "party.adult": "NOT adult",
    "party.dead": "NOT dead",
    "staff.name": "'Annan Namnsson'",
    "staff.title": "'chef'",
    "staff.stamp": "''",
    "task.claimed_by": "'h-99'",
}
"""Columns that the machine changes all the time: what ``agreement`` tells of, and another value."""

_SORTED_BY = "the queue is sorted and chosen from by it; the questions and the task are there"
_FOUND_BY = "decisions are searched by it; the assessment itself, which says the same, is vouched for"
_RUN = "a run that looks at decisions: what comes of it is a person's task, which is vouched for"
_DRAFT = (
    "the approval in the log says it, or the stamp of the check: lawmaking/test_drafts.py, test_publishing.py"
)
_SESSION = "it has our own stamp: web/test_login.py"
_ONCE = "whoever sends again is told that the key is another's, or gets a second application, which is seen"
_HOOK = "the client's own check of the signature fails, or nothing comes: api/test_webhooks.py"
_NEIGHBOUR = "the key folder remembers it too: api/test_witness.py"
_VERSION = "a number against changes that are lost: another one is a 412, and whoever changes reads again"
NOT_NOTICED: Mapping[str, str] = {
    "activity.client": "which program said it last; only shown",
    "application.version": _VERSION,
    "application.escalation": "how far up it has been told; the moment of the next warning is checked",
    "application.breached_at": "checked with escalate_at: whoever is no more warned has been late",
    "application.attempts": "at worst a person has the case now, or the machine tries once more",
    "application.waits_until": "the rules say it anew each day; the clocks that follow from it are checked",
    "assessment.month": _FOUND_BY,
    "assessment.fired": _FOUND_BY,
    "assessment.asked": _FOUND_BY,
    "case_count.tenant": "two cases with one number are refused by the database",
    "case_count.year": "the same",
    "case_count.last": "the same",
    "cosigned.tenant": _NEIGHBOUR,
    "cosigned.size": _NEIGHBOUR,
    "cosigned.note": _NEIGHBOUR,
    "decision.followed": "counted in figures, and nothing is done by it",
    "document.sealed": "its hash is vouched for, and held against it when it is opened: test_documents.py",
    "idempotency.tenant": _ONCE,
    "idempotency.client": _ONCE,
    "idempotency.key": _ONCE,
    "idempotency.request": _ONCE,
    "idempotency.application_id": "404: api/test_smuggling.py",
    "idempotency.created_at": _ONCE,
    "known_key.name": "the service does not start with another key: store/test_known_key.py",
    "known_key.fingerprint": "the same",
    "message.payload": "sealed: what is no letter of ours is not sent, and is told; a payment is vouched for",
    "message.attempts": "a letter or payment is tried for ever; a notice to a client says nothing",
    "message.reached": "stamped: what says otherwise is delivered again, under the same key",
    "message.error": "shown to people; what is given up stands in their list",
    "party.tenant": "a case without its persons is told by the own check",
    "receiver.name": "a rest longer than ours is none: test_lanes.py",
    "receiver.failures": "the same",
    "receiver.failing_since": "the same",
    "receiver.rests_until": "the same",
    "receiver.error": "shown to people",
    "staff.changed_at": "only shown",
    "staff.tenant": "it has our own stamp: somebody else's says nothing",
    "staff.id": "the same",
    "sweep.name": "readiness tells of a sweep that has not run",
    "sweep.ran_at": "the same, and of one that has run in the future: operations/test_metrics.py",
    "task.application_id": "a case without its task is told by the own check",
    "task.tenant": "a case without its task is told by the own check",
    "task.opened_at": "only shown",
    "task.reasons": "sealed: what is written there is not read; an older one asks what is not needed",
    "task.reason": _SORTED_BY,
    "task.asked": _SORTED_BY,
    "task.proposed": _SORTED_BY,
    "task.household": _SORTED_BY,
    "unsealed.name": "says what is to be sealed anew at the start; what is sealed already stays so",
    "witnessed.origin": _NEIGHBOUR,
    "witnessed.size": _NEIGHBOUR,
    "witnessed.note": _NEIGHBOUR,
} | {
    f"{table}.{name}": why
    for table, (why, names) in {
        "draft": (
            _DRAFT,
            "tenant id owner purpose reason state base changes editors version created_at changed_at checked "
            "checking_since findings approved approved_by",
        ),
        "impact": (
            _RUN,
            "tenant id release months asked_at asked_by total state holder next_run_at ended_at settled_at",
        ),
        "impact_case": (_RUN, "tenant impact application_id moved missing found"),
        "web_session": (
            _SESSION,
            "id subject principal purpose begun_at used_at issuer sid refresh confirmed_at asked_at",
        ),
        "webhook": (_HOOK, "tenant id client url secret every created_at switched_off_at switched_off_why"),
    }.items()
    for name in names.split()
}  # fmt: skip
"""Columns that no check tells of, each with the reason or where it is tried."""


@pytest.fixture(scope="module")
def lived(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An office where everything has happened, and something still waits for everybody."""
    folder = tmp_path_factory.mktemp("noticed")
    with new_database(server, folder, tables) as url:
        world = new_world(url, folder, shared_evaluators())
        lived_and_waiting(world)
        yield world
        world.engine.dispose()


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    for table in SQLModel.metadata.sorted_tables:
        yield from ((table, each) for each in table.c)


def vouched_for(connection: Connection, table: Table) -> set[Any]:
    """What the check of the log holds against its entries of a table."""
    of = [one for one in vouched.VOUCHED if one.table.__tablename__ == table.name]
    if of:
        return {row for one in of for row in vouched._rows_of(connection, TENANT, one)}
    if table.name in ("release_file", "publication"):
        return {each for each in vouched.source(connection, TENANT) if not isinstance(each, vouched.TableRow)}
    return set()


def _vouched(table: Table) -> set[str]:
    """The columns of a table that the log vouches for, or by which a row is called in it."""
    of = [one for one in vouched.VOUCHED if one.table.__tablename__ == table.name]
    named = {name for one in of for _, name, *_ in Formatter().parse(one.name) if name}
    return named.union(*((*one.columns, *one.added, one.case) for one in of))


def other(column: Column[Any], value: Any) -> Any:
    """Another value than one of a column."""
    if isinstance(column.type, Sealed):
        return Envelope(bytes(value or b"\x01")[:-1] + b"\x00\x07")
    if isinstance(value, bytes) or isinstance(column.type, LargeBinary):
        return bytes(value or b"") + b"x"
    kind = column.type.python_type if not isinstance(column.type, Moment) else None
    if kind is bool:
        return not value
    if kind is int:
        return (value or 0) + 7_007
    if kind is str:
        return f"{value or ''}x"
    return "2031-03-07 00:00:00.000000" if kind is None else "2031-03-07"


def test_every_column_is_vouched_for_or_somebody_has_said_who_notices(lived: World) -> None:
    unsaid, needless, untried = set(), set(), set()
    for table, column in columns():
        name = f"{table.name}.{column.name}"
        said = name in OWN_CHECK or name in NOT_NOTICED
        with lived.engine.connect() as connection:
            unbound(connection)
            before = vouched_for(connection, table)
            changed = _changed(connection, table, column)
            if not changed:
                untried |= set() if said or column.name in _vouched(table) else {name}
            elif vouched_for(connection, table) != before:
                needless |= {name} if said else set()
            elif not said:
                unsaid.add(name)
            connection.rollback()
    known = {f"{table.name}.{column.name}" for table, column in columns()}
    assert (unsaid, needless, untried) == (set(), set(), set())
    assert {*OWN_CHECK, *NOT_NOTICED} <= known
    assert not OWN_CHECK.keys() & NOT_NOTICED.keys()


def _changed(connection: Connection, table: Table, column: Column[Any]) -> int:
    """Change a column in a row that says something there, or else in any."""
    kept = [type_coerce(each, LargeBinary) if isinstance(each.type, Sealed) else each for each in table.c]
    rows = connection.execute(select(*kept)).mappings().all()
    if (
        table.name == "message"
    ):  # of one kind: a payment is vouched for, and nobody says which row comes first
        rows = [row for row in rows if row["kind"] == "receipt"]
    found = next((row for row in rows if row[column.name] is not None), rows[0] if rows else None)
    if found is None:
        return 0
    value = other(column, found[column.name])
    if isinstance(column.type, Moment) or column.type.python_type.__name__ == "date":
        sets = text(f"UPDATE {table.name} SET {column.name} = '{value}' WHERE {_same(table)}")
        keys = {f"k_{each.name}": found[each.name] for each in table.primary_key}
        return connection.execute(sets, keys).rowcount
    same = [each == found[each.name] for each in table.primary_key]
    return connection.execute(table.update().where(*same).values({column.name: value})).rowcount


def _same(table: Table) -> str:
    return " AND ".join(f"{each.name} = :k_{each.name}" for each in table.primary_key)


WHERE: Mapping[str, str] = {
    "application.next_run_at": "state = 'mottagen'",
    "application.deadline_at": "state = 'mottagen'",
    "application.state": "state = 'hos_handlaggare'",
    "application.person_due_at": "state = 'hos_handlaggare'",
    "application.escalate_at": "state = 'hos_handlaggare'",
    "message.next_attempt_at": "next_attempt_at IS NOT NULL AND error IS NULL",
    "message.delivered_at": "next_attempt_at IS NOT NULL AND kind = 'receipt'",
    "task.claimed_by": "claimed_by IS NOT NULL",
}
"""Which row is changed, where it matters."""


def told(world: World) -> list[str]:
    """What the own check tells."""
    return [*agreement.disagreements(world.office, TENANT), *staff.strange(world.office, TENANT)]


@pytest.mark.parametrize("name", OWN_CHECK)
def test_the_own_check_tells_of_what_the_machine_changes_all_the_time(lived: World, name: str) -> None:
    assert told(lived) == []
    before = _rows(lived, name)
    of, column = _of(name)
    (first, *_) = _rows(lived, name, WHERE.get(name, "1 = 1"))
    with lived.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {of.name} SET {column} = {OWN_CHECK[name]} WHERE {_same(of)}"), first[0]
        )
    assert told(lived) != []
    after = _rows(lived, name)
    ((now, _),) = [each for each in after if each not in before]
    ((_, value),) = [each for each in before if each not in after]
    with lived.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {of.name} SET {column} = :was WHERE {_same(of)}"), {**now, "was": value}
        )
    assert told(lived) == []


def _of(name: str) -> tuple[Table, str]:
    table, _, column = name.partition(".")
    return SQLModel.metadata.tables[table], column


def _rows(lived: World, name: str, where: str = "1 = 1") -> list[tuple[dict[str, Any], Any]]:
    """The keys of rows, and what a column says, as the database has it."""
    of, column = _of(name)
    keys = [each.name for each in of.primary_key]
    query = f"SELECT {', '.join(keys)}, {column} AS said FROM {of.name} WHERE {where}"
    with lived.engine.connect() as connection:
        found = connection.execute(text(query)).mappings().all()
    return [({f"k_{key}": row[key] for key in keys}, row["said"]) for row in found]
