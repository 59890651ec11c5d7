"""``lagrum rules population``: what other rules cost and whom they move, on many made-up households."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from decision_service.application.fields import month_of
from decision_service.commands.rules_diff import book_named
from decision_service.commands.split_off import in_order
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.fault import MisfitError, fault
from norms.month import Month
from rules.engines.columnar.population import Population
from rules.engines.columnar.run import ColumnarEngine
from rules.engines.columnar.values import NotInColumnsError
from rules.law import Law, resolve
from rules.population import machines, parquet
from rules.population.effect import Effect, as_json, effect, engine_of
from rules.population.machines import MadeUp, TwoLaws
from rules.population.plot import staircase
from rules.population.synthetic import parts, synthetic
from rules.population.words import lines

_say = said_in(__file__)

_EACH = 10
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class _Work:
    """What the processes that are split off have in common with the one that they come from."""

    law: Law
    before: ColumnarEngine
    after: ColumnarEngine
    households: int
    seed: int
    file: Path | None
    processes: int

    def populations(self, first: int) -> Iterator[Population]:
        """The parts of one process."""
        if self.file is not None:
            yield from parquet.read(self.file, self.law, first, self.processes)
            return
        for part in range(first, parts(self.households), self.processes):
            yield synthetic(self.law, self.households, self.seed, part)


_WORK: list[_Work] = []


def run(options: argparse.Namespace) -> int:
    """Reckon, and write the population or the result where that is asked for."""
    try:
        month = month_of(options.month) if options.month else Month.of(date.today())
        before, after = (book_named(name, options.database) for name in (options.before, options.after))
        was, will = (resolve(book, month, options.municipality) for book in (before, after))
        file = Path(options.file) if options.file else None
        work = _Work(
            was, engine_of(was), engine_of(will), options.households, options.seed, file, options.processes
        )
        if options.write:
            whole = replace(work, processes=1).populations(0)
            written = parquet.write(Path(options.write), whole, was.vocabulary)
            print(_say("households_written", antal=written, fil=options.write), file=sys.stderr)
        laws = TwoLaws.of(before, after, month, options.municipality)
        found = _reckoned(work) if options.on is None else _on_many(options.on, laws, work)
    except MisfitError as error:
        raise InputError(error.faults) from error
    except NotInColumnsError as error:
        raise InputError([fault("population_not_in_columns", why=str(error))]) from error
    releases = before.release, after.release
    told = {**_source(work, str(month), options.municipality, *releases), **as_json(found)}
    if options.plot:
        about = _say(
            "about_plot",
            hushåll=_seeded(work),
            före=before.release[:12],
            efter=after.release[:12],
            månad=month,
        )
        Path(options.plot).write_text(
            staircase(told["staircase"], _say("staircase"), about), encoding="utf-8"
        )
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(_say("read_households" if work.file else "made_up_households", hushåll=_seeded(work), månad=month))
    print(_say("from_to", före=before.release[:12], efter=after.release[:12]))
    print("\n".join(lines(told)))
    return 0


def _seeded(work: _Work) -> str:
    return (
        _say("of_file", fil=work.file) if work.file else _say("made_up", antal=work.households, frö=work.seed)
    )


def _source(work: _Work, month: str, municipality: str | None, before: str, after: str) -> dict[str, Any]:
    """What it takes to run it again."""
    made = {"seed": work.seed, "households": work.households}
    return {
        "month": month,
        "municipality": municipality,
        "before": before,
        "after": after,
        "population": made if work.file is None else {"file": str(work.file)},
    }


def _reckoned(work: _Work) -> Effect:
    _WORK[:] = [work]
    total, progress = Effect(), _Progress()
    for part in in_order(_part, range(work.processes), work.processes):
        total.plus(part)
        progress.add(part)
    return total


def _on_many(address: str, laws: TwoLaws, work: _Work) -> Effect:
    """On the machines of a cluster."""
    made = (MadeUp(work.households, work.seed, part) for part in range(parts(work.households)))
    own = made if work.file is None else parquet.read(work.file, work.law)
    return machines.reckoned(address, laws, own, _Progress().add)


class _Progress:
    """Says now and then how many households have been reckoned."""

    def __init__(self) -> None:
        self._households = 0
        self._began = self._told = time.monotonic()

    def add(self, part: Effect) -> None:
        """Some more."""
        self._households += part.all.households
        if time.monotonic() - self._told > _EACH:
            self._told = time.monotonic()
            seconds = self._told - self._began
            print(_say("progress_of_households", antal=self._households, sekunder=seconds), file=sys.stderr)


def _part(first: int) -> Effect:
    [work] = _WORK
    found = Effect()
    for population in work.populations(first):
        found.plus(effect(work.before, work.after, population))
    return found
