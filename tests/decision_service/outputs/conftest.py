"""The decisions of all example cases, made once, and a municipality that writes letters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import decide, law_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from rules import rulebook
from rules.evaluation import Engines
from rules.law import Law

CASES = Path(__file__).parents[3] / "examples" / "cases"


def case_files() -> Iterator[Path]:
    """The case files among the examples; the rest of the folder is not for ``lagrum decide``."""
    for path in sorted(CASES.glob("*.json")):
        if json.loads(path.read_text(encoding="utf-8")).get("schema") == "arende/1":
            yield path


@pytest.fixture(scope="session")
def decisions() -> dict[str, dict[str, Any]]:
    """The decision document of every example case, by the name of its file."""
    book = rulebook.load()
    engines: dict[str, Engines] = {}
    found = {}
    for path in case_files():
        case = validated(CaseFile, read_json(path.read_bytes()))
        law: Law = law_of(case, book)
        own = engines.setdefault(f"{law.municipality} {law.month}", Engines(law))
        found[path.stem] = decide(case, law, own).as_json
    return found
