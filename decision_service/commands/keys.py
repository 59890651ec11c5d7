"""``lagrum audit rotate``: put a municipality's key out of use and a new one in its place.

Each change is an entry of the log. The signing key that was replaced stays where it is; a wrapping key that
was replaced is destroyed only when asked for, not before the change is committed, and not while
something that it may have closed does not open.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy import inspect

from decision_service.commands.audit import key_folder
from decision_service.log import journal
from decision_service.log.database import municipality, open_for_reading
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.store.hook_secret import WEBHOOK, close_anew
from norms.fault import fault

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Change one key of one municipality. ``options.which`` is ``signing``, ``wrapping`` or ``writer``.

    Raises InputError where the old wrapping key is changed but may not be destroyed.
    """
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    log, now, who = journal.open_log(keys), datetime.now(UTC), journal.staff(options.who)
    if options.which == "signing":
        with engine.begin() as connection:
            public = log.change_signing_key(connection, tenant, now, who)
        log.checkpoint(engine, tenant)
        print(_say("new_signing_key", kommun=tenant, nyckel=public))
        return 0
    if options.which == "writer":
        with engine.begin() as connection:
            log.change_writer_key(connection, tenant, now, who)
        log.checkpoint(engine, tenant)
        print(_say("new_writer_key", kommun=tenant))
        return 0
    with engine.begin() as connection:
        old = log.change_wrapping_key(connection, tenant, now, who)
        has_hooks = inspect(connection).has_table(WEBHOOK)
        skipped = close_anew(connection, keys, tenant) if has_hooks else 0
    log.checkpoint(engine, tenant)
    print(_say("new_wrapping_key", kommun=tenant, nyckel=old))
    if options.destroy and skipped:
        raise InputError([fault("old_key_needed", "--destroy", count=skipped, key=old)])
    if options.destroy:
        keys.destroy_wrapping_key(tenant, old)
        print(_say("old_key_destroyed"))
    return 0
