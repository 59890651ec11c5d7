"""Check a whole database: what ``lagrum audit verify`` runs.

One pass over every entry, in order. Nothing in the database is believed: hashes are computed anew, the
columns beside a leaf are held against it, and the tree against what was signed and what others have kept.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from audit import guarded, retention, rows, tables, trail, vault
from audit.database import check_version, read_only
from audit.entry import EntryKind
from audit.errors import AuditError
from audit.keys import KeyStore
from audit.segment import NOTHING, Own, Segment, SegmentState, scan, scan_elsewhere, stored_state
from audit.verify import (
    BROKEN,
    Key,
    Report,
    WrongError,
    is_letter,
    key_at,
    key_history,
    open_note,
    read_canonical,
    read_checkpoint,
    read_key,
    read_letter,
    root_of,
    statement,
)

_MOST = 20
"""Faults that are listed one by one for each municipality; the rest are counted."""

_BATCH = 2000

UNSIGNED = timedelta(minutes=10)
"""How long an entry may wait for a checkpoint: the service signs every minute."""

_FUTURE = timedelta(minutes=10)
"""How far ahead of the reader's clock the log may be."""

_SIGNED_HERE = "den senaste checkpointen i nyckelmappen"

_WORTH_SHARING = 50_000
"""Entries from which on starting processes pays."""


def verify_database(
    engine: Engine,
    keys: Mapping[str, str],
    outside: Iterable[str] = (),
    vault: KeyStore | None = None,
    tenants: Iterable[str] | None = None,
    processes: int = 1,
    source: rows.Source | None = None,
    sent: Mapping[str, Iterable[str]] = MappingProxyType({}),
    live: datetime | None = None,
    whole: bool = True,
) -> Report:
    """Check the logs of all municipalities, or of ``tenants``.

    ``keys``: the public key of each, got from somewhere else than the database. ``outside``: checkpoints and
    letters that others have kept; each is held against the log it names. ``vault``: with its keys every
    personal value that still exists is checked against the tree too. ``processes`` share a large log; they
    are started afresh, so a script that asks for several needs a ``__main__`` guard. ``source``: the rows of
    the caller's tables, held against what entries vouch for, both ways. ``sent``: letters that have
    left, by municipality: nobody without the signing key can make another that fits. ``live``: the time now,
    for a log that is in use; a copy that was set aside has none. ``whole``: the database itself too, which is
    the same for every municipality: tables and their guards. Raises LogError when the
    database has no log or one of a newer version, and ValueError when a key or an outside text is unreadable.
    """
    report = Report()
    kept = [_read_kept(text) for text in outside]
    pinned = {tenant: read_key(text) for tenant, text in keys.items()}
    with read_only(engine) as connection:
        check_version(connection)
        if whole:
            faults = guarded.faults(connection)
            report.add(not faults, "Databasens egna spärrar är de som ska finnas.", " ".join(faults))
        heads = {row.tenant: row for row in connection.execute(select(tables.head)).all()}
        for tenant in sorted(heads.keys() | keys.keys() if tenants is None else set(tenants)):
            if tenant in heads:
                letters = [_read_kept(text) for text in sent.get(tenant, ())]
                check = _Check(connection, heads[tenant], report, processes)
                check.run(pinned.get(tenant), kept, letters, vault, source, live)
            else:
                report.add(False, "", f"Kommun {tenant}: loggen finns inte i databasen.")
        for table in (tables.entry, tables.checkpoint, tables.case, tables.vault):
            for tenant in connection.scalars(select(table.c.tenant).distinct()):
                if tenant not in heads:
                    report.add(
                        False, "", f"Tabellen {table.name} har rader för {tenant!r}, som inte har någon logg."
                    )
        for one in kept:
            if all(one.origin != head.origin for head in heads.values()):
                report.add(False, "", f"Loggen {one.origin} finns hos någon annan men inte i databasen.")
    return report


@dataclass(frozen=True)
class _Kept:
    """A checkpoint that someone else has kept; from a letter also a leaf with its place and proof."""

    note: str
    origin: str
    size: int
    root: bytes
    index: int
    leaf: bytes | None
    path: list[bytes]


def _read_kept(text: str) -> _Kept:
    if not is_letter(text):
        return _Kept(text, *read_checkpoint(text), 0, None, [])
    leaf, index, path, note = read_letter(text)
    return _Kept(note, *read_checkpoint(note), index, leaf, path)


