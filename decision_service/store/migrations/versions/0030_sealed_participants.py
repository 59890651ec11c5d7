"""What is written of participants is a sealed column as everything else, and the hash beside it goes"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("participant", "attendance")


def upgrade() -> None:
    """The first byte says that a row is sealed as before: the service seals it anew when it starts."""
    connection = op.get_bind()
    for table in TABLES:
        op.add_column(table, sa.Column("document", sa.LargeBinary(), nullable=False, server_default=""))
        before = "x'02'" if connection.dialect.name == "sqlite" else "'\\x02'::bytea"
        op.execute(f"UPDATE {table} SET document = CAST({before} || sealed AS {_bytes(connection)})")
        op.drop_column(table, "sealed")
        op.drop_column(table, "sha256")
        connection.execute(sa.text("DELETE FROM unsealed WHERE name = :name"), {"name": table})
        if connection.scalar(sa.text(f"SELECT 1 FROM {table} LIMIT 1")):
            connection.execute(sa.text("INSERT INTO unsealed VALUES (:name)"), {"name": table})
        if connection.dialect.name != "sqlite":
            op.execute(f"ALTER TABLE {table} ALTER COLUMN document DROP DEFAULT")


def _bytes(connection: sa.Connection) -> str:
    return "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"


def downgrade() -> None:
    raise NotImplementedError("What is sealed is not sealed as before again; restore the backup.")
