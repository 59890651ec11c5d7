"""The editor of rules in a real browser, under the policy that every page has, and without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import URL

from decision_service.access.roles import Role
from tests.decision_service.api.test_serve import free_port
from tests.decision_service.web.test_lawmaking import HOME
from tests.world.browser import PATIENCE, violations
from tests.world.database import new_database
from tests.world.service import Whole, running
from tests.world.visitors import visitor

pytestmark = pytest.mark.slow

AMOUNTS = "norms/kommuner/9999-exempelkommun.yaml"


@pytest.fixture(scope="module")
def site(chromium: Browser, sqlite_tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A service that a browser can come to without https."""
    folder, port = tmp_path_factory.mktemp("browser"), free_port()
    with (
        new_database(None, folder, sqlite_tables) as url,
        running(url, folder, public_url=f"http://127.0.0.1:{port}", port=port) as found,
    ):
        yield found


def entered(browser: Browser, site: Whole, **options: bool) -> BrowserContext:
    """The browser of somebody who writes rules."""
    base = str(site.http.base_url)
    context = browser.new_context(base_url=base, locale="sv-SE", **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    cookie = visitor(site, Role.POLICY, name="Bo Ek").cookie
    context.add_cookies([{"name": "lagrum", "value": cookie, "url": base}])
    return context


def begun(page: Page, purpose: str) -> None:
    """A draft is begun."""
    page.goto(HOME)
    page.fill("#syfte", purpose)
    page.click("text=Börja ett utkast")


def test_the_editor_completes_explains_and_tells_what_is_wrong(chromium: Browser, site: Whole) -> None:
    context = entered(chromium, site)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    begun(page, "Hyresgränsen")
    assert violations(page) == []
    page.goto(f"{page.url}/fil?namn={AMOUNTS}")
    editor = page.locator(".redigerare .cm-content")
    expect(editor).to_contain_text("Exempelkommunens riktlinjer")
    assert violations(page) == []
    editor.get_by_text("SoL (2025:400) 12 kap. 7 §").first.hover()
    expect(page.locator(".cm-tooltip")).to_contain_text("Försörjningsstöd")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("hushåll.bar")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("hushåll.barn")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-lint-marker-error").first).to_be_visible(timeout=60_000)
    for _ in "hushåll.bar":
        page.keyboard.press("Backspace")
    page.keyboard.type("# Genomläst.")
    page.click("text=Spara i utkastet")
    expect(page.locator(".redigerare .cm-content")).to_be_visible()
    assert "# Genomläst." in page.locator("textarea[name=text]").input_value()
    assert complaints == []
    context.close()


def test_without_script_a_file_is_written_in_a_field(chromium: Browser, site: Whole) -> None:
    context = entered(chromium, site, java_script_enabled=False)
    page = context.new_page()
    begun(page, "Utan skript")
    page.goto(f"{page.url}/fil?namn={AMOUNTS}")
    field = page.locator("textarea[name=text]")
    field.fill(f"{field.input_value()}# En rad till.\n")
    page.click("text=Spara i utkastet")
    assert page.locator("textarea[name=text]").input_value().endswith("# En rad till.\n")
    context.close()
