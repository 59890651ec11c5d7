"""Columns whose content is sealed under the case's key: clear in the program, closed in the database.

The case's key, itself closed by a key that is not in the database, comes along with whatever is selected, so
that a row can be opened wherever it is read, and cannot once its case is deleted. Rows are sealed when a
session writes them. Anything else that would write clear text into such a column is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, NoReturn, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Label,
    LargeBinary,
    TypeDecorator,
    event,
    func,
    inspect,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Mapper, Session, SessionTransaction, object_session

from audit import sealed as under_case_key
from audit import tables as log_tables
from audit import vault
from audit.errors import AuditError, RowError
from audit.keys import KeyStore
from audit.packed import pack, unpack
from decision_service.reading.said import said_in

_say = said_in(__file__)

SEALED = b"\x01"
"""How sealed content begins. No text does."""
_ROW_ENDS = b"\n"
_KEY_ID, _WRAPPED = 8, 60
"""Bytes of a wrapping key's name and of a case's key as it is kept."""


class Sealed(TypeDecorator[Any]):
    """Text, or a whole number, that is sealed under the key of the case which the column ``case`` names, for
    the column that is called ``place``, with its table. ``row``: the column by which rows of one case are
    told apart, where the log does not vouch for what each says."""

    impl = LargeBinary
    cache_ok = True

    def __init__(
        self, kind: type[str] | type[int] = str, case: str = "application_id", row: str = "", place: str = ""
    ) -> None:
        super().__init__()
        self.kind, self.case, self.row, self.place = kind, case, row, place

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """What is selected in its place: see ``closed``."""
        return type_coerce(closed(column, self), self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or isinstance(value, Envelope):
            return value
        raise UnsealedError("clear text in a sealed column: write the row through a session")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Raises RowError for what cannot be opened."""
        return None if value is None else self.opened(value, _keyring(dialect))

    def opened(self, value: bytes, keyring: Keyring) -> Any:
        """What sealed content says. Raises RowError for what cannot be opened."""
        named = b""
        if self.row:
            named, _, value = value.partition(_ROW_ENDS)
        return self.kind(_opened(keyring, value, self.place, self.of_row(named.decode())).decode())

    def of_row(self, named: str) -> str:
        """What content is sealed for in a row that is called so."""
        return f"{self.place}/{sha256(named.encode()).hexdigest()[:32]}" if self.row else self.place


def closed(column: ColumnElement[Any], type_: Sealed) -> ColumnElement[bytes]:
    """The case's key as it is kept, and the sealed content after it; before both the row, where rows are told
    apart."""
    if isinstance(column, Label):
        return closed(column.element, type_)
    table = cast(Column[Any], column).table
    key: ColumnElement[Any] = func.coalesce(kept_key(table, type_.case), literal_column("''"))
    if type_.row:
        key = as_type(table.c[type_.row] + _ROW_ENDS.decode(), LargeBinary).op("||")(key)
    return as_type(key.op("||")(column), LargeBinary)


def kept_key(table: Any, case: str) -> ColumnElement[Any]:
    """The key, as it is kept, of the case that a column of a table names; none where the case has none."""
    of = log_tables.case.alias()
    key = (
        select(as_type(of.c.wrapping_key, LargeBinary).op("||")(of.c.wrapped))
        .where(of.c.tenant == table.c.tenant, of.c.case_id == table.c[case])
        .correlate(table)
        .scalar_subquery()
    )
    return as_type(key, LargeBinary)


class Envelope(bytes):
    """Sealed content on its way to the database, and what it says."""

    clear: Any


class UnsealedError(RuntimeError):
    """Clear text would have been written where all is sealed, or read without keys. The fault is ours."""


def sealed(
    kind: type[str] | type[int] = str, *, case: str = "application_id", row: str = "", nullable: bool = False
) -> Column[Any]:
    """A column that tells of a person. ``case`` is the column that says whose key it is sealed under, ``row``
    the one that says for which row."""
    column = Column[Any](Sealed(kind, case, row), nullable=nullable)
    event.listen(column, "after_parent_attach", _take_place)
    return column


def _take_place(column: Column[Any], table: Any) -> None:
    """What is sealed for one column is not read in another, though it be of the same case."""
    of = cast(Sealed, column.type)
    column.type = Sealed(of.kind, of.case, of.row, f"{table.name}.{column.name}")


@dataclass(frozen=True, eq=False)
class Keyring:
    """The keys that an engine's content is sealed with; cases' keys are remembered as they were opened."""

    keys: KeyStore

    @lru_cache(4096)  # noqa: B019 - as long as the engine
    def case_key(self, tenant: str, case: str, kept: bytes) -> bytes:
        """Raises VaultError, KeyFileError."""
        return vault.unwrap(self.keys, tenant, case, kept[:_KEY_ID].decode(), kept[_KEY_ID:])


_KEYRINGS: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def use_keys(engine: Engine, keys: KeyStore) -> Engine:
    """Let everything that an engine reads be opened, and what its sessions write be sealed."""
    _KEYRINGS[engine.dialect] = Keyring(keys)
    return engine


