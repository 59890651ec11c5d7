"""The pages of those who plan: participants with what is due, one of them, the week, the plan to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from decision_service.access.roles import Role
from decision_service.api.behind import office_of
from decision_service.api.cases import acting, seen_by
from decision_service.api.pages import AskedPage, PageRequest
from decision_service.api.routes import planning as api
from decision_service.api.routes.planning import Participant, read
from decision_service.api.routes.planning_files import attendance_file, file, plans_file
from decision_service.application.fields import full_number
from decision_service.casework import protecting
from decision_service.casework.office import Office
from decision_service.outputs.layout.html import html, policy
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter_layout import Letter
from decision_service.planning import csv_files, marking, offered, participants
from decision_service.planning.attendance import Marking, OneMark
from decision_service.planning.letter import plan_letter
from decision_service.planning.office import today_of
from decision_service.planning.participants import Enrol
from decision_service.planning.participation import Participation
from decision_service.planning.protection_words import words as words_of_protection
from decision_service.planning.sending import send_plan
from decision_service.planning.steps import step_of
from decision_service.planning.words import words
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.reading.whole_numbers import whole_number
from decision_service.store.tables import ParticipantRow
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.step_forms import step_in
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import Wrong, fields, in_rows, same_name, wrong
from norms.fault import MisfitError, fault
from norms.month import day_in_words, day_of

router = APIRouter(prefix="/k/{kommunkod}/deltagare")

Secretary = Annotated[Visitor, Depends(visitor(Role.ACTIVITY_SECRETARY, reads=True))]
Watcher = Annotated[
    Visitor, Depends(visitor(Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF, reads=True))
]
DayAsked = Annotated[str, Query(max_length=10)]
_SEARCHED = fields({"": "personnummer"})


@router.get("")
def listed(
    request: Request,
    watcher: Watcher,
    asked: AskedPage,
    mina: Annotated[str, Query(max_length=2)] = "",
    alla: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """Those with whom something is to be done today, the one that hurries most first; or all."""
    return _listed(request, watcher, asked, {"mina": mina, "alla": alla})


def _listed(
    request: Request,
    watcher: Visitor,
    asked: PageRequest,
    given: Mapping[str, str],
    status: int = 200,
    **more: Any,
) -> Response:
    office = office_of(request)
    today = today_of(office, watcher.tenant).day
    found = api.page_in(request, watcher, asked, due=not given["alla"], mine=bool(given["mina"]))
    return page(
        request,
        "deltagare.html",
        status,
        visitor=watcher,
        deltagare=found.items,
        nasta=found.next,
        val=given,
        idag=today,
        namn=words(),
        skriver=Role.ACTIVITY_SECRETARY in watcher.roles,
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.post("/sok")
def searched(request: Request, watcher: Watcher, asked: AskedPage, form: OwnForm) -> Response:
    """The participant with a personal number, as people write it."""
    office = office_of(request)
    written = form.personal_number("personnummer")
    try:
        if not written:
            raise MisfitError(fault("missing"))
        number = full_number(written, today_of(office, watcher.tenant).day)
    except MisfitError as error:
        return _nobody(request, watcher, asked, form, wrong(error.faults, _SEARCHED))
    with seen_by(office, watcher) as session:
        row = participants.known_as(office, session, watcher.tenant, number)
    if row is None:
        return _nobody(request, watcher, asked, form, wrong([fault("no_such_participant")], _SEARCHED))
    return _to(watcher, row.case_id)


@router.post("/ny")
def enrol(request: Request, secretary: Secretary, asked: AskedPage, form: OwnForm) -> Response:
    """Take somebody into the process."""
    said: dict[str, Any] = {name: form[name].strip() for name in ("first_name", "last_name", "day")}
    if number := form.personal_number("personal_number"):
        said["personal_number"] = number
    try:
        given = validated(Enrol, said | {"protected": form["protected"] == "ja"})
        with acting(request, secretary) as (office, session):
            row = participants.known_as(office, session, secretary.tenant, given.personal_number)
            known = row is not None
            if row is None:
                who = secretary.principal.subject
                row = participants.enrol(office, session, secretary.tenant, given, who)
            case = row.case_id
    except InputError as error:
        return _nobody(request, secretary, asked, form, wrong(error.faults, same_name()))
    return _to(secretary, case, "?fanns=ja" if known else "")


def _nobody(
    request: Request, watcher: Visitor, asked: PageRequest, form: SentForm, faults: list[Wrong]
) -> Response:
    return _listed(request, watcher, asked, {"mina": "", "alla": ""}, 422, fel=faults, givet=form)


@router.get("/filer")
def files(request: Request, secretary: Secretary) -> Response:
    """Plans and attendance out as files, and in."""
    return _files(request, secretary)


def _files(request: Request, secretary: Visitor, status: int = 200, **more: Any) -> Response:
    today = today_of(office_of(request), secretary.tenant).day
    shown = {"fel": [], "givet": SentForm([]), "rader": None, "idag": today} | more
    return page(
        request,
        "deltagare_filer.html",
        status,
        visitor=secretary,
        planer=";".join(csv_files.PLANS),
        narvaro=";".join(csv_files.ATTENDANCE),
        forsta=today.replace(day=1),
        **shown,
    )


@router.post("/filer")
def take_file(request: Request, secretary: Secretary, form: OwnForm) -> Response:
    """Take in what was put on the page: all rows, or none."""
    take = csv_files.plans_in if form["slag"] == "planer" else csv_files.attendance_in
    try:
        with acting(request, secretary) as (office, session):
            who = secretary.principal.subject
            rows = take(office, session, secretary.tenant, form["text"], who)
    except InputError as error:
        return _files(request, secretary, 422, fel=in_rows(error.faults, "text"), givet=form)
    return _files(request, secretary, rader=rows)


@router.get("/filer/planer.csv")
def plans_out(request: Request, secretary: Secretary) -> Response:
    """The plans as a file."""
    return file(plans_file(request, secretary), f"planer-{secretary.tenant}.csv")


@router.get("/filer/narvaro.csv")
def attendance_out(request: Request, secretary: Secretary, fran: date, till: date) -> Response:
    """The attendance of a time as a file."""
    return file(attendance_file(request, secretary, fran, till), f"narvaro-{secretary.tenant}.csv")


@router.get("/{participant}")
def one(
    request: Request,
    watcher: Watcher,
    participant: Participant,
    vecka: DayAsked = "",
    sant: Annotated[str, Query(max_length=2)] = "",
    fanns: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """A participant: what is due, the plan, the week, and what has been done."""
    return _one(request, watcher, participant, vecka, sant=bool(sant), fanns=bool(fanns))


def _one(
    request: Request,
    watcher: Visitor,
    participant: str,
    week: str = "",
    status: int = 200,
    **more: Any,
) -> Response:
    office = office_of(request)
    monday = _monday(week, today_of(office, watcher.tenant).day)

    def show(office: Office, session: Session, row: ParticipantRow) -> Response:
        found = api.whole(office, session, row)
        occasions = api.occasions_of(office, session, row, monday, monday + timedelta(days=6))
        return page(
            request,
            "deltagare_en.html",
            status,
            visitor=watcher,
            en=found,
            vem=found.participation,
            vecka=occasions,
            mandag=monday,
            fore=monday - timedelta(days=7),
            efter=monday + timedelta(days=7),
            idag=today_of(office, watcher.tenant).day,
            namn=words(),
            grupper=offered.all_offered(office, session, row.tenant, today_of(office, row.tenant).day),
            svarar=_to_answer(found.participation),
            haller=_holding(found.participation),
            marken=list(Marking),
            skriver=Role.ACTIVITY_SECRETARY in watcher.roles,
            skydd=protecting.of_case(office, session, row.tenant, row.case_id),
            skyddsord=words_of_protection(),
            ser_skyddade=watcher.sees_protected,
            **({"fel": [], "givet": SentForm([]), "sant": False, "fanns": False} | more),
        )

    return read(request, watcher, participant, show)


def _to_answer(person: Participation) -> list[tuple[str, str]]:
    """The activities that an answer can be given to."""
    return [(each.id, each.title) for each in person.activities if each.is_going_on]


def _holding(person: Participation) -> list[tuple[str, str]]:
    """The circumstances, with when they began."""
    kinds = words().circumstances
    return [(each.id, f"{kinds[each.kind]} från {day_in_words(each.first)}") for each in person.circumstances]


@router.post("/{participant}/steg")
def step(request: Request, secretary: Secretary, participant: Participant, form: OwnForm) -> Response:
    """Take a step with the participant, as it was when the page was shown."""
    try:
        with refused_here():
            said, who, tenant = step_in(form), secretary.principal.subject, secretary.tenant
            with acting(request, secretary) as (office, session):
                taken = step_of(offered.as_offered(office, session, tenant, said))
                offered.require_place(office, session, tenant, taken)
                participants.take(office, session, tenant, participant, taken, who, _version(form))
    except RefusedHere as refused:
        return _one(
            request,
            secretary,
            participant,
            "",
            refused.status,
            fel=refused.said(same_name(f"{form['step']}-")),
            givet=form,
        )
    if "protects" in said and not secretary.sees_protected:
        return page(request, "skydd_markt.html", visitor=secretary, tillbaka="deltagare")
    return _to(secretary, participant)


@router.post("/{participant}/narvaro")
def mark(request: Request, secretary: Secretary, participant: Participant, form: OwnForm) -> Response:
    """Mark the participant's occasions of a week: those where something else is chosen than was shown."""
    try:
        with refused_here():
            marks = list(_marks(form, "narvaro"))
            shown = {(each.day, each.activity): each.mark for each in _marks(form, "fore")}
            with acting(request, secretary) as (office, session):
                who = secretary.principal.subject
                marking.mark(office, session, secretary.tenant, participant, marks, who, shown)
    except RefusedHere as refused:
        week, said = form["vecka"], refused.said()
        return _one(request, secretary, participant, week, refused.status, fel=said, givet=form)
    return _to(secretary, participant, f"?vecka={form['vecka']}")


