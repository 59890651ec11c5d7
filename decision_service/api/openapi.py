"""The description of the API: FastAPI's own, with the problems every operation can answer with, and what each
schema is in the words of those who read it, ``schemas.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import Field, RootModel

from decision_service.api.answers.shape import Description, Status
from decision_service.api.problems import MEDIA_TYPE, PROBLEMS
from norms import document as files
from rules.schema import validate

FILE = Path(__file__).with_name("schemas.yaml")
SCHEMA = "Problem"
ANY = frozenset({422})
"""What any operation may answer with: a parameter that it does not know is refused."""
PUBLIC = frozenset({400, 404, 408, 413, 422, 429, 500})
"""What any operation under ``/v1`` may answer with."""
GUARDED = frozenset({401, 403, 503})
"""What an operation that needs a token may answer with besides."""
_SAID = {"Successful Response": "Svaret"}
"""What FastAPI says of an answer that nobody has described, and what is said instead."""
_METHODS = ("get", "post", "put", "patch", "delete")

_PROBLEM = {
    "type": "object",
    "description": "Ett fel enligt RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Feltypens adress, /problem/<kod>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "error_id": {"type": "string", "description": "Felets id i tjänstens logg (500)"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON-pekare till platsen i innehållet"},
                    "parameter": {"type": "string", "description": "Parametern i adressen eller huvudet"},
                    "code": {"type": "string", "description": "Felets kod, som aldrig ändras"},
                    "message": {"type": "string", "description": "Felet på språket i Content-Language"},
                },
            },
        },
    },
}


class _Said(RootModel[dict[str, Annotated[str, Field(min_length=1)]]]):
    """The whole file: what each schema is, by its name."""


SCHEMAS: Mapping[str, str] = MappingProxyType(validate(_Said, files.read(FILE)).root)
"""What the schemas are whose own text is for those who write the program."""


def problem_responses(*codes: str) -> Status:
    """``responses`` of a route: the problems it can answer with beyond those that every route has."""
    return {PROBLEMS[code].status: _response(PROBLEMS[code].status) for code in codes}


def completed(app: FastAPI, schema: Description) -> Description:
    """A schema with the form of problems, and with the problems of every operation under ``/v1``."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas[SCHEMA] = _PROBLEM
    for path, operation in _operations(schema):
        responses = operation.setdefault("responses", {})
        responses.pop("422", None) if _is_fastapis(responses.get("422")) else None
        for each in responses.values():
            each["description"] = _SAID.get(each["description"], each["description"])
        statuses = (PUBLIC if path.startswith("/v1/") else ANY) | (
            GUARDED if operation.get("security") else frozenset()
        )
        for status in sorted(statuses):
            responses.setdefault(str(status), _response(status))
    for part in _of_models(schema):
        if (said := SCHEMAS.get(part["title"])) is not None:
            part["description"] = said
    return schema


def _of_models(part: Any) -> Iterator[Description]:
    """Every schema of a model or an enumeration, wherever it stands. A parameter may be called the same."""
    if isinstance(part, dict):
        ways = part.get("anyOf", [{"type": "null"}])
        if "title" in part and (
            part.keys() & {"properties", "enum", "const"} or {"type": "null"} not in ways
        ):
            yield part
        for each in part.values():
            yield from _of_models(each)
    elif isinstance(part, list):
        for each in part:
            yield from _of_models(each)


def _operations(schema: Description) -> Iterator[tuple[str, Description]]:
    for path, item in schema.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                yield path, item[method]


def _is_fastapis(found: Any) -> bool:
    return bool(found) and "HTTPValidationError" in str(found)


def _response(status: int) -> Description:
    """One response, naming every problem type of the status."""
    types = [each for each in PROBLEMS.values() if each.status == status]
    return {
        "description": "; ".join(each.title["sv"] for each in types),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}}},
    }
