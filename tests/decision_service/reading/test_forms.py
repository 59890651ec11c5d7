"""A text of the wrong form is told which form it must have, whatever form a model has."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, Field, create_model

import decision_service
import norms
import rules
from decision_service.reading.faults import validated
from decision_service.reading.sentences import sentences
from decision_service.reading.strict_json import InputError, read_json
from norms.fault import ENGLISH, SWEDISH
from norms.sentences import shapes
from rules.sentences import sentences as of_rules
from tests.world.sweeps import swept


def models() -> Iterator[type[BaseModel]]:
    """Every model that any room has."""
    for wing in (norms, rules, decision_service):
        for each in pkgutil.walk_packages(wing.__path__, f"{wing.__name__}."):
            if ".migrations" not in each.name and not each.name.endswith("__main__"):
                importlib.import_module(each.name)
    waiting = [*BaseModel.__subclasses__()]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        yield one


def patterns(of: Any) -> Iterator[str]:
    """The patterns of an annotation, and of what stands within it."""
    pattern = getattr(of, "pattern", None)
    if pattern is not None:
        yield getattr(pattern, "pattern", pattern)
    parts = (*getattr(of, "metadata", ()), *getattr(of, "__metadata__", ()), *getattr(of, "__args__", ()))
    for part in (*parts, getattr(of, "annotation", None)):
        if part is not None and part is not of:
            yield from patterns(part)
    if (origin := getattr(of, "__origin__", None)) is not None and hasattr(of, "__metadata__"):
        yield from patterns(origin)


def test_every_form_has_words() -> None:
    known = {*sentences().kinds}
    found = {
        pattern
        for one in models()
        if one.__module__.partition(".")[0] in ("norms", "rules", "decision_service")
        for field in one.model_fields.values()
        for pattern in patterns(field)
    }
    assert len(found) > 10
    assert {*found} - known == set()
    assert {*of_rules().kinds} > {*shapes().kinds}


def test_the_form_is_told_in_both_languages() -> None:
    model = create_model("Asked", month=(str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")))
    with pytest.raises(InputError) as refused:
        validated(model, {"month": "november"})
    [told] = refused.value.faults
    assert sentences().line(told, SWEDISH) == "month: ”november” har fel form. Skriv en månad: 2026-11."
    assert sentences().line(told, ENGLISH) == "month: ”november” has the wrong form. Write a month: 2026-11."


@swept(
    ("content", "told"),
    [
        (b'{"a": [{"b": "x\\u0000"}, {"c": "\\ud800"}]}', ["/a/0/b", "/a/1/c"]),
        (b'{"a": {"b\\u001b": 1, "c": "\\u0007"}}', ["/a", "/a/c"]),
        (b'{"b\\u001b": {"c": "\\u0007"}}', ["", "/b?/c"]),
        (b'["x", "\\udfff"]', ["/1"]),
        (b'"\\u0000"', [""]),
    ],
)
def test_every_text_that_is_none_is_told_at_its_place(content: bytes, told: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        read_json(content)
    assert [each.pointer for each in refused.value.faults] == told
    assert {each.code for each in refused.value.faults} <= {"half_character", "control_character"}