def _marks(form: SentForm, kind: str) -> Iterator[OneMark]:
    """The occasions where something else is chosen than was shown: ``narvaro`` for what was chosen, ``fore``
    for what was shown. Raises InputError."""
    for name in form.names:
        said, _, rest = name.partition("|")
        day, _, activity = rest.partition("|")
        if said == kind and form[name] and form[f"narvaro|{rest}"] != form[f"fore|{rest}"]:
            yield validated(OneMark, {"activity": activity, "day": day, "mark": form[name]})


@router.post("/{participant}/brev")
def send(request: Request, secretary: Secretary, participant: Participant, form: OwnForm) -> Response:
    """Send the plan as a letter."""
    try:
        with refused_here(), acting(request, secretary) as (office, session):
            send_plan(office, session, secretary.tenant, participant, secretary.principal.subject)
    except RefusedHere as refused:
        return _one(request, secretary, participant, "", refused.status, fel=refused.said())
    return _to(secretary, participant, "?sant=ja")


@router.get("/{participant}/plan")
def plan(request: Request, watcher: Watcher, participant: Participant) -> Response:
    """The plan to print."""
    letter = _letter(request, watcher, participant)
    return HTMLResponse(html(letter), headers={"Content-Security-Policy": policy()})


@router.get("/{participant}/plan.pdf")
def plan_as_pdf(request: Request, watcher: Watcher, participant: Participant) -> Response:
    """The plan as PDF."""
    name = 'attachment; filename="plan.pdf"'
    content = pdf(_letter(request, watcher, participant))
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})


def _letter(request: Request, watcher: Visitor, participant: str) -> Letter:
    def show(office: Office, session: Session, row: ParticipantRow) -> Letter:
        [person] = participants.shown(session, row.tenant, [row])
        day = today_of(office, row.tenant).day
        return plan_letter(person, watcher.municipality, day, row.case_id)

    return read(request, watcher, participant, show)


def _monday(text: str, today: date) -> date:
    """The Monday of the week of a day that is asked for, or of today."""
    day = day_asked(text, today)
    return day - timedelta(days=day.weekday())


def day_asked(text: str, today: date) -> date:
    """A day that is asked for, or today: also for one so near the first or the last there is that no week
    stands around it."""
    try:
        day = day_of(text) if text else today
    except ValueError:
        return today
    return day if date.min + _AROUND <= day <= date.max - _AROUND else today


_AROUND = timedelta(days=28)


def _version(form: SentForm) -> int:
    return whole_number(form["version"]) or 0


def _to(visitor: Visitor, participant: str, more: str = "") -> Response:
    return RedirectResponse(f"/k/{visitor.tenant}/deltagare/{participant}{more}", 303)
