"""What is refused, said on the page that it was asked from, with what was written still there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from decision_service.api.problems import PROBLEMS, ProblemError
from decision_service.reading.sentences import say
from decision_service.reading.strict_json import InputError

_CHANGED = (
    "Någon har ändrat här sedan du öppnade sidan, eller så trycktes knappen två gånger. Se efter om ditt "
    "steg redan är taget. Det du skrev står kvar i formuläret."
)


class RefusedHere(Exception):  # noqa: N818 — what the page says, where it was asked
    """What was asked for is refused: the status, a line for each thing that is wrong, and the refusal that
    stands where there is no such page any more."""

    def __init__(self, status: int, lines: list[str], why: Exception) -> None:
        self.status, self.lines, self.why = status, lines, why
        super().__init__(status)

    @property
    def said(self) -> list[str]:
        """The lines without the place of each in what was sent."""
        faults = self.why.faults if isinstance(self.why, InputError) else ()
        return [say(each, "sv") for each in faults] or self.lines


@contextmanager
def refused_here() -> Iterator[None]:
    """RefusedHere for what is wrong with what was written, what does not fit as things stand, and what
    somebody else has changed."""
    try:
        yield
    except InputError as error:
        raise RefusedHere(422, list(error.lines), error) from None
    except ProblemError as error:
        if error.type is PROBLEMS["stale"]:
            raise RefusedHere(error.type.status, [_CHANGED], error) from None
        if error.type is PROBLEMS["conflict"] and error.detail is not None:
            raise RefusedHere(error.type.status, [say(error.detail, "sv")], error) from None
        raise
