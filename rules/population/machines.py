"""A population reckoned by many machines: its parts are spread over the workers of a Dask cluster.

Nothing of the reckoning is Dask's: a worker is sent the files of both releases once, and after that the
number of a part, or the part itself where it was read from a file. A part whose worker dies is another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from norms import load
from norms.fault import MisfitError, fault
from norms.month import Month
from rules import rulebook
from rules.book import Rulebook
from rules.engines.columnar.population import Population
from rules.engines.columnar.run import ColumnarEngine
from rules.law import Law, resolve
from rules.population.effect import Effect, effect, engine_of
from rules.population.synthetic import synthetic

SCHEME = "dask://"
_PATIENCE = 20
"""Seconds that a cluster may take to answer."""


@dataclass(frozen=True)
class TwoLaws:
    """What a worker needs to know two laws: they are compiled once in each."""

    before: str
    after: str
    month: Month
    municipality: str | None
    files: Mapping[str, Mapping[str, bytes]] = field(compare=False, repr=False)

    @classmethod
    def of(cls, before: Rulebook, after: Rulebook, month: Month, municipality: str | None) -> TwoLaws:
        """The laws of two releases."""
        files = {each.release: dict(each.files) for each in (before, after)}
        return cls(before.release, after.release, month, municipality, files)


@dataclass(frozen=True)
class MadeUp:
    """A part of a made-up population."""

    households: int
    seed: int
    part: int


def reckoned(
    address: str, laws: TwoLaws, parts: Iterable[MadeUp | Population], done: Callable[[Effect], object]
) -> Effect:
    """The effect on all parts; ``done`` is told of each. Raises MisfitError where there is no such cluster,
    or the program has no Dask."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise MisfitError(fault("no_dask", "on")) from None
    try:
        client = Client(f"tcp://{address.removeprefix(SCHEME)}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError):
        raise MisfitError(fault("no_cluster", "on", found=address)) from None
    with client:
        [known] = client.scatter([laws], broadcast=True, hash=False)
        futures = [client.submit(reckoned_part, known, part, pure=False) for part in parts]
        whole = Effect()
        for _, found in as_completed(futures, loop=client.loop, with_results=True):
            whole.plus(found)
            done(found)
    return whole


class Compiled(NamedTuple):
    """Two laws compiled; ``law`` is the earlier."""

    law: Law
    before: ColumnarEngine
    after: ColumnarEngine


def reckoned_part(laws: TwoLaws, part: MadeUp | Population) -> Effect:
    """On a worker: the effect on a part."""
    law, before, after = compiled(laws)
    if isinstance(part, MadeUp):
        part = synthetic(law, part.households, part.seed, part.part)
    return effect(before, after, part)


@lru_cache(4)
def compiled(laws: TwoLaws) -> Compiled:
    """What a worker reckons by. Raises MisfitError for a month without amounts."""
    books = (_book(laws.files[release]) for release in (laws.before, laws.after))
    was, will = (resolve(book, laws.month, laws.municipality) for book in books)
    return Compiled(was, engine_of(was), engine_of(will))


def _book(files: Mapping[str, bytes]) -> Rulebook:
    wings: dict[str, dict[str, bytes]] = {"rules": {}, "norms": {}}
    for name, content in files.items():
        wing, _, inner = name.partition("/")
        wings[wing][inner] = content
    return rulebook.build(wings["rules"], load.load_files(wings["norms"]))
