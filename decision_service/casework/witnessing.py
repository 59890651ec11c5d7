"""Witnesses: neighbours' checkpoints are signed here when their logs have only grown, and ours there."""

from __future__ import annotations

import hashlib
import threading
from http import HTTPStatus

import httpx
import sqlalchemy
from sqlalchemy import select as columns
from sqlmodel import col, select

from audit import proof, tables
from audit.cosignature import (
    CosignatureRequest,
    WitnessRefusedError,
    asked,
    cosigned_at,
    read_request,
    seen,
    witness_key,
)
from audit.errors import WitnessError
from audit.verify import WrongError, read_checkpoint, read_key
from decision_service.casework.office import Office
from decision_service.network.exchange import (
    BROKEN,
    UNPACKED,
    LateError,
    UnreadableError,
    beginning,
    read,
    within,
)
from decision_service.reading.said import said_in
from decision_service.store.database import reading, transaction
from decision_service.store.tables import CosignedRow, WitnessedRow

_say = said_in(__file__)

TIMEOUT = 10.0
"""Seconds for a witness to answer."""
LARGEST_ANSWER = 4096
"""Bytes of a few signatures. Of any other answer so much is read at most."""
_SIGNED = sqlalchemy.text(
    "INSERT INTO cosigned (tenant, size, note) VALUES (:tenant, :size, :note)"
    " ON CONFLICT (tenant) DO UPDATE SET size = excluded.size, note = excluded.note"
    " WHERE cosigned.size <= excluded.size"
)
"""Several processes may have asked the witness; what it signed last counts."""


def add_checkpoint(office: Office, body: bytes) -> str:
    """Sign a neighbour's checkpoint as seen, and keep it. Raises WitnessRefusedError."""
    request = read_request(body)
    neighbours = [one.neighbour for one in office.installation.municipalities.values()]
    logs = [read_key(one.log) for one in neighbours if one is not None]
    log = next((key for key in logs if key.name == request.origin), None)
    if office.cosigner is None:
        raise WitnessRefusedError(404, _say("no_log_witnessed"))
    with transaction(office.engine) as session:
        known = select(WitnessedRow).where(col(WitnessedRow.origin) == request.origin).with_for_update()
        row = session.exec(known).first()
        text = seen(request, log, _last(office, row, request.origin))
        if row is None:
            row = WitnessedRow(origin=request.origin, size=0, note="")
        row.size, row.note = request.size, request.note
        session.add(row)
        session.flush()
        # While the row is held: nobody who has seen a larger one has remembered it already.
        office.keys.remember(_kept_as(request.origin), request.note)
    return office.cosigner.cosign(text, int(office.clock().timestamp()))


def _last(office: Office, row: WitnessedRow | None, origin: str) -> tuple[int, bytes] | None:
    """Size and root of the last checkpoint that was signed here for a log. The key folder remembers it too:
    whoever has this database alone cannot make us sign a second history of a neighbour's. Raises
    WitnessRefusedError where the two disagree."""
    notes = row.note if row is not None else None, office.keys.remembered(_kept_as(origin))
    found = {read_checkpoint(note)[1:] for note in notes if note is not None}
    last = max(found, key=lambda one: one[0], default=None)
    if last is not None and any(size == last[0] and root != last[1] for size, root in found):
        raise WitnessRefusedError(409, _say("two_memories"), last[0])
    return last


def _kept_as(origin: str) -> str:
    """Where in the key folder a neighbour's log is remembered."""
    return f"witnessed/{hashlib.sha256(origin.encode()).hexdigest()[:16]}"


def submit(office: Office, tenant: str) -> None:
    """Let the municipality's neighbour sign its newest checkpoint, where it has one and has not yet.

    Raises WitnessError when the neighbour does not answer, or has seen another history.
    """
    neighbour = office.municipality(tenant).neighbour
    if neighbour is None:
        return
    table = tables.checkpoint.c
    newest = columns(table.note).where(table.tenant == tenant).order_by(table.size.desc()).limit(1)
    with reading(office.engine) as session:
        note = session.connection().scalar(newest)
        before = session.get(CosignedRow, tenant)
    if note is None or (before is not None and before.note.startswith(note)):
        return
    lines = _ask(neighbour.url, _request(office, tenant, before.size if before is not None else 0, note))
    if isinstance(lines, int):  # another size than we thought
        lines = _ask(neighbour.url, _request(office, tenant, lines, note))
    if isinstance(lines, int):
        raise WitnessError(_say("other_history", vittne=neighbour.url, antal=lines))
    text, _, _ = note.rpartition("\n\n")
    try:
        cosigned_at(f"{text}\n", lines, witness_key(neighbour.key))
    except WrongError as error:
        raise WitnessError(str(error)) from error
    with transaction(office.engine) as session:
        signed = {"tenant": tenant, "size": read_checkpoint(note)[1], "note": note + lines}
        session.connection().execute(_SIGNED, signed)


def _request(office: Office, tenant: str, old: int, note: str) -> CosignatureRequest:
    """Raises WitnessError when the witness has more than there is."""
    size = read_checkpoint(note)[1]
    if old > size:
        raise WitnessError(_say("witness_ahead", antal=old, kommun=tenant, storlek=size))
    with reading(office.engine) as session:
        path = proof.consistency(session.connection(), tenant, old, size) if 0 < old < size else []
    return asked(old, path, note)


def _said_whole(answer: httpx.Response, late: threading.Event) -> str:
    """The text of an answer that has come whole: a part of a number is another number. Empty where it cannot
    be read."""
    try:
        return read(answer, LARGEST_ANSWER, late).decode(errors="replace").strip()
    except UnreadableError:
        return ""


def _ask(url: str, request: CosignatureRequest) -> str | int:
    """The witness's signature lines, or with 409 the size that it has. Raises WitnessError."""
    content = request.as_text().encode()
    try:
        with (
            within(TIMEOUT, verify=True, timeout=TIMEOUT) as (client, late),
            client.stream("POST", f"{url}/add-checkpoint", content=content, headers=UNPACKED) as answer,
        ):
            if answer.status_code == HTTPStatus.OK:
                return read(answer, LARGEST_ANSWER, late).decode()
            if answer.status_code == HTTPStatus.CONFLICT:
                said = _said_whole(answer, late)
                if said.isdecimal():
                    return int(said)
            else:
                said = beginning(answer, LARGEST_ANSWER, late).strip()
            why = f"{answer.status_code} {said[:200]}".rstrip()
            raise WitnessError(_say("witness_refuses", vittne=url, skäl=why))
    except UnreadableError as error:
        raise WitnessError(_say("witness_unreadable", vittne=url, fel=error)) from error
    except UnicodeDecodeError as error:
        raise WitnessError(_say("witness_not_utf8", vittne=url)) from error
    except (LateError, *BROKEN) as error:
        raise WitnessError(_say("witness_silent", vittne=url, fel=type(error).__name__)) from error
