"""Everything casework needs from the world, given once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

import audit
from audit.cosignature import CosigningKey
from decision_service.casework.leases import Leases
from decision_service.evaluation import Evaluators
from decision_service.installation.configuration import Installation
from decision_service.installation.municipality import Municipality
from decision_service.outputs import Channel, WebhookChannel
from decision_service.registers.port import Registers
from rules.book import Rulebook

Clock = Callable[[], datetime]
"""Now, in UTC."""


@dataclass(frozen=True)
class Office:
    """A running installation. ``secret`` keys the hashes by which an applicant is known again. ``registers``
    and ``channels`` are by municipality; ``hook`` makes the channel to a client's own address. ``cosigner``
    signs neighbours' checkpoints as a witness. ``reference`` is a clock that ``clock`` must agree with, the
    database server's. ``leases`` are on the cases that are being examined here.

    ``book`` is the release that is in force today, ``evaluators`` evaluate under it. ``from_months`` are
    those of the releases that decide other months, by the first month of each, the empty text for all before;
    none where one release decides all; ``books`` are those releases in the same way. Whoever has an office
    keeps its releases: a case that is begun is examined under one."""

    engine: Engine
    log: audit.Log
    keys: audit.KeyStore
    installation: Installation
    book: Rulebook
    evaluators: Evaluators
    registers: Mapping[str, Registers]
    channels: Mapping[str, tuple[Channel, ...]]
    clock: Clock
    secret: bytes
    hook: Callable[[str, bytes], Channel] = WebhookChannel
    cosigner: CosigningKey | None = None
    reference: Clock | None = None
    leases: Leases = field(default_factory=Leases)
    from_months: Mapping[str, Evaluators] = field(default_factory=dict)
    books: Mapping[str, Rulebook] = field(default_factory=dict)

    def municipality(self, tenant: str) -> Municipality:
        """A municipality's own settings. Raises KeyError for one that is not of this installation."""
        return self.installation.municipalities[tenant]

    def evaluators_of(self, month: str) -> Evaluators:
        """What evaluates an application for a month: under the release that decides that month."""
        begun = max((first for first in self.from_months if first <= month), default=None)
        return self.evaluators if begun is None else self.from_months[begun]

    def book_of(self, month: str) -> Rulebook:
        """The release that decides a month."""
        begun = max((first for first in self.books if first <= month), default=None)
        return self.book if begun is None else self.books[begun]

    @property
    def crashes(self) -> int:
        """How often an evaluation has taken its process down."""
        return sum(each.crashes for each in {self.evaluators, *self.from_months.values()})

    def pseudonym(self, tenant: str, personal_number: str) -> str:
        """The same person in the same municipality always, and nobody else."""
        return self.keyed(tenant, personal_number)

    def keyed(self, *words: str) -> str:
        """A hash by which words are known again, and that tells nothing of them to who has no key."""
        return keyed(self.secret, *words)


def keyed(secret: bytes, *words: str) -> str:
    """The hash of an office with a secret."""
    return hmac.new(secret, ":".join(words).encode(), hashlib.sha256).hexdigest()
