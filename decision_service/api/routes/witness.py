"""The witness: neighbours have their checkpoints signed here (C2SP tlog-witness). Anybody may ask; only the
logs that the installation names are signed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse

from audit.cosignature import WitnessRefusedError
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody
from decision_service.api.openapi import SCHEMA, problem_responses
from decision_service.api.problems import MEDIA_TYPE, ProblemError
from decision_service.casework import witnessing

outside = APIRouter(tags=["vittne"])

LARGEST = 16 * 1024
"""Bytes: a checkpoint with its proof is a tenth of it."""
_SIZE = "text/x.tlog.size"
_TEXT: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_PROBLEM: dict[str, Any] = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}}}
_SAID = {
    400: "Begäran går inte att läsa.",
    403: "Loggens underskrift saknas.",
    404: "Loggen bevittnas inte här.",
    413: "Begäran är för stor.",
    422: "Loggen har inte bara vuxit.",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Vittnets underskrift (cosignature/v1).", **_TEXT},
    409: {
        "description": "Vittnet har en annan storlek.",
        "content": {_SIZE: {"schema": {"type": "string"}}},
    },
    **{status: {"description": why, "content": _TEXT["content"] | _PROBLEM} for status, why in _SAID.items()},
}


@outside.post(
    "/witness/add-checkpoint",
    summary="Låt vittnet skriva under en grannes checkpoint",
    response_class=PlainTextResponse,
    openapi_extra={"requestBody": {"required": True, **_TEXT}},
    responses=_RESPONSES,
)
def add_checkpoint(request: Request, body: RawBody) -> PlainTextResponse:
    """Enligt C2SP tlog-witness: storleken vittnet har, beviset att loggen bara har vuxit, checkpointen."""
    if len(body) > LARGEST:
        return PlainTextResponse(_SAID[413], 413)
    try:
        return PlainTextResponse(witnessing.add_checkpoint(office_of(request), body))
    except WitnessRefusedError as error:
        if error.size is not None:
            return PlainTextResponse(f"{error.size}\n", error.status, media_type=_SIZE)
        return PlainTextResponse(str(error), error.status)


@outside.get(
    "/witness/key",
    summary="Vittnets publika nyckel",
    response_class=PlainTextResponse,
    responses=problem_responses("not-found", "invalid"),
)
def show_key(request: Request) -> PlainTextResponse:
    """Den som vill att det här vittnet skriver under sätter nyckeln i sin installation."""
    cosigner = office_of(request).cosigner
    if cosigner is None:
        raise ProblemError("not-found")
    return PlainTextResponse(f"{cosigner.public}\n")
