"""What an earlier version sealed of participants in a way of its own is sealed as all else, once, and only
where it is what the log vouches for."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import SQLModel

from audit import sealed
from audit.errors import RowError
from decision_service.log import journal, vouched
from decision_service.planning import participants, resealing
from decision_service.planning.participants import all_attendance, opened, opened_month
from decision_service.planning.resealing import FORMER, reseal
from decision_service.store.database import transaction
from decision_service.store.sealed import Envelope
from decision_service.store.sealing import seal_what_is_clear
from decision_service.store.tables import AttendanceRow, ParticipantRow, UnsealedRow
from tests.world.office import World
from tests.world.people import TENANT, personal_number
from tests.world.planning import attending

Said = dict[str, tuple[object, list[object]]]
TABLES = (ParticipantRow, AttendanceRow)


def said(world: World) -> Said:
    """What is read of every participant."""
    found: Said = {}
    with transaction(world.engine) as session:
        for number in range(1, 6):
            row = participants.known_as(world.office, session, TENANT, personal_number(number))
            assert row is not None
            months = all_attendance(world.office, session, TENANT, row.case_id)
            found[row.case_id] = (opened(row), [opened_month(each) for each in months])
    return found


def as_before(world: World) -> None:
    """Make every row one of the version before: the log vouches for the hash of what is sealed."""
    with transaction(world.engine) as session:
        connection = session.connection()
        for kind in TABLES:
            table = SQLModel.metadata.tables[str(kind.__tablename__)]
            known = next(each for each in vouched.VOUCHED if each.table is kind)
            for row in connection.execute(select(table)).mappings().all():
                name = known.name.format_map(row)
                content = sealed.seal(
                    connection, world.keys, TENANT, row["case_id"], name, row["document"].encode()
                )
                was = known.of({**row, "document": hashlib.sha256(content).hexdigest()})
                assert was is not None
                entry = journal.planned(row["case_id"], world.clock(), journal.MACHINE, "plan", {})
                world.office.log.append_all(
                    connection, TENANT, [replace(entry, rows={was.name: was.content})]
                )
                put(connection, table, row, FORMER + content)
            connection.execute(insert(UnsealedRow).values(name=table.name))


def put(connection: Any, table: Any, row: Any, content: bytes) -> None:
    own = [each == row[each.name] for each in table.primary_key]
    connection.execute(update(table).where(*own).values(document=Envelope(content)))


class CutError(Exception):
    """The process ended here."""


def test_every_row_is_sealed_anew_once_however_often_it_is_cut_short(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        attending(world, number)
    before = said(world)
    as_before(world)
    with pytest.raises(RowError):
        said(world)
    monkeypatch.setattr(resealing, "BATCH", 2)
    again, left = resealing._again, 0

    def cut(*given: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise CutError
        again(*given)

    monkeypatch.setattr(resealing, "_again", cut)
    starts, ended = 0, False
    while not ended:
        starts, left = starts + 1, 4
        with suppress(CutError):
            reseal(world.engine, world.office.log, world.keys, world.clock)
            ended = True
    assert starts > 2
    assert said(world) == before
    assert seal_what_is_clear(world.engine, world.keys, world.office.keyed) == 0
    assert reseal(world.engine, world.office.log, world.keys, world.clock) == 0
    world.whole()


def test_what_the_log_does_not_vouch_for_stays_closed(world: World) -> None:
    """A goal that somebody has put in another's place, and content that no key opens."""
    for number in range(1, 6):
        attending(world, number)
    before = said(world)
    as_before(world)
    table = SQLModel.metadata.tables["participant"]
    first, second, *rest = before
    with world.engine.begin() as connection:
        content = sealed.seal(connection, world.keys, TENANT, first, "participation", b"{}")
        put(connection, table, _row(connection, table, first), FORMER + content)
        put(connection, table, _row(connection, table, second), FORMER + b"x" * 40)
    assert reseal(world.engine, world.office.log, world.keys, world.clock) == 10
    with transaction(world.engine) as session:
        for case in (first, second):
            with pytest.raises(RowError, match="går inte att läsa"):
                participants.find(world.office, session, TENANT, case)
        for case in rest:
            row = participants.find(world.office, session, TENANT, case)
            assert opened(row) == before[case][0]


def _row(connection: Any, table: Any, case: str) -> Any:
    own = [each for each in table.c if each.name != "document"]
    return connection.execute(select(*own).where(table.c.case_id == case)).mappings().one()
