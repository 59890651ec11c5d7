"""How a route reads or changes a case: in one transaction, the read logged and faults told as problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import structlog
from fastapi import Request
from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from audit.errors import RowError
from decision_service.access.roles import REVIEWERS
from decision_service.api.behind import office_of
from decision_service.api.callers import Caller
from decision_service.api.etag import etag
from decision_service.api.problems import ProblemError
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, StaleError, find, require_logged
from decision_service.casework.staff import note_staff
from decision_service.log import journal, vouched
from decision_service.store.database import reading, transaction
from decision_service.store.hiding import hide
from decision_service.store.tables import ApplicationRow

Shown = TypeVar("Shown")
_log = structlog.get_logger()


@contextmanager
def told() -> Iterator[None]:
    """Faults of casework as problems."""
    try:
        yield
    except NotFoundError:
        raise ProblemError("not-found") from None
    except StaleError:
        raise ProblemError("stale") from None
    except ConflictError as error:
        raise ProblemError("conflict", error.fault) from None
    except RowError as error:
        _log.critical("row_not_as_logged", why=str(error))
        raise ProblemError("not-as-logged") from None


@contextmanager
def changing(request: Request, caller: Caller | None = None) -> Iterator[tuple[Office, Session]]:
    """A transaction in which a case is changed, that a ``caller`` may know of."""
    office = office_of(request)
    with told(), transaction(office.engine) as session:
        if caller is not None and not caller.sees_protected:
            hide(session, lists=False)
        yield office, session


@contextmanager
def acting(request: Request, caller: Caller) -> Iterator[tuple[Office, Session]]:
    """The same by a person, whose name and title are kept as the token says them."""
    who = caller.principal
    with changing(request, caller) as (office, session):
        note_staff(office, session, caller.tenant, who.subject, who.name, who.title)
        yield office, session


@contextmanager
def seen_by(office: Office, caller: Caller) -> Iterator[Session]:
    """A session that reads what the caller may see: where the caller may not see protected persons there is
    no row of theirs."""
    with reading(office.engine) as session:
        if not caller.sees_protected:
            hide(session, lists=True)
        yield session


def visible(office: Office, session: Session, caller: Caller, application: str) -> ApplicationRow:
    """An application that the caller may know of: all of them, or only those that its client has sent; as it
    is logged.

    Raises NotFoundError and audit.errors.RowError.
    """
    row = _known(session, caller, application)
    require_logged(office, session, row)
    return row


def _known(session: Session, caller: Caller, application: str) -> ApplicationRow:
    row = find(session, caller.tenant, application)
    if not sees_all(caller):
        _check_own(row, caller)
    return row


def own(office: Office, session: Session, caller: Caller, application: str) -> ApplicationRow:
    """An application that the caller's client has sent, whatever else the caller may see; as it is logged.

    Raises NotFoundError and audit.errors.RowError.
    """
    row = find(session, caller.tenant, application)
    _check_own(row, caller)
    require_logged(office, session, row)
    return row


def sees_all(caller: Caller) -> bool:
    """Whether the caller works with the municipality's applications, and not only sends some."""
    return not caller.roles.isdisjoint(_SEE_ALL)


_SEE_ALL = frozenset(REVIEWERS)


def _check_own(row: ApplicationRow, caller: Caller) -> None:
    if row.client != caller.principal.client:
        raise NotFoundError(row.id)


def read(
    request: Request,
    caller: Caller,
    application: str,
    show: Callable[[Office, Session, ApplicationRow], Shown],
    *,
    signed: bool = False,
) -> Shown:
    """Show something of a case. That a person reads is logged with the purpose before anything is shown; then
    it is shown as it is logged, or not at all.

    ``signed``: what is shown needs a checkpoint that covers the whole case, this reading too.
    """
    office = office_of(request)
    if caller.purpose:
        with changing(request, caller) as (_, session):
            row = _known(session, caller, application)
            actor = journal.staff(caller.principal.subject)
            who = caller.principal
            note_staff(office, session, caller.tenant, who.subject, who.name, who.title)
            entry = journal.access(row.id, office.clock(), actor, caller.purpose)
            vouched.append(office.log, session, caller.tenant, [entry])
    if signed:
        office.log.checkpoint(office.engine, caller.tenant)
    with told(), seen_by(office, caller) as session:
        return show(office, session, visible(office, session, caller, application))


def answer(content: BaseModel, row: ApplicationRow, status: int = 200, **headers: str) -> Response:
    """A document as JSON with the version of the application as ETag."""
    return as_json(content, {"ETag": etag(row.version), **headers}, status)


def as_json(content: BaseModel, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """A document as JSON."""
    written = content.model_dump_json(by_alias=True)
    return Response(written, status, media_type="application/json", headers=headers)
