"""The mailbox: checks what is signed, opens the delivery, and keeps each letter once.

Knows what it takes from the description of the format alone, and shares no code with the sender.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree.ElementTree import Element, canonicalize, tostring

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from defusedxml.ElementTree import fromstring

V3 = "{http://minameddelanden.gov.se/schema/Message/v3}"
V2 = "{http://minameddelanden.gov.se/schema/Message/v2}"
MESSAGE = "{http://minameddelanden.gov.se/schema/Message}"
SENDER = "{http://minameddelanden.gov.se/schema/Sender}"
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True)
class Delivered:
    """A letter in somebody's mailbox."""

    id: str
    recipient: str
    sender: str
    subject: str
    page: bytes
    attachments: dict[str, bytes]


@dataclass
class Mailbox:
    """What has come, by id; ``closed`` are those who have no mailbox, ``refuse`` the statuses of the answers
    to come."""

    url: str = ""
    letters: dict[str, Delivered] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    refuse: list[int] = field(default_factory=list)

    def take(self, body: bytes) -> bool:
        """Take a delivery, once. Raises ValueError for one that is not as it was signed, or not whole."""
        sealed = fromstring(body).find(f".//{V3}SealedDelivery")
        if sealed is None or len(body) > LARGEST * 1.01:
            raise ValueError("Ingen leverans, eller en för stor.")
        signed = _one(sealed, f"{V3}SignedDelivery")
        check_signature(signed)
        check_signature(sealed)
        if _text(sealed, f"{V3}Seal/{MESSAGE}SignaturesOK") != "true":
            raise ValueError("Leveransen är inte förseglad.")
        letter = _letter(_one(signed, f"{V3}Delivery"))
        if letter.recipient in self.closed:
            return False
        self.letters.setdefault(letter.id, letter)
        return True


def check_signature(root: Element) -> None:
    """Raise ValueError unless an element is what its own signature was made of."""
    signature = _one(root, f"{DSIG}Signature")
    info = _one(signature, f"{DSIG}SignedInfo")
    root.remove(signature)
    digest = hashlib.sha256(_canonical(root)).digest()
    root.append(signature)
    if base64.b64encode(digest).decode() != _text(info, f"{DSIG}Reference/{DSIG}DigestValue"):
        raise ValueError("Innehållet är ett annat än det som undertecknades.")
    der = base64.b64decode(_text(signature, f"{DSIG}KeyInfo/{DSIG}X509Data/{DSIG}X509Certificate"))
    key = load_der_x509_certificate(der).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("Certifikatet har ingen RSA-nyckel.")
    value = base64.b64decode(_text(signature, f"{DSIG}SignatureValue"))
    try:
        key.verify(value, _canonical(info), PKCS1v15(), SHA256())
    except InvalidSignature:
        raise ValueError("Underskriften stämmer inte.") from None


def _letter(delivery: Element) -> Delivered:
    message = _one(delivery, f"{V3}Message")
    attachments = {}
    for each in message.findall(f"{V3}Attachment"):
        content = base64.b64decode(_text(each, f"{MESSAGE}Body"))
        if hashlib.md5(content, usedforsecurity=False).hexdigest().upper() != _text(
            each, f"{MESSAGE}Checksum"
        ):
            raise ValueError("En bilaga är inte hel.")
        attachments[_text(each, f"{MESSAGE}Filename")] = content
    return Delivered(
        id=_text(message, f"{V3}Header/{V3}Id"),
        recipient=_text(delivery, f"{V3}Header/{V2}Recipient"),
        sender=_text(delivery, f"{V3}Header/{V2}Sender/{SENDER}Id"),
        subject=_text(message, f"{V3}Header/{V3}Subject"),
        page=base64.b64decode(_text(message, f"{V3}Body/{MESSAGE}Body")),
        attachments=attachments,
    )


def _one(parent: Element, path: str) -> Element:
    found = parent.find(path)
    if found is None:
        raise ValueError(f"{path} saknas.")
    return found


def _text(parent: Element, path: str) -> str:
    return (_one(parent, path).text or "").strip()


def _canonical(element: Element) -> bytes:
    return canonicalize(tostring(element, encoding="unicode")).encode()


def answer(delivered: bool) -> bytes:
    """What the service says of a delivery."""
    said = str(delivered).lower()
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<deliverSecureResponse xmlns="http://minameddelanden.gov.se/schema/Service/v3"><return>'
        f"<transId>1</transId><status><delivered>{said}</delivered></status>"
        "</return></deliverSecureResponse></soap:Body></soap:Envelope>"
    ).encode()


@contextmanager
def open_mailbox(tls: ssl.SSLContext, port: int = 0) -> Iterator[Mailbox]:
    """A mailbox for the time of a block."""
    mailbox = Mailbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take a delivery, or say with 500 that it is none."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = (mailbox.refuse.pop(0), b"") if mailbox.refuse else (200, b"")
            if status == 200:
                try:
                    said = answer(mailbox.take(body))
                except ValueError as error:
                    status, said = 500, str(error).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    mailbox.url = f"https://127.0.0.1:{server.server_port}/brevlada"
    try:
        yield mailbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
