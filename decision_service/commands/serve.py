"""``lagrum serve``: the API, and the work on what waits unless other processes do that. In one process, or in
several that listen at the same port."""

from __future__ import annotations

import argparse
import fcntl
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from decision_service.api.app import app_of
from decision_service.api.server import configured
from decision_service.commands import DONE, INTERNAL_ERROR, WRONG_INPUT, demonstration
from decision_service.commands.ending import failed
from decision_service.installation.municipality import FolderOutput
from decision_service.installation.settings import Settings, load_settings
from decision_service.operations.logging import configure_logging
from decision_service.operations.memory import settle
from decision_service.operations.metrics import SHARED
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.service import open_service
from decision_service.web.site import add_pages
from norms.fault import fault

_say = said_in(__file__)

WELCOME = Path(__file__).with_name("welcome.txt")

GRACE = 30
"""Seconds that requests have to end when the service is stopped."""
SILENT = 30
"""Seconds that one of several processes may be silent before another takes its place."""


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    settings = load_settings()
    works = not options.api_only
    with _alone(settings), closing(_bound(settings)) as place:
        configure_logging(form=settings.log)
        if settings.demonstration:
            demonstration.prepare(settings, lambda said: print(said, flush=True))
        if settings.processes > 1:
            return _several(settings, place, works)
        app = _application(settings, works)
        if settings.demonstration:
            print(_welcome(settings), flush=True)
        # uvicorn stops in order and then raises the signal again: that must not end the process with a fault.
        signal.signal(signal.SIGTERM, lambda *_: None)
        uvicorn.Server(configured(app, settings.trusted, timeout_graceful_shutdown=GRACE)).run([place])
    return DONE


def _application(settings: Settings, works: bool) -> FastAPI:
    """What a process serves, and works with, from now on."""
    app = app_of(open_service(settings), works=works)
    add_pages(app)
    settle()
    return app


def _several(settings: Settings, place: socket.socket, works: bool) -> int:
    """Processes that serve at the same place; one that dies is replaced. Before there are any, one more makes
    all ready, tells what is wrong, and ends."""
    trial = multiprocessing.get_context("spawn").Process(target=_made_ready)
    trial.start()
    trial.join()
    if code := trial.exitcode or DONE:
        if code < 0:
            print(_say("killed", signal=-code), file=sys.stderr)
        return code if code > 0 else INTERNAL_ERROR
    if settings.demonstration:
        print(_welcome(settings), flush=True)
    with tempfile.TemporaryDirectory(prefix="lagrum-metrics-") as folder:
        os.environ[SHARED] = folder
        more = {"factory": True, "workers": settings.processes, "timeout_worker_healthcheck": SILENT}
        config = configured(partial(_one, works), settings.trusted, timeout_graceful_shutdown=GRACE, **more)
        processes = Multiprocess(config, [place])
        processes.run()
    return WRONG_INPUT if any(each.exitcode == STARTUP_FAILURE for each in processes.processes) else DONE


def _made_ready() -> None:
    try:
        settings = load_settings()
        configure_logging(form=settings.log)
        service = open_service(settings)
        app_of(service, works=False)
        service.stop()
    except Exception as error:
        raise SystemExit(failed(error)) from None


def _one(works: bool) -> FastAPI:
    """What one of several processes serves. It ends in order when the process that began it is gone, for
    nobody would ever stop it; what is wrong with it is told once, and ends them all."""
    if (first := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_after, args=(first,), daemon=True).start()
    try:
        settings = load_settings()
        configure_logging(form=settings.log)
        return _application(settings, works)
    except Exception as error:
        failed(error)
        raise SystemExit(STARTUP_FAILURE) from None


def _end_after(first: multiprocessing.process.BaseProcess) -> None:
    first.join()
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """On SQLite only one process may serve: the queue lives in it. Raises InputError when another does."""
    address = settings.database_address
    if address.get_backend_name() != "sqlite":
        yield
        return
    if settings.processes > 1:
        raise InputError([fault("several_on_sqlite", "LAGRUM_PROCESSES")])
    path = Path(f"{address.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError([fault("database_in_use", database=str(address.database))]) from None
        yield


def _bound(settings: Settings) -> socket.socket:
    """The place where the service is to listen, before anything has begun. Raises InputError when another has
    it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
        found.listen()  # of two that begin at once both may bind, and one listens
    except OSError as error:
        found.close()
        place = f"{settings.host}:{settings.port}"
        raise InputError([fault("port_taken", place=place, reason=str(error.strerror))]) from error
    return found


def _welcome(settings: Settings) -> str:
    """What a newcomer needs: where it answers, tokens, and calls to paste."""
    base = f"http://{settings.host}:{settings.port}"
    outputs = settings.read_installation().municipalities[demonstration.TENANT].outputs
    return WELCOME.read_text("utf-8").format(
        bas=base,
        klara=demonstration.ready(settings),
        databas=_database(settings),
        nycklar=settings.keys,
        brev=", ".join(str(one.folder) for one in outputs if isinstance(one, FolderOutput)),
    )


def _database(settings: Settings) -> str:
    address = settings.database_address
    return str(address.database) if address.get_backend_name() == "sqlite" else address.render_as_string()
