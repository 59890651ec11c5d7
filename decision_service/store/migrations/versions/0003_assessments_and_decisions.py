"""Assessments as the document ``provning/1``; a decision says which it rests on and holds no copy of it"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ORIGIN = "sparades inte när prövningen gjordes"


def upgrade() -> None:
    connection = op.get_bind()
    assessment = sa.table("assessment", *map(sa.column, ("application_id", "number", "document")))
    for row in connection.execute(sa.select(assessment)).all():
        text = json.dumps(_assessment(json.loads(row.document)), ensure_ascii=False)
        own = (assessment.c.application_id == row.application_id) & (assessment.c.number == row.number)
        connection.execute(sa.update(assessment).where(own).values(document=text))
    _rewrite_reasons(connection, "task", "reasons")
    _rewrite_reasons(connection, "completion", "asked")
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("approved_by", sa.String(), nullable=True))
        decision.drop_column("document")
        decision.drop_column("case_file")


def downgrade() -> None:
    raise NotImplementedError("The copies that a decision held are gone; restore the backup instead.")


def _rewrite_reasons(connection: sa.Connection, table: str, name: str) -> None:
    found = sa.table(table, sa.column(name))
    for old in sorted(set(connection.scalars(sa.select(found.c[name])))):
        new = json.dumps([_reason(each) for each in json.loads(old)], ensure_ascii=False)
        connection.execute(sa.update(found).where(found.c[name] == old).values({name: new}))


def _assessment(old: dict[str, Any]) -> dict[str, Any]:
    """An assessment as it was written before: the same in the form of ``provning/1``, its receipt kept."""
    if old.get("schema") == "provning/1":
        return old
    return {
        "schema": "provning/1",
        "money": "öre",
        **old,
        "incomes": [],
        "rules": [
            {
                **rule,
                "facts": {path: {"value": value, "origin": _ORIGIN} for path, value in rule["facts"].items()},
            }
            for rule in old["rules"]
        ],
        "reasons": [_reason(each) for each in old["reasons"]],
    }


def _reason(old: dict[str, Any]) -> dict[str, Any]:
    """A reason with nothing where nothing was said."""
    empty = {name: old.get(name) or None for name in ("subject", "rule", "fact")}
    kind = "handlaggare" if old["kind"] == "person" else old["kind"]
    return {**old, **empty, "kind": kind}
