"""The demonstration: a made-up municipality with made-up people, and their applications already decided.

Made from the example cases, once, in an empty database: their people get numbers, their registers become
files, their plans and earlier months are known, and then they apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session, select

from decision_service.application.case_file import CaseFile
from decision_service.casework import delivery, knowledge
from decision_service.casework.examine import examine
from decision_service.casework.office import Office
from decision_service.casework.receive import receive
from decision_service.commands import example_applicants
from decision_service.installation.municipality import RegisterFiles
from decision_service.installation.settings import Settings
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body, read_json
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers.ssbtek import agencies_about
from decision_service.service import open_service, utc_now
from decision_service.store.address import reached
from decision_service.store.database import open_engine, transaction
from decision_service.store.tables import ApplicationRow
from norms.month import Month

CASES = Path(__file__).parents[2] / "examples" / "cases"
TENANT = "9999"
DECIDED = (
    "ensam-bifall",
    "par-bifall",
    "ensam-delavslag-el",
    "par-delavslag-internet",
    "ensam-avslag-overskott",
)
"""Cases that the machine decides by itself: they have applied when the case says."""
OPEN = ("forsta-ansokan", "hyra-over-grans", "lakarintyg-saknas")
"""Cases that wait for a person or for the applicant: they apply now, for this month."""

Json = dict[str, Any]


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


def prepare(settings: Settings) -> None:
    """Fill an empty database. Does nothing in one that has applications, or without the example cases."""
    asked = settings.read_installation().municipalities[TENANT].registers
    assert isinstance(asked, RegisterFiles)  # as the demonstration's own file says
    registers = asked.folder
    registers.mkdir(parents=True, exist_ok=True)
    if _begun(settings) or not CASES.is_dir():
        return
    decided = [_case(name) for name in DECIDED]
    clock = _Clock(min(utc_now(), *(case.received_at for case, _ in decided)))
    service = open_service(settings, clock)
    office = service.office
    numbers = _numbers()
    try:
        for case, raw in decided:
            clock.now = min(utc_now(), max(clock.now, case.received_at))
            _apply(office, registers, raw, numbers, None)
        while delivery.deliver(office):
            pass
        clock.now = utc_now()
        for name in OPEN:
            _apply(office, registers, _case(name)[1], numbers, Month.of(swedish_day(clock.now)))
        example_applicants.prepare(office, TENANT, registers, ready(settings))
    finally:
        service.stop()


def ready(settings: Settings) -> Path:
    """The folder of the applications that are ready to be sent."""
    return settings.issuer_folder / "ansökningar"


def _begun(settings: Settings) -> bool:
    engine = open_engine(settings.database_address)
    try:
        with reached(engine.url):
            if not inspect(engine).has_table("application"):
                return False
            with Session(engine) as session:
                return session.exec(select(ApplicationRow.id)).first() is not None
    finally:
        engine.dispose()


def _case(name: str) -> tuple[CaseFile, Json]:
    raw: Json = read_json((CASES / f"{name}.json").read_bytes())
    return validated(CaseFile, raw), raw


def _apply(
    office: Office, registers: Path, raw: Json, numbers: Callable[[str], str], month: Month | None
) -> None:
    """Let the people of a case apply, with everything that is known of them."""
    people = [{**one, "personal_number": numbers(one["born"])} for one in raw["people"] if "born" in one]
    known = {one["id"]: one["personal_number"] for one in people}
    applicant = next(one for one in people if one["role"] == "APPLICANT")
    for id_, number in known.items():
        answers = agencies_about(raw["registers"], id_, applicant=id_ == applicant["id"])
        if answers:
            path = registers / f"{number}.json"
            path.write_text(json.dumps(answers, ensure_ascii=False, default=str), "utf-8")
    form = dict(raw["application"])
    if month is not None:
        form |= {"periodMonth": month.number, "periodYear": month.year}
    content = {"schema": "ansokan/1", "application": form, "people": people}
    with transaction(office.engine) as session:
        for activity in raw.get("activity", []):
            document = {name: activity[name] for name in ("plan", "sessions") if name in activity}
            number = known[activity["person"]]
            knowledge.set_activity(office, session, TENANT, number, document, "demonstration", None)
        months = [_with_numbers(one, known) for one in raw.get("history", [])]
        number = applicant["personal_number"]
        knowledge.import_history(
            office,
            session,
            TENANT,
            number,
            months,
            "demonstration",
            complete=raw.get("history_complete", False),
        )
        body = json.dumps(content, ensure_ascii=False, default=str).encode()
        row = receive(office, session, TENANT, "ansokan/1", Body.of(body), client="demonstration")
    examine(office, TENANT, row.id)


def _with_numbers(month: Json, known: Mapping[str, str]) -> Json:
    found = dict(month)
    if "people" in month:
        found["people"] = [known.get(id_, id_) for id_ in month["people"]]
    if "children_own_income" in month:
        own = month["children_own_income"]
        found["children_own_income"] = {known.get(id_, id_): amount for id_, amount in own.items()}
    return found


def _numbers() -> Callable[[str], str]:
    """Made-up personal numbers: serials from 990 up, which nobody is given and no example application has."""
    given: dict[str, int] = {}

    def number(born: str) -> str:
        given[born] = given.get(born, 989) + 1
        nine = f"{born.replace('-', '')[2:]}{given[born]}"
        doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
        check = -sum(value // 10 + value % 10 for value in doubled) % 10
        return f"{born[:2]}{nine}{check}"

    return number
