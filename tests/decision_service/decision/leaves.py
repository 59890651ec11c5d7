"""A complete case, and every single change of one of its values: what the leaf test is made of."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.declared import inside, members
from tests.world.cases import raw

Json = Any
Way = tuple[str | int, ...]

FK_PERSON = {
    "civilstand": {"id": "1", "beskrivning": "Ogift"},
    "folkbokford": [{"lan": "99", "kommun": "99"}],
    "barn": [{"foddes": "2018-03-04"}],
}
PAYMENT = {
    "formansfamilj": {"id": "ABB", "beskrivning": "Barnbidrag"},
    "datum": "2026-10-20",
    "period": {"fran": "2026-10-01", "till": "2026-10-31"},
    "bruttobelopp": {"summa": "1250", "valuta": "SEK"},
    "nettobelopp": {"summa": "1250", "valuta": "SEK"},
}
OPEN = {"startades": "2026-10-01", "aktivt": True, "avslaget": False}
REFUSED = {"startades": "2026-09-01", "aktivt": False, "avslaget": True}
PENSION = {
    "utbetalningsdatum": "2026-10-19",
    "utbetalningsperiod": {"from": "2026-10-01", "tom": "2026-10-31"},
    "bruttobelopp": "1000",
    "nettobelopp": "900",
    "avdrag": [{"belopp": "100", "avdragstyp": {"kod": "PM:PS"}}],
    "utbetalningsrader": [{"formansgrupp": {"kod": "PM:EF", "beskrivning": "Efterlevandeförmåner"}}],
}
STUDY_AID = {
    "utbetstatus": "UTBETALD",
    "utbetdatum": "2026-10-25",
    "totbelopp": "4160",
    "Utbetaldatider": {
        "Utbetaldtid": {
            "startvecka": "202640",
            "slutvecka": "202643",
            "Beloppen": {"Belopp": [{"beloppstyp": "GRUNDB", "totbelopp": "4160"}]},
        }
    },
}
_AGENCIES: dict[str, Json] = {
    "af": {
        "Svar": {
            "StatusSokandeinformationKod": "0",
            "IdentitetsbeteckningFysiskPerson": "198802092387",
            "Akassetillhorighet": "Exempelkassan",
            "ArbetssokandeInfo": {
                "Arbetssokande": "true",
                "ArbetssokandeSKAT": "Arbetslös",
                "ArbetssokandeRegistrerad": "2026-02-01",
                "ArbetssokandeAvaktualiserad": "2026-01-15",
                "ArbetssokandeOmfattning": "100",
                "AktivetetsRapportDatum": {
                    "SenasteAktivitetsRapportDatum": "2026-10-09",
                    "AktivitetsRapportMeddelande": "Senast inlämnad",
                },
            },
            "BeslutInfo": {
                "EkonomiskaBeslut": {
                    "Beslut": [
                        {
                            "ErsattningTyp": "Aktivitetsstöd",
                            "Omfattning": "100",
                            "BeslutFrom": "2026-09-01",
                            "BeslutTom": "2026-12-31",
                        }
                    ]
                }
            },
        }
    },
    "fk": {
        "utlamnare": [
            {"utlamnare": {"kod": code, "namn": code}, "tillstand": {"kod": "OK"}} for code in ("FK", "PM")
        ],
        "formansinformation": {
            "generellPersoninformation": [FK_PERSON],
            "utbetalningsuppgift": [PAYMENT],
            "preliminarautbetalningar": [{**PAYMENT, "datum": "2026-11-20"}],
            "programanvisning": [
                {
                    "program": {"id": "1", "beskrivning": "Jobbgarantin"},
                    "period": {"fran": "2026-09-01", "till": "2026-12-31"},
                }
            ],
            "bostadsbidragsarende": [OPEN],
            "handikappersattningsarende": [REFUSED],
            "merkostnadsersattningsarende": [{**OPEN, "beslut": [{"upphorandeManadFrom": "2027-02"}]}],
            "sjukpenningarende": [
                {**OPEN, "beslut": [{"fattades": "2026-09-20", "beslutsutfall": "AVSLAG"}]}
            ],
            "omvardnadsbidragsarende": [
                {**OPEN, "beslut": [{"fattades": "2026-09-21", "beslutsutfall": {"id": "7"}}]}
            ],
            "levnadsintygsuppgift": [{"status": {"id": "5"}}],
        },
        "ansprak": [{"formansgrupp": {"kod": "PM:AP"}, "ankomstdatum": "2026-10-01"}],
        "beslut": [
            {
                "formansgrupp": {"kod": "PM:AP"},
                "beslutsdatum": "2026-10-05",
                "beslutsutfall": {"kod": "AVSLAG"},
            }
        ],
        "ovrigInformation": [{"levnadsintyg": {"levnadsintygsstatus": {"kod": "10"}}}],
        "utbetalningar": [PENSION],
        "preliminaraUtbetalningar": [{**PENSION, "utbetalningsdatum": "2026-11-19"}],
    },
    "csn": {
        "GemensamtSvarEkbistand": {"Resultat": {"ResultatKod": "0"}},
        "Personer": {
            "Person": {
                "Studiestodstypforteckning": {"studiemedel": "1"},
                "Studiemedel": {
                    "Arenden": {
                        "Arende": {
                            "stodform": "SM",
                            "status": "BEVILJAD",
                            "UtbetalningsPlan": {"Utbetalning": [STUDY_AID]},
                        }
                    }
                },
            }
        },
    },
    "so": {
        "ArbetsloshetsersattningLista": {
            "Arbetsloshetsersattning": {
                "SvarandeOrganisation": "Exempelkassan",
                "StatusSvarandeOrganisation": "all clear",
                "Utbetalningar": [
                    {
                        "Utbetalningsdatum": "2026-10-21",
                        "NettoEfterSkatt": "1500",
                        "NettoEfterAvdrag": "1500",
                        "AvserFrom": "2026-10-05",
                        "AvserTom": "2026-10-18",
                    }
                ],
                "Avstangningar": [{"AvstangdFrom": "2026-09-27", "AvstangdTom": "2026-10-05"}],
                "AnsoktOmErsattning": {
                    "BeslutOmRattTillErsattning": "2026-09-10",
                    "AnsokanOmUtbetalningInlamnad": "true",
                },
            }
        }
    },
    "skv": {
        "PersonuppgiftLista": {
            "Personuppgift": {
                "StatusPersonuppgiftKod": "0",
                "Kapitaluppgift": {
                    "Taxeringsar": "2026",
                    "SummaIntakterPaKapital": "40",
                    "OverskottPaKapital": "30",
                },
            }
        }
    },
    "tns": {
        "resultat": "OK",
        "fordonsinnehav": {"fordon": [{"regnr": "ABC123", "fordonsslag": "PERSONBIL"}]},
    },
    "miv": {
        "response": {
            "svarCollection": {
                "svar": [
                    {
                        "arendeTyp": "UAT",
                        "beslutsKod": "BEV",
                        "beslutsTyp": "TUT",
                        "beslutsdatum": "2025-01-02",
                        "giltighetstid": "TIDSBEGRÄNSAT",
                        "fromDatum": "2025-01-02",
                        "tomDatum": "2027-01-02",
                    }
                ]
            }
        }
    },
}
AGENCIES: dict[str, Json] = json.loads(json.dumps(_AGENCIES))
"""An answer of every agency, in which everything that its reader reads is there. No two parts of it are the
same object, so that a change of one is of that alone."""


def complete() -> dict[str, Json]:
    """A case in which every field of the form, of a plan and of the history says something."""
    case = raw("barn-fyller-7")
    form = case["application"]
    case["received_at"] = "2026-10-28T08:12:00Z"
    form |= {"periodMonth": 11, "periodYear": 2026}
    case["people"][1] |= {"born": "2018-03-04", "in_school": True, "lunch_away": False}
    case["registers"] = copy.deepcopy(AGENCIES)
    form["incomes"] = [{"incomeType": "SALARY", "amount": "500", "incomeDate": "2026-10-25"}]
    form["assets"] = [{"assetCategory": "VEHICLE", "value": "900"}]
    form["costs"] += [{"costType": "OTHER", "appliedAmount": "100"}]
    session = {"day": "2026-10-06", "hours": 4, "kind": "WORKPLACE", "mark": "ABSENT"}
    case["activity"][0]["sessions"] = [session]
    case["history"] = [{"month": "2026-10", "outcome": "BIFALL", "surplus": "10"}]
    case["history"][0]["payments"] = [
        {"person": "p1", "benefit": "FK:ABB", "paid": "2026-09-18", "amount": "1250"}
    ]
    case["shown"] = [
        {"person": "p1", "benefit": "PM:EF", "paid": "2026-10-19", "amount": "900", "objected": True}
    ]
    case["others"] = [
        {"person": "b1", "role": "CHILD", "residence": "HALF_TIME", "days_in_home": 20},
        {"person": "p1", "role": "APPLICANT"},
    ]
    case["added"] = [
        {"place": "incomes[9]", "by": "Anna Ek", "at": "2026-10-28T09:12:00Z", "reason": "Kontoutdraget."}
    ]
    asked = {"question": "0a1b2c", "code": "UPPGIFT_SAKNAS", "subject": "b1", "fact": "barn.dagar_i_hemmet"}
    said = {"value": 20, "by": "Anna Ek", "role": "handläggare", "at": "2026-10-28T09:12:00Z"}
    case["answers"] = [{"id": "s1", **asked, **said, "rests_on": {}, "until": "2026-12-31"}]
    return filled(CaseFile, case, "")


def variants() -> Iterator[tuple[str, dict[str, Json]]]:
    """The complete case, and the same with another circumstance in which other values come to matter."""
    yield "complete", complete()
    for name, changed in VARIANTS.items():
        case = complete()
        for way, value in changed.items():
            case = with_value(case, way, value)
        yield name, case


_PLANNING: Way = ("application", "plannings", 0, "planningType")
_PERMIT: Way = ("registers", "miv", "response", "svarCollection", "svar")
_EMPLOYMENT: Way = ("registers", "af", "Svar", "ArbetssokandeInfo")
VARIANTS: dict[str, dict[Way, Json]] = {
    "works": {_PLANNING: "WORK"},
    "is ill": {_PLANNING: "SICK_LEAVE"},
    "other housing": {("application", "housingForm"): "RENTAL"},
    "half the time": {("application", "children", 0, "residenceExtent"): "HALF_TIME"},
    "a small child": {("people", 1, "born"): "2022-03-04"},
    "a youth": {("people", 1, "born"): "2007-03-04"},
    "Kungsbacka": {("municipality",): "1384"},
    "Trelleborg": {("municipality",): "1287"},
    "housing not said": {
        ("application", "housingPersonCount"): None,
        ("application", "housingChanged"): False,
    },
    "a month that was refused": {("history", 0, "outcome"): "AVSLAG"},
    "never entered": {(*_EMPLOYMENT, "ArbetssokandeRegistrerad"): ""},
    "two permits": {
        _PERMIT: [
            AGENCIES["miv"]["response"]["svarCollection"]["svar"][0],
            {"arendeTyp": "UAT", "beslutsKod": "AVS", "beslutsdatum": "2025-06-02"},
        ]
    },
    "a permanent permit": {
        _PERMIT: [
            {"arendeTyp": "UAT", "beslutsKod": "BEV", "beslutsTyp": "PUT", "giltighetstid": "PERMANENT"}
        ]
    },
    "a claim that nobody has answered": {
        ("registers", "fk", "beslut"): [],
        ("registers", "fk", "formansinformation", "bostadsbidragsarende"): [],
        ("registers", "fk", "formansinformation", "merkostnadsersattningsarende"): [],
    },
    "a programme without a name": {
        ("registers", "fk", "formansinformation", "programanvisning", 0, "program"): {"id": "1"},
    },
    "absent after the last decision was made": {
        ("activity", 0, "sessions", 0, "day"): "2026-09-29",
        ("history", 0, "asked"): "2026-09-28",
    },
    "a permit to come": {(*_PERMIT, 0, "fromDatum"): "2026-12-20"},
}


def filled(model: type, part: Json, path: str) -> Json:
    """A part of a case in which every missing field is filled in."""
    found = dict(part)
    for name, hint in members(model):
        place = f"{path}.{name}"
        for kind, several in inside(hint):
            if place in _NOT_FILLED:
                continue
            if any(members(kind)):
                rows = found.get(name, []) if several else [found.get(name, {})]
                rows = [filled(kind, row, place) for row in (rows or [{}])]
                found[name] = rows if several else rows[0]
            elif found.get(name) is None:
                value = sample(place, kind)
                found[name] = [value] if several else value
    return found


_NOT_FILLED = {".people.personal_number", ".unmapped", ".application.children.firstName"}
_KNOWN = {
    ".as_of": "2026-11-02T08:12:00Z",
    ".application.children.partyId": "b1",
    ".application.periodChoice": "NEXT_MONTH",
    ".application.housingForm": "SUBLET",
    ".application.normType": "NATIONAL_NORM",
    ".application.persons.role": "APPLICANT",
    ".application.persons.partyId": "p1",
    ".application.attestedAt": "2026-10-28T08:00:00Z",
    ".application.incomes.month": "2026-10",
    ".application.costs.month": "2026-11",
    ".application.costs.costDate": "2026-11-02",
    ".application.persons.clearingNumber": "6000",
    ".application.persons.accountNumber": "1234567",
    ".application.plannings.sickLeaveLevel": 50,
    ".people.days_in_home": 30,
    ".application.children.daysInHome": 30,
    ".history.costs": {"RENT": "6200"},
    ".history.incomes": {"SALARY": "700"},
    ".history.children_own_income": {"b1": "100"},
    ".history.cost_rows": {"RENT": 2},
    ".history.people": "p1",
    ".history.payments.month": "2026-09",
    ".activity.plan.last": "2027-03-01",
    ".application.assets.registrationNumber": "ABC123",
}


def sample(place: str, kind: Any) -> Json:
    """A value of a kind, free of meaning unless the place needs one."""
    if place in _KNOWN:
        return _KNOWN[place]
    if place.endswith(("person", "recipient")):
        return "p1"
    if (options := choices(kind)) != []:
        return options[0]
    if kind is bool:
        return False
    if kind is int:
        return 2
    if kind is date:
        return "2026-10-01"
    return "7" if "ore" in str(kind).lower() else f"om {place.rpartition('.')[2]}"


def choices(kind: Any) -> list[Json]:
    """The values that a kind allows, where it lists them."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [each.value for each in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def ways(node: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every value of a case that is no object and no list, and every member of a list."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from ways(inner, (*way, name))
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            if isinstance(inner, dict | list):
                yield (*way, number), inner
            yield from ways(inner, (*way, number))
    else:
        yield way, node


