"""What is taken off a claim: waived, withdrawn, or counted against money that a later decision gives"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lowered_claim",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("correction", sa.Integer(), nullable=True),
        sa.Column("amount", sa.LargeBinary(), nullable=False),
        sa.Column("paid", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("second", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["tenant", "application_id"], ["application.tenant", "application.id"]),
        sa.PrimaryKeyConstraint("tenant", "application_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("lowered_claim")
