"""Why somebody is protected stands in rows of its own, and whom months from an earlier system name

The service writes both when it starts, for only what is sealed says it."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

NAME = {"name": "why somebody is protected"}
EARLIER = {"name": "applications of participants"}


def upgrade() -> None:
    op.create_table(
        "protection",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )
    op.create_index("protection_person", "protection", ["tenant", "person"])
    op.create_index("protection_case", "protection", ["tenant", "case_id"])
    op.create_table(
        "named",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
    )
    op.create_index("named_person", "named", ["tenant", "person", "case_id"])
    connection = op.get_bind()
    there = " UNION ALL ".join(
        f"SELECT 1 FROM {table}" for table in ("application", "participant", "history", "proposed_history")
    )
    connection.execute(sa.text("DELETE FROM unsealed WHERE name = :name"), EARLIER)
    if connection.scalar(sa.text(f"SELECT 1 FROM ({there}) AS found LIMIT 1")):
        connection.execute(sa.text("INSERT INTO unsealed VALUES (:name)"), NAME)


def downgrade() -> None:
    """Who is hidden stays so."""
    op.get_bind().execute(sa.text("DELETE FROM unsealed WHERE name = :name"), NAME)
    op.drop_table("named")
    op.drop_table("protection")
