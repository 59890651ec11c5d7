"""``python -m examples.e_tjanst``: run the simulator against a service."""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from examples.e_tjanst.notices import listening
from examples.e_tjanst.simulator import Simulation, summary
from examples.klient import Client


def main() -> int:
    """Run, and print the summary. 0 when every application was answered and every signature was genuine."""
    parser = argparse.ArgumentParser(description="Simulera en e-tjänst mot Lagrum.")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="tjänstens adress")
    parser.add_argument("--kommun", default="9999", help="kommunkod")
    parser.add_argument("--antal", type=int, default=50, help="så många ansökningar")
    parser.add_argument("--takt", type=float, default=5.0, help="ansökningar i sekunden")
    parser.add_argument("--frö", dest="seed", type=int, default=0, help="samma frö ger samma hushåll")
    parser.add_argument("--register", type=Path, help="mapp där tjänsten läser registersvar (slag: filer)")
    parser.add_argument("--utan-händelser", dest="quiet", action="store_true", help="ta inte emot händelser")
    options = parser.parse_args()
    token, admin = os.environ.get("TOKEN", ""), os.environ.get("ADMIN_TOKEN", "")
    if not token:
        print("Sätt TOKEN (och ADMIN_TOKEN, om de sökande ska vara kända); se README.md.", file=sys.stderr)
        return 2
    client = Client(options.base, options.kommun, lambda: token)
    today = date.today()
    simulation = Simulation(
        client=client,
        month=today.replace(day=1),
        count=options.antal,
        rate=options.takt,
        seed=options.seed,
        first=int(time.time()) % 100_000,
        admin=Client(options.base, options.kommun, lambda: admin) if admin else None,
        registers=options.register,
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
            time.sleep(5)  # the last notices are on their way
    print(summary(outcomes, notices))
    return 1 if any(one.fault for one in outcomes) or (notices is not None and notices.forged) else 0


if __name__ == "__main__":
    raise SystemExit(main())
