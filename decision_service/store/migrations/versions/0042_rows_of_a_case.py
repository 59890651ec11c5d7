"""The rows of a case are found by municipality and case together, without reading all that there is.

SQLite took the key, by the municipality alone, for as good as an index by the case alone."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BESIDE = ("activity", "history", "proposed_history")
OF_APPLICATION = {
    "answer": "answer_application",
    "document": "ix_document_application_id",
    "impact_case": "ix_impact_case_application_id",
    "message": "message_application",
    "note": "ix_note_application_id",
    "sampled": "ix_sampled_application_id",
}
"""What the index by the application alone was called."""


def upgrade() -> None:
    for table in BESIDE:
        op.create_index(f"{table}_case", table, ["tenant", "case_id"])
    for table, earlier in OF_APPLICATION.items():
        op.drop_index(earlier, table)
        op.create_index(f"{table}_application", table, ["tenant", "application_id"])


def downgrade() -> None:
    for table, earlier in OF_APPLICATION.items():
        op.drop_index(f"{table}_application", table)
        op.create_index(earlier, table, ["application_id"])
    for table in BESIDE:
        op.drop_index(f"{table}_case", table)
