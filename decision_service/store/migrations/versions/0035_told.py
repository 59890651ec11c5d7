"""How an applicant has been told of what a decision against the application rests on"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLES = ("decision", "correction")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("told", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "told")
