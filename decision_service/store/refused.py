"""Why a change of a row is refused: it is not there, it does not fit, or the row has changed meanwhile."""

from __future__ import annotations

from norms.fault import Fault


class NotFoundError(LookupError):
    """There is no such thing in this municipality. Whether another has it is nobody's business."""


class ConflictError(Exception):
    """What was asked does not fit where things stand. Carries why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class StaleError(Exception):
    """What is to be changed has changed since it was read."""
