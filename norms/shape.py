"""N001: a field is missing, is not one of the form's fields, or holds the wrong kind of value."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from norms import form
from norms.document import Document
from norms.finding import Finding, Severity
from norms.nearest import hint

CODE = "N001"

_FIELDS = {
    str(field.alias or name)
    for model in vars(form).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for name, field in model.model_fields.items()
}
_KINDS = {
    "string_type": "en enkel text",
    "tuple_type": "en lista",
    "dict_type": "nycklar med värden",
    "model_type": "nycklar med värden",
    "model_attributes_type": "nycklar med värden",
}


def check(read: Document, error: ValidationError) -> Iterator[Finding]:
    """Every way in which the file does not have its form."""
    for problem in error.errors(include_url=False):
        location = tuple(problem["loc"])
        where = ".".join(_counted(part) for part in location if part != "")
        message = _message(problem["type"], str(location[-1]) if location else "", problem["input"])
        yield Finding(read.file, read.line(location), CODE, Severity.ERROR, where, message)


def _counted(part: int | str) -> str:
    """List places counted from one, as people do."""
    return str(part + 1) if isinstance(part, int) else part


def _message(kind: str, field: str, found: object) -> str:
    if kind == "missing":
        return f"Fältet ”{field}” saknas. Lägg till det."
    if kind == "extra_forbidden" and field.isdigit():
        return (
            f"Här finns inget fält ”{field}”. Är det decimalerna i ett belopp? "
            "Sätt beloppet inom citattecken när det står inom klammer."
        )
    if kind == "extra_forbidden":
        return f"Här finns inget fält ”{field}”.{hint(field, _FIELDS)}"
    expected = _KINDS.get(kind, "något annat")
    return f"Fältet ”{field}” har {_described(found)} men ska ha {expected}."


def _described(found: object) -> str:
    if isinstance(found, str):
        return f"texten ”{found}”" if found else "inget värde"
    return "en lista" if isinstance(found, list) else "nycklar med värden"
