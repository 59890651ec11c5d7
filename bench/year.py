"""What a year of decisions takes: room for each, and time to check, to search, to copy and to delete.

Run: python bench/year.py [decisions ..., default 200 2000]. A minute or two. One case is real, decided by
the machine and sent; the rest say the same in their own rows, under their own keys, with their own entries
in the log, so that everything verifies. What grows faster than the number of decisions is seen from one size
to the next. On SQLite; ``year.py postgresql 200 2000`` fills a server's instead.
"""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine, select, text
from sqlmodel import Session, SQLModel

sys.path.insert(0, str(Path(__file__).parents[1]))

import audit
from audit import Actor, ActorKind, Entry, Kind, retention, trail
from decision_service.casework.gallring import Gallring, tables_of_cases
from decision_service.casework.search import Wanted, found
from decision_service.log import journal, vouched
from decision_service.store.case_number import case_number
from decision_service.store.database import reading, transaction
from decision_service.store.tables import DecisionRow
from tests.world.database import pg_dump, postgresql
from tests.world.lived import delivered
from tests.world.office import World, new_world, shared_evaluators
from tests.world.people import NOVEMBER, TENANT, application

YEAR = 60_000
"""Decisions of a large municipality in a year."""
DELETED = 25
LEAST = 0.01
"""What took less than the clock tells counts as this, in milliseconds."""
FIGURES = ("room", "log", "verify", "copy", "preview", "search", "sweep", "delete")


def main() -> None:
    words = sys.argv[1:]
    server = "postgresql" in words
    sizes = [int(each) for each in words if each.isdigit()] or [200, 2000]
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    with tempfile.TemporaryDirectory() as folder, database(server, Path(folder)) as url:
        world = new_world(url, Path(folder), shared_evaluators())
        world.clock.forward(days=30)
        world.imported(1)
        template = Template(world, world.apply(application(1, NOVEMBER)))
        made = 1
        print("".join(f"{each:>9}" for each in ("number", *FIGURES)))
        print(
            "".join(f"{each:>9}" for each in ("", "kB each", "kB each", *["ms each"] * 3, "ms", "ms", "ms"))
        )
        told: list[tuple[int, dict[str, float]]] = []
        for size in sizes:
            while made < size:
                template.copies(made, min(100, size - made))
                made += min(100, size - made)
            told.append((made, figures(world, Path(folder), made)))
            print("".join(f"{each:>9.5g}" for each in (made, *told[-1][1].values())), flush=True)
        growth(told)
        world.engine.dispose()


def growth(told: list[tuple[int, dict[str, float]]]) -> None:
    """By which power of the number each figure grows between the first size and the last: what is told for
    each decision should stay (0), and what is told as a whole grow with the number at most (1)."""
    (first, before), (last, after) = told[0], told[-1]
    if first == last:
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
def database(server: bool, folder: Path) -> Iterator[Any]:
    """A new database of the kind that is wanted."""
    from sqlalchemy import make_url

    if not server:
        yield make_url(f"sqlite:///{folder}/year.db")
        return
    with postgresql() as url:
        yield url


class Template:
    """A case as it stands in every table and in the log, to be said again of others."""

    def __init__(self, world: World, case: str) -> None:
        delivered(world)
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

    def copies(self, first: int, count: int) -> None:
        """So many more cases, in one transaction."""
        with transaction(self.world.engine) as session:
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
            Kind(entry["type"]),
            time_,
            actor,
            entry["purpose"],
            case=ids[entry["case"]],
            decision=ids.get(entry.get("decision", "")),
            release=entry.get("release"),
            body=entry["body"],
            personal=personal,
        )


def figures(world: World, folder: Path, number: int) -> dict[str, float]:
    """How much, and how long for each."""
    world.office.log.checkpoint(world.engine, TENANT)
    each = 1000 / number
    gallring = Gallring(world.engine, world.office.log, world.keys, {TENANT: ()}, retention.load())
    later = world.clock() + timedelta(days=366 * 7)
    due: list[str] = []
    room, of_log = size_of(world.engine)
    found = {
        "room": room / 1000 / number,
        "log": of_log / 1000 / number,
        "verify": timed(lambda: verified(world)) * each,
        "copy": timed(lambda: copy(world.engine, folder)) * each,
        "preview": timed(lambda: due.extend(one.case for one in gallring.preview(TENANT, later) if one.goes))
        * each,
        "search": timed(lambda: searched(world.engine)) * 1000 / 20,
        "sweep": timed(lambda: gallring.sweep(TENANT, world.clock(), journal.MACHINE)) * 1000,
    }
    chosen = due[-DELETED:]
    gone = timed(lambda: [gallring.delete(TENANT, one, later, journal.MACHINE) for one in chosen])
    return found | {"delete": 1000 * gone / max(1, len(chosen))}


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
            Wanted(month=str(NOVEMBER)),
            Wanted(rules=["utfall.bifall"]),
            Wanted(person=f"{number + 1:064x}"),
            Wanted(case_number=case_number(2026, 100_001 + number)),
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
