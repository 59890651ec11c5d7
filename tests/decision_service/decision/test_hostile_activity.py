"""Who has had support for months before October 2026: what the activity requirement decides by itself, on its
strictest reading, and what it asks a person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_service.decision.test_asked import asked
from tests.decision_service.decision.test_hostile import PLAN, sessions, wage

MONTHS = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
PLANNING = "/application/plannings"


def history(**more: Any) -> tuple[str, Any]:
    """Support every month since June."""
    row = {
        "outcome": "BIFALL",
        "amount": 9000,
        "costs": {"RENT": 6200, "ELECTRICITY": 450, "HOME_INSURANCE": 140},
        "marital_status": "SINGLE",
        "people": ["p1"],
        "housing_person_count": 1,
        **more,
    }
    return "/history", [{"month": month, **row} for month in MONTHS]


def planning(kind: str, **more: Any) -> tuple[str, Any]:
    """The only planning of the applicant."""
    return PLANNING, [{"person": "p1", "planningType": kind, **more}]


READ = (
    "/answers",
    [
        {
            "id": "s1",
            "question": "0a1b2c",
            "code": "INTYG_OLÄST",
            "rule": "planering.intyg_oläst",
            "subject": "p1",
            "value": True,
            "by": "Anna Ek",
            "role": "handläggare",
            "at": "2026-09-28T09:12:00Z",
            "until": "2026-12-31",
            "standing": True,
            "rests_on": {
                "ansökan.bilagor": 0,
                "kommun.bilagor_till_handläggare": True,
                "vuxen.läkarintyg": True,
                "vuxen.planering": "sjukskriven",
            },
        }
    ],
)
"""A handläggare has read the certificate, and says until when."""


KINDS: dict[str, tuple[list[tuple[str, Any]], set[str]]] = {
    "forty hours": ([], set()),
    "thirty nine hours": ([(f"{PLAN}/weekly_hours", 39)], {"ANVISNING_SAKNAS"}),
    "no hours": (
        [(f"{PLAN}/weekly_hours", 0), (f"{PLAN}/full_time", False)],
        {"ANVISNING_SAKNAS"},
    ),
    "one hour of forty": (
        [
            (
                "/activity/0/sessions",
                [{"day": "2026-10-06", "hours": 1, "kind": "WORKPLACE", "mark": "PRESENT"}],
            )
        ],
        {"NÄRVARO_FÖR_LITE"},
    ),
    "all the hours": ([sessions("PRESENT")], set()),
    "all ill": (
        [planning("SICK_LEAVE", sickLeaveLevel=100, certificateAttached=True), READ],
        {"AKTIVITETSKRAV_UNDANTAG"},
    ),
    "studies Swedish": ([planning("SFI", sfiStudyPath=2, sfiCourse="B")], set()),
    "works twenty hours and is assigned twenty": (
        [
            *wage(6000, planningType="WORK", workExtent="PART", workHoursPerWeek=20),
            (f"{PLAN}/weekly_hours", 20),
        ],
        set(),
    ),
    "works twenty hours and is assigned nineteen": (
        [
            *wage(6000, planningType="WORK", workExtent="PART", workHoursPerWeek=20),
            (f"{PLAN}/weekly_hours", 19),
        ],
        {"ANVISNING_SAKNAS"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_requirement_is_met_on_its_strictest_reading_or_asked_about(kind: str) -> None:
    patches, codes = KINDS[kind]
    before = history(incomes={"SALARY": 6000}) if "works" in kind else history()
    assert asked("ensam-bifall", before, *patches) == codes


@pytest.mark.parametrize("kind", ["thirty nine hours", "no hours", "all ill"])
def test_whoever_has_had_support_for_two_months_is_not_covered(kind: str) -> None:
    path, months = history()
    assert asked("ensam-bifall", (path, months[-2:]), *KINDS[kind][0]) == set()
