"""Who of the people of an application has died is found by person, for one that comes later; and a case is
written off for that too"""

import sqlalchemy as sa
from alembic import op

from decision_service.store.moment import Moment

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dead: sa.Column[bool] = sa.Column("dead", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("party", dead)
    sqlite, postgresql = sa.text("dead = 1"), sa.text("dead")
    columns = ["tenant", "person"]
    op.create_index("party_dead", "party", columns, sqlite_where=sqlite, postgresql_where=postgresql)
    with op.batch_alter_table("party") as table:
        table.alter_column("dead", server_default=None)
    with op.batch_alter_table("write_off") as table:
        table.alter_column("taken_back_at", existing_type=Moment(), nullable=True)


def downgrade() -> None:
    """What was written off because the applicant died is said to be taken back when that was decided."""
    op.execute("UPDATE write_off SET taken_back_at = decided_at WHERE taken_back_at IS NULL")
    op.execute("UPDATE application SET state = 'aterkallad' WHERE state = 'avskriven'")
    with op.batch_alter_table("write_off") as table:
        table.alter_column("taken_back_at", existing_type=Moment(), nullable=False)
    op.drop_index("party_dead", "party")
    with op.batch_alter_table("party") as table:
        table.drop_column("dead")
