"""Who waits and what waits, with the service in processes of its own on PostgreSQL, as on two cores at work.

Run: python bench/service_processes.py [serve,serve]. Some three minutes. ``serve,worker`` is another way to
fill two cores. First what the processes carry; then an answer at once at 40 and 50 % of that and at 30 a
second, health meanwhile under 500 who wait, and how a full queue is examined alone and while twelve clients
post as fast as they can.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from service_http import CLIENT, count, known, left, ok, told

from decision_service.casework.receive import receive
from decision_service.reading.strict_json import Body
from decision_service.store.database import reading, transaction
from decision_service.store.tables import DecisionRow
from tests.decision_service.api.test_serve import free_port
from tests.world.database import postgresql
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, running

PROCESS = """
import sys
from datetime import timedelta
from decision_service import cli, service
ahead, now = timedelta(seconds=float(sys.argv[1])), service.utc_now
service.open_service.__defaults__ = (lambda: now() + ahead,)
raise SystemExit(cli.main(sys.argv[2:]))
"""
"""A command, at the time of the made-up people."""
CONNECTED = 5.0
"""Seconds after which all who came at once have connected and sent."""
Answers = list[tuple[int, float]]


class ServedOverHttp:
    """The database, its people, and the clients."""

    def __init__(self, whole: Whole, folder: Path, kinds: Sequence[str]) -> None:
        self._whole, self._folder, self._kinds = whole, folder, kinds
        self._people = 0

    def people(self, number: int) -> list[int]:
        """So many whom the service knows."""
        found = [*range(self._people + 1, self._people + 1 + number)]
        self._people += number
        for person in found:
            known(self._whole, person)
        return found

    @contextmanager
    def processes(self) -> Iterator[list[int]]:
        """The service at work, and the ports at which it answers."""
        ahead = (self._whole.clock.now - datetime.now(UTC)).total_seconds()
        ports, found = list[int](), list[subprocess.Popen[bytes]]()
        for kind in self._kinds:
            ports.append(free_port())
            settings = {
                "DATABASE_URL": self._whole.url.render_as_string(hide_password=False),
                "KEYS": self._folder / "keys",
                "INSTALLATION": self._folder / "installation.yaml",
                "PUBLIC_URL": "https://lagrum.example.se",
                "PORT": ports[-1],
                "RATE_PER_ADDRESS": 0,
                "RATE_PER_CLIENT": 0,
            }
            environment = os.environ | {f"LAGRUM_{name}": str(value) for name, value in settings.items()}
            environment["PYTHONPATH"] = str(Path(__file__).parents[1])
            command = [sys.executable, "-c", PROCESS, str(ahead), *kind.split()]
            quiet = subprocess.DEVNULL
            found.append(subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet))
        answers = [port for kind, port in zip(self._kinds, ports, strict=True) if kind.startswith("serve")]
        try:
            for port in answers:
                while health(port) is None:
                    time.sleep(0.1)
            yield answers
        finally:
            for process in found:
                process.terminate()
            for process in found:
                process.wait()

    def clients(
        self, ports: Sequence[int], people: Sequence[int], pace: float, wait: str, senders: int
    ) -> list[subprocess.Popen[str]]:
        """Clients of each process, as behind something that shares the requests out."""
        found = []
        for place, port in enumerate(ports):
            token = self._whole.eservice().headers()["Authorization"]
            bodies = [json.dumps(application(person, NOVEMBER)) for person in people[place :: len(ports)]]
            given = {"token": token, "bodies": bodies, "senders": senders // len(ports)}
            command = [sys.executable, "-c", CLIENT, str(port), str(pace / len(ports)), wait]
            each = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert each.stdin is not None
            each.stdin.write(json.dumps(given))
            each.stdin.close()
            found.append(each)
        return found

    def empty(self) -> None:
        """Until nothing waits to be examined."""
        while left(self._whole):
            time.sleep(0.1)

    def fill(self, number: int) -> None:
        """So many applications that wait and that nobody has looked at."""
        office, sender = self._whole.service.office, self._whole.eservice()
        for person in self.people(number):
            body = Body.of(json.dumps(application(person, NOVEMBER)).encode())
            with transaction(office.engine) as session:
                receive(office, session, TENANT, "ansokan/1", body, client=sender.client)

    def decided(self) -> int:
        with reading(self._whole.service.office.engine) as session:
            return count(session, DecisionRow)

    def carried(self, number: int) -> float:
        """Applications a second, to the empty queue."""
        people = self.people(number)
        with self.processes() as ports:
            begun = time.perf_counter()
            answers_of(self.clients(ports, people, 0, "0", 8))
            self.empty()
            return number / (time.perf_counter() - begun)

    def answered(self, pace: float, seconds: int = 12) -> None:
        """An answer at once, at a pace."""
        people = self.people(int(pace * seconds))
        with self.processes() as ports:
            answers_of(self.clients(ports, self.people(len(ports) * 4), 0, "30", 8))
            # A connection that is not used for five seconds is closed.
            found = answers_of(self.clients(ports, people, pace, "30", min(40, int(2 * pace))))
        told(f"answered at once, {pace:.1f}/s come in", [each for _, each in found])

    def healthy(self, number: int) -> None:
        """Health while so many connect and send in the same moment, and while they wait for an answer."""
        people, took = self.people(number), list[tuple[float, float]]()
        with self.processes() as ports:
            crowd, begun = self.clients(ports[:1], people, 0, "30", number), time.perf_counter()
            while crowd[0].poll() is None:
                at = time.perf_counter() - begun
                took.append((at, health(ports[0]) or 0.0))
                time.sleep(0.02)
            answers_of(crowd)
        longest = max(each for at, each in took if at < CONNECTED)
        waited = [each for at, each in took if at >= CONNECTED]
        print(f"health while {number} connect and send at once: {longest:.0f} ms at most")
        told(f"health while they wait (target at most 100 ms, {max(waited):.0f} at most)", waited)

    def examined(self, number: int, posting: int) -> float:
        """Applications of a full queue that are examined in a second, while so many clients post."""
        self.fill(number)
        people = self.people(300) if posting else []
        with self.processes() as ports:
            crowd = self.clients(ports, people, 0, "0", posting) if posting else []
            before, begun = self.decided(), time.perf_counter()
            while self.decided() < before + number // 2:
                time.sleep(0.1)
            pace = (self.decided() - before) / (time.perf_counter() - begun)
            answers_of(crowd)
            self.empty()
        return pace


def answers_of(clients: Sequence[subprocess.Popen[str]]) -> Answers:
    """What clients were answered, when they have ended."""
    found = Answers()
    for each in clients:
        assert each.stdout is not None
        found += json.loads(each.stdout.read())[1]
        each.wait()
    assert {status for status, _ in found} <= {201, 202}, found
    return found


def health(port: int) -> float | None:
    """Milliseconds until a process says that it lives; None for one that does not answer yet."""
    begun, line = time.perf_counter(), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", "/healthz")
        line.getresponse().read()
    except OSError:
        return None
    finally:
        line.close()
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    kinds = (sys.argv[1] if len(sys.argv) > 1 else "serve,serve").split(",")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    print(f"{', '.join(kinds)}: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with postgresql() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(url, folder) as whole:
            whole.clock.forward(days=30)
            measured = ServedOverHttp(whole, folder, kinds)
            carried = measured.carried(200)
            print(f"carried to the empty queue: {carried:.1f}/s")
            for pace in (0.4 * carried, 0.5 * carried, 30.0):
                measured.answered(pace)
            measured.healthy(500)
            alone, beside = measured.examined(300, 0), measured.examined(300, 12)
            share = beside / alone
            print(f"examined of a full queue: {alone:.1f}/s alone, {beside:.1f}/s while twelve clients post")
            print(f"    {share:.2f} of its pace (target 0.5: {ok(share >= 0.5)})")


if __name__ == "__main__":
    main()
