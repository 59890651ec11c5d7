"""The pages of what other rules do to recorded decisions: begin a run, see its figures, open its cases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from decision_service.api.behind import office_of
from decision_service.api.cases import acting, changing, told
from decision_service.api.pages import AskedPage, page_of
from decision_service.api.problems import ProblemError
from decision_service.api.routes.impacts import BEGINS, LOOKS, READS, SETTLES, Run, in_list, on_case
from decision_service.application.fields import month_of
from decision_service.casework.office import Office
from decision_service.casework.staff import named
from decision_service.impact import runs
from decision_service.impact.release import book_of
from decision_service.impact.settling import decides, settle
from decision_service.impact.shown import told as in_figures
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import OPEN
from decision_service.log.published import published_releases
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading
from decision_service.store.tables import ImpactRow
from decision_service.web.render import page
from decision_service.web.visitors import OwnForm, Visitor, visitor
from decision_service.web.wrong import fields, wrong
from norms.fault import MisfitError, fault
from norms.month import Month

router = APIRouter(prefix="/k/{kommunkod}/foljder")

Beginner = Annotated[Visitor, Depends(visitor(*BEGINS))]
Looker = Annotated[Visitor, Depends(visitor(*LOOKS))]
Reader = Annotated[Visitor, Depends(visitor(*READS, reads=True))]
Rules = Annotated[str, Query(max_length=64)]
MOST_MONTHS = 240
_WHERE = fields({"release": "regler", "months": "fran", "first": "fran", "last": "till"})


@router.get("")
def every(request: Request, looker: Looker, regler: Rules = "") -> Response:
    """Every run, and the form to begin another, under ``regler`` where it is asked for."""
    month = str(Month.of(swedish_day(office_of(request).clock())).plus(-1))
    return _every(request, looker, {"regler": regler, "fran": month, "till": month})


def _every(request: Request, looker: Visitor, given: dict[str, str], faults: Any = ()) -> Response:
    office = office_of(request)
    with reading(office.engine) as session:
        protected = looker.sees_protected
        found = [in_list(session, each, protected=protected) for each in runs.runs(session, looker.tenant)]
        drafts_ = drafts.listed(session, looker.tenant)
    return page(
        request,
        "foljder.html",
        422 if faults else 200,
        visitor=looker,
        korningar=found,
        versioner=published_releases(office.engine, looker.tenant),
        utkast=[each for each in drafts_ if each.state == OPEN],
        far_borja=not looker.roles.isdisjoint(BEGINS),
        givet=given,
        fel=list(faults),
    )


@router.post("")
def begin(request: Request, beginner: Beginner, form: OwnForm) -> Response:
    """Begin a run."""
    given = {name: form[name].strip() for name in ("regler", "fran", "till")}
    try:
        months = _months(given["fran"], given["till"])
        with acting(request, beginner) as (office, session):
            book = book_of(office, session, beginner.tenant, given["regler"])
            who, protected = beginner.principal.subject, beginner.sees_protected
            run = runs.begin(office, session, beginner.tenant, who, book, months, protected=protected)
    except InputError as error:
        return _every(request, beginner, given, wrong(error.faults, _WHERE))
    return RedirectResponse(f"/k/{beginner.tenant}/foljder/{run.id}", 303)


def _months(first: str, last: str) -> list[str]:
    """From one month to another. Raises InputError."""
    faults, months = [], []
    for name, text in (("first", first), ("last", last)):
        try:
            months.append(month_of(text))
        except MisfitError as error:
            faults += [each.below(name) for each in error.faults]
    if faults:
        raise InputError(faults)
    begin, end = months
    if not 0 <= end.index - begin.index < MOST_MONTHS:
        raise InputError([fault("impact_without_month", "months")])
    return [str(begin.plus(step)) for step in range(end.index - begin.index + 1)]


@router.get("/{run}")
def one(request: Request, looker: Looker, run: Run) -> Response:
    """How far a run has come, and its figures."""
    return _one(request, looker, run)


def _one(request: Request, looker: Visitor, run: str, **more: Any) -> Response:
    office = office_of(request)
    with told(), reading(office.engine) as session:
        row = runs.run_of(session, looker.tenant, run)
        protected = looker.sees_protected
        found = in_list(session, row, protected=protected)
        figures = in_figures(runs.summary(session, row, protected=protected))
        asked_by = named(office, session, looker.tenant, row.asked_by) or row.asked_by
        titles = _titles(office, session, row, figures.rules)
    shown: dict[str, Any] = {
        "korning": found,
        "siffror": figures,
        "begard_av": asked_by,
        "galler": decides(office, row),
        "lades": None,
        "titlar": titles,
        "gallande": {each.id for each in office.book.rules},
    } | more
    may = {
        "far_borja": not looker.roles.isdisjoint(BEGINS),
        "far_lagga_ut": not looker.roles.isdisjoint(SETTLES),
        "far_lasa": not looker.roles.isdisjoint(READS),
    }
    return page(request, "foljder_en.html", visitor=looker, **may, **shown)


def _titles(office: Office, session: Session, row: ImpactRow, ids: Collection[str]) -> dict[str, str]:
    """What rules are called: in those that are in force, and where one is not there in those of the run."""
    titles = {each.id: each.title for each in office.book.rules}
    if not titles.keys() >= set(ids):
        release = book_of(office, session, row.tenant, row.release)
        titles = {each.id: each.title for each in release.rules} | titles
    return titles


@router.post("/{run}")
def act(request: Request, beginner: Beginner, run: Run, form: OwnForm) -> Response:
    """End a run, or put what it found before people."""
    if form["gor"] == "uppgifter":
        if beginner.roles.isdisjoint(SETTLES):
            raise ProblemError("forbidden")
        with told():
            who, protected = beginner.principal.subject, beginner.sees_protected
            count = settle(office_of(request), beginner.tenant, who, run, protected=protected)
        return _one(request, beginner, run, lades=count)
    with changing(request) as (office, session):
        runs.stop(office, session, beginner.tenant, run)
    return RedirectResponse(f"/k/{beginner.tenant}/foljder/{run}", 303)


@router.get("/{run}/arenden")
def cases(request: Request, reader: Reader, run: Run, asked: AskedPage) -> Response:
    """The cases that come out otherwise, each to open. Those of protected people are a manager's to see."""
    after = str(asked.after[0]) if asked.after else ""
    protected = reader.sees_protected
    with told(), reading(office_of(request).engine) as session:
        row = runs.run_of(session, reader.tenant, run)
        rows = runs.moved(session, row, protected=protected, after=after, limit=asked.limit + 1)
        found = in_list(session, row, protected=protected)
        listed = [on_case(*each) for each in rows]
        titles = _titles(office_of(request), session, row, {one for each in listed for one in each.rules})
    shown = page_of(asked, listed, lambda each: (each.application,))
    return page(
        request,
        "foljder_arenden.html",
        visitor=reader,
        korning=found,
        arenden=shown.items,
        nasta=shown.next,
        alla=protected,
        titlar=titles,
    )
