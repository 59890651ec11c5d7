"""Whether a session may know of protected people. What is hidden from one that may not, whoever reads says.

What the machine does, and what a case is held against, asks in a session that may.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

_HIDDEN, _FROM_LISTS = "protected are hidden", "protected are hidden from lists"


def hide(session: Session, *, lists: bool) -> None:
    """From now on no case of a protected person is found; with ``lists`` no row of one is selected either."""
    session.info |= {_HIDDEN: True, _FROM_LISTS: lists}


def hides(session: Session) -> bool:
    """Whether a session may not know of protected people."""
    return bool(session.info.get(_HIDDEN))


def hides_from_lists(session: Session) -> bool:
    """Whether no row of a protected person's application is selected in a session."""
    return bool(session.info.get(_FROM_LISTS))


@contextmanager
def for_everybody(session: Session) -> Iterator[None]:
    """What is done to all alike is done to protected people too, whoever does it."""
    before = session.info.pop(_HIDDEN, False)
    try:
        yield
    finally:
        session.info[_HIDDEN] = before
