"""What other rules do to recorded decisions: a run is begun, looked at, ended, and put before people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.addresses import Application
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import acting, as_json, changing, seen_by, told
from decision_service.api.openapi import problem_responses
from decision_service.api.pages import AskedPage, page_of
from decision_service.application.fields import MonthText, Part, Text
from decision_service.casework import owed
from decision_service.impact import runs
from decision_service.impact.again import Again
from decision_service.impact.release import book_of
from decision_service.impact.settling import settle
from decision_service.impact.shown import told as in_figures
from decision_service.reading.faults import validated
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ImpactRow

router = APIRouter(tags=["följder"])

BEGINS = (Role.JURIST, Role.POLICY)
READS = (Role.JURIST, Role.CHEF, Role.REVISOR)
"""Those who see the cases, when they say why."""
LOOKS = (*READS, Role.POLICY)
"""Those who see the figures."""
SETTLES = (Role.JURIST,)
Beginner = Annotated[Caller, Depends(require(*BEGINS))]
Looker = Annotated[Caller, Depends(require(*LOOKS))]
Reader = Annotated[Caller, Depends(require_reader(*READS))]
Settler = Annotated[Caller, Depends(require(*SETTLES))]
Worker = Annotated[Caller, Depends(require(Role.HANDLAGGARE))]
Run = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Körningens id")]


class NewImpact(Part):
    """Which rules, a release's id or a draft's, and the months whose cases are assessed again."""

    release: Annotated[str, Field(max_length=64)]
    months: Annotated[list[MonthText], Field(min_length=1, max_length=240)]


class Stays(Part):
    """Why a decision stays as it is."""

    reason: Text


@router.post(
    "/impacts",
    status_code=202,
    summary="Pröva månader igen under andra regler",
    openapi_extra=described(NewImpact, {"körning": {"release": "4c1d…", "months": ["2026-10"]}}),
    responses={**answers.answers(answers.Impact, 202), **problem_responses("unsupported-media-type")},
)
def begin_impact(request: Request, caller: Beginner, body: RawBody) -> Response:
    """Varje prövat ärende i månaderna prövas igen, i bakgrunden. Inget beslut ändras. En körning som avbryts
    fortsätter där den var."""
    given = validated(NewImpact, json_of(request, body))
    with acting(request, caller) as (office, session):
        book = book_of(office, session, caller.tenant, given.release)
        who, protected = caller.principal.subject, caller.sees_protected
        found = runs.begin(office, session, caller.tenant, who, book, given.months, protected=protected)
        session.flush()
        shown = in_list(session, found, protected=protected)
    return as_json(shown, {"Location": f"/v1/{caller.tenant}/impacts/{found.id}"}, 202)


@router.get("/impacts", summary="Körningarna", responses=answers.answers(answers.Items[answers.Impact]))
def list_impacts(request: Request, caller: Looker) -> Response:
    """Kommunens körningar, den senaste först, hundra som mest."""
    with reading(office_of(request).engine) as session:
        protected = caller.sees_protected
        found = [in_list(session, each, protected=protected) for each in runs.runs(session, caller.tenant)]
    return as_json(answers.Items[answers.Impact](items=found))


@router.get("/impacts/{run}", summary="Vad en körning visar", responses=answers.answers(answers.ImpactResult))
def show_impact(request: Request, caller: Looker, run: Run) -> Response:
    """Hur långt den har kommit, och siffrorna så långt. Det som rör färre än fem visas inte, och
    ärenden med skyddade uppgifter räknas bara för den som får se dem."""
    with told(), reading(office_of(request).engine) as session:
        found = runs.run_of(session, caller.tenant, run)
        shown = in_list(session, found, protected=caller.sees_protected)
        figures = in_figures(runs.summary(session, found, protected=caller.sees_protected))
    return as_json(answers.ImpactResult(**dict(shown), result=figures))


@router.get(
    "/impacts/{run}/cases",
    summary="Ärendena som blir annorlunda",
    responses=answers.answers(answers.Page[answers.ImpactOnCase]),
)
def list_impact_cases(request: Request, caller: Reader, run: Run, asked: AskedPage) -> Response:
    """Före och efter i varje ärende. Den som har skyddade uppgifter finns bara för den som får se det."""
    after = str(asked.after[0]) if asked.after else ""
    with told(), reading(office_of(request).engine) as session:
        found = runs.run_of(session, caller.tenant, run)
        protected = caller.sees_protected
        rows = runs.moved(session, found, protected=protected, after=after, limit=asked.limit + 1)
    shown = page_of(asked, [on_case(*each) for each in rows], lambda each: (each.application,))
    listed = answers.Page[answers.ImpactOnCase](items=list(shown.items), next=shown.next)
    return as_json(listed, shown.headers)


@router.post(
    "/impacts/{run}/stop",
    summary="Avbryt en körning",
    responses={**answers.answers(answers.Impact), **problem_responses("conflict")},
)
def stop_impact(request: Request, caller: Beginner, run: Run) -> Response:
    """Det som är prövat står kvar."""
    with changing(request) as (office, session):
        found = runs.stop(office, session, caller.tenant, run)
        session.flush()
        shown = in_list(session, found, protected=caller.sees_protected)
    return as_json(shown)


@router.post(
    "/impacts/{run}/tasks",
    summary="Lägg ut det som skulle ha blivit annat",
    responses={**answers.answers(answers.Settled), **problem_responses("conflict")},
)
def put_before_people(request: Request, caller: Settler, run: Run) -> Response:
    """Varje beslut som reglerna, som måste gälla, skulle ha gett en annan summa blir en uppgift för en
    handläggare. Inget betalas och inget krävs av det."""
    with told():
        who, protected = caller.principal.subject, caller.sees_protected
        count = settle(office_of(request), caller.tenant, who, run, protected=protected)
    return as_json(answers.Settled(tasks=count))


@router.get("/owed", summary="Beslut att se över", responses=answers.answers(answers.Items[answers.Owed]))
def list_owed(
    request: Request, caller: Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.CHEF))]
) -> Response:
    """Beslut som vilar på rättade regler och som ingen har ändrat än, de äldsta först. Ett beslut som ändras
    försvinner ur listan."""
    with seen_by(office_of(request), caller) as session:
        found = owed.still_open(office_of(request), session, caller.tenant)
        items = [
            answers.Owed(
                application=row.id,
                case_number=row.case_number,
                month=row.month,
                decision=each.decision,
                found_at=each.found_at,
            )
            for row, each in found
        ]
    return as_json(answers.Items[answers.Owed](items=items))


@router.post(
    "/owed/{application}/stays",
    status_code=204,
    summary="Låt beslutet stå",
    openapi_extra=described(Stays, {"skäl": {"reason": "Sökanden hade redan fått hela hyran."}}),
    responses=problem_responses("conflict", "unsupported-media-type"),
)
def let_decision_stay(request: Request, caller: Worker, application: Application, body: RawBody) -> Response:
    """Med skälet, som står i ärendets logg."""
    given = validated(Stays, json_of(request, body))
    with acting(request, caller) as (office, session):
        owed.leave(office, session, caller.tenant, application, caller.principal.subject, given.reason)
    return Response(status_code=204)


def in_list(session: Session, run: ImpactRow, *, protected: bool) -> answers.Impact:
    """A run and how far it has come, with the cases of protected people or without."""
    so_far = runs.progress(session, run, protected=protected)
    return answers.Impact(
        id=run.id,
        release=run.release,
        months=run.months.split(),
        asked_at=run.asked_at,
        asked_by=run.asked_by,
        state=run.state,  # type: ignore[arg-type]
        done=so_far.done,
        total=so_far.total,
        missing=so_far.missing,
        ended_at=run.ended_at,
        settled_at=run.settled_at,
    )


def on_case(row: ApplicationRow, found: Again) -> answers.ImpactOnCase:
    """What becomes of a case."""
    return answers.ImpactOnCase(
        application=row.id,
        case_number=row.case_number,
        month=row.month,
        household=found.household,
        before=found.before,
        after=found.after,
        rules=found.rules,
        owed=found.owed,
        decided=found.decided,
    )
