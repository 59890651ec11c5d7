"""Are the amounts what they should be? Every kind of doubt about every table.

Sums against parts, bands against bands, year against year, steps, sizes: the kinds of comparison are in
``norms/checks``, the figures they go by in ``rimlighet.yaml`` and in the tables themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from norms.checks import (
    n018_files,
    n101_size,
    n102_multiple,
    n103_ratio,
    n104_declared_change,
    n105_year_change,
    n106_pace,
    n107_control_sum,
    n108_further_step,
    n109_rising,
    n110_equal_steps,
    n111_no_limit,
)
from norms.finding import Finding, FindingsError, Severity
from norms.load import TABLES, Norms, load_files, read_files
from norms.read import REGISTERS

_CHECKS = (
    n101_size.check,
    n102_multiple.check,
    n103_ratio.check,
    n104_declared_change.check,
    n105_year_change.check,
    n106_pace.check,
    n107_control_sum.check,
    n108_further_step.check,
    n109_rising.check,
    n110_equal_steps.check,
    n111_no_limit.check,
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
        return [Finding(str(path), 0, n018_files.CODE, Severity.ERROR, "", message)]
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
