"""A client's key leads to the application that it made, and to nothing else"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("idempotency") as idempotency:
        idempotency.alter_column("body", new_column_name="application_id")
        idempotency.drop_column("status")
        idempotency.drop_column("headers")


def downgrade() -> None:
    with op.batch_alter_table("idempotency") as idempotency:
        idempotency.add_column(sa.Column("status", sa.Integer(), nullable=False, server_default="202"))
        idempotency.add_column(sa.Column("headers", sa.Text(), nullable=False, server_default="{}"))
        idempotency.alter_column("application_id", new_column_name="body")
