"""An installation: its municipalities, issuers and settings, and the calendar."""
