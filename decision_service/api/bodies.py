"""What comes in a request's body: read strictly, and described for OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel

from decision_service.api.answers.shape import Description
from decision_service.api.problems import FieldFault, ProblemError
from decision_service.reading.strict_json import InputError, Opaque, read_json

JSON = "application/json"


async def _raw(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(_raw)]
"""The bytes of the body, as they came."""


def content_type(request: Request) -> str:
    """The media type of the body in small letters, without parameters; JSON when nothing is said."""
    return request.headers.get("content-type", JSON).partition(";")[0].strip().lower()


def json_of(request: Request, body: bytes) -> Any:
    """The body as JSON, amounts exact. Raises ProblemError: 415 another type, 400 not JSON."""
    kind = content_type(request)
    if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ProblemError("unsupported-media-type", more={"accepted": [JSON]})
    try:
        return read_json(body)
    except InputError as error:
        raise ProblemError("malformed", errors=[FieldFault(each) for each in error.faults]) from None


def described(model: type[BaseModel], examples: Mapping[str, Opaque] | None = None) -> Description:
    """``openapi_extra`` of a route that reads its body by itself: a model's form, and examples by name."""
    content: Description = {"schema": inlined(model.model_json_schema())}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"requestBody": {"required": True, "content": {JSON: content}}}


def inlined(schema: Description) -> Description:
    """A JSON schema with its definitions put where they are used. A form that holds itself is left open."""
    definitions = schema.get("$defs", {})

    def put(node: Any, inside: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [put(each, inside) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            name = str(node["$ref"]).rpartition("/")[2]
            return {} if name in inside else put(definitions[name], (*inside, name))
        return {key: put(each, inside) for key, each in node.items() if key != "$defs"}

    found: Description = put(schema, ())
    return found
