"""Every key of a municipality's table begins with the municipality, and so does what refers to it"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

OF_APPLICATION = {
    "answer": ("id",),
    "appeal": ("application_id", "number"),
    "assessment": ("application_id", "number"),
    "claim": ("application_id", "number"),
    "completion": ("application_id", "number"),
    "correction": ("application_id", "number"),
    "decision": ("application_id",),
    "document": ("id",),
    "impact_case": ("impact", "application_id"),
    "note": ("id",),
    "owed": ("application_id", "decision"),
    "party": ("application_id", "person"),
    "proposed_correction": ("application_id", "number"),
    "question": ("application_id", "number"),
    "sampled": ("sample", "decision"),
    "task": ("application_id",),
    "write_off": ("application_id",),
}
"""Their primary keys, after the municipality."""
OF_IMPACT = ("impact_case", "owed")
KEYS = {
    "application": ("id",),
    "impact": ("id",),
    "draft": ("id",),
    "message": ("key",),
    "offered_activity": ("id",),
    "proposed_history": ("id",),
    "webhook": ("id",),
    **OF_APPLICATION,
}
"""The same of every table, those first that others refer to."""
UNIQUE = {"decision": "id", "correction": "id", "participant": "case_id"}
HAD_AN_INDEX = ("draft", "offered_activity", "webhook")
"""On the municipality alone, which the key now gives."""


def upgrade() -> None:
    for table in HAD_AN_INDEX:
        op.drop_index(f"ix_{table}_tenant", table)
    op.drop_index("application_protected", "application")
    if op.get_bind().dialect.name == "sqlite":
        _made_anew()
    else:
        _altered()
    op.create_index(
        "application_protected",
        "application",
        ["tenant", "id"],
        sqlite_where=sa.text("protected = 1"),
        postgresql_where=sa.text("protected"),
    )


def _altered() -> None:
    """One statement for each table, and each reads it once: keys that are referred to after those that do."""
    found = sa.inspect(op.get_bind())
    for table in OF_APPLICATION:
        gone = [f'DROP CONSTRAINT "{each["name"]}"' for each in found.get_foreign_keys(table)]
        op.execute(f"ALTER TABLE {table} {', '.join(gone)}")
    for table in {**KEYS, **UNIQUE}:
        steps = []
        if table in KEYS:
            steps += [
                f'DROP CONSTRAINT "{found.get_pk_constraint(table)["name"]}"',
                f"ADD PRIMARY KEY ({_columns(*KEYS[table])})",
            ]
        if table in UNIQUE:
            steps += [f'DROP CONSTRAINT "{each["name"]}"' for each in found.get_unique_constraints(table)]
            steps.append(f"ADD UNIQUE ({_columns(UNIQUE[table])})")
        steps += [f"ADD {each}" for each in _references(table)]
        op.execute(f"ALTER TABLE {table} {', '.join(steps)}")


def _made_anew() -> None:
    """SQLite cannot change a key. What refers to a table follows it when it takes its name."""
    connection = op.get_bind()
    indexes = sa.text(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql <> ''"
    )
    again: list[str] = []
    for table in {**KEYS, **UNIQUE}:
        again += connection.scalars(indexes, {"table": table})
        columns = sa.inspect(connection).get_columns(table)
        names = ", ".join(f'"{each["name"]}"' for each in columns)
        key = KEYS.get(table, ("person",))
        rules = [
            f"PRIMARY KEY ({_columns(*key)})",
            *([f"UNIQUE ({_columns(UNIQUE[table])})"] if table in UNIQUE else []),
            *(each.replace("REFERENCES ", "REFERENCES new_") for each in _references(table)),
        ]
        op.execute(f"CREATE TABLE new_{table} ({', '.join([*map(_said, columns), *rules])})")
        op.execute(f"INSERT INTO new_{table} ({names}) SELECT {names} FROM {table}")
    for table in reversed({**KEYS, **UNIQUE}):
        op.execute(f"DROP TABLE {table}")
    for table in {**KEYS, **UNIQUE}:
        op.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
    for statement in again:
        op.execute(statement)


def _said(column: sa.engine.interfaces.ReflectedColumn) -> str:
    """A column as the database has it."""
    rule = "" if column["nullable"] else " NOT NULL"
    default = f" DEFAULT {column['default']}" if column["default"] is not None else ""
    return f'"{column["name"]}" {column["type"].compile(op.get_bind().dialect)}{rule}{default}'


def _columns(*names: str) -> str:
    return ", ".join(f'"{each}"' for each in ("tenant", *names))


def _references(table: str) -> list[str]:
    of = {"application_id": "application"} if table in OF_APPLICATION else {}
    of |= {"impact": "impact"} if table in OF_IMPACT else {}
    return [
        f"FOREIGN KEY ({_columns(column)}) REFERENCES {other} ({_columns('id')})"
        for column, other in of.items()
    ]


def downgrade() -> None:
    raise NotImplementedError("Ids of two municipalities may be the same from now on; restore the backup.")
