"""What other rules do to recorded decisions, and what is owed"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "impact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("months", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("next_run_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("impact_asked", "impact", ["tenant", "asked_at"])
    open_ones = sa.text("next_run_at IS NOT NULL")
    op.create_index("impact_due", "impact", ["next_run_at"], sqlite_where=open_ones)
    op.create_table(
        "impact_case",
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["impact"], ["impact.id"]),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("impact", "application_id"),
    )
    op.create_index(op.f("ix_impact_case_application_id"), "impact_case", ["application_id"])
    op.create_table(
        "owed",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("amount", sa.LargeBinary(), nullable=True),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["impact"], ["impact.id"]),
        sa.PrimaryKeyConstraint("application_id", "decision"),
    )
    op.create_index("owed_found", "owed", ["tenant", "found_at", "application_id"])


def downgrade() -> None:
    for name in ("owed", "impact_case", "impact"):
        op.drop_table(name)
