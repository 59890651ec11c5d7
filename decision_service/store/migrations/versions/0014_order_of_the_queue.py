"""What the queue is sorted by"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("reason", "proposed", "household"):
        op.add_column("task", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("household", "proposed", "reason"):
        op.drop_column("task", name)
