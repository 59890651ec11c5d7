"""The package of a person's own data as Swedish text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from audit.reading import TrailWords
from audit.verify import visible
from decision_service.casework.own_data_form import EventJson, OwnCaseJson, OwnDataJson
from decision_service.casework.own_data_words import words as own_words
from decision_service.reading.strict_json import Json
from norms.month import Month


def as_text(package: OwnDataJson, words: TrailWords) -> str:
    """A package as people read it. ``words``: what fields and codes are called; amounts stand as they are
    kept, in kronor where they are written with a decimal point and else in öre."""
    own = own_words()
    lines = [
        own.heading.format(personnummer=package["personal_number"], kommun=package["municipality"]),
        own.made.format(när=package["made_at"]),
        "",
        own.not_here,
        *(f"- {each}" for each in package["withheld"]),
        "",
        own.read_first,
        package["to_read"],
    ]
    for each in package["applications"]:
        lines += ["", "", *_application(each, words)]
    for name, title in own.beside.items():
        if package[name]:
            lines += ["", "", title, *_lines(package[name], words, 0)]
    if package["log"]:
        lines += ["", own.events, *map(_event, package["log"])]
    return "\n".join(visible(line) for line in lines) + "\n"


def _application(one: OwnCaseJson, words: TrailWords) -> Iterator[str]:
    month = Month.parse(one["month"])
    own = own_words()
    yield own.case.format(nummer=one["case_number"], månad=f"{month.first:%Y-%m}", när=one["received_at"])
    parts = cast("Mapping[str, Json]", one)
    for name, title in own.parts.items():
        if part := parts.get(name):
            yield from ("", title, *_lines(part, words, 0))
    if "letters" in one:
        for letter in one["letters"]:
            yield from ("", own.letter.format(när=letter["at"]), *letter["text"].splitlines())
    if one["log"]:
        yield from ("", own.events_in_case, *map(_event, one["log"]))


def _event(event: EventJson) -> str:
    return f"{event['at']}  {event['what']} ({event['who']}): {event['why']}"


def _lines(value: Any, words: TrailWords, depth: int) -> Iterator[str]:
    """A value with one line for each thing in it; what is not said is left out."""
    pad = "  " * depth
    if isinstance(value, dict):
        for name, each in value.items():
            called = words.names.get(name, name)
            if each in (None, "", [], {}):
                continue
            if isinstance(each, dict | list):
                yield f"{pad}{called}:"
                yield from _lines(each, words, depth + 1)
            else:
                yield f"{pad}{called}: {_said(each, words)}"
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                first, *rest = list(_lines(each, words, depth + 1)) or [""]
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield f"{pad}- {_said(each, words)}"


def _said(value: Any, words: TrailWords) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return words.codes.get(str(value), str(value))
