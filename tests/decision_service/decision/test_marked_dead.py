"""Where somebody in a case has died a person decides, also by a release that has no rule of it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import assess, law_of
from decision_service.log import releases
from decision_service.reading.faults import validated
from rules.book import Rulebook
from tests.world.cases import raw
from tests.world.law import book

_TERM = re.compile(r"      (?:avliden|dödsdag)(?:_i_register)?:\n(?:        .*\n)+")


@cache
def without_a_rule() -> Rulebook:
    """The rules as they were before they said anything of who has died."""
    files = dict(releases.files_of(book()))
    del files["rules/sets/national/avliden.yaml"]
    files["rules/vocabulary.yaml"] = _TERM.sub("", files["rules/vocabulary.yaml"])
    return releases.book_from(files)


@pytest.mark.parametrize("with_rule", [True, False])
@pytest.mark.parametrize("role", ["APPLICANT", "CO_APPLICANT", "CHILD"])
def test_whoever_is_marked_is_somebodys_to_decide_about(role: str, with_rule: bool) -> None:
    law = book() if with_rule else without_a_rule()
    given = raw("familj-pa-fem")

    def reasons() -> set[str]:
        case = validated(CaseFile, given)
        return {each.code for each in assess(case, law_of(case, law)).document.reasons}

    before = reasons()
    next(each for each in given["people"] if each["role"] == role)["died"] = "2026-10-02"
    assert reasons() - before == {"AVLIDEN" if with_rule else "OTOLKADE_UPPGIFTER"}
