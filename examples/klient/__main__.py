"""``python -m examples.klient FIL``: send an application and show what became of it."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from examples.klient import Client, ProblemError


def main() -> int:
    """Send, wait, and print. 0 when it is decided, 1 when somebody must do something more, 2 for a fault."""
    parser = argparse.ArgumentParser(description="Skicka en ansökan till Lagrum och visa vad det blev.")
    parser.add_argument("file", metavar="FIL", type=Path, help="ansökan (ansokan/1) i JSON")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="tjänstens adress")
    parser.add_argument("--kommun", default="9999", help="kommunkod")
    options = parser.parse_args()
    token = os.environ.get("TOKEN", "")
    if not token:
        print("Sätt TOKEN: TOKEN=$(.venv/bin/lagrum token --role eservice --tenant 9999)", file=sys.stderr)
        return 2
    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file}: filen går inte att läsa ({error.strerror}).", file=sys.stderr)
        return 2
    client = Client(options.base, options.kommun, lambda: token)
    try:
        # The same file is the same application. An e-service uses the id it gave the application itself.
        found = client.send(content, hashlib.sha256(content).hexdigest(), wait=20)
        found = client.answered(found["id"])
        print(f"Ansökan {found['id']}: {found['state']}")
        if found["completion"]:
            for asked in found["completion"]["asked"]:
                print(f"  Komplettera senast {found['completion']['answer_by']}: {asked['question']}")
        elif found["decision"]:
            print(f"  {found['decision']['outcome']}, {found['decision']['granted'] / 100:.2f} kr")
        elif found["answer_by"]:
            print(f"  Svar senast {found['answer_by']}")
    except ProblemError as problem:
        print(problem, file=sys.stderr)
        for fault in problem.errors:
            print(
                f"  {fault.get('pointer', fault.get('parameter', ''))}: {fault['message']}", file=sys.stderr
            )
        return 2
    return 0 if found["state"] == "beslutad" else 1


if __name__ == "__main__":
    raise SystemExit(main())
