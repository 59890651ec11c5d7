"""What is written to the log while something runs; afterwards logging is as it was."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import structlog

from decision_service.operations.logging import configure_logging
from tests.world.service import wait_for_servers


@contextmanager
def logged(stream: io.StringIO | None = None, form: Literal["", "ord", "json"] = "") -> Iterator[io.StringIO]:
    """The log of a block, configured as in service but down to the smallest event. Servers of earlier tests
    that are about to end say so before it begins."""
    wait_for_servers()
    stream = stream if stream is not None else io.StringIO()
    with logging_as_it_was():
        logging.captureWarnings(False)  # pytest takes them anew in each test
        configure_logging(stream, "DEBUG", form)
        yield stream


@contextmanager
def logging_as_it_was() -> Iterator[None]:
    """Whatever the block does to the logging of the process is undone."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers, root.level = handlers, level
        sys.excepthook, threading.excepthook = hooks
        logging.captureWarnings(False)
        structlog.reset_defaults()
