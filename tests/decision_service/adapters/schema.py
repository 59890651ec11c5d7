"""Whether JSON fits the JSON schema of a case file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from decision_service.application.case_file import CaseFile

SCHEMA = CaseFile.model_json_schema()


def fits(value: Any, schema: Any) -> bool:
    """Whether a value fits a JSON schema, for the words that pydantic writes."""
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema and not any(fits(value, each) for each in schema["anyOf"]):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    kinds = schema.get("type")
    if kinds is not None and kinds not in _kinds(value):
        return False
    if isinstance(value, str) and not _text_fits(value, schema):
        return False
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return bool(low <= value <= high)
    if isinstance(value, list):
        longest = schema.get("maxItems", len(value))
        return len(value) <= longest and all(fits(each, schema.get("items", {})) for each in value)
    return not isinstance(value, dict) or _object_fits(value, schema)


def _kinds(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean",)
        case int():
            return ("integer", "number")
        case float() | Decimal():
            return ("number",)
        case str():
            return ("string",)
        case list():
            return ("array",)
        case _:
            return ("object",)


def _text_fits(value: str, schema: dict[str, Any]) -> bool:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", len(value))
    return shortest <= len(value) <= longest and bool(re.search(schema.get("pattern", ""), value))


def _object_fits(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known, further = schema.get("properties", {}), schema.get("additionalProperties", {})
    if any(name not in value for name in schema.get("required", [])):
        return False
    for name, inner in value.items():
        if name in known:
            if not fits(inner, known[name]):
                return False
        elif not fits(inner, further) or not fits(name, schema.get("propertyNames", True)):
            return False
    return True
