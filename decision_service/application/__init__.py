"""The digital application: its canonical form, the adapters that read others' forms, and its facts."""
