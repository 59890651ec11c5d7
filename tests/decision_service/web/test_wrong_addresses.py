"""Wrong input in a form that only shows something: the page that says so keeps the menu and the way back."""

from __future__ import annotations

import re

import pytest

from decision_service.access.roles import Role
from decision_service.web.render import HERE
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

K = f"/k/{TENANT}"
WRONG = (
    ("siffror", {"manad": "2026-10"}),
    ("siffror", {"manad": "1999-01"}),
    ("siffror/jamfor", {"ena": "x", "andra": "2026-09"}),
    ("resultat", {"manad": "2030-01"}),
    ("ko", {"skal": "a" * 61}),
    ("ko", {"forslag": "KANSKE"}),
    ("deltagare/filer/narvaro.csv", {"fran": "2020-01-01", "till": "2026-01-01"}),
)


@pytest.fixture
def kim(one: Whole) -> Visitor:
    return visitor(one, *Role, name="Kim Ek")


@pytest.mark.slow
@pytest.mark.parametrize(("page", "given"), WRONG)
def test_the_page_of_a_fault_keeps_the_menu_and_the_way_back(
    one: Whole, kim: Visitor, page: str, given: dict[str, str]
) -> None:
    form = f"{K}/{page.partition('/narvaro')[0]}"
    sent = {**kim.headers, "referer": f"{str(one.http.base_url).rstrip('/')}{form}?sida=1"}
    found = one.http.get(f"{K}/{page}", params=given, headers=sent)
    assert 400 <= found.status_code < 500
    assert f'href="{form}?sida=1"' in found.text.replace("&amp;", "&")
    assert f'href="{K}/ko"' in found.text, "the menu of those who work there"
    assert "Kim Ek" in found.text


@pytest.mark.parametrize("came", ["https://ond.example/k", "//ond.example", "http://[ond.example", "x", ""])
def test_a_fault_leads_back_to_no_other_site(one: Whole, kim: Visitor, came: str) -> None:
    sent = {**kim.headers, "referer": came, "hx-current-url": came}
    found = one.http.get(f"{K}/siffror", params={"manad": "x"}, headers=sent)
    assert "ond.example" not in found.text
    assert 'href="/"' in found.text


def test_a_page_tells_our_own_pages_alone_where_a_visitor_was(one: Whole, kim: Visitor) -> None:
    """That is how the page of a fault knows the way back."""
    assert kim.get(f"{K}/ko").headers["referrer-policy"] == "same-origin"


def test_the_months_that_there_are_figures_of_can_be_chosen_and_no_others(one: Whole, kim: Visitor) -> None:
    """On every page of figures: what the field allows is shown, and what it does not is refused."""
    for page, names in (
        ("siffror", ("manad",)),
        ("siffror/jamfor", ("ena", "andra")),
        ("resultat", ("manad",)),
    ):
        shown = kim.get(f"{K}/{page}").text
        for name in names:
            field = re.search(rf'<input[^>]* name="{name}"[^>]* min="([^"]+)" max="([^"]+)"', shown)
            assert field is not None, (page, name)
            for month in field.groups():
                assert kim.get(f"{K}/{page}?{name}={month}").status_code == 200, (page, name, month)


COUNTED = re.compile(r"\{\{([^}]*)\}\}\s+([a-zåäö]+(?:ar|er|or|na|ade))\b")
NO_NOUNS = {"efter", "eller", "mer", "har"}


def test_no_count_stands_before_a_word_that_is_only_for_many() -> None:
    """One row is ”1 rad”: every word for many after something counted goes by ``antal``."""
    for path in sorted((HERE / "templates").glob("*.html")):
        wrong = [
            f"{{{{{what}}}}} {word}"
            for what, word in COUNTED.findall(path.read_text("utf-8"))
            if word not in NO_NOUNS and "antal(" not in what
        ]
        assert wrong == [], path.name
