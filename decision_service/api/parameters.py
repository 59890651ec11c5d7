"""Query parameters: one that the route does not know is a fault, and never silently nothing."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from decision_service.api.problems import FieldFault, ProblemError
from decision_service.reading.faults import MOST_FAULTS
from norms.fault import fault, printable


async def known_parameters(request: Request) -> None:
    """The dependency of every route of the API. Raises ProblemError (422) with each parameter that the route
    does not take, and those that it does; of many only some are told."""
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        raise TypeError(f"{route} takes parameters that cannot be seen")
    if not request.scope["query_string"]:
        return
    known = sorted(set(_names(route.dependant)))
    unknown = [name for name in dict.fromkeys(request.query_params.keys()) if name not in known]
    if unknown:
        words = {"known": ", ".join(known)} if known else {}
        code = "unknown_parameter" if known else "no_parameters"
        told = [FieldFault(fault(code, **words), printable(name[:60])) for name in unknown[:MOST_FAULTS]]
        if (more := len(unknown) - MOST_FAULTS) > 0:
            told.append(FieldFault(fault("more_faults", count=more), "query"))
        raise ProblemError("invalid", errors=told)


def _names(dependant: Dependant) -> Iterator[str]:
    """The query parameters of a route and of all that it depends on."""
    for field in dependant.query_params:
        yield field.alias
    for each in dependant.dependencies:
        yield from _names(each)
