"""The handläggare's pages: the queue, a case with its questions at the top, answers, and the decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from decision_service.access.roles import Role
from decision_service.api import views
from decision_service.api.addresses import Application
from decision_service.api.answers import WholeTask
from decision_service.api.behind import office_of, service_of
from decision_service.api.cases import acting, read, seen_by, told
from decision_service.api.pages import AskedPage
from decision_service.api.problems import ProblemError
from decision_service.api.queue_filter import HouseholdKind, QueueFilter, QueueSort
from decision_service.api.routes.answering import AnswersGiven
from decision_service.api.routes.tasks import (
    Approval,
    HandBack,
    NewNote,
    Questions,
    WrittenOff,
    next_task,
    queue_page,
)
from decision_service.application.codes import COST_NAMES, INCOME_NAMES
from decision_service.application.outcome import decided
from decision_service.casework import (
    additions,
    answers,
    claims,
    corrections,
    death,
    deciding,
    handlaggare,
    owed,
    protecting,
    telling,
    writing_off,
)
from decision_service.casework.additions import Additions
from decision_service.casework.answers import TriedWith
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.four_eyes import own
from decision_service.casework.given_answer import AnswersToTry, By
from decision_service.casework.office import Office
from decision_service.casework.rows import find
from decision_service.decision.document import Who, reasons_from
from decision_service.decision.takes import AnswerKind
from decision_service.evaluation import CrashError
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState, TaskRow
from decision_service.web.addition_form import added_field, additions_of
from decision_service.web.answer_form import answer_fields, answered, answers_of, sayable, subjects
from decision_service.web.codes import asked_in, code_of
from decision_service.web.decision_form import DECIDED, decision_fields, decision_of, version_of
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.routes import papers
from decision_service.web.routes.after import shown_after
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import Where, fields, nowhere, same_name
from norms.fault import fault

router = APIRouter(prefix="/k/{kommunkod}/ko")

Worker = Annotated[Visitor, Depends(visitor(Role.HANDLAGGARE, reads=True))]
Watcher = Annotated[Visitor, Depends(visitor(Role.HANDLAGGARE, Role.CHEF, reads=True))]
JustDecided = Annotated[str, Query(max_length=40)]
Waits = Annotated[str, Query(max_length=2)]
JustDone = Annotated[str, Query(max_length=20)]
PATIENCE = 10.0
"""Seconds that somebody waits for the machine to look at a case again; it goes on behind them."""


@router.get("")
def queue(
    request: Request,
    watcher: Watcher,
    asked: AskedPage,
    mina: Annotated[str, Query(max_length=2)] = "",
    skal: Annotated[str, Query(max_length=60)] = "",
    forslag: Annotated[str, Query(max_length=20)] = "",
    hushall: Annotated[str, Query(max_length=20)] = "",
    ordning: Annotated[str, Query(max_length=20)] = "",
    klart: JustDecided = "",
    vantar: Waits = "",
) -> Response:
    """What is to be answered first stands first, or what is sorted by. ``klart`` was just decided."""
    given = {"mina": mina, "skal": code_of(skal), "forslag": forslag, "hushall": hushall, "ordning": ordning}
    office = office_of(request)
    with seen_by(office, watcher) as session:
        found = queue_page(session, watcher, asked, _wanted(given))
        with told():
            waits = [row for row, _ in corrections.all_awaiting(office, session, watcher.tenant)]
            to_lower = list(claims.all_awaiting(office, session, watcher.tenant))
            to_decide = protecting.to_decide(office, session, watcher.tenant)
            rest_on_corrected = [row for row, _ in owed.still_open(office, session, watcher.tenant)]
    return page(
        request,
        "ko.html",
        visitor=watcher,
        uppgifter=found.items,
        andringar=waits,
        krav=to_lower,
        fragor=asked_in(office.book),
        rattade=rest_on_corrected,
        skydd=len(to_decide),
        nasta=found.next,
        givet=given,
        utfallen=DECIDED,
        klart=_just_decided(klart),
        vantar=vantar,
        jag=watcher.principal.subject,
        agerar=Role.HANDLAGGARE in watcher.roles,
    )


def _just_decided(application: str) -> str:
    return application if application.isalnum() else ""


def _wanted(given: Mapping[str, str]) -> QueueFilter:
    """The filter of the queue. Raises ProblemError for a choice that is none."""
    try:
        return QueueFilter(
            mine=bool(given["mina"]),
            reason=given["skal"] or None,
            outcome=decided(given["forslag"]) if given["forslag"] else None,
            household=HouseholdKind(given["hushall"]) if given["hushall"] else None,
            sort=QueueSort(given["ordning"]) if given["ordning"] else QueueSort.DEADLINE,
        )
    except ValueError:
        raise ProblemError("invalid") from None


@router.post("/{application}/ta")
def take(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Take a case and open it."""
    with acting(request, worker) as (office, session):
        version = version_of(form)
        handlaggare.claim(office, session, worker.tenant, application, worker.principal.subject, version)
    return _to(worker, application)


