"""Receivers that fail, those of a message that have it, and clients' addresses that are switched off"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "receiver",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", moment, nullable=False),
        sa.Column("rests_until", moment, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("message", sa.Column("reached", sa.Text(), nullable=False, server_default=""))
    op.add_column("webhook", sa.Column("switched_off_at", moment, nullable=True))
    op.add_column("webhook", sa.Column("switched_off_why", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("webhook", "switched_off_why")
    op.drop_column("webhook", "switched_off_at")
    op.drop_column("message", "reached")
    op.drop_table("receiver")
