"""What a year of decisions takes: room for each, and time to check, to search, to copy and to delete.

Run: python bench/year.py [decisions ..., default 200 2000]. A minute or two. One case is real, decided by
the machine and sent; the rest say the same in their own rows, under their own keys, with their own entries
in the log, so that everything verifies. What grows faster than the number of decisions is seen from one size
to the next. On SQLite; ``year.py postgresql 200 2000`` fills a server's instead.

A whole year is filled piece by piece: ``year.py in FOLDER 20000`` keeps the database in a folder, and the
next that names it goes on from there. Names of figures (``verify copy``) measure those alone, ``none`` none.
"""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Engine, func, inspect, text
from sqlmodel import Session, SQLModel, col, select

sys.path.insert(0, str(Path(__file__).parents[1]))

import audit
from audit import Actor, ActorKind, Entry, EntryKind, retention, tables, trail
from decision_service.casework.gallring import Gallring, tables_of_cases
from decision_service.casework.search import SearchWanted, found
from decision_service.log import journal, vouched
from decision_service.store.case_number import case_number
from decision_service.store.database import open_engine, reading, transaction
from decision_service.store.tables import ApplicationRow, DecisionRow
from tests.world.database import pg_dump, postgresql
from tests.world.lived import delivered
from tests.world.office import World, new_world, shared_evaluators, world_on
from tests.world.people import NOVEMBER, TENANT, application

YEAR = 60_000
"""Decisions of a large municipality in a year."""
DELETED = 25
LEAST = 0.01
"""What took less than the clock tells counts as this, in milliseconds."""
FIGURES = {
    "room": "kB each",
    "log": "kB each",
    "verify": "ms each",
    "copy": "ms each",
    "preview": "ms each",
    "search": "ms",
    "sweep": "ms",
    "delete": "ms each",
}
"""What is measured, and in what."""


def main() -> None:
    words = sys.argv[1:]
    server = "postgresql" in words
    sizes = [int(each) for each in words if each.isdigit()] or [200, 2000]
    wanted = [each for each in (*FIGURES, "none") if each in words] or list(FIGURES)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    with ExitStack() as ending:
        if "in" in words:
            folder = Path(words[words.index("in") + 1])
        else:
            folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        url = ending.enter_context(database(server, folder))
        world, case, made = begun(url, folder)
        template = Template(world, case)
        print("".join(f"{each:>9}" for each in ("number", *FIGURES)))
        print("".join(f"{each:>9}" for each in ("", *FIGURES.values())))
        told: list[tuple[int, dict[str, float]]] = []
        for size in sizes:
            while made < size:
                template.copies(min(100, size - made))
                made += min(100, size - made)
            told.append((made, figures(world, folder, made, wanted)))
            print(f"{made:>9}" + "".join(f"{told[-1][1].get(each, math.nan):>9.4g}" for each in FIGURES))
            sys.stdout.flush()
        growth(told)
        world.engine.dispose()


def begun(url: URL, folder: Path) -> tuple[World, str, int]:
    """An office with its first case, new or as it was left; the case, and how many there are."""
    engine = open_engine(url.render_as_string(hide_password=False))
    if inspect(engine).has_table("application"):
        with engine.connect() as connection:
            key = connection.scalar(select(tables.head.c.signing_key).where(tables.head.c.tenant == TENANT))
        public = audit.FileKeyStore(folder / "keys").signing_key(TENANT, str(key)).public
        world = world_on(engine, folder, shared_evaluators(), {TENANT: public})
        world.clock.forward(days=30)
        with reading(engine) as session:
            rows = session.exec(select(ApplicationRow.id).order_by(col(ApplicationRow.received_at))).all()
        return world, rows[0], len(rows)
    world = new_world(url, folder, shared_evaluators())
    world.clock.forward(days=30)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER))
    delivered(world)
    return world, case, 1


def growth(told: list[tuple[int, dict[str, float]]]) -> None:
    """By which power of the number each figure grows between the first size and the last: what is told for
    each decision should stay (0), and what is told as a whole grow with the number at most (1)."""
    (first, before), (last, after) = told[0], told[-1]
    if first == last or len(after) < len(FIGURES):
        return
    print(f"{'power':>9}", end="")
    for name in FIGURES:
        print(
            f"{math.log(max(after[name], LEAST) / max(before[name], LEAST)) / math.log(last / first):>9.2f}",
            end="",
        )
    print(f"\n\nA year of {YEAR} decisions, reckoned from the last line:", end=" ")
    print(
        f"{after['room'] * YEAR / 1e6:.1f} GB, of which the log {after['log'] * YEAR / 1e6:.1f};"
        f" verify {after['verify'] * YEAR / 6e4:.0f} min, copy {after['copy'] * YEAR / 6e4:.1f} min,"
        f" preview {after['preview'] * YEAR / 6e4:.1f} min"
    )


@contextmanager
def database(server: bool, folder: Path) -> Iterator[URL]:
    """The database in a folder, new or as it was left."""
    if not server:
        folder.mkdir(parents=True, exist_ok=True)
        yield URL.create("sqlite", database=f"{folder}/year.db")
        return
    with postgresql(folder=folder / "server") as url:
        yield url


