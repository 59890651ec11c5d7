"""What assessments are searched by, and indexes for what a search asks"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COLUMNS = ("month", "fired", "asked")
_INDEXES = (
    ("assessment_found", "assessment", ["tenant", "made_at", "application_id", "number"]),
    ("correction_found", "correction", ["tenant", "decided_at", "application_id", "number"]),
    ("decision_by", "decision", ["tenant", "decided_by", "decided_at"]),
    ("decision_outcome", "decision", ["tenant", "outcome", "decided_at"]),
)
_WORDS = (("decision", "fired"), ("decision", "asked"), ("assessment", "fired"), ("assessment", "asked"))


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("assessment", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _fill(op.get_bind())
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _WORDS:
            op.execute(f"CREATE INDEX {table}_{column} ON {table} USING gin (string_to_array({column}, ' '))")


def _fill(connection: sa.Connection) -> None:
    """The same for the assessments there are, some at a time: their documents are large."""
    row = sa.table("assessment", *map(sa.column, ("application_id", "number", "document", *_COLUMNS)))
    key = sa.tuple_(row.c.application_id, row.c.number)
    query = sa.select(row.c.application_id, row.c.number, row.c.document)
    query = query.order_by(row.c.application_id, row.c.number).limit(_AT_A_TIME)
    some = connection.execute(query).all()
    while some:
        for application_id, number, text in some:
            document = json.loads(text)
            fired = {one["id"] for one in document["rules"] if one["state"] == "fired"}
            asked = {one["code"] for one in document["reasons"]}
            connection.execute(
                sa.update(row)
                .where(row.c.application_id == application_id, row.c.number == number)
                .values(month=document["month"], fired=_words(fired), asked=_words(asked))
            )
        some = connection.execute(query.where(key > (some[-1].application_id, some[-1].number))).all()


_AT_A_TIME = 500


def _words(found: set[str]) -> str:
    return f" {' '.join(sorted(found))} " if found else ""


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _WORDS:
            op.execute(f"DROP INDEX {table}_{column}")
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    for name in reversed(_COLUMNS):
        op.drop_column("assessment", name)
