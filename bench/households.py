"""Made-up households that apply for a month: seeded, with the weights of ordinary case work.

What a household is like is drawn first (``Household``); what its application, the registers, the plan and the
earlier months say on a day follows from that (``case``). The registers know no later than the day they are
asked: what is decided and not yet paid stands among the announced payments.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from decision_service.registers.ssbtek.benefits import paid_benefit
from norms.month import Month

Json = dict[str, Any]
CASES = Path(__file__).parents[1] / "examples" / "cases"

KINDS = {"ensam": 60, "ensam med barn": 15, "par med barn": 15, "par": 10}
"""Households of a hundred by kind."""
ALLOWANCE = {1: 1250, 2: 2650, 3: 4480, 4: 6740}
"""Kronor a month of child allowance for a number of children."""
OLDEST_WITH_ALLOWANCE = 2011
"""The year of birth of the oldest who have child allowance in the months that are measured."""
DAYS = {"barnbidrag": 20, "underhållsstöd": 24, "bostadsbidrag": 27, "sjukpenning": 25, "a_kassa": 22}
"""The day of the month that each benefit is paid."""


YOUNGEST_PARENT = 18
"""Years between a parent and a child, at least."""


@dataclass(frozen=True)
class Payment:
    """A benefit paid every month: what it is called, kronor now, kronor the month before."""

    name: str
    now: int
    before: int
    adult: str


@dataclass(frozen=True)
class Household:
    """A household and what is special about it this month. Kronor."""

    number: int
    kind: str
    adults: tuple[str, ...]
    born: dict[str, date]
    children: dict[str, date]
    rent: int
    electricity: int
    electricity_before: int
    insurance: int
    internet: int
    planning: dict[str, str]
    benefits: tuple[Payment, ...]
    wage: int = 0
    wage_before: int = 0
    care: int = 0
    message: str = ""
    asset: str = ""
    pending: str = ""
    visiting: date | None = None
    months: int = 6
    complete: bool = True
    changes: Json = field(default_factory=dict)
    """What the form says otherwise than an ordinary renewal: merged into the application."""


def ordinary(seed: int, count: int) -> Iterator[Household]:
    """Renewals as they are most months; the same seed gives the same households."""
    chance = random.Random(seed)
    for number in range(count):
        yield _ordinary(chance, number)


def _ordinary(chance: random.Random, number: int) -> Household:
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    adults = ("p1", "p2") if kind.startswith("par") else ("p1",)
    born = {id_: date(chance.randrange(1968, 2004), chance.randrange(1, 13), 15) for id_ in adults}
    count = chance.choices((1, 2, 3), (50, 35, 15))[0] if kind.endswith("barn") else 0
    children = {f"b{each}": _child(chance) for each in range(1, count + 1)}
    if children:
        latest = min(each.year for each in children.values()) - YOUNGEST_PARENT
        born = {id_: each.replace(year=min(each.year, latest)) for id_, each in born.items()}
    size = len(adults) + count
    rent = 4400 + 1100 * min(size, 5) + chance.randrange(0, 9) * 100
    if chance.random() < 0.10:
        rent += 3500
    planning = {id_: _planning(chance) for id_ in adults}
    electricity = 250 + 90 * size + chance.randrange(0, 8) * 10
    varies = chance.random() < 0.88
    before = electricity + (chance.randrange(-60, 61) if varies else 0)
    works = chance.random() < 0.30
    wage = chance.randrange(30, 90) * 100 if works else 0
    wage_before = wage if not works or chance.random() > 0.15 else wage + chance.choice((-1500, 1800, 2500))
    if works:
        planning[adults[-1]] = "deltid"
    return Household(
        number=number,
        kind=kind,
        adults=adults,
        born=born,
        children=children,
        rent=rent,
        electricity=electricity,
        electricity_before=max(100, before),
        insurance=110 + 25 * size,
        internet=chance.choice((0, 249, 299)),
        planning=planning,
        benefits=tuple(_benefits(chance, kind, adults, children, planning)),
        wage=wage,
        wage_before=max(0, wage_before),
        care=chance.choice((120, 250, 390)) if chance.random() < 0.28 else 0,
        message=chance.choice(_MESSAGES) if chance.random() < 0.11 else "",
        asset="Bil" if chance.random() < 0.05 else "",
        pending="Bostadsbidrag" if chance.random() < 0.07 else "",
        visiting=_child(chance) if count == 0 and chance.random() < 0.05 else None,
        months=chance.randrange(2, 25),
        complete=chance.random() < 0.70,
    )


_MESSAGES = (
    "Jag har bytt telefonnummer.",
    "Hyran höjs från januari, se avin.",
    "Kan ni ringa mig om tandvården?",
    "Jag har börjat på en kurs på måndagar.",
)


def _child(chance: random.Random) -> date:
    """A day of birth. Nobody has sixteen in the months measured: the allowance ends with a quarter."""
    day = date(chance.randrange(2009, 2024), chance.randrange(1, 13), chance.randrange(1, 29))
    late = day.year == OLDEST_WITH_ALLOWANCE - 1 and day.month > 6
    return day.replace(year=OLDEST_WITH_ALLOWANCE) if late else day


def _planning(chance: random.Random) -> str:
    return chance.choices(("arbetssökande", "sfi", "sjuk"), (68, 20, 12))[0]


def _benefits(
    chance: random.Random,
    kind: str,
    adults: tuple[str, ...],
    children: dict[str, date],
    planning: dict[str, str],
) -> Iterator[Payment]:
    if children:
        sum_ = _allowance(children)
        if sum_:
            yield Payment("barnbidrag", sum_, sum_, "p1")
        housing = 1200 + 900 * len(children)
        yield Payment("bostadsbidrag", housing, housing, "p1")
    if kind == "ensam med barn":
        sum_ = sum(_maintenance(born) for born in children.values())
        yield Payment("underhållsstöd", sum_, sum_, "p1")
    for id_ in adults:
        if planning[id_] == "sjuk" and chance.random() < 0.6:
            sum_ = chance.randrange(35, 75) * 100
            yield Payment("sjukpenning", sum_, sum_, id_)
        elif planning[id_] == "arbetssökande" and chance.random() < 0.10:
            sum_ = chance.randrange(30, 70) * 100
            yield Payment("a_kassa", sum_, sum_ + chance.choice((0, 0, 0, 700)), id_)


def _allowance(children: dict[str, date]) -> int:
    """Kronor a month of child allowance for the children who still have it, with the supplement for all."""
    young = sum(born.year >= OLDEST_WITH_ALLOWANCE for born in children.values())
    return 1250 * young + ALLOWANCE[len(children)] - 1250 * len(children) if young else 0


def _maintenance(born: date) -> int:
    """Kronor a month of maintenance support, near enough by the year of birth."""
    return 1673 if born.year > 2019 else 1823 if born.year > 2011 else 2223


def others(seed: int, count: int) -> Iterator[Household]:
    """Applications that are not ordinary: first ones, supplements, changes in home, family and study."""
    chance = random.Random(seed + 1)
    kinds = (
        {"applicationType": "NEW"},
        {"applicationType": "SUPPLEMENTARY", "costs": [{"costType": "GLASSES", "appliedAmount": 1900}]},
        {"housingChanged": True, "housingChangeDescription": "Vi har flyttat till Storgatan 4."},
        {"maritalStatus": "COHABITING"},
        {"childrenResidenceChanged": True},
        {"plannings": [{"person": "p1", "planningType": "STUDIES"}]},
        {"staysInMunicipality": False, "stayDescription": "Hos min mor i Lund."},
        {"rentDebt": True},
    )
    for number in range(count):
        household = _ordinary(chance, 100_000 + number)
        yield replace(household, changes=kinds[number % len(kinds)])


def case(household: Household, municipality: str, month: Month, today: date) -> Json:
    """The case file (``arende/1``) on a day: what registers cannot know that day is not in it."""
    control = month.plus(-1)
    return {
        "schema": "arende/1",
        "municipality": municipality,
        "received_at": f"{today}T08:12:00Z",
        "application": _application(household, month, control),
        "people": list(_people(household)),
        "registers": {
            **_registers(household, "p1", control, today),
            **{id_: _registers(household, id_, control, today) for id_ in household.adults[1:]},
        },
        "activity": [_activity(household, id_, month, today) for id_ in household.adults],
        "history": list(_history(household, month)),
        "history_complete": household.complete,
        "answers": list(_certificates(household, month)),
    }


def _certificates(household: Household, month: Month) -> Iterator[Json]:
    """A handläggare's answer about the certificate of whoever is ill: it was read when it was new."""
    for number, adult in enumerate(household.adults):
        if household.planning[adult] == "sjuk":
            yield {
                "id": f"s{number}",
                "question": "0a1b2c",
                "code": "INTYG_OLÄST",
                "rule": "planering.intyg_oläst",
                "subject": adult,
                "value": True,
                "by": "Handläggaren",
                "role": "handläggare",
                "at": f"{month.plus(-2).first}T09:00:00Z",
                "until": str(month.last),
                "standing": True,
                "rests_on": {
                    "ansökan.bilagor": 0,
                    "kommun.bilagor_till_handläggare": True,
                    "vuxen.läkarintyg": True,
                    "vuxen.planering": "sjukskriven",
                },
            }


