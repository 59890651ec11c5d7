"""Every key of the database says which municipality, as one that is divided between machines asks for; the
tables that all share are told by name, as the documentation has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Inspector, inspect, text
from sqlalchemy.exc import IntegrityError

from audit import tables as log_tables
from decision_service.store.database import migrate, open_engine
from decision_service.store.tables import ApplicationRow
from tests.world.cases import ROOT

OF_THE_DATABASE = {"audit_schema", "schema_version"}
"""Which version the tables have."""
SHARED = {"known_key", "receiver", "release_file", "sweep", "unsealed", "web_session", "witnessed"}
"""Tables of the whole installation."""
OF_THE_QUEUE = "pgqueuer"
"""How the names of the tables begin that its library makes."""


@pytest.fixture
def catalogue(filled_url: URL) -> Iterator[Inspector]:
    """What a database says of its own tables when it has been brought to this version."""
    engine = open_engine(filled_url)
    yield inspect(engine)
    engine.dispose()


def test_every_key_says_which_municipality(catalogue: Inspector) -> None:
    tables = {each for each in catalogue.get_table_names() if not each.startswith(OF_THE_QUEUE)}
    ours = {*ApplicationRow.metadata.tables, *log_tables.entry.metadata.tables} | OF_THE_DATABASE
    assert tables == ours
    assert {each for each in tables if "tenant" not in _columns(catalogue, each)} == SHARED | OF_THE_DATABASE
    for table in tables - SHARED - OF_THE_DATABASE:
        assert not _columns(catalogue, table)["tenant"], table
        keys = [
            catalogue.get_pk_constraint(table)["constrained_columns"],
            *(each["column_names"] for each in catalogue.get_unique_constraints(table)),
            *(each["column_names"] for each in catalogue.get_indexes(table) if each["unique"]),
        ]
        assert [key for key in keys if key[:1] != ["tenant"]] == [], table
        for each in catalogue.get_foreign_keys(table):
            named = dict(zip(each["constrained_columns"], each["referred_columns"], strict=True))
            assert named["tenant"] == "tenant", (table, each)


def _columns(catalogue: Inspector, table: str) -> dict[str, bool]:
    """The columns of a table, and whether they may be empty."""
    return {each["name"]: each["nullable"] for each in catalogue.get_columns(table)}


def test_what_the_installation_shares_is_what_the_documentation_says() -> None:
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    shared = re.search(r"\| gemensam tabell \| .*?\n\n", told, re.DOTALL)
    assert shared is not None
    named = [each.partition(" | ")[0] for each in shared[0].splitlines()]
    assert set(re.findall(r"`(\w+)`", " ".join(named))) == SHARED | OF_THE_DATABASE


@pytest.mark.slow
def test_a_row_belongs_to_a_case_of_its_own_municipality(database_url: URL) -> None:
    """And two municipalities may have the same id."""
    engine = open_engine(database_url)
    migrate(engine)
    made = text(
        "INSERT INTO application (tenant, id, case_number, month, state, version, received_at, deadline_at,"
        " person_due_at, escalation, attempts, assessments, adapter, client, protected, content_at, content)"
        " VALUES (:tenant, 'a', '1', '2026-11', 'mottagen', 1, :now, :now, :now, 0, 0, 0, '', '', false,"
        " :now, :content)"
    )
    words = {"now": "2026-11-01 00:00:00", "content": b""}
    person = text(
        "INSERT INTO party (tenant, application_id, person, adult, dead)"
        " VALUES (:tenant, 'a', 'p', true, false)"
    )
    with engine.begin() as connection:
        for tenant in ("0180", "1287"):
            connection.execute(made, words | {"tenant": tenant})
            connection.execute(person, {"tenant": tenant})
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(person, {"tenant": "1384"})
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("DELETE FROM application WHERE tenant = '0180'"))
    engine.dispose()
