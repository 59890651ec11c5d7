"""The log: append inside the caller's transaction, sign checkpoints, change keys."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from audit import merkle, proof, tables, vault
from audit.canonical import Json
from audit.entry import OWN, Actor, ActorKind, Entry, EntryKind, Prepared, prepare
from audit.errors import EntryError, KeyFileError, LogError, VaultError
from audit.head import NO_CASE, AddedToHead, Head, cases_of, hold_wrapping_key, lock, look, put
from audit.keys import KeyStore
from audit.mark import key_of, marked
from audit.verify import leaf_hash, read_checkpoint, statement

_AT_ONCE = 1_000
"""Entries that are held at once when many are read."""
_AUDIT = Actor(ActorKind.SYSTEM, "audit")


@dataclass(frozen=True)
class Appended:
    """Where an entry landed: its place in the municipality's log (from 0), its time there, its leaf hash."""

    tenant: str
    seq: int
    time: str
    leaf_hash: bytes


class Log:
    """The logs of all municipalities in a database.

    ``software`` names the program and its version in every entry. ``max_bytes`` limits a leaf and, by itself,
    an entry's personal data. ``clock_tolerance``: how much earlier than the entry before it an entry's own
    time may be without being a clock anomaly; writers that wait for each other's locks need a little.
    """

    def __init__(
        self,
        keys: KeyStore,
        software: str,
        max_bytes: int = 1_048_576,
        clock_tolerance: timedelta = timedelta(seconds=10),
    ) -> None:
        self._keys = keys
        self._software = software
        self._max_bytes = max_bytes
        self._clock_tolerance = clock_tolerance
        self._ours: set[tuple[str, str, str, str | None]] = set()

    def create(self, connection: Connection, tenant: str, installation: str, time: datetime) -> str:
        """Start a municipality's log, with keys of its own, and return its public key.

        ``tenant`` is the municipality code (four digits), ``installation`` names this installation in the
        log's origin, ``<tenant>.<installation>/audit``. Entry 0 is the key, and says that the log vouches for
        every row from its start. Raises LogError, KeyFileError.
        """
        if not re.fullmatch(r"\d{4}", tenant):
            raise LogError(f"{tenant!r} är inte en kommunkod. Väntade fyra siffror, till exempel 1287.")
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", installation):
            raise LogError(
                f"{installation!r} går inte att använda som installationens namn. "
                "Väntade små bokstäver a–z, siffror, punkt och bindestreck, till exempel lagrum.example.se."
            )
        head = tables.head.c
        if connection.execute(select(head.size).where(head.tenant == tenant)).first():
            raise LogError(f"Kommun {tenant} har redan en logg.")
        origin = f"{tenant}.{installation}/audit"
        key = self._keys.new_signing_key(tenant, origin)
        wrapping, writer = self._keys.new_wrapping_key(tenant), self._keys.new_writer_key(tenant)
        start = Head(tenant, origin, 0, "", b"", key.id, wrapping, writer)
        connection.execute(
            insert(tables.head).values(
                tenant=tenant,
                origin=origin,
                size=0,
                time="",
                frontier=b"",
                signing_key=key.id,
                wrapping_key=wrapping,
                writer_key=writer,
            )
        )
        body: dict[str, Json] = {
            "use": "signing",
            "key": key.public,
            "wrapping_key": wrapping,
            "writer_key": writer,
            "vouches": True,
        }
        entry = Entry(EntryKind.KEY_CHANGED, time, _AUDIT, "loggen skapad", body=body)
        self._write(connection, start, prepare(entry, tenant, self._software, self._max_bytes))
        return key.public

    def append(self, connection: Connection, tenant: str, entry: Entry) -> Appended:
        """Log an entry in the caller's transaction; it exists when, and only when, that commits.

        Locks the municipality's head until the transaction ends, so append late in it. Raises EntryError,
        VaultError, LogError and KeyFileError before anything is written.
        """
        return self.append_all(connection, tenant, [entry])[0]

    def append_all(self, connection: Connection, tenant: str, entries: Sequence[Entry]) -> list[Appended]:
        """Log several entries, one after another. All are made ready before the first takes the lock, and
        they are written together, but for a case that comes again after another: others wait for no more than
        what must be done under it. Raises as ``append``."""
        for entry in entries:
            if entry.kind in OWN:
                raise EntryError(f"type: poster av slaget {entry.kind} skriver loggen själv.")
        ready = [prepare(entry, tenant, self._software, self._max_bytes) for entry in entries]
        written: list[Appended] = []
        for run in _without_a_case_twice([list(group) for _, group in groupby(ready, lambda one: one.case)]):
            written += self._place(connection, self._lock(connection, tenant, run[0][0].case), run)
        return written

    def record(self, connection: Connection, tenant: str, entry: Entry) -> Appended:
        """Append for the audit wing itself: as ``append``, but for every kind of entry."""
        prepared = prepare(entry, tenant, self._software, self._max_bytes)
        return self._place(connection, self._lock(connection, tenant, entry.case), [[prepared]])[0]

    def checkpoint(self, engine: Engine, tenant: str) -> str:
        """Sign the committed log as it is and return the C2SP checkpoint; the same again if nothing is new.

        Has a transaction of its own on purpose: what is signed must be committed, or the log might one day
        have signed two different stories. Raises LogError for a log that is not the one that was signed here
        before, as when somebody has put an older database in its place.
        """
        with engine.begin() as connection:
            head = self._lock(connection, tenant, None)
            before = self._keys.remembered(tenant)
            self._require_grown(connection, head, before)
            table = tables.checkpoint.c
            stored = select(table.note).where(table.tenant == tenant, table.size == head.size)
            note = connection.execute(stored).scalar()
            if note is None:
                last = connection.scalar(select(func.max(table.size)).where(table.tenant == tenant)) or 0
                self._require_own(connection, head, last)
                root = base64.b64encode(merkle.root(head.frontier)).decode()
                key = self._keys.signing_key(tenant, head.signing_key)
                note = key.sign(f"{head.origin}\n{head.size}\n{root}\n")
                connection.execute(insert(tables.checkpoint).values(tenant=tenant, size=head.size, note=note))
            if note != before:
                # While the log is held, or was: whoever has lost it meanwhile does not know, and another may
                # have signed a larger one and noted that.
                self._keys.remember_after(tenant, before, note)
        return str(note)

    def require_signed_here(self, engine: Engine, tenant: str) -> None:
        """Raise LogError for a log that is not the one that was signed here before, as ``checkpoint`` does,
        without signing anything and without waiting for anybody: nothing may leave an older database."""
        before = self._keys.remembered(tenant)  # first: the log can only have grown since
        if before is not None:
            with engine.connect() as connection:
                self._require_grown(connection, look(connection, tenant, None), before)

    def change_signing_key(self, connection: Connection, tenant: str, time: datetime, actor: Actor) -> str:
        """Sign with a new key from now on and return the public one. The old key signs it in the entry."""
        head = self._lock(connection, tenant, None)
        key = self._keys.new_signing_key(tenant, head.origin)
        old = self._keys.signing_key(tenant, head.signing_key)
        body = {
            "use": "signing",
            "key": key.public,
            "previous": old.public,
            "handover": old.sign(statement(head.origin, "key-change", key.public)),
        }
        entry = Entry(EntryKind.KEY_CHANGED, time, actor, "byte av signeringsnyckel", body=body)
        prepared = prepare(entry, tenant, self._software, self._max_bytes)
        self._place(connection, replace(head, signing_key=key.id), [[prepared]])
        return key.public

    def change_wrapping_key(self, connection: Connection, tenant: str, time: datetime, actor: Actor) -> str:
        """Lock every case key with a new wrapping key and return the id of the old one.

        When the transaction has been committed and the old key is destroyed, older backups of the database
        are unreadable too, with every case that has been deleted since.
        """
        hold_wrapping_key(connection, tenant, change=True)
        head = self._lock(connection, tenant, None)
        new_id = self._keys.new_wrapping_key(tenant)
        new = self._keys.wrapping_key(tenant, new_id)
        case = tables.case.c
        live = select(case.case_id, case.wrapping_key, case.wrapped).where(
            case.tenant == tenant, case.wrapped.is_not(None)
        )
        rows = connection.execute(live).all()
        for case_id, old_id, wrapped in rows:
            case_key = vault.unwrap(self._keys, tenant, case_id, old_id, wrapped)
            connection.execute(
                update(tables.case)
                .where(case.tenant == tenant, case.case_id == case_id)
                .values(
                    wrapping_key=new_id,
                    wrapped=vault.encrypt(new, case_key, vault.key_place(tenant, case_id, new_id)),
                )
            )
        body: dict[str, Json] = {
            "use": "wrapping",
            "wrapping_key": new_id,
            "previous": head.wrapping_key,
            "cases": len(rows),
            "handover": self._vouch(head, f"wrapping {new_id}"),
        }
        entry = Entry(EntryKind.KEY_CHANGED, time, actor, "byte av valvnyckel", body=body)
        prepared = prepare(entry, tenant, self._software, self._max_bytes)
        self._place(connection, replace(head, wrapping_key=new_id), [[prepared]])
        return head.wrapping_key

    def change_writer_key(self, connection: Connection, tenant: str, time: datetime, actor: Actor) -> None:
        """Mark entries with a new key from this one on. Keep the old key: it proves the older entries."""
        head = self._lock(connection, tenant, None, first_writer=True)
        if head.writer_key is None:
            self._require_no_writer_yet(connection, head)
        new_id = self._keys.new_writer_key(tenant)
        body: dict[str, Json] = {
            "use": "writer",
            "writer_key": new_id,
            "handover": self._vouch(head, f"writer {new_id}"),
        }
        entry = Entry(EntryKind.KEY_CHANGED, time, actor, "byte av skrivnyckel", body=body)
        prepared = prepare(entry, tenant, self._software, self._max_bytes)
        if (anomaly := self._anomaly(head, prepared)) is not None:  # before the change, and marked as such
            head = self._write(connection, head, anomaly)
        self._place(connection, replace(head, writer_key=new_id), [[prepared]])

    def _lock(
        self, connection: Connection, tenant: str, case: str | None, *, first_writer: bool = False
    ) -> Head:
        """``lock``, for a log that is ours. ``first_writer``: it may get its first writer's key now."""
        head = lock(connection, tenant, case)
        self._require_ours(connection, head, first_writer=first_writer)
        return head

    def _require_ours(self, connection: Connection, head: Head, *, first_writer: bool = False) -> None:
        """Raise LogError for a head that somebody has given another name than its signing key has, or whose
        writer's key somebody has taken away after the log got its first."""
        known = (head.tenant, head.origin, head.signing_key, head.writer_key)
        if known in self._ours:
            return
        if head.writer_key is None and not first_writer and self._keys.has_writer_key(head.tenant):
            self._require_no_writer_yet(connection, head)
        try:
            names = {self._keys.signing_key(head.tenant, head.signing_key).name}
            sure = head.writer_key is not None
        except KeyFileError:  # what is logged needs no signing key; what it is called is ours all the same
            names, sure = self._called(head), False
        if head.origin not in names:
            raise _changed(head, f"{head.origin} är inte loggens namn")
        if sure:
            self._ours.add(known)

    def _called(self, head: Head) -> set[str]:
        """What the key folder calls a log whose signing key is not there: as it was signed last, or else as
        its other signing keys say. A folder with no writer's key either marks nothing under any name."""
        note = self._keys.remembered(head.tenant)
        if note is not None:
            return {read_checkpoint(note)[0]}
        names = self._keys.signing_names(head.tenant)
        return names if names or self._keys.has_writer_key(head.tenant) else {head.origin}

    def _require_no_writer_yet(self, connection: Connection, head: Head) -> None:
        """Raise LogError where an entry says that the log got a writer's key. A key in the folder alone says
        nothing: one is made before the entry is written, and that may have been cut short."""
        if self._unmarked(connection, head) < head.size:
            raise _changed(head, "skrivnyckeln är borttagen")

    def _vouch(self, head: Head, what: str) -> str:
        """The signing key's word on another key."""
        key = self._keys.signing_key(head.tenant, head.signing_key)
        return key.sign(statement(head.origin, "key-change", what))

    def _require_grown(self, connection: Connection, head: Head, before: str | None) -> None:
        """Raise LogError unless the log is the one that was signed before, with what has come since."""
        if before is None:
            return
        origin, size, root = read_checkpoint(before)
        if origin != head.origin:  # another log has begun under another name
            return
        grown = size < head.size and proof.root(connection, head.tenant, size) == root
        if not grown and (size, root) != (head.size, merkle.root(head.frontier)):
            raise LogError(
                f"Loggen i kommun {head.tenant} är inte den som har skrivits under här: {size} poster var "
                f"underskrivna, databasen har {head.size}. Är det en äldre kopia av databasen? Loggen skrivs "
                "inte under. Kör lagrum audit verify och utred."
            )

    def _require_own(self, connection: Connection, head: Head, start: int) -> None:
        """Raise LogError unless this service wrote every entry from ``start`` to the head: what somebody with
        the database alone has added is never signed. What an earlier version wrote has no marks: such entries
        stand before the one that took the first writer's key into use, and nowhere else."""
        entry = tables.entry.c
        query = select(entry.seq, entry.hashes, entry.mark).where(
            entry.tenant == head.tenant, entry.seq >= start
        )
        size, unmarked = start, None
        for seq, hashes, mark in connection.execute(query.order_by(entry.seq)):
            key_id = key_of(mark)
            if key_id is None:
                if unmarked is None:
                    unmarked = self._unmarked(connection, head)
                genuine = seq < unmarked
            else:
                key = self._keys.writer_key(head.tenant, key_id)
                genuine = mark == marked(key, key_id, head.origin, seq, hashes[: merkle.HASH])
            if seq != size or not genuine:
                break
            size += 1
        if size != head.size:
            raise LogError(
                f"Post {size} i kommun {head.tenant} saknas eller är inte skriven av tjänsten. Loggen skrivs "
                "inte under. Kör lagrum audit verify och utred."
            )

    @staticmethod
    def _unmarked(connection: Connection, head: Head) -> int:
        """How many entries stand before the one that took the first writer's key into use, or before one that
        is not what was hashed, for that may have been it; all where there is neither. Every entry is read:
        only where the log has any without a mark that is not signed for, or the head has no writer's key."""
        entry = tables.entry.c
        query = select(entry.seq, entry.hashes, entry.body).where(entry.tenant == head.tenant)
        rows = connection.execute(query.order_by(entry.seq).execution_options(yield_per=_AT_ONCE))
        for at, (seq, hashes, body) in enumerate(rows):
            if seq != at or leaf_hash(body) != hashes[: merkle.HASH]:
                return at
            if b'"writer_key"' in body and "writer_key" in _of_key_change(body):
                return at
        return head.size

    def wrote(self, connection: Connection, tenant: str, seq: int) -> bool:
        """Whether this service wrote an entry, as it stands; of a log of an earlier version, which has no
        marks, nobody can tell, and it is believed. Raises LogError and KeyStoreError."""
        head = look(connection, tenant, "")
        self._require_ours(connection, head)
        entry = tables.entry.c
        query = select(entry.body, entry.mark).where(entry.tenant == tenant, entry.seq == seq)
        body, mark = connection.execute(query).one()
        if head.writer_key is None:
            return True
        key_id = key_of(mark)
        if key_id is None:
            return False
        key = self._keys.writer_key(tenant, key_id)
        return bool(mark == marked(key, key_id, head.origin, seq, leaf_hash(body)))

    def _place(self, connection: Connection, head: Head, groups: Sequence[_Group]) -> list[Appended]:
        """Write the entries of some cases, none twice, after the head, which knows the first of them."""
        rows: list[AddedToHead] = []
        written: list[Appended] = []
        heads: list[tuple[str, Head]] = []
        others = cases_of(connection, head.tenant, [group[0].case for group in groups[1:]])
        for group in groups:
            case = group[0].case
            if group is not groups[0]:
                head = replace(head, **others.get(case, NO_CASE))
            appended, more, head = self._of_case(head, group)
            written += appended
            rows += more
            if case is not None:
                heads.append((case, head))
        put(connection, head, heads, rows)
        return written

    def _of_case(self, head: Head, group: _Group) -> tuple[list[Appended], list[AddedToHead], Head]:
        """The entries of one case as they are to be written after the head, and before one whose time lies
        too far back a clock anomaly; and the head after them."""
        rows: list[AddedToHead] = []
        written: list[Appended] = []
        for prepared in group:
            if prepared.needs_key and head.deleted_seq is not None:
                raise VaultError(
                    f"Ärendet {prepared.case} är gallrat (post {head.deleted_seq}) och kan inte få nya "
                    "personuppgifter. Öppna ett nytt ärende."
                )
            if (anomaly := self._anomaly(head, prepared)) is not None:
                _, row, head = self._next(head, anomaly)
                rows.append(row)
            appended, row, head = self._next(head, prepared)
            rows.append(row)
            written.append(appended)
        return written, rows, head

    def _anomaly(self, head: Head, prepared: Prepared) -> Prepared | None:
        """The entry that comes before one whose time lies too far back; None where it does not."""
        behind = datetime.fromisoformat(head.time) - datetime.fromisoformat(prepared.time)
        if behind <= self._clock_tolerance:
            return None
        moment = datetime.fromisoformat(prepared.time).astimezone(UTC)
        body: dict[str, Json] = {"from": head.time, "to": prepared.time}
        anomaly = Entry(EntryKind.CLOCK_ANOMALY, moment, _AUDIT, "klockan gick bakåt", body=body)
        return prepare(anomaly, head.tenant, self._software, self._max_bytes)

    def _write(self, connection: Connection, head: Head, prepared: Prepared) -> Head:
        """Write one entry after the head, whatever its time; the head after it."""
        _, row, after = self._next(head, prepared)
        put(connection, after, [] if prepared.case is None else [(prepared.case, after)], [row])
        return after

    def _next(self, head: Head, prepared: Prepared) -> tuple[Appended, AddedToHead, Head]:
        """An entry after the head, as it is to be written, and the head after it."""
        time = prepared.time if prepared.kind is EntryKind.CLOCK_ANOMALY else max(prepared.time, head.time)
        number = None if prepared.case is None else (head.entries or 0) + 1
        case_key = None
        if prepared.needs_key and prepared.case is not None:
            case_key, head = self._case_key(head, prepared.case)
        leaf = prepared.leaf(time, number, case_key)
        digest = leaf_hash(leaf)
        hashes, frontier = merkle.append(head.size, head.frontier, digest)
        ciphertext = None
        if prepared.packed is not None and prepared.case is not None and case_key is not None:
            place = vault.entry_place(head.tenant, prepared.case, digest)
            ciphertext = vault.encrypt(case_key, prepared.packed, place)
        mark = None
        if head.writer_key is not None:
            writer = self._keys.writer_key(head.tenant, head.writer_key)
            mark = marked(writer, head.writer_key, head.origin, head.size, digest)
        row = AddedToHead(head.size, prepared.kind.value, prepared.case, hashes, leaf, mark, ciphertext)
        after = replace(head, size=head.size + 1, time=time, frontier=frontier)
        if number is not None:
            after = replace(after, entries=number, is_new=head.is_new or head.entries is None)
        return Appended(head.tenant, head.size, time, digest), row, after

    def _case_key(self, head: Head, case: str) -> tuple[bytes, Head]:
        """The case's key, and the head with it: made now if this is the case's first personal data."""
        if head.wrapped is not None and head.case_wrapping_key is not None:
            key = vault.unwrap(self._keys, head.tenant, case, head.case_wrapping_key, head.wrapped)
            return key, head
        case_key, wrapped = vault.new_wrapped(self._keys, head.tenant, case, head.wrapping_key)
        return case_key, replace(head, case_wrapping_key=head.wrapping_key, wrapped=wrapped)


def _changed(head: Head, what: str) -> LogError:
    return LogError(
        f"Loggens slut i kommun {head.tenant} är ändrat: {what}. Inget skrivs och inget skrivs under. "
        "Kör lagrum audit verify och utred."
    )


def _of_key_change(leaf: bytes) -> Any:
    """What an entry says of a change of key; nothing for any other."""
    said = json.loads(leaf)
    return said["body"] if said["type"] == EntryKind.KEY_CHANGED else {}


_Group = Sequence[Prepared]
"""Entries of one case, one after another; or of none."""


def _without_a_case_twice(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    """The same in order, in runs that can each be written at once."""
    run: list[_Group] = []
    for group in groups:
        if any(group[0].case == other[0].case for other in run):
            yield run
            run = []
        run.append(group)
    if run:
        yield run
