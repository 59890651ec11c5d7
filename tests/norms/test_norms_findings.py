"""Every kind of finding: a file that triggers it, and the exact words.

A case is a folder in ``findings``. It holds either a file that is checked as if it were put among the shipped
tables, or ``change.yaml``, a change to one of them; and ``expected.txt`` with every finding, one per line. To
add a case, add the folder; to change a message, change it in both places.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from pkgutil import iter_modules

import yaml

import norms.checks
import norms.folder
import norms.shape
from norms.finding import Finding
from norms.plausibility import check_file, check_files
from tests.world.sweeps import swept

CASES = sorted((Path(__file__).parent / "findings").iterdir())


def _findings(case: Path, files: dict[str, bytes]) -> list[Finding]:
    change = case / "change.yaml"
    if not change.exists():
        [path] = (path for path in case.iterdir() if path.stem == "prov")
        return check_file(path)
    wanted = yaml.safe_load(change.read_text())
    text = files[wanted["file"]].decode()
    assert text.count(wanted["replace"]) == 1
    return check_files({**files, wanted["file"]: text.replace(wanted["replace"], wanted["with"]).encode()})


@swept("case", CASES, ids=lambda case: case.name)
def test_the_findings_of_a_file_are_exactly_these(case: Path, files: dict[str, bytes]) -> None:
    found = [str(finding).replace(f"{case}/", "") for finding in _findings(case, files)]
    assert found == (case / "expected.txt").read_text().splitlines()


@swept("case", CASES, ids=lambda case: case.name)
def test_a_case_is_about_the_code_it_is_named_for(case: Path) -> None:
    code = case.name.split("-")[0]
    assert code in (case / "expected.txt").read_text() or case.name == "clean-addition"


def test_every_code_has_a_case() -> None:
    modules = [
        importlib.import_module(f"norms.checks.{each.name}") for each in iter_modules(norms.checks.__path__)
    ]
    codes = [module.CODE for module in (norms.folder, norms.shape, *modules)]
    assert sorted(codes) == sorted({case.name.split("-")[0] for case in CASES if case.name.startswith("N")})


def test_every_finding_says_where_and_what_to_do() -> None:
    for case in CASES:
        for line in (case / "expected.txt").read_text().splitlines():
            assert re.match(r"\S+(:\d+)?: (fel|varning) N\d{3}: .+[.?]$", line), line
