"""Whoever is protected in the planning is so in every application: the service hides those when it starts"""

from alembic import op
from sqlalchemy import text

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

NAME = {"name": "applications of participants"}


def upgrade() -> None:
    """Who of the participants is protected, only what is sealed says."""
    connection = op.get_bind()
    if connection.scalar(text("SELECT 1 FROM participant LIMIT 1")):
        connection.execute(text("INSERT INTO unsealed VALUES (:name)"), NAME)


def downgrade() -> None:
    """Who was hidden stays so."""
    op.get_bind().execute(text("DELETE FROM unsealed WHERE name = :name"), NAME)
