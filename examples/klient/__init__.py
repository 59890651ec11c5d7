"""A small client of Lagrum's API: ``Client`` speaks with it for an e-service, ``HandlaggareClient`` for a
handläggare, and ``genuine`` checks the notices it sends."""

from examples.klient.client import Client, ProblemError
from examples.klient.handlaggare import HandlaggareClient
from examples.klient.signature import genuine

__all__ = ["Client", "HandlaggareClient", "ProblemError", "genuine"]
