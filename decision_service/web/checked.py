"""The reviewer's two buttons: check what a case's record proves, and assess it again; in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session

from audit import replay
from audit.errors import VaultError
from audit.reading import what as what_happened
from audit.trail import read_case
from audit.verify import BROKEN, Report, WrongError, check_zip, read_key
from decision_service.api.routes.decisions import exported_case
from decision_service.casework.chain import chain
from decision_service.casework.letters import kept_letters
from decision_service.log.published import published_log
from decision_service.reading.said import said_in
from decision_service.service import Service
from decision_service.store.tables import ApplicationRow
from decision_service.web.render import moment

_say = said_in(__file__)


class _OnPage(Report):
    """Names entries by what happened and Swedish time, where the program that strangers run has their types
    and UTC; the case is the page's."""

    def say(self, kind: str, value: str) -> str:
        """As people who read pages know it."""
        match kind:
            case "time":
                return moment(value)
            case "type":
                return what_happened(value).lower()
            case _:
                return _say("the_case")


def checked(service: Service, session: Session, row: ApplicationRow) -> Report:
    """What a stranger with the exported case, the letter and the public key would find.

    The same program that goes with the export checks the proofs, the log's signature, the readable trail, and
    every word of the letter.
    """
    report, content = _OnPage(), exported_case(service, session, row)
    kept = [
        one
        for each in chain(session, row.tenant, row.id)
        if each.letter is not None
        for one in kept_letters(each.letter)
    ]
    try:
        keys = [read_key(each) for each in published_log(service.office.engine, row.tenant).keys]
        check_zip(report, content, keys, [one["text"] for one in kept])
    except WrongError as error:
        report.add(False, "", str(error))
    except BROKEN as error:
        report.add(False, "", _say("cannot_be_read", fel=error))
    return report


def assessed_again(service: Service, session: Session, row: ApplicationRow) -> Iterator[tuple[str, str]]:
    """Every assessment of a case made again: OK, FEL or OBS, and what it is about."""

    def evaluate(release: str, inputs: Any) -> dict[str, Any]:
        case_file = json.dumps(inputs, ensure_ascii=False).encode()
        found = service.evaluators_of(release).assess(case_file)
        return found.assessment.model_dump(mode="json", by_alias=True)

    for entry in read_case(session.connection(), service.office.keys, row.tenant, row.id):
        if entry.entry["type"] != "assessment":
            continue
        name = _say("assessment", nummer=entry.entry["body"].get("number", ""))
        try:
            found = replay.replay(entry, evaluate)
        except VaultError as error:
            yield "OBS", f"{name}: {error}"
            continue
        if found is None:
            yield "OK", _say("assessed_the_same", prövning=name)
        else:
            yield "FEL", f"{name}: {found}"
