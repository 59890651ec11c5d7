"""The answer of SSBTEK: a SOAP envelope with what each agency said, as one JSON object.

Every agency has a key, and so has whatever else has answered. An agency that was not asked or sent nothing
is ``{}``; one that failed has ``{"error": {"kalla", "felkod", "felmeddelande"}}``, as the contract has it,
and is never ``{}``.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from xml.etree.ElementTree import Element

from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError, Opaque, read_json
from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek.safe_xml import local, namespace, parse, to_json
from decision_service.registers.ssbtek.version import Version
from norms.fault import fault

_say = said_in(__file__)

ANSWER = "hamtaBastjanstInformationResponse"
FAULTS = ("hamtaBastjanstInformationFault", "BastjanstInformationFault")
OURS = "MOTTAGARE"
"""The source of an error when an agency's answer came but could not be read here."""
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_envelope(xml: bytes, version: Version | None = None) -> dict[str, Opaque]:
    """What the agencies answered, by agency code. A SOAP fault is an error of every agency.

    Raises InputError for XML that is hostile, broken or no answer in that version, or in any known here.
    """
    root = parse(xml)
    body = _body(root)
    if local(body.tag) == "Fault":
        return {agency.value: {"error": _fault(body)} for agency in Agency}
    if local(body.tag) != ANSWER:
        raise InputError([fault("no_ssbtek_answer", name=local(body.tag)[:60])])
    expected = [each for each in Version if version in (None, each)]
    if namespace(body.tag) not in {each.namespace for each in expected}:
        known, found = ", ".join(f"v{each}" for each in expected), namespace(body.tag)[:80]
        raise InputError([fault("other_ssbtek_contract", expected=known, found=found)])
    answers = [part for child in body if local(child.tag) == "svarsdata" for part in child]
    return {agency.value: _agency(agency, answers) for agency in Agency} | _others(answers)


def _others(answers: list[Element]) -> dict[str, Opaque]:
    """What stands beside the agencies known here, under its own name: nobody reads it, so it is told."""
    known = {agency.value.upper() for agency in Agency}
    names = {local(part.tag) for part in answers} - known
    return {
        _say("unknown_agency", namn=name): [to_json(part) for part in answers if local(part.tag) == name]
        for name in sorted(names)
    }


def _body(root: Element) -> Element:
    """What stands in the SOAP body, or the root where there is no envelope."""
    if local(root.tag) != "Envelope":
        return root
    inside = [part for child in root if local(child.tag) == "Body" for part in child]
    if len(inside) != 1:
        raise InputError([fault("soap_answers", count=len(inside))])
    return inside[0]


def _fault(fault: Element) -> dict[str, Opaque]:
    for element in fault.iter():
        if local(element.tag) in FAULTS:
            return _error("SSBT", element)
    texts = [text for element in fault.iter() if (text := (element.text or "").strip())]
    code = texts[0] if texts else ""
    return _told("SSBT", code, *(texts[1:] or [_say("unexplained_fault")]))


def _told(source: str, code: str, *messages: str) -> dict[str, Opaque]:
    return {"kalla": source, "felkod": code, "felmeddelande": list(messages)}


def told_twice() -> dict[str, Opaque]:
    """The error of an agency that has answered more than once."""
    return _told(OURS, "DUBBELT_SVAR", _say("answered_twice"))


def _error(source: str, element: Element) -> dict[str, Opaque]:
    """The error element of the contract. ``felmeddelande`` may repeat and is always a list."""
    found = {local(child.tag): to_json(child) for child in element if local(child.tag) != "felmeddelande"}
    messages = [to_json(child) for child in element if local(child.tag) == "felmeddelande"]
    return {"kalla": source, **found, "felmeddelande": [text for text in messages if text is not None]}


def _agency(agency: Agency, answers: list[Element]) -> Any:
    own = [part for part in answers if local(part.tag) == agency.value.upper()]
    if len(own) > 1:
        return {"error": told_twice()}
    if not own:
        return {}
    errors = [part for part in own[0] if local(part.tag) == "error"]
    if errors:
        return {"error": _error("", errors[0])}
    data = [part for part in own[0] if local(part.tag) == "data"]
    if len(data) > 1 or len(own[0]) > len(data):
        return {"error": _told(OURS, "OKÄNT_SVAR", _say("another_form"))}
    try:
        return _DATA.get(agency, _plain)(data[0]) or {} if data else {}
    except InputError as error:
        return {"error": _told(OURS, "OLÄSLIGT_SVAR", *error.lines)}


def _plain(data: Element) -> Any:
    return to_json(data)


def _only(data: Element, name: str) -> str:
    """The text of the only element that a part may have. Raises InputError when there is something else."""
    if [local(child.tag) for child in data] != [name] or len(data[0]):
        raise InputError([fault("not_the_only_element", name=name)])
    return data[0].text or ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError([fault("not_base64")]) from error


def _lefi(data: Element) -> Any:
    if not len(data):
        return {}
    return read_json(_decoded(_only(data, "lefiJsonSvar")))


def _csn(data: Element) -> Any:
    if not len(data):
        return {}
    return to_json(parse(_decoded(_only(data, "svar"))))


def _skv(data: Element) -> Any:
    """Skatteverket sends XML as text; what encoding it says it has no longer matters."""
    if not len(data):
        return {}
    inner = _DECLARATION.sub("", _only(data, "svar"), count=1)
    return to_json(parse(inner.encode())) if inner.strip() else {}


_DATA = {Agency.FK: _lefi, Agency.CSN: _csn, Agency.SKV: _skv}
