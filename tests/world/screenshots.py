"""Make the screenshots of the documentation anew: ``python -m tests.world.screenshots`` (needs Chromium).

They are of the demonstration: made-up people in a made-up municipality.
"""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from decision_service.outputs.layout.pdf import TEMPLATE, _compiler
from decision_service.outputs.layout.shown import shown
from decision_service.outputs.letter import decision_letter
from decision_service.outputs.letter_layout import Letter
from tests.decision_service.api.test_serve import free_port, serving
from tests.decision_service.outputs.conftest import decision
from tests.decision_service.outputs.test_letter import CONTEXT
from tests.world.browser import browser
from tests.world.cases import example

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
        take(chromium, base)


def take(chromium: Browser, base: str) -> None:
    """The pictures of a demonstration that answers at an address."""
    size = {"width": 1200, "height": 900}
    page = chromium.new_context(base_url=base, locale="sv-SE", viewport=size).new_page()
    page.goto("/oppet/9999/regler/riksnorm.gemensam")
    keep(page, "sida-regel")
    enter(page, "handlaggare")
    page.goto("/k/9999/ko?skal=HYRA_ÖVER_GRÄNS")
    page.locator("text=Ta och öppna").last.click()
    page.wait_for_url("**/ko/*")
    keep(page, "sida-uppgift")
    enter(page, "chef")
    keep(page, "sida-siffror", "/k/9999/siffror")
    enter(page, "jurist")
    page.goto("/k/9999/beslut?utfall=DELAVSLAG")
    page.locator("tbody a").first.click()
    page.locator(".rader summary").first.click()
    expect(page.locator(".rader .lagtext").first).to_be_visible()
    keep(page, "sida-beslut")
    letter(page)


def letter(page: Page) -> None:
    """The first pages of a letter, and the last, with the letter in short."""
    decided = decision(example("ensam-bifall").document)
    pages = _pages(decision_letter(decided, replace(CONTEXT, proof="c2sp.org/tlog-proof@v1\nindex 5")))
    chosen = (pages[0], pages[1], pages[-1])
    pictures = "".join(
        f'<img width="490" src="data:image/png;base64,{base64.b64encode(each).decode()}">' for each in chosen
    )
    style = "margin: 0; padding: 8px; background: #d5dbe1; display: flex; gap: 12px"
    page.set_viewport_size({"width": 1520, "height": 712})
    page.goto("about:blank")  # where no policy forbids what is written in the page
    page.set_content(f'<body style="{style}">{pictures}</body>')
    keep(page, "brev")


def _pages(found: Letter) -> list[bytes]:
    given = {"brev": json.dumps(shown(found), ensure_ascii=False), "dag": found.day.isoformat()}
    made = _compiler(TEMPLATE).compile(format="png", ppi=110, sys_inputs=given)
    assert isinstance(made, list)
    return made


def enter(page: Page, role: str) -> None:
    """Sign in as somebody of the demonstration."""
    page.goto("/")
    with page.expect_navigation():
        page.click(f"button[value={role}]")


def keep(page: Page, name: str, path: str = "") -> None:
    """The picture of what is seen first, of a page by its path or of the one that is open."""
    if path:
        page.goto(path)
    page.screenshot(animations="disabled", path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
