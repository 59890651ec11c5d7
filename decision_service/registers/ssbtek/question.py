"""The question to SSBTEK v10: one person, one period, who asks, why, and under what provision."""

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

from decision_service.registers.answers import Agency
from decision_service.registers.ssbtek.envelope import CONTRACT
from norms.month import Month

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OPERATION = "hamtaBastjanstInformation"
COMPARISON_MONTHS = 2
"""The period begins this many months before the benefit month: the comparison month and the control month."""
_LEFI = Path(__file__).with_name("lefi_question.yaml")
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
        raise ValueError("organisation_number: skriv tolv siffror, 16 och organisationsnumret.")


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"{name}: uppgiften saknas. Kontraktet för SSBTEK kräver den.")


def request(
    asker: Asker, personal_number: str, month: Month, reference: str, message_id: str, asked: datetime
) -> bytes:
    """The SOAP 1.1 envelope of a question. ``message_id`` comes back in the answer; ``reference`` is the id
    of the case at the municipality. Raises ValueError for an empty reference."""
    _check_text("reference", reference)
    envelope = Element(f"{{{SOAP}}}Envelope")
    question = SubElement(SubElement(envelope, f"{{{SOAP}}}Body"), _name(OPERATION))
    _general(question, asker, personal_number, month, reference, message_id, asked)
    specific = SubElement(question, _name("specifikaFrageparametrar"))
    for agency in Agency:
        included = agency in asker.agencies
        own = SubElement(specific, _name(agency.name), {"inkludera": "true" if included else "false"})
        if agency is Agency.FK and included:
            fk = SubElement(own, _name("fraga"))
            _add(fk, "version", "v9")
            _add(fk, "aktorsid", asker.actor)
            _add(fk, "lefiJsonFraga", _lefi(personal_number, month))
    found: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return found


def _general(
    question: Element,
    asker: Asker,
    personal_number: str,
    month: Month,
    reference: str,
    message_id: str,
    asked: datetime,
) -> None:
    general = SubElement(question, _name("generellaFrageparametrar"))
    _add(general, "frageTidpunkt", asked.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    _add(general, "korrelationsid", message_id)
    _add(general, "fraganSkallInkluderasISvaret", "false")
    submitter = SubElement(general, _name("ingivare"))
    _add(submitter, "organisationsnummer", asker.organisation_number)
    _add(submitter, "namn", asker.name)
    _add(submitter, "handlaggare", asker.handler)
    _add(general, "personidentitet", personal_number)
    _add(general, "arendeidentitet", reference)
    period = SubElement(general, _name("tidsperiod"))
    _add(period, "fromDatum", month.plus(-COMPARISON_MONTHS).first.isoformat())
    _add(period, "tomDatum", month.last.isoformat())
    for processor in asker.processors:
        own = SubElement(general, _name("personuppgiftsbitrade"))
        _add(own, "organisationsnummer", processor.organisation_number)
        _add(own, "namn", processor.name)
    _add(general, "syfte", asker.purpose)
    _add(general, "lagtext", asker.legal_basis)


def _name(local: str) -> str:
    return f"{{{CONTRACT}}}{local}"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _name(name)).text = text


@cache
def _lefi_groups() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_LEFI.read_text(encoding="utf-8"))
    return found


def _lefi(personal_number: str, month: Month) -> str:
    period = {"from": month.plus(-COMPARISON_MONTHS).first.isoformat(), "tom": month.last.isoformat()}
    question = {"personnummer": personal_number, "period": period, **_lefi_groups()}
    return base64.b64encode(json.dumps(question).encode()).decode()
