"""The pages for reviewers: every test they name is there, and every lesson that is tried here is on one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE, OUR_OWN = (TESTS.parent / "docs" / name for name in ("andras-fel.md", "egna-fel.md"))


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of the tables, without the heads."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "| fel |" not in line]


def names(folder: Path) -> set[str]:
    """Every test function below a folder."""
    files = folder.rglob("test_*.py")
    return {name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)}


@pytest.mark.parametrize(("page", "least"), [(PAGE, 60), (OUR_OWN, 30)])
def test_every_row_names_tests_that_are_there_or_says_why_there_is_none(page: Path, least: int) -> None:
    known = names(TESTS)
    assert len(rows(page)) >= least
    for fault, here, tests in rows(page):
        assert all((fault, here))
        if tests == "–":
            assert re.match(r"(Inte byggt|Gäller inte)[.:]", here), fault
            continue
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, fault
        assert set(named) <= known, (fault, set(named) - known)


def test_every_lesson_that_is_tried_is_on_the_page() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text("utf-8")))
    assert names(Path(__file__).parent) - names_here() <= named


def names_here() -> set[str]:
    """The tests of the page itself."""
    return set(re.findall(r"^def (test_\w+)", Path(__file__).read_text("utf-8"), re.M))
