"""A process that works on a run, says so in the middle of writing its second case, and waits to be killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from decision_service.impact import runner, runs
from decision_service.installation.settings import Settings
from decision_service.service import open_service
from tests.world.office import SetClock
from tests.world.service import PUBLIC_URL, START


def main(url: str, folder: str) -> None:
    place = Path(folder)
    settings = Settings(
        database_url=SecretStr(url),
        keys=place / "keys",
        installation=place / "installation.yaml",
        public_url=PUBLIC_URL,
    )
    office = open_service(settings, SetClock(START)).office
    write, written = runs.write, 0

    def said(*given: Any) -> bool:
        nonlocal written
        found = write(*given)
        written += 1
        if written == 2:
            print("two", flush=True)
            threading.Event().wait()
        return found

    runs.write, runner.BATCH = said, 1
    runner.Runner(office, 1).sweep()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
