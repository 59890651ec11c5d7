"""``lagrum migrate``: bring the database to this version and end, for those who let another role do that."""

from __future__ import annotations

import argparse

from decision_service.installation.settings import load_settings
from decision_service.reading.said import said_in
from decision_service.service import open_database

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Make or change the tables of ``LAGRUM_DATABASE_URL``. Nothing else is begun."""
    engine, _ = open_database(load_settings())
    engine.dispose()
    print(_say("migrated"))
    return 0
