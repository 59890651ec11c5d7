"""A small client of Lagrum's API: ``Client`` speaks with it, ``genuine`` checks the notices it sends."""

from examples.klient.client import Client, ProblemError
from examples.klient.signature import genuine

__all__ = ["Client", "ProblemError", "genuine"]
