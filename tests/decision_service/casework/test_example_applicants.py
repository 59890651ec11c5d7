"""A renewal in each of the formats is granted by the machine, and says what was taken for granted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from decision_service.casework.examine import examine
from decision_service.casework.receive import receive
from decision_service.commands import example_applicants
from decision_service.commands.example_applicants import EXAMPLES, FORMS
from decision_service.reading.strict_json import Body
from decision_service.registers.files import FileRegisters
from decision_service.store.database import transaction
from decision_service.store.tables import AssessmentRow, DecisionRow
from tests.world.office import World
from tests.world.people import TENANT

NOVEMBER_20 = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
ASSUMED = "antaget enligt Socialnämndens beslut § 87 den 16 september 2024"


@pytest.mark.parametrize("moment", [NOVEMBER_20, datetime(2026, 12, 4, 8, 0, tzinfo=UTC)])
def test_a_renewal_in_each_format_is_granted_by_the_machine(
    world: World, tmp_path: Path, moment: datetime
) -> None:
    world.clock.now = moment
    registers = tmp_path / "register"
    registers.mkdir()
    office = replace(world.office, registers={TENANT: FileRegisters(registers)})
    written = example_applicants.prepare(office, TENANT, registers, tmp_path / "färdiga")
    assert sorted(written) == sorted(FORMS.values())
    for adapter, path in written.items():
        with transaction(office.engine) as session:
            row = receive(office, session, TENANT, adapter, Body.of(path.read_bytes()), client="e-tjänst")
        examine(office, TENANT, row.id)
        with transaction(office.engine) as session:
            decision = session.get(DecisionRow, (TENANT, row.id))
            seen = json.loads(session.get_one(AssessmentRow, (TENANT, row.id, 1)).document)
        assert decision is not None, [each["question"] for each in seen["reasons"]]
        assert (decision.outcome, decision.automatic) == ("BIFALL", True)
        assert decision.granted > 0
        origins = {path: fact["origin"] for of in seen["facts"] for path, fact in of["values"].items()}
        assumed = {path for path, origin in origins.items() if origin.endswith(ASSUMED)}
        assert assumed == TAKEN_FOR_GRANTED.get(adapter, set())


TAKEN_FOR_GRANTED = {
    "mitt-helsingborg-v1": {
        "ansökan.annan_norm_söks",
        "ansökan.har_barn",
        "ansökan.vistas_i_kommunen",
        "ansökan.uppger_väntade_förmåner",
        "vuxen.samma_konto",
        "vuxen.inte_samma_konto_sagt",
    }
}


def test_the_example_files_are_the_applications_that_are_sent() -> None:
    """Only the month is another."""
    for name in FORMS:
        data = json.loads((EXAMPLES / "applications" / f"{name}.json").read_bytes())
        assert example_applicants.in_month(data, example_applicants.Month(2026, 11)) == data
