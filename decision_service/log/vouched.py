"""The rows that the log vouches for: none is written without an entry that commits to what it says.

``append`` is how casework logs: it finds the rows that the session has changed and lets the entries vouch for
them. A session that would commit a changed row without an entry raises instead, so that nobody can forget
it. ``require`` refuses a row that is not the logged one, ``source`` hands all rows to the check of the log.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Executable,
    LargeBinary,
    String,
    bindparam,
    collate,
    event,
    exists,
    inspect,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import defer
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

import audit
from audit import EntryKind
from audit import tables as log_tables
from audit.errors import RowError
from audit.rows import File, TableRow, publication_of, require_logged
from decision_service.log import publications
from decision_service.log.vouched_tables import OF_TABLE, VOUCHED, VouchedTable, names_of, read_each_time
from decision_service.reading.said import said_in
from decision_service.store import together
from decision_service.store.sealed import Keyring, Sealed, closed, keyring_of
from decision_service.store.tables import MessageRow, PublicationRow, ReleaseFileRow

_say = said_in(__file__)


class UnloggedError(RuntimeError):
    """Rows that the log must vouch for were changed, and no entry does. The fault is ours."""


def append(
    log: audit.Log, session: Session, tenant: str, entries: Sequence[audit.Entry], *rows: SQLModel
) -> list[audit.Appended]:
    """Log what has happened, and let the entries vouch for every row that the session has changed, and for
    ``rows``, which it will. Holds the municipality's log until the transaction ends, so call it last."""
    session.flush()
    pending: _Pending = session.info.setdefault(_PENDING, {})
    for each in rows:
        pending |= {row[:2]: (row, one.by) for one, row in _all_of(each)}
    of_case: dict[str | None, list[int]] = {}
    for at, entry in enumerate(entries):
        of_case.setdefault(entry.case, []).append(at)
    more: dict[int, dict[str, bytes | None]] = {}
    for row, by in list(pending.values()):
        fit = [at for at in of_case.get(row.case, ()) if by in (None, entries[at].kind)]
        if fit:
            more.setdefault(fit[-1], {})[row.name] = row.content
            session.info.setdefault(_LOGGED, set()).add(row)
            del pending[row[:2]]
    written = [
        replace(entry, rows={**entry.rows, **more[at]}) if at in more else entry
        for at, entry in enumerate(entries)
    ]
    return log.append_all(session.connection(), tenant, written)


def write(session: Session, *rows: SQLModel) -> None:
    """Write new rows as ``together.write`` does; an entry must vouch for them as for all that a session
    writes."""
    together.write(session, *rows)
    _note(session, chain.from_iterable(map(_all_of, rows)))


def require(keys: audit.KeyStore, session: Session, tenant: str, *rows: SQLModel | None) -> None:
    """Raise audit.errors.RowError unless each row is the one that the log vouches for."""
    found = [each for row in rows if row is not None for each in _all_of(row)]
    kinds = {one.by for one, _ in found}
    connection = session.connection()
    require_logged(
        connection,
        keys,
        tenant,
        [row for _, row in found],
        [] if None in kinds else [kind.value for kind in kinds if kind is not None],
    )


def of_applications(
    session: Session, tenant: str, applications: Sequence[str], but: type[SQLModel] | None = None
) -> Iterator[SQLModel]:
    """Every row that belongs to one of some applications of a municipality, and is shown with it; ``but``
    those of a table."""
    session.flush()
    wanted = {"tenant": tenant, "applications": list(applications)}
    with_rows = session.connection().execute(_WITH_ROWS, wanted).all()
    for (number,) in with_rows:
        table = _OF_APPLICATIONS[number]
        if table is but:
            continue
        columns = table.metadata.tables[str(table.__tablename__)].c
        unread = [defer(getattr(table, each.name)) for each in columns if isinstance(each.type, LargeBinary)]
        belongs = columns.tenant == tenant, columns.application_id.in_(applications)
        yield from session.exec(select_rows(table).where(*belongs).options(*unread))


