"""No number of a person is said of what could not be read, nor can it be found from a checksum."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from decision_service.reading.unread import unmapped, unread
from norms.fault import dotted
from tests.decision_service.decision.leaves import Json, ways, with_value
from tests.decision_service.decision.odd_inputs import INPUTS, OF_AGENCIES_AND_FORMS, SLOW
from tests.world.sweeps import share, swept


@swept(
    "written",
    [
        *("19800101-1231", "198001011231", ["a", {"b": "8001011231"}], "", None, []),
        *("800101 1231", "Kim 800101-1231 skrev", {"800101-1231": "5"}, {"a": [{"1980-01-01-1231": 5}]}),
    ],
)
def test_a_number_of_a_person_and_nothing_have_no_checksum(written: Json) -> None:
    """From a checksum of a number the number can be found."""
    assert unread("x", "fixed_field", written).written is None


LAST = "2396"
WITH_A_NUMBER: Sequence[Json] = (
    f"Kim 880209-{LAST} skrev",
    f"19880209 {LAST}",
    [f"880209+{LAST}", {"a": f"880209\u2013{LAST}"}],
    {f"19880209-{LAST}": "5"},
    {"belopp": f"5 kr till 880209-{LAST}"},
)
"""Ways in which a number of a person may stand where it is not looked for."""


@pytest.mark.slow
@swept("name", share(OF_AGENCIES_AND_FORMS, 8, lambda name: name.rpartition(" ")[0]))
def test_no_number_of_a_person_is_said_wherever_it_stands(name: str) -> None:
    """Nor has what is told of it a checksum."""
    no_number_is_said(name)


@pytest.mark.properties
@swept("name", share([name for name in INPUTS if name.startswith("odd case") and name != SLOW], 6))
def test_no_number_of_a_person_is_said_of_a_case(name: str) -> None:
    no_number_is_said(name)


def test_no_number_of_a_person_is_said_of_a_long_text() -> None:
    for before in ("", "Hej. " * 298, "Hej. " * 299 + "H"):
        told = unmapped(("x",), before + f"880209-{LAST} " * 2000)
        assert told.written is None
        assert LAST not in told.sentence
        assert "880209" not in told.sentence


def no_number_is_said(name: str) -> None:
    """Every value of an input, one at a time, with a number of a person in it."""
    told, given = INPUTS[name]
    before = {*told(given)}
    for way, _ in ways(given):
        for written in WITH_A_NUMBER:
            for each in {*told(with_value(given, way, written))} - before:
                assert LAST not in each.sentence
                assert each.written is None or not each.where.startswith(dotted(way))


@swept(
    "written",
    [
        *(
            "2026-10-01 - 2026-10-31",
            "2026-10-01/2026-10-31",
            "2026-10-01 2026-10-31",
            "2026-10-01 – 2026-10",
        ),
        *("2026-09-25 9000 kr", "2026-09-25: 9000:-", "2026-10-05 12:00", "2026-10-05T12:00:00.000+02:00"),
        *(
            "10 000 000 kr",
            "1 012 345 678,50",
            "1763765651123",
            "556000-1234",
            "5050-1055",
            "8105-9, 912 345",
        ),
        *("070-101 12 34", "070-1011234", "+46701011234", "Dnr 2026/1012-1", "KS 2026-123"),
    ],
)
def test_what_looks_like_a_number_of_a_person_and_is_none_is_said(written: str) -> None:
    told = unmapped(("x",), written)
    assert written in told.sentence
    assert told.written is not None


@swept("between", [" ", "-", " - ", "/", ", ", " – "])
@swept("born", ["19880209", "880209", "1988-02-09"])
def test_no_number_of_a_person_is_said_that_stands_after_a_day(born: str, between: str) -> None:
    """The day is none, and is said; nothing of the number is."""
    for parted in ("-", " "):
        told = unmapped(("x",), f"2026-10-31{between}{born}{parted}{LAST}")
        assert told.written is None
        assert told.sentence == f"x: uppgiften ”2026-10-31{between}[personnummer]” är okänd och inte tolkad."
