"""A decision that waits for a second person is in the log from now on: one that waits is put forward again"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE task SET proposal = NULL, proposed_by = NULL WHERE proposal IS NOT NULL")


def downgrade() -> None:
    """What was put aside is not there any more; the column is as it was."""
