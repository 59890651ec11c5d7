"""The service checks its own log: against the keys in its folder, the letters it has sent, its witness."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlmodel import col

import audit
from audit import trail, witness
from audit.database import read_only
from audit.errors import KeyFileError, RowError
from audit.verify import LETTER, Report, read_key
from decision_service.casework import receivers, staff
from decision_service.casework.agreement import disagreements
from decision_service.casework.letters import kept_letters
from decision_service.casework.office import Office
from decision_service.casework.put_out import strange_files
from decision_service.log import vouched
from decision_service.log.database import logs
from decision_service.reading.said import said_in
from decision_service.store import as_described
from decision_service.store.database import of_this_version
from decision_service.store.sealed import keyring_of
from decision_service.store.tables import CosignedRow, DecisionRow

_say = said_in(__file__)


def checked_log(office: Office, tenant: str, witnessed: Path | None, *, whole: bool = True) -> Report:
    """Check a municipality's log as one that is in use. ``witnessed``: the folder of its witness. ``whole``:
    the database too, which is the same for every municipality."""
    with read_only(office.engine) as connection:
        origin = logs(connection).get(tenant, "")
        first = trail.read_leaves(connection, tenant, None)[:1]
        letters = list(sent_letters(connection, tenant))
        cosigned = select(col(CosignedRow.note)).where(col(CosignedRow.tenant) == tenant)
        kept = list(connection.scalars(cosigned))
    try:
        # The key that the log says it began with must be one of ours: else it is another log.
        begun = read_key(first[0].entry["body"]["key"]).id.hex() if first else ""
        pinned = office.keys.signing_key(tenant, begun).public
    except (KeyFileError, ValueError) as error:
        report = Report()
        report.add(False, "", _say("begun_by_another", kommun=tenant, fel=error))
        return report
    kept += witness.collected(witnessed / origin) if witnessed is not None else []
    report = audit.verify_database(
        office.engine,
        {tenant: pinned},
        kept,
        office.keys,
        [tenant],
        source=vouched.source,
        sent={tenant: letters},
        live=office.clock(),
        whole=whole,
    )
    if whole:
        add_tables(report, office.engine, live=True)
    try:
        for found in chain(
            disagreements(office, tenant),
            strange_files(office, tenant),
            receivers.strange(office, tenant),
            staff.strange(office, tenant),
        ):
            report.add(False, "", _say("in_municipality", kommun=tenant, fel=found))
    except RowError as error:
        report.add(False, "", _say("in_municipality", kommun=tenant, fel=error))
    return report


def add_tables(report: Report, engine: Engine, *, live: bool) -> None:
    """Whether the tables of a database are the ones that the service describes. One that is not in use
    (``live``) may have those of an earlier version, which nobody can compare with."""
    with read_only(engine) as connection:
        if not (live or of_this_version(connection)):
            report.add(None, _say("tables_of_another_version"))
            return
        found = as_described.faults(connection)
    report.add(not found, _say("tables_as_described"), " ".join(found))


def letters_in(engine: Engine) -> dict[str, list[str]]:
    """The proofs on all letters that are kept in a database, by municipality."""
    with read_only(engine) as connection:
        return {tenant: list(sent_letters(connection, tenant)) for tenant in logs(connection)}


def sent_letters(connection: Connection, tenant: str) -> Iterator[str]:
    """The proofs on the letters that a municipality has written; none where nobody has the keys. A letter
    that cannot be read says nothing here: its row is not the one that the log vouches for."""
    if keyring_of(connection) is None or not inspect(connection).has_table(str(DecisionRow.__tablename__)):
        return
    for said in vouched.opened_column(connection, tenant, DecisionRow, "letter"):
        with suppress(ValueError, KeyError, TypeError):
            for one in kept_letters(said):
                _, begins, proof = one["text"].partition(LETTER)
                if begins:
                    yield f"{begins}{proof}"
