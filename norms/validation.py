"""What pydantic finds wrong, as faults: the one place that knows pydantic's kinds of errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel

from norms.fault import Fault, MisfitError, Path, TextForm, fault, shown
from norms.nearest import nearest

Details = Iterable[Mapping[str, Any]]
"""What ``errors()`` of a pydantic ValidationError gives."""

CODES: Mapping[str, str] = {
    "missing": "missing",
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "not_whole_number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "not_true_or_false"),
    **dict.fromkeys(("string_type", "string_unicode", "path_type"), "not_text"),
    **dict.fromkeys(("enum", "literal_error"), "not_allowed"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "not_list"),
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type"), "not_object"
    ),
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "greater_than": "not_above",
    "less_than": "not_below",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_too_long": "text_too_long",
    "string_too_short": "text_too_short",
    "string_pattern_mismatch": "wrong_form",
}
"""Pydantic's kind of error and the code of the fault. Unknown fields and refusals of our own are apart."""

_LIMITS = {"ge", "le", "gt", "lt", "max_length", "min_length"}


def faults_of(
    model: type[BaseModel] | None,
    details: Details,
    data: Any = None,
    show: Callable[[Any], str] = shown,
) -> list[Fault]:
    """The faults in what a model was given.

    ``data`` is the input: each path is cut where it leaves it, but for the name of what is missing. Without
    it the paths are pydantic's. ``show`` says how a found value is repeated.
    """
    found: list[Fault] = []
    told = list(details)
    for detail in told:
        path = tuple(detail["loc"])
        if detail["type"] == "too_short" and any(_within_list(path, each["loc"]) for each in told):
            continue  # what is wrong in a list is not counted in it, and is told for itself
        place = path if data is None else _within(data, path, missing=CODES.get(detail["type"]) == "missing")
        found += (each.below(*place) for each in _faults(model, detail, show))
    return found


def _within_list(path: Path, other: Path) -> bool:
    return len(other) > len(path) and tuple(other)[: len(path)] == path


def not_one_of(found: str, allowed: Iterable[str], *path: str | int) -> Fault:
    """The fault of a word that is none of those there are, with the one that was most likely meant."""
    words = list(allowed)
    near = nearest(found, words)
    values = {"found": shown(found), "allowed": ", ".join(words)}
    return (
        Fault(path, "misspelt_value", {**values, "near": near})
        if near
        else Fault(path, "not_allowed", values)
    )


def _known_at(model: type, place: Path) -> frozenset[str]:
    """The names that the part of an input at a place may have. What is no name of a field on the way there is
    the place in a list, or how pydantic tells the members of a union apart."""
    parts = frozenset({model})
    for name in place:
        parts = frozenset(each for part in parts for each in _parts(part).get(name, ())) or parts
    return frozenset(name for part in parts for name in _parts(part))


@cache
def _parts(model: type) -> Mapping[Any, tuple[type, ...]]:
    """The fields of a part of an input as inputs name them, each with the parts that it may have."""
    if issubclass(model, BaseModel):
        found = {each.alias or name: each.annotation for name, each in model.model_fields.items()}
    else:
        assert is_dataclass(model)
        hints = get_type_hints(model, include_extras=True)
        found = {each.name: hints[each.name] for each in fields(model)}
    return {name: tuple(_models_in(annotation)) for name, annotation in found.items()}


def _models_in(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)


_MEMBER = re.compile(r"<\w+\.\w+: ([^>]*)>")
"""How pydantic writes a member of an enumeration that it allows."""


def _faults(
    model: type[BaseModel] | None, detail: Mapping[str, Any], show: Callable[[Any], str]
) -> Iterator[Fault]:
    kind, context = detail["type"], detail.get("ctx", {})
    match kind:
        case "value_error" if isinstance(error := context["error"], MisfitError):
            yield from error.faults
        case "value_error" | "assertion_error":
            yield fault("refused", reason=str(context["error"]).rstrip("."))
        case "extra_forbidden" | "unexpected_keyword_argument":
            *place, name = detail["loc"]
            near = nearest(str(name), _known_at(model, tuple(place))) if model is not None else None
            yield fault("misspelt_field", near=near) if near else fault("unknown_field")
        case "union_tag_not_found":
            yield fault("missing", _discriminator(context))
        case "union_tag_invalid":
            allowed = context["expected_tags"].replace("'", "")
            found = show(context["tag"])
            yield fault("not_allowed", _discriminator(context), found=found, allowed=allowed)
        case _:
            values: dict[str, str | int] = {"found": show(detail["input"])}
            for name in _LIMITS & context.keys():
                values["limit"] = context[name]
            if "pattern" in context:
                values["expected"] = TextForm(context["pattern"])
            if allowed := context.get("expected"):
                words = _MEMBER.sub(r"\1", allowed.replace("'", ""))
                values["allowed"] = words.replace(" or ", ", ")
            yield Fault((), CODES.get(kind, "unreadable"), values)


def _discriminator(context: Mapping[str, Any]) -> str:
    """The field that says which of several shapes is meant, as inputs name it: its alias stands last."""
    return str(context["discriminator"]).rpartition(" | ")[2].strip("'")


def _within(data: Any, path: Path, *, missing: bool) -> Path:
    """A path of pydantic without what names no place of the input: a branch of a union, a key's validator."""
    place: Path = ()
    node = data
    for at, part in enumerate(path):
        if _has(node, part):
            node = node[part]
        elif missing and at == len(path) - 1:
            return (*place, part)
        else:
            continue
        place = (*place, part)
    return place


def _has(node: Any, part: str | int) -> bool:
    if isinstance(node, list | tuple):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, dict) and part in node
