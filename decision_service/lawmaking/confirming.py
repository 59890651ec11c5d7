"""Who has read what, and when, written where the files say it: the status of an amount, or a rule that the
municipality stands for."""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal

from pydantic import Field

from decision_service.application.fields import Day, Part
from decision_service.lawmaking.content import Files
from decision_service.reading.strict_json import InputError
from norms.fault import fault, shown
from norms.status import Status

Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\n\r]*$")]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class ConfirmRule(Part):
    """The municipality stands for a rule from a month: who has read which source, and when."""

    step: Literal["confirm_rule"]
    rule: Line
    first: Month
    source: Line
    read_by: Line
    read_on: Day


class ConfirmAmount(Part):
    """A series of amounts in a file has been read in its source: by whom, when, and how sure it is."""

    step: Literal["confirm_amount"]
    file: Line
    series: Line
    status: Literal[Status.VERIFIED, Status.VERIFIED_ONE, Status.VERIFIED_TWO]
    source: Line
    read_by: Line
    read_on: Day


def rule_confirmed(files: Files, code: str, name: str, given: ConfirmRule) -> dict[str, str]:
    """The municipality's own file with the rule among those that it stands for."""
    file = f"rules/sets/municipal/{code}/kommun.yaml"
    text = files.get(file, f"kommun: {json.dumps(code)}\nnamn: {name}\n")
    said = f"{given.source} (läst av {given.read_by} {given.read_on})"
    entry = f"  {given.rule}: {{från: {given.first}, källa: {_quoted(said)}}}"
    lines = [line for line in text.splitlines() if not line.startswith(f"  {given.rule}: {{från: ")]
    if "bekräftar:" not in lines:
        lines.append("bekräftar:")
    place = lines.index("bekräftar:") + 1
    return {file: "\n".join([*lines[:place], entry, *lines[place:]]) + "\n"}


def amount_confirmed(files: Files, given: ConfirmAmount) -> dict[str, str]:
    """The file with the status of a series, and who read it as its note. An amount with a status of its own
    keeps that. Raises InputError where the file has no such series."""
    text = files.get(given.file)
    begun = re.compile(rf"^( +){re.escape(given.series)}:(.*)$")
    lines = (text or "").splitlines()
    places = [number for number, line in enumerate(lines) if begun.match(line)]
    if not places:
        raise InputError([fault("no_series_in_file", "series", series=shown(given.series), file=given.file)])
    note = _quoted(f"Läst av {given.read_by} {given.read_on} i {given.source}")
    for place in reversed(places):
        lines[place:] = _with_status(lines[place:], begun, given.status.value, note)
    return {given.file: "\n".join(lines) + "\n"}


def _with_status(lines: list[str], begun: re.Pattern[str], status: str, note: str) -> list[str]:
    """Lines that begin with a series, with its status and its note."""
    found = begun.match(lines[0])
    assert found is not None
    indent, rest = f"{found[1]}  ", found[2].strip()
    if rest.startswith("{"):
        inside = re.sub(r'\b(status: [^,}]*|anm: "[^"]*"),? ?', "", rest.removeprefix("{"))
        return [f"{lines[0][: found.start(2)]} {{status: {status}, anm: {note}, {inside}", *lines[1:]]
    further = enumerate(lines[1:], 1)
    end = next((n for n, line in further if line.strip() and not line.startswith(indent)), len(lines))
    own = [line for line in lines[1:end] if not re.match(rf"{indent}(status|anm): ", line)]
    return [lines[0], f"{indent}status: {status}", f"{indent}anm: {note}", *own, *lines[end:]]


def _quoted(text: str) -> str:
    """A text as YAML takes it whatever it says, without the quotation mark that ends it."""
    return json.dumps(text.replace('"', "”").replace("\\", "/"), ensure_ascii=False)
