"""Answers to the questions of a case: given, tried out before they are given, read, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from sqlmodel import Session, col, select
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers, views
from decision_service.api.addresses import Application
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import answer, changing, read, seen_by, told
from decision_service.api.etag import require_match
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.application.fields import Day
from decision_service.casework import additions
from decision_service.casework import answers as casework
from decision_service.casework.additions import Addition, Additions
from decision_service.casework.answers import TriedWith
from decision_service.casework.given_answer import AnswersToTry, By
from decision_service.casework.meaning import Means
from decision_service.casework.office import Office
from decision_service.casework.overview import RaisedQuestion, raised_in
from decision_service.casework.rows import find
from decision_service.decision.document import Assessment, Who
from decision_service.decision.takes import LONGEST_TEXT
from decision_service.evaluation import CrashError
from decision_service.reading.faults import validated
from decision_service.store.same_case import same_case
from decision_service.store.tables import AnswerRow, ApplicationRow

router = APIRouter(tags=["handläggning"])

Worker = Annotated[Caller, Depends(require(Role.HANDLAGGARE))]
IfMatch = Annotated[str | None, Header(description="ETag för det du har läst")]
_STEP = problem_responses("conflict", "stale", "version-missing", "unsupported-media-type")
_EXAMPLE = {"question": "8c1f0a52de", "value": "7300", "reason": "Hyran är skälig.", "until": "2027-03-31"}


class Meaning(BaseModel):
    """Vad sökandens egna ord betyder: ett citat ur texten, och uppgiften som det blir."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: str = Field(max_length=LONGEST_TEXT, description="Ord ur texten som frågan gäller")
    fact: str = Field(max_length=100, description="Uppgiften, med vokabulärens ord")
    subject: str | None = Field(
        default=None,
        max_length=64,
        description="Vem eller vad uppgiften gäller; null är hushållet",
    )
    value: Any = Field(description="Värdet, i uppgiftens slag; belopp i kronor")


class OneAnswer(BaseModel):
    """Ett svar på en fråga."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(max_length=64, description="Frågans id")
    value: Any = Field(description="Som frågans takes säger; belopp i kronor, true när saken bara är sedd")
    reason: str = Field(default="", max_length=LONGEST_TEXT, description="Vad svaret vilar på")
    until: Day | None = Field(default=None, description="Sista dagen som en senare månad får börja")
    means: list[Meaning] = Field(
        default_factory=list,
        max_length=20,
        description="Vad sökandens egna ord i frågan betyder",
    )
    checked: StrictBool = Field(
        default=False, description="Beloppet är menat, fast det ser tio eller hundra gånger fel ut"
    )

    @property
    def given(self) -> AnswersToTry:
        """The answer as casework takes it."""
        means = tuple(Means(each.quote, each.fact, each.value, each.subject) for each in self.means)
        return AnswersToTry(self.question, self.value, self.reason, self.until, means, self.checked)


class AnswersGiven(BaseModel):
    """Svar på en eller flera frågor."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answers: list[OneAnswer] = Field(min_length=1, max_length=casework.MOST_AT_ONCE)


