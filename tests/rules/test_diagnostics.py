"""Every diagnostic: rule files that trigger it, the exact words, and a good twin that is left in peace.

A case is a folder in ``diagnostics``, named by its code. It holds what is wrong in ``bad``, the same mended
in ``good``, and in ``expected.txt`` every finding in the bad files, one a line. ``bad`` is one national rule
file (``bad.yaml``, read as ``sets/national/prov.yaml``) or a folder with the files of a rulebook. What a case
does not hold (vocabulary, laws) is taken from ``common``; the amounts are the shipped ones. To add a case,
add the folder; to change a message, change it in both places.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
from pathlib import Path

import pytest

import norms.document
import rules.checks
import rules.wording
from norms.finding import Finding, FindingsError
from norms.load import Norms, load
from rules import rulebook
from rules.policy_cases.run import run_all
from rules.wording.diagnostic import Diagnostic
from tests.world.sweeps import swept

ROOT = Path(__file__).parent / "diagnostics"
CASES = sorted(path for path in ROOT.iterdir() if path.name != "common")
HELPERS = {"book_checks", "diagnostic", "ladder", "together"}
CODED = [case for case in CASES if re.match(r"[DR]\d{3}-", case.name)]


@pytest.fixture(scope="module")
def tables() -> Norms:
    """The shipped amounts."""
    return load()


def diagnostics() -> list[Diagnostic]:
    """The diagnostic of every module in ``rules/wording`` and ``rules/checks``; each holds one."""
    found = []
    for room in (rules.wording, rules.checks):
        for module in pkgutil.iter_modules(room.__path__):
            if module.name not in HELPERS:
                content = vars(importlib.import_module(f"{room.__name__}.{module.name}"))
                [own] = [value for value in content.values() if isinstance(value, Diagnostic)]
                found.append(own)
    return found


def codes() -> set[str]:
    """Every code that there is: of rule files, and of files as such."""
    own = {diagnostic.code for diagnostic in diagnostics()}
    return own | set(re.findall(r'"(D\d{3})"', Path(norms.document.__file__).read_text()))


def findings(case: Path, twin: str, tables: Norms, tmp_path: Path) -> list[Finding]:
    """What is found in the files that the case itself holds."""
    shutil.copytree(ROOT / "common", tmp_path, dirs_exist_ok=True)
    if (case / twin).is_dir():
        shutil.copytree(case / twin, tmp_path, dirs_exist_ok=True)
        own = {path.relative_to(case / twin).as_posix() for path in (case / twin).rglob("*")}
    else:
        own = {"sets/national/prov.yaml"}
        (tmp_path / "sets/national").mkdir(parents=True)
        shutil.copy(case / f"{twin}.yaml", tmp_path / "sets/national/prov.yaml")
    try:
        book = rulebook.build(rulebook.read_files(tmp_path), tables)
        found = list(book.findings)
        run_all(book, tmp_path, covered=False)
    except FindingsError as error:
        found = list(error.findings)
    return [finding for finding in found if finding.file in own]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_findings_of_a_bad_file_are_exactly_these(case: Path, tables: Norms, tmp_path: Path) -> None:
    found = [str(finding) for finding in findings(case, "bad", tables, tmp_path)]
    assert found == (case / "expected.txt").read_text().splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_good_twin_gives_no_finding(case: Path, tables: Norms, tmp_path: Path) -> None:
    assert findings(case, "good", tables, tmp_path) == []


@swept("case", CODED, ids=lambda case: case.name)
def test_a_case_is_about_the_code_it_is_named_for(case: Path) -> None:
    assert f" {case.name[:4]}: " in (case / "expected.txt").read_text()


def test_every_diagnostic_has_a_case() -> None:
    assert codes() == {case.name[:4] for case in CODED}


def test_every_module_holds_one_diagnostic_and_no_two_share_a_code_or_a_title() -> None:
    found = diagnostics()
    assert len({each.code for each in found}) == len(found)
    assert len({each.title for each in found}) == len(found)


def test_no_case_expects_a_code_that_nobody_defines() -> None:
    for case in CASES:
        expected = (case / "expected.txt").read_text()
        assert set(re.findall(r" (?:fel|varning) (\w+):", expected)) <= codes(), case.name


def test_every_message_is_whole_sentences_in_swedish_without_a_trace_of_python() -> None:
    for case in CASES:
        for line in (case / "expected.txt").read_text().splitlines():
            assert re.match(r"\S+(:\d+)?: (fel|varning) [DR]\d{3}: \S.*[.?]$", line), line
            assert not re.search(r"None|True|False|\['|\{'|<class|  ", line), line


def test_the_table_in_the_documentation_says_what_the_code_says() -> None:
    text = (Path(__file__).parents[2] / "docs/regelspraket.md").read_text()
    rows = re.findall(r"^\| ([DR]\d{3}) \| (fel|varning) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert [code for code, *_ in rows] == sorted(codes())
    own = {each.code: each for each in diagnostics()}
    for code, severity, title, advice in rows:
        assert advice.endswith(".")
        if code in own:
            assert (severity, title) == (own[code].severity.value, own[code].title)