_NAMES = ("Alma", "Bo", "Cia", "Dag", "Ebba", "Folke", "Greta", "Hugo", "Ines", "Jon", "Karin", "Love")


def _name(id_: str) -> str:
    """A name for an id such as ``p1``: one without a number, which would be read by a person."""
    return _NAMES["pub".index(id_[0]) * 4 + int(id_[1:]) - 1]


def _people(household: Household) -> Iterator[Json]:
    for id_ in household.adults:
        role = "APPLICANT" if id_ == "p1" else "CO_APPLICANT"
        yield {"id": id_, "role": role, "born": str(household.born[id_]), "first_name": _name(id_)}
    for id_, born in household.children.items():
        yield {
            "id": id_,
            "role": "CHILD",
            "born": str(born),
            "first_name": _name(id_),
            "lunch_away": True,
            "in_school": True,
        }
    if household.visiting is not None:
        yield {
            "id": "u1",
            "role": "VISITATION_CHILD",
            "born": str(household.visiting),
            "first_name": _name("u1"),
            "lunch_away": False,
            "days_in_home": 8,
        }


def _application(household: Household, month: Month, control: Month) -> Json:
    form: Json = {
        "applicationType": "RENEWAL",
        "maritalStatus": "COHABITING" if len(household.adults) == 2 else "SINGLE",
        "periodMonth": month.number,
        "periodYear": month.year,
        "normType": "NATIONAL_NORM",
        "hasChildrenUnder21": bool(household.children) or household.visiting is not None,
        "children": [
            {"partyId": id_, "firstName": _name(id_), "residenceExtent": "FULL_TIME"}
            for id_ in household.children
        ],
        "childrenResidenceChanged": False,
        "housingPersonCount": len(household.adults) + len(household.children),
        "housingChanged": False,
        "hasIncomes": household.wage > 0,
        "hasPendingBenefits": bool(household.pending),
        "hasAssets": bool(household.asset),
        "incomes": [],
        "plannings": [
            {"person": id_, **_PLANNINGS[household.planning[id_]], **_hours(household, id_)}
            for id_ in household.adults
        ],
        "staysInMunicipality": True,
        "costs": [
            {"costType": "RENT", "appliedAmount": household.rent},
            {"costType": "ELECTRICITY", "appliedAmount": household.electricity},
            {"costType": "HOME_INSURANCE", "appliedAmount": household.insurance},
        ],
        "persons": [
            {
                "role": "APPLICANT" if id_ == "p1" else "CO_APPLICANT",
                "partyId": id_,
                "paymentSameAsPrevious": True,
                "signed": True,
            }
            for id_ in household.adults
        ],
        "attestation": True,
    }
    if household.wage:
        form["incomes"].append(
            {
                "incomeType": "SALARY",
                "amount": household.wage,
                "incomeDate": str(date(control.year, control.number, 25)),
                "recipient": household.adults[-1],
            }
        )
    if household.internet:
        form["costs"].append({"costType": "INTERNET", "appliedAmount": household.internet})
    if household.care:
        form["costs"].append({"costType": "MEDICINE", "appliedAmount": household.care})
    if household.visiting is not None:
        form["children"].append(
            {"partyId": "u1", "firstName": _name("u1"), "residenceExtent": "OTHER", "daysInHome": 8}
        )
    if household.message:
        form["otherInformation"] = household.message
    if household.asset:
        form["assets"] = [{"assetCategory": "VEHICLE", "description": household.asset, "value": 18000}]
    if household.pending:
        form["pendingBenefits"] = [{"benefitName": household.pending, "applicantName": _name("p1")}]
    return {**form, **household.changes}


