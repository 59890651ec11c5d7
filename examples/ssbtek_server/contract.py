"""Reading a question strictly by the contract of SSBTEK, written apart from the service's own code."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACES = {
    version: f"http://schema.forsakringskassan.se/integration/ssbt/{version}" for version in ("10", "11")
}
AGENCIES = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")
_ORGANISATION, _PERSON = r"\d{4}[2-9]\d{7}", r"\d{12}"
_DATE_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"


class ContractError(Exception):
    """The question does not follow the contract. Says where."""


@dataclass(frozen=True)
class Question:
    """What was asked."""

    personal_number: str
    reference: str
    message_id: str | None
    first: date
    last: date
    agencies: tuple[str, ...]
    lefi: dict[str, Any] | None
    version: str = "11"
    tax_years: tuple[int, ...] = ()


def read_question(content: bytes) -> Question:
    """The question of an envelope. Raises ContractError for anything the contract does not allow."""
    content, version = _without_version(content)
    try:
        envelope = fromstring(content, forbid_dtd=True)
    except Exception as error:
        raise ContractError(f"no XML: {error}") from error
    body = _children(envelope, f"{{{SOAP}}}Envelope", [f"{{{SOAP}}}Body"])[0]
    question = _children(body, f"{{{SOAP}}}Body", [_ns("hamtaBastjanstInformation")])[0]
    general, specific = _children(
        question, question.tag, [_ns("generellaFrageparametrar"), _ns("specifikaFrageparametrar")]
    )
    found = _sequence(
        general,
        "frageTidpunkt? korrelationsid? fraganSkallInkluderasISvaret ingivare personidentitet"
        " arendeidentitet tidsperiod personuppgiftsbitrade* syfte lagtext",
    )
    _text(found, "frageTidpunkt", _DATE_TIME)
    _text(found, "fraganSkallInkluderasISvaret", "true|false|0|1")
    submitter = _sequence(found["ingivare"][0], "organisationsnummer namn handlaggare")
    _text(submitter, "organisationsnummer", _ORGANISATION)
    for name in ("namn", "handlaggare"):
        _text(submitter, name, ".+")
    for each in found.get("personuppgiftsbitrade", []):
        processor = _sequence(each, "ordningsnummer? organisationsnummer namn")
        _text(processor, "organisationsnummer", _ORGANISATION)
        _text(processor, "namn", ".+")
    period = _sequence(found["tidsperiod"][0], "fromDatum tomDatum")
    agencies = _sequence(specific, " ".join(AGENCIES))
    included = tuple(name for name in AGENCIES if _included(agencies[name][0]))
    return Question(
        _text(found, "personidentitet", _PERSON) or "",
        _text(found, "arendeidentitet", ".+") or "",
        _text(found, "korrelationsid", ".*"),
        date.fromisoformat(_text(period, "fromDatum", r"\d{4}-\d\d-\d\d") or ""),
        date.fromisoformat(_text(period, "tomDatum", r"\d{4}-\d\d-\d\d") or ""),
        included,
        _lefi(agencies["FK"][0]) if "FK" in included else None,
        version,
        _tax_years(agencies["SKV"][0], version) if "SKV" in included else (),
    )


def _lefi(element: Element) -> dict[str, Any]:
    question = _sequence(
        _children(element, element.tag, [_ns("fraga")])[0], "version? aktorsid lefiJsonFraga"
    )
    text = _text(question, "lefiJsonFraga", ".+") or ""
    try:
        found = json.loads(base64.b64decode(text, validate=True))
        period = found["period"]
        first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["tom"])
    except (ValueError, KeyError, TypeError) as error:
        raise ContractError(f"lefiJsonFraga: {error}") from error
    known = {"formansinformation", "ansprak", "beslut", "preliminaraUtbetalningar", "utbetalningar"}
    known |= {"personnummer", "period", "ovrigInformation"}
    if set(found) - known or not set(found) - {"personnummer", "period"}:
        raise ContractError("lefiJsonFraga: unknown fields, or no group asked for")
    if not re.fullmatch(r"([0-9]{2})?[0-9]{10}", found["personnummer"]) or (last - first).days > 730:
        raise ContractError("lefiJsonFraga: personnummer or period")
    return dict(found)


def _tax_years(element: Element, version: str) -> tuple[int, ...]:
    """The years Skatteverket is asked about: v10 asks for nothing in particular, v11 must."""
    if version == "10":
        _sequence(element, "")
        return ()
    flags = (
        "foretagsinformation",
        "individuppgifter",
        "skattekonto",
        "skatteuppgifter",
        "beskattningsbilagor",
    )
    question = _sequence(_children(element, element.tag, [_ns("fraga")])[0], f"ar* {' '.join(flags)}")
    for name in flags:
        _text(question, name, "true|false|0|1")
    years = question.get("ar", [])
    if not years or not all(re.fullmatch(r"20\d\d", (year.text or "").strip()) for year in years):
        raise ContractError("SKV: ar is missing or no year")
    return tuple(int((year.text or "").strip()) for year in years)


def _without_version(content: bytes) -> tuple[bytes, str]:
    """The question with its namespace made that of v11, and the version it was written in."""
    versions = [version for version, namespace in NAMESPACES.items() if namespace.encode() in content]
    if len(versions) != 1:
        raise ContractError(f"the namespace is of {len(versions)} known versions, expected one")
    return content.replace(NAMESPACES[versions[0]].encode(), NAMESPACES["11"].encode()), versions[0]


def _ns(name: str) -> str:
    return f"{{{NAMESPACES['11']}}}{name}"


def _children(element: Element, tag: str, names: list[str]) -> list[Element]:
    if element.tag != tag or [child.tag for child in element] != names:
        raise ContractError(f"{element.tag} has {[child.tag for child in element]}, expected {names}")
    return list(element)


def _sequence(element: Element, pattern: str) -> dict[str, list[Element]]:
    """The children by name, when they stand in the order of the contract."""
    found: dict[str, list[Element]] = {}
    left = list(element)
    for part in pattern.split():
        name, most = part.rstrip("?*"), 1 if not part.endswith("*") else len(left)
        while left and left[0].tag == _ns(name) and len(found.get(name, [])) < most:
            found.setdefault(name, []).append(left.pop(0))
        if name not in found and not part.endswith(("?", "*")):
            raise ContractError(f"{element.tag}: {name} is missing or out of order")
    if left:
        raise ContractError(f"{element.tag}: {left[0].tag} is not expected here")
    return found


def _text(found: dict[str, list[Element]], name: str, pattern: str) -> str | None:
    if name not in found:
        return None
    text = (found[name][0].text or "").strip()
    if not re.fullmatch(pattern, text) or len(found[name][0]):
        raise ContractError(f"{name}: the value is not allowed")
    return text


def _included(element: Element) -> bool:
    value = element.get("inkludera")
    if value not in ("true", "false", "0", "1"):
        raise ContractError(f"{element.tag}: inkludera")
    wanted = value in ("true", "1")
    if not wanted and len(element):
        raise ContractError(f"{element.tag}: content without inkludera")
    return wanted
