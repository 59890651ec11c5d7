from __future__ import annotations

from tests.decision_service.casework.conftest import world

__all__ = ["world"]
