"""The forms by which steps are taken with a participant, as the step that each says.

What was written goes on as it is, and the step tells what is wrong with it; a line that is to have a form of
its own is refused here where it has not. A blank is nothing, and never zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from decision_service.planning.grounds import SaidProtected
from decision_service.planning.steps import STEPS
from decision_service.reading.strict_json import InputError, Opaque
from decision_service.reading.whole_numbers import whole_number
from decision_service.web.visitors import SentForm
from norms.fault import fault, shown

NUMBERS = frozenset(
    {"number", "jobs_applied", "own_search_hours", "capacity_hours", "hours", "children", "capacity"}
)
YES_NO = frozenset({"held", "valid_reason", "broad_job_search", "full_time", "accepted", "full"})
_SLOT = re.compile(r"([1-7])\s+(\d{1,2})(?:\s+(\d{2}:\d{2}))?")
_AREA = re.compile(r"(.+?)\s*[:=]?\s+(\d)")


def step_in(form: SentForm) -> dict[str, Opaque]:
    """The step of a form: the fields of the step that were filled in, as the kind of value that each is."""
    name = form["step"]
    fields = _fields(STEPS.get(name))
    said = {field: value_in(field, form[field].strip()) for field in fields if form[field].strip()}
    if name == "details" and form["basis"]:
        said["protects"] = {
            each: form[each].strip() for each in SaidProtected.model_fields if form[each].strip()
        }
    return said | {"step": name}


def _fields(step: type[BaseModel] | None) -> Iterator[str]:
    yield from (name for name in (step.model_fields if step is not None else {}) if name != "step")


def value_in(field: str, text: str) -> Any:
    """What was written in a field, as the kind of value that the field takes; else as it was written."""
    if field in NUMBERS:
        number = whole_number(text)
        return text if number is None else number
    if field in YES_NO:
        return {"ja": True, "nej": False}.get(text, text)
    match field:
        case "slots":
            return [_slot(line.strip()) for line in text.splitlines() if line.strip()]
        case "next_steps":
            return [_next_step(line.strip()) for line in text.splitlines() if line.strip()]
        case "areas":
            return _areas(_area(line.strip()) for line in text.splitlines() if line.strip())
        case _:
            return text


def _slot(line: str) -> Any:
    """``2 3 09:00``: the weekday by number, hours, and when it begins. Raises InputError."""
    found = _SLOT.fullmatch(line)
    if found is None:
        raise InputError([fault("slot_form", "slots", found=shown(line))])
    weekday, hours, begins = found.groups()
    return {"weekday": int(weekday), "hours": int(hours), "begins": begins}


_WHO = {"du": "PARTICIPANT", "vi": "UNIT"}


def _next_step(line: str) -> Any:
    """``du: söka fem arbeten``: who, and what; anybody else than ``du`` and ``vi`` is another."""
    who, colon, what = line.partition(":")
    if not colon:
        return {"who": "PARTICIPANT", "what": line}
    doer = _WHO.get(who.strip().lower())
    if doer is None:
        return {"who": "OTHER", "what": line}
    return {"who": doer, "what": what.strip()}


def _areas(said: Iterable[tuple[str, Any]]) -> dict[str, Opaque]:
    """The figure of each area. Raises InputError for an area that is there twice."""
    areas: dict[str, Opaque] = {}
    for area, figure in said:
        if area in areas:
            raise InputError([fault("area_twice", "areas", found=shown(area))])
        areas[area] = figure
    return areas


def _area(line: str) -> tuple[str, Any]:
    """``hälsa 3``: an area, and a figure from 1 to 5. Raises InputError."""
    found = _AREA.fullmatch(line)
    if found is None:
        raise InputError([fault("area_form", "areas", found=shown(line))])
    return found[1], int(found[2])
