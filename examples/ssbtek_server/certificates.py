"""A CA, a server certificate for localhost and a client certificate, as PEM files. For this machine only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Certificates:
    """Where the files are."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Certificates:
        """The certificates of a folder, made when they are not there."""
        names = ("ca.pem", "server.pem", "server-key.pem", "client.pem", "client-key.pem")
        found = cls(*(folder / name for name in names))
        if not found.client_key.exists():
            folder.mkdir(parents=True, exist_ok=True)
            found._make()
        return found

    def _make(self) -> None:
        key, name = _key(), _name("Local SSBTEK CA")
        authority = (
            _certificate(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_usage(sign=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(self.ca, authority.public_bytes(Encoding.PEM))
        for common_name, usage, path, key_path in (
            ("localhost", ExtendedKeyUsageOID.SERVER_AUTH, self.server, self.server_key),
            ("Exempelkommun", ExtendedKeyUsageOID.CLIENT_AUTH, self.client, self.client_key),
        ):
            own = _key()
            certificate = (
                _certificate(_name(common_name), name, own)
                .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                .add_extension(_usage(sign=False), critical=True)
                .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
                )
                .add_extension(
                    x509.SubjectAlternativeName(
                        [x509.DNSName(common_name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
                    ),
                    critical=False,
                )
                .sign(key, hashes.SHA256())
            )
            _write(path, certificate.public_bytes(Encoding.PEM))
            secret = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            _write(key_path, secret, mode=0o600)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365))
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.touch(mode=mode)
    path.write_bytes(content)
