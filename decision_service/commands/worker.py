"""``lagrum worker``: a process that only works on what waits. As many as wanted, on as many machines."""

from __future__ import annotations

import argparse
import signal

import structlog

from decision_service.installation.settings import load_settings
from decision_service.operations.logging import configure_logging
from decision_service.operations.memory import settle
from decision_service.reading.strict_json import InputError
from decision_service.service import open_service
from norms.fault import fault

_log = structlog.get_logger()


def run(options: argparse.Namespace) -> int:
    """Work until stopped; what has begun is finished."""
    settings = load_settings()
    if settings.database_address.get_backend_name() == "sqlite":
        raise InputError([fault("worker_on_sqlite")])
    configure_logging(form=settings.log)
    service = open_service(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.jobs.stop())
    if options.metrics_port:
        service.metrics.serve(settings.host, options.metrics_port)
    settle()
    service.start()
    _log.info("worker_started", workers=settings.workers)
    service.wait()
    service.stop()
    _log.info("worker_stopped")
    return 0