def keyring_of(connection: Connection) -> Keyring | None:
    """What opens what is sealed here; None where nobody has given the keys."""
    return _KEYRINGS.get(connection.dialect)


def _keyring(dialect: Dialect) -> Keyring:
    if dialect not in _KEYRINGS:
        raise UnsealedError("the database was opened without keys, and what is sealed cannot be read")
    return _KEYRINGS[dialect]


def envelope(connection: Connection, key: bytes, tenant: str, case: str, name: str, clear: Any) -> Envelope:
    """What the database keeps of a value of a case, sealed for ``name``: see ``Sealed.of_row``."""
    packed = pack(str(clear).encode())
    place = f"{tenant}/{case}/{name}".encode()
    found = Envelope(SEALED + bytes([len(place)]) + place + vault.encrypt(key, packed, place))
    found.clear = clear
    return found


def _opened(keyring: Keyring, value: bytes, column: str, of_row: str) -> bytes:
    """``column`` and ``of_row`` say what it may have been sealed for; an earlier version said no row."""
    if value.startswith(SEALED):
        _refuse(_say("deleted"))
    wrapped, rest = value[: _KEY_ID + _WRAPPED], value[_KEY_ID + _WRAPPED :]
    if not rest.startswith(SEALED):
        _refuse(_say("not_sealed"))
    try:
        end = 2 + rest[1]
        place = rest[2:end]
        tenant, case, name = place.decode().split("/", 2)
        if name not in (column, of_row):
            raise ValueError(_say("sealed_for_another", namn=name, annat=of_row))
        key = keyring.case_key(tenant, case, wrapped)
        return unpack(vault.decrypt(key, rest[end:], place, name))
    except (AuditError, ValueError, IndexError) as error:
        _refuse(str(error))


def _refuse(why: str) -> NoReturn:
    raise RowError(_say("unreadable", varför=why))


# --- what a session writes

_OF_TRANSACTION = "case keys of the transaction"


@cache
def sealed_columns(mapper: Mapper[Any]) -> Sequence[tuple[str, Sealed]]:
    """The columns of a table that are sealed, by name."""
    return [(each.name, each.type) for each in mapper.local_table.c if isinstance(each.type, Sealed)]


def _seal(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """Put what the database is to keep in the place of what the row says."""
    state = inspect(row)
    for name, type_ in sealed_columns(mapper):
        clear = row.__dict__.get(name)
        if clear is None or (state.persistent and not state.attrs[name].history.has_changes()):
            continue
        row.__dict__[name] = as_kept(object_session(row), connection, row, name, type_, clear)


def as_kept(
    session: Session | None, connection: Connection, row: Any, name: str, type_: Sealed, clear: Any
) -> Envelope:
    """What the database is to keep of what a sealed column of a row says."""
    case = getattr(row, type_.case)
    key = key_for(session, connection, row.tenant, case)
    named = str(getattr(row, type_.row)) if type_.row else ""
    return envelope(connection, key, row.tenant, case, type_.of_row(named), clear)


def _show_again(mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
    for name, _ in sealed_columns(mapper):
        if isinstance(kept := row.__dict__.get(name), Envelope):
            row.__dict__[name] = kept.clear


def key_for(session: Session | None, connection: Connection, tenant: str, case: str) -> bytes:
    """A case's key, looked up once in a transaction: another may not have it if this one is rolled back."""
    known = session.info.setdefault(_OF_TRANSACTION, {}) if session is not None else {}
    if (tenant, case) not in known:
        keys = _keyring(connection.dialect).keys
        known[tenant, case] = under_case_key.case_key(connection, keys, tenant, case)
    return cast(bytes, known[tenant, case])


def give_keys(session: Session, tenant: str, cases: Sequence[str]) -> None:
    """The keys of cases that are about to begin, for all that this transaction writes of them."""
    connection = session.connection()
    keys = _keyring(connection.dialect).keys
    known = session.info.setdefault(_OF_TRANSACTION, {})
    for case, key in under_case_key.new_case_keys(connection, keys, tenant, cases).items():
        known[tenant, case] = key


def remember_key(session: Session, tenant: str, case: str, kept: bytes | None) -> None:
    """Seal what this transaction writes of a case under the key that it has read of it as it is ``kept``, and
    ask no more for it. Nobody else may change the case meanwhile."""
    if kept is not None:
        known = session.info.setdefault(_OF_TRANSACTION, {})
        known[tenant, case] = _keyring(session.connection().dialect).case_key(tenant, case, bytes(kept))


def _forget_keys(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None or ended.nested:  # and not a flush, which is one within
        session.info.pop(_OF_TRANSACTION, None)


for _when in ("before_insert", "before_update"):
    event.listen(Mapper, _when, _seal)
for _when in ("after_insert", "after_update"):
    event.listen(Mapper, _when, _show_again)
event.listen(Session, "after_transaction_end", _forget_keys)
