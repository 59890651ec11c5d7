"""The people of the example applications, made known in the demonstration: a plan, last month's decision, and
registers that answer. Their applications are written for this month, ready to be sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path

from decision_service.application.adapters import Intake
from decision_service.application.case_file import Person
from decision_service.casework import knowledge
from decision_service.casework.office import Office
from decision_service.casework.receive import read_as_declared
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import Opaque, read_json
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import transaction
from norms.month import Month

EXAMPLES = Path(__file__).parents[2] / "examples"
FORMS: Mapping[str, str] = {
    "ansokan-1-bifall": "ansokan/1",
    "sundsvall-v1-bifall": "sundsvall-v1",
    "mitt-helsingborg-v1-bifall": "mitt-helsingborg-v1",
}
"""An ordinary renewal in each format, which the machine grants by itself."""

Json = dict[str, Opaque]


def prepare(office: Office, tenant: str, registers: Path, folder: Path) -> dict[str, Path]:
    """Make the people of every form known, and write each application for this month in a folder."""
    now = office.clock()
    month, written = Month.of(swedish_day(now)), {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, adapter in FORMS.items():
        data = in_month(read_json((EXAMPLES / "applications" / f"{name}.json").read_bytes()), month)
        text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
        written[adapter] = folder / f"{name}.json"
        written[adapter].write_text(text, "utf-8")
        intake = read_as_declared(office, tenant, adapter, read_json(text.encode()), now)
        for person in intake.people:
            if person.role in ADULT_ROLES:
                _make_known(office, tenant, registers, person, intake, month)
    return written


def in_month(data: Json, month: Month) -> Json:
    """An application for a month, whichever of the formats it is in."""
    found = dict(data)
    for name, inner in data.items():
        if name == "periodMonth":
            found[name] = month.number
        elif name == "periodYear":
            found[name] = month.year
        elif name == "period":
            found[name] = {"startDate": _milliseconds(month, 1), "endDate": _milliseconds(month, month.days)}
        elif isinstance(inner, dict):
            found[name] = in_month(inner, month)
    return found


def _milliseconds(month: Month, day: int) -> int:
    return int(datetime.combine(month.first.replace(day=day), time(), UTC).timestamp()) * 1000


def _make_known(
    office: Office, tenant: str, registers: Path, person: Person, intake: Intake, month: Month
) -> None:
    number = person.personal_number
    if number is None:
        raise ValueError(f"an example applicant without a personal number: {person.id}")
    case: Json = json.loads((EXAMPLES / "cases" / "ensam-bifall.json").read_bytes())
    reported = case["registers"]["af"]["Svar"]["ArbetssokandeInfo"]["AktivetetsRapportDatum"]
    reported["SenasteAktivitetsRapportDatum"] = f"{month.plus(-1)}-09"
    (registers / f"{number}.json").write_text(json.dumps(case["registers"], ensure_ascii=False), "utf-8")
    plan = case["activity"][0]["plan"]
    plan |= {
        "decided": f"{month.plus(-2)}-02",
        "first": f"{month.plus(-2)}-02",
        "last": f"{month.plus(1)}-28",
    }
    who = "demonstration"
    with transaction(office.engine) as session:
        document = {"plan": plan, "sessions": []}
        knowledge.set_activity(office, session, tenant, number, document, who, None)
        decided = _decided(intake, month.plus(-1))
        knowledge.import_history(office, session, tenant, number, [decided], who, complete=True)


def _decided(intake: Intake, month: Month) -> Json:
    """The month before, granted with the same costs."""
    form = intake.application
    people = [one.personal_number for one in intake.people if one.personal_number]
    return {
        "month": str(month),
        "outcome": "BIFALL",
        "amount": 9000,
        "costs": dict(_costs(intake)),
        "marital_status": form.marital_status,
        "people": people,
        "housing_person_count": form.housing_person_count,
    }


def _costs(intake: Intake) -> Iterator[tuple[str, str]]:
    for cost in intake.application.costs:
        if cost.cost_type is not None and cost.applied_amount is not None:
            yield cost.cost_type.value, as_kronor(cost.applied_amount)
