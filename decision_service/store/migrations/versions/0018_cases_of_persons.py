"""The case in the log of what is known of a person stands with it, so that a person who comes back after one
was deleted can have another"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("activity", "history")


def upgrade() -> None:
    for name in _TABLES:
        op.add_column(name, sa.Column("case_id", sa.String(), nullable=False, server_default=""))
        op.add_column(name, sa.Column("born_day", sa.Integer(), nullable=True))
        _name_what_is_there(name)


def _name_what_is_there(name: str) -> None:
    """By the name that the log has had for it: a hash of the person's."""
    table, connection = sa.table(name, sa.column("person"), sa.column("case_id")), op.get_bind()
    for person in connection.scalars(sa.select(table.c.person).distinct()).all():
        case = f"person-{hashlib.sha256(person.encode()).hexdigest()[:32]}"
        connection.execute(table.update().where(table.c.person == person).values(case_id=case))


def downgrade() -> None:
    for name in _TABLES:
        op.drop_column(name, "born_day")
        op.drop_column(name, "case_id")
