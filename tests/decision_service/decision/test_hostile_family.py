"""A child's money, maintenance, certificates, employers and places abroad: beside each the nearest case that
the machine may decide."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.decision_service.decision.test_asked import FK, asked, put
from tests.decision_service.decision.test_hostile import PAYMENTS, PLAN, counted, paid, sessions
from tests.decision_service.decision.test_hostile_activity import READ, planning
from tests.decision_service.decision.test_hostile_answers import (
    KID,
    MAINTENANCE,
    ONLY_ALLOWANCE,
    A,
    Patch,
    incomes,
    maintenance,
    row,
)
from tests.world.cases import judged, raw

OLD = {"RENT": 6200, "ELECTRICITY": 450, "HOME_INSURANCE": 140}
PENSION = ("BP", "Barnpension")


def twice(benefit: tuple[str, str], amount: int) -> list[dict[str, Any]]:
    """A benefit of both months, kronor a month."""
    return [paid(benefit, amount, day) for day in ("2026-09-18", "2026-10-19")]


def home(city: str, code: str = "25225") -> Patch:
    """Where the application says that the household lives."""
    return f"{A}/address", {"street": "Storgatan 5", "postalCode": code, "city": city}


def employer(*names: str) -> Patch:
    """What Försäkringskassan knows of employers."""
    places = [{"namn": "Kontoret", "arbetsgivare": {"namn": name}} for name in names]
    return f"{FK}/generellPersoninformation", [{"arbetsstallen": places}]


def registered_at(code: str, role: str = "1") -> Patch:
    """Where the population register says that somebody lives."""
    return f"{FK}/generellPersoninformation", [{"adress": [{"roller": [{"id": role}], "postnummer": code}]}]


def births(*days: str) -> Patch:
    """The children whom the population register ties to somebody."""
    return f"{FK}/generellPersoninformation", [{"barn": [{"foddes": day} for day in days]}]


def journeys(*days: str) -> list[Patch]:
    """Journeys to care, as much as was approved last."""
    rows = [{"costType": "TRAVEL_MEDICAL_TRANSPORT", "appliedAmount": 40, "costDate": day} for day in days]
    costs = [{"costType": kind, "appliedAmount": amount} for kind, amount in OLD.items()]
    return [
        (f"{A}/costs", costs + rows),
        ("/history/0/costs", OLD | {"TRAVEL_MEDICAL_TRANSPORT": 40 * len(days)}),
        ("/history/0/cost_rows", {"TRAVEL_MEDICAL_TRANSPORT": len(days)}),
    ]


def absent(*days: str, mark: str = "ABSENT", asked_on: str | None = None) -> list[Patch]:
    """Every session attended but some before the month before."""
    patch, rows = sessions("PRESENT")
    missed = [{"day": day, "hours": 8, "kind": "WORKPLACE", "mark": mark} for day in days]
    known: list[Patch] = [("/history/0/asked", asked_on)] if asked_on is not None else []
    return [(patch, [*missed, *rows]), *known]


ILL = planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True)

KNOWN_HOME: Patch = ("/people/0/address", {"street": "Storgatan 5", "postalCode": "252 25", "city": "Lund"})

ALONE: dict[str, tuple[list[Patch], set[str]]] = {
    "registered where the application says": ([home("Lund"), registered_at("25225")], set()),
    "registered where nobody has said otherwise": ([registered_at("22644")], set()),
    "registered elsewhere than the application says": (
        [home("Lund"), registered_at("22644")],
        {"ADRESS_STÄMMER_INTE"},
    ),
    "registered elsewhere than is known": ([KNOWN_HOME, registered_at("22644")], {"ADRESS_STÄMMER_INTE"}),
    "registered where is known": ([KNOWN_HOME, registered_at("25225")], set()),
    "a certificate that is not there": ([ILL], {"INTYG_OLÄST"}),
    "a certificate that somebody has read": ([ILL, READ], set()),
    "a certificate among the files": (
        [ILL, (f"{A}/attachments", [{"category": "läkarintyg", "name": "intyg.pdf", "fileId": "1"}])],
        {"BILAGOR"},
    ),
    "Berlin has five digits": ([home("Berlin", "10115")], {"OTOLKADE_UPPGIFTER"}),
    "a country after the town": ([home("København, Danmark")], {"OTOLKADE_UPPGIFTER", "MEDDELANDE"}),
    "a Spanish town": ([home("MÁLAGA", "29001")], {"OTOLKADE_UPPGIFTER"}),
    "a Turkish town": ([home("İstanbul", "34000")], {"OTOLKADE_UPPGIFTER"}),
    "a Spanish town without its mark": (
        [home("A CORUNA, ESPANA", "15001")],
        {"OTOLKADE_UPPGIFTER", "MEDDELANDE"},
    ),
    "a Swedish town with a mark": ([home("ÅMÅL", "66230")], set()),
    "a Swedish town": ([home("Helsingborg")], set()),
    "the known address is abroad": (
        [("/people/0/address", {"street": "Ring 5", "postalCode": "10115", "city": "Berlin"})],
        {"OTOLKADE_UPPGIFTER"},
    ),
    "an employer, and looks for work": ([employer("Bageriet AB")], {"ARBETSSTÄLLE_I_REGISTER"}),
    "an employer without a name": ([employer("")], {"ARBETSSTÄLLE_I_REGISTER"}),
    "no employer": ([employer()], set()),
    "absent two days before the month": (absent("2026-09-29"), {"FRÅNVARO_KANSKE_PRÖVAD"}),
    "ill without a certificate the day before the month": (
        absent("2026-09-30", mark="SICK"),
        {"FRÅNVARO_KANSKE_PRÖVAD"},
    ),
    "not marked the day before the month": (absent("2026-09-30", mark="UNMARKED"), set()),
    "absent three days before the month": (absent("2026-09-28"), set()),
    "absent before, and the decision saw it": (absent("2026-09-29", asked_on="2026-09-30"), set()),
    "absent before, and no session at all since": (
        [("/activity/0/sessions", absent("2026-09-30")[0][1][:1])],
        {"FRÅNVARO_KANSKE_PRÖVAD", "NÄRVARO_FÖR_LITE"},
    ),
    "full time, of only own job search": ([(f"{PLAN}/weekly_hours", 0)], set()),
    "nothing said of full time, of forty hours": ([(f"{PLAN}/full_time", None)], set()),
    "nothing said of full time, of no hours": (
        [(f"{PLAN}/full_time", None), (f"{PLAN}/weekly_hours", 0)],
        set(),
    ),
    "not full time, of forty hours": ([(f"{PLAN}/full_time", False)], {"HELTID_STÄMMER_INTE"}),
    "not full time, of no hours": (
        [(f"{PLAN}/weekly_hours", 0), (f"{PLAN}/full_time", False)],
        set(),
    ),
    "there and back the same day": (journeys("2026-10-05", "2026-10-05"), set()),
    "three journeys the same day": (journeys(*["2026-10-05"] * 3), {"FLERA_KOSTNADER"}),
    "a child's pension and no child": ([(PAYMENTS, twice(PENSION, 900))], {"BARNFÖRMÅN_UTAN_BARN"}),
    "care of a child and no child": (
        [(PAYMENTS, twice(("TFP", "Tillfällig föräldrapenning"), 500))],
        {"BARNFÖRMÅN_UTAN_BARN"},
    ),
    "a pension at thirty eight": (
        [(PAYMENTS, twice(("AP", "Allmän pension"), 900))],
        {"PENSION_FÖRE_ÅLDERN"},
    ),
    "support for a programme that the plan does not know": (
        [(PAYMENTS, twice(("AS", "Aktivitetsstöd"), 900))],
        {"PROGRAM_I_REGISTER"},
    ),
    "support for a programme of the plan": (
        [(PAYMENTS, twice(("AS", "Aktivitetsstöd"), 900)), (f"{PLAN}/state_programme", "PART")],
        set(),
    ),
    "sickness benefit": ([(PAYMENTS, twice(("SJP", "Sjukpenning"), 900))], set()),
}


@pytest.mark.parametrize("kind", ALONE)
def test_a_single_adult(kind: str) -> None:
    patches, codes = ALONE[kind]
    assert asked("ensam-bifall", *copy.deepcopy(patches)) == codes


PARENT: dict[str, tuple[list[Patch], set[str]]] = {
    "maintenance support": ([], set()),
    "no maintenance": ([(PAYMENTS, ONLY_ALLOWANCE)], {"UNDERHÅLL_SAKNAS"}),
    "maintenance of the other parent": (
        [
            (PAYMENTS, ONLY_ALLOWANCE),
            *incomes(row("CHILD_SUPPORT", 1673), before={"CHILD_SUPPORT": 1673}),
            ("/history_complete", True),
        ],
        set(),
    ),
    "maintenance of no kronor": (
        [
            (PAYMENTS, ONLY_ALLOWANCE),
            *incomes(row("CHILD_SUPPORT", 0), before={"CHILD_SUPPORT": 0}),
            ("/history_complete", True),
        ],
        {"INKOMST_NOLL", "UNDERHÅLL_SAKNAS"},
    ),
    "the support declared as maintenance too": (
        [
            (PAYMENTS, [*ONLY_ALLOWANCE, *maintenance(900)]),
            *incomes(row("CHILD_SUPPORT", 900), before={"CHILD_SUPPORT": 900}),
            ("/history_complete", True),
        ],
        {"DUBBEL_INKOMST"},
    ),
    "less than the least": ([(PAYMENTS, [*ONLY_ALLOWANCE, *maintenance(1672)])], {"MINDRE_UNDERHÅLL"}),
    "half the time, and no maintenance": (
        [
            (PAYMENTS, ONLY_ALLOWANCE),
            (f"{A}/children/0/residenceExtent", "HALF_TIME"),
            (f"{A}/children/0/daysInHome", 15),
        ],
        set(),
    ),
    "a pension as large as the norm": (
        [(PAYMENTS, [*ONLY_ALLOWANCE, *MAINTENANCE, *twice(PENSION, 2147)])],
        set(),
    ),
    "a pension larger than the norm": (
        [(PAYMENTS, [*ONLY_ALLOWANCE, *MAINTENANCE, *twice(PENSION, 2148)])],
        {"BARNETS_ÖVERSKOTT"},
    ),
    "the allowance ended with the quarter": (
        [
            ("/people/1/born", "2010-08-20"),
            (PAYMENTS, [ONLY_ALLOWANCE[1], *maintenance(2223)]),
            (
                "/history/0/payments",
                [counted("FK:ABB", 1250, "2026-09-18"), counted("FK:underhållsstöd", 2223, "2026-09-24")],
            ),
        ],
        set(),
    ),
    "the allowance ended too early": (
        [
            ("/people/1/born", "2010-10-20"),
            (PAYMENTS, [ONLY_ALLOWANCE[1], *maintenance(2223)]),
            (
                "/history/0/payments",
                [counted("FK:ABB", 1250, "2026-09-18"), counted("FK:underhållsstöd", 2223, "2026-09-24")],
            ),
        ],
        {"BARNBIDRAG_SAKNAS", "INKOMST_BORTA"},
    ),
    "a baby of whose lunch nothing is said": ([("/people/1/born", "2026-05-04")], set()),
    "a baby who has lunch in preschool": (
        [("/people/1/born", "2026-05-04"), ("/people/1/lunch_away", True)],
        {"SKOLFORM"},
    ),
    "a child of one year of whose lunch nothing is said": (
        [("/people/1/born", "2025-05-04")],
        {"UPPGIFT_SAKNAS"},
    ),
    "a child in the queue of whose lunch nothing is said": (
        [("/people/1/born", "2023-05-04"), (f"{A}/children/0/schoolKind", "PRESCHOOL_QUEUE")],
        set(),
    ),
    "one of two twins in the register": (
        [(f"{FK}/generellPersoninformation", [{"barn": [{"foddes": "2019-11-20"}] * 2}])],
        {"BARN_I_REGISTER"},
    ),
}


@pytest.mark.parametrize("kind", PARENT)
def test_a_single_parent(kind: str) -> None:
    patches, codes = PARENT[kind]
    assert asked("barn-fyller-7", *copy.deepcopy(KID), *copy.deepcopy(patches)) == codes


BOTH = twice(("ABB", "Barnbidrag"), 2500)

SIBLINGS: dict[str, tuple[list[Patch], set[str]]] = {
    "maintenance for one of two": ([(PAYMENTS, [*BOTH, *MAINTENANCE])], {"MINDRE_UNDERHÅLL"}),
    "both in the register": (
        [(PAYMENTS, [*BOTH, *maintenance(3346)]), births("2019-11-20", "2017-11-21")],
        set(),
    ),
    "only one in the register": (
        [(PAYMENTS, [*BOTH, *maintenance(3346)]), births("2019-11-20")],
        {"BARN_I_REGISTER"},
    ),
    "a register that tells of no child": ([(PAYMENTS, [*BOTH, *maintenance(3346)]), births()], set()),
    "the pension of one, larger than any norm": (
        [(PAYMENTS, [*BOTH, *maintenance(3346), *twice(PENSION, 3900)])],
        {"BARNETS_ÖVERSKOTT"},
    ),
    "the pension of one, no larger than a norm": (
        [(PAYMENTS, [*BOTH, *maintenance(3346), *twice(PENSION, 3600)])],
        set(),
    ),
    "maintenance for both, and one is here five days": (
        [
            (PAYMENTS, [*BOTH, *maintenance(3346)]),
            (f"{A}/children/1/residenceExtent", "OTHER"),
            (f"{A}/children/1/daysInHome", 5),
        ],
        {"BARNETS_DAGAR"},
    ),
}


@pytest.mark.parametrize("kind", SIBLINGS)
def test_a_single_parent_of_two(kind: str) -> None:
    patches, codes = SIBLINGS[kind]
    sibling: list[Patch] = [
        ("/people/-", {"id": "b2", "role": "CHILD", "born": "2017-11-21", "first_name": "Elis"}),
        (f"{A}/children/-", {"partyId": "b2", "firstName": "Elis", "residenceExtent": "FULL_TIME"}),
        (f"{A}/housingPersonCount", 3),
        ("/history/0/people/-", "b2"),
        ("/history/0/housing_person_count", 3),
    ]
    assert asked("barn-fyller-7", *copy.deepcopy([*sibling, *patches])) == codes


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        ("2012-12-01", set()),
        ("2012-11-30", {"BARNOMSORG_UTAN_BARN"}),
        ("2025-11-30", set()),
        ("2025-12-01", {"BARNOMSORG_UTAN_BARN"}),
    ],
)
def test_the_fee_of_child_care_is_for_a_child_of_its_age(born: str, codes: set[str]) -> None:
    lunch = [("/people/1/lunch_away", False)] if born > "2020" else []
    costs = [{"costType": "RENT", "appliedAmount": 7200}, {"costType": "CHILDCARE_FEE", "appliedAmount": 500}]
    patches = [
        ("/people/1/born", born),
        (f"{A}/costs", costs),
        ("/history/0/costs", {"RENT": 7200, "CHILDCARE_FEE": 500}),
    ]
    assert asked("barn-fyller-7", *copy.deepcopy(KID), *lunch, *patches) == codes


@pytest.mark.parametrize("born_that_day", [1, 2, 3])
def test_twins_are_one_question_for_each_who_is_not_in_the_application(born_that_day: int) -> None:
    case = raw("barn-fyller-7")
    births = [{"foddes": "2019-11-20"}] * born_that_day
    put(case, f"{FK}/generellPersoninformation", [{"barn": births}])
    codes = [reason.code for reason in judged(case).reasons]
    assert codes == ["BARN_I_REGISTER"] * (born_that_day - 1)
