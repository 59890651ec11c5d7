"""The day until which an application waits for the registers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("waits_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("application", "waits_until")
