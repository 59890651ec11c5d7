"""N001: a field is missing, is not one of the form's fields, or holds the wrong kind of value."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from norms.document import Document
from norms.fault import Fault, shown_in_yaml
from norms.finding import Finding, Severity
from norms.sentences import shapes
from norms.validation import faults_of

CODE = "N001"

_DECIMALS = "Är det decimalerna i ett belopp? Sätt beloppet inom citattecken när det står inom klammer."


def check(read: Document, form: type[BaseModel], error: ValidationError) -> Iterator[Finding]:
    """Every way in which the file does not have its form."""
    for each in faults_of(form, error.errors(include_url=False), read.data, shown_in_yaml):
        where = ".".join(_counted(part) for part in each.path if part != "")
        message = _message(each)
        yield Finding(read.file, read.line(each.path), CODE, Severity.ERROR, where, message)


def _message(found: Fault) -> str:
    said = shapes().in_yaml(found)
    return f"{said} {_DECIMALS}" if found.code == "unknown_field" and str(found.path[-1]).isdigit() else said


def _counted(part: int | str) -> str:
    """List places counted from one, as people do."""
    return str(part + 1) if isinstance(part, int) else part
