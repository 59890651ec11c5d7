"""From a read document to a checked model: pydantic validates, every error gets its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
)

from norms.fault import Fault, MisfitError, Path, fault, shown_in_yaml
from norms.finding import Finding, FindingsError
from norms.validation import faults_of
from rules.wording.wrong_shape import WRONG_SHAPE

if TYPE_CHECKING:
    from norms.document import Document
    from norms.sentences import Sentences

Model = TypeVar("Model", bound=BaseModel)


class FileModel(BaseModel):
    """A part of a rule file: immutable, and an unknown key is an error. Most commands read no file, so the
    validator is made when it is first used."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, defer_build=True)


class Texts(RootModel[dict[str, Annotated[str, StringConstraints(min_length=1)]]]):
    """A file with a text for each name, none of them empty."""

    model_config = ConfigDict(frozen=True, defer_build=True)


Member = TypeVar("Member", bound=StrEnum)


def _of_each(words: Mapping[Member, str]) -> Mapping[Member, str]:
    if missing := [each.value for each in type(next(iter(words))) if each not in words]:
        raise ValueError(f"Det här saknar ord: {', '.join(missing)}")
    return words


Text = TypeVar("Text", bound=str)
OfEach = Annotated[Mapping[Member, Text], Field(min_length=1), AfterValidator(_of_each)]
"""A text for every member of a kind: ``OfEach[Stage, str]``."""


def _yes_no(value: Any) -> Any:
    if value in ("ja", "nej"):
        return value == "ja"
    raise MisfitError(fault("not_yes_or_no", found=shown_in_yaml(value)))


YesNo = Annotated[bool, BeforeValidator(_yes_no, json_schema_input_type=Literal["ja", "nej"])]
"""A field that says ``ja`` or ``nej``."""


def validate(
    model: type[Model],
    document: Document,
    context: object = None,
    said: Callable[[], Sentences] | None = None,
) -> Model:
    """Check a whole document. ``context`` is what its validators may look at.

    ``said`` reads what the model's own faults are called; without it those of rule files are known. Raises
    FindingsError with every fault.
    """
    try:
        return model.model_validate(document.data, context=context)
    except ValidationError as error:
        from rules.sentences import sentences  # loaded when something is wrong

        details = [each for each in error.errors(include_url=False) if not _only_seems_short(each)]
        found = faults_of(model, details, document.data, shown_in_yaml)
        words = (said or sentences)()
        raise FindingsError(_once_per_place([_finding(document, each, words) for each in found])) from error


def _only_seems_short(detail: Any) -> bool:
    """A list whose rows are all wrong is counted as empty by pydantic; what is wrong is in its rows."""
    return bool(detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"])


def _finding(document: Document, found: Fault, said: Sentences) -> Finding:
    where, problem = _where(document, found.path), said.in_yaml(found)
    return WRONG_SHAPE.at(document.file, document.line(found.path), where, problem=problem)


def _where(document: Document, path: Path) -> str:
    """The place in words: rules and cases by their name, other rows of a list by their number."""
    found: list[str] = []
    node: Any = document.data
    for part in path:
        node = node[part] if _holds(node, part) else None
        name = next((node[key] for key in ("id", "namn") if key in node), None) if _row(part, node) else None
        if isinstance(name, str):
            found = [name]
        else:
            found.append(str(part + 1) if isinstance(part, int) else part)
    return " ".join(found)


def _holds(node: Any, part: int | str) -> bool:
    """Whether a place has a part; what is missing has no place in the file."""
    return isinstance(part, int) or (isinstance(node, dict) and part in node)


def _row(part: int | str, node: Any) -> bool:
    return isinstance(part, int) and isinstance(node, dict)


def _once_per_place(findings: list[Finding]) -> list[Finding]:
    """A value that fits none of several allowed shapes gives one finding, not one per shape."""
    first: dict[tuple[int, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.line, finding.where), finding)
    return list(first.values())
