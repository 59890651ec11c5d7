"""A publicist's way in a real browser by keyboard alone: sees what waits, reads the difference, approves,
takes the yes back, publishes, and publishes what takes it all back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from decision_service.access.roles import Role
from tests.decision_service.api.test_serve import free_port
from tests.decision_service.web.test_lawmaking import HOME, NEW, OLD
from tests.world.browser import PATIENCE, come_to, press_on, violations
from tests.world.client import User
from tests.world.database import new_database
from tests.world.drafting import AMOUNTS, Json, ReadHere, begun, check, in_force, replaced, step
from tests.world.service import Whole, running
from tests.world.visitors import visitor

pytestmark = pytest.mark.slow


@pytest.fixture
def site(chromium: Browser, sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A service that a browser can come to without https, whose checks are made when the test says so."""
    folder, port = tmp_path_factory.mktemp("browser"), free_port()
    with (
        new_database(None, folder, sqlite_tables) as url,
        running(url, folder, public_url=f"http://127.0.0.1:{port}", port=port) as found,
    ):
        found.service.checker = ReadHere()
        yield found


@pytest.fixture
def page(chromium: Browser, site: Whole) -> Iterator[Page]:
    """A publicist who is signed in, whose browser complains about nothing."""
    base = str(site.http.base_url)
    context = chromium.new_context(base_url=base, locale="sv-SE")
    context.set_default_timeout(PATIENCE)
    cookie = visitor(site, Role.PUBLICIST, name="Eva Lind").cookie
    context.add_cookies([{"name": "lagrum", "value": cookie, "url": base}])
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield found
    context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


def ready(policy: User, site: Whole, draft: Json) -> str:
    """A draft has its reason and is checked: the address of its page."""
    said = step(policy, draft["id"], step="describe", purpose="Hyran", reason="Beslut § 80.")
    assert said.status_code == 200
    check(site)
    return f"{HOME}/{draft['id']}"


def opened(page: Page, draft: str) -> None:
    """From the start page to a draft that waits, by the links there are."""
    page.goto("/")
    press_on(page, f"main a[href='{HOME}']")
    row = page.locator("tbody tr", has=page.locator(f"a[href='{draft}']"))
    expect(row).to_contain_text("väntar på godkännande")
    assert violations(page) == []
    press_on(page, f"main a[href='{draft}']")


def approved(page: Page) -> None:
    press_on(page, "button[name=gor][value=ja]")
    expect(page.locator("dl dd").last).to_have_text("Eva Lind")
    assert violations(page) == []


def published(page: Page) -> None:
    come_to(page, "#fran")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-12")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_publicist_works_by_keyboard_alone(page: Page, site: Whole) -> None:
    policy = site.user(Role.POLICY, subject="kim", name="Kim Ek")
    made = begun(policy, "Hyresgränsen höjs")
    replaced(policy, made["id"], AMOUNTS, OLD, NEW)
    draft = ready(policy, site, made)
    opened(page, draft)
    press_on(page, f"main a[href='{draft}/skillnad']")
    expect(page.locator("main")).to_contain_text("7 400 kr")
    assert violations(page) == []
    press_on(page, f"main a[href='{draft}']")
    approved(page)
    press_on(page, "button[name=gor][value=nej]")
    expect(page.locator("dl dd").last).to_have_text("ingen än")
    approved(page)
    come_to(page, "#fran")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-13")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[role=alert] a[href='#fran']")).to_be_visible()
    assert violations(page) == []
    published(page)
    newest = page.locator("[aria-label=Publicerat] tbody tr").first
    expect(newest).to_contain_text("december 2026")
    expect(newest).to_contain_text("Eva Lind")
    back = ready(policy, site, begun(policy, "Hyresgränsen sänks igen", takes_back=2))
    opened(page, back)
    press_on(page, f"main a[href='{back}/skillnad']")
    expect(page.locator("main")).to_contain_text("7 400 kr")
    press_on(page, f"main a[href='{back}']")
    approved(page)
    published(page)
    expect(newest.locator("th")).to_contain_text("3")
    assert in_force(policy)["number"] == 3
