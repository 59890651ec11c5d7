"""Case numbers, given to what was received before in the order it came"""

from collections import Counter
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from decision_service.store.case_number import case_number
from decision_service.store.moment import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_STOCKHOLM = ZoneInfo("Europe/Stockholm")


def upgrade() -> None:
    op.create_table(
        "case_count",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.add_column("application", sa.Column("case_number", sa.String(), nullable=False, server_default=""))
    _number_what_is_there()
    op.create_index("application_case_number", "application", ["tenant", "case_number"], unique=True)


def _number_what_is_there() -> None:
    application = sa.table(
        "application",
        sa.column("id", sa.String()),
        sa.column("tenant", sa.String()),
        sa.column("received_at", Moment()),
        sa.column("case_number", sa.String()),
    )
    connection, counted = op.get_bind(), Counter[tuple[str, int]]()
    query = sa.select(application.c.id, application.c.tenant, application.c.received_at)
    for row in connection.execute(query.order_by(application.c.received_at, application.c.id)).all():
        key = row.tenant, row.received_at.astimezone(_STOCKHOLM).year
        counted[key] += 1
        number = case_number(key[1], counted[key])
        changed = application.update().where(application.c.id == row.id).values(case_number=number)
        connection.execute(changed)
    counts = sa.table("case_count", sa.column("tenant"), sa.column("year"), sa.column("last"))
    for (tenant, year), last in counted.items():
        connection.execute(counts.insert().values(tenant=tenant, year=year, last=last))


def downgrade() -> None:
    op.drop_index("application_case_number", "application")
    op.drop_column("application", "case_number")
    op.drop_table("case_count")
