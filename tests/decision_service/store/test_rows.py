"""A row of any table is made as SQLModel makes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import Session, SQLModel, create_engine, select

from decision_service.store import tables
from decision_service.store.tables.row import StoredRow

TABLES = sorted((each.class_ for each in StoredRow._sa_registry.mappers), key=lambda each: str(each.__name__))


def by_sqlmodel(table: type[SQLModel], given: dict[str, Any]) -> SQLModel:
    row: SQLModel = manager_of_class(table).new_instance()
    SQLModel.__init__(row, **given)
    return row


def said(row: SQLModel) -> dict[str, Any]:
    own = ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
    columns = {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
    return {**columns, **{name: getattr(row, name) for name in own}}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_as_sqlmodel_makes_it(table: type[SQLModel]) -> None:
    assert issubclass(table, StoredRow)
    assert table.__name__ in tables.__all__
    fields = table.model_fields
    for names in (fields, [name for name, each in fields.items() if each.is_required()], ()):
        given = {name: f"what {name} is" for name in names}
        assert said(table(**given)) == said(by_sqlmodel(table, given))


@pytest.mark.parametrize("table", TABLES)
def test_what_rows_share_cannot_change(table: type[SQLModel]) -> None:
    assert all(hash(each.default) is not None for each in table.model_fields.values())
    assert all(each.default_factory is None for each in table.model_fields.values())


def test_a_row_has_no_columns_but_its_own() -> None:
    with pytest.raises(TypeError, match=r"^NoteRow has no on, whom$"):
        tables.NoteRow(by="x", whom="y", on="z")  # type: ignore[call-arg]


def test_a_row_takes_the_place_of_one_that_is_deleted_with_it() -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.tables["receiver"].create(engine)
    since = datetime(2026, 11, 1, tzinfo=UTC)
    with Session(engine) as session:
        first = tables.ReceiverRow(name="0001 x", failures=3, failing_since=since, error="first")
        session.add(first)
        session.commit()
        session.delete(first)
        session.add(tables.ReceiverRow(name="0001 x", failures=1, failing_since=since, error="second"))
        session.commit()
        session.expire_all()
        (found,) = session.exec(select(tables.ReceiverRow)).all()
        assert (found.failures, found.error) == (1, "second")
