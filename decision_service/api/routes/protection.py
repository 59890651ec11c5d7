"""Protection to decide on: what a register or the time gives cause to ask, and what waits for a second."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field, StrictBool
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import acting, as_json, changing, seen_by, told
from decision_service.api.openapi import problem_responses
from decision_service.application.fields import Part, Text
from decision_service.casework import protecting
from decision_service.casework.protecting import Protection
from decision_service.log import journal, vouched
from decision_service.reading.faults import validated

router = APIRouter(tags=["handläggning"])

WORKERS = (Role.HANDLAGGARE, Role.ACTIVITY_SECRETARY, Role.CHEF)
Watcher = Annotated[Caller, Depends(require(*WORKERS))]
Reader = Annotated[Caller, Depends(require_reader(*WORKERS))]
ProtectionId = Annotated[str, Path(description="Skyddets id", max_length=64)]


class ProtectionAnswer(Part):
    """Om ett skydd ska tas bort, och varför."""

    ends: StrictBool
    reason: Text


class SecondOnProtection(Part):
    """En andra persons ord; ett nej säger varför."""

    agrees: StrictBool
    reason: Annotated[str, Field(max_length=4000)] = ""


_WRITTEN = {
    **answers.answers(answers.WholeProtection),
    **problem_responses("conflict", "unsupported-media-type"),
}


@router.get(
    "/protections",
    summary="Skydd att ta ställning till",
    responses=answers.answers(answers.Items[answers.ProtectionInList]),
)
def list_protections(request: Request, caller: Watcher) -> Response:
    """Det som en myndighets svar eller tiden har gett anledning att fråga om, och det som väntar på en andra
    person. Tom för den som inte får se skyddade personer. Maskinen tar aldrig bort ett skydd själv."""
    with told(), seen_by(office_of(request), caller) as session:
        found = protecting.to_decide(office_of(request), session, caller.tenant)
    return as_json(answers.Items(items=[in_list(each) for each in found]))


@router.get(
    "/protections/{protection}", summary="Ett skydd", responses=answers.answers(answers.WholeProtection)
)
def show_protection(request: Request, caller: Reader, protection: ProtectionId) -> Response:
    """Vem som har sagt det och varför. Läsningen loggas med sitt ändamål."""
    return as_json(whole(read(request, caller, protection)))


def read(request: Request, caller: Caller, protection: str) -> Protection:
    """One protection; that a person reads it is logged with the purpose."""
    with changing(request, caller) as (office, session):
        found = protecting.find(office, session, caller.tenant, protection)
        actor = journal.staff(caller.principal.subject)
        entry = journal.access(found.row.case_id, office.clock(), actor, caller.purpose)
        vouched.append(office.log, session, caller.tenant, [entry])
        return found


@router.post(
    "/protections/{protection}/answer",
    summary="Svara om ett skydd ska tas bort",
    openapi_extra=described(
        ProtectionAnswer,
        {
            "ja": {"ends": True, "reason": "Skatteverket har upphävt markeringen."},
            "nej": {"ends": False, "reason": "Personen visade ett nytt beslut."},
        },
    ),
    responses=_WRITTEN,
)
def answer_protection(request: Request, caller: Reader, protection: ProtectionId, body: RawBody) -> Response:
    """Ett ja väntar på en andra person som också får se skyddade personer, och kan ges utan att något frågas.
    Ett nej är svar på frågan, och skyddet gäller tills vidare."""
    given = validated(ProtectionAnswer, json_of(request, body))
    return as_json(whole(decide(request, caller, protection, given)))


def decide(request: Request, caller: Caller, protection: str, given: ProtectionAnswer) -> Protection:
    """What somebody says of a protection."""
    step = protecting.propose_end if given.ends else protecting.keep
    with acting(request, caller) as (office, session):
        who, purpose = caller.principal.subject, caller.purpose
        return step(office, session, caller.tenant, protection, who, purpose, given.reason)


@router.post(
    "/protections/{protection}/approval",
    summary="Godkänn att ett skydd tas bort",
    openapi_extra=described(
        SecondOnProtection,
        {"ja": {"agrees": True}, "nej": {"agrees": False, "reason": "Beslutet gäller än."}},
    ),
    responses=_WRITTEN,
)
def approve_end(request: Request, caller: Reader, protection: ProtectionId, body: RawBody) -> Response:
    """Av någon annan än den som föreslog det. Med ett ja syns personens ärenden igen för alla, om ingen annan
    i dem är skyddad; det som har sänts står som det är. Med ett nej gäller skyddet tills vidare."""
    given = validated(SecondOnProtection, json_of(request, body))
    return as_json(whole(second(request, caller, protection, given)))


def second(request: Request, caller: Caller, protection: str, given: SecondOnProtection) -> Protection:
    """A second person's word on the end of a protection."""
    with acting(request, caller) as (office, session):
        return protecting.answer_end(
            office,
            session,
            caller.tenant,
            protection,
            caller.principal.subject,
            caller.purpose,
            agrees=given.agrees,
            reason=given.reason,
        )


def in_list(found: Protection) -> answers.ProtectionInList:
    """A protection on a line."""
    proposed = found.ground.proposed
    return answers.ProtectionInList(
        id=found.row.id,
        question=found.question or None,
        proposed_by=proposed.by if proposed is not None else None,
    )


def whole(found: Protection) -> answers.WholeProtection:
    """All of it."""
    ground, case = found.ground, found.row.case_id
    return answers.WholeProtection(
        **dict(in_list(found)),
        application=case if found.of_application else None,
        participant=None if found.of_application else case,
        standing=found.row.standing,
        source=ground.source,
        basis=ground.basis,
        agencies=ground.agencies,
        told_by=ground.told_by,
        until=ground.until,
        reason=ground.reason,
        since=ground.at,
        proposal=ground.proposed.reason if ground.proposed is not None else None,
        ended_at=ground.ended.ended_at if ground.ended is not None else None,
    )