class Template:
    """A case as it stands in every table and in the log, to be said again of others."""

    def __init__(self, world: World, case: str) -> None:
        self.world, self.case = world, case
        with Session(world.engine) as session:
            self.rows = list(self._rows(session))
            self.ids = [case, *(row["id"] for of, row in self.rows if of is DecisionRow)]
            self.entries = trail.read_case(session.connection(), world.keys, TENANT, case)

    def _rows(self, session: Session) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        classes = {each.class_.__table__: each.class_ for each in SQLModel._sa_registry.mappers}
        for table, column in reversed(list(tables_of_cases())):
            for row in session.execute(select(table).where(table.c[column] == self.case)).mappings():
                yield classes[table], dict(row)

    def copies(self, count: int) -> None:
        """So many more cases, in one transaction, numbered after all that have been."""
        with transaction(self.world.engine) as session:
            first = session.connection().scalar(select(func.count()).select_from(tables.case)) or 0
            for number in range(first, first + count):
                self._copy(session, number)

    def _copy(self, session: Session, number: int) -> None:
        ids = {each: uuid.uuid4().hex for each in self.ids}
        for of, row in self.rows:
            changed = {name: self._said(name, value, ids, number) for name, value in row.items()}
            session.add(of(**changed))
        entries = [self._entry(each.entry, each.personal, ids) for each in self.entries]
        vouched.append(self.world.office.log, session, TENANT, entries)

    def _said(self, name: str, value: Any, ids: Mapping[str, str], number: int) -> Any:
        if name == "case_number":
            return case_number(2026, 100_000 + number)
        if name == "person":
            return f"{number:064x}"
        if name in ("decided_at", "received_at", "made_at"):
            return value + timedelta(minutes=number)
        for was, now in ids.items():
            value = value.replace(was, now) if isinstance(value, str) else value
        return value

    def _entry(self, entry: dict[str, Any], personal: Any, ids: Mapping[str, str]) -> Entry:
        actor = Actor(ActorKind(entry["actor"]["kind"]), entry["actor"]["id"])
        time_ = datetime.fromisoformat(entry["time"])
        return Entry(
            EntryKind(entry["type"]),
            time_,
            actor,
            entry["purpose"],
            case=ids[entry["case"]],
            decision=ids.get(entry.get("decision", "")),
            release=entry.get("release"),
            body=entry["body"],
            personal=personal,
        )


def figures(world: World, folder: Path, number: int, wanted: Collection[str]) -> dict[str, float]:
    """How much, and how long for each; only what is wanted."""
    world.office.log.checkpoint(world.engine, TENANT)
    gallring = Gallring(world.engine, world.office.log, world.keys, {TENANT: ()}, retention.load())
    later = world.clock() + timedelta(days=366 * 7)

    def delete() -> float:
        for case in due:
            gallring.delete(TENANT, case, later, journal.MACHINE)
        return len(due)

    due = some_cases(world.engine) if "delete" in wanted else []
    found = {}
    if {"room", "log"} & set(wanted):
        room, of_log = size_of(world.engine)
        found = {"room": room / 1000 / number, "log": of_log / 1000 / number}
    works: dict[str, tuple[Callable[[], object], float]] = {
        "verify": (lambda: verified(world), number),
        "copy": (lambda: copy(world.engine, folder), number),
        "preview": (lambda: list(gallring.preview(TENANT, later)), number),
        "search": (lambda: searched(world.engine), 20),
        "sweep": (lambda: gallring.sweep(TENANT, world.clock(), journal.MACHINE), 1),
        "delete": (delete, len(due)),
    }
    for name, (work, of) in works.items():
        if name in wanted:
            found[name] = 1000 * timed(work) / of
    return found


def some_cases(engine: Engine) -> list[str]:
    """The newest, which no figure before has deleted."""
    with reading(engine) as session:
        newest = select(ApplicationRow.id).order_by(col(ApplicationRow.received_at).desc()).limit(DELETED)
        return list(session.exec(newest).all())


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time, of programs that are started too: what others do on the machine does not
    make it longer. What a server does for us is not in it."""
    begun = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - begun


def verified(world: World) -> None:
    report = audit.verify_database(world.engine, world.public, vault=world.keys, source=vouched.source)
    assert report.ok, str(report)


def searched(engine: Engine) -> None:
    """Twenty searches: by month, by rule, by person, by number."""
    for number in range(5):
        for wanted in (
            SearchWanted(month=str(NOVEMBER)),
            SearchWanted(rules=["utfall.bifall"]),
            SearchWanted(person=f"{number + 1:064x}"),
            SearchWanted(case_number=case_number(2026, 100_001 + number)),
        ):
            with reading(engine) as session:
                found(session, TENANT, wanted, limit=50)


def size_of(engine: Engine) -> tuple[float, float]:
    """Bytes of the database, and those of the log."""
    whole, part = {
        "sqlite": (
            "SELECT sum(pgsize) FROM dbstat",
            "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%audit%'",
        ),
        "postgresql": (
            "SELECT pg_database_size(current_database())",
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relname LIKE 'audit%'",
        ),
    }[engine.dialect.name]
    with engine.connect() as connection:
        return float(connection.scalar(text(whole))), float(connection.scalar(text(part)))


def copy(engine: Engine, folder: Path) -> None:
    """A copy, as docs/operations.md says that it is made."""
    place = folder / f"copy-{uuid.uuid4().hex}"
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(
            isolation_level="AUTOCOMMIT", audit_read_only=True
        ) as connection:
            connection.connection.execute(f"VACUUM INTO '{place}'")  # type: ignore[attr-defined]
    else:
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run([pg_dump(), "--format=custom", f"--file={place}", address], check=True)
    place.unlink()


if __name__ == "__main__":
    main()
