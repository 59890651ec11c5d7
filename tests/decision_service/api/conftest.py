"""Whoever asks the API."""

from __future__ import annotations

import httpx
import pytest

from tests.world.service import Whole


@pytest.fixture(scope="module")
def client(one: Whole) -> httpx.Client:
    """Somebody without a token."""
    return one.http
