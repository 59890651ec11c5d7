from __future__ import annotations

from typing import Any

import pytest

from tests.world.cases import NAMES, example


@pytest.fixture(scope="session")
def decisions() -> dict[str, dict[str, Any]]:
    """The decision document of every example case, by the name of its file."""
    return {name: example(name).as_json for name in NAMES}
