"""The digital application: its fields and form, the case file, and the adapters that read others' forms."""
