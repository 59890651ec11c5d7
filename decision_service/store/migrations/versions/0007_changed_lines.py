"""The lines of the calculation that a person changed in deciding"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("changes", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("decision", "changes")
