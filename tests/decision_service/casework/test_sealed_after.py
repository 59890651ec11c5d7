"""A copy of the database tells nothing, whatever form an application came in and whatever came after it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from decision_service.casework.receive import read_as_declared, receive
from decision_service.reading.strict_json import Body, InputError, read_json
from decision_service.store.database import transaction
from tests.world.lived import delivered, dump, in_files, lived_on, opened, spelled, told_in
from tests.world.office import World
from tests.world.people import TENANT
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
    months = ("periodMonth", "periodYear", "startDate", "endDate")
    places = [each for each in leaves(document) if each[0][-1] not in months]
    wanted = [
        (place, f"Kvitten{number:04d}" if isinstance(value, str) else 8_123_000 + number)
        for number, (place, value) in enumerate(places)
    ]
    return together(world, adapter, document, wanted)


def together(world: World, adapter: str, document: Json, wanted: Sequence[Any]) -> tuple[Json, list[str]]:
    """As many of the values in their places as the form takes: all of them, or those of either half."""
    changed = document
    for place, value in wanted:
        changed = put(changed, place, value)
    if is_read(world, adapter, changed):
        return changed, [str(value) for _, value in wanted]
    if len(wanted) < 2:
        return document, []
    half = len(wanted) // 2
    document, first = together(world, adapter, document, wanted[:half])
    document, rest = together(world, adapter, document, wanted[half:])
    return document, first + rest


@pytest.mark.slow
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
        assert told_in(where, spelled([*planted, *numbers])) == []


def form_of(name: str) -> str:
    """The format that an example is written in."""
    return next(
        {"ansokan-1": "ansokan/1"}.get(each, each)
        for each in ("sundsvall-v1", "mitt-helsingborg-v1", "ansokan-1")
        if name.startswith(each)
    )


@pytest.mark.slow
def test_nothing_of_what_comes_after_the_decision_stands_in_a_copy(world: World, tmp_path: Path) -> None:
    """A document, an appeal in time and its way on, a correction to less with its claim, one that waits for a
    second person, a sample and its finding, a client's address, and an application that is taken back."""
    planter = Planter()
    world.clock.forward(days=30)
    lived_on(world, planter, 1)
    delivered(world)
    world.whole()
    kept = opened(world.engine)
    left = [each for each in planter.values if each not in kept]
    assert len(left) <= 2  # why a second said yes, of a correction and of a claim: the log has it
    for where in (dump(world.engine), in_files(tmp_path)):
        assert told_in(where, spelled(planter.values)) == []
