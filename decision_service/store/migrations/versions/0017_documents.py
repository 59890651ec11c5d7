"""Documents that applicants send"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_document_application_id", "document", ["application_id"])


def downgrade() -> None:
    op.drop_table("document")
