"""What is wrong with what somebody wrote on a page: in words that no program speaks, each at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from decision_service.reading.sentences import say, say_on_page, sentences
from norms.fault import ENGLISH, SWEDISH, Fault, Path, fault, shown

Where: TypeAlias = Callable[[Path], str]
"""The id of the field of a page that a place in what was read comes from; empty where it comes from none."""

_EMPTY = frozenset({shown(""), shown(None)})
_LEGEND = re.compile(r"<legend[^>]*>(.*?)</legend>", re.S)
_AT = re.compile(r'<a class="vid-falt" href="#([^"]*)"></a>')


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: a sentence, the id of the field that it is about, empty for none, and the
    language of the sentence where it is another than the page's."""

    text: str
    field: str = ""
    language: str = ""


def nowhere(_: Path) -> str:
    """Where what is wrong is about no field of the page."""
    return ""


def fields(of: Mapping[str, str]) -> Where:
    """The fields by the path of what was read, without its numbers: ``told.reason``."""
    return lambda path: of.get(".".join(each for each in path if isinstance(each, str)), "")


def same_name(before: str = "") -> Where:
    """The field that is called what the place is called, after what stands ``before``."""
    return lambda path: f"{before}{path[0]}" if path else ""


def wrong(faults: Iterable[Fault], where: Where = nowhere, language: str = SWEDISH) -> list[Wrong]:
    """What a page says of faults, each once; in English what is not said in the page's language."""
    return list(dict.fromkeys(_told(_as_written(each), where(each.path), language) for each in faults))


def _told(one: Fault, field: str, language: str) -> Wrong:
    if language in sentences().on_page_in(one):
        return Wrong(say_on_page(one, language), field)
    return Wrong(say_on_page(one, ENGLISH), field, ENGLISH)


def in_rows(faults: Iterable[Fault], field: str) -> list[Wrong]:
    """What a page says of a file that was put in one of its fields: the row and the column, and what is wrong
    there."""
    said = ((", ".join(map(str, each.path)), say(_as_written(each))) for each in faults)
    return [Wrong(f"{place}: {text}" if place else text, field) for place, text in said]


def _as_written(one: Fault) -> Fault:
    """A field that was left empty lacks what it should hold, whatever its reader took the nothing for."""
    empty = one.values.get("found") in _EMPTY or (one.code == "text_too_short" and one.values["limit"] == 1)
    return replace(fault("missing"), path=one.path) if empty else one


def with_labels(content: str) -> str:
    """A page where each fault links to its field by the words that the field has there, and the field says
    that it is wrong. A field that is not on the page is not linked to."""
    marked: dict[str, str] = {}
    for name in dict.fromkeys(_AT.findall(content)):
        there, label = _on_page(content, name)
        marked[name] = f'<a href="#{there}">{label}</a>: ' if label else ""
        if label:
            content = content.replace(f' id="{there}"', f' id="{there}" aria-invalid="true"', 1)
    return _AT.sub(lambda found: marked[found[1]], content)


def _on_page(content: str, name: str) -> tuple[str, str]:
    """The id of a field, or of the first of its choices, and what the page calls it; empty for none."""
    for there in (name, f"{name}-1"):
        if tag := re.search(rf'<\w+[^>]* id="{re.escape(there)}"[^>]*>', content):
            before, after = content[: tag.start()], content[tag.start() :]
            labels = re.findall(rf'<label[^>]* for="{re.escape(name)}"[^>]*>(.*?)</label>', content, re.S)
            labels += re.findall(r' aria-label="([^"]*)"', tag[0])
            labels += _LEGEND.findall(after)[:1] if there == name else _LEGEND.findall(before)[-1:]
            return (there, re.sub(r"<[^>]*>", "", labels[0]).strip()) if labels else ("", "")
    return "", ""
