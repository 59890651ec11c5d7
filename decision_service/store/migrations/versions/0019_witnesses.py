"""What this installation has signed as a witness, and what its neighbours have signed"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, key in (("witnessed", "origin"), ("cosigned", "tenant")):
        op.create_table(
            name,
            sa.Column(key, sa.String(), nullable=False),
            sa.Column("size", sa.BigInteger(), nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint(key),
        )


def downgrade() -> None:
    op.drop_table("cosigned")
    op.drop_table("witnessed")
