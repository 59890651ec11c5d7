"""What a parent or a couple answers that may each be right and not together, and beside it the nearest that a
machine may decide."""

from __future__ import annotations

import pytest

from tests.decision_service.decision.test_asked import asked, person
from tests.decision_service.decision.test_hostile import (
    PAYMENTS,
    counted,
    paid,
)
from tests.decision_service.decision.test_hostile_answers import (
    ALLOWANCE,
    KID,
    MAINTENANCE,
    ONLY_ALLOWANCE,
    P2_PERSON,
    A,
    Patch,
    maintenance,
)
from tests.world.sweeps import swept

WITH_CHILD: dict[str, tuple[list[Patch], set[str]]] = {
    "as it should be": ([], set()),
    "half the time, three days": (
        [(f"{A}/children/0/residenceExtent", "HALF_TIME"), (f"{A}/children/0/daysInHome", 3)],
        {"BARNETS_DAGAR", "BARNETS_ÖVERSKOTT"},
    ),
    "half the time, half the month": (
        [(f"{A}/children/0/residenceExtent", "HALF_TIME"), (f"{A}/children/0/daysInHome", 15)],
        set(),
    ),
    "all the time, and half the allowance": (
        [(PAYMENTS, [paid(ALLOWANCE, 625, "2026-10-20"), paid(ALLOWANCE, 625, "2026-09-18"), *MAINTENANCE])],
        {"BARNBIDRAG_SAKNAS"},
    ),
    "maintenance support for two": (
        [
            (
                PAYMENTS,
                [*ONLY_ALLOWANCE, *maintenance(3346)],
            ),
            (
                "/history/0/payments",
                [counted("FK:ABB", 1250, "2026-09-18"), counted("FK:underhållsstöd", 3346, "2026-09-24")],
            ),
        ],
        {"BARNFÖRMÅN_UTAN_BARN"},
    ),
    "maintenance support for one": (
        [
            (
                PAYMENTS,
                [*ONLY_ALLOWANCE, *MAINTENANCE],
            ),
            (
                "/history/0/payments",
                [counted("FK:ABB", 1250, "2026-09-18"), counted("FK:underhållsstöd", 1673, "2026-09-24")],
            ),
        ],
        set(),
    ),
    "ten years, in no school": (
        [("/people/1/born", "2016-05-01"), (f"{A}/children/0/schoolKind", "NONE")],
        {"SKOLFORM"},
    ),
    "ten years, in a preschool": (
        [("/people/1/born", "2016-05-01"), (f"{A}/children/0/schoolKind", "PRESCHOOL")],
        {"SKOLFORM"},
    ),
    "ten years, in compulsory school": (
        [("/people/1/born", "2016-05-01"), (f"{A}/children/0/schoolKind", "COMPULSORY")],
        set(),
    ),
    "three years, in upper secondary school": (
        [
            ("/people/1/born", "2023-05-01"),
            ("/people/1/lunch_away", True),
            (f"{A}/children/0/schoolKind", "UPPER_SECONDARY"),
        ],
        {"SKOLFORM"},
    ),
    "a school that is a story": (
        [(f"{A}/children/0/schoolName", "Går inte i skolan, är hos pappa i Lund")],
        {"MEDDELANDE"},
    ),
    "a school": ([(f"{A}/children/0/schoolName", "Exempelskolan")], set()),
    "fourteen years younger than the parent": ([("/people/0/born", "2005-02-02")], {"BARN_FÖR_GAMMALT"}),
    "fifteen years younger than the parent": ([("/people/0/born", "2004-02-02")], set()),
    "a union fee for the child": (
        [
            (f"{A}/costs/-", {"costType": "UNION_FEE", "appliedAmount": 300, "person": "b1"}),
            ("/history/0/costs", {"RENT": 7200, "UNION_FEE": 300}),
        ],
        {"AVGIFT_FÖR_BARN"},
    ),
    "on leave with a child of seven, and no parental benefit": (
        [(f"{A}/plannings/0/planningType", "PARENTAL_LEAVE")],
        {"FÖRÄLDRAPENNING_SAKNAS"},
    ),
    "the child in another home all the time": (
        [("/others", [{"person": "b1", "role": "CHILD", "granted": False, "residence": "FULL_TIME"}])],
        {"BARN_I_TVÅ_HUSHÅLL"},
    ),
    "the same child in two rows": (
        [
            (
                f"{A}/children",
                [
                    {"partyId": "b1", "residenceExtent": "FULL_TIME"},
                    {"partyId": "b1", "residenceExtent": "HALF_TIME"},
                ],
            )
        ],
        {"SAMMA_BARN"},
    ),
}

COUPLE: dict[str, tuple[list[Patch], set[str]]] = {
    "one is married and the other is not": (
        [person(civilstand={"id": "2"}), (P2_PERSON, [{"civilstand": {"beskrivning": "Ogift"}}])],
        {"CIVILSTÅND_I_REGISTER"},
    ),
    "one is married and of the other nothing is known": (
        [person(civilstand={"id": "2"})],
        {"CIVILSTÅND_I_REGISTER"},
    ),
    "both are married": (
        [person(civilstand={"id": "2"}), (P2_PERSON, [{"civilstand": {"id": "2"}}])],
        set(),
    ),
    "one in a home for two": (
        [(f"{A}/housingPersonCount", 1), ("/history/0/housing_person_count", 1)],
        {"BOENDE_STÄMMER_INTE"},
    ),
    "the other is registered elsewhere": (
        [(P2_PERSON, [{"folkbokford": [{"lan": "12", "kommun": "80"}]}])],
        {"FOLKBOKFÖRD_ANNANSTANS"},
    ),
    "the other is dead": ([("/registers/p2/csn/Personer/Person/Status", "Avliden")], {"OTOLKADE_UPPGIFTER"}),
}


@swept("kind", WITH_CHILD)
def test_a_parent_and_a_child(kind: str) -> None:
    patches, codes = WITH_CHILD[kind]
    assert asked("barn-fyller-7", *KID, *patches) == codes


@pytest.mark.parametrize("kind", COUPLE)
def test_a_couple(kind: str) -> None:
    patches, codes = COUPLE[kind]
    assert asked("par-bifall", *patches) == codes
