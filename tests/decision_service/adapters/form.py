"""Building answered forms of Mitt Helsingborg for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from decision_service.application import adapters
from decision_service.application.adapters import Intake
from decision_service.reading.strict_json import read_json
from tests.world.unread import sentences

FIXTURES = Path(__file__).parent / "fixtures"
EXAMPLES = Path(__file__).parents[3] / "examples" / "applications"
APPLICANT = {
    "role": "applicant",
    "firstName": "Test",
    "lastName": "Exempelsson",
    "personalNumber": "198802092380",
    "hasSigned": True,
}
PARTNER = {
    "role": "coApplicant",
    "firstName": "Prov",
    "lastName": "Exempelsson",
    "personalNumber": "198906122398",
    "hasSigned": True,
}


def milliseconds(year: int, month: int, day: int, hour: int = 11) -> int:
    """A moment as the app writes it."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp() * 1000)


def answer(id_: str, value: Any, *tags: str) -> dict[str, Any]:
    """One answer."""
    return {"field": {"id": id_, "tags": list(tags)}, "value": value}


def case(*answers: Any, kind: str = "new", together: bool = False, **more: Any) -> dict[str, Any]:
    """A submitted application for November 2026."""
    period = {"startDate": milliseconds(2026, 11, 1), "endDate": milliseconds(2026, 11, 30)}
    return {
        "applicationType": kind,
        "details": {"period": period},
        "persons": [APPLICANT, PARTNER] if together else [APPLICANT],
        "answers": list(answers),
        **more,
    }


def read(*answers: Any, kind: str = "new", together: bool = False, **more: Any) -> Intake:
    """What the adapter makes of an application for November 2026."""
    return adapters.read(
        "mitt-helsingborg-v1",
        read_json(json.dumps(case(*answers, kind=kind, together=together, **more)).encode()),
    )


def told(found: Intake) -> list[str]:
    """What the adapter could not use, in the words that a person reads."""
    return list(sentences(found))
