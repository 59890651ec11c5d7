"""Alembic's entry: the connection and its transaction are the caller's."""

from alembic import context
from sqlmodel import SQLModel

from decision_service.store import tables
from decision_service.store.database import VERSIONS

assert tables.ApplicationRow.metadata is SQLModel.metadata
OWN = {VERSIONS, *SQLModel.metadata.tables}


def include(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave the audit log's and the queue's tables alone."""
    return kind != "table" or name in OWN


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    version_table=VERSIONS,
    include_object=include,
    render_as_batch=True,
)
context.run_migrations()
