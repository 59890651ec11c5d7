"""Amounts by date: norm tables, look-up and plausibility. Knows nothing of the other wings."""
