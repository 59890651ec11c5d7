"""What people read stands in files: no Swedish in the program, and each text that a room says has a name in
its file, with the places that the program fills."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from decision_service.commands.arguments import HELP, Parser, parser
from decision_service.reading.said import ROOMS, texts_in
from norms import document

OUTSIDE = {
    "api": "what is published of a route stands at the route",
    "store/migrations": "what an earlier version wrote",
}
"""Rooms that are not looked through. Nor are the other wings: a fault of a rule or a table stands in the file
of its check, tried by what it says of a bad file; the log's own programs read no file beside them."""
OPEN = {
    "application/adapters/sundsvall.py: användare i Sundsvalls system": "what the page on the form says",
    "casework/logged_alone.py: Raderna har en post som svarar för dem.": "kept in the key folder",
    "casework/staff.py: Handläggarnas namn är stämplade.": "kept in the key folder",
    'commands/played_lawmaking.py: kommun.hyresmarginal:\n    - {värde: "': "written in a rule file",
    "decision/document.py: Vad raden är för, utan belopp; tom i ett dokument från innan det sades, där "
    "texten säger det": "published of a member of two models",
    "follow_up/month.py: inom en timme": "the name of a row of the published figures",
    "follow_up/month.py: inom en vecka": "the name of a row of the published figures",
    "follow_up/month.py: inom ett dygn": "the name of a row of the published figures",
    "impact/runner.py: gick inte att pröva": "kept in a row",
    "impact/runner.py: utan regelversion": "kept in a row",
    "installation/values.py: ^[0-9A-Za-zÅÄÖåäöÉéÜü .-]{1,140}$": "letters that a bank takes",
    "lawmaking/confirming.py: (läst av": "written in a rule file",
    "lawmaking/confirming.py: Läst av": "written in a table of amounts",
    "planning/csv_files.py: eget arbetssökande": "the name of a column in a file that others write",
    "planning/csv_files.py: första dagen": "the name of a column in a file that others write",
    "registers/ssbtek/question.py: avslutade beskattningsår": "the name of a field in a file",
    "store/sealing.py: E-tjänsternas hemligheter är låsta.": "kept in the key folder",
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
    """The program that is looked through."""
    found = sorted(ROOMS.rglob("*.py"))
    outside = [ROOMS / name for name in OUTSIDE]
    return {
        path: ast.parse(path.read_text("utf-8"))
        for path in found
        if not any(path.is_relative_to(each) for each in outside)
    }


def sentences(node: ast.AST) -> Iterator[str]:
    """The Swedish of several words in a module, but for docstrings, patterns and what is published of a
    field."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
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


def fields() -> set[str]:
    """What the fields of files are called, and may be called again where one is named."""
    return {
        node.value.value
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg == "alias" and isinstance(node.value, ast.Constant)
    }


def test_no_swedish_stands_in_the_program() -> None:
    named = fields()
    found = {
        f"{path.relative_to(ROOMS)}: {text}"
        for path, module in modules().items()
        for text in sentences(module)
        if text not in named
    }
    assert found == OPEN.keys()


@pytest.mark.parametrize(
    "source",
    [
        "said = 'Det gick inte.'",
        "return f'{count} ärenden blir annorlunda'",
        "TABLE = {'late': 'efter tidsfristen'}",
        "yield 'Utan belopp', told",
        "raise LogError(f'Ärende {case} är gallrat.')",
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


@pytest.mark.parametrize("file", [HELP, *sorted(ROOMS.rglob("sagt.yaml"))], ids=lambda file: file.parent.name)
def test_a_file_of_texts_says_what_yaml_says(file: Path) -> None:
    texts = texts_in(file)
    assert texts == document.read(file).data
    assert all(texts.values())


def commands(above: Parser) -> Iterator[Parser]:
    """A command and those below it."""
    yield above
    for action in above._actions:
        for each in action.choices.values() if isinstance(action.choices, dict) else ():
            yield from commands(each)


def test_every_command_and_every_choice_is_told_and_nothing_else() -> None:
    named = {each.name_of(told) for each in commands(parser()) for told in each.told()}
    assert texts_in(HELP).keys() == named - {"REGEL", "ÄRENDE"} | {"lagrum"}
