"""The law over whole columns: every household of a population at once. Start reading in ``run.py``."""
