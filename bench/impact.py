"""How many recorded decisions a second are assessed again under other rules, from the log to the figures."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

import audit
from audit.database import read_only
from decision_service import cli
from decision_service.impact.again import Again, Assessors
from decision_service.impact.recorded import recorded
from decision_service.impact.summary import Summary
from decision_service.log.database import municipality, open_for_reading
from rules.kept import load
from tests.world.corrected import corrected

TARGET = 150
"""Decisions a second on two cores."""
CASES = Path(__file__).parents[1] / "examples" / "cases"


def main(rounds: int) -> None:
    """Print the figure beside its target. Exit code 1 below it."""
    with tempfile.TemporaryDirectory() as name:
        database, keys = f"{name}/logg.db", f"{name}/nycklar"
        for path in sorted(CASES.glob("*.json")):
            if json.loads(path.read_bytes())["municipality"] == "9999":
                cli.main(["decide", str(path), "--log", database, "--keys", keys])
        engine = open_for_reading(database)
        tenant, store = municipality(engine, "9999"), audit.FileKeyStore(Path(keys))
        book, after = load(), corrected()
        assessors = Assessors(after, {each.release: each for each in (book, after)}.__getitem__)
        with read_only(engine) as connection:
            case = audit.tables.case.c.case_id
            cases = sorted(connection.scalars(select(case).where(audit.tables.case.c.tenant == tenant)))
            for each in cases:  # laws are compiled once
                assessors.again(recorded(connection, store, tenant, each))
            began, found = time.process_time(), Summary()
            for _ in range(rounds):
                for each in cases:
                    again = assessors.again(recorded(connection, store, tenant, each))
                    found.add(Again.read(again.written))
            busy = time.process_time() - began
    per_second = 2 * found.cases / busy
    print(
        f"{found.cases} ärenden på {busy:.1f} s processortid: {per_second:.0f}/s på två kärnor (mål {TARGET})"
    )
    if per_second < TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
