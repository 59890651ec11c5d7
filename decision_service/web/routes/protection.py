"""Protection to decide on: the questions, one of them with why, and a second person's word."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from decision_service.api.behind import office_of
from decision_service.api.cases import seen_by, told
from decision_service.api.problems import ProblemError
from decision_service.api.routes import protection as api
from decision_service.api.routes.protection import ProtectionAnswer, ProtectionId, SecondOnProtection
from decision_service.casework import protecting
from decision_service.casework.four_eyes import own
from decision_service.decision.origin import agency_of
from decision_service.planning.protection_words import words
from decision_service.reading.faults import validated
from decision_service.web.refused import RefusedHere, refused_here
from decision_service.web.render import page
from decision_service.web.visitors import OwnForm, SentForm, Visitor, visitor
from decision_service.web.wrong import fields

router = APIRouter(prefix="/k/{kommunkod}/skydd")

Decider = Annotated[Visitor, Depends(visitor(*api.WORKERS, reads=True))]
_REASON = fields({"reason": "skal"})


@router.get("")
def listed(request: Request, decider: Decider) -> Response:
    """What is asked, and what waits for a second person."""
    office = office_of(request)
    with told(), seen_by(office, decider) as session:
        found = protecting.to_decide(office, session, decider.tenant)
    return page(request, "skydd.html", visitor=decider, skydd=found)


@router.get("/{protection}")
def one(request: Request, decider: Decider, protection: ProtectionId) -> Response:
    """Who has said it and why, and what can be done."""
    return _one(request, decider, protection)


def _one(request: Request, decider: Visitor, protection: str, status: int = 200, **more: Any) -> Response:
    found = api.read(request, decider, protection)
    proposed = found.ground.proposed
    return page(
        request,
        "skydd_ett.html",
        status,
        visitor=decider,
        skydd=found,
        myndigheter=[agency_of(each) for each in found.ground.agencies if each],
        eget=own(proposed.by if proposed is not None else None, decider.principal.subject),
        ord_om_skydd=words(),
        **({"fel": [], "givet": SentForm([])} | more),
    )


@router.post("/{protection}/svar")
def answer(request: Request, decider: Decider, protection: ProtectionId, form: OwnForm) -> Response:
    """Whether it is to end, and why."""
    ends = {"bort": True, "kvar": False}.get(form["gor"])
    if ends is None:
        raise ProblemError("invalid")
    try:
        with refused_here():
            api.decide(
                request,
                decider,
                protection,
                validated(ProtectionAnswer, {"ends": ends, "reason": form["skal"]}),
            )
    except RefusedHere as refused:
        said = refused.said(_REASON)
        return _one(request, decider, protection, refused.status, fel=said, givet=form)
    return _to(decider, protection)


@router.post("/{protection}/godkannande")
def approve(request: Request, decider: Decider, protection: ProtectionId, form: OwnForm) -> Response:
    """A second person's word."""
    given = {"agrees": form["gor"] == "godkann", "reason": form["skal"]}
    try:
        with refused_here():
            api.second(request, decider, protection, validated(SecondOnProtection, given))
    except RefusedHere as refused:
        said = refused.said(_REASON)
        return _one(request, decider, protection, refused.status, fel=said, givet=form)
    return _to(decider, protection)


def _to(decider: Visitor, protection: str) -> Response:
    return RedirectResponse(f"/k/{decider.tenant}/skydd/{protection}", 303)
