"""The page of a made-up household: filled in without script, told what is wrong, and taken as a case."""

from __future__ import annotations

import pytest

from decision_service.access.roles import Role
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/scenario"
FORM = {
    "namn": "Två vuxna med lön",
    "manad": "2026-11",
    "kommun": TENANT,
    "vuxna": "2",
    "alder": "5",
    "kostnad": "RENT",
    "kostar": "8 450,50",
    "inkomst": "SALARY",
    "far": "4 200",
}


@pytest.fixture
def jurist(one: Whole) -> Visitor:
    return visitor(one, Role.JURIST, purpose="")


def test_a_household_is_filled_in_and_its_calculation_and_rules_shown(jurist: Visitor) -> None:
    assert 'name="kostnad"' in jurist.get(HOME).text
    page = jurist.send(HOME, FORM | {"gor": "prova"})
    assert page.status_code == 200, page.text
    for said in ("Underskott", "Regler som gällde", "Regler som inte gällde", "hushåll.vuxna är 2"):
        assert said in page.text
    assert 'value="8 450,50"' in page.text, "what was written stays"
    assert "fall: regler" in page.text


def test_the_case_is_a_file(jurist: Visitor) -> None:
    file = jurist.send(HOME, FORM | {"gor": "hamta"})
    assert file.headers["content-disposition"] == 'attachment; filename="tva_vuxna_med_lon.fall.yaml"'
    assert file.text.startswith("fall: regler\n")
    assert 'namn: "Två vuxna med lön"' in file.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"far": "mycket"}, "mycket"),
        ({"alder": "44"}, "44"),
        ({"manad": "1999-01"}, "1999"),
        ({"kommun": "0001"}, "0001"),
        ({"kostnad": ""}, "tillåtna värdena"),
        ({"boende": "1"}, "1"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_written_stays(
    jurist: Visitor, changed: dict[str, str], said: str
) -> None:
    page = jurist.send(HOME, FORM | changed | {"gor": "hamta"})
    assert page.status_code == 422
    told = page.text.partition("Något behöver rättas")[2].partition("</div>")[0]
    assert said in told
    assert 'value="Två vuxna med lön"' in page.text


def test_nothing_of_a_person_is_asked_for(jurist: Visitor) -> None:
    page = jurist.get(HOME).text.casefold()
    assert "personnummer" not in page.partition("<main")[2]
