"""Append-only provable log, vault and standalone verifier. Knows nothing of the other wings."""
