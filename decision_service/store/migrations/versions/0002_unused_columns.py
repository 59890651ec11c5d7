"""Columns that nobody read"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = {"application": "stopped_at", "task": "claimed_at"}


def upgrade() -> None:
    for table, column in _COLUMNS.items():
        op.drop_column(table, column)


def downgrade() -> None:
    for table, column in _COLUMNS.items():
        op.add_column(table, sa.Column(column, Moment(), nullable=True))
