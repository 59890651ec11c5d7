"""The API as a process of its own, to be killed; it says its address, and ends with whoever began it."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import SecretStr

from decision_service.api.app import app_of
from decision_service.installation.settings import Settings
from decision_service.service import open_service
from tests.world.office import SetClock
from tests.world.service import PUBLIC_URL, START, served


def main(url: str, folder: Path) -> None:
    settings = Settings(
        database_url=SecretStr(url),
        keys=folder / "keys",
        installation=folder / "installation.yaml",
        public_url=PUBLIC_URL,
        rate_per_address=0,
        rate_per_client=0,
    )
    with served(app_of(open_service(settings, SetClock(START)), works=False)) as client:
        print(client.base_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
