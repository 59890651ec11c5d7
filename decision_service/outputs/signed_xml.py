"""An enveloped XML signature (W3C XML Signature): RSA with SHA-256 over the exclusive canonical form."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, canonicalize, register_namespace, tostring

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from decision_service.reading.said import said_in

_say = said_in(__file__)

DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ENVELOPED = f"{DSIG}enveloped-signature"
DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"

register_namespace("ds", DSIG)


@dataclass(frozen=True)
class Signer:
    """A certificate and its key."""

    certificate: Certificate
    key: RSAPrivateKey

    @classmethod
    def of_files(cls, certificate: Path, key: Path) -> Signer:
        """Read from PEM files. Raises OSError, and ValueError for what is no certificate or no RSA key."""
        found = load_pem_private_key(key.read_bytes(), None)
        if not isinstance(found, RSAPrivateKey):
            raise ValueError(_say("no_rsa_key"))
        return cls(load_pem_x509_certificate(certificate.read_bytes()), found)


def sign(root: Element, signer: Signer) -> Element:
    """The root with a signature over all of it as its last child."""
    signature = Element(f"{{{DSIG}}}Signature")
    info = SubElement(signature, f"{{{DSIG}}}SignedInfo")
    SubElement(info, f"{{{DSIG}}}CanonicalizationMethod", Algorithm=C14N)
    SubElement(info, f"{{{DSIG}}}SignatureMethod", Algorithm=RSA_SHA256)
    reference = SubElement(info, f"{{{DSIG}}}Reference", URI="")
    transforms = SubElement(reference, f"{{{DSIG}}}Transforms")
    for algorithm in (ENVELOPED, C14N):
        SubElement(transforms, f"{{{DSIG}}}Transform", Algorithm=algorithm)
    SubElement(reference, f"{{{DSIG}}}DigestMethod", Algorithm=DIGEST)
    digest = hashlib.sha256(canonical(root)).digest()
    SubElement(reference, f"{{{DSIG}}}DigestValue").text = _text(digest)
    signed = signer.key.sign(canonical(info), PKCS1v15(), SHA256())
    SubElement(signature, f"{{{DSIG}}}SignatureValue").text = _text(signed)
    data = SubElement(SubElement(signature, f"{{{DSIG}}}KeyInfo"), f"{{{DSIG}}}X509Data")
    SubElement(data, f"{{{DSIG}}}X509Certificate").text = _text(signer.certificate.public_bytes(Encoding.DER))
    root.append(signature)
    return root


def canonical(element: Element) -> bytes:
    """The exclusive canonical form of an element without comments: each name space where it is used first."""
    return canonicalize(tostring(element, encoding="unicode")).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
