"""How long the server takes for each page, with 100 000 decisions stored on PostgreSQL.

Run: python bench/pages.py [decisions, default 100000] [words of the names of pages, default all]. A few cases
are real, decided by the service; the rest are copies of their rows, spread over two years, made by the
database itself. The log holds what is real only: pages look in it for one case at a time. Target: 150 ms at
p95, 200 for a search. Beside the time somebody waits stands the processor time of the service, which
another's work on the machine makes no longer; the database's is not in it.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import structlog
from sqlalchemy import Connection, select, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from audit import tables as log_tables
from audit import vault
from decision_service.access.roles import Role
from decision_service.casework.office import Office
from decision_service.operations.memory import settle
from decision_service.store.database import reading
from decision_service.store.sealed import envelope
from decision_service.store.tables import TaskRow
from tests.decision_service.api.record import changed as corrected
from tests.world.database import new_database, postgresql
from tests.world.people import NOVEMBER, TENANT, in_part, personal_number
from tests.world.service import Whole, decided_by_machine, running, with_a_person
from tests.world.visitors import Visitor, visitor

PAGE, SEARCH = 150, 200
"""Milliseconds at p95."""
ROUNDS = 30
STAFF, MONTHS, RARE, WAITING = 40, 24, 2000, 1000
PROTECTED = 100
"""Of so many cases one is of a protected person."""
CONTENT = '{"application": {}, "people": []}'


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    named = sys.argv[2:] or [""]
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with (
        postgresql() as url,
        tempfile.TemporaryDirectory() as folder,
        new_database(url, Path(folder)) as database,
        running(database, Path(folder)) as whole,
    ):
        measure(whole, number, named)


def measure(whole: Whole, number: int, named: Sequence[str]) -> None:
    granted, person = decided_by_machine(whole)
    partly = whole.eservice().apply(in_part(whole.known(), NOVEMBER))
    whole.settle()
    corrected(whole.handlaggare(), partly)
    waiting, _ = with_a_person(whole)
    began = time.monotonic()
    fill(whole.service.office, granted, waiting, number)
    print(f"{number} decisions stored in {time.monotonic() - began:.0f} s\n")
    settle()  # as the service does when it begins to serve
    slow = []
    for name, target, ask in pages(whole, granted, partly, waiting, person):
        if not any(each in name for each in named):
            continue
        used = time.process_time()
        times = sorted(timed(ask) for _ in range(ROUNDS))
        used = (time.process_time() - used) / ROUNDS * 1000
        middle, high = statistics.median(times), times[int(len(times) * 0.95)]
        slow += [name] if high > target else []
        said = f"p50 {middle:>6.0f} ms  p95 {high:>6.0f} ms  (target {target})  processor {used:>4.0f} ms"
        print(f"{name:<45} {said}{'  SLOW' * (high > target)}", flush=True)
    sys.exit(f"\nAbove its target: {', '.join(slow)}" if slow else 0)


def timed(ask: Callable[[], httpx.Response]) -> float:
    """Milliseconds until the whole page is here. What is no page is a fault of the bench."""
    began = time.perf_counter()
    answer = ask()
    spent = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, f"{answer.request.url}: {answer.status_code} {answer.text[:300]}"
    return spent


def pages(
    whole: Whole, granted: str, partly: str, waiting: str, person: int
) -> Iterator[tuple[str, int, Callable[[], httpx.Response]]]:
    """Each page by name, its target, and how it is asked for."""
    jurist, chef = visitor(whole, Role.JURIST, purpose="granskning"), visitor(whole, Role.CHEF)
    worker, own = visitor(whole, Role.HANDLAGGARE), f"/k/{TENANT}"
    numbers = {
        each: str(whole.jurist().get(f"/applications/{each}").json()["case_number"])
        for each in (granted, partly)
    }

    def asks(somebody: Visitor, path: str) -> Callable[[], httpx.Response]:
        return lambda: whole.http.get(path, headers=somebody.headers)

    searches = {
        "everything": "visa=alla",
        "a month": "manad=2026-03",
        "an outcome that is rare": "utfall=AVVISNING",
        "a rule that always fires": "regel=riksnorm.gemensam",
        "a rule that seldom fires": "regel=ovanlig.regel",
        "a rule that never fires": "regel=finns.inte",
        "a provision": "lagrum=12 kap. 7 §",
        "a question": "fraga=OVANLIG_FRÅGA",
        "a handläggare": "vem=h-17",
        "a name": "vem=Namn 17",
        "a case number": f"arende={numbers[partly]}",
        "a month, an outcome and people": "manad=2026-03&utfall=AVSLAG&vem=människa",
        "assessments of a month": "visa=provningar&manad=2026-03",
    }
    for name, query in searches.items():
        yield f"search: {name}", SEARCH, asks(jurist, f"{own}/beslut?{query}")
    page = whole.http.get(f"{own}/beslut?limit=200", headers=jurist.headers).text
    following = page.partition('<p><a href="')[2].rpartition('">Nästa sida')[0].rpartition('<a href="')[2]
    yield "search: the next page", SEARCH, asks(jurist, following.replace("&amp;", "&"))
    form = {"person": personal_number(person), "csrf": jurist.csrf()}
    yield (
        "search: a person",
        SEARCH,
        lambda: whole.http.post(f"{own}/beslut/person", data=form, headers=jurist.headers),
    )
    yield "a decision", PAGE, asks(jurist, f"{own}/beslut/{granted}")
    yield "a corrected decision", PAGE, asks(jurist, f"{own}/beslut/{partly}")
    yield "after a decision", PAGE, asks(jurist, f"{own}/efter/{granted}")
    yield "two decisions", PAGE, asks(jurist, f"{own}/beslut/{granted}/jamfor?med={numbers[partly]}")
    yield "why a rule did not apply", PAGE, asks(jurist, f"{own}/beslut/{partly}/regel/kostnad.hushållsel")
    yield "what would have changed it", PAGE, asks(jurist, f"{own}/beslut/{partly}/andringar")
    drawn = jurist.send(f"{own}/stickprov", {"fran": "2026-03-01", "till": "2026-03-31", "antal": "100"})
    yield "samples", PAGE, asks(jurist, f"{own}/stickprov")
    yield "a sample of 100", PAGE, asks(jurist, drawn.headers["location"])
    yield "figures of a month", PAGE, asks(chef, f"{own}/siffror?manad=2026-03")
    yield "the queue", PAGE, asks(worker, f"{own}/ko")
    yield "a task", PAGE, asks(worker, f"{own}/ko/{waiting}")
    for what in ("", "regler", "regler/riksnorm.gemensam", "belopp", "berakna", "register"):
        address = f"/oppet/{TENANT}/{what}" if what else "/"
        yield f"open: {what or 'start'}", PAGE, asks(jurist, address)


def fill(office: Office, decided: str, waiting: str, number: int) -> None:
    """Copies of a decided case and of one that waits, as if two years had passed. What no page of many cases
    opens is left out of them."""
    moment = f"TIMESTAMPTZ '2026-10-28 08:00Z' - n * INTERVAL '{MONTHS * 30 * 86400 // number} seconds'"
    key, left_out = "lpad(to_hex(n), 32, '0')", "'\\x01'::bytea"
    month = f"to_char({moment}, 'YYYY-MM')"
    by_person = "n % 5 < 2"
    rare = f"CASE WHEN n % {RARE} = 0 THEN 'ovanlig.regel ' ELSE '' END"
    asked = f"CASE WHEN n % {RARE} = 1 THEN ' OVANLIG_FRÅGA ' ELSE '' END"
    outcome = "(ARRAY['BIFALL','BIFALL','BIFALL','DELAVSLAG','AVSLAG'])[1 + n % 5]"
    outcome = f"CASE WHEN n % 10000 = 3 THEN 'AVVISNING' ELSE {outcome} END"
    who = f"CASE WHEN {by_person} THEN 'h-' || n % {STAFF} ELSE 'lagrum' END"
    fired = f"fired || {rare}"
    shared = {"application_id": key, "month": month, "outcome": outcome, "fired": fired, "asked": asked}
    automatic = f"NOT ({by_person})"
    copied: dict[str, dict[str, str]] = {
        "application": {
            "id": key,
            "case_number": "'kopia-' || n",
            "month": month,
            "received_at": f"{moment} - INTERVAL '9 hours'",
            "protected": f"n % {PROTECTED} = 0",
            "content": "copied.content",
        },
        "message": {"key": f"{key} || message.key", "application_id": key, "payload": left_out},
        "party": {"application_id": key, "person": "md5(n::text)"},
        "assessment": {
            **shared,
            "made_at": moment,
            "automatic": automatic,
            "document": left_out,
            "case_file": left_out,
        },
        "decision": {
            **shared,
            "id": f"'d' || substr({key}, 2)",
            "decided_at": moment,
            "automatic": automatic,
            "decided_by": who,
            "granted": "copied.granted",
            "signed": f"CASE WHEN {by_person} THEN copied.signed END",
            "followed": f"CASE WHEN {by_person} THEN n % 7 > 0 END",
            "changes": left_out,
            "remembered": left_out,
            "letter": "NULL",
        },
    }
    with office.engine.begin() as connection:
        seal(connection, office, waiting, number)
        for table, changed in copied.items():
            copy(connection, table, changed, decided, f"n <= {number}")
        people = (
            f"SELECT '{TENANT}', 'h-' || n, 'Namn ' || n, '', now() FROM generate_series(0, {STAFF - 1}) n"
        )
        connection.execute(text(f"INSERT INTO staff {people}"))
        queue = f"n > {number}"
        copy(connection, "application", copied["application"], waiting, queue)
        copy(connection, "task", {"application_id": key, "reasons": "copied.reasons"}, waiting, queue)
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def seal(connection: Connection, office: Office, waiting: str, number: int) -> None:
    """For each copy a key of its own, and under it what pages of many cases open."""
    columns = "n int, granted bytea, reasons bytea, signed bytea, content bytea"
    connection.execute(text(f"CREATE TEMP TABLE copied ({columns})"))
    wrapping_key = connection.scalar(select(log_tables.case.c.wrapping_key).limit(1))
    with reading(office.engine) as session:
        reasons = session.get_one(TaskRow, (TENANT, waiting)).reasons
    cases, rows = [], []
    for n in range(1, number + WAITING + 1):
        case = f"{n:032x}"
        key, wrapped = vault.new_wrapped(office.keys, TENANT, case, wrapping_key)
        cases.append((TENANT, case, 0, wrapping_key, wrapped))
        clear: dict[str, object] = {
            "decision.granted": 900_000 + n,
            "task.reasons": reasons if n > number else "[]",
        }
        clear |= {"decision.signed": f"Namn {n % STAFF}", "application.content": CONTENT}
        made = [envelope(connection, key, TENANT, case, *each) for each in clear.items()]
        rows.append((n, *map(bytes, made)))
    cursor = connection.connection.cursor()
    into = "audit_case (tenant, case_id, entries, wrapping_key, wrapped)"
    for where, found in ((into, cases), ("copied", rows)):
        with cursor.copy(f"COPY {where} FROM STDIN") as copying:
            for each in found:
                copying.write_row(each)


def copy(connection: Connection, table: str, changed: dict[str, str], case: str, numbers: str) -> None:
    """Copies of a case's rows in a table, each with its own number ``n``."""
    query = text("SELECT column_name FROM information_schema.columns WHERE table_name = :table")
    columns = list(connection.scalars(query, {"table": table}))
    values = ", ".join(changed.get(each, f'{table}."{each}"') for each in columns)
    names = ", ".join(f'"{each}"' for each in columns)
    column = "id" if table == "application" else "application_id"
    connection.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, copied "
            f"WHERE {column} = '{case}' AND {numbers}"
        )
    )


if __name__ == "__main__":
    main()
