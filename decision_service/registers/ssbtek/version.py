"""The versions of the contract of SSBTEK that are spoken here."""

from __future__ import annotations

from enum import StrEnum


class Version(StrEnum):
    """A version of the contract. Which one is a municipality's setting."""

    V10 = "10"
    V11 = "11"

    @property
    def namespace(self) -> str:
        """The XML namespace of questions and answers."""
        return f"http://schema.forsakringskassan.se/integration/ssbt/{self.value}"
