"""From what is raised while a request is served to the problem that answers it."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from decision_service.api.parameters import names_in_address
from decision_service.api.problems import FieldFault, ProblemError, response
from decision_service.reading.strict_json import InputError
from norms.fault import Fault, FaultKind
from norms.validation import faults_of

_BY_STATUS = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}


HANDLED = (ProblemError, InputError, RequestValidationError, HTTPException)
"""What is raised for a request that fails in a known way."""


def add_handlers(app: FastAPI) -> None:
    """Answer every fault with a problem document."""
    for kind in HANDLED:
        app.add_exception_handler(kind, _answered)


def problem_of(error: Exception, in_address: frozenset[str] = frozenset()) -> ProblemError:
    """The problem that an exception of one of the ``HANDLED`` kinds is. ``in_address`` as in
    ``invalid_input``."""
    match error:
        case ProblemError():
            return error
        case InputError():
            return invalid_input(error, in_address)
        case RequestValidationError():
            return ProblemError("invalid", errors=list(_in_parameters(error)))
        case HTTPException():
            code = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed")
            return ProblemError(code, headers=dict(error.headers or {}))
        case _:
            raise TypeError(f"{type(error).__name__} is no way that a request fails.")


def invalid_input(error: InputError, in_address: frozenset[str] = frozenset()) -> ProblemError:
    """The problem of an input that does not hold, with each fault at its place in the body, or by the name
    that stands ``in_address``."""
    return ProblemError("invalid", errors=[_placed(each, in_address) for each in error.faults])


async def _answered(request: Request, error: Exception) -> Response:
    return response(problem_of(error, names_in_address(request)), request.scope)


def _placed(found: Fault, names: frozenset[str]) -> FieldFault:
    """A fault at its place in the body, or of the parameter of the address that it names."""
    named = found.path[0] if len(found.path) == 1 else None
    return FieldFault(found, parameter=str(named) if named in names else None)


def _in_parameters(error: RequestValidationError) -> Iterator[FieldFault]:
    """Faults of parameters in the address and the head. What was given there is not repeated."""
    for each in faults_of(None, error.errors(), show=lambda _: FaultKind.VALUE):
        source, *rest = each.path
        yield FieldFault(each, parameter=str(rest[0] if rest else source))
