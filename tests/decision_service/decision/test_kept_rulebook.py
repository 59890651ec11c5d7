"""What the command line keeps of the rules between two runs decides as the rules do."""

from __future__ import annotations

from pathlib import Path

import pytest

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import assess, law_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from rules import kept, written
from rules.book import Rulebook
from rules.evaluation import Engines
from rules.law import Law
from tests.world.sweeps import share

CASES = sorted((Path(__file__).parents[3] / "examples" / "cases").glob("*.json"))


@pytest.mark.slow
def test_every_example_case_is_decided_alike(
    book: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is shared by all that equal it, so nothing that is remembered while it is used may change
    what it says."""
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path))
    kept.load()
    found = kept.load()
    told = written.write(found, (found.files, found.norms.files))
    laws: dict[tuple[bool, object, object], tuple[Law, Engines]] = {}
    differ = []
    for path in share(CASES, 4):
        case = validated(CaseFile, read_json(path.read_bytes()))
        made = []
        for each in (book, found):
            law = law_of(case, each)
            law, engines = laws.setdefault((each is book, law.month, law.municipality), (law, Engines(law)))
            made.append(assess(case, law, engines).written)
        if made[0] != made[1]:
            differ.append(path.name)
    assert not differ
    assert written.write(found, (found.files, found.norms.files)) == told
