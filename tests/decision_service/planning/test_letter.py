"""The plan as a letter: what the participant is to be at, from now on, and what is only offered."""

from __future__ import annotations

from datetime import date

from decision_service.planning.letter import plan_letter
from tests.world.office import World
from tests.world.people import TENANT
from tests.world.planning import GROUP, PLAN, Json, participant, taken

TODAY = date(2026, 9, 20)


def weekly(name: str, weekday: int, first: str, last: str | None = None) -> Json:
    found = GROUP | {"id": name, "title": name.capitalize(), "first": first}
    found |= {"slots": [{"weekday": weekday, "hours": 2}]}
    return found | ({"last": last} if last else {})


def test_the_week_is_what_is_taken_and_left(world: World) -> None:
    """Nothing that is over; from when and until when; what nobody has answered stands by itself."""
    person = participant(
        {"step": "meeting", "day": "2026-09-02", "held": True},
        PLAN,
        weekly("past", 1, "2026-09-03", "2026-09-18"),
        weekly("whole", 2, "2026-09-03"),
        weekly("going", 3, "2026-09-07", "2026-10-31"),
        weekly("soon", 4, "2026-10-05"),
        weekly("ending", 5, "2026-09-03", "2026-10-09"),
        weekly("asked", 1, "2026-10-12"),
        *(taken(each) for each in ("past", "whole", "going", "soon", "ending")),
    )
    letter = plan_letter(person, world.office.municipality(TENANT), TODAY, "person-1")
    parts = {part.heading: part for part in letter.parts}
    assert parts["Din vecka"].items == (
        "Whole: tisdag (2 tim).",
        "Going: onsdag (2 tim).",
        "Soon: torsdag (2 tim), från 5 oktober 2026.",
        "Ending: fredag (2 tim), till 9 oktober 2026.",
    )
    offered = parts["Det här har du erbjudits"]
    assert offered.items == ("Asked: måndag (2 tim), från 12 oktober 2026.",)
    assert "Du har inte svarat än" in offered.paragraphs[0]


def test_who_is_only_offered_something_is_not_told_to_be_there(world: World) -> None:
    person = participant({"step": "meeting", "day": "2026-09-02", "held": True}, PLAN, GROUP)
    letter = plan_letter(person, world.office.municipality(TENANT), TODAY, "person-1")
    parts = {part.heading: part for part in letter.parts}
    assert parts["Din vecka"].items == ()
    assert not any("Du ska vara" in each for each in parts["Din vecka"].paragraphs)
    nothing = participant({"step": "meeting", "day": "2026-09-02", "held": True}, PLAN)
    letter = plan_letter(nothing, world.office.municipality(TENANT), TODAY, "person-1")
    assert "Det här har du erbjudits" not in {part.heading for part in letter.parts}
