"""An assessment is written as its form would write it, and its pieces are kept no longer than their law."""

from __future__ import annotations

import gc
import hashlib
import json

import pytest

from audit import canonical
from decision_service.decision import writing
from decision_service.decision.decide import Assessed, assess
from decision_service.decision.document import Assessment, Findings
from rules.law import resolve
from tests.world.cases import NAMES, assessed, book, example, raw, read
from tests.world.sweeps import swept


def by_the_form(found: Assessed) -> bytes:
    """What is read of an assessment, written by its form in the canonical way."""
    return canonical.any_name(found.document.model_dump(mode="json", by_alias=True))


@swept("name", NAMES)
def test_every_example_is_written_as_its_form_writes_it(name: str) -> None:
    found = example(name)
    assert found.written == by_the_form(found)
    light = writing.findings(found.members, found.evaluation)
    assert Findings.model_validate_json(light) == found.document.findings
    content = json.loads(found.written)
    assert content.keys() == {info.alias or field for field, info in Assessment.model_fields.items()}
    receipt = content.pop("receipt")
    assert receipt == hashlib.sha256(canonical.any_name(content)).hexdigest()


@pytest.mark.parametrize("name", ["Zoë", "”Ada”\n\\", "Åsa 😀", "\u2028", "Ada\ue000"])
def test_any_name_that_can_be_given_is_written_as_the_form_writes_it(name: str) -> None:
    case = raw("nio-personer")
    for person in case["people"]:
        person["first_name"] = name
    found = assessed(case)
    assert found.written == by_the_form(found)


def test_the_pieces_of_a_law_go_with_it() -> None:
    case = read(raw("nio-personer"))
    law = resolve(book(), case.application.month or pytest.fail("no month"), case.municipality)
    assess(case, law)
    kept = id(law)
    assert kept in writing._kept
    del law
    gc.collect()
    assert kept not in writing._kept
