"""Decisions drawn for review, and what was found of them"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sampled",
        sa.Column("sample", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("grouped", sa.String(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("drawn_at", Moment(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("found_at", Moment(), nullable=True),
        sa.Column("found_by", sa.String(), nullable=True),
        sa.Column("signed", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("sample", "decision"),
    )
    op.create_index("ix_sampled_application_id", "sampled", ["application_id"])
    op.create_index("sampled_drawn", "sampled", ["tenant", "drawn_at"])


def downgrade() -> None:
    op.drop_table("sampled")