@router.post("/{application}/frigor")
def free(
    request: Request,
    chief: Annotated[Visitor, Depends(visitor(Role.CHEF, reads=True))],
    application: Application,
    form: OwnForm,
) -> Response:
    """Give a case that somebody has taken back to the queue, for whoever took it is away."""
    try:
        with refused_here(), acting(request, chief) as (office, session):
            _hand_back(office, session, chief, application, form, "kön", form["frigor"])
    except RefusedHere as refused:
        return _refused(request, chief, application, form, refused, fields({"reason": "frigor"}))
    return _to(chief, application)


@router.get("/{application}")
def task(
    request: Request,
    watcher: Watcher,
    application: Application,
    klart: JustDecided = "",
    vantar: Waits = "",
    gjort: JustDone = "",
) -> Response:
    """A case: what is asked, what is proposed, and what it rests on. ``klart`` was just decided;
    ``gjort`` was just done in this one."""
    return _task(request, watcher, application, klart=_just_decided(klart), vantar=vantar, gjort=gjort)


def _task(request: Request, watcher: Visitor, application: str, status: int = 200, **more: Any) -> Response:
    def show(
        office: Office, session: Session, row: ApplicationRow
    ) -> tuple[WholeTask, Mapping[str, Any]] | None:
        found = session.get(TaskRow, (row.tenant, row.id))
        if found is None:
            return None
        eget = own(found.proposed_by, watcher.principal.subject)
        kept = {
            "eget": eget,
            **papers.shown(session, row),
            **papers.to_protect(office, session, watcher, row),
        }
        return views.whole_task(office, session, row, found), kept

    seen = read(request, watcher, application, show)
    if seen is None:
        done = f"?gjort={more['gjort']}" if more.get("gjort", "").isalpha() else ""
        return RedirectResponse(f"/k/{watcher.tenant}/efter/{application}{done}", 303)
    found, kept = seen
    mine = found.claimed_by == watcher.principal.subject
    shown = {
        "fel": [],
        "givet": SentForm([]),
        "provat": None,
        "klart": "",
        "vantar": "",
        "gjort": "",
        "utfallen": DECIDED,
        "agerar": Role.HANDLAGGARE in watcher.roles,
        "leder": Role.CHEF in watcher.roles,
    } | more
    return page(
        request,
        "uppgift.html",
        status,
        visitor=watcher,
        uppgift=found,
        min=mine,
        lagen=ApplicationState,
        slag=AnswerKind,
        inkomstslag=INCOME_NAMES,
        kostnadsslag=COST_NAMES,
        satt=telling.ways(),
        sagbara=sayable(office_of(request).book.vocabulary),
        saker=subjects(found.content),
        **kept,
        **shown,
    )


