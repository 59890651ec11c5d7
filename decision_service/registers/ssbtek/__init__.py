"""SSBTEK: from the XML answer to JSON, and from JSON to what the registers say about a person.

``read_envelope`` reads the SOAP answer, ``register_answers`` one person's agencies.
"""

from __future__ import annotations

from decision_service.registers.ssbtek.answers import register_answers
from decision_service.registers.ssbtek.envelope import read_envelope

__all__ = ["read_envelope", "register_answers"]
