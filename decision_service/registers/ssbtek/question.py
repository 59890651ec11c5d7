"""The question to SSBTEK: one person, one period, who asks, why, and under what provision."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import yaml

from decision_service.reading.swedish_time import swedish_day
from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek.version import Version
from norms.month import Month

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OPERATION = "hamtaBastjanstInformation"
COMPARISON_MONTHS = 2
"""The period begins this many months before the benefit month: the comparison month and the control month."""
LONGEST_REFERENCE = 31
"""Characters of the case identity. CSN refuses 32."""
_LEFI = Path(__file__).with_name("lefi_question.yaml")
_SKV = Path(__file__).with_name("skv_question.yaml")
_ORGANISATION = re.compile(r"[0-9]{4}[2-9][0-9]{7}")


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor of personal data who asks for the municipality: organisation number and name."""

    organisation_number: str
    name: str

    def __post_init__(self) -> None:
        _check_organisation(self.organisation_number)
        _check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the agreement has it; all of it is the municipality's configuration.

    ``organisation_number`` is twelve digits (``16`` and the ten). ``handler`` names the person or function
    that asks. ``actor`` is the id the provider of the service has given the municipality at LEFI.
    ``purpose`` and ``legal_basis`` go with every question; the agencies log them. ``agencies`` are those the
    agreement covers. Raises ValueError for what the contract does not take.
    """

    organisation_number: str
    name: str
    handler: str
    actor: str
    purpose: str
    legal_basis: str
    processors: tuple[Processor, ...] = ()
    agencies: frozenset[Agency] = frozenset(Agency)

    def __post_init__(self) -> None:
        _check_organisation(self.organisation_number)
        for name in ("name", "handler", "actor", "purpose", "legal_basis"):
            _check_text(name, getattr(self, name))


def _check_organisation(number: str) -> None:
    if not _ORGANISATION.fullmatch(number):
        raise ValueError("organisation_number: twelve digits, 16 and the number")


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"{name}: the contract of SSBTEK demands it")


def request(
    asker: Asker,
    personal_number: str,
    month: Month,
    reference: str,
    message_id: str,
    asked: datetime,
    version: Version = Version.V11,
) -> bytes:
    """The SOAP 1.1 envelope of a question. ``message_id`` comes back in the answer; ``reference`` is the id
    of the case at the municipality. Raises ValueError for a reference that is empty or too long."""
    _check_text("reference", reference)
    if len(reference) > LONGEST_REFERENCE:
        raise ValueError(f"reference: CSN takes no more than {LONGEST_REFERENCE} characters")
    envelope = Element(f"{{{SOAP}}}Envelope")
    question = _Part(SubElement(envelope, f"{{{SOAP}}}Body"), version.namespace).part(OPERATION)
    _general(question, asker, personal_number, month, reference, message_id, asked)
    specific = question.part("specifikaFrageparametrar")
    for agency in Agency:
        included = agency in asker.agencies
        own = specific.part(agency.name, inkludera="true" if included else "false")
        if agency is Agency.FK and included:
            fk = own.part("fraga")
            fk.add("version", "v9")
            fk.add("aktorsid", asker.actor)
            fk.add("lefiJsonFraga", _lefi(personal_number, month))
        if agency is Agency.SKV and included and version is not Version.V10:
            _tax(own.part("fraga"), asked)
    found: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return found


def _general(
    question: _Part,
    asker: Asker,
    personal_number: str,
    month: Month,
    reference: str,
    message_id: str,
    asked: datetime,
) -> None:
    general = question.part("generellaFrageparametrar")
    general.add("frageTidpunkt", asked.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    general.add("korrelationsid", message_id)
    general.add("fraganSkallInkluderasISvaret", "false")
    submitter = general.part("ingivare")
    submitter.add("organisationsnummer", asker.organisation_number)
    submitter.add("namn", asker.name)
    submitter.add("handlaggare", asker.handler)
    general.add("personidentitet", personal_number)
    general.add("arendeidentitet", reference)
    period = general.part("tidsperiod")
    period.add("fromDatum", month.plus(-COMPARISON_MONTHS).first.isoformat())
    period.add("tomDatum", month.last.isoformat())
    for processor in asker.processors:
        own = general.part("personuppgiftsbitrade")
        own.add("organisationsnummer", processor.organisation_number)
        own.add("namn", processor.name)
    general.add("syfte", asker.purpose)
    general.add("lagtext", asker.legal_basis)


def _tax(question: _Part, asked: datetime) -> None:
    """The last tax years that have ended, and what Skatteverket is asked about them."""
    words = _words(_SKV)
    this_year = swedish_day(asked).year
    for back in range(1, words["avslutade beskattningsår"] + 1):
        question.add("ar", str(this_year - back))
    for name, wanted in words["uppgifter"].items():
        question.add(name, "true" if wanted else "false")


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of the question, in the namespace of its version."""

    element: Element
    namespace: str

    def part(self, name: str, **attributes: str) -> _Part:
        """A new part within this."""
        return _Part(SubElement(self.element, f"{{{self.namespace}}}{name}", attributes), self.namespace)

    def add(self, name: str, text: str) -> None:
        """A new part that is only text."""
        self.part(name).element.text = text


@cache
def _words(file: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def _lefi(personal_number: str, month: Month) -> str:
    period = {"from": month.plus(-COMPARISON_MONTHS).first.isoformat(), "tom": month.last.isoformat()}
    question = {"personnummer": personal_number, "period": period, **_words(_LEFI)}
    return base64.b64encode(json.dumps(question).encode()).decode()
