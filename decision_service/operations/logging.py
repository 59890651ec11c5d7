"""Logs as lines of JSON, or in words on a terminal, without personal numbers.

Everything goes the same way: our own events, the standard library's, uvicorn's, warnings, and exceptions that
nobody caught. The last step before the line is written takes out personal numbers and tokens.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from pathlib import Path
from traceback import format_tb
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict

from decision_service.reading.scrubbing import scrubbed, scrubbed_value
from norms import document
from rules.schema import Texts, validate

EVENTS = Path(__file__).with_name("handelser.yaml")

_ROUTED = ("uvicorn", "uvicorn.error", "uvicorn.access", "fastapi", "sqlalchemy", "alembic", "pgqueuer")
_QUIET = ("httpx", "httpcore", "sqlalchemy.engine", "uvicorn.access", "alembic")
"""Loggers that below a warning would tell whole addresses, statements with their values, or what our own
events say in words: that the tables have changed."""


def configure_logging(
    stream: TextIO | None = None, level: str = "INFO", form: Literal["", "ord", "json"] = ""
) -> None:
    """Send every log to a stream, standard output unless said otherwise. Call once, before anything logs.

    ``form`` is ``ord`` for words to read, ``json`` for programs; without it a terminal gets words.

    Start uvicorn with ``log_config=None`` and ``access_log=False``: the service logs requests itself.
    """
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_without_words),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    out = sys.stdout if stream is None else stream
    in_words = form == "ord" or (not form and out.isatty())
    handler = _StandardOutput() if stream is None else logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.ExtraAdder(), _without_colours],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                scrub_event,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                PlainLines() if in_words else _as_json,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _ROUTED:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate, logger.disabled = [], True, False
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Standard output as it is when something is told, not as it was when logging was configured: threads may
    tell of something after whoever lent it has closed it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Where to write."""
        return sys.stdout

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        raise AttributeError("Standard output is wherever it is.")


_as_json = structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: scrubbed(str(value)))


class PlainLines:
    """A structlog processor: an event as a line that people read, with the clock of this machine.

    What our own events are called stands in ``handelser.yaml``; others' stand as they said it.
    """

    _LEVELS: Mapping[str, str] = {"warning": "varning: ", "error": "fel: ", "critical": "ALLVARLIGT: "}
    _SILENT = ("timestamp", "level", "logger", "event", "exception", "stack")

    def __init__(self) -> None:
        self._events = validate(Texts, document.read(EVENTS)).root

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> str:
        """The line, and below it the trace of what failed."""
        moment = datetime.fromisoformat(event["timestamp"]).astimezone()
        said = self._events.get(str(event["event"]), str(event["event"]))
        known = [f"{name}={value}" for name, value in event.items() if name not in self._SILENT]
        line = f"{moment:%H:%M:%S}  {self._LEVELS.get(event['level'], '')}{said}"
        traces = [str(event[name]) for name in ("exception", "stack") if event.get(name)]
        return "\n".join([f"{line} ({', '.join(known)})" if known else line, *traces])


def _without_colours(_: Any, __: str, event: EventDict) -> EventDict:
    """A structlog processor: the event without what uvicorn says once more for a terminal with colours."""
    event.pop("color_message", None)
    return event


def scrub_event(_: Any, __: str, event: EventDict) -> EventDict:
    """A structlog processor: the whole event without personal numbers, nested values and names included."""
    found = scrubbed_value(event)
    assert isinstance(found, dict)
    return found


def _without_words(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Where something failed and what kinds of errors they were, the first one first. What errors say is left
    out, for it is often the value that was wrong: a name, or a whole form; but why a system call failed."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        places = "".join(format_tb(error.__traceback__))
        told.append(f"Traceback (most recent call last):\n{places}{type(error).__qualname__}{why}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(told))


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    failure = error if error is not None else kind()
    logging.getLogger("lagrum").critical("uncaught", exc_info=(kind, failure, trace))
