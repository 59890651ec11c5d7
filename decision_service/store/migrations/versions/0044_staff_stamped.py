"""Names and titles of staff have our own stamp; what there are get it when the service starts"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("stamp", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("staff", "stamp")
