"""A participant's way in a real browser: enrolled, planned, marked, a broken planning, handed over, left and
back, without script too; nothing on the pages is in the way of anybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import URL

from decision_service.access.roles import Role
from tests.decision_service.api.test_serve import free_port
from tests.world.browser import PATIENCE, violations
from tests.world.database import new_database
from tests.world.people import TENANT, personal_number
from tests.world.service import Whole, running
from tests.world.visitors import visitor

pytestmark = pytest.mark.slow

HOME = f"/k/{TENANT}/deltagare"


@pytest.fixture(scope="module")
def site(chromium: Browser, sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A service that a browser can come to without https."""
    folder, port = tmp_path_factory.mktemp("browser"), free_port()
    with (
        new_database(None, folder, sqlite_tables) as url,
        running(url, folder, public_url=f"http://127.0.0.1:{port}", port=port) as found,
    ):
        yield found


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


@pytest.fixture
def page(chromium: Browser, site: Whole, scripts: bool) -> Iterator[Page]:
    """A labour-market secretary who is signed in."""
    base = str(site.http.base_url)
    context = chromium.new_context(base_url=base, locale="sv-SE", java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    cookie = visitor(site, Role.ACTIVITY_SECRETARY, purpose="planering", name="Eva Lind").cookie
    context.add_cookies([{"name": "lagrum", "value": cookie, "url": base}])
    yield context.new_page()
    context.close()


def step(page: Page, name: str, **fields: str) -> None:
    """A step by its form, which is opened as people open it."""
    form = page.locator("form", has=page.locator(f"input[name=step][value={name}]"))
    details = form.locator("xpath=ancestor::details")
    if details.count() and details.get_attribute("open") is None:
        details.locator("summary").press("Enter")
    fill(page, form, fields)


def fill(page: Page, form: Locator, fields: dict[str, str]) -> None:
    for field, value in fields.items():
        if form.locator(f"select[name={field}]").count():
            form.locator(f"select[name={field}]").select_option(value)
        else:
            form.locator(f"[name={field}]").fill(value)
    with page.expect_navigation():
        form.locator("button").press("Enter")  # what the pointer is over may move while a form unfolds


def test_a_participants_way(page: Page, site: Whole, scripts: bool) -> None:
    page.goto(HOME)
    page.get_by_text("Skriv in en deltagare").click()
    form = page.locator(f"form[action='{HOME}/ny']")
    number = personal_number(site.person())
    names = {"personal_number": number, "first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    fill(page, form, names)
    expect(page.get_by_role("heading", name="Kim Ek")).to_be_visible()
    step(page, "meeting", day="2026-09-02", held="ja")
    step(page, "planning_week", first="2026-09-07", state="DONE")
    plan = {"decided": "2026-09-11", "first": "2026-09-14", "last": "2026-11-13"}
    step(page, "plan", **plan, goal="Arbete på lager", next_steps="du: söka fem arbeten", full_time="ja")
    what = {"title": "Jobbsökargruppen", "kind": "JOB_SEARCH", "support": "COACH", "first": "2026-09-14"}
    step(page, "assign", **what, slots="2 3 09:00\n3 2 13:00")
    step(page, "assign", **what, slots="2 2 10:00")
    expect(page.get_by_role("alert")).to_contain_text("Tiden krockar med Jobbsökargruppen")
    assert page.locator("#assign-slots").input_value() == "2 2 10:00", "what was written stands"
    assert not scripts or violations(page) == []
    step(page, "answer", answer="TAKEN", day="2026-09-14")
    page.goto(page.url.partition("?")[0].removesuffix("/steg") + "?vecka=2026-10-19")
    week = page.locator("form[action$='/narvaro']")
    for place, mark in zip(week.locator("select").all(), ("PRESENT", "ABSENT"), strict=True):
        place.select_option(mark)
    with page.expect_navigation():
        week.locator("button").click()
    assert [each.input_value() for each in page.locator("form[action$='/narvaro'] select").all()] == [
        "PRESENT",
        "ABSENT",
    ]
    step(page, "breach", day="2026-10-21", happened="Kom inte på onsdagen.")
    step(page, "contact", day="2026-10-22", account="Bussen gick inte.")
    step(page, "handed_over", agreed="Grupp två dagar i veckan.", happened="Kom inte.")
    expect(page.get_by_text("Lämnad till handläggaren 28 oktober 2026")).to_be_visible()
    step(page, "side_track", first="2026-10-23", responsible="Bo Ek", support="Samtal.", reason="Sjuk.")
    step(page, "main_track", last="2026-10-26")
    step(page, "self_assessment", day="2026-10-26", areas="hälsa 3")
    step(page, "exit", day="2026-10-27", reason="WORK")
    step(page, "return", day="2026-10-28")
    expect(page.get_by_text("på nytt: avslutet före räknas inte")).to_be_visible()
    assert not scripts or violations(page) == []
