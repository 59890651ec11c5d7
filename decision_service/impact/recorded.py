"""Cases as the log has them: what the last assessment was made from, what it came to, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from audit import EntryKind, KeyStore, document, trail
from audit.errors import VaultError
from audit.replay import INPUTS
from audit.trail import OpenedEntry


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case as the log has it: what its last assessment was made from and what that came to, and what was
    decided, in öre; None where nobody has decided."""

    case: str
    release: str
    month: str
    inputs: Any
    outcome: str
    granted: int | None
    decided: int | None


def recorded(connection: Connection, keys: KeyStore, tenant: str, case: str) -> Recorded:
    """A case that has been assessed. Raises VaultError where what it rests on is destroyed."""
    return _of(case, trail.read_case(connection, keys, tenant, case, ()))


def _of(case: str, entries: Sequence[OpenedEntry]) -> Recorded:
    assessments = [one for one in entries if one.entry["type"] == EntryKind.ASSESSMENT]
    decisions = [one for one in entries if one.entry["type"] == EntryKind.DECISION]
    if decisions:
        earlier = [one for one in assessments if one.seq < decisions[-1].seq]
        assessments = earlier or assessments
    if not assessments or INPUTS not in assessments[-1].personal:
        raise VaultError(case)
    last = assessments[-1]
    assessed: Any = document.join(last.personal)
    decided: Any = document.join(decisions[-1].personal) if decisions else {}
    return Recorded(
        case,
        last.entry["release"],
        assessed["month"],
        last.personal[INPUTS],
        assessed["outcome"],
        assessed["calculation"]["granted"],
        decided.get("granted"),
    )
