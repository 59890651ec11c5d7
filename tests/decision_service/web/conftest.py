from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.world.browser import browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a module. It ends with them: while it is there its loop runs in this thread,
    and no other can."""
    with browser() as found:
        yield found
