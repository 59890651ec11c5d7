"""The registers the service asks: a port, and its adapters for SSBTEK, for files and for none.

``Registers.ask`` is all the rest of the service knows. What it answers goes as it is into the ``registers``
of a case file.
"""

from __future__ import annotations

from decision_service.registers.files import FileRegisters
from decision_service.registers.port import Answers, NoRegisters, Registers
from decision_service.registers.question import Asker, Processor
from decision_service.registers.ssbtek import Limits, SsbtekRegisters, TlsFiles

__all__ = [
    "Answers",
    "Asker",
    "FileRegisters",
    "Limits",
    "NoRegisters",
    "Processor",
    "Registers",
    "SsbtekRegisters",
    "TlsFiles",
]
