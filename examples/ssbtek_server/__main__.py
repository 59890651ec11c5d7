"""Run the local SSBTEK."""

from __future__ import annotations

import argparse
from pathlib import Path

from examples.ssbtek_server.certificates import Certificates
from examples.ssbtek_server.contract import NAMESPACES
from examples.ssbtek_server.server import SsbtekServer, from_folder


def main() -> None:
    """Make certificates on the first start, then answer until stopped."""
    parser = argparse.ArgumentParser(description="A local SSBTEK that speaks the real contract.")
    parser.add_argument("--folder", type=Path, required=True, help="certificates, and answers in answers/")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument(
        "--version", choices=NAMESPACES, action="append", help="speak only this one; both if none"
    )
    options = parser.parse_args()
    certificates = Certificates.in_folder(options.folder)
    behaviour, versions = from_folder(options.folder / "answers"), options.version or tuple(NAMESPACES)
    with SsbtekServer(certificates, behaviour, options.port, versions) as server:
        print(f"{server.address}  certificates: {options.folder}  (stop with Ctrl-C)", flush=True)
        try:
            server.wait()
        except KeyboardInterrupt:
            print("stopped")


main()