def _hours(household: Household, adult: str) -> Json:
    """What is said of the hours of work."""
    worked = _worked(household, adult)
    return {"workHoursPerWeek": worked} if worked else {}


def _worked(household: Household, adult: str) -> int:
    """Hours of work a week, by the wage; 0 where there is no work."""
    return max(5, round(household.wage / 450)) if household.planning[adult] == "deltid" else 0


_PLANNINGS: dict[str, Json] = {
    "arbetssökande": {"planningType": "JOBSEEKING"},
    "sfi": {"planningType": "SFI", "sfiStudyPath": 2, "sfiCourse": "B"},
    "deltid": {"planningType": "WORK", "workExtent": "PART"},
    "sjuk": {"planningType": "SICK_LEAVE", "sickLeaveLevel": 100, "certificateAttached": True},
}


@cache
def _quiet() -> Json:
    """What every agency answers about somebody who gets nothing from any of them."""
    found: Json = json.loads((CASES / "ensam-bifall.json").read_bytes())["registers"]
    return found


def _registers(household: Household, adult: str, control: Month, today: date) -> Json:
    found = copy.deepcopy({name: answer for name, answer in _quiet().items() if name != "p2"})
    reported = found["af"]["Svar"]["ArbetssokandeInfo"]["AktivetetsRapportDatum"]
    reported["SenasteAktivitetsRapportDatum"] = str(date(control.year, control.number, 2))
    made, announced, funds = [], [], []
    before = control.plus(-1)
    for payment in household.benefits:
        if payment.adult != adult:
            continue
        for month, amount in ((before, payment.before), (control, payment.now)):
            day = _bank_day(date(month.year, month.number, DAYS[payment.name]))
            if payment.name == "a_kassa":
                if day <= today:
                    funds.append(_fund(day, amount))
            else:
                (made if day <= today else announced).append(_paid(payment.name, day, amount))
    benefits = found["fk"].setdefault("formansinformation", {})
    benefits["utbetalningsuppgift"] = made
    if announced:
        benefits["preliminarautbetalningar"] = announced
    if household.children:
        benefits["generellPersoninformation"] = [
            {"barn": [{"foddes": str(born)} for born in household.children.values()]}
        ]
    if funds:
        found["so"]["ArbetsloshetsersattningLista"]["Arbetsloshetsersattning"]["Utbetalningar"] = funds
    return found


