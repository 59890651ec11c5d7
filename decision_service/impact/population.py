"""What a draft costs and whom it moves, on a population: made up from a seed, or sent as a Parquet file.

It is reckoned in a process of its own, for the file is somebody else's. Nothing of it is kept: who has the
releases, the month and the seed, or the file, gets the same answer again.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from decision_service.casework.office import Office
from decision_service.evaluation import CrashError, Evaluators
from decision_service.evaluation.child import Request, answer_all
from decision_service.impact.release import book_of
from decision_service.lawmaking.checking import base_of
from decision_service.log import publications, releases
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.said import said_in
from decision_service.store.refused import ConflictError
from decision_service.store.tables import DraftRow
from norms.fault import MisfitError, fault
from norms.month import Month
from rules.book import Rulebook
from rules.engines.columnar.population import Population
from rules.engines.columnar.values import NotInColumnsError
from rules.population import machines, parquet
from rules.population.effect import Effect, EffectJson, as_json
from rules.population.machines import MadeUp, TwoLaws
from rules.population.plot import staircase
from rules.population.synthetic import parts, synthetic

MOST = 500_000
"""Households that the service reckons at a time; the command takes any number."""
MOST_GIVEN_OUT = 100_000
"""Households that are given out as a file at a time."""
PATIENCE = 100.0
"""Seconds that it may take."""
_MEMORY = 4 * 1024**3
"""Bytes of address space that it may take."""
_say = said_in(__file__)


@dataclass(frozen=True)
class MadeUpHouseholds:
    """So many households that do not exist, the same for the same seed."""

    households: int
    seed: int


@dataclass(frozen=True)
class PopulationsCompared:
    """Two releases under which a population is reckoned, the later by whose draft it is, where it is one."""

    before: Rulebook
    after: Rulebook
    draft: str | None


def compared(
    office: Office, session: Session, tenant: str, name: str, before: str, month: str
) -> PopulationsCompared:
    """A draft or a release beside another: a named one, else what a draft starts from, else what decides the
    month now. Its files are kept, so that it can be reckoned again when the draft is another. Raises
    InputError."""
    after = book_of(office, session, tenant, name)
    row = session.get(DraftRow, (tenant, name.strip()))
    connection = session.connection()
    if before.strip():
        other = before
    elif row is not None:
        other = base_of(session, row).release
    else:
        other = publications.deciding(publications.publications(connection, tenant), month).release
    found = PopulationsCompared(
        book_of(office, session, tenant, other), after, row.id if row is not None else None
    )
    releases.store(connection, after)
    return found


# --- whoever asks


class ReckonedEffect(EffectJson):
    """An effect, and the staircase as a picture."""

    plot: str


def reckoner() -> Evaluators:
    """A child process that reckons, started when it is first needed."""
    return Evaluators({}, 1, patience=PATIENCE, serve=serve)


def reckoned(
    child: Evaluators, found: PopulationsCompared, month: str, tenant: str, of: MadeUpHouseholds | bytes
) -> ReckonedEffect:
    """The effect as ``rules.population.effect.as_json`` has it, and the staircase as a picture. ``of`` is a
    made-up population, or a Parquet file. Raises InputError for a file that is no population and for a month
    without amounts, and ConflictError where it took too long or too much."""
    laws = {release.release: dict(releases.files_of(release)) for release in (found.before, found.after)}
    asked = {"before": found.before.release, "after": found.after.release, "month": month, "laws": laws}
    with _file(of) as source:
        effect: EffectJson = _asked(child, "effect", asked | source | {"municipality": tenant})
    if isinstance(of, MadeUpHouseholds):
        sort = _say("made_up", antal=of.households, frö=of.seed)
    else:
        sort = _say("of_a_file")
    names = _say("compared", före=found.before.release[:12], efter=found.after.release[:12])
    draft = [_say("draft", utkast=found.draft[:12])] if found.draft else []
    about = ", ".join([sort, names, month, *draft])
    return {**effect, "plot": staircase(effect["staircase"], _say("staircase"), about)}


def written(child: Evaluators, book: Rulebook, month: str, tenant: str, of: MadeUpHouseholds) -> bytes:
    """A made-up population as a Parquet file. Raises InputError for a month without amounts."""
    asked = {"before": book.release, "after": book.release, "month": month, "municipality": tenant}
    laws = {book.release: dict(releases.files_of(book))}
    with TemporaryDirectory() as folder:
        file = Path(folder, _NAME)
        _asked(child, "write", asked | {"laws": laws, "made": asdict(of), "file": str(file)})
        return file.read_bytes()


_NAME = "hushall.parquet"


@contextmanager
def _file(of: MadeUpHouseholds | bytes) -> Iterator[dict[str, Any]]:
    if isinstance(of, MadeUpHouseholds):
        yield {"made": asdict(of)}
        return
    with TemporaryDirectory() as folder:
        file = Path(folder, _NAME)
        file.write_bytes(of)
        yield {"file": str(file)}


def _asked(child: Evaluators, what: str, asked: Mapping[str, Any]) -> Any:
    try:
        return child.ask(what, json.dumps(asked).encode(), {})
    except CrashError as error:
        raise ConflictError(fault("population_without_end", why=str(error))) from error


# --- the child


def serve(connection: Connection, _: Mapping[str, str]) -> None:
    """Reckon until the other end is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    answer_all(connection, lambda: answer)


def answer(request: Request) -> tuple[str, Any]:
    """What comes of a question: ``("done", answer)``, ``("wrong", faults)`` or ``("failed", why)``."""
    what, content, _ = request
    given = json.loads(content)
    try:
        return "done", _DOES[what](given, _laws(given))
    except MisfitError as error:
        return "wrong", list(error.faults)
    except NotInColumnsError as error:
        return "wrong", [fault("population_not_in_columns", why=str(error))]
    except (MemoryError, RecursionError) as error:
        return "failed", sort_and_place(error)


def _laws(given: Mapping[str, Any]) -> TwoLaws:
    files = {
        release: {name: text.encode() for name, text in own.items()} for release, own in given["laws"].items()
    }
    return TwoLaws(given["before"], given["after"], Month.parse(given["month"]), given["municipality"], files)


def _effect(given: Mapping[str, Any], laws: TwoLaws) -> EffectJson:
    whole = Effect()
    for part in _parts(given, laws):
        whole.plus(machines.reckoned_part(laws, part))
        if whole.all.households + whole.unknown > MOST:
            raise MisfitError(fault("population_too_large", limit=MOST))
    return as_json(whole)


def _parts(given: Mapping[str, Any], laws: TwoLaws) -> Iterator[MadeUp | Population]:
    if "file" in given:
        yield from parquet.read(Path(given["file"]), machines.compiled(laws).law)
        return
    made = MadeUpHouseholds(**given["made"])
    yield from (MadeUp(made.households, made.seed, part) for part in range(parts(made.households)))


def _write(given: Mapping[str, Any], laws: TwoLaws) -> int:
    made, law = MadeUpHouseholds(**given["made"]), machines.compiled(laws).law
    whole = (synthetic(law, made.households, made.seed, part) for part in range(parts(made.households)))
    return parquet.write(Path(given["file"]), whole, law.vocabulary)


_DOES: Mapping[str, Callable[[Mapping[str, Any], TwoLaws], Any]] = {"effect": _effect, "write": _write}
