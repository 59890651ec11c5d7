"""Run the local mailbox."""

from __future__ import annotations

import argparse
import ssl
import time
from pathlib import Path

from examples.mailbox_server.server import open_mailbox
from examples.ssbtek_server.certificates import Certificates


def main() -> None:
    """Make certificates on the first start, then take letters until stopped."""
    parser = argparse.ArgumentParser(description="A digital mailbox on this machine.")
    parser.add_argument("--folder", type=Path, required=True, help="certificates, and the letters that come")
    parser.add_argument("--port", type=int, default=8444)
    options = parser.parse_args()
    certificates = Certificates.in_folder(options.folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates.server, certificates.server_key)
    with open_mailbox(tls, options.port) as mailbox:
        print(f"{mailbox.url}  letters: {options.folder}  (stop with Ctrl-C)", flush=True)
        try:
            while True:
                time.sleep(1)
                for letter in list(mailbox.letters.values()):
                    for name, content in letter.attachments.items():
                        (options.folder / f"{letter.id}-{name}").write_bytes(content)
        except KeyboardInterrupt:
            print("stopped")


main()
