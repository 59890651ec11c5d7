"""What the applicant is told of before a decision, and may answer"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("completion", sa.Column("shown", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("completion", "shown")
