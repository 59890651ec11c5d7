"""What is refused, said on the page that it was asked from, with what was written still there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from decision_service.api.problems import PROBLEMS, ProblemError
from decision_service.reading.strict_json import InputError
from decision_service.web.wrong import Where, Wrong, nowhere, wrong
from norms.fault import Fault, fault


class RefusedHere(Exception):  # noqa: N818 — what the page says, where it was asked
    """What was asked for is refused: the status, each thing that is wrong, and the refusal that stands where
    there is no such page any more."""

    def __init__(self, status: int, faults: Sequence[Fault], why: Exception) -> None:
        self.status, self.faults, self.why = status, faults, why
        super().__init__(status)

    def said(self, where: Where = nowhere) -> list[Wrong]:
        """What the page says, each thing at its field."""
        return wrong(self.faults, where)


@contextmanager
def refused_here() -> Iterator[None]:
    """RefusedHere for what is wrong with what was written, what does not fit as things stand, and what
    somebody else has changed."""
    try:
        yield
    except InputError as error:
        raise RefusedHere(422, error.faults, error) from None
    except ProblemError as error:
        if error.type is PROBLEMS["stale"]:
            raise RefusedHere(error.type.status, [fault("changed_meanwhile")], error) from None
        if error.type is PROBLEMS["conflict"] and error.detail is not None:
            raise RefusedHere(error.type.status, [error.detail], error) from None
        raise
