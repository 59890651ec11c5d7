"""The exact evaluator. Start reading in ``run.py``."""
