"""What is logged: an entry as given, and the leaf it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from audit import vault
from audit.canonical import AsWritten, Json, canonical, object_of
from audit.errors import EntryError
from audit.packed import pack

SCHEMA = 1
"""Version of the leaf's fields; bump it when a field changes meaning."""


class EntryKind(StrEnum):
    """What happened. An assessment is one look of the machine at a case; a decision is what was decided."""

    APPLICATION_RECEIVED = "application_received"
    FACTS = "facts"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    LETTER = "letter"
    COMPLETION = "completion"
    COMMUNICATION = "communication"
    ANSWER = "answer"
    HANDED_OVER = "handed_over"
    DEADLINE = "deadline"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    WRITTEN_OFF = "written_off"
    HUMAN_ACTION = "human_action"
    OVERRIDE = "override"
    ACCESS = "access"
    PAYMENT = "payment"
    PLAN = "plan"
    HISTORY = "history"
    ADOPTION = "adoption"
    ADOPTION_ENDED = "adoption_ended"
    VOUCHED = "vouched"
    DRAFT_APPROVED = "draft_approved"
    RELEASE_PUBLISHED = "release_published"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    KEY_CHANGED = "key_changed"
    DELETION = "deletion"
    CLOCK_ANOMALY = "clock_anomaly"


OWN = frozenset(
    {
        EntryKind.KEY_CHANGED,
        EntryKind.DELETION,
        EntryKind.CLOCK_ANOMALY,
        EntryKind.ADOPTION,
        EntryKind.ADOPTION_ENDED,
    }
)
"""Only the log itself writes these."""

LOG_WIDE = frozenset(
    {
        EntryKind.KEY_CHANGED,
        EntryKind.CLOCK_ANOMALY,
        EntryKind.DRAFT_APPROVED,
        EntryKind.RELEASE_PUBLISHED,
        EntryKind.ADOPTION_ENDED,
    }
)
"""About the log, not about a case."""


class ActorKind(StrEnum):
    SYSTEM = "system"
    PERSON = "person"
    APPLICANT = "applicant"


@dataclass(frozen=True)
class Actor:
    """Who did it. ``id`` is a program, a staff id or a role in the case, never a name or personnummer."""

    kind: ActorKind
    id: str


BY_PEOPLE = frozenset(
    {
        EntryKind.HUMAN_ACTION,
        EntryKind.OVERRIDE,
        EntryKind.ACCESS,
        EntryKind.DRAFT_APPROVED,
        EntryKind.HOLD_PLACED,
        EntryKind.HOLD_LIFTED,
    }
)


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    ``time``: when, by the caller's clock, with a time zone. ``purpose``: why, in a few words that say nothing
    about the person; a free-text reason belongs in ``personal``. ``case`` and ``decision`` are pseudonyms
    that only the service can resolve. ``body`` is readable by anyone, for ever. ``personal`` is committed to
    in the tree and kept in the vault until the case is deleted; its names are readable for ever, its values
    are not. ``rows`` are the rows of the caller's tables that the entry vouches for: by a name of its own in
    the case, the SHA-256 of what the row says; None: it is no more. Only a commitment under the case's key
    goes in the tree.
    """

    kind: EntryKind
    time: datetime
    actor: Actor
    purpose: str
    case: str | None = None
    decision: str | None = None
    release: str | None = None
    body: Mapping[str, Json | AsWritten] = field(default_factory=dict)
    personal: Mapping[str, Json | AsWritten] = field(default_factory=dict)
    rows: Mapping[str, bytes | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """An entry ready to be placed: everything that does not depend on where in the log it lands."""

    kind: EntryKind
    case: str | None
    time: str
    members: dict[str, bytes]
    packed: bytes | None
    rows: Mapping[str, bytes | None]

    @property
    def needs_key(self) -> bool:
        """Whether the case's key is needed to place it."""
        return self.packed is not None or bool(self.rows)

    def leaf(self, time: str, number: int | None, case_key: bytes | None = None) -> bytes:
        """The leaf's RFC 8785 bytes: an object is its members in order.

        ``time`` is the log's; the caller's own is kept as ``stated`` where it was earlier. ``number`` counts
        the entries of the case from 1. ``case_key`` makes the commitments to rows.
        """
        members = {**self.members, "time": canonical(time, "time")}
        if number is not None:
            members["number"] = canonical(number, "number")
        if time != self.time:
            members["stated"] = canonical(self.time, "stated")
        if self.rows and case_key is not None:
            members["rows"] = canonical(vault.commit_rows(case_key, self.rows), "rows")
        return object_of(members)


