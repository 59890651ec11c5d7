"""Append-only provable log, vault and standalone verifier. Knows nothing of the other wings.

Keep a ``Log`` and call ``append`` in the transaction of what it tells about; ``checkpoint`` after it. The
modules: ``proof`` and ``witness`` hand proofs out, ``bundle`` exports a case, ``trail`` and ``reading`` show
one, ``replay`` decides again, ``retention`` and ``deletion`` end a case's personal data, ``verify`` is the
standalone program.
"""

from audit.check import verify_database
from audit.database import create_tables, prepare_engine
from audit.entry import Actor, ActorKind, Entry, EntryKind
from audit.errors import AuditError
from audit.keys import FileKeyStore, KeyStore
from audit.log import Appended, Log

__all__ = [
    "Actor",
    "ActorKind",
    "Appended",
    "AuditError",
    "Entry",
    "EntryKind",
    "FileKeyStore",
    "KeyStore",
    "Log",
    "create_tables",
    "prepare_engine",
    "verify_database",
]
