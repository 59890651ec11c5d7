"""Files that hold what others may not read: secrets, and the database."""

from __future__ import annotations

from pathlib import Path

from decision_service.reading.strict_json import InputError
from norms.fault import fault


def require_closed(path: Path) -> None:
    """Raises InputError for a file that others than its owner can read or write."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise InputError([fault("open_to_others", file=str(path), mode=f"{mode:04o}")])
