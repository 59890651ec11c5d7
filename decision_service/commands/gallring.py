"""``lagrum audit due``, ``delete``, ``hold``, ``lift``: what is to be deleted, delete it, stop it, let it go.

The service deletes by itself what has been due for a month; ``delete`` does it at once, and overwrites the
files.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select
from sqlmodel import col

from audit import retention, tables
from decision_service.casework.gallring import Gallring, Judged
from decision_service.commands.audit import key_folder
from decision_service.installation.configuration import Installation
from decision_service.log import journal
from decision_service.log.database import municipality, open_for_reading
from decision_service.outputs.configured import folders_of
from decision_service.outputs.filedrop import FolderChannel
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.store.case_number import read_case_number
from decision_service.store.tables import ApplicationRow
from norms.fault import MisfitError, fault

_say = said_in(__file__)

_QUIET = (retention.RetentionVerdict.NOT_YET, retention.RetentionVerdict.PRESERVED)
"""Verdicts that nobody need do anything about: counted, not listed."""


def run(options: argparse.Namespace) -> int:
    """List, delete, stop or let go."""
    if options.action in ("hold", "lift"):
        return _hold(options)
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database, keys)
    tenant = municipality(engine, options.tenant)
    folders = {tenant: _folders(options.installation, tenant)} if options.action == "delete" else {}
    gallring = Gallring(engine, journal.open_log(keys), keys, folders, retention.load())
    now = datetime.now(UTC)
    if options.action == "due":
        _show(gallring.preview(tenant, now + timedelta(days=options.within)))
        return 0
    gone = gallring.sweep(tenant, now, journal.staff(options.who))
    gallring.overwrite()
    gallring.log.checkpoint(engine, tenant)
    _show(gone, done=True)
    return 0


def _folders(installation: str | None, tenant: str) -> list[FolderChannel]:
    """The folders that a municipality's messages are put in; none without an installation. Raises InputError,
    FindingsError and OSError."""
    if installation is None:
        return []
    known = Installation.load(Path(installation)).municipalities
    if tenant not in known:
        raise InputError([fault("not_in_installation", "--installation", tenant=tenant, file=installation)])
    return folders_of(known[tenant])


def _show(judged: Iterable[Judged], *, done: bool = False) -> None:
    """One line for each case that goes and each that somebody must see to; the rest are counted."""
    counted: Counter[str] = Counter()
    for each in judged:
        quiet = each.assessment.verdict in _QUIET
        word = _say("gone" if done else "goes" if each.goes else "kept" if quiet else "kept_look")
        counted[word] += 1
        if not quiet:
            print(f"{word}: {each.number or '-'}  {each.case}  {each.text}")
    told = ", ".join(f"{word}: {number}" for word, number in sorted(counted.items()))
    print(f"=>   {told or _say('nothing')}")


def _hold(options: argparse.Namespace) -> int:
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database, keys)
    tenant = municipality(engine, options.tenant)
    placed, now = options.action == "hold", datetime.now(UTC)
    with engine.begin() as connection:
        case = _case(connection, tenant, options.case)
        who = journal.staff(options.who)
        entry = journal.hold(case, now, who, options.purpose, placed=placed)
        journal.open_log(keys).append(connection, tenant, entry)
    print(_say("stopped" if placed else "not_stopped", ärende=case))
    return 0


def _case(connection: Connection, tenant: str, given: str) -> str:
    """A case by its id or its number, that is not deleted. Raises InputError."""
    wanted = given
    with suppress(MisfitError):
        found = select(col(ApplicationRow.id)).where(
            col(ApplicationRow.tenant) == tenant, col(ApplicationRow.case_number) == read_case_number(given)
        )
        wanted = connection.scalars(found).first() or given
    case = tables.case.c
    known = select(case.case_id).where(
        case.tenant == tenant, case.case_id == wanted, case.deleted_seq.is_(None)
    )
    if connection.scalars(known).first() is None:
        raise InputError([fault("case_not_open", case=given, tenant=tenant)])
    return wanted
