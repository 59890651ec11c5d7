"""What the project is made of is told by a command, and what is wrong with it is found without a network."""

from __future__ import annotations

import json
import re

import pytest

from dependencies import LOCK, PROJECT, Pin, faults, licence, main, read_lock, sbom

LOCKED, ASKED = LOCK.read_text("utf-8"), PROJECT.read_text("utf-8")


def test_nothing_is_wrong_with_the_dependencies() -> None:
    assert list(faults(LOCKED, ASKED)) == []


@pytest.mark.parametrize(
    ("lock", "project", "told"),
    [
        (re.sub(r"(?m)^h11==\S+ \\\n", "h11 \\\\\n", LOCKED), ASKED, "h11: låsfilen ska ha"),
        (LOCKED + "\nhttps://example.se/a.whl\n", ASKED, "https://example.se/a.whl: låsfilen ska ha"),
        (LOCKED + "\nmade-up==1.0\n", ASKED, "made-up: saknar kontrollsumma"),
        (re.sub(r"(?m)^h11==0\S+", "h11==0.1", LOCKED), ASKED, "h11: 0.16.0 är installerad"),
        (LOCKED, ASKED.replace('"lark>=1.3,<2"', '"lark>=9"'), "lark: låsfilen har 1"),
        (LOCKED, ASKED.replace('"lark>=1.3,<2"', '"made-up>=1"'), "made-up: står i pyproject.toml"),
    ],
)
def test_what_is_wrong_is_told(lock: str, project: str, told: str) -> None:
    assert lock != LOCKED or project != ASKED
    assert any(each.startswith(told) for each in faults(lock, project))


def test_a_licence_that_nobody_has_taken_in_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dependencies.licence", lambda name: "Proprietary" if name == "h11" else licence(name)
    )
    assert [each for each in faults(LOCKED, ASKED) if "licensen" in each] == [
        "h11: licensen ”Proprietary” är inte en av dem som projektet tar emot"
    ]


def test_the_bill_of_materials_has_every_package_once_with_its_hashes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sbom"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    pins = [each for each in read_lock(LOCKED) if isinstance(each, Pin)]
    assert sorted(each["purl"] for each in told["components"]) == sorted(
        f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins
    )
    assert sum(len(each["properties"]) for each in told["components"]) == LOCKED.count("--hash=sha256:")
    scopes = {each["name"]: each["scope"] for each in told["components"]}
    assert (scopes["fastapi"], scopes["starlette"], scopes["pytest"]) == ("required", "required", "optional")
    assert sbom(LOCKED, ASKED) == told
