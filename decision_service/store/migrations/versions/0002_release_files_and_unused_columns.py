"""The files of releases, and columns that nobody read

Earlier versions made the table of the files beside the migrations: where it is there already, it is kept.
"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = {"application": "stopped_at", "task": "claimed_at"}


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("release_file"):
        op.create_table(
            "release_file",
            sa.Column("release", sa.Text(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("content", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("release", "name"),
        )
    for table, column in _COLUMNS.items():
        op.drop_column(table, column)


def downgrade() -> None:
    for table, column in _COLUMNS.items():
        op.add_column(table, sa.Column(column, Moment(), nullable=True))
