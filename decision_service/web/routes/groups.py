"""The pages of groups: the activities that are offered, and a day of one, where all are marked at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from decision_service.api.behind import office_of
from decision_service.api.cases import acting, seen_by, told
from decision_service.api.routes.attending import Activity, GroupMarks, LastDay, in_group
from decision_service.application.case_file import ActivityKind
from decision_service.casework.staff import named
from decision_service.planning import marking, offered
from decision_service.planning.attendance import Marking
from decision_service.planning.offered import OfferedActivity
from decision_service.planning.office import today_of
from decision_service.planning.participation import Support
from decision_service.planning.words import words
from decision_service.reading.faults import validated
from decision_service.reading.swedish_time import swedish_day
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.routes.planning import Secretary, day_asked
from decision_service.web.step_forms import value_in
from decision_service.web.visitors import OwnForm, SentForm, Visitor
from decision_service.web.wrong import same_name

router = APIRouter(prefix="/k/{kommunkod}/grupper")

DayAsked = Annotated[str, Query(max_length=10)]


@router.get("")
def listed(request: Request, secretary: Secretary) -> Response:
    """The activities that are offered, with the places that are taken."""
    return _listed(request, secretary)


def _listed(request: Request, secretary: Visitor, status: int = 200, **more: Any) -> Response:
    office = office_of(request)
    with told(), seen_by(office, secretary) as session:
        today = today_of(office, secretary.tenant).day
        found = offered.all_offered(office, session, secretary.tenant, today)
        people = [person for _, person in offered.everybody(office, session, secretary.tenant)]
    return page(
        request,
        "grupper.html",
        status,
        visitor=secretary,
        grupper=found,
        platser=offered.places_taken(people, found, today),
        slag=list(ActivityKind),
        stod=list(Support),
        namn=words(),
        idag=today,
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.post("/ny")
def offer(request: Request, secretary: Secretary, form: OwnForm) -> Response:
    """Offer an activity."""
    try:
        with refused_here():
            said = {
                name: value_in(name, form[name].strip())
                for name in OfferedActivity.model_fields
                if form[name].strip()
            }
            given = validated(OfferedActivity, said)
            with acting(request, secretary) as (office, session):
                offered.offer(office, session, secretary.tenant, given, secretary.principal.subject)
    except RefusedHere as refused:
        return _listed(request, secretary, refused.status, fel=refused.said(same_name()), givet=form)
    return RedirectResponse(f"/k/{secretary.tenant}/grupper", 303)


@router.get("/{activity}")
def group(request: Request, secretary: Secretary, activity: Activity, dag: DayAsked = "") -> Response:
    """A day of a group: who takes part, and how each was marked."""
    return _group(request, secretary, activity, dag)


def _group(
    request: Request, secretary: Visitor, activity: str, asked: str, status: int = 200, **more: Any
) -> Response:
    office = office_of(request)
    today = today_of(office, secretary.tenant).day
    with told(), seen_by(office, secretary) as session:
        what = offered.offered(office, session, secretary.tenant, activity)
        day = day_asked(asked, what.day_of(today, -1))
        found = offered.taking_part(office, session, secretary.tenant, activity, day)
        closed = offered.taking_part(office, session, secretary.tenant, activity, day, closed=True)
        by = offered.offered_by(session, secretary.tenant, activity)
        name = by and (named(office, session, secretary.tenant, by[0]) or by[0])
    return page(
        request,
        "grupp.html",
        status,
        visitor=secretary,
        id=activity,
        aktivitet=what,
        dag=day,
        erbjod=by and (name, swedish_day(by[1])),
        fore=what.day_of(day - timedelta(days=1), -1),
        efter=what.day_of(day + timedelta(days=1), 1),
        idag=today,
        kommande=day > today,
        deltar=[in_group(each) for each in found],
        installt=len(closed),
        marken=[each for each in Marking if each is not Marking.CLOSED],
        namn=words(),
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.post("/{activity}")
def mark(request: Request, secretary: Secretary, activity: Activity, form: OwnForm) -> Response:
    """Mark those of the group where something else is chosen than was shown, close the day or open it again,
    or say which day is the last."""
    day = day_asked(form["dag"], today_of(office_of(request), secretary.tenant).day)
    who = secretary.principal.subject
    named_in = [name.removeprefix("narvaro-") for name in form.names if name.startswith("narvaro-")]
    changed = [each for each in named_in if form[f"narvaro-{each}"] not in ("", form[f"fore-{each}"])]
    marks = [{"participant": each, "mark": form[f"narvaro-{each}"]} for each in changed]
    before = [{"participant": each, "mark": form[f"fore-{each}"]} for each in changed if form[f"fore-{each}"]]
    try:
        with refused_here(), acting(request, secretary) as (office, session):
            if form["gor"] == "avsluta":
                last = validated(LastDay, {"last": form["last"]}).last
                offered.end(office, session, secretary.tenant, activity, last, who)
            elif form["gor"] in ("stang", "stang-anda"):
                over = form["gor"] == "stang-anda"
                marking.close(office, session, secretary.tenant, activity, day, who, over_marks=over)
            elif form["gor"] == "oppna":
                marking.reopen(office, session, secretary.tenant, activity, day, who)
            elif marks:
                given = validated(GroupMarks, {"marks": marks}).marks
                chosen = {each.participant: each.mark for each in given}
                seen = validated(GroupMarks, {"marks": before}).marks if before else []
                shown = {each.participant: each.mark for each in seen}
                marking.mark_group(office, session, secretary.tenant, activity, day, chosen, who, shown)
    except RefusedHere as refused:
        return _group(
            request,
            secretary,
            activity,
            form["dag"],
            refused.status,
            fel=refused.said(same_name()),
            givet=form,
        )
    return RedirectResponse(f"/k/{secretary.tenant}/grupper/{activity}?dag={day}", 303)
