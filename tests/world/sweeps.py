"""Sweeps over more than the fast run has time for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def each_third(values: Sequence[Any]) -> list[Any]:
    """All values as parameters of a test: each third is tried in the fast run, the others in the slow one."""
    return [
        value if place % 3 == 0 else pytest.param(value, marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]
