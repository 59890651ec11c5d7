"""Made-up people and what they apply for. Each number belongs to nobody."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Applicant:
    """Somebody who applies for a month. ``forgets``: leaves a question unanswered and must be asked."""

    personal_number: str
    month: date
    rent: int
    forgets: bool

    @property
    def application(self) -> Json:
        """The application as it is sent."""
        form = copy.deepcopy(_case()["application"])
        form |= {"periodMonth": self.month.month, "periodYear": self.month.year}
        form["costs"] = [{"costType": "RENT", "appliedAmount": self.rent}]
        if self.forgets:
            del form["hasAssets"]
        person = {"id": "p1", "role": "APPLICANT", "personal_number": self.personal_number}
        return {"schema": "ansokan/1", "application": form, "people": [person | {"first_name": "Alma"}]}

    @property
    def answer(self) -> Json:
        """What they say when they are asked for what they forgot."""
        return {"application": {"hasAssets": False}}

    @property
    def plan(self) -> Json:
        """Their plan for jobs, since two months and for two more."""
        activity = copy.deepcopy(_case()["activity"][0])
        begun, end = _months_from(self.month, -2), _months_from(self.month, 2)
        activity["plan"] |= {"decided": str(begun), "first": str(begun), "last": str(end)}
        return {"personal_number": self.personal_number, "plan": activity["plan"], "sessions": []}

    @property
    def history(self) -> Json:
        """The decision they had the month before."""
        month = {
            "month": f"{_months_from(self.month, -1):%Y-%m}",
            "outcome": "BIFALL",
            "amount": 9000,
            "costs": {"RENT": self.rent},
            "marital_status": "SINGLE",
            "people": [self.personal_number],
            "housing_person_count": 1,
        }
        return {"personal_number": self.personal_number, "months": [month], "complete": True}

    @property
    def registers(self) -> Json:
        """What every agency answers: nothing, and that they have reported to Arbetsförmedlingen."""
        found = copy.deepcopy(_case()["registers"])
        reported = found["af"]["Svar"]["ArbetssokandeInfo"]["AktivetetsRapportDatum"]
        reported["SenasteAktivitetsRapportDatum"] = f"{_months_from(self.month, -1):%Y-%m}-10"
        return found


def applicant(number: int, month: date, chance: random.Random) -> Applicant:
    """The applicant with that number; the same numbers and chance give the same people."""
    return Applicant(_personal_number(number), month, chance.randrange(48, 63) * 100, chance.random() < 0.2)


@cache
def _case() -> Json:
    found: Json = json.loads((CASES / "ensam-bifall.json").read_bytes())
    return found


def _months_from(month: date, count: int) -> date:
    whole = month.year * 12 + month.month - 1 + count
    return date(whole // 12, whole % 12 + 1, 1)


def _personal_number(number: int) -> str:
    """From the serials 980 to 998, which nobody is given at birth."""
    born = date(1970, 1, 1) + timedelta(days=number // 10)
    digits = f"{born:%y%m%d}{980 + number % 10 * 2}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    check = -sum(each // 10 + each % 10 for each in doubled) % 10
    return f"{born:%Y}{digits[2:]}{check}"
