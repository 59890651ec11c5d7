"""Query parameters: one that the route does not know is a fault, and never silently nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from decision_service.api.problems import FieldFault, ProblemError
from decision_service.reading.strict_json import MOST_FAULTS
from norms.fault import fault, printable


async def known_parameters(request: Request) -> None:
    """The dependency of every route of the API. Raises ProblemError (422) with each parameter that the route
    does not take, and those that it does, and with each that is given twice: only one of the two would count.
    Of many only some are told."""
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        raise TypeError(f"{route} takes parameters that cannot be seen")
    if not request.scope["query_string"]:
        return
    known = sorted(set(_names(route.dependant)))
    given = Counter(name for name, _ in request.query_params.multi_items())
    words = {"known": ", ".join(known)} if known else {}
    unknown = fault("unknown_parameter" if known else "no_parameters", **words)
    wrong = [
        FieldFault(unknown if name not in known else fault("parameter_twice"), printable(name[:60]))
        for name, times in given.items()
        if name not in known or times > 1
    ]
    if wrong:
        told = wrong[:MOST_FAULTS]
        if (more := len(wrong) - MOST_FAULTS) > 0:
            told.append(FieldFault(fault("more_faults", count=more), "query"))
        raise ProblemError("invalid", errors=told)


def names_in_address(request: Request) -> frozenset[str]:
    """What a fault may name of the address: the query parameters of the route, and the parts of its path
    where there is no body that could have a field of the same name."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return frozenset()
    parts = request.path_params if request.method in ("GET", "DELETE") else ()
    return frozenset((*_names(route.dependant), *parts))


def _names(dependant: Dependant) -> Iterator[str]:
    """The query parameters of a route and of all that it depends on."""
    for field in dependant.query_params:
        yield field.alias
    for each in dependant.dependencies:
        yield from _names(each)
