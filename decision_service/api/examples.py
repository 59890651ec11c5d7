"""Real answers in the API's description: recorded from a running service, one for each kind of answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from decision_service.reading.strict_json import Opaque

FILE = Path(__file__).with_name("examples.json")
Recorded = dict[str, dict[str, dict[str, Opaque]]]
"""By operation (``GET /v1/…``), status and media type."""


@cache
def recorded() -> Recorded:
    """The answers as they were recorded; ``tests/decision_service/api/record.py`` records them anew."""
    found: Recorded = json.loads(FILE.read_bytes())
    return found


def show_examples(app: FastAPI) -> None:
    """Let the description of an application show the recorded answers."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def described() -> dict[str, Any]:
        found = plain()
        for name, statuses in recorded().items():
            method, _, path = name.partition(" ")
            responses = found["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
            for status, kinds in statuses.items():
                for kind, example in kinds.items():
                    if kind in responses.get(status, {}).get("content", {}):
                        responses[status]["content"][kind]["example"] = example
        return found

    app.openapi = described  # type: ignore[method-assign]
