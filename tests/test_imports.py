"""The wings know each other in one direction only. Read from every file's source, not by importing it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
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
OF_THE_LOG = {"cryptography", "pydantic", "segno", "sqlalchemy", "yaml"}
"""The libraries of the audit wing."""
OF_THE_VERIFIER = {"cryptography"}
"""What the standalone program needs beside the standard library."""


def files(wing: str) -> list[Path]:
    """Every Python file of a wing."""
    return sorted((PROJECT / wing).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """The first part of every imported name, and its line; imports inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
