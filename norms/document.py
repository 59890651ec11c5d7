"""Strict reading of a YAML file: every scalar is text, every value knows its line.

YAML's guesses are switched off: ``nej`` is not false, ``2026-10`` is not a number and ``010`` is not
eight. Whoever reads a document says what each text means. Files that YAML would accept but a person
would misread (a tab, the same key twice, another encoding, a character that nobody sees or that turns those
beside it) are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from norms.finding import Finding, FindingsError, Severity

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Location: TypeAlias = tuple[str | int, ...]

_MAX_DEPTH = 40


@dataclass(frozen=True)
class Document:
    """A read file: ``data`` and, for every place in it, the line where it starts."""

    file: str
    data: Value
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """The 1-based line of a place, or of the nearest place around it that the file has."""
        while location not in self.lines:
            location = location[:-1]
        return self.lines[location]


def read(path: Path, name: str | None = None) -> Document:
    """Read a YAML file from disk. Raises FindingsError with codes D001 to D008."""
    return parse(path.read_bytes(), name if name is not None else path.name)


def parse(content: bytes, file: str) -> Document:
    """Read YAML from bytes; ``file`` is the name that findings carry. Raises FindingsError."""
    text = _decode(content, file)
    _refuse_tabs(text, file)
    _refuse_unseen(text, file)
    try:
        _refuse_depth(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        line, advice = _what_is_broken(error)
        raise _error(file, line, "D004", f"Filen går inte att läsa som YAML. {advice}") from error
    if node is None:
        raise _error(file, 0, "D005", "Filen är tom. Fyll i den eller ta bort den.")
    reader = _Reader(file)
    data = reader.value(node, ())
    if reader.findings:
        raise FindingsError(reader.findings)
    return Document(file, data, reader.lines)


# The base loader makes no guesses and is the faster for it.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


_ADVICE = (
    (r"quoted scalar.*end of stream", "Ett citattecken öppnas här och stängs aldrig. Sätt det andra."),
    (
        r"escape",
        "Efter \\ kan inte vilket tecken som helst stå inom \"…\". Skriv texten inom '…' eller utan \\.",
    ),
    (
        r"expected ',' or|flow",
        'Efter { eller [ väntades ett komma eller slutet. Är det text, sätt den inom raka citattecken: "…".',
    ),
    (r"simple key", "Efter en nyckel står kolon och mellanslag: nyckel: värde."),
    (
        r"mapping values",
        "Ett kolon står där det inte kan stå, eller raden har ett annat indrag än de den hör ihop med. "
        'Är kolonet en del av texten, sätt den inom raka citattecken: "…". '
        "En rad i en lista börjar med bindestreck och mellanslag.",
    ),
    (
        r"'-' indicator|expected key|block end",
        "Raden hör inte ihop med dem ovanför. Nycklar som hör ihop har samma indrag, och varje ny del i en "
        "lista börjar med -. Efter ett citerat värde står inget mer.",
    ),
    (
        r"cannot start|node content|alias|alphabetic",
        'Ett värde börjar med ett tecken som betyder något annat. Sätt det inom raka citattecken: "…".',
    ),
    (r"document", "Bara ett dokument får stå i filen. Ta bort raden med --- eller ... ."),
    (
        r"sequence entries",
        "En lista börjar på en egen rad under sin nyckel, och efter - står ett mellanslag.",
    ),
)
_ANY_ADVICE = "Se efter citattecken, parenteser och indrag på raden eller just före."


def _what_is_broken(error: yaml.YAMLError) -> tuple[int, str]:
    """The line where it went wrong, and what to do about it, of what the reader of YAML says in English."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return 0, _ANY_ADVICE
    said = f"{error.context} {error.problem}"
    advice = next((words for pattern, words in _ADVICE if re.search(pattern, said)), _ANY_ADVICE)
    # What is opened and not closed is seen only at the end, and is to be mended where it begins.
    unclosed = re.search(r"quoted scalar.*end of stream|simple key", said)
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0, advice