def _bank_day(day: date) -> date:
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


def _counted(household: Household, month: Month) -> Iterator[Json]:
    """What a decision took up of the registers' payments of a month."""
    for payment in household.benefits:
        yield {
            "person": payment.adult,
            "benefit": _KEYS[payment.name],
            "paid": str(_bank_day(date(month.year, month.number, DAYS[payment.name]))),
            "amount": payment.before,
        }


def _paid(name: str, day: date, amount: int) -> Json:
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": _FAMILIES[name],
        "datum": str(day),
        "period": {"fran": f"{day:%Y-%m}", "till": f"{day:%Y-%m}"},
        "nettobelopp": {"summa": amount, "valuta": "SEK"},
    }


_FAMILIES = {
    "barnbidrag": {"id": "ABB", "beskrivning": "Barnbidrag"},
    "bostadsbidrag": {"id": "BOB", "beskrivning": "Bostadsbidrag"},
    "underhållsstöd": {"id": "US", "beskrivning": "Underhållsstöd"},
    "sjukpenning": {"id": "SJP", "beskrivning": "Sjukpenning"},
}


_KEYS = {
    "a_kassa": "SO:AKASSA",
    **{name: paid_benefit("FK", each["id"], each["beskrivning"]) for name, each in _FAMILIES.items()},
}
"""Each benefit as the registers' readers call it."""


