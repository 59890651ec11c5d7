"""What may be told of a fault of ours: its sort and where it arose. What it says may be of somebody."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb


def sort_and_place(error: BaseException) -> str:
    """Such as ``KeyError (letters.py, rad 81)``: enough to find it by."""
    frames = extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} ({Path(frames[-1].filename).name}, rad {frames[-1].lineno})"
