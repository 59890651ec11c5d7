"""The inference of durable-rules, held to what a decision needs. Start reading in ``engine.py``."""