@router.post("/{application}/svar")
def answer(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Answer questions: seen first (``prova``), or given. Then the machine looks at the case again."""
    try:
        with refused_here():
            given = list(_given(request, worker, application, form))
            if form["gor"] == "prova":
                office, by = office_of(request), _by(worker)
                tried = _tried(
                    request,
                    worker,
                    application,
                    lambda: answers.try_out(office, worker.tenant, application, version_of(form), given, by),
                )
                return _task(request, worker, application, givet=form, provat=tried)
            with acting(request, worker) as (office, session):
                answers.give(
                    office, session, worker.tenant, application, version_of(form), given, _by(worker)
                )
    except RefusedHere as refused:
        return _refused(request, worker, application, form, refused, answer_fields(form))
    return _looked_at(request, worker, application)


@router.post("/{application}/tillagg")
def add(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Add what the application does not name: seen first (``prova``), or done. Then the machine looks."""
    office, version, by = office_of(request), version_of(form), _by(worker)
    try:
        with refused_here():
            wanted = validated(Additions, additions_of(form)).additions
            if form["gor"] == "prova":
                tried = _tried(
                    request,
                    worker,
                    application,
                    lambda: additions.try_out(office, worker.tenant, application, version, wanted, by),
                )
                return _task(request, worker, application, givet=form, provat=tried)
            with acting(request, worker) as (office, session):
                additions.add(office, session, worker.tenant, application, version, wanted, by)
    except RefusedHere as refused:
        return _refused(request, worker, application, form, refused, added_field)
    return _looked_at(request, worker, application)


def _tried(
    request: Request, worker: Visitor, application: str, try_out: Callable[[], TriedWith]
) -> TriedWith:
    with told(), seen_by(office_of(request), worker) as session:
        find(session, worker.tenant, application)
    try:
        with told():
            return try_out()
    except CrashError:
        raise ProblemError("unavailable", headers={"Retry-After": "30"}) from None


def _given(request: Request, worker: Visitor, application: str, form: SentForm) -> Iterator[AnswersToTry]:
    """The answers of a form: those of the questions where anything was written. Raises InputError."""
    with seen_by(office_of(request), worker) as session:
        task = session.get(TaskRow, (worker.tenant, application))
        row = session.get(ApplicationRow, (worker.tenant, application))
        asked = list(reasons_from(task.reasons)) if task is not None else []
        if row is not None:
            asked += answers.causes_asked(office_of(request), session, row)
    takes = {one.id: one.takes for one in asked if one.takes is not None}
    if any(question not in takes for question in answered(form)):
        raise InputError([fault("question_gone_here", "answers")])
    written = answers_of(form, takes, office_of(request).book.vocabulary)
    if not written:
        raise InputError([fault("no_answer", "answers")])
    for one in validated(AnswersGiven, {"answers": written}).answers:
        yield one.given


@router.post("/{application}/beslut")
def decide(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Yes to the proposal, or another decision with the lines that it concerns."""
    try:
        with refused_here():
            said = validated(PersonsDecision, decision_of(form))
            with acting(request, worker) as (office, session):
                row = deciding.decide(
                    office,
                    session,
                    worker.tenant,
                    application,
                    worker.principal.subject,
                    version_of(form),
                    said,
                )
                waits = row.state != ApplicationState.DECIDED
    except RefusedHere as refused:
        where = decision_fields(form, "jaskal", "ja") if form["ja"] else decision_fields(form)
        return _refused(request, worker, application, form, refused, where)
    return _done(request, worker, application, waits=waits)


@router.post("/{application}/godkannande")
def approve(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """A second person's word on a colleague's decision."""
    try:
        with refused_here():
            agrees = form["gor"] == "godkann"
            said = validated(Approval, {"agrees": agrees, "reason": form["skal"]})
            with acting(request, worker) as (office, session):
                deciding.approve(
                    office,
                    session,
                    worker.tenant,
                    application,
                    worker.principal.subject,
                    version_of(form),
                    agrees=said.agrees,
                    reason=said.reason,
                )
    except RefusedHere as refused:
        return _refused(request, worker, application, form, refused, fields({"reason": "godskal"}))
    return _done(request, worker, application)


@router.post("/{application}/atgard")
def act(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Ask the applicant, write a note, give the case back, or let the machine look at it again."""
    doing = _ACTS.get(form["gor"])
    if doing is None:
        raise ProblemError("invalid")
    try:
        with refused_here(), acting(request, worker) as (office, session):
            doing(office, session, worker, application, form)
    except RefusedHere as refused:
        where = _WHERE.get(form["gor"], _TEXT)
        return _refused(request, worker, application, form, refused, where)
    if form["gor"] == "maskinen":
        return _looked_at(request, worker, application)
    if form["gor"] == "skydda" and not worker.sees_protected:
        return page(request, "skydd_markt.html", visitor=worker, tillbaka="ko")
    if form["gor"] in _OF_DEATH:
        service_of(request).examining.examine_within(worker.tenant, application, PATIENCE)
    if form["gor"] == "avskriv":
        return RedirectResponse(f"/k/{worker.tenant}/ko?klart={application}", 303)
    return _to(worker, "" if form["gor"] == "kon" else f"{application}?gjort={form['gor']}")


_OF_DEATH = ("avliden", "lever")
"""What can be said in a case that is decided too."""
_TEXT = fields(dict.fromkeys(("questions", "text", "reason"), "text"))
"""Whatever a form of one text is for, what is wrong is wrong with the text."""
_WHERE = {
    "skydda": same_name("skydd-"),
    "avliden": same_name("avliden-"),
    "lever": same_name("avliden-"),
}
Act = Callable[[Office, Session, Visitor, str, SentForm], object]


def _ask(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    who, version = worker.principal.subject, version_of(form)
    asked = validated(Questions, {"questions": [form["text"]]}).questions
    handlaggare.ask_applicant(office, session, worker.tenant, application, who, version, asked)


def _write(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    who = worker.principal.subject
    text = validated(NewNote, {"text": form["text"]}).text
    handlaggare.write_note(office, session, worker.tenant, application, who, text)


def _protect(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    said = {name: form[name].strip() for name in protecting.SaidOfSomebodyHere.model_fields}
    given = validated(protecting.SaidOfSomebodyHere, {**said, "until": said["until"] or None})
    who = worker.principal.subject
    protecting.mark_in_application(office, session, worker.tenant, application, given, who)


def _died(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    said = {name: form[name].strip() for name in death.SaidDead.model_fields}
    lives = form["gor"] == "lever"
    given = validated(death.SaidDead, {**said, "day": None if lives else said["day"]})
    death.note_death(office, session, worker.tenant, application, given, worker.principal.subject)


def _back(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    to = "maskinen" if form["gor"] == "maskinen" else "kön"
    _hand_back(office, session, worker, application, form, to, form["text"])


def _hand_back(
    office: Office, session: Session, worker: Visitor, application: str, form: SentForm, to: str, reason: str
) -> None:
    said = validated(HandBack, {"to": to, "reason": reason})
    handlaggare.hand_back(
        office,
        session,
        worker.tenant,
        application,
        worker.principal.subject,
        version_of(form),
        to_machine=said.to == "maskinen",
        reason=said.reason,
        oversees=Role.CHEF in worker.roles,
    )


def _tell(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    telling.tell(office, session, worker.tenant, application, worker.principal.subject, version_of(form))


def _write_off(office: Office, session: Session, worker: Visitor, application: str, form: SentForm) -> None:
    who, version = worker.principal.subject, version_of(form)
    reason = validated(WrittenOff, {"reason": form["text"]}).reason
    writing_off.write_off(office, session, worker.tenant, application, who, version, reason)


_ACTS: dict[str, Act] = {
    "avskriv": _write_off,
    "yttra": _tell,
    "fraga": _ask,
    "anteckna": _write,
    "skydda": _protect,
    "avliden": _died,
    "lever": _died,
    "kon": _back,
    "maskinen": _back,
}


def _by(worker: Visitor) -> By:
    principal = worker.principal
    return By(principal.subject, principal.name or principal.subject, Who.HANDLAGGARE)


def _to(worker: Visitor, application: str) -> Response:
    return RedirectResponse(f"/k/{worker.tenant}/ko/{application}".rstrip("/"), 303)


def _done(request: Request, worker: Visitor, application: str, *, waits: bool = False) -> Response:
    """On to the next case that is the worker's, or free; to the queue when there is none. ``waits`` where a
    colleague is to agree first."""
    with seen_by(office_of(request), worker) as session:
        following = next_task(session, worker, application)
    where = f"/k/{worker.tenant}/ko{'/' + following if following else ''}"
    return RedirectResponse(f"{where}?klart={application}{'&vantar=ja' if waits else ''}", 303)


def _looked_at(request: Request, worker: Visitor, application: str) -> Response:
    """Let the machine look at the case at once, and show what it came to. Nobody else is asked to look too:
    who came second would show the case as it was before."""
    service = service_of(request)
    service.examining.examine_within(worker.tenant, application, PATIENCE)
    with reading(service.office.engine) as session, suppress(LookupError):
        row = session.get_one(ApplicationRow, (worker.tenant, application))
        if row.state == ApplicationState.DECIDED:
            return _done(request, worker, application)
    return _to(worker, application)


def _refused(
    request: Request,
    worker: Visitor,
    application: str,
    form: SentForm,
    refused: RefusedHere,
    where: Where = nowhere,
) -> Response:
    """The case as it is now, with what was written still there; what was refused, where it is decided and the
    page has no such form."""
    said = refused.said(where)
    shown = _task(request, worker, application, refused.status, fel=said, givet=form)
    if shown.status_code != refused.status and form["gor"] in _OF_DEATH:
        more = {"fel": said, "givet": form, "vilket": form["gor"]}
        shown = shown_after(request, worker, application, refused.status, **more)
    if shown.status_code != refused.status:
        raise refused.why
    return shown
