"""The persons of an application, adults and children

Those that are there are adults. The children of applications received before are not found: their numbers
are known only as the key of the office makes them, which no migration has.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("adult", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("party") as party:
        party.alter_column("adult", server_default=None)


def downgrade() -> None:
    party = sa.table("party", sa.column("adult", sa.Boolean()))
    op.execute(sa.delete(party).where(~party.c.adult))
    op.drop_column("party", "adult")
