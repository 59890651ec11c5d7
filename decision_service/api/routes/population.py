"""A draft on a population: what it costs in a month, who gains and loses, and the staircase of a wage."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, StrictInt
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import RawBody, content_type, described, json_of
from decision_service.api.callers import Caller, require
from decision_service.api.cases import acting, as_json, told
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.application.fields import MonthText, Part
from decision_service.impact import population
from decision_service.impact.population import MOST, MOST_GIVEN_OUT, MadeUpHouseholds, PopulationsCompared
from decision_service.reading.faults import validated
from decision_service.reading.whole_numbers import LARGEST

router = APIRouter(tags=["följder"])

RECKONS = (Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.CHEF, Role.REVISOR)
Reckoner = Annotated[Caller, Depends(require(*RECKONS))]
PARQUET = "application/vnd.apache.parquet"
_FILE = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS = {
    **answers.answers(answers.PopulationEffect),
    **problem_responses("conflict", "unsupported-media-type", "too-many-requests"),
}
Named = Annotated[str, Query(max_length=64, description="Ett utkasts id, eller en regelversions")]
Before = Annotated[str, Query(max_length=64, description="Regelversionen att jämföra med; annars den före")]
Asked = Annotated[str, Query(pattern="^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$", description="Månaden, ÅÅÅÅ-MM")]
Count = Annotated[int, Query(ge=1, le=MOST_GIVEN_OUT, description="Hur många hushåll")]
Seed = Annotated[int, Query(ge=0, le=LARGEST, description="Fröet: samma frö ger samma hushåll")]


class NewPopulation(Part):
    """Which rules, a draft's id or a release's; beside which release, else what they come from; the month;
    and how many households come of which seed."""

    release: Annotated[str, Field(max_length=64)]
    before: Annotated[str, Field(max_length=64)] = ""
    month: MonthText
    households: Annotated[StrictInt, Field(ge=1, le=MOST)] = 100_000
    seed: Annotated[StrictInt, Field(ge=0, le=LARGEST)] = 1


@router.post(
    "/populations",
    summary="Räkna ett utkast på påhittade hushåll",
    openapi_extra=described(
        NewPopulation,
        {"hundra tusen": {"release": "4c1d…", "month": "2026-11", "households": 100_000, "seed": 1}},
    ),
    responses=_ANSWERS,
)
def try_on_made_up_households(request: Request, caller: Reckoner, body: RawBody) -> Response:
    """Vad månaden kostar, vilka som får mer och mindre, och vad som blir kvar av 100 kr högre lön. Hushållen
    finns inte: de kommer ur fröet, och samma frö ger samma svar."""
    given = validated(NewPopulation, json_of(request, body))
    made = MadeUpHouseholds(given.households, given.seed)
    return as_json(effect(request, caller, given.release, given.before, given.month, made))


@router.post(
    "/populations/file",
    summary="Räkna ett utkast på egna hushåll",
    openapi_extra={"requestBody": {"required": True, "content": {PARQUET: {**_FILE, "example": "PAR1…"}}}},
    responses=_ANSWERS,
)
def try_on_own_file(
    request: Request, caller: Reckoner, body: RawBody, release: Named, month: Asked, before: Before = ""
) -> Response:
    """En Parquet-fil med en rad per hushåll, som `lagrum rules population --write` ger den. Saknas en kolumn,
    eller är ett belopp ett flyttal, sägs det kolumn för kolumn och inget räknas. Filen sparas inte."""
    if content_type(request) != PARQUET:
        raise ProblemError("unsupported-media-type", more={"accepted": [PARQUET]})
    return as_json(effect(request, caller, release, before, month, body))


@router.get(
    "/populations/households",
    summary="Påhittade hushåll som fil",
    response_class=Response,
    responses={200: {"content": {PARQUET: _FILE}}, **problem_responses("conflict", "too-many-requests")},
)
def export_households(
    request: Request, caller: Reckoner, month: Asked, households: Count = 1_000, seed: Seed = 1
) -> Response:
    """En Parquet-fil med en rad per hushåll: att räkna på, eller att se vad en egen fil ska ha."""
    return as_file(request, caller, month, MadeUpHouseholds(households, seed))


def effect(
    request: Request, caller: Caller, name: str, before: str, month: str, of: MadeUpHouseholds | bytes
) -> answers.PopulationEffect:
    """The effect, by whoever asks. Raises InputError, and ProblemError."""
    request.app.state.rate_of_estimates.take(caller.principal.subject)
    with acting(request, caller) as (office, session):
        found = population.compared(office, session, caller.tenant, name, before, month)
    with told():
        shown = population.reckoned(service_of(request).reckoner, found, month, caller.tenant, of)
    return answers.PopulationEffect.model_validate(_source(found, month, caller.tenant, of) | shown)


def _source(
    found: PopulationsCompared, month: str, tenant: str, of: MadeUpHouseholds | bytes
) -> dict[str, Any]:
    """What it takes to reckon the same again."""
    made = of if isinstance(of, MadeUpHouseholds) else None
    return {
        "draft": found.draft,
        "before": found.before.release,
        "after": found.after.release,
        "month": month,
        "municipality": tenant,
        "households": made.households if made else None,
        "seed": made.seed if made else None,
        "file": hashlib.sha256(of).hexdigest() if isinstance(of, bytes) else None,
    }


def as_file(request: Request, caller: Caller, month: str, made: MadeUpHouseholds) -> Response:
    """Made-up households as a Parquet file."""
    request.app.state.rate_of_estimates.take(caller.principal.subject)
    child = service_of(request).reckoner
    with told():
        content = population.written(child, office_of(request).book, month, caller.tenant, made)
    name = f'attachment; filename="hushall-{month}-{made.households}-{made.seed}.parquet"'
    return Response(content, media_type=PARQUET, headers={"Content-Disposition": name})
