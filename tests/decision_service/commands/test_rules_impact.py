"""``lagrum rules impact``: what other rules do to logged cases, gone on with where it was stopped."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from decision_service.cli import main
from decision_service.impact.again import Again, ImpactSide
from decision_service.impact.summary import Summary
from norms import folder
from rules.book import ROOT, read_files

CASES = Path(__file__).parents[3] / "examples" / "cases"
NAMES = ("ensam-bifall", "par-bifall", "tvillingar", "familj-pa-fem")


class Place(NamedTuple):
    """A log with some assessed cases, and rules in which an adult alone has a hundred kronor more."""

    database: str
    keys: str
    rules: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The log and the other rules."""
    root = tmp_path_factory.mktemp("impact")
    found = Place(str(root / "logg.db"), str(root / "nycklar"), root / "andra")
    for name in NAMES:
        assert (
            main(["decide", str(CASES / f"{name}.json"), "--log", found.database, "--keys", found.keys]) == 0
        )
    for wing, files in (("rules", read_files(ROOT)), ("norms", folder.read_files(folder.TABLES))):
        for name, content in files.items():
            path = found.rules / wing / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.replace(b"3940", b"4040") if name == "riksnorm/2026.yaml" else content)
    return found


def told(place: Place, rules: str | None = None, *more: str) -> dict[str, Any]:
    """What the command answers as JSON."""
    words = ["rules", "impact", rules or str(place.rules), "--database", place.database, "--keys", place.keys]
    with redirect_stdout(StringIO()) as said:
        assert main([*words, "--processes", "1", "--json", *more]) == 0
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


@pytest.fixture(scope="module")
def whole(place: Place) -> dict[str, Any]:
    """What it answers of the other rules and every case."""
    return told(place)


@pytest.mark.slow
def test_the_same_rules_move_nothing(place: Place) -> None:
    found = told(place, "inbyggda")
    assert (found["cases"], found["moved"], found["otherwise"], found["owed"]) == (len(NAMES), 0, [], [])
    assert found["quartiles"] is None


@pytest.mark.slow
def test_a_higher_amount_is_owed_to_whom_it_is_decided_and_its_rule_is_named(whole: dict[str, Any]) -> None:
    found = whole
    assert found["what"]["belopp"] >= 1
    assert [each["amount"] for each in found["owed"]] == [10_000] * len(found["owed"])
    assert found["owed"]
    assert set(found["rules"]) >= {"riksnorm.vuxen.ensam"}
    assert found["granted_after"] - found["granted_before"] == 10_000 * found["what"]["belopp"]
    assert sum(each["winners"] for each in found["households"].values()) == found["what"]["belopp"]


@pytest.mark.slow
def test_only_the_months_that_are_asked_for_are_assessed(place: Place, whole: dict[str, Any]) -> None:
    months = [each["month"] for each in whole["owed"]]
    assert told(place, None, "--month", months[0])["cases"] < len(NAMES) + 1
    assert told(place, None, "--month", "2019-01")["cases"] == 0


@pytest.mark.slow
def test_a_run_that_was_stopped_is_gone_on_with_and_comes_to_the_same(
    place: Place, whole: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "körning.jsonl"
    assert told(place, None, "--out", str(out)) == whole
    lines = out.read_text("utf-8").splitlines()
    assert len(lines) == len(NAMES) + 1
    out.write_text("\n".join(lines[:3]) + '\n{"case": "avbrut', "utf-8")  # killed in the middle of a line
    assert told(place, None, "--out", str(out)) == whole
    assert sorted(out.read_text("utf-8").splitlines()[1:]) == sorted(lines[1:])


@pytest.mark.slow
def test_a_file_of_another_run_is_refused_and_left_as_it_is(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "körning.jsonl"
    told(place, "inbyggda", "--out", str(out))
    before = out.read_bytes()
    words = ["rules", "impact", str(place.rules), "--database", place.database, "--keys", place.keys]
    assert main([*words, "--out", str(out)]) == 2
    assert "är ingen påbörjad körning av just de här reglerna" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_people_read_counts_sums_rules_and_what_is_owed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rules", "impact", str(place.rules), "--database", place.database, "--keys", place.keys]
    assert main([*words, "--processes", "2"]) == 0
    said = capsys.readouterr().out
    assert f"{len(NAMES)} ärenden, " in said
    assert "riksnorm.vuxen.ensam: " in said
    assert "100\u00a0kr mer" in said


def test_a_case_without_a_sum_on_one_side_is_no_loss_of_the_whole_sum() -> None:
    """It goes to a person under the other rules, and nobody knows what that person decides."""
    before = ImpactSide("BIFALL", "BIFALL", 1_201_000, (), True)
    asked = ImpactSide("HANDLAGGARE", None, None, ("HYRA",), False)
    found = Summary()
    for after in (asked, replace(before, granted=1_200_000)):
        found.add(Again("a-1", "2026-11", "ENSAM", before, after, (), None, False, True))
    assert (found.without, found.before, found.after) == (1, 1_201_000, 1_200_000)
    assert found.as_json()["households"] == {"ENSAM": {"cases": 1, "winners": 0, "losers": 1}}
    assert any(line.endswith("inte är med i summorna: 1.") for line in found.lines())
