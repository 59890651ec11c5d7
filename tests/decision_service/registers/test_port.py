"""What is taken of the agencies' answers: each is read once, and one about somebody else goes no further."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.port import checked
from decision_service.registers.ssbtek import answers as ssbtek
from decision_service.registers.ssbtek import register_answers
from tests.decision_service.decision.leaves import AGENCIES, FK_PERSON

NUMBER = "198802092387"
OTHERS = ("194001011239", "195001011238")


def about(first: str, second: str) -> dict[str, Any]:
    """Two agencies' answers, each about a person of its own."""
    found = {name: copy.deepcopy(AGENCIES[name]) for name in ("af", "fk")}
    found["af"]["Svar"]["IdentitetsbeteckningFysiskPerson"] = first
    person = {"personnummer": second, **FK_PERSON}
    found["fk"]["formansinformation"]["generellPersoninformation"] = person
    return found


def test_each_agency_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Agency] = []
    reading = ssbtek._read
    monkeypatch.setattr(
        ssbtek, "_read", lambda agency, answer: read.append(agency) or reading(agency, answer)
    )
    found = checked(AGENCIES, NUMBER)
    assert read == [*Agency]
    assert found.status == register_answers(AGENCIES, NUMBER).answers
    assert found.agencies == AGENCIES


@pytest.mark.parametrize("first", [NUMBER, *OTHERS])
@pytest.mark.parametrize("second", [NUMBER, *OTHERS])
def test_an_answer_about_somebody_else_is_refused_whoever_the_others_are_about(
    first: str, second: str
) -> None:
    found = checked(about(first, second), NUMBER)
    for agency, number in (("af", first), ("fk", second)):
        refused = "error" in found.agencies[agency]
        assert refused == (number != NUMBER)
        assert (found.status[Agency(agency)] is AgencyAnswer.FAILED) == refused
        assert number == NUMBER or number not in str(found.agencies)