class _Check:
    """One municipality's log."""

    def __init__(self, connection: Connection, head: Row[Any], report: Report, processes: int) -> None:
        self.connection, self.head, self.report, self.processes = connection, head, report, processes
        self.tenant: str = head.tenant
        self.faults: list[str] = []
        self.end = NOTHING
        self.roots: dict[int, bytes] = {}
        self.key_entries: list[tuple[int, Any]] = []
        self.history: list[tuple[int, Key]] = []
        self.writers: list[tuple[int, str | None]] = []
        self.anomalies = 0
        self.cases: dict[str, int] = {}
        self.personal: dict[int, str] = {}
        self.keyed: set[str] = set()
        self.rows: dict[tuple[str, str], tuple[int, str | None]] = {}
        self.files: dict[tuple[str, str], tuple[int, str]] = {}
        self.stored: dict[str, Row[Any]] = {}
        self.deletions: dict[str, int] = {}
        self.until: dict[str, str] = {}
        self.adoptions: set[int] = set()
        self.adopted: list[int] = []
        self.rules = retention.load()

    def run(
        self,
        pinned: Key | None,
        kept: Sequence[_Kept],
        letters: Sequence[_Kept],
        keys: KeyStore | None,
        source: rows.Source | None,
        live: datetime | None,
    ) -> None:
        own = [one for one in kept if one.origin == self.head.origin]
        signed = self._signed_here(keys) if live is not None else []
        table = tables.checkpoint.c
        stored = select(table.size, table.note).where(table.tenant == self.tenant).order_by(table.size)
        notes = [(row.size, row.note) for row in self.connection.execute(stored).all()]
        sizes = {size for size, _ in notes} | {one.size for one in (*own, *letters, *signed)}
        self._section(lambda: self._entries(sizes, keys))
        self._section(self._end)
        self._section(lambda: self._keys(pinned))
        self._section(lambda: self._checkpoints(notes))
        self._section(lambda: self._signed_lately(notes, live))
        if own:
            self._section(lambda: self._outside(own, "kopior hos andra", "kopian hos någon annan"))
        if letters:
            self._section(lambda: self._outside(letters, "brev som har skickats", "brevet som har skickats"))
        if signed:
            self._section(lambda: self._outside(signed, *[_SIGNED_HERE] * 2))
        self._section(self._cases)
        if keys is not None:
            self._section(lambda: self._vault(keys))
        if source is not None:
            self._section(lambda: self._rows(source, keys))
        if self.adoptions:
            self._section(self._adoptions)
        if self.anomalies:
            self._add(None, f"klockan har gått bakåt {self.anomalies} gånger; varje gång är loggad.")
        if pinned is None:
            self._add(None, "ingen publik nyckel angavs; loggen är bara prövad mot sina egna nycklar.")
        if keys is None:
            self._add(
                None,
                "ingen nyckelmapp angavs; tjänstens märken, det som är förseglat och breven som har skickats "
                "är inte prövade.",
            )
        if not own:
            self._add(
                None, "ingen kopia hos någon annan angavs; att slutet inte har klippts av är inte prövat."
            )

    def _signed_here(self, keys: KeyStore | None) -> list[_Kept]:
        """What the key folder says was signed last: a copy out of reach of whoever has the database alone."""
        note = keys.remembered(self.tenant) if keys is not None else None
        found = [_read_kept(note)] if note is not None else []
        return [one for one in found if one.origin == self.head.origin]

    def _add(self, holds: bool | None, text: str) -> None:
        self.report.add(holds, f"Kommun {self.tenant}: {text}", f"Kommun {self.tenant}: {text}")

    def _section(self, part: Callable[[], str]) -> None:
        """Run one part of the check; it returns what to say when it found no fault."""
        self.faults, right = [], ""
        try:
            right = part()
        except (WrongError, AuditError) as error:
            self.faults.append(str(error))
        except BROKEN as error:
            self.faults.append(f"går inte att kontrollera ({type(error).__name__}: {error}).")
        if not self.faults:
            self._add(True, right)
        for fault in self.faults[:_MOST]:
            self._add(False, fault)
        if len(self.faults) > _MOST:
            self._add(False, f"och {len(self.faults) - _MOST} fel till av samma slag.")

    def _entries(self, wanted: set[int], keys: KeyStore | None) -> str:
        for segment in self._segments(wanted, self._own(keys)):
            if segment.start != self.end:
                self.faults.append(f"post {segment.start.size - 1}: de sparade hasharna är inte postens.")
            self.faults += segment.faults
            self.end = segment.end
            self.roots |= segment.roots
            self.key_entries += segment.key_entries
            self.anomalies += segment.anomalies
            before = self.writers[-1][1] if self.writers else ""
            goes_on = bool(segment.writers) and segment.writers[0][1] == before
            self.writers += segment.writers[goes_on:]
            self.personal |= segment.personal
            self.keyed |= segment.keyed
            self.rows |= segment.rows
            self.files |= segment.files
            self.deletions |= segment.deletions
            self._waited(segment)
            self.adoptions.update(segment.adoptions)
            self.adopted += segment.adopted
            for case, (first, last) in segment.cases.items():
                if first != self.cases.get(case, 0) + 1:
                    self.faults.append(f"ärende {case}: post {first} i ärendet följer inte på den förra.")
                self.cases[case] = last
        return f"{self.end.size} poster i obruten följd, var och en oförändrad."

    def _waited(self, segment: Segment) -> None:
        """Nobody is said not to have answered before the day that was given."""
        for seq, case, day, over in segment.waited:
            if not over:
                self.until[case] = day
            elif day < self.until.get(case, ""):
                self.faults.append(
                    f"post {seq}: ärende {case} sägs vara obesvarat {day}, men svaret fick dröja till "
                    f"{self.until[case]}."
                )

    def _own(self, keys: KeyStore | None) -> Own:
        """The writers' keys that the entries name, where somebody has the keys."""
        if keys is None:
            return Own(self.head.origin)
        leaves = trail.read_leaves(self.connection, self.tenant, None)
        bodies = [one.entry["body"] for one in leaves if one.entry["type"] == EntryKind.KEY_CHANGED]
        named = [body["writer_key"] for body in bodies if "writer_key" in body]
        return Own(self.head.origin, {each: keys.writer_key(self.tenant, each) for each in named})

    def _segments(self, wanted: set[int], own: Own) -> Iterator[Segment]:
        """The log in one piece, or shared among processes, each with a connection of its own."""
        last = self.connection.scalar(
            select(func.max(tables.entry.c.seq)).where(tables.entry.c.tenant == self.tenant)
        )
        size = 0 if last is None else last + 1
        if self.processes < 2 or size < _WORTH_SHARING or not self.connection.engine.url.database:
            yield scan(self.connection, self.tenant, NOTHING, None, wanted, own)
            return
        url = self.connection.engine.url.render_as_string(hide_password=False)
        starts = [NOTHING]
        for first in range(_WORTH_SHARING // 2, size, _WORTH_SHARING // 2):
            with suppress(*BROKEN):  # a damaged row is no place to start from; the segment before tells of it
                starts.append(stored_state(self.connection, self.tenant, first))
        ends = [*(start.size for start in starts[1:]), size]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.processes, mp_context=context) as pool:
            parts = []
            for start, end in zip(starts, ends, strict=True):
                asked = {one for one in wanted if start.size < one <= end}
                parts.append(pool.submit(scan_elsewhere, url, self.tenant, start, end, asked, own))
            for part in parts:
                yield part.result()

    def _end(self) -> str:
        head = self.head
        if SegmentState(head.size, head.frontier, head.time) != self.end:
            self.faults.append(f"loggens slut säger {head.size} poster till {head.time}; det stämmer inte.")
        return f"loggens slut ({self.end.time}) stämmer med posterna."

    def _keys(self, pinned: Key | None) -> str:
        self.history = key_history(self.key_entries, self.head.origin)
        if not self.history:
            raise WrongError("loggen börjar inte med sin nyckel.")
        bodies = [item["body"] for _, item in self.key_entries]
        wrapping = [body["wrapping_key"] for body in bodies if "wrapping_key" in body]
        if pinned is not None and pinned not in [key for _, key in self.history]:
            self.faults.append(f"nyckeln {pinned.id.hex()} som angavs har aldrig varit loggens.")
        if self.head.signing_key != key_at(self.history, self.end.size).id.hex():
            self.faults.append(f"signeringsnyckeln {self.head.signing_key} är inte den som senast loggades.")
        if self.head.wrapping_key != wrapping[-1]:
            self.faults.append(f"valvnyckeln {self.head.wrapping_key} är inte den som senast loggades.")
        self._writers()
        return f"nycklarna är de loggade (signeringsnycklar: {len(self.history)})."

    def _writers(self) -> None:
        """Every entry has the mark of the writer's key of its time, from the first such key on; and whatever
        key was changed, the signing key of the time has said so."""
        said = [(seq, item["body"]) for seq, item in self.key_entries]
        keys = [(seq, body["writer_key"]) for seq, body in said if "writer_key" in body]
        first = keys[0][0] if keys else self.end.size
        expected: list[tuple[int, str | None]] = [(0, None)] if first else []
        expected += keys
        if self.writers != [one for one in expected if one[0] < self.end.size]:
            begins = [one for one in self.writers if one not in expected]
            at = begins[0][0] if begins else first
            self.faults.append(f"post {at}: saknar märket av den som skrev loggen då.")
        if self.head.writer_key != (keys[-1][1] if keys else None):
            self.faults.append(f"skrivnyckeln {self.head.writer_key} är inte den som senast loggades.")
        for seq, body in said:
            if body["use"] != "signing" and seq >= first:
                what = f"{body['use']} {body[body['use'] + '_key']}"
                given = open_note(body.get("handover", ""), key_at(self.history, seq))
                if given != statement(self.head.origin, "key-change", what):
                    self.faults.append(f"nyckelbytet i post {seq} är inte undertecknat.")

    def _checkpoints(self, notes: Sequence[tuple[int, str]]) -> str:
        for size, note in notes:
            self._signed(f"checkpointen vid {size} poster", size, note)
        return f"checkpoints, underskrivna och i takt med posterna: {len(notes)}."

    def _signed_lately(self, notes: Sequence[tuple[int, str]], live: datetime | None) -> str:
        """The end of the log: what is older than some minutes is signed, and nothing is from the future."""
        signed = max((size for size, _ in notes), default=0)
        oldest = self._time_of(signed) if signed < self.end.size else None
        last = datetime.fromisoformat(self.end.time) if self.end.time else None
        if last is None:
            return "loggen är tom."
        until = last if live is None else max(last, live)
        if live is not None and last > live + _FUTURE:
            self.faults.append(f"sista posten är från {self.end.time}, som inte har varit.")
        if oldest is not None and until - oldest > UNSIGNED:
            self.faults.append(
                f"post {signed} och de efter den är inte underskrivna, fast den är äldre än "
                f"{UNSIGNED.seconds // 60} minuter. Loggen skrivs under varje minut; utred."
            )
        return f"poster som väntar på nästa checkpoint: {self.end.size - signed}."

    def _time_of(self, seq: int) -> datetime | None:
        entry = tables.entry.c
        body = self.connection.scalar(select(entry.body).where(entry.tenant == self.tenant, entry.seq == seq))
        return None if body is None else datetime.fromisoformat(read_canonical(body.decode())["time"])

    def _outside(self, own: Sequence[_Kept], called: str, each: str) -> str:
        for one in own:
            what = f"{each} vid {one.size} poster"
            self._signed(what, one.size, one.note)
            if one.leaf is not None and root_of(one.index, one.size, one.leaf, one.path) != one.root:
                self.faults.append(f"{what}: brevets bevis för post {one.index} leder inte till roten.")
        return f"{called}, i takt med posterna: {len(own)}."

    def _signed(self, what: str, size: int, note: str) -> None:
        if size not in self.roots:
            self.faults.append(f"{what}: loggen har bara {self.end.size} poster.")
            return
        try:
            said = read_checkpoint(open_note(note, key_at(self.history, size)))
            if said != (self.head.origin, size, self.roots[size]):
                self.faults.append(f"{what}: roten är en annan än posternas.")
        except WrongError as error:
            self.faults.append(f"{what}: {error}")
        except BROKEN as error:
            self.faults.append(f"{what}: går inte att läsa ({type(error).__name__}: {error}).")

    def _cases(self) -> str:
        case, sealed = tables.case.c, tables.vault.c
        found = self.connection.execute(select(tables.case).where(case.tenant == self.tenant)).all()
        self.stored = {row.case_id: row for row in found}
        counted = {row.case_id: row.entries for row in found}
        for name in sorted(counted.keys() | self.cases.keys()):
            if counted.get(name) != self.cases.get(name):
                entries, count = self.cases.get(name, 0), counted.get(name, 0)
                self.faults.append(f"ärende {name}: har {entries} poster, men {count} är räknade.")
        deleted = {row.case_id: row.deleted_seq for row in found if row.deleted_seq is not None}
        for name in sorted(deleted.keys() | self.deletions.keys()):
            if deleted.get(name) != self.deletions.get(name):
                self.faults.append(f"ärende {name}: gallringen i loggen och i valvet är inte densamma.")
        for row in found:
            if row.wrapped is not None and row.case_id in self.deletions:
                self.faults.append(f"ärende {row.case_id}: är gallrat, men nyckeln finns kvar.")
            if row.wrapped is None and row.case_id in self.keyed - self.deletions.keys():
                self.faults.append(f"ärende {row.case_id}: är inte gallrat, men nyckeln är borta.")
        for name in sorted(self.deletions):
            self._deletion(name)
        stored = set(self.connection.scalars(select(sealed.seq).where(sealed.tenant == self.tenant)))
        live = {seq for seq, name in self.personal.items() if name not in self.deletions}
        for seq in sorted(stored ^ live):
            state = "saknas i valvet" if seq in live else "finns i valvet, men ska inte göra det"
            self.faults.append(f"post {seq}: personuppgifterna {state}.")
        counts = len(self.cases), len(live), len(self.deletions)
        return "ärenden: {}, poster i valvet: {}, gallrade ärenden: {}.".format(*counts)

    def _deletion(self, case: str) -> None:
        """Whether the case's own entries bear out what its deletion says of them."""
        entries = trail.read_leaves(self.connection, self.tenant, case)
        done = next(one for one in entries if one.seq == self.deletions[case])
        before = [one for one in entries if one.seq < done.seq]
        day = datetime.fromisoformat(done.entry["time"]).astimezone(retention.SWEDEN).date()
        body, judged = done.entry["body"], retention.assess(self.rules, self.tenant, before, None, day)
        said = {"last_note": judged.last_note.isoformat()}
        if body["rules_fingerprint"] == self.rules.fingerprint:
            said |= {"earliest": judged.earliest.isoformat(), "latest": judged.latest.isoformat()}
        if any(body[name] != value for name, value in said.items()) or day.isoformat() < body["earliest"]:
            self.faults.append(f"ärende {case}: gallringen i post {done.seq} följer inte av ärendets poster.")
        if judged.verdict in (retention.RetentionVerdict.HELD, retention.RetentionVerdict.PRESERVED):
            self.faults.append(
                f"ärende {case}: gallrades i post {done.seq} fast det inte fick. {judged.text}"
            )

    def _vault(self, keys: KeyStore) -> str:
        opened = 0
        query = trail.with_vault(self.tenant).where(tables.case.c.wrapped.is_not(None))
        for row in self.connection.execution_options(yield_per=_BATCH).execute(query):
            try:
                commitments = read_canonical(row.body.decode()).get("personal", {})
                opened += len(trail.open_row(keys, self.tenant, row, commitments)[1])
            except (AuditError, WrongError) as error:
                self.faults.append(str(error))
            except BROKEN as error:
                self.faults.append(f"post {row.seq}: går inte att läsa ({type(error).__name__}: {error}).")
        return f"personuppgifter i valvet, de som loggades: {opened}."

    def _adoptions(self) -> str:
        """Rows are adopted once in a log's life, before it vouches for all of them, and never after."""
        until = min(self.adopted, default=self.end.size)
        for seq in sorted(each for each in (*self.adoptions, *self.adopted) if each > until):
            self.faults.append(f"post {seq}: övertar rader, fast loggen svarar för alla sedan post {until}.")
        if not self.adopted:
            self._add(None, "övertagandet av äldre rader är inte avslutat; starta tjänsten.")
        rows = [seq for seq, _ in self.rows.values() if seq in self.adoptions]
        since = self._time_of(min(self.adoptions))
        if rows:
            self._add(
                None,
                f"rader från en tidigare version, övertagna som de fanns vid uppgraderingen: {len(rows)}. "
                f"Loggen svarar för dem först från {since:%Y-%m-%d}, post {min(rows)}–{max(rows)}.",
            )
        return f"ärenden vars äldre rader är övertagna, en gång: {len(self.adoptions)}."

    def _rows(self, source: rows.Source, keys: KeyStore | None) -> str:
        """No decision without a trail, no trail without a decision."""

        def case_key(case: str) -> bytes | None:
            row = self.stored.get(case)
            if row is None or row.wrapped is None or keys is None:
                return None
            return vault.unwrap(keys, self.tenant, case, row.wrapping_key, row.wrapped)

        found = source(self.connection, self.tenant)
        opened = None if keys is None else case_key
        compared = rows.compare(found, self.rows, self.files, self.deletions, opened)
        self.faults += compared.faults
        said = "de som loggades" if keys is not None else "var och en med en post"
        return f"rader i tjänstens tabeller, {said}: {compared.rows}; regelfiler: {compared.files}."
