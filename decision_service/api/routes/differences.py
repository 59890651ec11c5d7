"""What two of a municipality's releases say differently, for anybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.callers import PublicMunicipality
from decision_service.api.etag import release_etag
from decision_service.api.limits import address_of
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.routes.public import IfNoneMatch, cached
from decision_service.casework.office import Office
from decision_service.log import releases
from decision_service.log.published import published_releases
from norms.month import Month
from rules.book import Rulebook
from rules.difference.compare import ReleaseDifference, difference

inside = APIRouter()
"""Paths of one municipality, under ``/v1/{kommunkod}``."""


@inside.get(
    "/releases/{release_id}/difference",
    tags=["regler"],
    summary="Vad en regelversion säger annorlunda än en tidigare",
    responses={
        **answers.answers(ReleaseDifference),
        304: {"description": "Oförändrat sedan den ETag som gavs."},
        **problem_responses("not-found", "too-many-requests"),
    },
)
def compare_releases(
    request: Request,
    municipality: PublicMunicipality,
    release_id: Annotated[str, Path(description="Den senare regelversionens id")],
    since: Annotated[str, Query(description="Den tidigare regelversionens id")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Regler, begrepp, belopp, inställningar och ord som är nya, borttagna eller ändrade, månad för månad,
    och vad som rättar månader som har varit. Båda är regelversioner som kommunen har beslutat efter."""
    office = office_of(request)
    known = {each.id for each in published_releases(office.engine, municipality.code)}
    if not {release_id, since} <= known:
        raise ProblemError("not-found")
    present = Month.of(office.clock().date())

    def told() -> ReleaseDifference:
        request.app.state.rate_of_estimates.take(address_of(request.scope))
        return difference(_book(office, since), _book(office, release_id), present)

    return cached(told, release_etag(release_id, since[:32], present), if_none_match)


def _book(office: Office, release: str) -> Rulebook:
    if release == office.book.release:
        return office.book
    return releases.book_from(releases.KeptFiles(office.engine)[release], release)
