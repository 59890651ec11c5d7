"""The demonstration: a made-up municipality with made-up people, and a month of their applications.

Made from the example cases, once, in an empty database: their people get numbers, their registers become
files, their plans and earlier months are known, and then they apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import inspect
from sqlmodel import Session, select

from audit.files import make_own
from decision_service.application.fields import birthday_of
from decision_service.casework import knowledge
from decision_service.casework.examine import examine
from decision_service.casework.office import Office
from decision_service.casework.receive import receive
from decision_service.commands import example_applicants, played_lawmaking
from decision_service.commands.played_month import PlayedMonth, SetClock, begins, moved
from decision_service.commands.played_planning import PlayedPlanning
from decision_service.installation.municipality import RegisterFiles
from decision_service.installation.settings import Settings
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Body, Opaque, read_json
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers.ssbtek import agencies_about
from decision_service.service import open_service, utc_now
from decision_service.store.address import reached
from decision_service.store.database import open_engine, transaction
from decision_service.store.tables import ApplicationRow
from norms.month import Month

_say = said_in(__file__)

CASES = Path(__file__).parents[2] / "examples" / "cases"
TENANT = "9999"
FEW = (
    "ensam-bifall",
    "par-bifall",
    "ensam-delavslag-el",
    "par-delavslag-internet",
    "ensam-avslag-overskott",
)
"""Cases that the machine decides by itself: all that have applied where the demonstration is small."""
AGAIN = ("ensam-avslag-overskott",) * 4 + ("hyra-over-grans",) * 8 + ("forsta-ansokan",) * 4
"""Cases that more than one live through, so that there are figures that tell of nobody."""
OPEN = ("forsta-ansokan", "hyra-over-grans", "lakarintyg-saknas")
"""Cases that wait for a person or for the applicant: they apply now, for this month."""

Json = dict[str, Opaque]


def prepare(settings: Settings, tell: Callable[[str], None] = print) -> None:
    """Fill an empty database, and ``tell`` whoever waits. Does nothing in one that has applications, or
    without the example cases."""
    asked = settings.read_installation().municipalities[TENANT].registers
    assert isinstance(asked, RegisterFiles)  # as the demonstration's own file says
    registers = asked.folder
    make_own(registers)
    if _begun(settings) or not CASES.is_dir():
        return
    end = utc_now()
    clock = SetClock(begins(end))
    service = open_service(settings, clock)
    office, numbers = service.office, _numbers()
    try:
        whole = settings.demonstration_month == "hel"
        cases = list(_every_case()) if whole else [_case(name) for name in FEW]
        tell(_say("playing", antal=len(cases)))

        def apply(case: Json) -> str:
            return _apply(office, registers, case, numbers)

        planning = PlayedPlanning(office, clock, TENANT, numbers, swedish_day(end))
        planning.begin()
        PlayedMonth(office, clock, TENANT, apply, tell, planning.until).play(cases, end)
        planning.check_in()
        clock.to(utc_now())
        now = Month.of(swedish_day(clock.now))
        for name in OPEN:
            apply(moved(_case(name), now))
        for name, number in planning.applying.items():
            # Planned here, so that no other system reports a plan.
            case = moved(_case(name), now) | {"activity": []}
            _apply(office, registers, case, dict.fromkeys([case["people"][0]["born"]], number).__getitem__)
        if whole:
            played_lawmaking.play(office, TENANT, (now.plus(-1), now))
        example_applicants.prepare(office, TENANT, registers, ready(settings))
    finally:
        service.stop()


def _every_case() -> Iterator[Json]:
    """Every example case that can be moved to another month and given to somebody else, in an order that
    mixes what they show."""
    names = sorted((path.stem for path in CASES.glob("*.json")), key=lambda name: name[::-1])
    apart = len(names) // len(AGAIN)
    for number, name in enumerate(AGAIN):
        names.insert(number * (apart + 1), name)
    for case in map(_case, names):
        if "periodYear" in case["application"] and all("born" in one for one in case["people"]):
            yield case


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


def _case(name: str) -> Json:
    raw = read_json((CASES / f"{name}.json").read_bytes())
    found: Json = json.loads(json.dumps(raw, default=str))
    return found


def _apply(office: Office, registers: Path, raw: Json, numbers: Callable[[str], str]) -> str:
    """Let the people of a case apply, with everything that is known of them. Gives the application's id."""
    people = [dict(one) for one in raw["people"]]
    for one in people:
        if "born" in one:
            one["personal_number"] = numbers(one["born"])
            one["born"] = birthday_of(one["personal_number"]).isoformat()
    known = {one["id"]: one["personal_number"] for one in people if "born" in one}
    applicant = next(one for one in people if one["role"] == "APPLICANT")
    for id_, number in known.items():
        answers = agencies_about(raw["registers"], id_, applicant=id_ == applicant["id"])
        if answers:
            path = registers / f"{number}.json"
            path.write_text(json.dumps(answers, ensure_ascii=False), "utf-8")
    content = {"schema": "ansokan/1", "application": raw["application"], "people": people}
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
        body = json.dumps(content, ensure_ascii=False).encode()
        row = receive(office, session, TENANT, "ansokan/1", Body.of(body), client="demonstration")
    examine(office, TENANT, row.id)
    return row.id


def _with_numbers(month: Json, known: Mapping[str, str]) -> Json:
    found = dict(month)
    if "people" in month:
        found["people"] = [known.get(id_, id_) for id_ in month["people"]]
    if "children_own_income" in month:
        own = month["children_own_income"]
        found["children_own_income"] = {known.get(id_, id_): amount for id_, amount in own.items()}
    return found


def _numbers() -> Callable[[str], str]:
    """Made-up personal numbers: serials from 990 up, which nobody is given and no example application has.
    When those of a day are given, of the day before."""
    given: dict[date, int] = {}

    def number(born: str) -> str:
        day = date.fromisoformat(born)
        while given.get(day, 989) == 998:
            day -= timedelta(days=1)
        given[day] = given.get(day, 989) + 1
        nine = f"{day:%y%m%d}{given[day]}"
        doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
        check = -sum(value // 10 + value % 10 for value in doubled) % 10
        return f"{day:%Y%m%d}{given[day]}{check}"

    return number
