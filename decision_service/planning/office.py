"""What planning needs of the running service: casework's office has it all."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import audit
from decision_service.installation.municipality import Municipality
from decision_service.planning.steps import Today
from decision_service.planning.ways import ways_of
from decision_service.reading.swedish_time import swedish_day


class LoggingOffice(Protocol):
    """The log with its keys, and the clock."""

    @property
    def log(self) -> audit.Log:
        """Where every step is written."""

    @property
    def keys(self) -> audit.KeyStore:
        """What opens the keys of cases."""

    def clock(self) -> datetime:
        """Now, in UTC."""


class PlanningOffice(LoggingOffice, Protocol):
    """The same, the municipalities, and how a person is known again."""

    def municipality(self, tenant: str) -> Municipality:
        """A municipality's own settings."""

    def pseudonym(self, tenant: str, personal_number: str) -> str:
        """The same person in the same municipality always, and nobody else."""


def today_of(office: PlanningOffice, tenant: str) -> Today:
    """The day in Sweden, and how the municipality works."""
    return Today(swedish_day(office.clock()), ways_of(tenant), office.municipality(tenant).calendar)
