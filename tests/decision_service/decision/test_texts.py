"""What an assessment says by itself stands in a file, each text with its own places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from decision_service.decision.texts import FILE, DecisionTexts
from norms import document
from norms.finding import FindingsError
from rules.schema import validate

ROOM = FILE.parent
SWEDISH = re.compile("[åäöÅÄÖ]")
PUBLISHED = ("alias", "description")
OPEN = {
    "changed_lines.py": "what is published of an amount",
    "document.py": "what is published of a line",
    "facts/declared.py": "what the program says of a release that it cannot calculate by",
}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("{rad}, efter handläggarens ändring.", "Raden efter handläggarens ändring."),
        ("{rad}, efter handläggarens ändring.", "{rad}, {belopp}."),
        ("{rad}, efter handläggarens ändring.", "{rad}, efter {handläggarens ändring."),
        ("utfall okänt: Reglerna", "utfall känt: Reglerna"),
    ],
)
def test_a_text_without_its_places_is_not_read(was: str, now: str) -> None:
    source = FILE.read_text("utf-8")
    assert was in source
    with pytest.raises(FindingsError):
        validate(DecisionTexts, document.parse(source.replace(was, now).encode(), FILE.name))


def sentences(module: ast.Module) -> Iterator[str]:
    """The texts in Swedish of several words, but for docstrings and what fields are called in files or
    published as."""
    nodes = [*ast.walk(module)]
    apart: list[ast.AST] = [node.value for node in nodes if isinstance(node, ast.Expr)]
    apart += [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in PUBLISHED]
    told = {id(part) for each in apart if not isinstance(each, ast.Yield) for part in ast.walk(each)}
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if id(node) not in told and " " in text.strip():
                yield from [text] if SWEDISH.search(text) else []


def test_no_text_that_people_read_stands_in_the_program_of_a_decision() -> None:
    found = {
        str(path.relative_to(ROOM)): text
        for path in sorted(ROOM.rglob("*.py"))
        for text in sentences(ast.parse(path.read_text("utf-8")))
    }
    assert found.keys() == OPEN.keys(), found
