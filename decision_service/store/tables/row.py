"""What every table's rows are: as SQLModel has them, and made in a quarter of the time."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import SQLModel


class StoredRow(SQLModel):
    """A row as it is made: what is given, and defaults for the rest, are in place at once.

    SQLModel would set each of them as a change, by way of pydantic and of SQLAlchemy, which costs more than
    writing the row. A row that is not in the database yet is written from what it says, so nothing need be
    known of how it came to say it; what is changed later is noted as ever. Only one that takes the place of a
    row that is deleted with it is written as changes of that.
    """

    def __init__(self, **given: Any) -> None:
        names, defaults = _columns(type(self))
        if unknown := given.keys() - names:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        self.__dict__.update(defaults | given)
        object.__setattr__(self, "__pydantic_fields_set__", {*given})


@cache
def _columns(table: type[SQLModel]) -> tuple[frozenset[str], dict[str, Any]]:
    """The names of a table's columns, and what those are that need not be given. All of it is immutable, so
    that rows may share it."""
    fields = table.model_fields
    defaults = {name: each.get_default() for name, each in fields.items() if not each.is_required()}
    return frozenset(fields), defaults


def _note_replaced(session: Session, *_: object) -> None:
    """All that new rows say is a change to those whose place they take: nothing of it would be written else,
    and the log would vouch for what is not there."""
    for row in session.new if session.deleted else ():
        if isinstance(row, StoredRow):
            for name in _columns(type(row))[0] & vars(row).keys():
                flag_modified(row, name)


event.listen(Session, "before_flush", _note_replaced)
