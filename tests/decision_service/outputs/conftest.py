from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from decision_service.decision.document import Assessment, Decision, RestsOn
from tests.world.cases import NAMES, example


@pytest.fixture(scope="session")
def assessments() -> dict[str, Assessment]:
    """The assessment of every example case, by the name of its file."""
    return {name: example(name).document for name in NAMES}


def decision(assessment: Assessment, **changed: Any) -> Decision:
    """The machine's own decision as an assessment proposes it, or with something else in it."""
    outcome, granted = assessment.proposal or (assessment.proposed_outcome, 0)
    calculation = assessment.calculation
    given = {
        "id": "5f0c9a7e2b3d4c1e8a6f7b2d9e0c4a11",
        "application_id": "A-2026-17",
        "municipality": assessment.municipality,
        "month": assessment.month,
        "outcome": outcome,
        "granted": granted,
        "automatic": True,
        "decided_by": "lagrum",
        "decided_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "release": assessment.release,
        "assessment": RestsOn(number=1, receipt=assessment.receipt),
        **changed,
    }
    calculation = calculation.model_copy(update={"granted": given["granted"]})
    return Decision.model_validate({"calculation": calculation, **given})


@pytest.fixture(scope="session")
def decisions(assessments: dict[str, Assessment]) -> dict[str, Decision]:
    """The decisions that the machine makes of the example cases."""
    return {name: decision(each) for name, each in assessments.items() if each.automatic}