class TakenBack(BaseModel):
    """Varför ett svar tas tillbaka."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str = Field(max_length=LONGEST_TEXT)


@router.post(
    "/tasks/{application}/answers",
    summary="Svara på frågor",
    openapi_extra=described(AnswersGiven, {"hyra": {"answers": [_EXAMPLE]}}),
    responses={
        200: {"model": answers.ApplicationStatus | answers.TriedOut, "description": "Svaret"},
        **_STEP,
    },
)
def answer_question(
    request: Request,
    caller: Worker,
    application: Application,
    body: RawBody,
    if_match: IfMatch = None,
    dry_run: Annotated[bool, Query(description="true: visa vad svaren ändrar, spara inget")] = False,
) -> Response:
    """Svaren blir uppgifter i ärendet, och maskinen prövar det igen. Den som har tagit ärendet behåller det.
    Alla frågor behöver inte besvaras på en gång. Med `dry_run=true` sparas inget: svaret är prövningen som
    den är och som den skulle bli."""
    given = [each.given for each in validated(AnswersGiven, json_of(request, body)).answers]
    by = _by(caller)
    if dry_run:

        def try_out(office: Office, version: int) -> TriedWith:
            return casework.try_out(office, caller.tenant, application, version, given, by)

        return _tried_out(request, caller, application, if_match, try_out)
    with changing(request, caller) as (office, session):
        version = _version(session, caller, application, if_match)
        row = casework.give(office, session, caller.tenant, application, version, given, by)
        found = views.application(session, row)
    service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row)


def _tried_out(
    request: Request,
    caller: Caller,
    application: str,
    if_match: str | None,
    try_out: Callable[[Office, int], TriedWith],
) -> Response:
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        row = find(session, caller.tenant, application)
        require_match(if_match, row.version)
    try:
        with told():
            tried = try_out(office, row.version)
    except CrashError:
        raise ProblemError("unavailable", headers={"Retry-After": "30"}) from None
    before = _looked_at(tried.before) if tried.before is not None else None
    return answer(answers.TriedOut(before=before, after=_looked_at(tried.after)), row)


def _looked_at(assessment: Assessment) -> answers.LookedAt:
    return answers.LookedAt(
        outcome=assessment.outcome,
        proposed_outcome=assessment.proposed_outcome,
        calculation=assessment.calculation,
        questions=assessment.reasons,
    )


_ADDED = {
    "to": "incomes",
    "row": {"incomeType": "SALARY", "amount": "1200", "incomeDate": "2026-10-25", "recipient": "p1"},
    "reason": "Kontoutdraget visar en lön.",
}


@router.post(
    "/tasks/{application}/additions",
    summary="Lägg till en rad eller en person",
    openapi_extra=described(Additions, {"lön": {"additions": [_ADDED]}}),
    responses={
        200: {"model": answers.ApplicationStatus | answers.TriedOut, "description": "Svaret"},
        **_STEP,
    },
)
def add_amount(
    request: Request,
    caller: Worker,
    application: Application,
    body: RawBody,
    if_match: IfMatch = None,
    dry_run: Annotated[bool, Query(description="true: visa vad det ändrar, spara inget")] = False,
) -> Response:
    """Det som ansökan inte nämner: en inkomst, en kostnad, ett barn. Raden skrivs som i kanonisk ansökan,
    står där från och med nu med vem som lade till den och varför, och maskinen prövar ärendet igen. Med
    `dry_run=true` sparas inget."""
    wanted = list[Addition](validated(Additions, json_of(request, body)).additions)
    by = _by(caller)
    if dry_run:

        def try_out(office: Office, version: int) -> TriedWith:
            return additions.try_out(office, caller.tenant, application, version, wanted, by)

        return _tried_out(request, caller, application, if_match, try_out)
    with changing(request, caller) as (office, session):
        version = _version(session, caller, application, if_match)
        row = additions.add(office, session, caller.tenant, application, version, wanted, by)
        found = views.application(session, row)
    service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row)


@router.get(
    "/tasks/{application}/answers",
    summary="Svaren i ett ärende",
    responses=answers.answers(answers.Items[answers.GivenAnswer]),
)
def list_answers(
    request: Request,
    caller: Annotated[Caller, Depends(require_reader(Role.HANDLAGGARE, Role.JURIST, Role.REVISOR))],
    application: Application,
) -> Response:
    """Alla svar, också de som har tagits tillbaka."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        query = select(AnswerRow).where(same_case(AnswerRow, row))
        rows = session.exec(query.order_by(col(AnswerRow.at), col(AnswerRow.id)))
        return answer(answers.Items(items=[_shown(each) for each in rows]), row)

    return read(request, caller, application, show)


def _shown(row: AnswerRow) -> answers.GivenAnswer:
    asked = json.loads(row.asked)
    return answers.GivenAnswer(
        id=row.id,
        question=row.question,
        asked=asked["question"],
        code=asked["code"],
        label=asked["label"],
        fact=row.fact,
        value=json.loads(row.value),
        by=row.name,
        role=Who(row.role),
        at=row.at,
        reason=row.reason,
        until=row.until,
        withdrawn_at=row.withdrawn_at,
    )


@router.get(
    "/tasks/{application}/questions",
    summary="Frågorna i ett ärende",
    responses=answers.answers(answers.Items[RaisedQuestion]),
)
def list_raised_questions(
    request: Request,
    caller: Annotated[Caller, Depends(require_reader(Role.HANDLAGGARE, Role.JURIST, Role.REVISOR))],
    application: Application,
) -> Response:
    """Alla frågor till en handläggare som ärendet har väckt, också efter beslutet: när de ställdes, om de är
    besvarade, och när orsaken var borta. En fråga som kom tillbaka står en gång för varje gång."""

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        return answer(answers.Items(items=list(raised_in(office, session, row))), row)

    return read(request, caller, application, show)


@router.post(
    "/tasks/{application}/answers/{given}/withdrawal",
    summary="Ta tillbaka ett svar",
    openapi_extra=described(TakenBack, {"fel": {"reason": "Fel hushåll."}}),
    responses={**answers.answers(answers.ApplicationStatus), **_STEP},
)
def withdraw_answer(
    request: Request,
    caller: Worker,
    application: Application,
    given: Annotated[str, Path(description="Svarets id", max_length=64)],
    body: RawBody,
    if_match: IfMatch = None,
) -> Response:
    """Frågan är öppen igen, och maskinen prövar ärendet utan svaret."""
    why = validated(TakenBack, json_of(request, body)).reason
    by = _by(caller)
    with changing(request, caller) as (office, session):
        version = _version(session, caller, application, if_match)
        row = casework.withdraw(office, session, caller.tenant, application, version, given, by, why)
        found = views.application(session, row)
    service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row)


def _by(caller: Caller) -> By:
    principal = caller.principal
    return By(principal.subject, principal.name or principal.subject, Who.HANDLAGGARE)


def _version(session: Session, caller: Caller, application: str, if_match: str | None) -> int:
    row = find(session, caller.tenant, application)
    require_match(if_match, row.version)
    return row.version
