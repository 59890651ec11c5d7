"""Months from an earlier system wait for a second person, and a plan belongs to who reports it"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity", sa.Column("client", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "proposed_history",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("born_day", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )
    op.create_index("proposed_history_person", "proposed_history", ["tenant", "person"])


def downgrade() -> None:
    op.drop_table("proposed_history")
    op.drop_column("activity", "client")
