"""Names and titles of staff, and what a decision is signed with"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.add_column("decision", sa.Column("signed", sa.String(), nullable=True))
    op.add_column("decision", sa.Column("second", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("decision", "second")
    op.drop_column("decision", "signed")
    op.drop_table("staff")