def _error(file: str, line: int, code: str, message: str) -> FindingsError:
    return FindingsError([Finding(file, line, code, Severity.ERROR, "", message)])


def _too_deep(file: str, line: int) -> FindingsError:
    return _error(file, line, "D006", f"Filen är nästlad djupare än {_MAX_DEPTH} nivåer.")


def _refuse_depth(text: str, file: str) -> None:
    """Nothing is composed that is nested so deep that the native composer would take its process down."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH + 1:
                raise _too_deep(file, event.start_mark.line + 1 if event.start_mark else 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def composed(text: str) -> str:
    """Text with its letters composed: an å that a Mac wrote as a and a ring is an å."""
    return unicodedata.normalize("NFC", text)


def _decode(content: bytes, file: str) -> str:
    try:
        return composed(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _error(
            file,
            line,
            "D001",
            f"Filen är inte sparad som UTF-8 (byte 0x{content[error.start]:02X}). "
            "Spara om den med teckenkodningen UTF-8.",
        ) from error


def _refuse_tabs(text: str, file: str) -> None:
    findings = [
        Finding(
            file,
            number,
            "D002",
            Severity.ERROR,
            "",
            f"Raden har ett tabbtecken i kolumn {line.index(chr(9)) + 1}. Använd mellanslag.",
        )
        for number, line in enumerate(text.splitlines(), start=1)
        if "\t" in line
    ]
    if findings:
        raise FindingsError(findings)


def _refuse_unseen(text: str, file: str) -> None:
    if text.isascii() and text.replace("\n", "").replace("\r", "").isprintable():
        return
    findings = [
        Finding(file, number, "D008", Severity.ERROR, "", _unseen_in_words(found))
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
        if (found := _unseen(line.removesuffix("\r"))) is not None
    ]
    if findings:
        raise FindingsError(findings)


def _unseen(text: str) -> str | None:
    """The first character that nobody sees, or that changes how those beside it are read."""
    if text.isprintable():
        return None
    return next(
        (each for each in text if not each.isprintable() and unicodedata.category(each) != "Zs"), None
    )


def _unseen_in_words(found: str) -> str:
    return f"Tecknet U+{ord(found):04X} syns inte, eller ändrar hur det som står intill läses. Ta bort det."


class _Reader:
    """Turns YAML nodes into plain values and notes the line of each."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {}
        self.findings: list[Finding] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, location: Location) -> Value:
        self.lines[location] = node.start_mark.line + 1
        if len(location) > _MAX_DEPTH:
            raise _too_deep(self.file, self.lines[location])
        if id(node) in self._seen:
            raise _error(
                self.file,
                self.lines[location],
                "D007",
                "Hänvisningar (& och *) går inte att använda. Skriv ut värdet.",
            )
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._text(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*location, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, location)

    def _text(self, node: yaml.ScalarNode, location: Location) -> str:
        text = str(node.value)
        said = text.replace("\n", "").replace("\u00ad", "")  # where a word may be broken, written to be seen
        if (found := _unseen(said)) is not None:
            self._find(node.start_mark.line + 1, "D008", location, _unseen_in_words(found))
        return text

    def _mapping(self, node: yaml.Node, location: Location) -> dict[str, Value]:
        result: dict[str, Value] = {}
        first: dict[Hashable, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._find(line, "D004", location, "En nyckel måste vara en enkel text.")
                continue
            key = self._text(key_node, location)
            if key in first:
                self._find(
                    line,
                    "D003",
                    (*location, key),
                    f"Nyckeln ”{key}” finns redan på rad {first[key]}. Ta bort den ena.",
                )
                continue
            first[key] = line
            result[key] = self.value(value_node, (*location, key))
            self.lines[(*location, key)] = line
        return result

    def _find(self, line: int, code: str, location: Location, message: str) -> None:
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
        self.findings.append(Finding(self.file, line, code, Severity.ERROR, where, message))
