"""What is wrong with an input, field by field, in Swedish."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from decision_service.reading.strict_json import InputError
from norms.nearest import hint

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], data: Any) -> Model:
    """The model of some input. Raises InputError with every fault, each with the path of its field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError([_sentence(model, detail) for detail in error.errors()]) from error


def _sentence(model: type[BaseModel], detail: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    return f"{path or 'indata'}: {_problem(model, detail)}"


def _problem(model: type[BaseModel], detail: Any) -> str:
    context, found = detail.get("ctx", {}), detail["input"]
    match detail["type"]:
        case "missing":
            return "Uppgiften saknas."
        case "extra_forbidden":
            name = str(detail["loc"][-1])
            return f"Fältet finns inte.{hint(name, _names(model))} Ta bort eller rätta det."
        case "value_error":
            return f"{str(context['error']).rstrip('.')}."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{_shown(found)} är inget heltal."
        case "bool_type" | "bool_parsing":
            return f"{_shown(found)} är varken true eller false."
        case "string_type":
            return f"{_shown(found)} är ingen text."
        case "enum" | "literal_error":
            allowed = context["expected"].replace(" or ", " eller ").replace("'", "")
            return f"{_shown(found)} är inget av de tillåtna värdena: {allowed}."
        case "greater_than_equal":
            return f"{_shown(found)} är för litet. Minst {context['ge']}."
        case "less_than_equal":
            return f"{_shown(found)} är för stort. Högst {context['le']}."
        case "list_type" | "tuple_type":
            return f"{_shown(found)} är ingen lista."
        case "too_long":
            return f"Listan är för lång. Högst {context['max_length']}."
        case "string_too_long":
            return f"Texten är för lång. Högst {context['max_length']} tecken."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{_shown(found)} är inget objekt."
        case _:
            return f"{_shown(found)} går inte att läsa."


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"”{value[:60]}”"
        case dict():
            return "Ett objekt"
        case list():
            return "En lista"
        case _:
            return str(value)[:60]


def _names(model: type[BaseModel]) -> list[str]:
    found = list(model.model_fields)
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel) and part is not model:
                found += _names(part)
    return found
