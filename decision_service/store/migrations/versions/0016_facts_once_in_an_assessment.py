"""Assessments as the document ``provning/2``, where each fact stands once and a rule names what it read"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    assessment = sa.table("assessment", *map(sa.column, ("application_id", "number", "document")))
    for row in connection.execute(sa.select(assessment)).all():
        text = json.dumps(_assessment(json.loads(row.document)), ensure_ascii=False)
        own = (assessment.c.application_id == row.application_id) & (assessment.c.number == row.number)
        connection.execute(sa.update(assessment).where(own).values(document=text))


def downgrade() -> None:
    raise NotImplementedError(
        "Documents are not written in the form of earlier versions; restore the backup."
    )


def _assessment(old: dict[str, Any]) -> dict[str, Any]:
    """An assessment as it was written before: the same in the form of ``provning/2``, its receipt kept.

    What a rule read of the household stands by its own subject.
    """
    if old["schema"] != "provning/1":
        return old
    values: dict[str | None, dict[str, Any]] = {}
    for rule in old["rules"]:
        values.setdefault(rule["subject"] or None, {}).update(rule["facts"])
    return {
        **old,
        "schema": "provning/2",
        "facts": [{"subject": subject, "values": facts} for subject, facts in values.items() if facts],
        "rules": [
            {
                **{name: rule[name] for name in ("id", "provision", "state")},
                "reads": sorted(rule["facts"]),
                "subject": rule["subject"] or None,
            }
            for rule in old["rules"]
        ],
    }
