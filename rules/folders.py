"""The rulebook of a folder, in either of the shapes in which rules are kept."""

from __future__ import annotations

from pathlib import Path

from norms.fault import MisfitError, fault
from norms.folder import TABLES
from rules import rulebook
from rules.book import Rulebook

_WORDS = "vocabulary.yaml"


def load_folder(folder: Path) -> Rulebook:
    """Rules and amounts of a folder, checked.

    A copy of the project has ``rules/`` and ``norms/tables/``, a release given out as files ``rules/`` and
    ``norms/``. A folder of rules alone is read with the shipped amounts. Raises MisfitError for any other
    folder and FindingsError with every error of the files.
    """
    return rulebook.load(rules_in(folder), _tables_in(folder))


def rules_in(folder: Path) -> Path:
    """Where in a folder its rules and their cases lie. Raises MisfitError."""
    for place in (folder, folder / "rules"):
        if (place / _WORDS).is_file():
            return place
    raise MisfitError(fault("no_rule_folder", folder=str(folder)))


def _tables_in(folder: Path) -> Path:
    """Where in a folder its amounts lie; those that are shipped where it has rules alone."""
    if (folder / _WORDS).is_file():
        return TABLES
    return next((place for place in (folder / "norms/tables", folder / "norms") if place.is_dir()), TABLES)
