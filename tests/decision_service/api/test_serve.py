"""``lagrum serve`` as an operator meets it: a real process, stopped while it works, started wrongly."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import URL

from decision_service.commands import serve
from decision_service.installation.settings import Settings
from rules import kept
from tests.world.cases import ROOT
from tests.world.command_line import Done, run

Json = dict[str, Any]
LAGRUM = [sys.executable, "-m", "decision_service.cli"]
EXAMPLE = ROOT / "examples" / "applications" / "ansokan-1.json"
PATIENCE = 600
"""Seconds that a process has for anything at all before the test gives it up."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Only what the process needs: an empty folder, settings, and few people in the demonstration."""
    found = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LAGRUM_") or name == kept.VARIABLE
    }
    settings = {"DATABASE_URL": f"sqlite:///{folder}/lagrum.db", "KEYS": str(folder / "keys")}
    settings |= {"DEMONSTRATION_MONTH": "liten"} | more
    return found | {f"LAGRUM_{name}": value for name, value in settings.items()} | {"PYTHONPATH": str(ROOT)}


_PORTS = itertools.count(10_000 + os.getpid() % 200 * 100)


def free_port() -> int:
    """A port that is free and that nobody is given before it is used: each process of the tests has its own
    hundred, below those that a machine gives away."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


@contextmanager
def serving(folder: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A process that serves and is ready; ended at the end if it has not ended itself. ``more`` settings."""
    with (folder / "log.txt").open("a") as log:
        process = subprocess.Popen(
            [*LAGRUM, "serve"],
            env=environment(folder, PORT=str(port), **more),
            cwd=folder,
            stdout=log,
            stderr=log,
            text=True,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            for _ in range(PATIENCE * 10):
                assert process.poll() is None, (folder / "log.txt").read_text()
                try:
                    if client.get("/healthz").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            else:
                pytest.fail((folder / "log.txt").read_text())
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def done(folder: Path, *arguments: str, **settings: str) -> Done:
    """What a command that ends by itself answers, in this process: a new one takes seconds to begin."""
    wanted = environment(folder, **settings)
    with pytest.MonkeyPatch.context() as lent:
        lent.chdir(folder)
        for name in [name for name in os.environ if name.startswith("LAGRUM_")]:
            lent.delenv(name)
        for name in [name for name in wanted if name.startswith("LAGRUM_")]:
            lent.setenv(name, wanted[name])
        return run(*arguments)


def refused(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a start that must fail says."""
    return subprocess.run(
        [*LAGRUM, "serve"],
        env=environment(folder, **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def token(folder: Path, role: str) -> dict[str, str]:
    made = done(folder, "token", "--role", role, "--tenant", "9999")
    assert made.code == 0, made.err
    return {"Authorization": f"Bearer {made.out.strip()}"}


@dataclass
class Shop:
    """A folder in which the service is served again and again, and those who speak with it."""

    folder: Path
    port: int
    http: httpx.Client
    sender: dict[str, str] = field(default_factory=dict)
    worker: dict[str, str] = field(default_factory=dict)

    def serving(self) -> AbstractContextManager[subprocess.Popen[str]]:
        return serving(self.folder, self.port)

    def shown(self) -> list[Json]:
        """All that the handläggare sees."""
        path = "/v1/9999/applications?limit=200"
        found: list[Json] = self.http.get(path, headers=self.worker).json()["items"]
        return found

    def post(self, key: str, wait: int = 30) -> httpx.Response:
        more = {"Idempotency-Key": key, "Prefer": f"wait={wait}", "Content-Type": "application/json"}
        return self.http.post(
            "/v1/9999/applications", content=EXAMPLE.read_bytes(), headers=self.sender | more
        )


@pytest.mark.slow
def test_some_days(tmp_path: Path) -> None:
    """It starts with examples, refuses a second process, and loses nothing when it is stopped in mid-work,
    nor when it dies without a word, twice: clients send again under their keys, none lost and none doubled.

    What a dead process had begun is taken over when its lease is out, a minute later: see ``test_kill``.
    """
    port = free_port()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
        shop = Shop(tmp_path, port, http)
        with shop.serving() as process:
            shop.sender, shop.worker = token(tmp_path, "eservice"), token(tmp_path, "handlaggare")
            before = shop.shown()
            assert {each["state"] for each in before} >= {"beslutad", "hos_handlaggare"}
            outcomes = {each["decision"]["outcome"] for each in before if each["decision"]}
            assert outcomes >= {"BIFALL", "DELAVSLAG"}
            is_refused_beside(tmp_path, port)
            answered = stopped_in_mid_work(shop, process, len(before))
        assert "Finished server process" in (tmp_path / "log.txt").read_text()
        assert "Traceback" not in (tmp_path / "log.txt").read_text()
        with shop.serving() as process:
            nothing_was_lost(shop, answered, before)
            clients, found = killed_while_they_send(shop, process)
        with shop.serving() as process:
            time.sleep(0.3)
            process.kill()
        with shop.serving():
            for client in clients:
                client.join()
            shown = {each["id"] for each in shop.shown()}
    assert len(found) == len({*found.values()}) == MANY
    assert {*found.values()} <= shown
    assert len(shown) == MANY + STOPPED + len(before)


def is_refused_beside(folder: Path, port: int) -> None:
    """A second process in the same folder, and one elsewhere at the same port."""
    second = done(folder, "serve", PORT=str(free_port()))
    assert second.code == 2
    assert "används redan av en annan process" in second.err
    elsewhere = folder / "annan"
    elsewhere.mkdir()
    taken = done(elsewhere, "serve", PORT=str(port))
    assert taken.code == 2
    assert f"Det går inte att lyssna på 127.0.0.1:{port}" in taken.err
    assert "LAGRUM_PORT" in taken.err
    assert list(elsewhere.glob("*.db")) == [], "A start that fails begins nothing."


STOPPED = 12
"""Applications that are on their way when the service is asked to stop."""
MANY = 20
"""Applications that come while it is killed."""


def stopped_in_mid_work(shop: Shop, process: subprocess.Popen[str], before: int) -> list[str]:
    """It ends in order, while applications come in: the ids of those that were answered."""
    answers: list[httpx.Response] = []

    def send(number: int) -> None:
        with suppress(httpx.TransportError):
            answers.append(shop.post(f"stopp-{number}"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(STOPPED)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    while len(shop.shown()) == before:  # some of them are there, and the rest are under way
        assert time.monotonic() < end, "Nothing was received."
    process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join()
    # The server ends in order and then by the signal itself, as a supervisor expects.
    assert process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert answers, "No request finished."
    assert {each.status_code for each in answers} <= {201, 202}
    return [each.json()["id"] for each in answers]


def nothing_was_lost(shop: Shop, answered: list[str], before: list[Json]) -> None:
    """Every client tries again under its key, whether it got an answer or not: the same, and one of each."""
    for each in answered:
        assert shop.http.get(f"/v1/9999/applications/{each}", headers=shop.sender).status_code == 200
    again = [shop.post(f"stopp-{number}") for number in range(STOPPED)]
    assert {each.status_code for each in again} == {201}
    ids = {each.json()["id"] for each in again}
    assert len(ids) == STOPPED
    assert {*answered} <= ids
    shown = shop.shown()
    assert {each["id"] for each in shown} == ids | {each["id"] for each in before}
    of_them = {each["state"] for each in shown if each["id"] in ids}
    assert of_them <= {"hos_handlaggare", "vantar_pa_komplettering"}


def killed_while_they_send(
    shop: Shop, process: subprocess.Popen[str]
) -> tuple[list[threading.Thread], dict[str, str]]:
    """Clients that send again until they are answered, and what they were answered, by the key."""
    answered: dict[str, str] = {}

    def send(key: str) -> None:
        for _ in range(PATIENCE):
            with suppress(httpx.TransportError):
                found = shop.post(key, wait=0)
                if found.status_code < 300:
                    answered[key] = found.json()["id"]
                    return
            time.sleep(1)

    clients = [threading.Thread(target=send, args=(f"kund-{number}",)) for number in range(MANY)]
    for client in clients:
        client.start()
        time.sleep(0.01)
    process.kill()
    return clients, answered


@pytest.mark.slow
def test_several_processes_are_one_service(tmp_path: Path, postgresql_url: URL) -> None:
    """What any of them did is counted together; one that is killed is replaced, and loses nothing; they stop
    in order together, and none is left where the first is killed."""
    port, database = free_port(), postgresql_url.render_as_string(hide_password=False)
    more = {"PROCESSES": "2", "WORKERS": "1", "DATABASE_URL": database}
    base = f"http://127.0.0.1:{port}"
    with serving(tmp_path, port, **more) as first:
        sender = token(tmp_path, "eservice")
        members = processes_of(first)
        assert len(members) == 2
        answers: list[httpx.Response | Exception] = []
        senders = [
            threading.Thread(target=_post, args=(f"{base}/v1/9999/applications", sender, f"{each}", answers))
            for each in range(8)
        ]
        for each in senders:
            each.start()
        members[0].kill()
        for each in senders:
            each.join()
        for number in range(8):
            _post(f"{base}/v1/9999/applications", sender, f"{number}", answers)
        got = [each for each in answers if isinstance(each, httpx.Response)]
        assert {each.status_code for each in got} <= {201, 202}
        assert len({each.json()["id"] for each in got}) == 8
        for _ in range(20):
            assert httpx.get(f"{base}/v1/9999/rules").status_code == 200
        shown = httpx.get(f"{base}/metrics").text
        assert (
            'lagrum_http_seconds_count{method="GET",route="/v1/{kommunkod}/rules",status="200"} 20.0' in shown
        )
        until(lambda: len(processes_of(first)) == 2)
        begun = [f"Started server process [{each.pid}]" for each in processes_of(first)]
        until(lambda: all(each in (tmp_path / "log.txt").read_text() for each in begun))
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE) == 0
    log = (tmp_path / "log.txt").read_text()
    assert log.count("Finished server process") >= 2
    # What starts the children of the one that is killed may say that nobody reads it any more.
    told = [each for each in log.split("Traceback")[1:] if "multiprocessing/forkserver.py" not in each[:300]]
    assert not told, told

    with serving(tmp_path, port, **more) as first:
        left = psutil.Process(first.pid).children(recursive=True)
        first.kill()
        until(lambda: not any(each.is_running() for each in left))


def processes_of(first: subprocess.Popen[str]) -> list[psutil.Process]:
    """Those that serve for it."""
    found = [each for each in psutil.Process(first.pid).children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in found if any("spawn_main" in part for part in each.cmdline())]


def until(reached: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 10):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail("It did not come to that.")


def _post(address: str, sender: dict[str, str], key: str, answers: list[httpx.Response | Exception]) -> None:
    headers = sender | {"Idempotency-Key": key, "Prefer": "wait=30", "Content-Type": "application/json"}
    try:
        answers.append(httpx.post(address, content=EXAMPLE.read_bytes(), headers=headers, timeout=PATIENCE))
    except httpx.TransportError as error:
        answers.append(error)


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    code, _, told = done(tmp_path, "serve", PORT="hundra", WORKERS="0", PROT="8000", LARGEST_BODY="1")
    assert code == 2
    for name in ("LAGRUM_PORT", "LAGRUM_WORKERS", "LAGRUM_PROT", "LAGRUM_LARGEST_BODY"):
        assert f"{name}: " in told
    assert "Menas ”LAGRUM_PORT”?" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_installation_with_faults(tmp_path: Path) -> None:
    path = tmp_path / "installation.yaml"
    path.write_text("kommuner:\n  9999: {namn: A, utbetalningsdag: 40}\nutfärdare: []\n", "utf-8")
    more = {"PORT": str(free_port()), "PUBLIC_URL": "https://lagrum.example.se"}
    found = refused(tmp_path, INSTALLATION=str(path), **more)
    assert found.returncode == 2
    for fault in ("utbetalningsdag", "avsändare", "utfärdare"):
        assert fault in found.stderr
    assert "Traceback" not in found.stderr
    missing = done(tmp_path, "serve", INSTALLATION=str(tmp_path / "finns-inte.yaml"), **more)
    assert missing.code == 2
    assert "finns-inte.yaml" in missing.err


@pytest.mark.slow
def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://nobody:hemligt@127.0.0.1:{free_port()}/lagrum"
    found = done(tmp_path, "serve", DATABASE_URL=address, PORT=str(free_port()))
    assert found.code in (2, 3)
    assert "hemligt" not in found.err + found.out
    more = {"PROCESSES": "2", "INSTALLATION": str(ROOT / "examples" / "installation.yaml")}
    several = refused(tmp_path, DATABASE_URL=address, PORT=str(free_port()), **more)
    assert several.returncode == 2
    assert several.stderr.count("LAGRUM_PUBLIC_URL") == 1, "told once, before there are any"


@pytest.mark.parametrize(("ends", "said"), [(os.abort, "dödades (signal 6)"), (partial(sys.exit, 3), "")])
def test_what_makes_all_ready_is_never_silently_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ends: Callable[[], None], said: str
) -> None:
    monkeypatch.setattr(serve, "_made_ready", ends)
    with socket.socket() as place:
        assert serve._several(Settings(), place, works=True) == 3
    assert said in capsys.readouterr().err


def test_several_processes_are_for_postgresql(tmp_path: Path) -> None:
    told = done(tmp_path, "serve", PROCESSES="2")
    assert (told.code, "LAGRUM_PROCESSES" in told.err) == (2, True)


def test_a_worker_is_for_postgresql(tmp_path: Path) -> None:
    told = done(tmp_path, "worker")
    assert (told.code, "lagrum worker kräver PostgreSQL" in told.err) == (2, True)
