"""A letter as Mina meddelanden takes it: a delivery that the municipality has signed and sealed, in SOAP.

The names of elements and their name spaces are those of version 3 of the service, as others' open clients
have them. The service's own schema could not be read, and nothing has been tried against the service: what is
not known stands in docs/utdata.md.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace

from decision_service.outputs.channel import DeliveryError
from decision_service.outputs.layout.html import html
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.signed_xml import Signer, canonical, sign
from decision_service.reading.said import said_in

_say = said_in(__file__)

_SCHEMA = "http://minameddelanden.gov.se/schema"
V3, V2, MESSAGE, SENDER = (f"{_SCHEMA}/{each}" for each in ("Message/v3", "Message/v2", "Message", "Sender"))
SERVICE = f"{_SCHEMA}/Service/v3"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
LARGEST = 2 * 1024 * 1024
"""Bytes of a message, attachments counted in."""
_IDS = uuid.UUID("6d0b7c1e-5f0e-5a4e-9c55-0b2d2f4f8a11")
"""Makes the id of a message from its key, so that the same message has the same id."""

for _prefix, _space in {"v3": V3, "v2": V2, "mess": MESSAGE, "send": SENDER, "serv": SERVICE}.items():
    register_namespace(_prefix, _space)


@dataclass(frozen=True)
class MailboxSender:
    """Who sends: the organisation number as the service writes it (``16`` and ten digits), the name that the
    receiver sees, and what is said of whom to ask."""

    organisation: str
    name: str
    contact: str


def sealed_delivery(letter: Letter, key: str, sender: MailboxSender, signer: Signer, now: datetime) -> bytes:
    """A letter to a person as a signed and sealed delivery: the page to read, and the PDF attached.

    Raises DeliveryError for a letter that is too large, and typst.TypstError for a template that is wrong.
    """
    signed = Element(f"{{{V3}}}SignedDelivery")
    delivery = SubElement(signed, f"{{{V3}}}Delivery")
    header = SubElement(delivery, f"{{{V3}}}Header")
    _texts(SubElement(header, f"{{{V2}}}Sender"), SENDER, Id=sender.organisation, Name=sender.name)
    _texts(header, V2, Recipient=letter.to.personal_number or "")
    _write_message(SubElement(delivery, f"{{{V3}}}Message"), letter, key, sender)
    sealed = Element(f"{{{V3}}}SealedDelivery")
    sealed.append(sign(signed, signer))
    received = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    _texts(SubElement(sealed, f"{{{V3}}}Seal"), MESSAGE, ReceivedTime=received, SignaturesOK="true")
    content = canonical(sign(sealed, signer))
    if len(content) > LARGEST:
        raise DeliveryError(_say("letter_too_large", antal=len(content), gräns=LARGEST), retry=False)
    return content


def in_soap(sealed: bytes) -> bytes:
    """The call that delivers it. The sealed bytes stand as they were signed."""
    begin = f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><serv:deliverSecure xmlns:serv="{SERVICE}">'
    return begin.encode() + sealed + b"</serv:deliverSecure></soap:Body></soap:Envelope>"


def _write_message(message: Element, letter: Letter, key: str, sender: MailboxSender) -> None:
    header = SubElement(message, f"{{{V3}}}Header")
    _texts(header, V3, Id=str(uuid.uuid5(_IDS, key)), Subject=letter.title)
    _texts(SubElement(header, f"{{{V3}}}Supportinfo"), V3, Text=sender.contact)
    _texts(header, V3, Language="svSE")
    body = SubElement(message, f"{{{V3}}}Body")
    _texts(body, MESSAGE, ContentType="text/html", Body=_encoded(html(letter).encode()))
    printed = pdf(letter)
    _texts(
        SubElement(message, f"{{{V3}}}Attachment"),
        MESSAGE,
        ContentType="application/pdf",
        Body=_encoded(printed),
        # What the service asks for to see that a file came whole; it protects against nobody.
        Checksum=hashlib.md5(printed, usedforsecurity=False).hexdigest().upper(),
        Filename=f"{letter.reference}.pdf",
    )


def _texts(parent: Element, space: str, **said: str) -> None:
    for name, text in said.items():
        SubElement(parent, f"{{{space}}}{name}").text = text


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
