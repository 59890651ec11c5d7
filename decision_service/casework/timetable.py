"""Which sweeps there are and how often each goes round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from audit import retention, witness
from decision_service.casework import changed_world, delivered, sweeps, witnessing
from decision_service.casework.gallring import Gallring
from decision_service.casework.office import Office
from decision_service.casework.right_time import require_right_time
from decision_service.log import journal
from decision_service.outputs.configured import folders_of
from decision_service.reading.our_fault import sort_and_place
from decision_service.store.database import count_rows

_log = structlog.get_logger()


@dataclass(frozen=True)
class Sweep:
    """Work that is done again and again; done, it is noted."""

    name: str
    every: timedelta
    work: Callable[[], object]


def timetable(
    office: Office, enqueue: Callable[[str, str], object], deliver: Callable[[], object]
) -> Iterator[Sweep]:
    """The sweeps of the casework. ``enqueue`` takes the municipality and the id of what is to be examined,
    ``deliver`` lets what lies in the outbox begin to leave, and says False where it does not."""
    quick = timedelta(seconds=1 if office.engine.dialect.name == "sqlite" else 5)
    works: dict[str, tuple[timedelta, Callable[[], object]]] = {
        "due": (quick, lambda: _enqueue_due(office, enqueue)),
        "late": (timedelta(seconds=10), lambda: sweeps.late(office)),
        "unanswered": (timedelta(seconds=30), lambda: sweeps.unanswered(office)),
        "changed": (timedelta(seconds=30), lambda: changed_world.look_again(office)),
        "outbox": (timedelta(seconds=1), deliver),  # what five seconds bring would keep others waiting
        "checkpoint": (timedelta(minutes=1), lambda: checkpoints(office)),
        "statistics": (timedelta(days=1), lambda: count_rows(office.engine)),
        "gallring": (timedelta(days=1), lambda: _gallra(office)),
        "keys": (timedelta(hours=1), lambda: _until_none(partial(sweeps.forget_keys, office))),
    }
    for name, (every, work) in works.items():
        yield Sweep(name, every, partial(noted, office, name, work))


def _gallra(office: Office) -> None:
    """Delete what has been listed as due for as long as the rules say. What fails in one municipality keeps
    no other waiting."""
    rules = retention.load()
    failed: Exception | None = None
    for tenant, municipality in office.installation.municipalities.items():
        folders = {tenant: folders_of(municipality)}
        gallring = Gallring(office.engine, office.log, office.keys, folders, rules)
        try:
            gone = gallring.sweep(tenant, office.clock(), journal.MACHINE, announced=rules.announced)
        except Exception as error:  # raised again when the others have had their turn
            _log.error("sweep_step_failed", sweep="gallring", tenant=tenant, error=sort_and_place(error))
            failed = error
        else:
            if gone:
                _log.info("cases_deleted", tenant=tenant, cases=len(gone))
    if failed is not None:
        raise failed


def noted(office: Office, name: str, sweep: Callable[[], object]) -> None:
    """Run a sweep, and note that it came to its end, unless it says False: that it did not. Raises
    WrongClockError before anything is swept by a clock that is wrong."""
    require_right_time(office)
    if sweep() is not False:
        sweeps.note_run(office, name)


def checkpoints(office: Office, *, neighbours: bool = True) -> None:
    """Sign every log as it stands, and put the newest checkpoint where somebody else keeps it: in a folder,
    and at ``neighbours``, which may take their time to answer.

    A log that is not the one published before keeps no other from being signed.
    """
    failed: Exception | None = None
    for tenant, municipality in office.installation.municipalities.items():
        try:
            delivered.begin(office, tenant, office.log.checkpoint(office.engine, tenant))
            if municipality.witness is not None:
                witness.publish(office.engine, tenant, municipality.witness)
            if neighbours:
                witnessing.submit(office, tenant)
        except Exception as error:  # raised again when all the others have had their turn
            _log.error("checkpoint_failed", tenant=tenant, error=type(error).__name__, why=str(error))
            failed = error
    if failed is not None:
        raise failed


def _until_none(work: Callable[[], int]) -> None:
    """Again until there is nothing left to do."""
    while work():
        pass


def _enqueue_due(office: Office, enqueue: Callable[[str, str], object]) -> None:
    for tenant, application in sweeps.due(office):
        enqueue(tenant, application)
