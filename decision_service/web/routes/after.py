"""What a handläggare does after a decision: change it, decide on a claim, receive and forward an appeal, say
another cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from decision_service.access.roles import REVIEWERS, Role
from decision_service.api.addresses import Application, Number
from decision_service.api.answers import AfterDecision, Claim
from decision_service.api.behind import office_of
from decision_service.api.cases import acting, read
from decision_service.api.routes import corrections as api
from decision_service.api.routes.impacts import Stays
from decision_service.api.routes.tasks import Approval
from decision_service.casework import appeals, causes, claims, corrections, owed
from decision_service.casework.four_eyes import own
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.office import Office
from decision_service.casework.rows import find, require_logged
from decision_service.casework.telling import ways
from decision_service.decision.document import CorrectionKind
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Opaque
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.tables import WRITTEN_OFF, ApplicationRow
from decision_service.web.decision_form import DECIDED, decision_fields, decision_of, version_of
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.routes import papers
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import Where, fields, nowhere

router = APIRouter(prefix="/k/{kommunkod}/efter/{application}")

Reader = Annotated[Visitor, Depends(visitor(*REVIEWERS, reads=True))]
Worker = Annotated[Visitor, Depends(visitor(Role.HANDLAGGARE, reads=True))]
Step = Callable[[Office, Session, str], object]
_APPEAL = fields({"received": "kom", "told": "delgavs", "text": "overklagat"})


@router.get("")
def after(
    request: Request,
    reader: Reader,
    application: Application,
    gjort: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The chain of decisions, what came of it, and the papers. A case without a decision, for it is written
    off or still waits for somebody, is shown as a whole. ``gjort`` was just done in it."""
    return shown_after(request, reader, application, gjort=gjort)


def shown_after(
    request: Request, reader: Visitor, application: str, status: int = 200, **more: Any
) -> Response:
    """The page, with what was just refused or done."""

    def show(office: Office, session: Session, row: ApplicationRow) -> dict[str, Any] | None:
        if row.state in WRITTEN_OFF:
            return None
        found = api.after_decision(office, session, row)
        if not found.decisions:
            return None
        waits = corrections.awaiting(session, row.tenant, row.id)
        mine = waits is not None and own(waits.proposed_by, reader.principal.subject)
        protects = papers.to_protect(office, session, reader, row)
        lost = bool(more.get("fel")) and more.get("vilket") not in _places(found)
        return {
            "ansokan": row,
            "efter": found,
            "eget": mine,
            "egna_krav": {
                each.claim
                for each in claims.lowerings(session, row)
                if each.state == "waiting" and own(each.proposed_by, reader.principal.subject)
            },
            "vilse": lost,
            **papers.shown(session, row),
            **protects,
        }

    kept = read(request, reader, application, show)
    if kept is None:
        return RedirectResponse(f"/k/{reader.tenant}/beslut/{application}", 303)
    shown = {"fel": [], "givet": SentForm([]), "vilket": "", "gjort": ""} | more
    return page(
        request,
        "efter.html",
        status,
        visitor=reader,
        utfallen=DECIDED,
        satt=ways(),
        idag=swedish_day(office_of(request).clock()),
        slagen=list(CorrectionKind),
        ensam=office_of(request).municipality(reader.tenant).raise_alone,
        handlaggare=Role.HANDLAGGARE in reader.roles,
        **kept,
        **shown,
    )


def _places(found: AfterDecision) -> set[str]:
    """Where on the page a fault is told: at the form that was sent, if it is there still."""
    places = {"andring", "overklagande"}
    places |= {"godkannande"} if found.awaiting is not None else set()
    places |= {"star-fast"} if found.owed else set()
    places |= {f"krav-{each.number}" for each in found.claims if each.state == "open"}
    places |= {f"sank-{each.number}" for each in found.claims if _may_be_lowered(each)}
    places |= {f"overklagande-{each.number}" for each in found.appeals if each.state == "received"}
    return places | {f"hinder-{each.question.id}" for each in found.causes}


def _may_be_lowered(claim: Claim) -> bool:
    """Whether something is left to lower, or somebody must say yes or no to what was put forward: also where
    a later decision has taken it all off meanwhile."""
    waits = any(each.state == "waiting" for each in claim.lowered)
    return waits or (claim.state == "claimed" and claim.left > 0)


