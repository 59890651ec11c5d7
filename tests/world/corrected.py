"""Other rules than the shipped: an adult alone has a hundred kronor more a month."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from decision_service.log import releases
from rules.book import Rulebook
from tests.world.law import book

MORE = 100_00
"""What the other rules give an adult alone, in öre."""


@cache
def corrected() -> Rulebook:
    """The other rules."""
    return releases.book_from(corrected_files())


def corrected_files() -> Mapping[str, str]:
    """The files of the other rules."""
    files = dict(releases.files_of(book()))
    name = "norms/riksnorm/2026.yaml"
    assert "belopp: 3940" in files[name]
    files[name] = files[name].replace("belopp: 3940", "belopp: 4040")
    return files
