"""The register of laws: the words of a provision beside its citation, or that they are not entered."""

from __future__ import annotations

import pytest

from norms import document
from norms.finding import FindingsError
from norms.load import load, load_files
from rules import laws, rulebook
from rules.book import ROOT, read_files
from rules.laws import UNREAD
from rules.terminal import law_text


def test_a_provision_that_is_entered_is_quoted_with_its_address_and_reading() -> None:
    cited = laws.load().cite("SoL (2025:400) 12 kap. 7 §")
    assert cited is not None
    assert cited.wording is not None
    assert "Riksnormen gäller i hela landet" in cited.wording
    assert cited.address == "https://rkrattsbaser.gov.se/sfst?bet=2025:400"
    assert cited.read is not None
    assert "2025:1501" in cited.read
    shown = list(law_text([cited]))
    assert shown[0].startswith("SoL (2025:400) 12 kap. 7 §, läst till och med SFS 2025:1501")
    assert " ".join(line.strip() for line in shown[1:]) == " ".join(cited.wording.split())


@pytest.mark.parametrize("text", ["SFS 2026:730", "SoL (2001:453) 4 kap. 1 §", "SOSFS 2013:1"])
def test_a_provision_that_is_not_entered_says_so_and_is_never_quoted(text: str) -> None:
    cited = laws.load().cite(text)
    assert cited is not None
    assert (cited.wording, cited.read) == (None, None)
    assert list(law_text([cited]))[1:] == [f"    {UNREAD}"]


def test_every_entered_provision_is_cited_by_some_rule_or_letter() -> None:
    """A text that nothing cites is dead; so is one whose key no citation spells."""
    cited = {each.text for rule in rulebook.load().rules for each in rule.citations}
    entered = {f"{name} {key}" for name, entry in laws.load().entries.items() for key in entry.texts}
    of_letters = {"FL (2017:900) 25 §", "SocF (2025:468) 12 kap. 1 §"}
    assert entered - cited <= of_letters


def test_a_text_without_its_source_is_refused() -> None:
    source = 'lagar:\n  PL:\n    namn: Prov\n    från: 2020-01\n    text: {1 §: "Text."}\n'
    with pytest.raises(FindingsError, match="adress"):
        laws.build(document.parse(source.encode(), "lagar.yaml"))


def test_a_table_of_amounts_that_cites_a_chapter_the_law_does_not_have_is_told_once() -> None:
    tables = load()
    [(name, text)] = [each for each in tables.files.items() if b"SoL (2025:400) 12 kap. 8" in each[1]]
    wrong = text.replace(b"SoL (2025:400) 12 kap. 8", b"SoL (2025:400) 99 kap. 8")
    with pytest.raises(FindingsError) as error:
        rulebook.build(read_files(ROOT), load_files({**tables.files, name: wrong}))
    assert {(each.file, each.code) for each in error.value.findings} == {(f"norms/{name}", "R047")}
    assert all("99 kap." in each.message for each in error.value.findings)
