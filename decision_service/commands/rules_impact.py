"""``lagrum rules impact``: assess recorded cases again under other rules, and say what becomes of them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from audit import EntryKind, FileKeyStore, tables
from audit.database import read_only
from audit.errors import VaultError
from decision_service.application.fields import month_of
from decision_service.commands.audit import key_folder
from decision_service.commands.rules_diff import book_named
from decision_service.commands.split_off import in_order
from decision_service.impact.again import Again, Assessors
from decision_service.impact.recorded import Recorded, recorded
from decision_service.impact.summary import Summary
from decision_service.log import releases
from decision_service.log.database import municipality, open_for_reading
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.fault import MisfitError, fault
from rules.book import Rulebook

_say = said_in(__file__)

_EACH = 10
"""Seconds between two lines of progress."""


def run(options: argparse.Namespace) -> int:
    """Assess again and tell. What an earlier run has written of the same is not done twice."""
    try:
        months = frozenset(str(month_of(each)) for each in options.month)
        after = book_named(options.after, options.database)
    except MisfitError as error:
        raise InputError(error.faults) from error
    keys, engine = key_folder(options.keys), open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    summary = Summary()
    head = {"release": after.release, "tenant": tenant, "months": sorted(months)}
    kept = _Kept(Path(options.out) if options.out else None, head)
    for one in kept.found:
        summary.add(one)
    done = frozenset(one.case for one in kept.found)
    if done:
        print(_say("assessed_before", antal=len(done), fil=options.out), file=sys.stderr)
    closed = _again(engine, keys, tenant, months, done, after, options.processes, summary, kept)
    if options.json:
        told = {**head, **summary.as_json(), "closed": closed}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print("\n".join(summary.lines()))
    if closed:
        print(_say("not_with", antal=closed))
    return 0


class _Kept:
    """The file that a run writes a line into for every case, so that it can be gone on with."""

    def __init__(self, path: Path | None, head: dict[str, Any]) -> None:
        """Raises InputError when the file is of another run."""
        self._path = path
        self.found: list[Again] = []
        if path is None:
            return
        whole = path.read_text("utf-8") if path.exists() else ""
        lines = whole[: whole.rfind("\n") + 1].splitlines()  # a line that was not finished is done again
        try:
            first, *rest = [json.loads(line) for line in lines] or [head]
        except ValueError as error:
            raise InputError([fault("not_this_impact", file=str(path))]) from error
        if first != head:
            raise InputError([fault("not_this_impact", file=str(path))])
        self.found = [Again.read(json.dumps(each)) for each in rest]
        path.write_text("".join(f"{_line(each)}\n" for each in (head, *rest)), "utf-8")

    def keep(self, one: Again) -> None:
        """Write what came of a case."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{_line(asdict(one))}\n")


def _line(one: dict[str, Any]) -> str:
    return json.dumps(one, ensure_ascii=False)


# --- the recorded cases


def _recorded(
    engine: Engine, keys: FileKeyStore, tenant: str, months: frozenset[str], done: frozenset[str]
) -> Iterator[Recorded | None]:
    """Every case with an assessment, of some months or of all; None for one whose inputs are destroyed."""
    with read_only(engine) as connection:
        for case in _assessed(connection, tenant):
            if case in done:
                continue
            try:
                found = recorded(connection, keys, tenant, case)
            except VaultError:
                yield None
                continue
            if not months or found.month in months:
                yield found


def _assessed(connection: Connection, tenant: str) -> list[str]:
    entry = tables.entry.c
    query = select(entry.case_id).where(entry.tenant == tenant, entry.type == EntryKind.ASSESSMENT.value)
    return sorted(connection.scalars(query.distinct()))


# --- many at once

_WORK: list[Assessors] = []


def _again(
    engine: Engine,
    keys: FileKeyStore,
    tenant: str,
    months: frozenset[str],
    done: frozenset[str],
    after: Rulebook,
    processes: int,
    summary: Summary,
    kept: _Kept,
) -> int:
    """Assess what is left; how many could not be."""
    files = releases.KeptFiles(engine)

    @cache
    def book_of(release: str) -> Rulebook:
        return releases.book_from(files[release], release)

    with read_only(engine) as connection:
        there = releases.kept(connection)
    for release in there:
        book_of(release)
    _WORK[:] = [Assessors(after, book_of)]
    closed, told = 0, time.monotonic()
    engine.dispose()  # no process that is split off shares a connection
    cases = _recorded(engine, keys, tenant, months, done)
    for one in in_order(_one, _with_files(cases, there), processes, together=8):
        if one is None:
            closed += 1
            continue
        summary.add(one)
        kept.keep(one)
        if time.monotonic() - told > _EACH:
            told = time.monotonic()
            print(_say("progress_of_cases", antal=summary.cases, ändrade=summary.moved), file=sys.stderr)
    return closed


def _with_files(cases: Iterator[Recorded | None], there: set[str]) -> Iterator[Recorded | None]:
    return (one if one is not None and one.release in there else None for one in cases)


def _one(case: Recorded | None) -> Again | None:
    return None if case is None else _WORK[0].again(case)
