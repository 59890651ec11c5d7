"""The registers that a municipality asks, as its installation says."""

from __future__ import annotations

from decision_service.installation import municipality as installed
from decision_service.network.tls import TlsFiles
from decision_service.registers.files import FileRegisters
from decision_service.registers.port import NoRegisters, Registers
from decision_service.registers.ssbtek.exchange import ExchangeLimits, SsbtekRegisters
from decision_service.registers.ssbtek.question import Asker
from decision_service.registers.ssbtek.version import Version


def registers_of(municipality: installed.Municipality) -> Registers:
    """The port to what a municipality asks. Raises OSError for a folder or a certificate that
    cannot be used."""
    match municipality.registers:
        case installed.NobodyAsked():
            return NoRegisters()
        case installed.RegisterFiles(folder=folder):
            return FileRegisters(folder)
        case installed.SsbtekAgreement() as asked:
            return SsbtekRegisters(
                asked.url,
                Asker(
                    asked.organisation_number,
                    municipality.name,
                    asked.handler,
                    asked.actor,
                    asked.purpose,
                    asked.legal_basis,
                ),
                TlsFiles(asked.certificate, asked.private_key, asked.trusted),
                ExchangeLimits(total=float(asked.timeout)),
                Version(asked.version),
            )
