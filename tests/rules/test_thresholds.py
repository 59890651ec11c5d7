"""Every limit that is the project's own is a setting with its ground, and the page of them is kept true."""

from __future__ import annotations

from pathlib import Path

from rules.language.types import Base
from rules.language.vocabulary import Source, Term
from rules.texts import shown
from tests.world.law import book

PAGE = Path(__file__).parents[2] / "docs" / "kommunens-granser.md"
LIMITS = [
    term
    for term in book().vocabulary.terms.values()
    if term.source is Source.SETTING and term.type.base is Base.NUMBER
]


def row(term: Term) -> str:
    """A limit as the page has it."""
    assert term.basis is not None, f"{term.path} has no ground"
    assert term.default is not None
    words = (
        f"`{term.name}`",
        shown(term.default, term.type),
        term.basis.status,
        term.basis.source,
        term.description,
    )
    return f"| {' | '.join(words)} |"


def test_the_page_has_every_limit_with_its_ground() -> None:
    found = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert found == [row(term) for term in LIMITS]
