"""What goes from one room to another has a type of its own, and is no dictionary of anything.

A border is a public function or method, or a public field of a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "decision_service"
ROOMS = sorted(
    each.name for each in ROOT.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()
)
OPEN = {
    "api/answers/explanations.py": "an entry of the log, whose content each of its kinds has its own form of",
    "api/answers/people.py": "what was written of a person in each row, in the form of its time",
    "api/answers/tasks.py": "the application as it was sent, which has a form and a version of its own",
    "api/bodies.py": "examples of bodies, wrong ones too",
    "api/examples.py": "recorded answers of every kind, as they were sent",
    "application/adapters/intake.py": "a form as the e-service sends it, before its adapter has read it",
    "application/case_file.py": "what agencies answered, and facts as they were when a question was answered",
    "application/declared.py": "a form as the e-service sends it, before its adapter has read it",
    "application/kept.py": "what agencies answered, which the reader of each agency reads",
    "application/merging.py": "a merge patch, which may hold anything until the whole is validated",
    "casework/additions.py": "a row that is validated where it stands in the application",
    "casework/gather.py": "what agencies answered, which the reader of each agency reads",
    "casework/imports.py": "a body before it is validated",
    "casework/knowledge.py": "a body before it is validated",
    "commands/example_applicants.py": "a form of any e-service, whose month is moved before it is read",
    "commands/played_month.py": "a case as it stands in a file of examples, which is moved before it is read",
    "planning/offered.py": "a form of a page before the step validates it",
    "registers/port.py": "what agencies answered, which the reader of each agency reads",
    "registers/ssbtek/answers.py": "what agencies answered, which the reader of each agency reads",
    "registers/ssbtek/envelope.py": "what agencies answered, which the reader of each agency reads",
    "web/addition_form.py": "a form of a page before casework validates it",
    "web/answer_form.py": "a form of a page before casework validates it, and an application as it was sent",
    "web/decision_form.py": "a form of a page before casework validates it",
    "web/step_forms.py": "a form of a page before the step validates it",
}
"""The files past whose borders JSON goes of which nothing is known (``Opaque``), and what that is."""
PLAIN = ("dict[str, Any]", "dict[str, object]", "Mapping[str, Any]", "Mapping[str, object]")


def aliases(module: ast.Module, kinds: tuple[str, ...]) -> set[str]:
    """The names in a module that stand for one of some kinds of values."""
    return {
        node.targets[0].id
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and any(ast.unparse(part) in kinds for part in ast.walk(node.value))
    }


def holds(annotation: ast.expr | None, kinds: tuple[str, ...], named: set[str]) -> bool:
    """Whether an annotation is of one of some kinds, or holds one."""
    if annotation is None:
        return False
    return any(
        ast.unparse(node) in kinds or (isinstance(node, ast.Name) and node.id in named)
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


def found(source: str, *kinds: str) -> list[str]:
    """The borders of a file that values of some kinds walk past: dictionaries of anything."""
    module, kinds = ast.parse(source), kinds or PLAIN
    named = aliases(module, kinds)
    return [name for name, given in public(module.body) if any(holds(each, kinds, named) for each in given)]


def files(room: Path) -> list[Path]:
    """The files of a room, the migrations of the store left out."""
    every = room.rglob("*.py") if room.is_dir() else [room]
    return [each for each in every if "migrations" not in each.parts]


@pytest.mark.parametrize("room", ROOMS)
def test_no_dictionary_of_anything_walks_past_a_border(room: str) -> None:
    every = files(ROOT / room)
    assert every
    assert {str(each): names for each in every if (names := found(each.read_text(encoding="utf-8")))} == {}


def test_what_nothing_is_known_of_walks_past_the_borders_that_say_why_and_no_others() -> None:
    every = files(ROOT)
    passed = {each for each in every if found(each.read_text(encoding="utf-8"), "Opaque")}
    assert {str(each.relative_to(ROOT)) for each in passed} == OPEN.keys()


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
