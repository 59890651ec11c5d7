"""A child without rules: imports nothing of the service itself and is quick to start."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection


def pid_only(connection: Connection, files: Mapping[str, str]) -> None:
    """Answers every request with the process's id, whose child it is, and whether the program was imported
    before it began."""
    imported = "decision_service.decision.decide" in sys.modules
    while True:
        try:
            connection.recv()
        except (EOFError, OSError):
            return
        connection.send(("done", {"pid": os.getpid(), "of": os.getppid(), "imported": imported}))
