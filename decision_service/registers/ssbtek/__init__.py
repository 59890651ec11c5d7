"""SSBTEK: from the XML answer to JSON, and from JSON to what the registers say about a person.

``read_envelope`` reads the SOAP answer, ``agencies_about`` finds one person's agencies in a case file,
``register_answers`` reads them, ``states_of`` how each answered and about whom; ``CODES`` are those of
the agencies.
"""

from __future__ import annotations

from decision_service.registers.ssbtek.answers import (
    CODES,
    agencies_about,
    marks_of,
    register_answers,
    states_of,
)
from decision_service.registers.ssbtek.envelope import read_envelope

__all__ = ["CODES", "agencies_about", "marks_of", "read_envelope", "register_answers", "states_of"]