_OF_APPLICATIONS = [
    *dict.fromkeys(
        one.table for one in VOUCHED if one.case == "application_id" and one.table is not MessageRow
    )
]


def _with_rows() -> Executable:
    """Which of those tables have a row of some applications, by number: a dozen are empty for most, and to
    ask each costs more than all else that is done here."""
    tenant = bindparam("tenant", type_=String())
    wanted: BindParameter[Any] = bindparam("applications", expanding=True)
    columns = [table.metadata.tables[str(table.__tablename__)].c for table in _OF_APPLICATIONS]
    return union_all(
        *(
            select(literal_column(str(number))).where(
                exists().where(of.tenant == tenant, of.application_id.in_(wanted))
            )
            for number, of in enumerate(columns)
        )
    )


_WITH_ROWS = _with_rows()


def source(connection: Connection, tenant: str) -> Iterator[TableRow | File]:
    """Every row of a municipality that the log must vouch for, and the files of the releases; none in a
    database that has only a log."""
    known = set(inspect(connection).get_table_names())
    for one in VOUCHED:
        if one.table.__tablename__ in known:
            yield from _rows_of(connection, tenant, one)
    yield from _came_back(connection, tenant, known)
    if ReleaseFileRow.__tablename__ in known:
        columns = col(ReleaseFileRow.release), col(ReleaseFileRow.name), col(ReleaseFileRow.content)
        for release, name, content in connection.execute(select(*columns)):
            yield File(release, name, hashlib.sha256(content.encode()).digest())
    if PublicationRow.__tablename__ in known:
        for row in publications.rows_of(connection, tenant):
            yield publication_of(row.release, publications.said(row))


def opened_column(connection: Connection, tenant: str, table: type[SQLModel], name: str) -> Iterator[str]:
    """What a sealed column of a municipality's rows says, where it says something and can be opened."""
    of = table.metadata.tables[str(table.__tablename__)]
    keyring, query = keyring_of(connection), select(_as_kept(of.c[name])).where(of.c.tenant == tenant)
    for kept in connection.execute(query.execution_options(yield_per=500)).scalars():
        said = _opened(keyring, of.c[name], kept)
        if isinstance(said, str):
            yield said


def by_case(connection: Connection, tenant: str) -> Iterator[tuple[str, list[TableRow]]]:
    """Every row of a municipality that the log must vouch for, case by case; no more than a case is held."""
    sorted_rows = [_rows_of(connection, tenant, one, in_order=True) for one in VOUCHED]
    case = attrgetter("case")
    for name, rows in groupby(heapq.merge(*sorted_rows, key=case), key=case):
        yield name, list(rows)


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    return closed(column, column.type).label(column.name) if isinstance(column.type, Sealed) else column


def _opened(keyring: Keyring | None, column: Column[Any], value: Any) -> Any:
    """What a column says, and of what cannot be opened only that it is there: no entry vouches for that."""
    if not isinstance(column.type, Sealed) or value is None:
        return value
    try:
        return column.type.opened(value, keyring) if keyring is not None else _NOT_READ
    except RowError:
        return _NOT_READ


_NOT_READ: Mapping[str, Any] = {}


_BY_BYTES = {"sqlite": "BINARY", "postgresql": "C"}
"""The collation in which a database sorts names as Python does."""


def _rows_of(
    connection: Connection, tenant: str, one: VouchedTable, *, in_order: bool = False
) -> Iterator[TableRow]:
    """What there is of one kind of row; ``in_order``: by case."""
    columns, keyring = one.table.metadata.tables[str(one.table.__tablename__)].c, keyring_of(connection)
    query = _query(one, _BY_BYTES[connection.dialect.name] if in_order else None)
    for found in connection.execute(query, {"of": tenant}).mappings():
        row = one.of({name: _opened(keyring, columns[name], value) for name, value in found.items()})
        if row is not None:
            yield row