def prepare(entry: Entry, tenant: str, software: str, max_bytes: int) -> Prepared:
    """Check an entry and write it as bytes. Raises EntryError with the place of the first fault."""
    _check_shape(entry)
    personal = vault.commit(entry.personal) if entry.personal else None
    values: dict[str, object] = {
        "schema": SCHEMA,
        "tenant": tenant,
        "type": entry.kind.value,
        "actor": {"kind": entry.actor.kind.value, "id": entry.actor.id},
        "purpose": entry.purpose,
        "software": software,
        "body": dict(entry.body),
    }
    optional = {"case": entry.case, "decision": entry.decision, "release": entry.release}
    values |= {name: value for name, value in optional.items() if value is not None}
    canonical(dict.fromkeys(entry.personal), "personal", _personal_number)
    members = {name: canonical(value, name, _personal_number) for name, value in values.items()}
    if personal:
        members["personal"] = canonical(personal.commitments, "personal")
    plaintext = personal.plaintext if personal else None
    packed = None if plaintext is None else pack(plaintext)
    canonical(dict.fromkeys(entry.rows), "rows", _personal_number)
    prepared = Prepared(entry.kind, entry.case, _utc(entry.time), members, packed, entry.rows)
    size = max(len(prepared.leaf(prepared.time, 1)), len(plaintext or b""))
    if size > max_bytes:
        raise EntryError(f"Posten är {size} byte. Största tillåtna är {max_bytes}. Dela upp den.")
    return prepared


def _check_shape(entry: Entry) -> None:
    needed: dict[str, object] = {"actor.id": entry.actor.id, "purpose": entry.purpose}
    if entry.kind not in LOG_WIDE:
        needed["case"] = entry.case
    if entry.kind is EntryKind.ASSESSMENT:
        needed["release"] = entry.release
    if entry.kind is EntryKind.DECISION:
        needed["decision"] = entry.decision
    if entry.kind is EntryKind.RELEASE_PUBLISHED:
        needed |= {"body.release": entry.body.get("release"), "body.files": entry.body.get("files")}
    for name, value in needed.items():
        if not value:
            raise EntryError(f"{name}: saknas, men krävs i en post av slaget {entry.kind}.")
    if entry.kind in LOG_WIDE and entry.case is not None:
        raise EntryError(f"case: en post av slaget {entry.kind} gäller loggen, inte ett ärende.")
    if entry.personal and entry.case is None:
        raise EntryError("personal: personuppgifter kräver ett ärende (case).")
    if entry.rows and entry.case is None:
        raise EntryError("rows: rader kräver ett ärende (case).")
    if entry.kind in BY_PEOPLE and entry.actor.kind is not ActorKind.PERSON:
        raise EntryError(f"actor.kind: en post av slaget {entry.kind} görs av en person (person).")


def _utc(time: datetime) -> str:
    if time.tzinfo is None:
        raise EntryError(f"time: {time.isoformat()} saknar tidszon. Ange tiden i UTC.")
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_DIGIT, _NONE = b"0", b" "
_DIGITS = b"".join(_DIGIT if each > 127 or each in b"0123456789+-" else _NONE for each in range(256))
"""Each byte of a text as a digit or none; so that no digit of any script is missed, signs and all beyond
ASCII are digits too."""
_LIKE_A_NUMBER = _DIGIT * 10
"""What every personal number has in it so, found eight times as quickly."""
_PERSONAL_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:19|20)?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})(?![0-9A-Za-z])")


def _personal_number(text: str) -> str | None:
    """The tree is for ever: a slip of the hand would be too. Checks date (samordningsnummer too) and Luhn."""
    if _LIKE_A_NUMBER not in text.encode(errors="surrogatepass").translate(_DIGITS):
        return None
    for year, month, day, last in _PERSONAL_NUMBER.findall(text):
        try:
            date(2000 + int(year), int(month), int(day) % 60 or 60)
        except ValueError:
            continue
        doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(year + month + day + last)]
        if sum(value // 10 + value % 10 for value in doubled) % 10 == 0:
            return (
                "texten innehåller något som ser ut som ett personnummer. Loggen är för alltid; "
                "lägg personuppgifter i personal."
            )
    return None
