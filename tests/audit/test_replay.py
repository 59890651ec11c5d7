"""A decision is made again from its own release and inputs, and the first difference is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from audit import EntryKind, replay, trail
from audit.errors import VaultError
from tests.audit.world import ASSESSMENT, CASE_FILE, World


@pytest.fixture
def decided(memory_world: World) -> list[trail.OpenedEntry]:
    memory_world.decide()
    with memory_world.engine.connect() as connection:
        return trail.read_case(connection, memory_world.keys, "1287", "c-1")


def test_the_same_release_and_inputs_give_the_same_decision(decided: list[trail.OpenedEntry]) -> None:
    asked = []

    def evaluate(release: str, inputs: Any) -> dict[str, Any]:
        asked.append((release, inputs))
        return copy.deepcopy(ASSESSMENT)

    assert replay.replay(decided[2], evaluate) is None
    assert asked == [("rel-1", CASE_FILE)]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            ["calculation", "lines", 0, "amount"],
            398001,
            "calculation.lines[0].amount: loggen har 398000, ny körning ger 398001",
        ),
        (["rules", 1, "state"], "fired", "rules[1].state: loggen har 'not_fired', ny körning ger 'fired'"),
        (["automatic"], 1, "automatic: loggen har True, ny körning ger 1"),
        (["extra"], "x", "extra: loggen har None, ny körning ger 'x'"),
        (["engines", "fired"], [], "engines.fired[0]: loggen har 'riksnorm.vuxen@p1', ny körning ger None"),
        (["reasons"], ["skäl"], "reasons[0]: loggen har None, ny körning ger 'skäl'"),
    ],
)
def test_the_first_difference(
    decided: list[trail.OpenedEntry], path: list[Any], value: Any, said: str
) -> None:
    other = copy.deepcopy(ASSESSMENT)
    place: Any = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert str(replay.replay(decided[2], lambda release, inputs: other)) == said


def test_a_part_that_is_lost(decided: list[trail.OpenedEntry]) -> None:
    other = {name: part for name, part in ASSESSMENT.items() if name != "outcome"}
    assert str(replay.replay(decided[2], lambda release, inputs: other)) == (
        "outcome: loggen har 'BIFALL', ny körning ger None"
    )


def test_what_cannot_be_replayed(memory_world: World, decided: list[trail.OpenedEntry]) -> None:
    with pytest.raises(VaultError) as error:
        replay.replay(decided[0], lambda release, inputs: {})
    assert str(error.value) == "Post 1 är ingen prövning utan application_received."
    with memory_world.engine.connect() as connection:
        withheld = trail.read_case(connection, memory_world.keys, "1287", "c-1", withhold=["inputs"])
    with pytest.raises(VaultError) as error:
        replay.replay(withheld[2], lambda release, inputs: {})
    assert str(error.value) == "Post 3 kan inte köras om utan inputs, som är gallrat eller utelämnat."
    assert withheld[2].entry["type"] == EntryKind.ASSESSMENT
