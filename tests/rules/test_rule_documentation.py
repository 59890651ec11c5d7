"""The documentation of the rule language is so: every example is read by the real checker.

An example is a ``yaml`` block: rules, a rule file, a municipality's file or a file of cases. What a rule in
an example leaves out (title, provision …) is filled in. A comment on the first line may say which file it
stands for. In a decision note, a block stands under ``Good:``, or under ``Bad, R0nn:`` and is found wrong so.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import norms.load
from norms import document
from norms.finding import FindingsError, Severity
from rules import rulebook
from rules.policy_cases.run import run_all
from rules.rulebook import ROOT, Rulebook
from tests.world.sweeps import swept

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = DOCS / "regelspraket.md"
NOTES = sorted((DOCS / "decisions").glob("01*.md"))
NORMS = norms.load.load()
SHARED = {name: (ROOT / name).read_bytes() for name in ("vocabulary.yaml", "lagar.yaml")}

LEFT_OUT = {
    "rubrik": "Exempel",
    "lagrum": ["SoL (2025:400) 12 kap. 1 §"],
    "gäller": {"från": "2025-07"},
    "motivering": {"sv": "Exempel."},
}


def blocks(path: Path) -> Iterator[tuple[str, str]]:
    """The label above each ``yaml`` block, and the block."""
    text = path.read_text()
    for match in re.finditer(r"(?:^(Good|Bad, (R\d{3}|D\d{3})):\n\n)?^```yaml\n(.*?)^```", text, re.M | re.S):
        yield match[2] or match[1] or "", match[3]


def files(example: str) -> dict[str, bytes]:
    """The example as the file it stands for."""
    data: Any = document.parse(example.encode(), "exempel").data
    named = re.match(r"# (sets/\S+)", example)
    if isinstance(data, list):
        data = {
            "regelsamling": "exempel",
            "beskrivning": "Exempel.",
            "steg": "norm",
            "status": "verifierad",
            "regler": [{**LEFT_OUT, **entry} for entry in data],
        }
    place = "sets/national/exempel.yaml"
    if "kommun" in data:
        place = f"sets/municipal/{data['kommun']}/kommun.yaml"
    elif "fall" in data:
        place = "sets/national/exempel.fall.yaml"
    elif named:
        place = named[1]
    return {place: json.dumps(data, ensure_ascii=False).encode()}


def findings(example: str) -> list[str]:
    """The codes of what is wrong in the example."""
    own = files(example)
    try:
        found = rulebook.build({**SHARED, **own}, NORMS).findings
    except FindingsError as error:
        found = error.findings
    return [each.code for each in found if each.file in own and each.severity is Severity.ERROR]


def examples() -> list[Any]:
    found = []
    for path in (GUIDE, *NOTES):
        for number, (label, example) in enumerate(blocks(path), start=1):
            found.append(pytest.param(label, example, id=f"{path.stem}-{number}-{label or 'guide'}"))
    return found


@pytest.mark.parametrize(("label", "example"), examples())
def test_an_example_is_what_it_is_said_to_be(
    label: str, example: str, tmp_path: Path, book: Rulebook
) -> None:
    [(place, content)] = files(example).items()
    if place.endswith(".fall.yaml"):
        shutil.copytree(ROOT / "sets", tmp_path / "sets", ignore=shutil.ignore_patterns("*.fall.yaml"))
        (tmp_path / place).write_bytes(content)
        results, _ = run_all(book, tmp_path, covered=False)
        assert [result.failures for result in results] == [()]
    elif label.startswith(("R", "D")):
        assert set(findings(example)) == {label}
    else:
        assert findings(example) == []


@swept("note", NOTES, ids=lambda note: note.stem)
def test_a_note_says_what_why_good_bad_and_what_is_not_built(note: Path) -> None:
    text = note.read_text()
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Meaning", "Why", "Examples", "Not built"]
    assert re.match(rf"# {note.stem[:4]} ", text)
    assert re.search(r"^Good[:,]", text, re.M)
    assert re.search(r"^Bad[:,]", text, re.M)


def test_the_index_names_every_note() -> None:
    index = (DOCS / "decisions/README.md").read_text()
    notes = {path.name for path in (DOCS / "decisions").glob("[0-9]*.md")}
    assert set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index)) == notes


def glossary(heading: str) -> list[list[str]]:
    """The rows of one of the two tables of the glossary."""
    text = (DOCS / "ordlista.md").read_text()
    table = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines() if "`" in line]


def test_the_glossary_says_the_same_both_ways() -> None:
    there = {(name, row[0]) for row in glossary("Från svenska") for name in re.findall(r"`(\w+)`", row[1])}
    back = {(row[0].strip("`"), word) for row in glossary("Från engelska") for word in row[1].split("; ")}
    assert there == back


def test_every_name_in_the_glossary_is_a_name_in_the_code_it_is_said_to_be_in() -> None:
    wings = ("norms", "rules", "audit", "decision_service")
    code = {wing: " ".join(path.read_text() for path in (DOCS.parent / wing).rglob("*.py")) for wing in wings}
    for _, names, where, _ in glossary("Från svenska"):
        for name in re.findall(r"`(\w+)`", names):
            for wing in wings if where == "alla" else where.split(", "):
                files = [path.stem for path in (DOCS.parent / wing).rglob("*.py")]
                assert re.search(rf"\b{name}\b", code[wing]) or name in files, (name, wing)