@router.post("/andring")
def correct(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Change the decision in force."""

    def step(office: Office, session: Session, who: str) -> object:
        said: dict[str, Opaque] = {"decision": form["beslut"], "court": form["dom"]}
        said |= {"kind": form["slag"] or None, "already": form.kronor("redan") or None}
        given = validated(api.NewCorrection, {**said, "decided": decision_of(form)})
        row = find(session, worker.tenant, application)
        require_logged(office, session, row)
        wanted = corrections.CorrectionWanted(
            given.kind, given.decision, given.decided, given.court, given.already
        )
        return corrections.correct(office, session, worker.tenant, application, who, version_of(form), wanted)

    return _done(request, worker, application, form, "andring", step, decision_fields(form))


@router.post("/godkannande")
def approve(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """A second person's word on a colleague's change of a decision."""

    def step(office: Office, session: Session, who: str) -> object:
        agrees = form["gor"] == "godkann"
        said = validated(Approval, {"agrees": agrees, "reason": form["skal"]})
        return corrections.approve_correction(
            office,
            session,
            worker.tenant,
            application,
            who,
            version_of(form),
            agrees=said.agrees,
            reason=said.reason,
        )

    return _done(request, worker, application, form, "godkannande", step, fields({"reason": "godskal"}))


@router.post("/star-fast")
def stays(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Let a decision stay although the rules that it rests on are corrected."""

    def step(office: Office, session: Session, who: str) -> object:
        given = validated(Stays, {"reason": form["skal"]})
        return owed.leave(office, session, worker.tenant, application, who, given.reason)

    return _done(request, worker, application, form, "star-fast", step, fields({"reason": "fastskal"}))


@router.post("/krav/{number}")
def claim(
    request: Request, worker: Worker, application: Application, number: Number, form: OwnForm
) -> Response:
    """Claim back what was paid too much, or waive it."""

    def step(office: Office, session: Session, who: str) -> object:
        wanted = {"krav": True, "efterge": False}.get(form["gor"])
        said: dict[str, Opaque] = {"claims": wanted, "reason": form["skal"]}
        said |= {"amount": form.kronor("belopp") or None} if wanted else {}
        given = validated(api.ClaimDecision, said)
        return claims.decide_claim(
            office,
            session,
            worker.tenant,
            application,
            who,
            number,
            claims=given.claims,
            amount=given.amount,
            reason=given.reason,
        )

    var = f"krav-{number}"
    named = {"reason": f"skal-{var}", "amount": f"belopp-{var}"}
    return _done(request, worker, application, form, var, step, fields(named))


@router.post("/krav/{number}/sank")
def lower(
    request: Request, worker: Worker, application: Application, number: Number, form: OwnForm
) -> Response:
    """Waive what is claimed, wholly or in part, or take it back because it was wrong."""

    def step(office: Office, session: Session, who: str) -> object:
        said: dict[str, Opaque] = {"how": form["hur"] or None, "reason": form["skal"]}
        said |= {"amount": form.kronor("belopp") or None, "paid": form.kronor("betalt") or None}
        given = validated(api.ClaimLowering, said)
        wanted = claims.LoweringWanted(claims.Lowering(given.how), given.amount, given.paid, given.reason)
        version = version_of(form)
        return claims.lower_claim(office, session, worker.tenant, application, who, version, number, wanted)

    var = f"sank-{number}"
    named = {"how": f"hur-{var}", "amount": f"belopp-{var}", "paid": f"betalt-{var}"}
    where = fields(named | {"reason": f"skal-{var}"})
    return _done(request, worker, application, form, var, step, where)


@router.post("/krav/{number}/godkannande")
def approve_lowering(
    request: Request, worker: Worker, application: Application, number: Number, form: OwnForm
) -> Response:
    """A second person's word on a claim that is to be lowered or taken back."""

    def step(office: Office, session: Session, who: str) -> object:
        said = validated(Approval, {"agrees": form["gor"] == "godkann", "reason": form["skal"]})
        return claims.approve_lowering(
            office,
            session,
            worker.tenant,
            application,
            who,
            version_of(form),
            number,
            agrees=said.agrees,
            reason=said.reason,
        )

    var = f"sank-{number}"
    return _done(request, worker, application, form, var, step, fields({"reason": f"skal-{var}"}))


@router.post("/hinder")
def say_cause(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Say why an adult does not support themselves, where it is another cause than the decision has."""
    question = form["fraga"]

    def step(office: Office, session: Session, who: str) -> object:
        said = {"question": question, "reason": form["skal"]}
        said |= {"value": form["orsak"]} if form["orsak"] else {}
        given = AnswersToTry(**dict(validated(api.NewCause, said)))
        return causes.say(office, session, worker.tenant, application, who, version_of(form), given)

    var = f"hinder-{question}"
    named = {"question": f"orsak-{var}", "value": f"orsak-{var}", "reason": f"skal-{var}"}
    return _done(request, worker, application, form, var, step, fields(named))


@router.post("/overklagande")
def receive(request: Request, worker: Worker, application: Application, form: OwnForm) -> Response:
    """Note an appeal that has come."""

    def step(office: Office, session: Session, who: str) -> object:
        said = {"received": form["kom"], "told": form["delgavs"], "text": form["text"]}
        given = validated(api.NewAppeal, {"decision": form["beslut"], **said})
        return appeals.receive_appeal(office, session, worker.tenant, application, who, **dict(given))

    return _done(request, worker, application, form, "overklagande", step, _APPEAL)


@router.post("/overklagande/{number}")
def end(
    request: Request, worker: Worker, application: Application, number: Number, form: OwnForm
) -> Response:
    """Send an appeal to the court, or dismiss it as late."""

    def step(office: Office, session: Session, who: str) -> object:
        given = validated(api.AppealStep, {"step": form["gor"], "reason": form["skal"]})
        if given.step == "avvisa":
            return appeals.dismiss(office, session, worker.tenant, application, who, number, given.reason)
        return appeals.forward(office, session, worker.tenant, application, who, number)

    var = f"overklagande-{number}"
    return _done(request, worker, application, form, var, step, fields({"reason": f"skal-{var}"}))


def _done(
    request: Request,
    worker: Visitor,
    application: str,
    form: SentForm,
    which: str,
    step: Step,
    where: Where = nowhere,
) -> Response:
    """Do a step and show the page anew; what was wrong is told where it was written, and kept."""
    try:
        with refused_here(), acting(request, worker) as (office, session):
            step(office, session, worker.principal.subject)
    except RefusedHere as refused:
        more = {"fel": refused.said(where), "givet": form, "vilket": which}
        shown = shown_after(request, worker, application, refused.status, **more)
        if shown.status_code != refused.status:
            raise refused.why from None
        return shown
    return RedirectResponse(f"/k/{worker.tenant}/efter/{application}", 303)
