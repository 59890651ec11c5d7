"""The editor of rules in a real browser, under the policy that every page has, and without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.decision_service.api.test_serve import free_port, serving
from tests.world.browser import violations

pytestmark = pytest.mark.slow

AMOUNTS = "norms/kommuner/9999-exempelkommun.yaml"


@pytest.fixture(scope="module")
def base(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration answers."""
    port = free_port()
    with serving(tmp_path_factory.mktemp("demonstration"), port, DEMONSTRATION_MONTH="liten"):
        yield f"http://127.0.0.1:{port}"


def entered(page: Page, role: str, purpose: str) -> None:
    """Somebody with a role begins a draft."""
    page.goto("/")
    page.click(f"button[value={role}]")
    page.fill("#syfte", purpose)
    page.click("text=Börja ett utkast")


def test_the_editor_completes_explains_and_tells_what_is_wrong(chromium: Browser, base: str) -> None:
    context = chromium.new_context(base_url=base, locale="sv-SE")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    entered(page, "policy", "Hyresgränsen")
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


def test_without_script_a_file_is_written_in_a_field(chromium: Browser, base: str) -> None:
    context = chromium.new_context(base_url=base, java_script_enabled=False, locale="sv-SE")
    page = context.new_page()
    entered(page, "policy", "Utan skript")
    page.goto(f"{page.url}/fil?namn={AMOUNTS}")
    field = page.locator("textarea[name=text]")
    field.fill(f"{field.input_value()}# En rad till.\n")
    page.click("text=Spara i utkastet")
    assert page.locator("textarea[name=text]").input_value().endswith("# En rad till.\n")
    context.close()
