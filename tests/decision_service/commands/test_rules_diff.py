"""``lagrum rules diff`` as policy staff meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from decision_service import cli
from norms import folder
from rules.book import ROOT, Rulebook, read_files
from tests.world.service import Whole


def copied(tmp_path: Path) -> Path:
    """A release given out as files."""
    for name, content in read_files(ROOT).items():
        place = tmp_path / "rules" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for name, content in folder.read_files(folder.TABLES).items():
        place = tmp_path / "norms" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return tmp_path


@pytest.mark.slow
def test_a_correction_without_a_reason_is_found_wanting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = copied(tmp_path)
    table = place / "norms/riksnorm/2026.yaml"
    table.write_text(table.read_text("utf-8").replace("3940", "3960", 1), "utf-8")
    words = ["rules", "diff", "inbyggda", str(place), "--month", "2026-11"]
    assert cli.main(words) == 1
    assert "En rättelse behöver ett skäl." in capsys.readouterr().out
    assert cli.main([*words, "--reason", "Läst fel i förordningen", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["reason"], told["changes"][0]["correction"]) == ("Läst fel i förordningen", True)


def test_a_folder_without_rules_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "diff", "inbyggda", str(tmp_path)]) == 2
    assert "har inga regler" in capsys.readouterr().err
    assert cli.main(["rules", "diff", "inbyggda", "inbyggda", "--month", "2026-13"]) == 2
    assert "2026-13" in capsys.readouterr().err


def test_a_release_of_a_database_is_named_by_the_beginning_of_its_id(
    one: Whole, book: Rulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    database = one.url.render_as_string(hide_password=False)
    assert cli.main(["rules", "diff", book.release[:12], "inbyggda", "--database", database]) == 0
    assert "säger samma sak" in capsys.readouterr().out
    assert cli.main(["rules", "diff", "0000", "inbyggda", "--database", database]) == 2
    assert "0000 är inte början på precis en regelversion" in capsys.readouterr().err
