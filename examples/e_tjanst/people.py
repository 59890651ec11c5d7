"""Made-up people, what has happened to them, and what is known of them. Each number belongs to nobody."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from examples.e_tjanst.forms import FORMS, example, without_assets

Json = dict[str, Any]
CANONICAL = next(iter(FORMS))
ENOUGH = 16000
"""Kronor a month that leave nothing to be granted."""
_LIMIT = 6200
"""Kronor of rent that nobody has had to ask about before."""


class Story(StrEnum):
    """What is special about an application, and how many of a hundred are so."""

    def __new__(cls, words: str, share: int) -> Story:
        """The words that the summary has."""
        found = str.__new__(cls, words)
        found._value_ = words
        found.share = share
        return found

    share: int

    ORDINARY = "som förra månaden", 46
    FORGETS = "glömmer en fråga", 12
    RENT = "hyra över gränsen", 8
    CARE = "tandvård och skuld", 7
    ASSETS = "tillgångar", 5
    NEW = "första ansökan", 8
    BENEFIT = "sjukpenning som inte uppgavs", 5
    DISPUTED = "bestrider sjukpenningen", 3
    PAY = "lön som räcker", 3
    REGRETS = "tar tillbaka ansökan", 3


@dataclass(frozen=True)
class Applicant:
    """Somebody who applies for a month, in a format. ``rent`` in kronor."""

    personal_number: str
    month: date
    rent: int
    story: Story
    form: str = CANONICAL

    @property
    def application(self) -> Json:
        """The application as it is sent."""
        write, _ = FORMS[self.form]
        sent = write(self.personal_number, self.month, self.rent)
        if self.story is Story.FORGETS:
            return without_assets(sent)
        if self.story is Story.CARE:
            costs = [
                {"costType": "DENTAL_CARE", "appliedAmount": 900},
                {"costType": "DEBT", "appliedAmount": 500},
            ]
            sent["application"]["costs"] += costs
        elif self.story is Story.ASSETS:
            assets = [{"assetCategory": "BANK_SAVINGS", "value": 2000}]
            sent["application"] |= {"hasAssets": True, "assets": assets}
        elif self.story is Story.PAY:
            day = str(_months_from(self.month, -1).replace(day=25))
            pay = {"incomeType": "SALARY", "amount": ENOUGH, "recipient": "p1", "incomeDate": day}
            works = {"person": "p1", "planningType": "WORK", "workExtent": "FULL"}
            sent["application"] |= {"hasIncomes": True, "incomes": [pay], "plannings": [works]}
        return sent

    @property
    def known(self) -> bool:
        """Whether the municipality has heard of them before."""
        return self.story is not Story.NEW

    @property
    def plan(self) -> Json:
        """Their plan for jobs, since two months and for two more."""
        plan = copy.deepcopy(example("cases/ensam-bifall.json")["activity"][0]["plan"])
        begun, end = _months_from(self.month, -2), _months_from(self.month, 2)
        plan |= {"decided": str(begun), "first": str(begun), "last": str(end)}
        return {"personal_number": self.personal_number, "plan": plan, "sessions": []}

    @property
    def history(self) -> Json:
        """The decision they had the month before."""
        _, costs = FORMS[self.form]
        month = {
            "month": f"{_months_from(self.month, -1):%Y-%m}",
            "outcome": "BIFALL",
            "amount": 9000,
            "costs": {"RENT": min(self.rent, _LIMIT), **costs},
            "marital_status": "SINGLE",
            "people": [self.personal_number],
            "housing_person_count": 1,
        }
        return {"personal_number": self.personal_number, "months": [month], "complete": True}

    @property
    def registers(self) -> Json:
        """What every agency answers: that they have reported to Arbetsförmedlingen, and nothing more unless
        they have had a benefit."""
        found = copy.deepcopy(example("cases/ensam-bifall.json")["registers"])
        reported = found["af"]["Svar"]["ArbetssokandeInfo"]["AktivetetsRapportDatum"]
        reported["SenasteAktivitetsRapportDatum"] = f"{_months_from(self.month, -1):%Y-%m}-01"
        if self.story in (Story.BENEFIT, Story.DISPUTED):
            days = _months_from(self.month, -2).replace(day=25), _months_from(self.month, -1).replace(day=26)
            found["fk"]["formansinformation"]["utbetalningsuppgift"] = [
                _sickness_benefit(day) for day in days
            ]
        return found


def applicant(number: int, month: date, chance: random.Random, story: Story | None = None) -> Applicant:
    """The applicant with that number; the same numbers and chance give the same people. Any format says what
    is in every form; the rest is said in the canonical one."""
    drawn = chance.choices(list(Story), [each.share for each in Story])[0]
    story = story or drawn
    form = CANONICAL if story in (Story.CARE, Story.ASSETS, Story.PAY) else list(FORMS)[number % len(FORMS)]
    rent = 7300 if story is Story.RENT else chance.randrange(48, 63) * 100
    return Applicant(_personal_number(number), month, rent, story, form)


def applicants(first: int, count: int, month: date, chance: random.Random) -> list[Applicant]:
    """So many of them. The first have a story each, so that a short run meets all of them too."""
    stories = [*Story, *(None for _ in range(count))]
    return [applicant(first + at, month, chance, stories[at]) for at in range(count)]


def _sickness_benefit(day: date) -> Json:
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": {"id": "SJP", "beskrivning": "Sjukpenning"},
        "datum": str(day),
        "period": {"fran": f"{day:%Y-%m}", "till": f"{day:%Y-%m}"},
        "nettobelopp": {"summa": ENOUGH, "valuta": "SEK"},
    }


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
