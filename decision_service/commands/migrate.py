"""``lagrum migrate``: bring the database to this version and end, for those who let another role do that."""

from __future__ import annotations

import argparse

from decision_service.installation.settings import load_settings
from decision_service.service import open_database


def run(options: argparse.Namespace) -> int:
    """Make or change the tables of ``LAGRUM_DATABASE_URL``. Nothing else is begun."""
    engine, _ = open_database(load_settings())
    engine.dispose()
    print("Databasen har den här versionens tabeller.")
    return 0
