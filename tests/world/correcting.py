"""A decision that is corrected: the case, what is asked for, and what goes out of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from decision_service.casework import corrections
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import CorrectionWanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.delivery import deliver
from decision_service.decision.document import CorrectionKind
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.store.database import reading
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, application

RENT = {"costType": "RENT", "appliedAmount": 7300}


def granted_in_part(world: World) -> str:
    """November granted in part by a person, and paid: the rent is cut to the municipality's limit."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, costs=[RENT]))
    world.claim(found)
    world.say(found, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    world.clock.forward(days=1)
    return found


def rent(world: World, found: str, amount: int, **more: Any) -> CorrectionWanted:
    """Another rent (öre) in the decision in force."""
    with reading(world.engine) as session:
        decision = in_force(session, TENANT, found)
        assert decision is not None
        document = document_of(session, decision)
    assert document.calculation is not None
    line = document.calculation.lines[2]
    granted = document.granted + amount - line.amount
    said = {
        "assessment": 1,
        "outcome": "BIFALL" if amount == 730_000 else "DELAVSLAG",
        "granted": as_kronor(granted),
        "lines": [{"line": 3, "amount": as_kronor(amount), "reason": "Hyresavin har kommit."}],
        "reason": "Hyran är en annan.",
        "told": {"how": "HAR_FÅTT_SE", "reason": "Hyresavin är sökandens egen."},
    }
    kind = more.pop("kind", CorrectionKind.CHANGE)
    return CorrectionWanted(kind, decision.id, validated(PersonsDecision, said), **more)


def correct(world: World, found: str, wanted: CorrectionWanted, **more: Any) -> None:
    world.act(corrections.correct, found, wanted, **more)


def letters(world: World) -> list[str]:
    while deliver(world.office):
        pass
    got = sorted((one for one in world.recorder.got if one.kind == "letter"), key=lambda one: one.key)
    return [" ".join(one.payload["text"].split()) for one in got]


def notices(world: World, kind: str) -> list[str]:
    while deliver(world.office):
        pass
    return [" ".join(one.payload["text"].split()) for one in world.recorder.got if one.kind == kind]


def nobody_raises_alone(world: World) -> None:
    """The municipality lets nobody give more alone."""
    here = world.office.municipality(TENANT).model_copy(update={"raise_alone": False, "four_eyes": ()})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: here}})
    world.office = replace(world.office, installation=installation)
