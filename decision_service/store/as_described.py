"""Are the tables the ones that the program describes, and nothing that stands in their place?

Whoever can change the tables' own description could put a view or a policy that leaves a case out where a
table is, let an index forget a row, take away what makes a second decision impossible, let a second row take
the place of the first, or say anew when two texts are alike. No row says so.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from audit import tables as log_tables
from decision_service.reading.said import said_in
from decision_service.store.tables import ApplicationRow

_say = said_in(__file__)


def faults(connection: Connection) -> list[str]:
    """What is wrong, in Swedish; nothing in a database that has only a log."""
    sqlite = connection.dialect.name == "sqlite"
    found = _sqlite(connection) if sqlite else _postgresql(connection)
    if not connection.dialect.has_table(connection, "application"):
        return []
    return [*dict.fromkeys([*found, *_otherwise(connection), *_keys(connection)])]


_SERVICE = ApplicationRow.metadata
"""Of every table of the service: with one all are there."""
_OURS = _SERVICE.tables.keys() | log_tables.metadata.tables.keys()


def _sqlite(connection: Connection) -> Iterator[str]:
    """Tables with pages of their own, on which nothing acts by itself, made as our statements make them."""
    made = connection.execute(text("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master")).all()
    plain = {one.name for one in made if one.type == "table" and one.rootpage}
    for name in sorted(_OURS - plain):
        yield _say("no_table", vad=name)
    for one in sorted(made, key=lambda one: one.tbl_name):
        if one.type == "trigger" and one.tbl_name in _SERVICE.tables:
            yield _say("acts_by_itself", tabell=one.tbl_name)
        elif one.type != "trigger" and one.tbl_name in _OURS and (word := _strange(one.sql or "")):
            yield _say("another_table", tabell=one.tbl_name, vad=word)
    expected = dict(_predicates("sqlite"))
    for one in made:
        if one.type == "index" and one.name in expected:
            _, _, predicate = one.sql.partition(" WHERE ")
            if _bare(predicate) != expected[one.name]:
                yield _say("other_rows_in_index", index=one.name)


def _strange(statement: str) -> str | None:
    """What stands in the statement of a table or an index, and in none of ours; what is quoted is a name or a
    value, and a comment could hide where a quotation ends."""
    found = re.search(r"--|/\*", statement) or _STRANGE.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", statement))
    return found[0] if found is not None else None


_STRANGE = re.compile(r"\b(?:AS|CHECK|COLLATE|CONFLICT|DEFERRABLE|GENERATED|STRICT|WITHOUT)\b|[`\[]", re.I)


def _postgresql(connection: Connection) -> Iterator[str]:
    """Tables that keep all their rows themselves, also when the server dies, show them all to everybody who
    may ask, and are the only ones of their name; by the operators and with the guards of PostgreSQL."""
    first, mode = connection.execute(_OF_SESSION).one()
    if first != "pg_catalog" and not first.startswith("pg_temp"):
        yield _say("other_path", schema=first)
    modes = {mode, *connection.scalars(_OF_SETTINGS)} - {"origin"}
    if modes:
        yield _say("without_guards", vad=", ".join(sorted(modes)))
    for one in connection.execute(_IN_THE_PLACE).all():
        yield _say("in_the_place_of_its_own", schema=one.schema, namn=one.name)
    for one in connection.execute(_OF_TABLES, {"names": sorted(_OURS)}).all():
        if one.kind not in ("r", "p"):
            yield _say("no_table", vad=one.name)
        elif one.alike > 1:
            yield _say("in_several_schemas", tabell=one.name)
        elif one.filtered:
            yield _say("shows_not_all", tabell=one.name)
        elif any(_bare(each) != _only_deleted(one.name) for each in one.kept):
            yield _say("nothing_can_go", tabell=one.name)
        elif one.inherited:
            yield _say("rows_elsewhere", tabell=one.name)
        elif one.acting and one.name in _SERVICE.tables:
            yield _say("acts_by_itself", tabell=one.name)
        elif one.calculated:
            yield _say("calculated_column", tabell=one.name)
        elif one.fleeting:
            yield _say("lost_with_the_server", tabell=one.name)
        elif one.lax:
            yield _say("another_table", tabell=one.name, vad="constraint")
    expected = dict(_predicates("postgresql"))
    for one in connection.execute(_OF_INDEXES, {"names": sorted(_OURS)}).all():
        if not one.whole:
            yield _say("unfinished_index", index=one.name)
        elif _bare(one.predicate) != expected.get(one.name, ""):
            yield _say("other_rows_in_index", index=one.name)


_OF_SESSION = text("SELECT (current_schemas(true))[1], current_setting('session_replication_role')")
_OF_SETTINGS = text(
    "SELECT substr(said, strpos(said, '=') + 1) FROM pg_db_role_setting s"
    " CROSS JOIN unnest(s.setconfig) AS said WHERE said LIKE 'session_replication_role=%'"
    " AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
_IN_THE_PLACE = text(
    "SELECT n.nspname::text AS schema, f.name::text FROM pg_namespace n JOIN"
    " (SELECT oprnamespace AS home, oprname AS name, ARRAY[oprleft, oprright] AS given FROM pg_operator"
    "  WHERE oprname IN ('=', '<>', '<', '<=', '>', '>=', '~~', '!~~', '||', '+', '-')"
    "  UNION ALL SELECT pronamespace, proname, proargtypes::oid[] FROM pg_proc p WHERE EXISTS (SELECT FROM"
    "  pg_proc o WHERE o.proname = p.proname AND o.pronamespace = 'pg_catalog'::regnamespace)) f"
    " ON f.home = n.oid WHERE n.nspname = ANY (current_schemas(false)) AND n.nspname <> 'pg_catalog'"
    " AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = ANY (f.given)"
    "  AND t.typnamespace <> 'pg_catalog'::regnamespace) ORDER BY 1, 2"
)
"""What takes PostgreSQL's own values in another way than its own operator or function of the same name. Where
it fits their types better it is what our statements mean."""
_OF_TABLES = text(
    "SELECT n.name, c.relkind::text AS kind, c.relforcerowsecurity"
    " OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', 'w', '*')"
    "  AND pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM 'true')"
    " OR c.relrowsecurity AND (NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid"
    "  AND p.polcmd = '*' AND p.polpermissive) OR EXISTS (SELECT FROM aclexplode(c.relacl) a"
    "  WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner"
    "  AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.grantee AND (r.rolsuper OR r.rolbypassrls))"
    "  AND NOT EXISTS (SELECT FROM pg_policy p CROSS JOIN unnest(p.polroles) AS role WHERE p.polrelid = c.oid"
    "  AND p.polcmd = '*' AND p.polpermissive AND CASE WHEN role = 0 THEN true WHEN a.grantee = 0 THEN false"
    "  ELSE pg_has_role(a.grantee, role, 'USAGE') END))) AS filtered,"
    " ARRAY (SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p"
    "  WHERE p.polrelid = c.oid AND p.polcmd = 'd') AS kept,"
    " EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhparent, i.inhrelid)) AS inherited,"
    " EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) OR EXISTS"
    " (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid) AS acting,"
    " EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated <> '') AS calculated,"
    " c.relpersistence <> 'p' AS fleeting,"
    " EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND (k.condeferrable OR NOT k.convalidated"
    "  OR k.contype NOT IN ('p', 'u', 'f', 'n'))) OR EXISTS (SELECT FROM pg_trigger t"
    "  WHERE t.tgrelid = c.oid AND t.tgisinternal AND t.tgenabled <> 'O') AS lax,"
    " (SELECT count(*) FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace"
    "  WHERE o.relname = n.name AND s.nspname = ANY (current_schemas(false))) AS alike"
    " FROM unnest(CAST(:names AS text[])) AS n (name)"
    " LEFT JOIN pg_class c ON c.oid = to_regclass(quote_ident(n.name)) ORDER BY n.name"
)
_OF_INDEXES = text(
    "SELECT c.relname::text AS name, i.indisvalid AND i.indisready AND i.indislive AS whole,"
    " coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN unnest(CAST(:names AS text[])) AS n (name) ON i.indrelid = to_regclass(quote_ident(n.name))"
    " ORDER BY c.relname"
)


def _only_deleted(table: str) -> str:
    """What may be taken from a table where the service has a role of its own, in
    ``examples/postgresql/rights.sql``: that of a case whose deletion is logged."""
    case = "id" if table == ApplicationRow.__tablename__ else "application_id"
    return (
        f"EXISTSSELECT1FROMaudit_caseWHEREaudit_case.tenant={table}.tenant"
        f"ANDaudit_case.case_id={table}.{case}ANDaudit_case.deleted_seqISNOTNULL"
    )


def _predicates(dialect: str) -> Iterator[tuple[str, str]]:
    """Our indexes that have only some rows, and which, of PostgreSQL; of SQLite every one of ours."""
    for table in (*_SERVICE.tables.values(), *log_tables.metadata.tables.values()):
        for index in table.indexes:
            where = index.dialect_options[dialect]["where"]
            if where is not None or dialect == "sqlite":
                yield str(index.name), _bare("" if where is None else str(where))


def _bare(predicate: str) -> str:
    """A predicate whether it stands as we wrote it or as the database says it."""
    return re.sub(r"::(text|character varying)|[()\[\]\s]", "", predicate).replace("=ANYARRAY", "IN")


def _otherwise(connection: Connection) -> Iterator[str]:
    """What else is not described, or is not there: tables, columns, keys, indexes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression")
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _compared}
        )
        differences = compare_metadata(context, _SERVICE)
    for each in _one_by_one(differences):
        # An index that somebody has added for the sake of speed says nothing of which rows there are.
        if not (each[0] == "remove_index" and not each[1].unique):
            yield _say("another_table", tabell=_table_of(each), vad=each[0])


def _keys(connection: Connection) -> Iterator[str]:
    """Primary keys, which the comparison passes over: a second decision on a case is impossible by one."""
    found = inspect(connection).get_multi_pk_constraint(filter_names=sorted(_OURS))
    has = {name: set(key["constrained_columns"]) for (_, name), key in found.items() if key}
    for table in (*_SERVICE.tables.values(), *log_tables.metadata.tables.values()):
        if has.get(table.name, set()) != set(table.primary_key.columns.keys()):
            yield _say("another_table", tabell=table.name, vad="primary_key")


def _compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in _SERVICE.tables


def _one_by_one(differences: Iterable[Any]) -> Iterator[Any]:
    """The changes of one column stand together."""
    for each in differences:
        yield from each if isinstance(each, list) else [each]


def _table_of(difference: Any) -> str:
    """Which table a difference is about: it is one, belongs to one, or is a column's."""
    what = difference[1]
    if isinstance(what, str) or what is None:
        return str(difference[2])
    return str(getattr(getattr(what, "table", what), "name", what))
