"""The same ordinary renewal in each format that an e-service may send."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[1]


def canonical(number: str, month: date, rent: int) -> Json:
    """An application as Lagrum itself writes it."""
    form = copy.deepcopy(example("cases/ensam-bifall.json")["application"])
    form |= {"periodMonth": month.month, "periodYear": month.year}
    form["costs"] = [{"costType": "RENT", "appliedAmount": rent}]
    person = {"id": "p1", "role": "APPLICANT", "personal_number": number, "first_name": "Alma"}
    return {"schema": "ansokan/1", "application": form, "people": [person]}


def sundsvall(number: str, month: date, rent: int) -> Json:
    """Sundsvall's form, with who the people are beside it."""
    found = copy.deepcopy(example("applications/sundsvall-v1-bifall.json"))
    found["people"][0]["personal_number"] = number
    data = found["form"]["data"]
    data |= {"periodMonth": month.month, "periodYear": month.year}
    data["costs"][0]["appliedAmount"] = rent
    del data["attestedAt"]  # the example's day is not the day of this application
    return found


def helsingborg(number: str, month: date, rent: int) -> Json:
    """The form of Mitt Helsingborg."""
    found = copy.deepcopy(example("applications/mitt-helsingborg-v1-bifall.json"))
    found["persons"][0]["personalNumber"] = number
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found["details"]["period"] = {"startDate": _milliseconds(month), "endDate": _milliseconds(last)}
    for answer in found["answers"]:
        if answer["field"]["id"] == "rent":
            answer["value"] = str(rent)
    return found


def without_assets(sent: Json) -> Json:
    """The same with nothing said of assets, whichever the format."""
    if "answers" in sent:
        return sent | {"answers": [one for one in sent["answers"] if one["field"]["id"] != "noAssets"]}
    if "form" in sent:
        data = {name: value for name, value in sent["form"]["data"].items() if name != "hasAssets"}
        return sent | {"form": sent["form"] | {"data": data}}
    form = {name: value for name, value in sent["application"].items() if name != "hasAssets"}
    return sent | {"application": form}


FORMS: Mapping[str, tuple[Callable[[str, date, int], Json], Mapping[str, int]]] = {
    "application/vnd.lagrum.ansokan.1+json": (canonical, {}),
    "application/vnd.lagrum.sundsvall-v1+json": (sundsvall, {"ELECTRICITY": 450}),
    "application/vnd.lagrum.mitt-helsingborg-v1+json": (
        helsingborg,
        {"HOME_INSURANCE": 139, "INTERNET": 249, "ELECTRICITY": 450},
    ),
}
"""Each format by its media type: how it is written, and what it applies for beside the rent, in kronor."""


@cache
def example(path: str) -> Json:
    """One of the example files."""
    found: Json = json.loads((EXAMPLES / path).read_bytes())
    return found


def _milliseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
