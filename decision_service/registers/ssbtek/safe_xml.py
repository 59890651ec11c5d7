"""XML from outside: hostile XML is refused before it is read, and the rest becomes JSON.

The JSON has local names without namespaces. An element that repeats is a list, an attribute stands beside
the elements, an empty element is left out, and all values are text.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from decision_service.reading.strict_json import LARGEST_INPUT, InputError
from norms.fault import fault

DEEPEST = 60
"""Levels of elements. The deepest part of the contract has about twenty."""

TEXT = "#text"
"""The name of text that stands beside elements or attributes."""
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class _Builder(TreeBuilder):
    """Builds the tree and gives up on one that is too deep."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element. Raises InputError when it lies too deep."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise InputError([fault("xml_too_deep", limit=DEEPEST)])
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes, largest: int = LARGEST_INPUT) -> Element:
    """The root element. Raises InputError for a document type, entities, too much or too deep content,
    an unknown encoding and broken XML."""
    if len(content) > largest:
        raise InputError([fault("xml_too_many_bytes", size=len(content), limit=largest)])
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DTDForbidden as error:
        raise InputError([fault("xml_document_type")]) from error
    except DefusedXmlException as error:
        raise InputError([fault("xml_entities")]) from error
    except ParseError as error:
        line, column = error.position
        raise InputError([fault("not_xml", line=line, column=column + 1)]) from error
    except (LookupError, ValueError) as error:
        raise InputError([fault("xml_encoding")]) from error
    return root


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    """The namespace of a name, or nothing."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def to_json(element: Element) -> Any:
    """The JSON of an element's content: text, an object, or None when it is empty."""
    if element.get(_NIL) in ("true", "1"):
        return None
    found: dict[str, Any] = {}
    for name, value in element.attrib.items():
        if name != _NIL:
            _add(found, local(name), value)
    text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    for child in element:
        inner = to_json(child)
        if inner is not None:
            _add(found, local(child.tag), inner)
    if not found:
        return text or None
    if text:
        _add(found, TEXT, text)
    return found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]
