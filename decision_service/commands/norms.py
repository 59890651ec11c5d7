"""``lagrum norms``: show a month's amounts, check whether they are plausible, and write them as DMN."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from decision_service.application.fields import month_of
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms import dmn, load, plausibility, show
from norms.fault import MisfitError, fault
from norms.folder import TABLES
from norms.month import Month

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Show or check, or go by way of DMN."""
    if options.action == "dmn":
        return _dmn(options)
    return _show(options) if options.action == "show" else _check(options)


def _show(options: argparse.Namespace) -> int:
    try:
        month = month_of(options.month) if options.month else Month.of(date.today())
        view = load.load().resolve(month, options.municipality)
    except MisfitError as error:
        raise InputError(error.faults) from error
    if options.json:
        print(json.dumps(show.as_json(view), ensure_ascii=False, indent=2))
    else:
        print(show.render(view))
    return 0


def _dmn(options: argparse.Namespace) -> int:
    """Write every table with keys as DMN, or read one back."""
    try:
        if options.read is not None:
            print(dmn.as_rows(dmn.read(Path(options.read).read_bytes())))
            return 0
        if options.folder is None:
            raise InputError([fault("folder_or_file")])
        month = month_of(options.month) if options.month else Month.of(date.today())
        view = load.load().resolve(month, options.municipality)
    except MisfitError as error:
        raise InputError(error.faults) from error
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for series in view.all_series():
        if series.dimensions:
            about = f"{series.type.title}, {month}. {series.period.citation}."
            place = folder / f"{series.name}.dmn"
            place.write_bytes(dmn.written(dmn.table_of(series), about))
            print(place)
    return 0


def _check(options: argparse.Namespace) -> int:
    place = Path(options.file) if options.file else TABLES
    if place.is_dir():
        inside = (place / "norms/tables", place / "norms", place)
        findings = plausibility.check(next(each for each in inside if each.is_dir()))
    else:
        findings = plausibility.check_file(place)
    for finding in findings:
        print(finding)
    print(_say("findings", antal=len(findings)) if findings else _say("no_findings"))
    return 2 if findings else 0
