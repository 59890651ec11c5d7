"""What happens after a decision: a correction, a claim of what was paid too much, an appeal, a cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field, StrictBool
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import REVIEWERS, Role
from decision_service.api import answers
from decision_service.api.addresses import Application, Number
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import acting, answer, as_json, read, seen_by, told
from decision_service.api.etag import require_match
from decision_service.api.openapi import problem_responses
from decision_service.api.routes.tasks import Approval, IfMatch
from decision_service.application.fields import Day, Ore, Part, Text
from decision_service.application.outcome import decided
from decision_service.casework import appeals, causes, claims, corrections, owed
from decision_service.casework.chain import chain
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.four_eyes import VERDICT
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.office import Office
from decision_service.casework.rows import find, require_logged
from decision_service.decision.document import CorrectionKind
from decision_service.reading.faults import validated
from decision_service.store.tables import (
    ApplicationRow,
    ClaimRow,
    LoweredClaimRow,
    ProposedCorrectionRow,
)

router = APIRouter(tags=["efter beslutet"])

Worker = Annotated[Caller, Depends(require(Role.HANDLAGGARE))]
_STEP = {
    **answers.answers(answers.AfterDecision),
    **problem_responses("conflict", "stale", "version-missing", "unsupported-media-type"),
}


class NewCorrection(Part):
    """A decision that takes the place of the one in force; amounts in kronor, lines as in a decision.
    ``already`` is how much of what it gives more the applicant has been paid too much before."""

    kind: CorrectionKind
    decision: Annotated[str, Field(max_length=64)]
    court: Annotated[str, Field(max_length=200)] = ""
    already: Ore | None = None
    decided: PersonsDecision


class ClaimDecision(Part):
    """Whether what was paid too much is claimed back, how much of it (null: all), and why."""

    claims: StrictBool
    amount: Ore | None = None
    reason: Text


class ClaimLowering(Part):
    """A claim that is made is waived, or taken back because it was wrong: by how much (null: all that is
    left), how much has been paid on it, and why."""

    how: Literal["EFTERGIFT", "ÅTERTAGANDE"]
    amount: Ore | None = None
    paid: Ore
    reason: Text


class NewAppeal(Part):
    """An appeal: against which decision, the day it came, the day the applicant was told, what it says."""

    decision: Annotated[str, Field(max_length=64)]
    received: Day
    told: Day
    text: Text


class AppealStep(Part):
    """What is done with an appeal: it is sent to the court, or dismissed because it came late."""

    step: Literal["överlämna", "avvisa"]
    reason: Text = ""


class NewCause(Part):
    """Why an adult does not support themselves: the question about it, one of its choices, and the reason."""

    question: Annotated[str, Field(max_length=64)]
    value: Text
    reason: Text


@router.get(
    "/applications/{application}/corrections",
    summary="Beslutets kedja",
    responses=answers.answers(answers.AfterDecision),
)
def show_correction(
    request: Request,
    caller: Annotated[Caller, Depends(require_reader(*REVIEWERS))],
    application: Application,
) -> Response:
    """Varje beslut i ärendet, det första först; det sista gäller. Krav på återbetalning, överklaganden,
    försörjningshinder, och senare månader som kan vila på beslutet."""

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        return answer(after_decision(office, session, row), row)

    return read(request, caller, application, show)


@router.post(
    "/applications/{application}/corrections",
    summary="Ändra ett beslut",
    openapi_extra=described(
        NewCorrection,
        {
            "ändring": {
                "kind": "ÄNDRING",
                "decision": "0f4a…",
                "decided": {
                    "assessment": 1,
                    "outcome": "BIFALL",
                    "granted": "12910.00",
                    "lines": [{"line": 3, "amount": "7300.00", "reason": "Hyran är styrkt."}],
                    "reason": "Hela hyran godkänns.",
                },
            }
        },
    ),
    responses=_STEP,
)
def correct_decision(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Rättelse av ett uppenbart fel, ändring av det egna beslutet, eller en domstols avgörande. Det beslut
    som gäller anges med id; radernas nummer är dess beräkning. Inget skrivs över. Det som ska betalas ut mer
    betalas ut, och det som betalats för mycket blir ett krav att avgöra."""
    given = validated(NewCorrection, json_of(request, body))
    wanted = corrections.CorrectionWanted(
        given.kind, given.decision, given.decided, given.court, given.already
    )
    with acting(request, caller) as (office, session):
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
        who = caller.principal.subject
        require_logged(office, session, row)
        row = corrections.correct(office, session, caller.tenant, application, who, row.version, wanted)
        session.flush()
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/corrections/approval",
    summary="Godkänn en kollegas ändring av ett beslut",
    openapi_extra=described(Approval, {"ja": {"agrees": True}}),
    responses=_STEP,
)
def approve_correction(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Där kommunen vill ha fyra ögon väntar en ändring på en kollega. Den som har lagt fram den kan inte
    själv godkänna den, men kan lägga fram en annan i dess ställe."""
    given = validated(Approval, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
        row = corrections.approve_correction(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            row.version,
            agrees=given.agrees,
            reason=given.reason,
        )
        session.flush()
        return answer(after_decision(office, session, row), row)


@router.get(
    "/corrections",
    summary="Ändringar som väntar på en kollega",
    responses=answers.answers(answers.Items[answers.AwaitingCorrection]),
)
def list_corrections(
    request: Request, caller: Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.CHEF))]
) -> Response:
    """Den äldsta först. Listan säger vilka ärenden, inte vad som ändras."""
    with told(), seen_by(office_of(request), caller) as session:
        found = corrections.all_awaiting(office_of(request), session, caller.tenant)
        items = [_brief(row, each) for row, each in found]
    return as_json(answers.Items(items=items))


@router.post(
    "/applications/{application}/claims/{number}",
    summary="Avgör ett krav",
    openapi_extra=described(
        ClaimDecision,
        {
            "efterges": {"claims": False, "reason": "Felet var kommunens."},
            "en del": {
                "claims": True,
                "amount": "400.00",
                "reason": "Resten var vårt fel.",
            },
        },
    ),
    responses=_STEP,
)
def decide_claim(
    request: Request, caller: Worker, application: Application, number: Number, body: RawBody
) -> Response:
    """Ska det som betalats för mycket betalas tillbaka, och hur mycket av det? Resten efterges. Skälen skrivs
    i loggen."""
    given = validated(ClaimDecision, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = claims.decide_claim(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            number,
            claims=given.claims,
            amount=given.amount,
            reason=given.reason,
        )
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/claims/{number}/lowering",
    summary="Sänk eller ta tillbaka ett krav",
    openapi_extra=described(
        ClaimLowering,
        {
            "efterges": {
                "how": "EFTERGIFT",
                "amount": "400.00",
                "paid": "0",
                "reason": "Kan inte betala.",
            },
            "fel": {"how": "ÅTERTAGANDE", "paid": "0", "reason": "Kravet ställdes av misstag."},
        },
    ),
    responses=_STEP,
)
def lower_claim(
    request: Request,
    caller: Worker,
    application: Application,
    number: Number,
    body: RawBody,
    if_match: IfMatch = None,
) -> Response:
    """Efterge det som krävs, helt eller till en del, eller ta tillbaka det för att kravet var fel. Väntar på
    en kollega, om kommunen inte har sagt att en ensam får ge mer. Den som fick kravet får ett brev."""
    given = validated(ClaimLowering, json_of(request, body))
    wanted = claims.LoweringWanted(claims.Lowering(given.how), given.amount, given.paid, given.reason)
    with acting(request, caller) as (office, session):
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
        who = caller.principal.subject
        row = claims.lower_claim(
            office, session, caller.tenant, application, who, row.version, number, wanted
        )
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/claims/{number}/approval",
    summary="Godkänn att ett krav sänks",
    openapi_extra=described(Approval, {"godkänns": {"agrees": True, "reason": ""}}),
    responses=_STEP,
)
def approve_lowering(
    request: Request,
    caller: Worker,
    application: Application,
    number: Number,
    body: RawBody,
    if_match: IfMatch = None,
) -> Response:
    """Den andra personens ord om ett krav som ska sänkas eller tas tillbaka; aldrig den som lade fram det."""
    said = validated(Approval, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
        row = claims.approve_lowering(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            row.version,
            number,
            agrees=said.agrees,
            reason=said.reason,
        )
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/appeals",
    summary="Ta emot ett överklagande",
    openapi_extra=described(
        NewAppeal,
        {
            "överklagande": {
                "decision": "0f4a…",
                "received": "2026-11-20",
                "told": "2026-11-05",
                "text": "Hyran är rimlig.",
            }
        },
    ),
    responses=_STEP,
)
def receive_appeal(request: Request, caller: Worker, application: Application, body: RawBody) -> Response:
    """Tiden räknas från dagen då sökanden fick del av beslutet."""
    given = validated(NewAppeal, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = appeals.receive_appeal(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            decision=given.decision,
            received=given.received,
            told=given.told,
            text=given.text,
        )
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/appeals/{number}",
    summary="Lämna över eller avvisa ett överklagande",
    openapi_extra=described(AppealStep, {"till domstolen": {"step": "överlämna"}}),
    responses=_STEP,
)
def end_appeal(
    request: Request, caller: Worker, application: Application, number: Number, body: RawBody
) -> Response:
    """I tid lämnas det till domstolen med alla beslut, brev och ansökan; för sent avvisas det med skäl."""
    given = validated(AppealStep, json_of(request, body))
    with acting(request, caller) as (office, session):
        who, tenant = caller.principal.subject, caller.tenant
        if given.step == "avvisa":
            row = appeals.dismiss(office, session, tenant, application, who, number, given.reason)
        else:
            row = appeals.forward(office, session, tenant, application, who, number)
        return answer(after_decision(office, session, row), row)


@router.post(
    "/applications/{application}/causes",
    summary="Säg försörjningshindret efter beslutet",
    openapi_extra=described(
        NewCause,
        {"barnomsorg": {"question": "8c1f0a52de", "value": "saknar_barnomsorg", "reason": "Ingen plats än."}},
    ),
    responses=_STEP,
)
def say_cause(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Den som får veta att orsaken är en annan än beslutet säger svarar på frågan i `causes`. Beslutet står
    som det är; statistiken räknar med den orsak som sagts sist."""
    said = validated(NewCause, json_of(request, body))
    given = AnswersToTry(said.question, said.value, said.reason)
    with acting(request, caller) as (office, session):
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
        who = caller.principal.subject
        row = causes.say(office, session, caller.tenant, application, who, row.version, given)
        session.flush()
        return answer(after_decision(office, session, row), row)


def _brief(row: ApplicationRow, waits: ProposedCorrectionRow) -> answers.AwaitingCorrection:
    return answers.AwaitingCorrection(
        application=row.id,
        case_number=row.case_number,
        month=row.month,
        kind=CorrectionKind(waits.kind),
        proposed_at=waits.proposed_at,
        proposed_by=waits.signed,
    )


def _proposed(row: ApplicationRow, waits: ProposedCorrectionRow) -> answers.ProposedCorrection:
    verdict = VERDICT.validate_json(waits.verdict)
    return answers.ProposedCorrection(
        **dict(_brief(row, waits)),
        decision=waits.decision,
        court=waits.court,
        outcome=decided(verdict.outcome),
        granted=verdict.granted,
        already=verdict.already,
        changes=verdict.changes,
        reason=verdict.reason or "",
    )


def after_decision(office: Office, session: Session, row: ApplicationRow) -> answers.AfterDecision:
    """What there is of a case after its decision. Raises audit.errors.RowError for what is not as logged."""
    require_logged(office, session, row)
    waits = corrections.awaiting(session, row.tenant, row.id)
    claimed, lowered = claims.of_case(session, row), claims.lowerings(session, row)
    appealed = appeals.appeals_of(session, row)
    return answers.AfterDecision(
        awaiting=_proposed(row, waits) if waits is not None else None,
        decisions=[document_of(session, each) for each in chain(session, row.tenant, row.id)],
        had=sum(claims.may_be_counted(each, lowered) for each in claimed),
        claims=[_claim(each, lowered) for each in claimed],
        appeals=[
            answers.Appeal.model_validate(
                each.model_dump(include=_APPEAL) | {"in_time": each.received <= each.due}
            )
            for each in appealed
        ],
        later=[
            answers.LaterMonth(
                application=other.id,
                month=other.month,
                outcome=decided(decision.outcome),
                granted=decision.granted,
            )
            for other, decision in corrections.later_months(session, row)
        ],
        owed=[
            answers.OwedByRules(decision=each.decision, amount=each.amount, found_at=each.found_at)
            for _, each in owed.still_open(office, session, row.tenant, application=row.id)
        ],
        causes=list(causes.known(office, session, row)),
    )


def _claim(claim: ClaimRow, lowered: Sequence[LoweredClaimRow]) -> answers.Claim:
    its = [each.model_dump(include=_LOWERED) for each in lowered if each.claim == claim.number]
    said = claim.model_dump(include=_CLAIM) | {"left": claims.left(claim, lowered), "lowered": its}
    return answers.Claim.model_validate(said)


_CLAIM, _LOWERED = set(answers.Claim.model_fields), set(answers.LoweredClaim.model_fields)
_APPEAL = set(answers.Appeal.model_fields)
