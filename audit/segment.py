"""Check a stretch of consecutive entries, so that several processes can share a log.

A segment starts from what the database *says* stood before it. That is sound because it is proven afterwards:
the segment before must end in exactly the state this one started from, and the first starts from nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection, create_engine, select, text

from audit import merkle, tables
from audit.canonical import MAX_INT
from audit.database import prepare_engine, read_only
from audit.entry import SCHEMA, EntryKind
from audit.mark import key_of, marked
from audit.packed import unpack_leaf
from audit.rows import publication_of
from audit.verify import BROKEN, WrongError, leaf_hash, read_canonical

_BATCH = 2000


@dataclass(frozen=True)
class SegmentState:
    """What the next entry builds on: number of entries, the tree's frontier, the time of the last entry."""

    size: int
    frontier: bytes
    time: str


NOTHING = SegmentState(0, b"", "")


@dataclass
class Segment:
    """What was found in the entries from ``start`` on: faults in Swedish, and what the whole log adds up."""

    start: SegmentState
    end: SegmentState
    faults: list[str] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    key_entries: list[tuple[int, Any]] = field(default_factory=list)
    anomalies: int = 0
    cases: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Number of the case's first entry in the segment, and of its last."""
    personal: dict[int, str] = field(default_factory=dict)
    """Entries with personal data, and their case."""
    keyed: set[str] = field(default_factory=set)
    """Cases that must have a key: with personal data, or with rows that an entry vouches for."""
    writers: list[tuple[int, str | None]] = field(default_factory=list)
    """Where the writer's key changes: the first entry marked with it, and its number; None for no mark."""
    rows: dict[tuple[str, str], tuple[int, str | None]] = field(default_factory=dict)
    """Of each row, by case and name: the newest entry that tells of it, and the commitment there; None where
    the row is no more."""
    files: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """Of each file of a rule release, by release and name: the entry that published it, and its SHA-256."""
    deletions: dict[str, int] = field(default_factory=dict)
    waited: list[tuple[int, str, str, bool]] = field(default_factory=list)
    """Entry, case and day: until when the applicant was given to answer, and when that was over (true)."""
    adoptions: list[int] = field(default_factory=list)
    """Entries that vouch for rows as they were found at an upgrade."""
    adopted: list[int] = field(default_factory=list)
    """Entries from which on no row is adopted any more."""


def stored_state(connection: Connection, tenant: str, size: int) -> SegmentState:
    """The state after ``size`` entries as the database has it. Raises KeyError where rows are missing."""
    if size == 0:
        return NOTHING
    nodes = merkle.nodes((0, size))
    entry = tables.entry.c
    query = select(entry.seq, entry.hashes, entry.body).where(
        entry.tenant == tenant, entry.seq.in_([seq for seq, _ in nodes])
    )
    rows = {row.seq: row for row in connection.execute(query)}
    frontier = merkle.hashes_at(nodes, lambda seq: rows[seq].hashes)
    return SegmentState(size, b"".join(frontier), json.loads(rows[size - 1].body)["time"])


@dataclass(frozen=True)
class Own:
    """What shows that an entry is the service's own: the log's name, and its writers' keys by number. None
    when nobody has the keys."""

    origin: str
    keys: Mapping[str, bytes] | None = None

    def wrote(self, seq: int, leaf: bytes, mark: bytes | None) -> bool:
        """Whether a mark is genuine, as far as anybody here can tell."""
        key_id = key_of(mark)
        if key_id is None or self.keys is None:
            return True
        return key_id in self.keys and mark == marked(self.keys[key_id], key_id, self.origin, seq, leaf)


def scan_elsewhere(
    url: str, tenant: str, start: SegmentState, end: int, wanted: set[int], own: Own
) -> Segment:
    """``scan`` in a process of its own."""
    engine = prepare_engine(create_engine(url))
    with read_only(engine) as connection:
        return scan(connection, tenant, start, end, wanted, own)


