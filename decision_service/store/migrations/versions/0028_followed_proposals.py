"""Whether a person decided as the machine proposed, to be counted from now on"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("followed", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("decision", "followed")