@cache
def _query(one: VouchedTable, in_order_of: str | None) -> Executable:
    """What reads one kind of row of a municipality; by case, where there is a collation to sort in."""
    table = one.table.metadata.tables[str(one.table.__tablename__)]
    columns, named = table.c, {"kind", *one.columns, *one.added, one.case, *table.primary_key.c.keys()}
    wanted = [each for each in read_each_time(columns) if each.name in named]
    query = select(*map(_as_kept, wanted)).where(columns.tenant == bindparam("of"))
    if one.kind is not None:
        query = query.where(columns.kind == one.kind)
    if in_order_of is not None:
        query = query.order_by(collate(columns[one.case], in_order_of))
    return query.execution_options(yield_per=500)


def _came_back(connection: Connection, tenant: str, known: Collection[str]) -> Iterator[TableRow]:
    """What is there of applications that are deleted, in tables that no entry vouches for."""
    for name, query in _of_deleted():
        if name in known:
            for case in connection.scalars(query, {"of": tenant}):
                yield TableRow(case, name, b"")


@cache
def _of_deleted() -> Sequence[tuple[str, Executable]]:
    """What reads the deleted cases of a municipality that a table has rows of, for each such table."""
    whole = {one.table.__tablename__ for one in VOUCHED if one.kind is None and not one.but}
    deleted, found = log_tables.case.c, []
    for table in SQLModel.metadata.sorted_tables:
        if table.name in whole or "application_id" not in table.c:
            continue
        at = (deleted.tenant == table.c.tenant) & (deleted.case_id == table.c.application_id)
        of = table.c.tenant == bindparam("of"), deleted.deleted_seq.is_not(None)
        query = select(table.c.application_id).join(log_tables.case, at).where(*of)
        found.append((table.name, query.distinct()))
    return found


_PENDING, _LOGGED = "rows without an entry", "rows with one"
_Pending = dict[tuple[str, str], tuple[TableRow, EntryKind | None]]
"""Of each case and name the row as it is now, and the kind of entry that vouches for it."""


def _all_of(row: SQLModel, *, changed: bool = False) -> Iterator[tuple[VouchedTable, TableRow]]:
    """What a row is in the log; ``changed``: only what has changed in it since it was read, and what it is
    no more."""
    said: dict[str, Any] = {}
    for one in OF_TABLE.get(type(row), ()):
        if changed and not _changed(row, (*one.columns, *one.added)):
            continue
        said = said or {name: getattr(row, name) for name in names_of(one.table)}
        found = one.of(said)
        if found is None and changed:
            found = one.gone(row)
        if found is not None:
            yield one, found


def _taken_away(row: SQLModel) -> Iterator[tuple[VouchedTable, TableRow]]:
    """What of a row that is deleted the log must say is no more."""
    for one, _ in _all_of(row):
        if (gone := one.gone(row)) is not None:
            yield one, gone


def _changed(row: SQLModel, columns: Iterable[str]) -> bool:
    state = inspect(row)
    # What nobody has set is not among what was there before, and has no history worth the asking.
    set_since = state.committed_state.keys() & columns
    return any(state.attrs[name].history.has_changes() for name in set_since)


def _note_changed(session: Session, _context: object) -> None:
    """Note what a flush writes."""
    written = [_all_of(row, changed=row not in session.new) for row in (*session.new, *session.dirty)]
    _note(session, chain.from_iterable([*written, *map(_taken_away, session.deleted)]))


def _note(session: Session, written: Iterable[tuple[VouchedTable, TableRow]]) -> None:
    """Note the rows that are written and that no entry vouches for yet."""
    logged = session.info.get(_LOGGED, ())
    for one, found in written:
        if found not in logged:
            session.info.setdefault(_PENDING, {})[found[:2]] = found, one.by


def _refuse_unlogged(session: Session) -> None:
    session.flush()
    if pending := session.info.get(_PENDING):
        names = ", ".join(f"{name} i {case}" for case, name in pending)
        raise UnloggedError(_say("nothing_written", vad=names))


event.listen(Session, "after_flush", _note_changed)
event.listen(Session, "before_commit", _refuse_unlogged)