def _fund(day: date, amount: int) -> Json:
    first = day - timedelta(days=27)
    return {
        "Utbetalningsdatum": str(day),
        "AvserFrom": str(first),
        "AvserTom": str(day),
        "NettoEfterSkatt": str(amount),
        "NettoEfterAvdrag": str(amount),
    }


def _activity(household: Household, adult: str, month: Month, today: date) -> Json:
    first, last = month.plus(-2), month.plus(2)
    hours = 40 - _worked(household, adult)
    plan = {
        "decided": f"{first}-02",
        "first": f"{first}-02",
        "last": f"{last}-02",
        "track": "MAIN",
        "planning_week": "DONE",
        "weekly_hours": hours,
        "placement": "NOT_OFFERED",
        "competence": "NOT_OFFERED",
        "broad_job_search": True,
        "broken": False,
        "missed_weekly_meetings": 0,
        "missed_group_meetings": 0,
        "full_time": True,
        "state_programme": "NONE",
    }
    if household.planning[adult] == "sjuk":
        return {"person": adult, "plan": {"state_programme": "NONE"}, "sessions": []}
    control = month.plus(-1)
    day, sessions = control.first, []
    while day <= control.last:
        if day.weekday() < 5:
            mark = "PRESENT" if day <= today else "UNMARKED"
            sessions.append({"day": str(day), "hours": hours // 5, "kind": "JOB_SEARCH", "mark": mark})
        day += timedelta(days=1)
    return {"person": adult, "plan": plan, "sessions": sessions}


def _history(household: Household, month: Month) -> Iterator[Json]:
    if household.changes.get("applicationType") == "NEW":
        return
    costs: Json = {
        "RENT": household.rent,
        "ELECTRICITY": household.electricity_before,
        "HOME_INSURANCE": household.insurance,
    }
    if household.internet:
        costs["INTERNET"] = household.internet
    if household.care:
        costs["MEDICINE"] = household.care
    people = [*household.adults, *household.children]
    if household.visiting is not None:
        people.append("u1")
    for back in range(household.months, 0, -1):
        yield {
            "month": str(month.plus(-back)),
            "outcome": "BIFALL",
            "automatic": (household.months - back) % 12 != 0,
            "amount": 9000,
            "surplus": 0,
            "costs": costs,
            "incomes": {"SALARY": household.wage_before} if household.wage_before else {},
            "payments": list(_counted(household, month.plus(-back - 1))),
            "marital_status": "COHABITING" if len(household.adults) == 2 else "SINGLE",
            "people": people,
            "housing_person_count": len(household.adults) + len(household.children),
        }
