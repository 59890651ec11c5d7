"""From a read document to a checked model: pydantic validates, every error gets its file and line."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from norms.document import Document, Location
from norms.finding import Finding, FindingsError
from norms.nearest import hint
from rules.wording.wrong_shape import WRONG_SHAPE

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


def validate(model: type[Model], document: Document, context: object = None) -> Model:
    """Check a whole document. ``context`` is what its validators may look at.

    Raises FindingsError with every fault in it.
    """
    try:
        return model.model_validate(document.data, context=context)
    except ValidationError as error:
        findings = [
            _finding(model, document, detail) for detail in error.errors() if not _only_seems_short(detail)
        ]
        raise FindingsError(_once_per_place(findings)) from error


def _only_seems_short(detail: Any) -> bool:
    """A list whose rows are all wrong is counted as empty by pydantic; what is wrong is in its rows."""
    return bool(detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"])


def _finding(model: type[FileModel], document: Document, detail: Any) -> Finding:
    location = _in_document(document, detail["loc"])
    problem = _problem(model, detail)
    return WRONG_SHAPE.at(document.file, document.line(location), _where(document, location), problem=problem)


def _where(document: Document, location: Location) -> str:
    """The place in words: rules and cases by their name, other rows of a list by their number."""
    found: list[str] = []
    node: Any = document.data
    for part in location:
        node = node[part]
        name = next((node[key] for key in ("id", "namn") if key in node), None) if _row(part, node) else None
        if isinstance(name, str):
            found = [name]
        else:
            found.append(str(part + 1) if isinstance(part, int) else part)
    return " ".join(found)


def _row(part: int | str, node: Any) -> bool:
    return isinstance(part, int) and isinstance(node, dict)


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
    kind, context = detail["type"], detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    found = _described(detail["input"])
    match kind:
        case "missing":
            return f"Nyckeln ”{name}” saknas. Lägg till den."
        case "extra_forbidden":
            return f"Nyckeln ”{name}” finns inte här.{hint(name, _keys(model))} Ta bort eller rätta den."
        case "string_type":
            quotes = " Sätt texten inom citattecken om den börjar med { eller [."
            return f"Väntade en text, fann {found}.{quotes}"
        case "string_pattern_mismatch":
            return f"{found[:1].upper()}{found[1:]} har fel form. {_FORMS.get(name, '')}".rstrip()
        case "list_type" | "tuple_type":
            return f"Väntade en lista (rader som börjar med -), fann {found}."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Väntade nycklar med värden, fann {found}."
        case "enum" | "literal_error":
            allowed = context["expected"].replace(" or ", " eller ")
            return f"Väntade ett av värdena {allowed.replace(chr(39), '')}, fann {found}."
        case "int_parsing" | "int_type":
            return f"Väntade ett heltal, fann {found}."
        case "union_tag_not_found":
            return "Nyckeln ”slag” saknas. Lägg till den."
        case "union_tag_invalid":
            allowed = context["expected_tags"].replace("'", "")
            return f"Väntade ett av värdena {allowed}, fann ”{context['tag']}”."
        case "too_short":
            return "Minst ett värde behövs."
        case "value_error":
            return f"{str(context['error']).rstrip('.')}."
        case _:
            return f"Det går inte att läsa {found} här."


_FORMS = {
    "id": "Ett id har små bokstäver, siffror, _ och -, i minst två delar med punkt emellan: riksnorm.barn.",
    "skäl": "Ett skäl har stora bokstäver, siffror och _: HYRA_ÖVER_GRÄNS.",
    "kommun": 'En kommunkod är fyra siffror inom citattecken: "9999".',
}
"""What a field with a fixed form looks like."""


def _described(found: Any) -> str:
    match found:
        case str():
            return f"”{found}”" if found else "inget värde"
        case list():
            return "en lista"
        case _:
            return "nycklar med värden"


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
