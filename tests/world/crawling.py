"""Walk every page that somebody can come to by links, as the routes of the application name them."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator

from fastapi.routing import APIRoute
from playwright.sync_api import Page

from decision_service.web.site import OPEN, WORKING

ENOUGH = 2
"""Pages of one kind that are opened: one may be in another state than the next."""
NO_PAGES = re.compile(r"\.(csv|pdf|json|parquet)$|/(csv|pdf|text|utdrag|mapp)$|/dokument/|^/(sprak|logga-)")
"""What is a file or leads away: the rest are pages."""


def kinds() -> list[tuple[str, re.Pattern[str]]]:
    """Every page of the application: its path with places, and the paths that it has."""
    routes = [each for router in (*OPEN, *WORKING) for each in router.routes if isinstance(each, APIRoute)]
    paths = [each.path for each in routes if "GET" in (each.methods or ())]
    fixed_first = sorted(dict.fromkeys(paths), key=lambda path: path.count("{"))
    return [(path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for path in fixed_first]


def walked(page: Page, begin: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The kind and the path of each page, while it is open."""
    known, seen, opened = kinds(), set[str](), Counter[str]()
    coming = deque(begin)
    while coming:
        path = coming.popleft()
        bare = path.partition("#")[0].partition("?")[0]
        kind = next((name for name, paths in known if paths.fullmatch(bare)), None)
        if kind is None or path in seen or NO_PAGES.search(bare) or opened[kind] >= ENOUGH:
            continue
        seen.add(path)
        opened[kind] += 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        links = page.locator("a[href^='/'], a[href^='?']").evaluate_all("found => found.map(a => a.href)")
        coming += [re.sub(r"^https?://[^/]+", "", each) for each in links]
        yield kind, path
