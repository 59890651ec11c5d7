"""``lagrum own-data``: everything that is kept of a person, for that person, as text and as a package.

The personal number is read from standard input, so that it stands in no history of commands.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryFile

from decision_service.application.fields import full_number
from decision_service.casework import own_data
from decision_service.casework.own_data_text import as_text
from decision_service.casework.rows import NotFoundError
from decision_service.installation.settings import load_settings
from decision_service.log import journal
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.service import open_service
from decision_service.store.database import reading, transaction
from norms.fault import MisfitError, fault

_say = said_in(__file__)

TEXT, PACKAGE = "egna-uppgifter.txt", "egna-uppgifter.json"


def run(options: argparse.Namespace) -> int:
    """Log the reading in each case, and write the two files, which only their owner may read."""
    service = open_service(load_settings())
    office, tenant = service.office, options.tenant
    purposes = office.installation.purposes
    if tenant not in office.installation.municipalities or options.purpose not in purposes:
        known = ", ".join(purposes)
        raise InputError([fault("own_data_arguments", "purpose", allowed=known)])
    try:
        number = full_number(sys.stdin.readline(), swedish_day(office.clock()))
    except MisfitError as error:
        raise InputError(error.faults) from None
    who, folder = journal.staff(options.who), Path(options.output)
    _make_ready(folder)
    try:
        with transaction(office.engine) as session:
            own_data.note_reading(
                office, session, tenant, number, who, options.purpose, protected=options.protected
            )
    except NotFoundError:
        print(_say("nothing_to_show"))
        service.stop()
        return 1
    with reading(office.engine) as session:
        package = own_data.own_data(office, session, tenant, number, protected=options.protected)
    _write(folder / TEXT, as_text(package, service.words))
    _write(folder / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2))
    print(
        _say(
            "own_data_written", text=folder / TEXT, paket=folder / PACKAGE, antal=len(package["applications"])
        )
    )
    print(_say("read_it_first"))
    service.stop()
    return 0


def _make_ready(folder: Path) -> None:
    """Make sure that both files can be written, before it is logged that somebody has read. Raises InputError
    and FileExistsError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        why = fault("folder_not_writable", "--output", folder=str(folder), reason=str(error.strerror))
        raise InputError([why]) from error
    for path in (folder / TEXT, folder / PACKAGE):
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _write(path: Path, content: str) -> None:
    """A new file. Raises FileExistsError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
