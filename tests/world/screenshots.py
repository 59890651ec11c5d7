"""Make the screenshots of the documentation anew: ``python -m tests.world.screenshots`` (needs Chromium).

They are of the demonstration: made-up people in a made-up municipality.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.decision_service.api.test_serve import free_port, serving
from tests.world.browser import browser

PICTURES = Path(__file__).parents[2] / "docs" / "bilder"


def main() -> None:
    """Sign in as each role, go to its page, and keep the picture."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    month = {"DEMONSTRATION_MONTH": "hel"}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), port, **month),
        browser() as chromium,
    ):
        size = {"width": 1200, "height": 900}
        page = chromium.new_context(base_url=base, locale="sv-SE", viewport=size).new_page()
        page.goto("/oppet/9999/regler/riksnorm.gemensam")
        keep(page, "sida-regel")
        enter(page, "handlaggare")
        page.locator("text=Ta och öppna").last.click()
        keep(page, "sida-uppgift")
        enter(page, "chef")
        keep(page, "sida-siffror", "/k/9999/siffror")
        enter(page, "jurist")
        page.locator("tbody a").first.click()
        page.locator(".rader summary").first.click()
        keep(page, "sida-beslut")


def enter(page: Page, role: str) -> None:
    """Sign in as somebody of the demonstration."""
    page.goto("/")
    with page.expect_navigation():
        page.click(f"button[value={role}]")


def keep(page: Page, name: str, path: str = "") -> None:
    """The picture of what is seen first, of a page by its path or of the one that is open."""
    if path:
        page.goto(path)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
