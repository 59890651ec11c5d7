"""``lagrum audit rotate``: put a municipality's key out of use and a new one in its place.

Each change is an entry of the log. The signing key that was replaced stays where it is; a wrapping key that
was replaced is destroyed only when asked for, not before the change is committed, and not while
something that it may have closed does not open.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy import inspect

from audit.errors import KeyFileError
from decision_service.commands.audit import key_folder
from decision_service.log import journal
from decision_service.log.database import municipality, open_for_reading
from decision_service.store.hook_secret import WEBHOOK, close_anew


def run(options: argparse.Namespace) -> int:
    """Change one key of one municipality. ``options.which`` is ``signing``, ``wrapping`` or ``writer``.

    Raises KeyFileError where the old wrapping key is changed but may not be destroyed.
    """
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    log, now, who = journal.open_log(keys), datetime.now(UTC), journal.staff(options.who)
    if options.which == "signing":
        with engine.begin() as connection:
            public = log.change_signing_key(connection, tenant, now, who)
        log.checkpoint(engine, tenant)
        print(f"Kommun {tenant} har en ny signeringsnyckel. Publicera den publika nyckeln:\n{public}")
        return 0
    if options.which == "writer":
        with engine.begin() as connection:
            log.change_writer_key(connection, tenant, now, who)
        log.checkpoint(engine, tenant)
        print(f"Kommun {tenant} har en ny skrivnyckel. Behåll den förra: den styrker äldre poster.")
        return 0
    with engine.begin() as connection:
        old = log.change_wrapping_key(connection, tenant, now, who)
        has_hooks = inspect(connection).has_table(WEBHOOK)
        skipped = close_anew(connection, keys, tenant) if has_hooks else 0
    log.checkpoint(engine, tenant)
    print(f"Kommun {tenant} har en ny valvnyckel. Den förra är {old}.")
    if options.destroy and skipped:
        raise KeyFileError(
            "Bytet är gjort, men den förra nyckeln är inte förstörd. Så många av e-tjänsternas mottagare går "
            f"inte att öppna, och kan behöva den: {skipped}. Kör lagrum audit verify, utred dem, och låt "
            "e-tjänsterna ta bort dem och anmäla dem igen. Ta sedan bort "
            f"wrapping-{old}.key ur nyckelmappen, och varje kopia av den."
        )
    if options.destroy:
        keys.destroy_wrapping_key(tenant, old)
        print("Den förra är förstörd i nyckelmappen. Förstör också varje kopia av den.")
    return 0
