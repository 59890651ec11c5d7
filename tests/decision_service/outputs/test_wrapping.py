"""Lines of a letter: as full as they can be, and the same as the standard library makes of the same words."""

from __future__ import annotations

import textwrap
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from decision_service.outputs.addressee import Addressee
from decision_service.outputs.letter_layout import WIDTH, Letter, LetterPart, unbroken

WORDS = st.one_of(
    st.text("abåö-–§1\u00a0.,", min_size=1, max_size=14).filter(str.strip),
    st.text("x-", min_size=60, max_size=90),
    st.sampled_from(["7 kap. 1 §", "\t", "\n", "\r\n", " " * 40, " " * 90]),
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", "", "  ", "\n"])), max_size=50).map(
    lambda found: "".join(map("".join, found))
)
TO = Addressee("p1", "Alma Ek")


@given(TEXTS, TEXTS)
@example(" " * 40 + "x" * 61 + " 1", "x" * 90 + " b")
def test_a_letter_is_broken_as_the_standard_library_breaks_it(paragraph: str, item: str) -> None:
    part = LetterPart("Om", (paragraph,), (item,), (), "", "", ())
    text = Letter("BESLUT", "Beslut", (part,), TO, date(2026, 11, 2), "2026-1", "Kommunen").text
    expected = f"OM\n\n{broken(paragraph)}\n\n{broken(item, '– ', '  ')}\n"
    assert text[text.index("\nOM") + 1 :] == expected.rstrip() + "\n"


def broken(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        unbroken(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
