"""What decisions are searched by: the rules that fired and what was asked"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ("fired", "asked")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_index("decision_found", "decision", ["tenant", "decided_at", "application_id"])
    op.create_index("decision_month", "decision", ["tenant", "month", "decided_at"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """The same for the decisions there are, from the assessments they rest on."""
    decision = sa.table(
        "decision", sa.column("application_id"), sa.column("assessment"), *map(sa.column, _COLUMNS)
    )
    assessment = sa.table(
        "assessment", sa.column("application_id"), sa.column("number"), sa.column("document")
    )
    joined = sa.select(decision.c.application_id, assessment.c.document).join(
        assessment,
        (assessment.c.application_id == decision.c.application_id)
        & (assessment.c.number == decision.c.assessment),
    )
    for application_id, text in connection.execute(joined).all():
        document = json.loads(text)
        fired = {one["id"] for one in document["rules"] if one["state"] == "fired"}
        asked = {one["code"] for one in document["reasons"]}
        connection.execute(
            sa.update(decision)
            .where(decision.c.application_id == application_id)
            .values(fired=_words(fired), asked=_words(asked))
        )


def _words(found: set[str]) -> str:
    return f" {' '.join(sorted(found))} " if found else ""


def downgrade() -> None:
    op.drop_index("decision_month", "decision")
    op.drop_index("decision_found", "decision")
    for name in _COLUMNS:
        op.drop_column("decision", name)
