"""The log of the audit's own tests, to lie with."""

from __future__ import annotations

from tests.audit.conftest import memory_world

__all__ = ["memory_world"]
