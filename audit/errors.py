"""What the log refuses. Every message is Swedish: what is wrong, where, what was expected, what to do."""

from __future__ import annotations


class AuditError(Exception):
    """Base of everything the audit wing raises on purpose. Nothing was written when it is raised."""


class EntryError(AuditError):
    """An entry cannot be logged as given."""


class LogError(AuditError):
    """The database or the log in it cannot be used: missing, of a newer version, or at odds with itself."""


class KeyFileError(AuditError):
    """A key is missing, unreadable or readable by too many."""


class VaultError(AuditError):
    """Personal data cannot be opened: destroyed, or not what was committed to."""


class RetentionError(AuditError):
    """Personal data may not be destroyed (yet), or the retention rules cannot be read."""


class RowError(AuditError):
    """A row of a table is not the one that the log vouches for."""


class WitnessError(AuditError):
    """The outside folder contradicts the log."""


class BundleError(AuditError):
    """A case cannot be exported as asked."""
