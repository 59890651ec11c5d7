"""Mutual TLS: who we are to the other side, and who it must be."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from decision_service.reading.said import said_in

_say = said_in(__file__)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of the mutual TLS: our certificate with its chain, its key, and the CA of the other side.

    They are read anew for every exchange, so a renewed certificate needs no restart.
    """

    certificate: Path
    key: Path
    ca: Path
    key_password: str | None = None

    def context(self) -> ssl.SSLContext:
        """A client context that trusts this CA and nobody else. Raises OSError with the name of the file, of
        both files for a key that does not belong to the certificate."""
        for each in (self.certificate, self.key, self.ca):
            each.open("rb").close()
        with _named(f"{self.ca}"):
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(self.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with _named(_say("with_key", certifikat=self.certificate, nyckel=self.key)):
            context.load_cert_chain(self.certificate, self.key, self.key_password or "")
        return context


@contextmanager
def _named(files: str) -> Iterator[None]:
    """Read files that a fault names: the one that reads them does not."""
    try:
        yield
    except OSError as error:
        error.filename = files
        raise
