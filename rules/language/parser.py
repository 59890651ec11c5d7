"""From text to a syntax tree, by the grammar in ``grammar.lark``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

from lark import Lark, Token, Tree, UnexpectedInput

Syntax: TypeAlias = "Tree[Token] | Token"


class SyntaxProblemError(Exception):
    """The text is not an expression. ``position`` is a 0-based index into it."""

    def __init__(self, position: int, found: str, expected: str) -> None:
        self.position = position
        self.found = found
        self.expected = expected
        super().__init__(f"{found}: {expected}")


def parse(text: str) -> Syntax:
    """Parse one condition or amount. Raises SyntaxProblemError."""
    try:
        return _grammar().parse(text)
    except UnexpectedInput as error:
        position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        token = getattr(error, "token", None)
        if (token is not None and token.type == "$END") or position >= len(text.rstrip()):
            raise SyntaxProblemError(len(text), "slutet av texten", _expected(error)) from error
        raise SyntaxProblemError(position, f"”{text[position:].split()[0]}”", _expected(error)) from error
    except RecursionError as error:
        raise SyntaxProblemError(
            0, "en alltför djupt nästlad text", "Dela upp den i flera regler."
        ) from error


@cache
def _grammar() -> Lark:
    source = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", propagate_positions=True, maybe_placeholders=True)


_KINDS = {
    "en term eller ett värde": {"NAME", "NUMBER", "LPAR", "MINUS"},
    "en jämförelse (=, ≠, <, <=, >, >= eller i)": {"COMPARISON"},
    "”och” eller ”eller”": {"OCH", "ELLER"},
    "ett räknesätt": {"ADD", "MUL"},
    "en slutparentes": {"RPAR"},
    "en hakparentes": {"RSQB"},
    "en klammer": {"RBRACE"},
}


def _expected(error: UnexpectedInput) -> str:
    names = set(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    names |= set(getattr(error, "allowed", None) or ())
    kinds = [words for words, tokens in _KINDS.items() if tokens & names]
    return f"Väntade {', '.join(kinds)}." if kinds else "Väntade slutet av texten."
