"""A copy of the database tells nothing, whatever form an application came in and whatever came after it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import appeals, claims, corrections, documents, writing_off
from decision_service.casework.applicant import complete
from decision_service.casework.chain import in_force
from decision_service.casework.corrections import Wanted
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.receive import read_as_declared, receive
from decision_service.decision.document import CorrectionKind
from decision_service.follow_up import samples
from decision_service.follow_up.samples import Terms
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body, InputError, read_json
from decision_service.store.database import transaction
from decision_service.store.tables import SampledRow, WebhookRow
from tests.world.lived import delivered, dump, in_files, opened, spelled
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.planted import Planter

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[3] / "examples" / "applications"
HELSINGBORG = ("mitt-helsingborg-v1", "mitt-helsingborg-v1-fortsatt", "mitt-helsingborg-v1-bifall")
FORMS = ("sundsvall-v1-bifall", *HELSINGBORG, "ansokan-1")


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every text and number of a document, with the place where it stands."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, dict | list):
            yield from leaves(each, (*place, key))
        elif isinstance(each, str | int | float) and not isinstance(each, bool):
            yield (*place, key), each


def put(document: Any, place: Sequence[Any], value: Any) -> Any:
    """A copy with another value in a place."""
    found = copy.deepcopy(document)
    at = found
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return found


def is_read(world: World, adapter: str, document: Json) -> bool:
    with suppress(InputError):
        data = read_json(json.dumps(document).encode())
        read_as_declared(world.office, TENANT, adapter, data, world.clock())
        return True
    return False


def planted_in(world: World, adapter: str, document: Json) -> tuple[Json, list[str]]:
    """A form with something of its own in every place that takes it, and what that is: where a text can be
    another text, where a number can be another number. What each form says of persons is found too."""
    planter = Planter()
    for place, value in leaves(document):
        if place[-1] in ("periodMonth", "periodYear", "startDate", "endDate"):
            continue
        tried = planter.text(12) if isinstance(value, str) else 8_123_000 + len(planter.values)
        if is_read(world, adapter, changed := put(document, place, tried)):
            document = changed
            if not isinstance(value, str):
                planter.values.append(str(tried))
        elif isinstance(value, str):
            planter.values.pop()
    return document, planter.values


@pytest.mark.parametrize("name", FORMS)
def test_no_value_of_any_form_stands_in_a_copy(world: World, tmp_path: Path, name: str) -> None:
    adapter = form_of(name)
    document, planted = planted_in(world, adapter, json.loads((EXAMPLES / f"{name}.json").read_bytes()))
    numbers = [
        each for _, each in leaves(document) if isinstance(each, str) and each.isdigit() and len(each) == 12
    ]
    with transaction(world.engine) as session:
        body = Body.of(json.dumps(document).encode())
        case = receive(world.office, session, TENANT, adapter, body, client="e-tjänst").id
    world.examine(case)
    delivered(world)
    kept = opened(world.engine)
    assert sum(each in kept for each in planted) > 3
    for where in (dump(world.engine), in_files(tmp_path)):
        assert [each for each in spelled([*planted, *numbers]) if each in where] == []


def form_of(name: str) -> str:
    """The format that an example is written in."""
    return next(
        {"ansokan-1": "ansokan/1"}.get(each, each)
        for each in ("sundsvall-v1", "mitt-helsingborg-v1", "ansokan-1")
        if name.startswith(each)
    )


def test_nothing_of_what_comes_after_the_decision_stands_in_a_copy(world: World, tmp_path: Path) -> None:
    """A document, an appeal in time and its way on, a correction to less with its claim, one that waits for a
    second person, a sample and its finding, a client's address, and an application that is taken back."""
    planter = Planter()
    world.clock.forward(days=30)
    case = decided(world, 1, planter)
    with transaction(world.engine) as session:
        session.add(
            WebhookRow(
                id="w1", tenant=TENANT, client="e-tjänst", url="https://exempel.se/h", secret="s", every=True,
                created_at=world.clock(),
            )
        )  # fmt: skip
    world.act(corrections.correct, case, less(world, case, planter))
    with transaction(world.engine) as session:
        waits = corrections.awaiting(session, case) is not None
    if waits:
        world.act(corrections.approve_correction, case, who=SECOND, agrees=True, reason=planter.text())
    with transaction(world.engine) as session:
        claims.decide_claim(
            world.office, session, TENANT, case, PERSON, 2, claims=True, reason=planter.text()
        )
    with transaction(world.engine) as session:
        decision = in_force(session, case)
        assert decision is not None
        day = world.clock().date()
        appeals.receive_appeal(
            world.office, session, TENANT, case, PERSON,
            decision=decision.id, received=day, told=day, text=planter.text(),
        )  # fmt: skip
    with transaction(world.engine) as session:
        drawn = samples.draw(
            world.office,
            session,
            TENANT,
            SECOND,
            Terms(first=date(2026, 1, 1), last=date(2027, 1, 1), size=1),
        )
    with transaction(world.engine) as session:
        row = session.exec(select(SampledRow)).one()
        samples.record(
            world.office, session, TENANT, "jurist-1",
            sample=drawn, decision=row.decision, finding="fel_i_sak", about="", text=planter.text(),
        )  # fmt: skip
    open_case = world.receive(application(2, NOVEMBER))
    with transaction(world.engine) as session:
        documents.add(world.office, session, TENANT, open_case, b"%PDF-1.7 %%EOF", planter.text(), "")
        said = {"application": {"otherInformation": planter.text()}}
        complete(world.office, session, TENANT, open_case, Body.of(json.dumps(said).encode()))
        writing_off.take_back(world.office, session, TENANT, open_case)
    delivered(world)
    world.whole()
    kept = opened(world.engine)
    assert (
        len([each for each in planter.values if each not in kept]) <= 1
    )  # why a second said yes: the log has it
    for where in (dump(world.engine), in_files(tmp_path)):
        assert [each for each in spelled(planter.values) if each in where] == []


def decided(world: World, person: int, planter: Planter) -> str:
    """November granted by a person, with something planted in what is said of it."""
    world.imported(person)
    found = world.apply(application(person, NOVEMBER))
    if world.decision(found) is None:
        world.claim(found)
        world.decide(found, granted=900_000, reason=planter.text())
    return found


def less(world: World, case: str, planter: Planter) -> Wanted:
    """A correction to refusal."""
    decision = world.decision(case)
    assert decision is not None
    said = {
        "assessment": 1,
        "outcome": "AVSLAG",
        "granted": "0",
        "reason": planter.text(),
        "told": {"how": "HAR_FÅTT_SE", "reason": planter.text()},
    }
    return Wanted(CorrectionKind.CHANGE, decision.id, validated(PersonsDecision, said))
