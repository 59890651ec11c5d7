"""What people read stands in files: no Swedish in the program of a product room, and each text that a room
says has a name in its file, with the places that the program fills."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from decision_service.reading.said import ROOMS, texts_in

OUTSIDE = {
    "access": "what is said to whoever runs the service stands where it is found",
    "api": "what is published of a route stands at the route",
    "application": "the names that others' forms have, and what is published of a field",
    "commands": "what a command prints stands in the command",
    "evaluation": "what is published of an explanation",
    "installation": "what is said to whoever runs the service stands where it is found",
    "jobs": "says nothing",
    "log": "what is said to whoever runs the service stands where it is found",
    "network": "what is said to whoever runs the service stands where it is found",
    "operations": "what is said to whoever runs the service stands where it is found",
    "reading": "where a text was cut, or a list lay too deep",
    "registers": "what an agency's contract calls things, and why it did not answer",
    "store": "what is said to whoever runs the service stands where it is found",
}
"""Rooms that are not looked through. Nor are the other wings: a fault of a rule or a table stands in the file
of its check, tried by what it says of a bad file; the log's own programs read no file beside them."""
OPEN = {
    "casework/logged_alone.py: Raderna har en post som svarar för dem.": "kept in the key folder",
    "casework/staff.py: Handläggarnas namn är stämplade.": "kept in the key folder",
    "decision/document.py: Vad raden är för, utan belopp; tom i ett dokument från innan det sades, där "
    "texten säger det": "published of a member of two models",
    "follow_up/month.py: inom en timme": "the name of a row of the published figures",
    "follow_up/month.py: inom en vecka": "the name of a row of the published figures",
    "follow_up/month.py: inom ett dygn": "the name of a row of the published figures",
    "impact/runner.py: gick inte att pröva": "kept in a row",
    "impact/runner.py: utan regelversion": "kept in a row",
    "lawmaking/confirming.py: (läst av": "written in a rule file",
    "lawmaking/confirming.py: Läst av": "written in a table of amounts",
    "planning/csv_files.py: eget arbetssökande": "the name of a column in a file that others write",
    "planning/csv_files.py: första dagen": "the name of a column in a file that others write",
}
"""Swedish that the program itself must know, and why."""
SWEDISH = re.compile(
    r"[åäö]|\b(?:och|att|inte|som|med|till|av|ett|en|den|det|ingen|inget|har|ska|vid|utan|eller|var|hos|efter|kan"
    r"|finns|ny|nya|sedan|bara|alla|andel|antal|timmar|kommunens|beslut|person)\b",
    re.IGNORECASE,
)
WORDS, PLACE = re.compile(r"[A-Za-zåäöÅÄÖ]+"), re.compile(r"\{[^{}]*\}")
PUBLISHED = frozenset({"alias", "description", "summary", "title"})
"""What a field is called in a file, and what is published of a field or a route."""


@cache
def modules() -> dict[Path, ast.Module]:
    """The program of the rooms that are looked through."""
    found = [path for path in sorted(ROOMS.rglob("*.py")) if path.relative_to(ROOMS).parts[0] not in OUTSIDE]
    return {path: ast.parse(path.read_text("utf-8")) for path in found if path.parent != ROOMS}


def sentences(node: ast.AST) -> Iterator[str]:
    """The Swedish of several words in a module, but for docstrings, what is published of a field, and why a
    program gives up."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():
            return
        case ast.Call(func=func) if ast.unparse(func).endswith(("Error", "re.compile")):
            return
        case ast.keyword(arg=name) if name in PUBLISHED:
            return
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if not (isinstance(key, ast.Constant) and key.value in PUBLISHED):
                    yield from sentences(value)
                yield from sentences(key) if key is not None else ()
            return
        case ast.Constant(value=str(text)):
            if len(WORDS.findall(PLACE.sub("", text))) > 1 and " " in text.strip() and SWEDISH.search(text):
                yield text.strip()
    for inner in ast.iter_child_nodes(node):
        yield from sentences(inner)


def test_no_swedish_stands_in_the_program_of_a_product_room() -> None:
    found = {
        f"{path.relative_to(ROOMS)}: {text}"
        for path, module in modules().items()
        for text in sentences(module)
    }
    assert found == OPEN.keys()


@pytest.mark.parametrize(
    "source",
    [
        "said = 'Det gick inte.'",
        "return f'{count} ärenden blir annorlunda'",
        "TABLE = {'late': 'efter tidsfristen'}",
        "yield 'Utan belopp', told",
    ],
)
def test_swedish_is_seen(source: str) -> None:
    assert list(sentences(ast.parse(source)))


def said(module: ast.Module) -> Iterator[tuple[set[str], set[str]]]:
    """The names among which each call chooses, none where they stand elsewhere in the module, and the places
    that it fills."""
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="_say"), args=[name], keywords=filled):
                inner = () if isinstance(name, ast.Call) else ast.walk(name)
                names = {str(each.value) for each in inner if isinstance(each, ast.Constant)} - {"0"}
                yield names, {str(each.arg) for each in filled}


def test_every_text_of_a_room_is_said_with_its_places_and_every_one_that_is_said_is_there() -> None:
    there, used = set(), set()
    for path, module in modules().items():
        room = ROOMS / path.relative_to(ROOMS).parts[0] / "sagt.yaml"
        if not any(said(module)):
            continue
        texts = texts_in(room)
        there |= {(room, name) for name in texts}
        constants = {each.value for each in ast.walk(module) if isinstance(each, ast.Constant)}
        named = {name for names, _ in said(module) for name in names}
        for names, filled in said(module):
            for name in names or (constants - named) & texts.keys():
                places = {place for _, place, _, _ in Formatter().parse(texts[name]) if place is not None}
                assert places == filled, (path.name, name)
                used.add((room, name))
    assert used == there
