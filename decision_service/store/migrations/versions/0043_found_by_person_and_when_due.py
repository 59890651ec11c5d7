"""Who is known already, and what is to go out, is found without reading a municipality's all on SQLite too.

It took a key that begins with the municipality for as good as an index that did not have all it was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

DUE = sa.text("next_attempt_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("party_person", "party")
    op.create_index("party_person", "party", ["tenant", "person", "application_id"])
    op.drop_index("ix_message_next_attempt_at", "message")
    columns = ["tenant", "next_attempt_at"]
    op.create_index("message_due", "message", columns, sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("message_due", "message")
    op.create_index("ix_message_next_attempt_at", "message", ["next_attempt_at"])
    op.drop_index("party_person", "party")
    op.create_index("party_person", "party", ["tenant", "person"])
