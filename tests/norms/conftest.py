"""What several tests of the norms use."""

from __future__ import annotations

import pytest

from norms.load import TABLES, Norms, load, read_files


@pytest.fixture(scope="session")
def norms() -> Norms:
    """The shipped tables."""
    return load()


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The bytes of the shipped tables."""
    return read_files(TABLES)
