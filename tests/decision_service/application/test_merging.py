"""What is sent later is merged into what was sent before, and nobody and nothing falls away unsaid."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest

from decision_service.application.kept import ContentJson
from decision_service.application.merging import merged
from decision_service.reading.strict_json import InputError

KIM, BO, EVA = {"firstName": "Kim"}, {"firstName": "Bo"}, {"partyId": "b1", "firstName": "Eva"}


def children(before: list[Any], patch: list[Any]) -> list[Any]:
    """The children of an application after a patch."""
    content = {"application": {"children": copy.deepcopy(before)}, "people": [], "unmapped": []}
    found = merged(cast("ContentJson", content), {"application": {"children": patch}}, [])
    return cast("list[Any]", found["application"]["children"])


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ([KIM, BO, EVA], [{"partyId": "b1", "schoolName": "Y"}], [KIM, BO, {**EVA, "schoolName": "Y"}]),
        ([KIM, BO], [{"firstName": "Kim", "schoolName": "Y"}], [{**KIM, "schoolName": "Y"}, BO]),
        ([EVA, KIM], [BO, KIM], [EVA, BO, KIM]),
        ([EVA], [KIM], [EVA, KIM]),
        ([EVA], [{"partyId": "b2"}], [EVA, {"partyId": "b2"}]),
        ([EVA, {**EVA, "firstName": "Eve"}], [EVA], [EVA, {**EVA, "firstName": "Eve"}]),
    ],
)
def test_no_child_falls_away_when_another_is_told_of(
    before: list[Any], patch: list[Any], after: list[Any]
) -> None:
    assert children(before, patch) == after


def test_one_child_told_twice_at_once_is_a_fault() -> None:
    with pytest.raises(InputError) as refused:
        children([EVA], [EVA, {**EVA, "firstName": "Eve"}])
    assert [fault.code for fault in refused.value.faults] == ["id_twice"]
