"""``lagrum norms``: show a month's amounts, and check whether amounts are plausible."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from decision_service.application.fields import month_of
from decision_service.reading.strict_json import InputError
from norms import load, plausibility, show
from norms.fault import MisfitError
from norms.month import Month


def run(options: argparse.Namespace) -> int:
    """Show or check."""
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


def _check(options: argparse.Namespace) -> int:
    findings = plausibility.check_file(Path(options.file)) if options.file else plausibility.check()
    for finding in findings:
        print(finding)
    print(f"{len(findings)} fynd." if findings else "Inga fynd.")
    return 2 if findings else 0
