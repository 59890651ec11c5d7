"""``python -m examples.e_tjanst``: run the simulator against a service."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from examples.e_tjanst.desk import Desk
from examples.e_tjanst.notices import listening
from examples.e_tjanst.simulator import Simulation
from examples.e_tjanst.summary import summary
from examples.klient import Client, HandlaggareClient


def main() -> int:
    """Run, and print the summary. 0 when every application came to its end and every notice was genuine."""
    options = _options()
    token, admin, second = (os.environ.get(name, "") for name in ("TOKEN", "ADMIN_TOKEN", "CHEF_TOKEN"))
    if not token:
        known = "och ADMIN_TOKEN och CHEF_TOKEN, om de sökande ska vara kända"
        print(f"Sätt TOKEN ({known}); se README.md.", file=sys.stderr)
        return 2
    desk = _desk(options)
    client = Client(options.base, options.kommun, _saying(token))
    simulation = Simulation(
        client=client,
        month=date.today().replace(day=1),
        count=options.antal,
        rate=options.takt,
        seed=options.seed,
        first=int(time.time()) % 100_000,
        admin=Client(options.base, options.kommun, _saying(admin)) if admin else None,
        second=Client(options.base, options.kommun, _saying(second)) if second else None,
        registers=options.register,
        desk=desk,
    )
    with ExitStack() as stack:
        notices = None
        if not options.quiet:
            notices = stack.enter_context(listening())
            hook = client.subscribe(notices.url)
            notices.secret = hook["secret"].encode()
            stack.callback(client.unsubscribe, hook["id"])
        outcomes = simulation.run()
        if notices is not None:
            notices.wait_for_the_last()
    print(summary(outcomes, notices, desk))
    faults = [*(one.fault for one in outcomes if one.fault), *(desk.faults if desk is not None else [])]
    return 1 if faults or (notices is not None and notices.forged) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Simulera en månad: sökande, e-tjänst och handläggare.")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="tjänstens adress")
    parser.add_argument("--kommun", default="9999", help="kommunkod")
    parser.add_argument("--antal", type=int, default=50, help="så många ansökningar")
    parser.add_argument("--takt", type=float, default=5.0, help="ansökningar i sekunden")
    parser.add_argument("--frö", dest="seed", type=int, default=0, help="samma frö ger samma hushåll")
    parser.add_argument("--register", type=Path, help="mapp där tjänsten läser registersvar (slag: filer)")
    parser.add_argument("--utan-händelser", dest="quiet", action="store_true", help="ta inte emot händelser")
    return parser.parse_args()


def _desk(options: argparse.Namespace) -> Desk | None:
    """The handläggare whose tokens are given, with a comma between; None when there are none."""
    tokens = [one for one in os.environ.get("HANDLAGGARE_TOKENS", "").split(",") if one]
    people = [
        HandlaggareClient(options.base, options.kommun, _saying(token), purpose="handlaggning")
        for token in tokens
    ]
    return Desk(people) if people else None


def _saying(token: str) -> Callable[[], str]:
    return lambda: token


if __name__ == "__main__":
    raise SystemExit(main())
