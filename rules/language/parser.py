"""From text to a syntax tree, by the grammar in ``grammar.lark``."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias

from lark import Lark, Token, Tree, UnexpectedInput

Syntax: TypeAlias = "Tree[Token] | Token"

DEEPEST = 50
"""No expression is nested deeper than this: a person could not read it, nor could the engines."""


class SyntaxProblemError(Exception):
    """The text is not an expression. ``position`` is the 0-based place where it stops being one."""

    def __init__(self, position: int, found: str, expected: str) -> None:
        self.position = position
        self.found = found
        self.expected = expected
        super().__init__(f"{found}: {expected}")


@lru_cache(4096)
def parse(text: str) -> Syntax:
    """Parse one condition or amount. Raises SyntaxProblemError.

    Nobody changes a tree: a rulebook is often built anew with a few words changed, and the others are not
    parsed again.
    """
    try:
        syntax = _grammar().parse(text)
    except UnexpectedInput as error:
        raise _problem(text, error) from error
    if _depth(syntax) > DEEPEST:
        raise SyntaxProblemError(
            0, f"den {DEEPEST}:e nivån", "Så djupt nästlat går inget att läsa. Dela upp det i flera regler."
        )
    return syntax


@cache
def _grammar() -> Lark:
    source = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(source, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _depth(syntax: Syntax) -> int:
    depth, level = 0, [syntax]
    while level:
        depth += 1
        level = [child for node in level if isinstance(node, Tree) for child in node.children if child]
    return depth


# --- what is wrong, and what to write instead

_KINDS = {
    "en term eller ett värde": {"NAME", "NUMBER", "LPAR", "MINUS"},
    "en enhet (kr, år, dagar …)": {"UNIT"},
    "en jämförelse (=, ≠, <, <=, >, >= eller i)": {"COMPARISON"},
    "”och” eller ”eller”": {"_AND", "_OR"},
    "ett räknesätt (+, -, *, /)": {"ADD", "MUL"},
    "ett komma": {"COMMA"},
    "”där” och ett villkor": {"_WHERE"},
    "en slutparentes": {"RPAR"},
    "en hakparentes": {"RSQB"},
    "en klammer": {"LBRACE", "RBRACE"},
}
_ADVICE = (
    (r"=", "Lika med skrivs med ett enda likhetstecken: =."),
    (
        r"<|>",
        "Mindre eller lika skrivs <=, större eller lika >=. Ett intervall är två jämförelser: "
        "x >= 7 och x <= 10.",
    ),
    (r"(?:and|AND|Och|OCH|&&?)(?!\w)", "Skriv ”och”."),
    (r"(?:or|OR|Eller|ELLER|\|\|?)(?!\w)", "Skriv ”eller”."),
    (r"(?:NOT|Inte|INTE)(?!\w)|!", "Skriv ”inte”."),
    (r"(?:är)(?!\w)", "Lika med skrivs =."),
    (r"[\"'”“’]", "Värden skrivs utan citattecken."),
    (r"\.[0-9]", "Decimaler skrivs med komma (12,50) och tusental med mellanslag (5 000)."),
    (r"#", "En kommentar (#) kan inte stå inuti ett uttryck. Sätt den på en egen rad före nyckeln."),
    (r"\w*[A-ZÅÄÖ]", "Termer och ord skrivs med små bokstäver."),
)


_NOT_BEFORE = re.compile(r"(?<!\w)(?:not|ej|icke)\s+$")


def _problem(text: str, error: UnexpectedInput) -> SyntaxProblemError:
    position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    token = getattr(error, "token", None)
    if (token is not None and token.type == "$END") or position >= len(text.rstrip()):
        return SyntaxProblemError(len(text), "slutet", _expected(text))
    found = text[position:].split()[0]
    advice = next((words for pattern, words in _ADVICE if re.match(pattern, text[position:])), None)
    if _NOT_BEFORE.search(text[:position]):
        advice = "Skriv ”inte”."
    return SyntaxProblemError(position, f"”{found}”", advice or _expected(text[:position]))


def _expected(beginning: str) -> str:
    """What may follow the part of an expression that can be read."""
    reader = _grammar().parse_interactive(beginning)
    try:
        reader.exhaust_lexer()
    except UnexpectedInput:  # ”iÆ”: the beginning is a name there, and a word of the grammar by itself
        return f"”{beginning}” är ett ord i regelspråket och inget namn."
    names: set[str] = reader.accepts()  # type: ignore[no-untyped-call]
    kinds = [words for words, tokens in _KINDS.items() if tokens & names]
    if "$END" in names:
        kinds.append("slutet av uttrycket")
    return f"Väntade {' eller '.join([', '.join(kinds[:-1]), kinds[-1]] if kinds[1:] else kinds)}."
