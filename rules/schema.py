"""From a read document to a checked model: pydantic validates, every error gets its file and line."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from norms.document import Document, Location
from norms.finding import Finding, FindingsError
from rules.checks.diagnostic import nearest
from rules.checks.wrong_shape import WRONG_SHAPE

Model = TypeVar("Model", bound="FileModel")


class FileModel(BaseModel):
    """A part of a rule file: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def _yes_no(value: Any) -> Any:
    if value in ("ja", "nej"):
        return value == "ja"
    raise ValueError(f"”{value}” är varken ja eller nej")


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
"""A field that says ``ja`` or ``nej``."""


def validate(model: type[Model], document: Document) -> Model:
    """Check a whole document. Raises FindingsError with every fault in it."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        findings = [_finding(model, document, detail) for detail in error.errors()]
        raise FindingsError(_once_per_place(findings)) from error


def _finding(model: type[FileModel], document: Document, detail: Any) -> Finding:
    location = _in_document(document, detail["loc"])
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    return WRONG_SHAPE.at(document.file, document.line(location), where, problem=_problem(model, detail))


def _in_document(document: Document, parts: tuple[int | str, ...]) -> Location:
    """The longest beginning of pydantic's path that names places of the file."""
    location: Location = ()
    for part in parts:
        if (*location, part) in document.lines:
            location = (*location, part)
    return location


def _once_per_place(findings: list[Finding]) -> list[Finding]:
    """A value that fits none of several allowed shapes gives one finding, not one per shape."""
    first: dict[tuple[int, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.line, finding.where), finding)
    return list(first.values())


def _problem(model: type[FileModel], detail: Any) -> str:
    kind, context, name = detail["type"], detail.get("ctx", {}), str(detail["loc"][-1])
    found = detail["input"]
    match kind:
        case "missing":
            return f"Nyckeln ”{name}” saknas. Lägg till den."
        case "extra_forbidden":
            return f"Nyckeln ”{name}” finns inte här.{nearest(name, _keys(model))} Ta bort eller rätta den."
        case "string_type":
            return "Väntade en text, fann en lista eller flera nycklar."
        case "list_type" | "tuple_type":
            return f"Väntade en lista (rader som börjar med -), fann ”{found}”."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Väntade nycklar med värden, fann ”{found}”."
        case "enum" | "literal_error":
            allowed = context["expected"].replace(" or ", " eller ")
            return f"”{found}” är inget av de tillåtna värdena: {allowed}."
        case "int_parsing" | "int_type":
            return f"”{found}” är inget heltal."
        case "too_short":
            return "Minst ett värde behövs."
        case "value_error":
            return f"{str(context['error']).rstrip('.')}."
        case _:
            return f"Går inte att läsa: ”{found}”."


def _keys(model: type[BaseModel]) -> list[str]:
    """Every key known anywhere in the model: enough to suggest a spelling."""
    seen: list[type[BaseModel]] = [model]
    keys: list[str] = []
    for current in seen:
        for name, field in current.model_fields.items():
            keys.append(field.alias or name)
            seen.extend(found for found in _models_in(field.annotation) if found not in seen)
    return keys


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
