"""Applications that are taken back, and the decisions to write them off"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "write_off",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("taken_back_at", Moment(), nullable=False),
        sa.Column("id", sa.String(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("signed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("application_id"),
    )


def downgrade() -> None:
    op.drop_table("write_off")
