"""The command line as a user meets it: output, errors on standard error, exit codes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from decision_service.cli import main
from norms.folder import TABLES
from rules.book import ROOT

EXAMPLES = Path(__file__).parents[2] / "examples" / "estimate"


def lagrum(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "decision_service.cli", *arguments],
        capture_output=True,
        text=True,
        input=given,
        check=False,
    )


def test_estimate_for_people() -> None:
    done = lagrum("estimate", str(EXAMPLES / "single.json"))
    assert done.returncode == 0
    assert "Underskott: så mycket saknas" in done.stdout
    assert "5\u00a0220\u00a0kr" in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_why_says_where_each_value_came_from() -> None:
    cases = EXAMPLES.parent / "cases"
    said = lagrum("decide", str(cases / "tvillingar.json"), "--why").stdout
    assert "härlett ur Försäkringskassan, utbetalning 20 oktober 2025 (Barnbidrag)" in said
    assert "härlett ur personerna i ärendet" in said
    said = lagrum("estimate", str(EXAMPLES / "single.json"), "--why").stdout
    assert "hushåll.vuxna är 1 – provberäkningen, fältet antal vuxna" in said


def test_estimate_for_machines_from_standard_input() -> None:
    done = lagrum("estimate", "-", "--json", given='{"month": "2026-11", "adults": 1}')
    assert done.returncode == 0
    assert json.loads(done.stdout)["norm"] == 522_000


def test_faults_go_to_standard_error_and_nothing_is_printed_as_a_result() -> None:
    done = lagrum(
        "estimate", "-", "--json", given='{"month": "2010-01", "adults": 0, "children": [{"age": -1}]}'
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["estimate", "/finns/inte.json"], "Filen /finns/inte.json går inte att läsa."),
        (["estimate"], "lagrum: dessa argument saknas: FIL."),
        (["token", "--hours", "0.0003"], "lagrum: argumentet --hours: inte ett heltal: '0.0003'"),
        (["okänt"], "lagrum: argumentet KOMMANDO: okänt val: 'okänt'"),
        (["norms", "show", "--month", "2027-01"], "Det finns ingen riksnorm för 2027-01."),
        (
            ["rules", "show", "riksnorm.gemensa"],
            "Det finns ingen regel riksnorm.gemensa. Menas ”riksnorm.gemensam”?",
        ),
    ],
)
def test_what_is_wrong_is_told_in_swedish_with_exit_code_2(arguments: list[str], message: str) -> None:
    done = lagrum(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)


def test_norms_are_shown_and_checked() -> None:
    shown = lagrum("norms", "show", "--month", "2026-11", "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)
    checked = lagrum("norms", "check")
    assert (checked.returncode, checked.stdout) == (0, "Inga fynd.\n")


@pytest.mark.slow
def test_a_copy_that_is_changed_is_checked_and_tried_where_it_lies(tmp_path: Path) -> None:
    """The rules, the cases and the amounts of the copy are read, and not those that are shipped."""
    assert lagrum("rules", "check", "--root", str(tmp_path)).stderr.startswith(f"{tmp_path} har inga regler.")
    assert lagrum("norms", "check", str(tmp_path)).returncode == 2
    shutil.copytree(ROOT, tmp_path / "rules", ignore=shutil.ignore_patterns("*.py", "*.fall.yaml"))
    shutil.copytree(TABLES, tmp_path / "norms/tables")
    limits = tmp_path / "norms/tables/kommuner/9999-exempelkommun.yaml"
    limits.write_text(limits.read_text("utf-8").replace("{belopp: 400}", "{belopp: 450}"), "utf-8")
    case = """fall: regler
fallen:
  - namn: Internet till den nya gränsen
    kommun: "9999"
    månad: 2026-11
    givet: {hushåll: {vuxna: 1}, kostnad: {id: k, typ: internet, belopp: "450"}}
    väntat: {poster: [{regel: riksnorm.vuxen.ensam, belopp: "1"}]}
"""
    (tmp_path / "rules/sets/national/prov.fall.yaml").write_text(case, "utf-8")
    for place in (tmp_path, tmp_path / "rules"):
        checked = lagrum("rules", "check", "--root", str(place))
        assert (checked.returncode, "regler utan fel" in checked.stdout) == (0, True)
    tried = lagrum("rules", "test", "--root", str(tmp_path))
    assert (tried.returncode, tried.stdout) == (1, "1 fall, 1 med fel.\n")
    assert "450" in tried.stderr
    assert lagrum("norms", "check", str(tmp_path)).stdout == "Inga fynd.\n"
    limits.write_text(limits.read_text("utf-8").replace("{belopp: 450}", "{belopp: 4.50}"), "utf-8")
    for wrong in (("norms", "check", str(tmp_path)), ("rules", "check", "--root", str(tmp_path))):
        said = lagrum(*wrong)
        assert (said.returncode, "”4.50” går inte att läsa säkert" in said.stdout + said.stderr) == (2, True)


@pytest.mark.parametrize("of", [(), ("rules",), ("rules", "population"), ("audit", "export")])
def test_help_is_in_swedish(of: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*of, "--help"])
    said = capsys.readouterr().out
    assert said.startswith("så här: lagrum")
    assert not {"usage", "arguments", "options", "exit"} & set(re.findall(r"[a-zåäö]+", said))


def test_rules_are_checked_shown_and_explained() -> None:
    assert "under ”Riksnorm, gemensamma kostnader”" in lagrum("rules", "explain", "riksnorm.gemensam").stdout
    assert lagrum("rules", "check").returncode == 0
    assert "SoL (2001:453) 4 kap. 3 §: 2011-01–2025-06" in lagrum("rules", "show", "kostnad.hyra").stdout
    assert "Viker för undantaget kostnad.bedömd." in lagrum("rules", "explain", "kostnad.hyra").stdout
    explained = lagrum("rules", "explain", "riksnorm.gemensam", str(EXAMPLES / "alternating-child.json"))
    assert "2 för mycket" in explained.stdout


@pytest.mark.slow
def test_the_demonstration_shows_every_example_household() -> None:
    done = lagrum("demo")
    assert done.returncode == 0
    for path in EXAMPLES.glob("*.json"):
        assert path.stem in done.stdout
