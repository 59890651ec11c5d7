"""``lagrum serve``: the API, and the work on what waits unless other processes do that."""

from __future__ import annotations

import argparse
import fcntl
import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from decision_service.api.app import app_of
from decision_service.api.server import server_of
from decision_service.commands import demonstration
from decision_service.installation.municipality import FolderOutput
from decision_service.installation.settings import Settings, load_settings
from decision_service.operations.logging import configure_logging
from decision_service.reading.strict_json import InputError
from decision_service.service import open_service
from decision_service.web.site import add_pages
from norms.fault import fault

GRACE = 30
"""Seconds that requests have to end when the service is stopped."""


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    settings = load_settings()
    with _alone(settings):
        _check_port(settings)
        configure_logging(form=settings.log)
        if settings.demonstration:
            demonstration.prepare(settings, lambda said: print(said, flush=True))
        service = open_service(settings)
        app = app_of(service, works=not options.api_only)
        add_pages(app)
        if settings.demonstration:
            print(_welcome(settings), flush=True)
        gc.collect()
        gc.freeze()  # the law lives as long as the process; to walk it again and again makes people wait
        # uvicorn stops in order and then raises the signal again: that must not end the process with a fault.
        signal.signal(signal.SIGTERM, lambda *_: None)
        server_of(app, settings.host, settings.port, settings.trusted, timeout_graceful_shutdown=GRACE).run()
    return 0


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """On SQLite only one process may serve: the queue lives in it. Raises InputError when another does."""
    address = settings.database_address
    if address.get_backend_name() != "sqlite":
        yield
        return
    path = Path(f"{address.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError([fault("database_in_use", database=str(address.database))]) from None
        yield


def _check_port(settings: Settings) -> None:
    """Raises InputError when the port is taken, before anything has begun."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            place = f"{settings.host}:{settings.port}"
            raise InputError([fault("port_taken", place=place, reason=str(error.strerror))]) from error


def _welcome(settings: Settings) -> str:
    """What a newcomer needs: where it answers, tokens, and calls to paste."""
    base = f"http://{settings.host}:{settings.port}"
    outputs = settings.read_installation().municipalities[demonstration.TENANT].outputs
    ready = demonstration.ready(settings)
    letters = ", ".join(str(one.folder) for one in outputs if isinstance(one, FolderOutput))
    return f"""
Lagrum svarar på {base}. Öppna adressen i en webbläsare. Avsluta med Ctrl-C.

Exempelkommun (9999) är påhittad och har en månad av ansökningar bakom sig. Prova i ett annat fönster:

  BAS={base}/v1/9999
  SOM() {{ echo "Authorization: Bearer $(.venv/bin/lagrum token --role $1 --tenant 9999)"; }}

  # Är tjänsten redo?
  curl -s {base}/readyz

  # Lämna in en ansökan och vänta på svaret: bifall, och brevet ligger strax i mappen nedan
  curl -s $BAS/applications -H "$(SOM eservice)" -H "Prefer: wait=10" -H "Idempotency-Key: prov-1" \\
    -H "Content-Type: application/json" --data @{ready}/ansokan-1-bifall.json

  # Samma sak ur Sundsvalls formulär (byt till mitt-helsingborg-v1 för Helsingborgs)
  curl -s $BAS/applications -H "$(SOM eservice)" -H "Prefer: wait=10" -H "Idempotency-Key: prov-2" \\
    -H "Content-Type: application/vnd.lagrum.sundsvall-v1+json" --data @{ready}/sundsvall-v1-bifall.json

  # Alla ansökningar, och handläggarens kö
  curl -s $BAS/applications -H "$(SOM handlaggare)"
  curl -s $BAS/tasks -H "$(SOM handlaggare)"

  # Ett beslut: brevet med beviset, varför det blev så, och spåret (byt ID mot ett id ur listan)
  curl -s $BAS/applications/ID/letter -H "$(SOM handlaggare)" -H "Lagrum-Purpose: handlaggning"
  curl -s $BAS/applications/ID/explanation -H "$(SOM jurist)" -H "Lagrum-Purpose: granskning"
  curl -s $BAS/applications/ID/trail -H "$(SOM jurist)" -H "Lagrum-Purpose: granskning" \\
    -H "Accept: text/plain"

  # Räkna utan personuppgifter, och läs en regel
  curl -s $BAS/estimates -H "Content-Type: application/json" --data @examples/estimate/single.json
  curl -s $BAS/rules/riksnorm.gemensam

  # Kontrollera loggen, medan tjänsten går
  .venv/bin/lagrum audit verify {_database(settings)} --vault {settings.keys}

Breven ligger i {letters}. Beskrivningen av alla anrop: {base}/openapi.json
"""


def _database(settings: Settings) -> str:
    address = settings.database_address
    return str(address.database) if address.get_backend_name() == "sqlite" else address.render_as_string()