def scan(
    connection: Connection, tenant: str, start: SegmentState, end: int | None, wanted: set[int], own: Own
) -> Segment:
    """Check the entries from ``start`` to before ``end`` (None: to the last); ``wanted``: roots to note."""
    found = Segment(start, start)
    # Columns without types: SQLAlchemy then hands the driver's values on as they are, in half the time.
    query = text(
        "SELECT seq, type, case_id, hashes, body, mark FROM audit_entry "
        "WHERE tenant = :tenant AND seq >= :start AND seq < :end ORDER BY seq"
    ).bindparams(tenant=tenant, start=start.size, end=MAX_INT if end is None else end)
    size, frontier, last = start.size, start.frontier, start.time
    rows = connection.execute(query, execution_options={"yield_per": _BATCH}).partitions()
    for seq, kind, case, hashes, body, mark in chain.from_iterable(rows):
        if seq != size:
            found.faults.append(f"post {size} saknas; nästa i tabellen är post {seq}.")
            break
        if not isinstance(body, bytes):  # SQLite keeps whatever type it is given
            found.faults.append(f"post {seq}: är inte lagrad som byte.")
            body = str(body).encode()
        body = unpack_leaf(body)
        leaf = leaf_hash(body)
        computed, frontier = merkle.append(seq, frontier, leaf)
        size += 1
        if not own.wrote(seq, leaf, mark):
            found.faults.append(f"post {seq}: är inte skriven av tjänsten.")
        if not found.writers or found.writers[-1][1] != key_of(mark):
            found.writers.append((seq, key_of(mark)))
        if computed != hashes:
            itself = computed[: merkle.HASH] != hashes[: merkle.HASH]
            what = (
                "innehållet är inte det" if itself else "hasharna över den och posterna före den är inte de"
            )
            found.faults.append(f"post {seq}: {what} som loggades.")
        if size in wanted:
            found.roots[size] = merkle.root(frontier)
        try:
            item = read_canonical(body.decode())
            _check(found, tenant, seq, kind, case, item, last)
            last = item["time"]
        except (WrongError, *BROKEN) as error:
            found.faults.append(f"post {seq}: går inte att läsa ({type(error).__name__}: {error}).")
    found.end = SegmentState(size, frontier, last)
    return found


def _check(found: Segment, tenant: str, seq: int, kind: str, case: str | None, item: Any, last: str) -> None:
    if item["tenant"] != tenant or item["type"] != kind or item.get("case") != case:
        found.faults.append(f"post {seq}: kommun, slag eller ärende är ett annat i tabellen än i posten.")
    if item["schema"] != SCHEMA:
        found.faults.append(f"post {seq}: har version {item['schema']}; det här programmet kan {SCHEMA}.")
    time = item["time"]
    if kind == EntryKind.CLOCK_ANOMALY:
        found.anomalies += 1
        if item["body"] != {"from": last, "to": time}:
            found.faults.append(f"post {seq}: klockfelet är inte det som inträffade.")
    elif time < last:
        found.faults.append(f"post {seq}: tiden {time} är före posten innan ({last}).")
    if case is not None:
        number = item["number"]
        first, before = found.cases.get(case, (number, number - 1))
        if number != before + 1:
            found.faults.append(f"post {seq}: är nummer {number} i ärende {case}, väntade {before + 1}.")
        found.cases[case] = (first, number)
        if "personal" in item:
            found.personal[seq] = case
        found.rows |= {(case, name): (seq, said) for name, said in item.get("rows", {}).items()}
        if "personal" in item or "rows" in item:
            found.keyed.add(case)
        if kind == EntryKind.DELETION:
            found.deletions[case] = seq
        if kind == EntryKind.ADOPTION:
            found.adoptions.append(seq)
        if kind in (EntryKind.COMPLETION, EntryKind.COMMUNICATION):
            event, due = item["body"].get("event"), item["body"].get("due")
            if event == "asked" and due is not None:
                found.waited.append((seq, case, due, False))
            elif event == "unanswered":
                found.waited.append((seq, case, time[:10], True))
    elif kind == EntryKind.KEY_CHANGED:
        found.key_entries.append((seq, item))
        if seq == 0 and item["body"].get("vouches"):
            found.adopted.append(seq)
    elif kind == EntryKind.ADOPTION_ENDED:
        found.adopted.append(seq)
    elif kind == EntryKind.RELEASE_PUBLISHED:
        body = item["body"]
        found.files |= {(body["release"], name): (seq, said) for name, said in body["files"].items()}
        if "publication" in body:
            made = publication_of(body["release"], body["publication"])
            found.files[made.release, made.name] = (seq, made.content.hex())
