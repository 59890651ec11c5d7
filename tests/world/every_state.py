"""A database with a case in every state there is, and the rest that is kept: what an upgrade must carry over.

``python -m tests.world.every_state FOLDER`` writes one as ``FOLDER/lagrum.db`` with its ``keys``, by the
tables of the commit that is checked out. It is kept, packed, with the tests of the migrations.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from decision_service.casework import appeals, corrections, handlaggare
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.death import SaidDead, note_death
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.examine import _begin
from decision_service.casework.writing_off import take_back, write_off
from decision_service.decision.document import CorrectionKind
from decision_service.impact import runs
from decision_service.installation.municipality import FourEyes
from decision_service.reading.faults import validated
from decision_service.store.database import transaction
from tests.world.database import done_with
from tests.world.lived import delivered, lived
from tests.world.office import PERSON, SECOND, World, new_world, paying, shared_evaluators
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number

FILE = "every_state.json"
"""Which case is in which state."""


def every_state(world: World) -> dict[str, str]:
    """A case for each state, by its name."""
    world.clock.now = datetime(2026, 10, 3, 7, 0, tzinfo=UTC)
    world.imported(11)
    found = {"vantar_pa_registren": world.apply(application(11, NOVEMBER))}
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    world.imported(12)
    world.registers.script[personal_number(12)] = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))
    found["vantar_pa_yttrande"] = world.apply(application(12, NOVEMBER))
    found["beslutad efter allt"], _ = lived(world)
    for person in range(13, 20):
        world.imported(person)
    found["vantar_pa_komplettering"] = world.apply(incomplete(13, NOVEMBER))
    found["beslutad"] = world.apply(application(14, NOVEMBER))
    found["hos_handlaggare"] = world.apply(application(30, NOVEMBER))
    found["tagen"] = world.apply(application(31, NOVEMBER))
    world.claim(found["tagen"])
    found["väntar på en andra"] = world.apply(application(32, NOVEMBER))
    _by_two(world, found["väntar på en andra"])
    found["aterkallad"] = world.receive(application(33, NOVEMBER))
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found["aterkallad"])
    found["avskriven"] = world.apply(application(34, NOVEMBER))
    said = {"person": "p1", "day": "2026-10-29", "told_by": "dottern", "reason": "Hon visade intyget."}
    with transaction(world.engine) as session:
        note_death(world.office, session, TENANT, found["avskriven"], validated(SaidDead, said), PERSON)
    world.examine(found["avskriven"])
    world.claim(found["avskriven"])
    world.act(write_off, found["avskriven"], "Den som sökte har avlidit.")
    found["ändrad"] = world.apply(application(15, NOVEMBER))
    _corrected(world, found["ändrad"])
    with transaction(world.engine) as session:
        runs.begin(world.office, session, TENANT, "jurist-1", world.office.book, [str(NOVEMBER)])
    delivered(world)
    found["mottagen"] = world.receive(application(16, NOVEMBER))
    found["under_provning"] = world.receive(application(17, NOVEMBER))
    _begin(world.office, TENANT, [found["under_provning"]])
    world.office.log.checkpoint(world.engine, TENANT)
    return found


def _by_two(world: World, case: str) -> None:
    municipality = world.office.municipality(TENANT)
    here = municipality.model_copy(update={"four_eyes": (FourEyes.DEVIATE, FourEyes.GRANT)})
    municipalities = dict(world.office.installation.municipalities)
    world.office.installation.municipalities.update({TENANT: here})
    world.claim(case)
    world.decide(case)
    world.office.installation.municipalities.update(municipalities)


def _corrected(world: World, case: str) -> None:
    """Changed to nothing, which is claimed back, and appealed against."""
    said = {
        "assessment": 1,
        "outcome": "AVSLAG",
        "granted": "0",
        "reason": "Lönen var känd.",
        "told": {"how": "HAR_FÅTT_SE", "reason": "Den är sökandens egen."},
    }
    decision = world.decision(case)
    assert decision is not None
    wanted = CorrectionWanted(CorrectionKind.CHANGE, decision.id, validated(PersonsDecision, said))
    world.act(corrections.correct, case, wanted)
    with transaction(world.engine) as session:
        waits = corrections.awaiting(session, TENANT, case) is not None
    if waits:
        world.act(corrections.approve_correction, case, who=SECOND, agrees=True, reason="")
    with transaction(world.engine) as session:
        changed = in_force(session, TENANT, case)
        assert changed is not None
        day = world.clock().date()
        appeals.receive_appeal(
            world.office, session, TENANT, case, PERSON,
            decision=changed.id, received=day, told=day, text="Jag är inte nöjd.",
        )  # fmt: skip
        handlaggare.write_note(world.office, session, TENANT, case, PERSON, "Ringt sökanden.")


def main(folder: Path) -> None:
    url = make_url(f"sqlite:///{folder}/lagrum.db")
    world = new_world(url, folder, shared_evaluators())
    found = every_state(world)
    world.whole()
    done_with(world.engine)
    (folder / FILE).write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
