"""Figures for the audit log against its targets.

Run: python bench/audit_log.py [entries to verify, default 1000000]. Takes about four minutes.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, update

sys.path.insert(0, str(Path(__file__).parents[1]))

from audit import (
    Actor,
    ActorKind,
    Entry,
    EntryKind,
    FileKeyStore,
    Log,
    create_tables,
    document,
    merkle,
    prepare_engine,
    proof,
    tables,
    verify_database,
)
from audit.entry import prepare
from audit.head import lock
from audit.mark import marked
from audit.verify import leaf_hash, node_hash, root_of
from tests.world.database import postgresql

MACHINE = Actor(ActorKind.SYSTEM, "lagrum")
SOFTWARE = "lagrum 0.1.0"
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
TENANT = "1287"


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"(one core: {hashing():,.0f} tree hashes/s; compare machines by that)\n")
    with tempfile.TemporaryDirectory() as folder:
        appending_to_sqlite(Path(folder))
    appending_to_postgresql()
    with tempfile.TemporaryDirectory() as folder:
        reading(Path(folder), entries)


def figure(what: str, value: float, unit: str, target: float | None = None, most: bool = False) -> None:
    said = (
        f"{what:<58} {value:>12,.2f} {unit:<10}" if value < 100 else f"{what:<58} {value:>12,.0f} {unit:<10}"
    )
    if target is not None:
        ratio = target / value if most else value / target
        sign, verdict = ("<" if most else ">="), ("ok" if ratio >= 1 else "MISSED")
        said += f" target {sign} {target:,.0f}: {ratio:.1f} times, {verdict}"
    print(said.rstrip())


def hashing() -> float:
    begun, top = time.perf_counter(), bytes(32)
    for _ in range(200_000):
        top = node_hash(top, top)
    return 200_000 / (time.perf_counter() - begun)


def new_log(engine: Engine, folder: Path) -> tuple[Log, str]:
    create_tables(engine)
    log = Log(FileKeyStore(folder / "keys"), SOFTWARE)
    with engine.begin() as connection:
        return log, log.create(connection, TENANT, "lagrum.example", START)


def access(number: int) -> Entry:
    reader = Actor(ActorKind.PERSON, "h-17")
    return Entry(EntryKind.ACCESS, datetime.now(UTC), reader, "prövning av ansökan", case=f"c-{number // 8}")


def facts(number: int) -> Entry:
    return Entry(
        EntryKind.FACTS,
        datetime.now(UTC),
        MACHINE,
        "uppgifter från register",
        case=f"c-{number // 8}",
        body={"source": "ssbtek", "answers": 7},
        personal={"first_name": "Alva", "salary": "1000.50", "answers": [{"benefit": "x", "amount": 1}] * 5},
    )


def decided(number: int) -> Entry:
    """A decision with 150 rules, 60 of them distinct, with facts: some 25 kB of personal data."""
    rules: list[dict[str, Any]] = [
        {
            "id": f"riksnorm.regel-{n % 60}",
            "provision": ["SoL 12 kap. 7 §", "SocF 12 kap. 2 §"],
            "state": "fired" if n % 3 else "not_fired",
            "subject": f"p{n % 5}",
            "facts": {"vuxen.ålder": n, "vuxen.sambo": False, "hushåll.storlek": 5},
        }
        for n in range(150)
    ]
    said = {"outcome": "BIFALL", "rules": rules, "engines": {"agree": True}}
    body, personal = document.split(document.ASSESSMENT, said)
    return Entry(
        EntryKind.DECISION,
        datetime.now(UTC),
        MACHINE,
        "beslut i ansökan",
        case=f"c-{number // 8}",
        decision=f"b-{number}",
        release="rel-1",
        body=body,
        personal=personal,
    )


def rate(
    engine: Engine, log: Log, make: Callable[[int], Entry], count: int, writers: int, batch: int = 1
) -> float:
    """Entries a second, each transaction committed to disk."""

    def write(writer: int) -> None:
        for number in range(0, count // writers, batch):
            with engine.begin() as connection:
                for one in range(batch):
                    log.append(connection, TENANT, make(writer * count + number + one))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - begun)


def appending_to_sqlite(folder: Path) -> None:
    engine = prepare_engine(create_engine(f"sqlite:///{folder / 'audit.db'}"))
    log, public = new_log(engine, folder)
    rate(engine, log, access, 200, 1)
    figure("SQLite, one entry a transaction", rate(engine, log, access, 3000, 1), "entries/s", 1000)
    figure("SQLite, the same with personal data", rate(engine, log, facts, 3000, 1), "entries/s", 1000)
    figure("SQLite, 50 entries a transaction", rate(engine, log, facts, 10_000, 1, 50), "entries/s")
    figure("SQLite, whole decisions (150 rules)", rate(engine, log, decided, 600, 1), "entries/s")
    check(engine, log, public)


def appending_to_postgresql() -> None:
    with tempfile.TemporaryDirectory() as keys, postgresql() as url:
        engine = prepare_engine(create_engine(url, pool_size=20))
        log, public = new_log(engine, Path(keys))
        rate(engine, log, access, 200, 1)
        figure("PostgreSQL, 1 writer", rate(engine, log, facts, 2000, 1), "entries/s")
        figure("PostgreSQL, 4 writers", rate(engine, log, facts, 2000, 4), "entries/s")
        figure("PostgreSQL, 16 writers", rate(engine, log, facts, 3200, 16), "entries/s", 400)
        figure("PostgreSQL, 16 writers, whole decisions", rate(engine, log, decided, 800, 16), "entries/s")
        check(engine, log, public)
        engine.dispose()


def check(engine: Engine, log: Log, public: str) -> None:
    """The log of a bench is dated in the past, so its end is signed here, as a clock would have done."""
    log.checkpoint(engine, TENANT)
    report = verify_database(engine, {TENANT: public})
    if not report.ok:
        sys.exit(str(report))


def reading(folder: Path, entries: int) -> None:
    engine = prepare_engine(create_engine(f"sqlite:///{folder / 'audit.db'}"))
    log, public = new_log(engine, folder)
    size = fill(engine, FileKeyStore(folder / "keys"), entries)
    log.checkpoint(engine, TENANT)
    for processes in sorted({1, os.cpu_count() or 1}):
        begun = time.perf_counter()
        report = verify_database(engine, {TENANT: public}, processes=processes)
        taken = time.perf_counter() - begun
        if not report.ok:
            sys.exit(str(report))
        target = 100_000 if processes > 1 else None
        figure(f"verify {size:,} entries, {processes} process(es)", size / taken, "entries/s", target)
    taken_ms, letter_ms = [], []
    with engine.connect() as connection:
        root = proof.root(connection, TENANT, size)
        for number in range(1000):
            seq = (number * 7919) % size
            begun = time.perf_counter()
            path = proof.inclusion(connection, TENANT, seq, size)
            taken_ms.append((time.perf_counter() - begun) * 1000)
            begun = time.perf_counter()
            text = proof.letter(connection, TENANT, seq)
            letter_ms.append((time.perf_counter() - begun) * 1000)
            if root_of(seq, size, leaf_of(connection, seq), path) != root:
                sys.exit(f"the proof of entry {seq} does not hold")
    percentiles = statistics.quantiles(taken_ms, n=100)
    figure(f"proof at {size:,} entries, median", percentiles[49], "ms", 5, most=True)
    figure(f"proof at {size:,} entries, 99 of 100", percentiles[98], "ms", 5, most=True)
    figure(
        "letter (entry, checkpoint and proof), 99 of 100", statistics.quantiles(letter_ms, n=100)[98], "ms"
    )
    figure("letter, length of the text", len(text), "characters")


def leaf_of(connection: Any, seq: int) -> bytes:
    entry = tables.entry.c
    return leaf_hash(
        connection.scalar(tables.entry.select().with_only_columns(entry.body).where(entry.seq == seq))
    )


def fill(engine: Engine, keys: FileKeyStore, entries: int) -> int:
    """The rows that as many appends would have made, written in bulk; returns the size of the log."""
    with engine.begin() as connection:
        head = lock(connection, TENANT, None)
        size, frontier = head.size, head.frontier
        assert head.writer_key is not None, "a log is created with one"
        writer = keys.writer_key(TENANT, head.writer_key)
        rows: list[dict[str, Any]] = []
        for number in range(entries):
            case, at = divmod(number, 8)
            if at == 0:
                entry = Entry(
                    EntryKind.FACTS,
                    START + timedelta(seconds=number),
                    MACHINE,
                    "uppgifter från register",
                    case=f"c-{case}",
                    body={"source": "ssbtek", "answers": 7},
                )
                prepared = prepare(entry, TENANT, SOFTWARE, 10_000)
            leaf = prepared.leaf(prepared.time, at + 1)
            hashes, frontier = merkle.append(size, frontier, leaf_hash(leaf))
            kind, name = prepared.kind.value, prepared.case
            rows.append(
                {
                    "tenant": TENANT,
                    "seq": size,
                    "type": kind,
                    "case_id": name,
                    "hashes": hashes,
                    "body": leaf,
                    "mark": marked(writer, head.writer_key, head.origin, size, hashes[: merkle.HASH]),
                }
            )
            size += 1
            if len(rows) == 50_000 or number == entries - 1:
                connection.execute(insert(tables.entry), rows)
                rows = []
        cases = [
            {"tenant": TENANT, "case_id": f"c-{case}", "entries": min(8, entries - 8 * case)}
            for case in range((entries + 7) // 8)
        ]
        connection.execute(insert(tables.case), cases)
        connection.execute(update(tables.head).values(size=size, frontier=frontier, time=prepared.time))
    return size


if __name__ == "__main__":
    main()
