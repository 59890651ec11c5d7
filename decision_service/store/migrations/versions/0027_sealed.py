"""What tells of persons is kept as bytes, to be sealed under the case's key when the service starts"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SEALED = {
    "application": ("content",),
    "assessment": ("document", "case_file"),
    "decision": ("granted", "signed", "second", "reason", "changes", "remembered", "letter"),
    "correction": (
        "court",
        "granted",
        "difference",
        "signed",
        "second",
        "reason",
        "changes",
        "remembered",
        "letter",
    ),
    "proposed_correction": ("court", "verdict", "signed", "answer"),
    "sampled": ("text", "signed"),
    "claim": ("amount", "signed", "reason"),
    "appeal": ("text", "reason"),
    "completion": ("asked", "shown"),
    "answer": ("subject", "asked", "value", "name", "reason"),
    "task": ("reasons", "proposal"),
    "note": ("name", "text"),
    "document": ("name", "sha256"),
    "message": ("payload",),
    "activity": ("document",),
    "history": ("document",),
    "participant": ("sha256",),
    "attendance": ("sha256",),
}


def upgrade() -> None:
    connection = op.get_bind()
    op.create_table(
        "unsealed", sa.Column("name", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name")
    )
    _codes_of_tasks(connection)
    for table, columns in SEALED.items():
        known = {each["name"]: each for each in sa.inspect(connection).get_columns(table)}
        for name in columns:
            if connection.dialect.name == "sqlite":
                _as_bytes_in_sqlite(table, name, nullable=known[name]["nullable"])
            else:
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" DROP DEFAULT')
                as_bytes = f"convert_to(\"{name}\"::text, 'UTF8')"
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" TYPE BYTEA USING {as_bytes}')
        if connection.scalar(sa.text(f'SELECT 1 FROM "{table}" LIMIT 1')):
            connection.execute(sa.text("INSERT INTO unsealed VALUES (:name)"), {"name": table})

    if connection.scalar(sa.text("SELECT 1 FROM idempotency LIMIT 1")):
        connection.execute(sa.text("INSERT INTO unsealed VALUES ('idempotency')"))


def _as_bytes_in_sqlite(table: str, name: str, *, nullable: bool) -> None:
    """It cannot change a column's type, but add one and drop another."""
    rule = "" if nullable else " NOT NULL DEFAULT x''"
    op.execute(f'ALTER TABLE "{table}" ADD COLUMN as_bytes BLOB{rule}')
    op.execute(f'UPDATE "{table}" SET as_bytes = CAST(CAST("{name}" AS TEXT) AS BLOB)')
    op.execute(f'ALTER TABLE "{table}" DROP COLUMN "{name}"')
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN as_bytes TO "{name}"')


def _codes_of_tasks(connection: sa.Connection) -> None:
    """The codes of a task's questions, which the queue is searched by."""
    op.add_column("task", sa.Column("asked", sa.Text(), nullable=False, server_default=""))
    task = sa.table("task", *map(sa.column, ("application_id", "reasons", "asked")))
    for row in connection.execute(sa.select(task)).all():
        codes = sorted({each["code"] for each in json.loads(row.reasons)})
        own = task.c.application_id == row.application_id
        asked = f" {' '.join(codes)} " if codes else ""
        connection.execute(sa.update(task).where(own).values(asked=asked))


def downgrade() -> None:
    raise NotImplementedError("What is sealed is not made clear again; restore the backup.")
