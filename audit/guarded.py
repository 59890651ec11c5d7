"""Are the tables tables, of this version, with the guards that this program gives them?

Whoever may drop triggers gets past them. What was done meanwhile the rest of the check tells; that they are
gone is told here.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, select, text

from audit import tables


def faults(connection: Connection) -> list[str]:
    """What is wrong, in Swedish. On SQLite the file is gone through too: whether every index has every row of
    its table, which no question shows that an index answers. It takes seconds for a year."""
    found = []
    version = connection.scalar(select(tables.schema.c.version))
    if version != tables.SCHEMA_VERSION:
        found.append(f"Loggens tabeller säger version {version}, men programmet har {tables.SCHEMA_VERSION}.")
    read = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for name, (is_table, guards) in read(connection).items():
        if not is_table:
            found.append(f"{name} är ingen tabell.")
        elif guards != _expected(name, connection.dialect.name):
            found.append(f"Spärrarna på {name} saknas eller är ändrade.")
    if connection.dialect.name == "postgresql" and _lock_function(connection) != _body(tables.LOCK_FUNCTION):
        found.append("Funktionen audit_lock, som läser loggens slut, saknas eller är ändrad.")
    if connection.dialect.name == "sqlite":
        said = connection.scalars(text(f"PRAGMA integrity_check({_MOST})")).all()
        found += [f"Databasens egen kontroll säger: {one}." for one in said if one != "ok"]
    return found


_MOST = 5
"""Faults that the database tells of."""


def _lock_function(connection: Connection) -> str | None:
    its = text("SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('audit_lock(text, text)')")
    found: str | None = connection.scalar(its)
    return found


def _body(made: str) -> str:
    """What a function does, from the statement that makes it."""
    (found,) = re.findall(r"\$\$(.*)\$\$", made, re.DOTALL)
    return str(found)


def _expected(table: str, dialect: str) -> set[str]:
    statements = tables.guards(table, dialect)
    if dialect == "sqlite":
        return set(statements)
    (body,) = (match[1] for one in statements if (match := re.search(r"_guard\(\).*?\$\$ (.*) \$\$", one)))
    return {body.strip(), f"{table}_row", f"{table}_truncate"}


def _sqlite(connection: Connection) -> dict[str, tuple[bool, set[str]]]:
    made = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()
    return {
        table.name: (
            any((one.type, one.name) == ("table", table.name) for one in made),
            {one.sql for one in made if (one.type, one.tbl_name) == ("trigger", table.name)},
        )
        for table in tables.PROTECTED
    }


def _postgresql(connection: Connection) -> dict[str, tuple[bool, set[str]]]:
    kinds = text("SELECT relkind FROM pg_class WHERE oid = to_regclass(:name)")
    guards = text(
        "SELECT t.tgname, p.prosrc, t.tgenabled FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = to_regclass(:name) AND NOT t.tgisinternal"
    )
    found = {}
    for table in tables.PROTECTED:
        words = {"name": table.name}
        rows = [row for row in connection.execute(guards, words).all() if row.tgenabled in ("O", b"O")]
        said = {row.tgname for row in rows} | {row.prosrc.strip() for row in rows}
        found[table.name] = (connection.scalar(kinds, words) in ("r", b"r"), said)
    return found
