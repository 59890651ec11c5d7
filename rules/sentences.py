"""Every fault of the form of a rule file in Swedish and English: ``faults.yaml``, on top of ``norms``'."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from norms.sentences import Sentences, shapes

FILE = Path(__file__).with_name("faults.yaml")


@cache
def sentences() -> Sentences:
    """What can be wrong with any file, and with a rule file."""
    return Sentences.read(FILE, shapes())
