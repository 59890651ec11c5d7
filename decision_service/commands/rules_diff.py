"""``lagrum rules diff``: what two releases say differently, in words or as JSON."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from decision_service.application.fields import month_of
from decision_service.log import releases
from decision_service.log.database import open_for_reading
from decision_service.reading.strict_json import InputError
from norms.fault import MisfitError, fault
from norms.month import Month
from rules import kept
from rules.book import Rulebook
from rules.difference.compare import ReleaseDifference, difference
from rules.difference.words import lines
from rules.folders import load_folder

SHIPPED = "inbyggda"
"""Said instead of a folder: the rules that come with the program."""


class _Reasoned(ReleaseDifference):
    reason: str | None


def run(options: argparse.Namespace) -> int:
    """Say the difference. 1: it corrects what has been, and no reason is given."""
    try:
        month = month_of(options.month) if options.month else Month.of(date.today())
        before, after = (book_named(name, options.database) for name in (options.before, options.after))
    except MisfitError as error:
        raise InputError(error.faults) from error
    found = difference(before, after, month)
    if options.json:
        print(_Reasoned(**dict(found), reason=options.reason).model_dump_json(indent=2))
    else:
        for line in lines(found, after.norms.municipalities, options.reason):
            print(line)
    return 1 if found.corrections and not options.reason else 0


def book_named(name: str, database: str | None) -> Rulebook:
    """The rulebook of a folder, of a release that a database keeps, or the shipped one."""
    if name == SHIPPED:
        return kept.load()
    if database is not None and not Path(name).is_dir():
        return _kept(name, database)
    return load_folder(Path(name))


def _kept(name: str, database: str) -> Rulebook:
    files = releases.KeptFiles(open_for_reading(database))
    found = [release for release in files if release.startswith(name)]
    if len(found) != 1:
        raise InputError([fault("not_one_release", found=name, count=len(found))])
    return releases.book_from(files[found[0]], found[0])
