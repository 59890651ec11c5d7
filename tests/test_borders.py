"""What goes from one room to another has a type of its own, and is no dictionary of anything.

A border is a public function or method, or a public field of a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "decision_service"
TYPED = (
    "access",
    "application",
    "casework",
    "evaluation",
    "follow_up",
    "installation",
    "jobs",
    "network",
    "outputs",
    "reading",
    "store",
)
"""The rooms whose borders no dictionary of anything walks past, the migrations of the store left out."""
PLAIN = ("dict[str, Any]", "dict[str, object]", "Mapping[str, Any]", "Mapping[str, object]")


def aliases(module: ast.Module) -> set[str]:
    """The names in a module that stand for a dictionary of anything."""
    return {
        node.targets[0].id
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and ast.unparse(node.value) in PLAIN
    }


def plain(annotation: ast.expr | None, named: set[str]) -> bool:
    """Whether an annotation is of a dictionary of anything, or holds one."""
    if annotation is None:
        return False
    return any(
        ast.unparse(node) in PLAIN or (isinstance(node, ast.Name) and node.id in named)
        for node in ast.walk(annotation)
    )


def public(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, list[ast.expr | None]]]:
    """The public functions, methods and fields, each with its annotations."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            yield f"{within}{node.name}", [node.returns, *(each.annotation for each in given)]
        elif within and isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            yield f"{within}{ast.unparse(node.target)}", [node.annotation]


def found(source: str) -> list[str]:
    """The borders of a file that a dictionary of anything walks past."""
    module = ast.parse(source)
    named = aliases(module)
    return [name for name, given in public(module.body) if any(plain(each, named) for each in given)]


@pytest.mark.parametrize("room", TYPED)
def test_no_dictionary_of_anything_walks_past_a_border(room: str) -> None:
    files = [each for each in (ROOT / room).rglob("*.py") if "migrations" not in each.parts]
    assert files
    assert {str(each): names for each in files if (names := found(each.read_text(encoding="utf-8")))} == {}


def test_one_that_does_is_seen() -> None:
    source = """
Json = dict[str, Any]
def taken(case: Json | None) -> int: ...
def given() -> list[dict[str, object]]: ...
def _within(case: Json) -> Json: ...
class Case:
    content: Mapping[str, Any]
    known: dict[str, int]
    def read(self, *, text: str) -> Json: ...
"""
    assert found(source) == ["taken", "given", "Case.content", "Case.read"]
