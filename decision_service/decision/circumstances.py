"""What would have given another outcome: changed circumstances of life, each tried on the whole case.

The nearest value at which the proposal turns is looked for; then the application is made to say it, and the
case is assessed by both engines as any other. What is told is what would really have happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from decision_service.application.case_file import CaseFile
from decision_service.application.form_questions import bound
from decision_service.application.kept import case_kept
from decision_service.decision.decide import assess, proposed_outcome
from decision_service.decision.document import Assessment
from decision_service.decision.facts.case_facts import build_facts
from decision_service.decision.facts.sources import attribute
from norms import document
from rules.change import Change, smallest_changes
from rules.evaluated import Evaluation
from rules.evaluation import Engines
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("circumstances.yaml")


class _File(FileModel):
    circumstances: Mapping[str, str] = Field(alias="omständigheter")


@cache
def circumstances() -> Mapping[str, str]:
    """The facts that are circumstances, and the field of the application that says each."""
    return validate(_File, document.read(FILE)).circumstances


@dataclass(frozen=True)
class Changed:
    """A circumstance that would be another, and the assessment of the case with it."""

    change: Change
    assessment: Assessment


def changed_circumstances(case: CaseFile, engines: Engines) -> Iterator[Changed]:
    """The circumstances, one at a time, at the nearest value with which something else had happened."""
    law = engines.law
    now = assess(case, law, engines).document.outcome
    facts = build_facts(case, law).facts
    content = case_kept(case)
    for change in smallest_changes(engines.exact, facts, _proposed, paths=frozenset(circumstances())):
        place = bound(circumstances()[change.path], change.entity, content)
        if place is None:
            continue
        found = assess(_saying(case, place, change.after), law, engines).document
        if found.outcome != now:
            yield Changed(change, found)


def _proposed(evaluation: Evaluation) -> str | None:
    found = proposed_outcome(evaluation)
    return found.value if found is not None else None


def _saying(case: CaseFile, place: str, value: Any) -> CaseFile:
    """The case whose application says something else at a place."""
    names = [int(name) if name.isdigit() else name for name in re.findall(r"[^.\[\]]+", place)]
    return case.model_copy(update={"application": _with(case.application, names, value)})


def _with(part: Any, names: list[str | int], value: Any) -> Any:
    if not names:
        return value
    name, *rest = names
    if isinstance(name, int):
        return [*part[:name], _with(part[name], rest, value), *part[name + 1 :]]
    model: type[BaseModel] = type(part)
    own = attribute(model, name)
    return part.model_copy(update={own: _with(getattr(part, own), rest, value)})
