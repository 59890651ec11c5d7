"""Every fault of this service in Swedish and English: ``faults.yaml``, on top of those of the wings below."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from norms.fault import SWEDISH, Fault, MisfitError

if TYPE_CHECKING:
    from norms.sentences import Sentences

FILE = Path(__file__).with_name("faults.yaml")


@cache
def sentences() -> Sentences:
    """What every fault is called. Raises FindingsError for a file that is not whole."""
    from norms.sentences import Sentences  # loaded when something is wrong
    from rules.sentences import sentences as of_rules

    return Sentences.read(FILE, of_rules())


def say(fault: Fault, language: str = SWEDISH) -> str:
    """The sentence about a fault, without its place."""
    return sentences().say(fault, language)


def say_on_page(fault: Fault, language: str = SWEDISH) -> str:
    """The sentence about a fault for those who fill in a page, without its place."""
    return sentences().say_on_page(fault, language)


def line(fault: Fault, language: str = SWEDISH) -> str:
    """The sentence about a fault, after its place."""
    return sentences().line(fault, language)


def reason(error: ValueError) -> str:
    """In Swedish why a value was refused, for those who are told of it in passing."""
    return say(error.faults[0]) if isinstance(error, MisfitError) else str(error)
