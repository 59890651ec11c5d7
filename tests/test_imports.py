"""The wings know each other in one direction only. Read from every file's source, not by importing it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
KNOWS: dict[str, set[str]] = {
    "norms": set(),
    "rules": {"norms"},
    "audit": set(),
    "decision_service": {"norms", "rules", "audit"},
}
"""A wing and the other wings that it may use."""
OUTSIDE = {"tests", "bench", "examples", "conftest"}
"""What the product never uses."""
OF_THE_LOG = {"cryptography", "isal", "orjson", "pydantic", "sqlalchemy", "yaml", "zxingcpp"}
"""The libraries of the audit wing."""
OF_THE_VERIFIER = {"cryptography"}
"""What the standalone program needs beside the standard library."""


FLOORS: dict[str, tuple[str, ...]] = {
    "norms": (
        "amount band fault finding form month nearest rounding status",
        "document folder table validation",
        "compare sentences",
        "shape",
        "read",
        "build limits",
        "lookup",
        "checks dmn ending show",
        "load",
        "plausibility",
    ),
    "rules": (
        "sentences wording",
        "schema",
        "laws_file",
        "language laws",
        "bounds facts rule rulefile satisfiable",
        "outcome spelled_out",
        "build calculation changes notions setting texts",
        "book checks",
        "law settings written",
        "engines.durable evaluated rulebook",
        "engines.exact explanation folders kept",
        "change difference engines.columnar evaluation terminal",
        "policy_cases population",
        "json_schemas mutation",
    ),
    "decision_service": (
        "reading",
        "jobs network",
        "application store",
        "installation",
        "registers",
        "decision",
        "log outputs",
        "evaluation planning",
        "casework",
        "lawmaking",
        "follow_up operations",
        "impact",
        "access",
        "service",
        "api",
        "web",
        "commands",
        "cli",
    ),
}
"""The rooms of a wing from the ground up, a floor a line: a room uses rooms on lower floors only. A folder is
a room, and so is a file that lies loose in the wing or in a folder of folders; in the service a room is a
folder with all that is in it."""

HALLS = {"decision_service"}
"""Wings whose rooms are their folders, whatever folders are inside."""


def files(wing: str) -> list[Path]:
    """Every Python file of a wing."""
    return sorted((PROJECT / wing).rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """What may import something, wherever it stands in a file; each file is read once."""
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return tuple(node for node in found if isinstance(node, ast.Import | ast.ImportFrom | ast.Call))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """The first part of every imported name, and its line; imports inside functions too."""
    for node in nodes(path):
        match node:
            case ast.Import(names=names):
                yield from ((each.name.partition(".")[0], node.lineno) for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0], node.lineno
            case ast.ImportFrom(level=level) if level:
                yield path.relative_to(PROJECT).parts[0], node.lineno
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield name.partition(".")[0], node.lineno


def strangers(wing: str, allowed: set[str]) -> list[str]:
    """Imports of a wing that are neither its own nor allowed, as file:line: name."""
    return [
        f"{path.relative_to(PROJECT)}:{line}: {name}"
        for path in files(wing)
        for name, line in imported(path)
        if name != wing and name not in allowed
    ]


def modules(path: Path) -> Iterator[tuple[str, int]]:
    """The modules of the product that a file imports, and the line; imports inside functions too."""
    for node in nodes(path):
        match node:
            case ast.Import(names=names):
                yield from ((each.name, node.lineno) for each in names if module_file(each.name))
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for each in names:
                    inner = f"{module}.{each.name}"
                    if module_file(inner) or module_file(module):
                        yield inner if module_file(inner) else module, node.lineno


@cache
def module_file(name: str) -> Path | None:
    """The file of a module of the product, or None when it is no such module."""
    place = PROJECT / Path(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def room(name: str) -> str:
    """The room of a module: its folder, or the module itself when it lies loose."""
    path = module_file(name)
    assert path is not None
    if (parts := name.split("."))[0] in HALLS:
        return parts[1] if len(parts) > 1 else ""
    folder = path.parent
    within = ".".join(folder.relative_to(PROJECT).parts[1:])
    loose = folder.parent == PROJECT or any(inner.is_dir() for inner in folder.glob("[a-z]*"))
    own = "" if path.name == "__init__.py" else path.stem
    return ".".join(part for part in (within, own) if part) if loose else within


def arrows(wing: str) -> Iterator[tuple[str, str, str]]:
    """Every import inside a wing, as (importing module, imported module, file:line)."""
    for path in files(wing):
        parts = path.relative_to(PROJECT).with_suffix("").parts
        own = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        for name, line in modules(path):
            if name.partition(".")[0] == wing:
                yield own, name, f"{path.relative_to(PROJECT)}:{line}"


def circle(uses: dict[str, set[str]]) -> list[str]:
    """The names that are in a circle, or that only names in a circle use."""
    left = {name: set(others) for name, others in uses.items()}
    while ground := [name for name, others in left.items() if not others & left.keys()]:
        for name in ground:
            del left[name]
    return sorted(left)


def others() -> set[str]:
    """Every top-level name that an installed library or the standard library has."""
    return (set(packages_distributions()) | set(sys.stdlib_module_names)) - set(KNOWS) - OUTSIDE


@pytest.mark.parametrize("wing", KNOWS)
def test_a_wing_uses_only_those_it_may_know(wing: str) -> None:
    assert len(files(wing)) > 5
    assert strangers(wing, KNOWS[wing] | others()) == []


def test_the_log_uses_its_own_libraries_and_no_more() -> None:
    assert strangers("audit", OF_THE_LOG | set(sys.stdlib_module_names)) == []
    used = {name for path in files("audit") for name, _ in imported(path)}
    assert used >= OF_THE_LOG, "a library that is no longer used stands in the list"


def test_the_verifier_stands_alone() -> None:
    used = {name for name, _ in imported(PROJECT / "audit" / "verify.py")}
    assert used - set(sys.stdlib_module_names) == OF_THE_VERIFIER


def test_no_file_of_the_product_uses_tests_benches_or_examples() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{line}"
        for wing in KNOWS
        for path in files(wing)
        for name, line in imported(path)
        if name in OUTSIDE
    ]
    assert found == []


def test_every_folder_with_python_is_a_wing_or_outside_the_product() -> None:
    there = {path.relative_to(PROJECT).parts[0] for path in PROJECT.glob("[a-z]*/**/*.py")}
    assert there <= set(KNOWS) | OUTSIDE


@pytest.mark.parametrize("wing", KNOWS)
def test_no_files_import_each_other_in_a_circle(wing: str) -> None:
    uses: dict[str, set[str]] = {}
    for own, other, _ in arrows(wing):
        if own != other:
            uses.setdefault(own, set()).add(other)
    assert circle(uses) == []


@pytest.mark.parametrize("wing", FLOORS)
def test_every_room_stands_on_a_floor_and_uses_only_floors_below(wing: str) -> None:
    floor = {name: height for height, names in enumerate(FLOORS[wing]) for name in names.split()}
    there = {room(name) for own, other, _ in arrows(wing) for name in (own, other)} - {""}
    assert floor.keys() == there
    assert [
        f"{place}: {room(own)} uses {room(other)}"
        for own, other, place in arrows(wing)
        if room(own) != room(other) and floor[room(own)] <= floor[room(other)]
    ] == []


def test_only_what_is_run_and_what_puts_it_together_lies_loose_in_the_service() -> None:
    loose = {path.name for path in (PROJECT / "decision_service").glob("*") if path.is_file()}
    assert loose == {"__init__.py", "cli.py", "service.py"}


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}}) == ["a", "b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "d": {"a"}}) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import decision_service.cli", "decision_service"),
        ("from rules.law import Law", "rules"),
        ("def f():\n    from tests import x", "tests"),
        ("import importlib\nimportlib.import_module('bench.decide')", "bench"),
    ],
)
def test_an_import_is_seen_wherever_it_stands(tmp_path: Path, source: str, name: str) -> None:
    (tmp_path / "one.py").write_text(source, "utf-8")
    assert name in {found for found, _ in imported(tmp_path / "one.py")}


def test_a_class_has_a_name_of_its_own() -> None:
    """A word has one owner: whoever reads it need not ask in which room, and no form of the API is told from
    another by the module it lies in."""
    owners: dict[str, list[str]] = {}
    for wing in KNOWS:
        for path in files(wing):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    owners.setdefault(node.name, []).append(str(path.relative_to(PROJECT)))
    assert len(owners) > 500
    assert {name: rooms for name, rooms in owners.items() if len(rooms) > 1} == {}
