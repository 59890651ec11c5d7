"""Every page that takes a month answers every month, and names its own field where it cannot."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from decision_service.access.roles import Role
from decision_service.api.months import month_parameter
from decision_service.api.problems import ProblemError
from decision_service.web.site import OPEN, WORKING
from tests.decision_service.web.test_walk import VALUES
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import visitor

NAMES = {"manad", "ena", "andra"}
PAGES = sorted(
    {
        (route.path, each.alias)
        for router in (*OPEN, *WORKING)
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        for each in route.dependant.query_params
        if each.alias in NAMES
    }
)
FIGURES = ("/k/{kommunkod}/siffror", "/k/{kommunkod}/resultat", "/k/{kommunkod}/regelbruk")
ROLES = (Role.CHEF, Role.JURIST)


def test_the_pages_are_those_that_take_a_month() -> None:
    assert {path for path, _ in PAGES if path.startswith(FIGURES)} == {
        "/k/{kommunkod}/siffror",
        "/k/{kommunkod}/siffror/csv",
        "/k/{kommunkod}/siffror/jamfor",
        "/k/{kommunkod}/resultat",
        "/k/{kommunkod}/resultat/csv",
        "/k/{kommunkod}/resultat/pdf",
        "/k/{kommunkod}/regelbruk",
        "/k/{kommunkod}/regelbruk/csv",
    }
    assert len(PAGES) > 10


@pytest.mark.slow
@pytest.mark.parametrize("month", ["0001-01", "1900-01", "1901-05", "2010-12", "2026-13", "9999-12"])
def test_a_month_that_is_none_is_refused_in_words(one: Whole, month: str) -> None:
    somebody = [visitor(one, role, purpose="") for role in ROLES]
    for path, name in PAGES:
        where = re.sub(r"\{(\w+)\}", lambda found: (VALUES | {"kommunkod": TENANT})[found[1]], path)
        answers = [each.get(f"{where}?{name}={month}") for each in somebody]
        assert not {each.status_code for each in answers} & {500, 502, 503}, (where, name)
        if path.startswith(FIGURES):
            assert [each.status_code for each in answers] == [422, 422], (where, name)
            said = [each.text for each in answers]
            told = ["ingen månad" in each or "Det finns inga siffror för" in each for each in said]
            assert told == [True, True], (where, name)


def test_the_field_is_named_as_the_page_has_it() -> None:
    with pytest.raises(ProblemError) as found:
        month_parameter("2026-13", "andra")
    assert [each.parameter for each in found.value.errors] == ["andra"]


def test_the_first_month_that_is_known_is_shown(one: Whole) -> None:
    chef = visitor(one, Role.CHEF, purpose="")
    for path, name in PAGES:
        if path.startswith(FIGURES):
            found = chef.get(f"{path.replace('{kommunkod}', TENANT)}?{name}=2011-01")
            assert found.status_code == 200, (path, name)
    early = chef.get(f"/k/{TENANT}/siffror?manad=1900-01").text
    assert "Det finns inga siffror för januari 1900. Välj en månad från och med januari 2011." in early
