"""A draft whose words name a field or a calculation that the program does not have is not published: every
case would stop."""

from __future__ import annotations

import pytest

from decision_service.lawmaking.checks import checked
from decision_service.lawmaking.findings import LACKING
from decision_service.log import releases
from rules.language.vocabulary_file import VOCABULARY
from tests.world.law import book

WORDS = f"rules/{VOCABULARY.name}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("beräkning: något_ifyllt", "beräkning: något_annat", "”något_annat”"),
        ('från: "registers.payments[].source"', 'från: "registers.payments[].källa"', "”registers.payments"),
        ("från: registers.employment.last_report", "från: registers.employment", "”registers.employment”"),
        ("från: registers.answers.af", "från: registers.answers.xx", "”registers.answers.xx”"),
        ("", "", ""),
    ],
)
def test_it_is_told_at_the_line_of_the_word(old: str, new: str, said: str) -> None:
    law = releases.files_of(book())
    draft = {**law, WORDS: law[WORDS].replace(old, new, 1) if old else law[WORDS]}
    found = checked({"law": draft, "cases": {}, "base": law, "present": "2026-11"}, whole=False).findings
    if not old:
        assert found == ()
        return
    (finding,) = found
    assert (finding.file, finding.code) == (WORDS, LACKING)
    assert said in finding.message
    at = draft[WORDS].splitlines()[: finding.line + 6]
    assert any(new in line for line in at[finding.line - 1 :])
    assert f"  {finding.where.partition('.')[2]}:" in at[finding.line - 1]
