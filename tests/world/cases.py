"""The example cases: read once, each under its law, whose engines are compiled once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import Assessed, Judgement, assess, judge, law_of
from decision_service.decision.document import Assessment
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from norms.month import Month
from rules.evaluation import Engines
from tests.world.law import book

ROOT = Path(__file__).parents[2]
CASES = ROOT / "examples" / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "vantat.yaml").read_text(encoding="utf-8"))


@dataclass
class Compiled:
    """The engines of every law that has been asked for. Laws with the same rules share what is compiled of
    them, which takes longer than to decide a case."""

    of_law: dict[tuple[Month, str | None], Engines] = field(default_factory=dict)
    of_rules: dict[tuple[int, ...], Engines] = field(default_factory=dict)

    def engines(self, case: CaseFile) -> Engines:
        """The engines of the case's law."""
        law = law_of(case, book())
        at = law.month, law.municipality
        if at not in self.of_law:
            first = self.of_rules.setdefault(tuple(map(id, law.rules)), Engines(law))
            self.of_law[at] = first if first.law is law else first.under(law)
        return self.of_law[at]


_COMPILED = Compiled()


def engines(case: CaseFile) -> Engines:
    """The engines of the case's law, kept."""
    return _COMPILED.engines(case)


def raw(name: str) -> dict[str, Any]:
    """A case as it stands in its file, free to change."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_bytes())
    return found


def read(data: dict[str, Any]) -> CaseFile:
    """A case from its JSON. Raises InputError."""
    return validated(CaseFile, read_json(json.dumps(data).encode()))


def assessed(data: dict[str, Any]) -> Assessed:
    """The assessment of a case, with the evaluation behind it. Raises InputError."""
    case = read(data)
    kept = engines(case)
    return assess(case, kept.law, kept)


def judged(data: dict[str, Any]) -> Judgement:
    """What a case comes to, before it is a document. Raises InputError."""
    case = read(data)
    kept = engines(case)
    return judge(case, kept.law, kept)


def decided(data: dict[str, Any]) -> Assessment:
    """The assessment document of a case. Raises InputError."""
    return assessed(data).document


@cache
def example(name: str) -> Assessed:
    """The assessment of an example case."""
    return assessed(raw(name))