def pattern(way: Way) -> str:
    """A way as the vocabulary writes it: ``application.costs[].month``."""
    text = "".join("[]" if isinstance(part, int) else f".{part}" for part in way)
    return text.lstrip(".")


def changes(case: Json, way: Way, value: Json, options: list[Json]) -> Iterator[tuple[str, Json]]:
    """The case with one value changed, removed, doubled or of another type; each with what was done."""
    if isinstance(value, dict | list):
        yield "doubled", with_value(case, way, value, double=True)
        return
    for other in others(value, options):
        yield f"changed to {other!r}", with_value(case, way, other)
    yield "removed", without(case, way)
    for other in (True, 3, "x", [], {}, ["x"], {"x": 1}):
        if type(other) is not type(value):
            yield f"made {other!r}", with_value(case, way, other)


def others(value: Json, options: list[Json]) -> list[Json]:
    """Other values of the same kind."""
    if options:
        return [each for each in options if each != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + (400 * _DAY if value > 10**11 else 1)]
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return [str(int(value) + 300)] if str(value).isdigit() else [f"{value}x"]
    return [f"{day + timedelta(days=move)}{value[10:]}" for move in (-400, 400)]


_DAY = 86_400_000
"""Milliseconds, which some forms count days in."""


def copied(case: Json) -> Json:
    """What ``copy.deepcopy`` gives, in a fifth of the time: one object in a case is one in the copy."""
    return pickle.loads(pickle.dumps(case))


def with_value(case: Json, way: Way, value: Json, *, double: bool = False) -> Json:
    """A copy of a case with another value somewhere, or with a member of a list twice."""
    found = copied(case)
    *above, last = way
    node: Json = found
    for part in above:
        node = node[part]
    if double:
        node.insert(last, copied(value))
    else:
        node[last] = value
    return found


def without(case: Json, way: Way) -> Json:
    """A copy of a case without a value."""
    found = copied(case)
    *above, last = way
    node: Json = found
    for part in above:
        node = node[part]
    del node[last]
    return found
