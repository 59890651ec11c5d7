"""Are the amounts what they should be? Every kind of doubt about every table.

Sums against parts, bands against bands, year against year, steps, sizes: the kinds of comparison are in
``norms/checks``, the figures they go by in ``rimlighet.yaml`` and in the tables themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from norms import folder
from norms.checks import (
    control_sum,
    declared_change,
    further_step,
    no_limit,
    not_rising,
    odd_amount,
    unequal_steps,
    wrong_pace,
    wrong_ratio,
    wrong_size,
    year_change,
)
from norms.finding import Finding, FindingsError, Severity
from norms.load import TABLES, Norms, load_files, read_files
from norms.read import REGISTERS

_CHECKS = (
    wrong_size.check,
    odd_amount.check,
    wrong_ratio.check,
    declared_change.check,
    year_change.check,
    wrong_pace.check,
    control_sum.check,
    further_step.check,
    not_rising.check,
    unequal_steps.check,
    no_limit.check,
)


def check(root: Path = TABLES) -> list[Finding]:
    """Every finding about the tables under a folder; those that stop them from being used first."""
    return check_files(read_files(root))


def check_file(path: Path, root: Path = TABLES) -> list[Finding]:
    """Every finding when one file is put among the tables under a folder.

    A file of that folder is checked where it is. A register from elsewhere (``rimlighet.yaml`` …) takes the
    place of the one with its name. Tables from elsewhere take the place of those for the same series and
    months, and are otherwise added, so that they can be held against the years around them.
    """
    if not path.is_file():
        message = "Filen finns inte. Kontrollera namnet och mappen."
        return [Finding(str(path), 0, folder.CODE, Severity.ERROR, "", message)]
    files = read_files(root)
    name = _name(path, root)
    return check_files({**files, name: path.read_bytes()}, None if name in files else name)


def check_files(files: Mapping[str, bytes], candidate: str | None = None) -> list[Finding]:
    """Every finding about tables given as bytes; see ``norms.load.load_files`` for ``candidate``."""
    try:
        norms = load_files(files, candidate)
    except FindingsError as error:
        return list(error.findings)
    return doubts(norms)


def doubts(norms: Norms) -> list[Finding]:
    """Every doubt about the amounts of loaded tables, in the order of file and line."""
    return sorted({finding for check in _CHECKS for finding in check(norms)})


def _name(path: Path, root: Path) -> str:
    resolved = path.resolve()
    if resolved.is_relative_to(root.resolve()):
        return resolved.relative_to(root.resolve()).as_posix()
    return path.name if path.name in REGISTERS else str(path)
