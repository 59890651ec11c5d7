"""Documents that the applicant sends: checked by their content, kept under the case's key, a hash in the log.

A document may answer a question. It is read by people: what the machine knows of it is that it is there.
"""

from __future__ import annotations

import hashlib
import json
import uuid

from sqlmodel import Session, col, select

from audit import sealed
from decision_service.application.document_kind import kind_of
from decision_service.casework import applicant, steps
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, lock
from decision_service.decision.document import Reason, reasons_from
from decision_service.log import journal
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import OPEN, ApplicationRow, ApplicationState, DocumentRow
from norms.fault import fault

MOST = 50
"""Documents of an application."""


def add(
    office: Office,
    session: Session,
    tenant: str,
    application_id: str,
    content: bytes,
    name: str,
    question: str,
) -> DocumentRow:
    """A document to an application, and to a question where one is named. The same one again is the same.

    Raises NotFoundError, ConflictError when the application is decided or taken back, and InputError for a
    file that cannot be taken or a question that is not asked.
    """
    row = lock(session, tenant, application_id)
    if row.state not in OPEN:
        raise ConflictError(fault("cannot_complete", state=ApplicationState(row.state)))
    kind, digest = kind_of(content), hashlib.sha256(content).hexdigest()
    asked = _asked(office, session, row, question)
    known = of_application(session, row)
    for one in known:
        if (one.sha256, one.question) == (digest, question):
            return one
    if len(known) >= MOST:
        raise InputError([fault("too_many_documents", limit=MOST)])
    id_ = uuid.uuid4().hex
    found = DocumentRow(
        id=id_,
        tenant=tenant,
        application_id=row.id,
        question=question,
        name=name,
        kind=kind.value,
        size=len(content),
        sha256=digest,
        received_at=office.clock(),
        sealed=sealed.seal(session.connection(), office.keys, tenant, row.id, _named(id_), content),
    )
    session.add(found)
    _attach(office, session, row, found, asked)
    return found


def of_application(session: Session, row: ApplicationRow) -> list[DocumentRow]:
    """The documents of an application, the oldest first."""
    query = select(DocumentRow).where(same_case(DocumentRow, row))
    return list(session.exec(query.order_by(col(DocumentRow.received_at), col(DocumentRow.id))))


def opened(office: Office, session: Session, row: ApplicationRow, document: str) -> tuple[DocumentRow, bytes]:
    """A document and what is in it. Raises NotFoundError, and VaultError where it is not what was sent."""
    found = session.get(DocumentRow, (row.tenant, document))
    if found is None or found.application_id != row.id:
        raise NotFoundError(document)
    connection = session.connection()
    content = sealed.unseal(connection, office.keys, row.tenant, row.id, _named(found.id), found.sealed)
    return found, content


def _named(id_: str) -> str:
    return f"document/{id_}"


def _asked(office: Office, session: Session, row: ApplicationRow, question: str) -> Reason | None:
    if not question:
        return None
    completion = steps.asked_now(office, session, row)
    asked = reasons_from(completion.asked) if completion is not None else ()
    found = next((one for one in asked if one.id == question), None)
    if found is None:
        raise InputError([fault("question_gone", "question")])
    return found


def _attach(
    office: Office, session: Session, row: ApplicationRow, document: DocumentRow, asked: Reason | None
) -> None:
    """Note the document in the application: rules ask a person to read it."""
    before = json.loads(row.content)
    category = asked.code if asked is not None else None
    attachment = {"category": category, "name": document.name or None, "fileId": document.id}
    form = before["application"] | {"attachments": [*before["application"]["attachments"], attachment]}
    after = applicant.with_document(before | {"application": form}, asked)
    applicant.change(office, session, row, before, after)
    entry = journal.document_came(
        row.id, office.clock(), document.kind, document.size, document.sha256, document.name
    )
    applicant.look_again(office, session, row, entry)
