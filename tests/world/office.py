"""A whole office to test on: real database, log, keys and evaluators; clock, registers and exits scripted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, func, text
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

import audit
from audit import tables as audit_tables
from decision_service.casework import deciding, handlaggare, outbox
from decision_service.casework.applicant import complete
from decision_service.casework.assessments import standing
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.examine import examine
from decision_service.casework.knowledge import activity, import_history, set_activity
from decision_service.casework.office import Office
from decision_service.casework.receive import receive
from decision_service.casework.staff import note_staff
from decision_service.evaluation import Evaluators
from decision_service.installation.configuration import Installation
from decision_service.log import journal, releases, vouched
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Body
from decision_service.registers.port import Answers, checked, missing
from decision_service.store.database import migrate, open_engine, transaction
from decision_service.store.sealed import use_keys
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    DecisionRow,
    MessageRow,
    TaskRow,
)
from norms.month import Month
from tests.world.cases import raw
from tests.world.database import done_with, new_database
from tests.world.deciding import own_decision
from tests.world.installation import raising_alone
from tests.world.law import book
from tests.world.people import OCTOBER, TENANT, Form, application, personal_number

Json = dict[str, Any]
START = datetime(2026, 9, 28, 8, 12, tzinfo=UTC)
PERSON = "h-17"
SECOND = "h-18"
SECRET = b"a secret only for tests"


@cache
def shared_evaluators() -> Evaluators:
    """Two children for every test of a session; they end with it. The second is begun by the first test that
    needs two at once."""
    return Evaluators(releases.files_of(book()), 2)


@dataclass
class ScriptedRegisters:
    """Every register answers about everybody that there is nothing; ``script`` says otherwise of a person."""

    script: dict[str, Callable[[str, Month], Answers]] = field(default_factory=dict)
    before: Callable[[str], None] = lambda number: None

    def ask(self, number: str, month: Month, reference: str) -> Answers:
        self.before(number)
        if number in self.script:
            return self.script[number](number, month)
        return all_clear(number, month)


def all_clear(number: str, month: Month) -> Answers:
    """Everybody has answered, nobody has paid anything, and the job-seeker has reported."""
    agencies = raw("ensam-bifall")["registers"]
    earlier = month.first - timedelta(days=20)
    info = agencies["af"]["Svar"]["ArbetssokandeInfo"]
    info["AktivetetsRapportDatum"]["SenasteAktivitetsRapportDatum"] = f"{earlier:%Y-%m-01}"
    return checked(agencies, number)


def paying(
    *payments: tuple[str, int], benefit: tuple[str, str] = ("SJP", "Sjukpenning")
) -> Callable[[str, Month], Answers]:
    """Försäkringskassan has paid a benefit on these days, kronor."""

    def answer(number: str, month: Month) -> Answers:
        agencies = json.loads(json.dumps(all_clear(number, month).agencies))
        agencies["fk"]["formansinformation"]["utbetalningsuppgift"] = [
            {
                "typ": {"id": 1, "beskrivning": "Månad"},
                "formansfamilj": {"id": benefit[0], "beskrivning": benefit[1]},
                "datum": day,
                "period": {"fran": day[:7], "till": day[:7]},
                "nettobelopp": {"summa": net, "valuta": "SEK"},
            }
            for day, net in payments
        ]
        return checked(agencies, number)

    return answer


def silent(number: str, month: Month) -> Answers:
    """Nobody has answered."""
    return missing("Ingen svarar.")


@dataclass
class Recorder:
    """A way out that keeps what it gets; ``refuse`` says how often it fails first."""

    got: list[Message] = field(default_factory=list)
    refuse: int = 0
    receiver: str = "recorder"

    def deliver(self, message: Message) -> None:
        if self.refuse:
            self.refuse -= 1
            raise DeliveryError("Mottagaren svarar inte.", retry=True)
        self.got.append(message)


@dataclass
class SetClock:
    """A clock that goes when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class World:
    """The office, and short words for what happens in it."""

    office: Office
    clock: SetClock
    registers: ScriptedRegisters
    recorder: Recorder
    keys: audit.FileKeyStore
    public: Mapping[str, str]

    @property
    def engine(self) -> Engine:
        return self.office.engine

    # --- what the applicant does

    def receive(self, content: Json | bytes, **given: Any) -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        with transaction(self.engine) as session:
            return receive(
                self.office, session, TENANT, "ansokan/1", Body.of(data), client="e-tjänst", **given
            ).id

    def complete(self, application: str, patch: Any) -> ApplicationRow:
        with transaction(self.engine) as session:
            return complete(self.office, session, TENANT, application, _sent(patch))

    def plan(self, person: int, month: Month = OCTOBER) -> None:
        """The person has a plan for jobs that goes on for months, and has followed it."""
        document = raw("ensam-bifall")["activity"][0]
        del document["person"]
        begun, end = f"{month.plus(-1)}-02", f"{month.plus(3)}-28"
        document["plan"] |= {"decided": begun, "first": begun, "last": end}
        number = personal_number(person)
        with transaction(self.engine) as session:
            known = activity(self.office, session, TENANT, number)
            version = None if known is None else known.version
            set_activity(self.office, session, TENANT, number, document, "ame-1", version)

    def imported(self, person: int, month: Month = OCTOBER, **changes: Any) -> None:
        """The person has a plan, and was granted a month before the municipality began here."""
        self.plan(person, month)
        known = {
            "month": str(month),
            "outcome": "BIFALL",
            "amount": 9000,
            "costs": {"RENT": 6000, "ELECTRICITY": 700},
            "marital_status": "SINGLE",
            "people": [personal_number(person)],
            "housing_person_count": 1,
        } | changes
        with transaction(self.engine) as session:
            number = personal_number(person)
            import_history(self.office, session, TENANT, number, [known], "admin-1", complete=True)

    def earning(self, person: int, month: Month = OCTOBER) -> None:
        """The person has had the same pay before."""
        self.imported(person, month, incomes={"SALARY": 16000})

    # --- what the machine does

    def examine(self, application: str) -> ApplicationState:
        examine(self.office, TENANT, application)
        return self.state(application)

    def apply(self, content: Json) -> str:
        """Receive and examine."""
        application = self.receive(content)
        self.examine(application)
        return application

    # --- what people do

    def act(self, step: Callable[..., ApplicationRow], application: str, *given: Any, **named: Any) -> Any:
        """A step of ``work`` by ``who`` on the version that is there now."""
        who = named.pop("who", PERSON)
        version = named.pop("version", None) or self.row(application).version
        with transaction(self.engine) as session:
            note_staff(self.office, session, TENANT, who, f"Maj Berg {who[2:]}", "socialsekreterare")
            return step(self.office, session, TENANT, application, who, version, *given, **named)

    def claim(self, application: str, who: str = PERSON) -> None:
        self.act(handlaggare.claim, application, who=who)

    def decide(
        self,
        application: str,
        outcome: str = "BIFALL",
        granted: int = 900_000,
        reason: str = "Behovet är visat.",
        who: str = PERSON,
        version: int | None = None,
    ) -> None:
        """A person's decision; ``granted`` in öre, with the lines that lead there."""
        with transaction(self.engine) as session:
            row = session.get_one(ApplicationRow, (TENANT, application))
            form, found = json.loads(row.content)["application"], standing(session, row)
        number = found.number if found is not None else None
        calculation = found.document.calculation.model_dump(mode="json") if found is not None else None
        said = own_decision(number, calculation, form, outcome, granted, reason)
        self.say(application, said, who, version)

    def say(self, application: str, said: Json, who: str = PERSON, version: int | None = None) -> None:
        """A person's decision, as it is written."""
        self.act(deciding.decide, application, validated(PersonsDecision, said), who=who, version=version)

    def known(self, person: int, month: Month = OCTOBER, form: Form | None = None) -> str:
        """Somebody with a plan whom a person has granted a month."""
        self.plan(person, month)
        application_id = self.apply((form or application)(person, month))
        self.claim(application_id)
        self.decide(application_id)
        return application_id

    # --- what there is to see

    def row(self, application: str) -> ApplicationRow:
        with transaction(self.engine) as session:
            return session.get_one(ApplicationRow, (TENANT, application))

    def state(self, application: str) -> ApplicationState:
        return ApplicationState(self.row(application).state)

    def reasons(self, application: str) -> list[str]:
        """The codes of what a person is asked."""
        with transaction(self.engine) as session:
            task = session.get_one(TaskRow, (TENANT, application))
            return [each["code"] for each in json.loads(task.reasons)]

    def decision(self, application: str) -> DecisionRow | None:
        with transaction(self.engine) as session:
            return session.get(DecisionRow, (TENANT, application))

    def messages(self, application: str) -> list[str]:
        """The kinds of what has been put in the outbox about an application, beside the letters that only say
        who has it."""
        query = select(MessageRow.kind).where(
            MessageRow.application_id == application,
            col(MessageRow.kind).not_in((outbox.RECEIPT, outbox.HANDED_OVER)),
        )
        with transaction(self.engine) as session:
            return sorted(session.exec(query).all())

    def trail(self, application: str) -> list[tuple[str, Any]]:
        """Each entry of the log about an application: its kind, and which event or action it tells of."""
        entry = audit_tables.entry.c
        query = sql_select(entry.body).where(entry.case_id == application).order_by(entry.seq)
        found = []
        with self.engine.connect() as connection:
            for body in connection.execute(query).scalars():
                leaf = json.loads(body)
                inner = leaf.get("body", {})
                words = ("event", "action", "cause", "outcome", "passed")
                found.append((leaf["type"], next((inner[word] for word in words if word in inner), None)))
        return found

    def whole(self) -> None:
        """The log verifies, personal values included, up to a checkpoint made now."""
        self.office.log.checkpoint(self.engine, TENANT)
        report = audit.verify_database(self.engine, self.public, vault=self.keys, source=vouched.source)
        assert report.ok, str(report)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of casework and log: to see whether anything has changed."""
        with self.engine.connect() as connection:
            return {
                name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}")).all()), key=str)
                for name in TABLES
            }


TABLES = (
    "application",
    "assessment",
    "decision",
    "completion",
    "task",
    "message",
    "audit_entry",
    "audit_vault",
    "audit_case",
    "audit_head",
)


def new_world(url: URL, folder: Path, evaluators: Evaluators) -> World:
    """An office on an empty database: tables, log, keys and the rules published."""
    engine = open_engine(url.render_as_string(hide_password=False))
    return world_on(engine, folder, evaluators, _begun(engine, folder))


@dataclass(frozen=True)
class Unused:
    """An office where nothing has happened, for others to be made like it: a database that nobody has open,
    the folder with its keys, and the public ones."""

    url: URL
    folder: Path
    public: Mapping[str, str]


def unused(url: URL, folder: Path) -> Unused:
    """The same as a new one, left as it is."""
    engine = open_engine(url.render_as_string(hide_password=False))
    public = _begun(engine, folder)
    done_with(engine)
    return Unused(url, folder, public)


@contextmanager
def world_like(unused: Unused, server: URL | None, folder: Path) -> Iterator[World]:
    """An office of its own that is a copy: to begin one takes ten times as long."""
    with new_database(server, folder, unused.url) as url:
        shutil.copytree(unused.folder / "keys", folder / "keys")
        engine = open_engine(url.render_as_string(hide_password=False))
        yield world_on(engine, folder, shared_evaluators(), unused.public)
        done_with(engine)


def _begun(engine: Engine, folder: Path) -> Mapping[str, str]:
    """Tables, log, keys and the rules; the public keys of the log."""
    migrate(engine)
    log = journal.open_log(audit.FileKeyStore(folder / "keys"))
    with engine.begin() as connection:
        public = log.create(connection, TENANT, "lagrum.example", START)
        releases.publish(log, connection, TENANT, book(), START)
    return {TENANT: public}


def world_on(engine: Engine, folder: Path, evaluators: Evaluators, public: Mapping[str, str]) -> World:
    """An office on a database that is ready."""
    keys = audit.FileKeyStore(folder / "keys")
    use_keys(engine, keys)
    clock, registers, recorder = SetClock(), ScriptedRegisters(), Recorder()
    office = Office(
        engine=engine,
        log=journal.open_log(keys),
        keys=keys,
        installation=raising_alone(Installation.demonstration(folder)),
        book=book(),
        evaluators=evaluators,
        registers={TENANT: registers},
        channels={TENANT: (recorder,)},
        clock=clock,
        secret=SECRET,
    )
    return World(office, clock, registers, recorder, keys, public)


def count(session: Session, model: Any, *conditions: Any) -> int:
    """How many rows there are."""
    return session.exec(select(func.count()).select_from(model).where(*conditions)).one()


def _sent(content: Any) -> Body:
    """What a client sends, as it is received."""
    return Body.of(content if isinstance(content, bytes) else json.dumps(content).encode())
