"""Plans and attendance as CSV: out for a spreadsheet, and in from another system, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, content_type
from decision_service.api.callers import Caller
from decision_service.api.cases import acting, as_json, changing, seen_by, told
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.routes.planning import LONGEST, Secretary, occasions_of
from decision_service.casework.office import Office
from decision_service.log import journal, vouched
from decision_service.planning import csv_files
from decision_service.planning.offered import everybody
from decision_service.planning.steps.step import require_in_order, wrong
from decision_service.reading.strict_json import InputError
from norms.fault import fault

router = APIRouter(tags=["planering"])

CSV = "text/csv"


class CsvFile(Response):
    """A file for a spreadsheet."""

    media_type = CSV


_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Filen", "content": {CSV: {"schema": {"type": "string"}}}}
}
_PLANS = (
    "personnummer;bestämd;första dagen;sista dagen;mål;eget arbetssökande;heltid;skäl\n"
    "198002099805;2026-10-28;2026-11-02;2026-12-31;Arbete på lager;10;ja;\n"
)
_MARKS = "personnummer;dag;aktivitet;närvaro\n198002099805;2026-10-27;grupp;närvarande\n"
_TAKEN = {
    **answers.answers(answers.RowsTaken),
    **problem_responses("conflict", "unsupported-media-type"),
}


def _described(example: str) -> dict[str, Any]:
    content = {CSV: {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


@router.get("/planning-files/plans", summary="Planerna som fil", response_class=CsvFile, responses=_FILE)
def export_plans(request: Request, caller: Secretary) -> Response:
    """Den senaste planen för var och en som är inskriven. Den som har skyddade uppgifter är inte med. Att den
    hämtas loggas hos var och en."""
    return file(plans_file(request, caller), f"planer-{caller.tenant}.csv")


@router.post(
    "/planning-files/plans",
    summary="Ta in planer från en fil",
    openapi_extra=_described(_PLANS),
    responses=_TAKEN,
)
def import_plans(request: Request, caller: Secretary, body: RawBody) -> Response:
    """Alla rader, eller ingen: svaret säger vad som är fel i varje rad."""
    return _taken(request, caller, body, csv_files.plans_in)


@router.get(
    "/planning-files/attendance",
    summary="Närvaron som fil",
    response_class=CsvFile,
    responses=_FILE,
)
def export_attendance(
    request: Request,
    caller: Secretary,
    first: Annotated[date, Query(description="Första dagen")],
    last: Annotated[date, Query(description="Sista dagen, högst 62 dagar senare")],
) -> Response:
    """Varje tillfälle som det är markerat. Den som har skyddade uppgifter är inte med."""
    return file(attendance_file(request, caller, first, last), f"narvaro-{caller.tenant}-{first}-{last}.csv")


@router.post(
    "/planning-files/attendance",
    summary="Ta in närvaro från en fil",
    openapi_extra=_described(_MARKS),
    responses=_TAKEN,
)
def import_attendance(request: Request, caller: Secretary, body: RawBody) -> Response:
    """Alla rader, eller ingen: svaret säger vad som är fel i varje rad."""
    return _taken(request, caller, body, csv_files.attendance_in)


def _taken(
    request: Request,
    caller: Caller,
    body: bytes,
    take: Callable[[Office, Session, str, str, str], int],
) -> Response:
    text = _text(request, body)
    with acting(request, caller) as (office, session):
        count = take(office, session, caller.tenant, text, caller.principal.subject)
    return as_json(answers.RowsTaken(rows=count))


def plans_file(request: Request, caller: Caller) -> str:
    """The plans of those who are enrolled. That they are read is logged of each."""
    with _read(request, caller) as (office, session):
        return csv_files.plans_out(person for _, person in everybody(office, session, caller.tenant))


def attendance_file(request: Request, caller: Caller, first: date, last: date) -> str:
    """The occasions of a time. Raises InputError for too long a one."""
    require_in_order(first, last)
    if (last - first).days > LONGEST:
        wrong("too_many_days", "last", limit=LONGEST)
    with _read(request, caller) as (office, session):
        return csv_files.attendance_out(
            (person, occasions_of(office, session, row, first, last))
            for row, person in everybody(office, session, caller.tenant)
        )


def file(content: str, name: str) -> Response:
    """A file for a spreadsheet."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=f"{CSV}; charset=utf-8", headers=headers)


@contextmanager
def _read(request: Request, caller: Caller) -> Iterator[tuple[Office, Session]]:
    """A session to read everybody in, once it is logged of each that somebody does."""
    office = office_of(request)
    actor = journal.staff(caller.principal.subject)
    with changing(request, caller) as (_, session):
        cases = [row.case_id for row, _ in everybody(office, session, caller.tenant)]
        now = office.clock()
        entries = [journal.access(case, now, actor, "planering", reason=_REASON) for case in cases]
        vouched.append(office.log, session, caller.tenant, entries)
    with told(), seen_by(office, caller) as session:
        yield office, session


_REASON = "en fil över alla deltagare"


def _text(request: Request, body: bytes) -> str:
    """The file. Raises ProblemError for another type, and InputError for what is no UTF-8."""
    if content_type(request) != CSV:
        raise ProblemError("unsupported-media-type", more={"accepted": [CSV]})
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([fault("not_utf8", byte=error.start, found=body[error.start])]) from None
