"""What is sent of an application, and the few that are protected, are found without reading all there is"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ON_SQLITE, ON_POSTGRESQL = sa.text("protected = 1"), sa.text("protected")
"""As each database is asked for them."""


def upgrade() -> None:
    op.create_index(
        "application_protected",
        "application",
        ["id"],
        sqlite_where=ON_SQLITE,
        postgresql_where=ON_POSTGRESQL,
    )
    op.create_index("message_application", "message", ["application_id"])


def downgrade() -> None:
    op.drop_index("message_application", "message")
    op.drop_index("application_protected", "application")
