"""Sessions that began at an issuer's page, and are confirmed by it"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("issuer", sa.String(), nullable=True))
        table.add_column(sa.Column("sid", sa.String(), nullable=True))
        table.add_column(sa.Column("refresh", sa.Text(), nullable=True))
        table.add_column(sa.Column("confirmed_at", Moment(), nullable=True))
        table.add_column(sa.Column("asked_at", Moment(), nullable=True))
        table.create_index("ix_web_session_sid", ["sid"])


def downgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.drop_index("ix_web_session_sid")
        for name in ("asked_at", "confirmed_at", "refresh", "sid", "issuer"):
            table.drop_column(name)
