"""A real browser for tests of pages: Chromium without a window, and what axe-core finds on a page."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 120_000
"""Milliseconds that a page has for anything at all: a machine that does much else is slow, and not wrong."""
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Else each window loads two pages that an address field would show, which cost more than most of ours.
    # The rest of these playwright asks for, and only the last list counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,"
    "PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning",
]


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window. Where there is none the tests are skipped, and it is said loudly."""
    if CHROMIUM is None:
        message = "No Chromium here: the pages were not tried in a browser. Install it, or run in CI."
        assert not os.environ.get("NEEDS_BROWSER"), message
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        yield found
        found.close()


_ALIKE = """of => {
  const filled = value => value.trim() ? 1 : 0
  const shape = each => each.tagName + filled(each.textContent) + [...each.attributes].map(one =>
    one.name + (["class", "style", "role", "type", "lang"].includes(one.name) ? one.value : filled(one.value))
  ) + "(" + [...each.children].map(shape).join() + ")"
  for (const parent of document.querySelectorAll("body *")) {
    const met = {}
    for (const each of parent.children.length > of ? parent.children : []) {
      const its = shape(each)
      met[its] = (met[its] || 0) + 1
      if (met[its] > of) each.setAttribute("data-alike", "")
    }
  }
}"""
_ALL_SEEN = "document.querySelectorAll('[data-alike]').forEach(each => each.removeAttribute('data-alike'))"
ENOUGH = 4
"""Of elements beside one another that are built alike, as the rows of a table, how many are looked at."""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong for people who see, hear or move in other ways: rule, place and why. Of rows
    that are built alike the first are looked at: a page of thousands takes a hundred times as long."""
    page.evaluate(_ALIKE, ENOUGH)
    found = Axe().run(page, context={"exclude": [["[data-alike]"]]}).response["violations"]
    page.evaluate(_ALL_SEEN)
    return [
        f"{one['id']}: {node['html']}: {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def press_on(page: Page, selector: str) -> None:
    """Come to something by Tab alone, and press Enter on it."""
    come_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def come_to(page: Page, selector: str) -> None:
    """Come to something by Tab alone; what has the focus is seen."""
    wanted = page.locator(selector).first
    expect(wanted).to_be_attached()
    for _ in range(120):
        if wanted.evaluate("each => each === document.activeElement"):
            box = wanted.bounding_box()
            assert box is not None
            assert box["y"] >= 0, "what has the focus is seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by keyboard")


def enter_by_keyboard(page: Page, role: str) -> None:
    """Become somebody of the demonstration without a mouse."""
    page.goto("/")
    press_on(page, f"button[value={role}]")


def open_all(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
