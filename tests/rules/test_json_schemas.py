"""The JSON Schemas for editors are those of the forms and fit every shipped file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from decision_service.cli import main
from norms.folder import TABLES
from rules.book import CASES_SUFFIX, ROOT
from rules.json_schemas import FOLDER, FORMS, schemas


def files(name: str) -> Iterator[Path]:
    """The shipped files of a form."""
    for path in sorted((ROOT / "sets").rglob("*.yaml")):
        is_case, is_settings = path.name.endswith(CASES_SUFFIX), path.name == "kommun.yaml"
        if name == ("fall" if is_case else "kommun" if is_settings else "regler"):
            yield path
    if name == "belopp":
        yield from (
            path for path in sorted(TABLES.rglob("*.yaml")) if "\ntabeller:" in path.read_text("utf-8")
        )


def as_editors_read(path: Path) -> Any:
    """A file with numbers and yes as an editor's YAML has them."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


def errors(name: str, content: Any) -> list[str]:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    return [each.message for each in jsonschema_rs.validator_for(schema).iter_errors(content)]


def test_the_committed_schemas_are_those_of_the_forms(tmp_path: Path) -> None:
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert committed == schemas(), "The forms have changed. Write the schemas anew: lagrum rules schemas"
    assert main(["rules", "schemas", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == committed.keys()


@pytest.mark.parametrize("name", FORMS)
def test_every_shipped_file_fits_its_schema_as_editors_read_it(name: str) -> None:
    found = list(files(name))
    assert len(found) >= 4
    for path in found:
        assert errors(name, as_editors_read(path)) == [], path


@pytest.mark.parametrize("name", FORMS)
def test_a_key_that_is_none_is_refused(name: str) -> None:
    content = as_editors_read(next(files(name)))
    content["nyckle"] = "fel"
    assert any("nyckle" in each for each in errors(name, content))


@pytest.mark.parametrize(
    ("key", "value"), [("id", "Fel id"), ("öppen för kommunen", "kanske"), ("gäller", {"från": "2026"})]
)
def test_a_rule_with_a_wrong_value_is_refused(key: str, value: object) -> None:
    content = as_editors_read(ROOT / "sets/national/utfall.yaml")
    assert "id" in content["regler"][-1]
    content["regler"][-1][key] = value
    assert errors("regler", content)
