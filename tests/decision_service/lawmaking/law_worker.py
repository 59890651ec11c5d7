"""A worker process as ``lagrum worker`` is, with a clock that begins where the tests' does."""

from __future__ import annotations

import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from decision_service.installation.settings import Settings
from decision_service.service import open_service
from tests.world.service import PUBLIC_URL, START


def main(url: str, folder: Path) -> None:
    begun = time.monotonic()

    def clock() -> datetime:
        return START + timedelta(seconds=time.monotonic() - begun)

    settings = Settings(
        database_url=SecretStr(url),
        keys=folder / "keys",
        installation=folder / "installation.yaml",
        public_url=PUBLIC_URL,
        workers=1,
    )
    service = open_service(settings, clock)
    signal.signal(signal.SIGTERM, lambda *_: service.jobs.stop())
    service.start()
    print("ready", flush=True)
    service.wait()
    service.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
