"""Nothing is automatic without a decision of the board: its date, its number, and what it covers."""

from __future__ import annotations

import pytest

from norms import document
from norms.finding import FindingsError
from rules.book import Rulebook
from rules.rule import Rule
from rules.rulefile import SettingsFile
from rules.schema import validate
from rules.setting import Setting
from rules.settings import read_settings

MAY_DECIDE = "beslut.får_fattas_automatiskt"
BOARD = 'beslut: {nämnd: Socialnämnden, datum: 2023-12-12, nummer: "§ 99", omfattar: [OMFATTAR]}, '
GATE, REFUSE = "kommun.delegerat_till_automat", "kommun.automatiskt_avslag_på_överskott"


def read(book: Rulebook, *rows: tuple[str, str, str, str]) -> tuple[Setting, ...]:
    """Settings of a municipality: path, value, what the board's decision covers (empty: none), status."""
    text = 'kommun: "9999"\nnamn: Prov\ninställningar:\n'
    for path, value, covers, status in rows:
        board = BOARD.replace("OMFATTAR", covers) if covers else ""
        text += f"  {path}:\n    - {{värde: {value}, från: 2024-01, källa: Prov, {board}status: {status}}}\n"
    source = document.parse(text.encode(), "sets/municipal/9999/kommun.yaml")
    return read_settings(validate(SettingsFile, source), source, book.vocabulary, "9999")


def refused(book: Rulebook, *rows: tuple[str, str, str, str]) -> str:
    with pytest.raises(FindingsError) as error:
        read(book, *rows)
    (finding,) = error.value.findings
    assert finding.code == "R042"
    return finding.message


def test_a_yes_without_a_decision_of_the_board_is_refused(book: Rulebook) -> None:
    assert "Skriv vilket beslut det är" in refused(book, (GATE, "ja", "", "fiktiv"))
    assert "Skriv vilket beslut det är" in refused(book, (REFUSE, "ja", "", "verifierad"))


def test_a_decision_that_does_not_cover_it_is_refused(book: Rulebook) -> None:
    assert "omfattar inte avslag" in refused(book, (REFUSE, "ja", "bifall", "fiktiv"))
    assert "omfattar inte delavslag" in refused(book, (GATE, "ja", "bifall", "fiktiv")), "yes by default"
    partly = "kommun.automatiskt_delavslag"
    assert len(read(book, (GATE, "ja", "bifall", "fiktiv"), (partly, "nej", "", "fiktiv"))) == 2


def test_what_the_board_has_decided_is_kept_with_the_setting(book: Rulebook) -> None:
    (found,) = read(book, (GATE, "ja", "bifall, delavslag", "fiktiv"))
    assert str(found.decision) == "Socialnämnden 2023-12-12 § 99: bifall, delavslag"


def test_a_no_and_what_nobody_has_confirmed_need_none(book: Rulebook) -> None:
    assert read(book, (GATE, "nej", "", "fiktiv"), (REFUSE, "ja", "", "exempel"))


def test_every_setting_that_lets_the_machine_decide_asks_for_a_decision(book: Rulebook) -> None:
    def lets_decide(rule: Rule) -> bool:
        return any(effect.path == MAY_DECIDE for effect in rule.concludes)

    asked = {path for rule in book.rules if lets_decide(rule) for path in rule.paths}
    settings = {path for path in asked if path.startswith("kommun.")}
    assert settings == {path for path, term in book.vocabulary.terms.items() if term.delegates}
    assert len(settings) > 2
