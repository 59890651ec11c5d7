"""What people answered"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
    )
    op.create_index("answer_application", "answer", ["application_id"])
    op.create_index("answer_person", "answer", ["tenant", "person"])


def downgrade() -> None:
    op.drop_table("answer")
