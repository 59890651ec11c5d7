"""The whole service for tests: real database, tokens, registers in files, evaluators, and a server at a port.

Work in the background is done when the test says so (``settle``), so that nothing depends on time. Nobody
shares a client or a person with another test: ``eservice()`` and ``person()`` give new ones.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr
from sqlalchemy import URL, true, update
from sqlmodel import col

from audit import trail
from decision_service.access.roles import Role
from decision_service.access.tokens import Tokens
from decision_service.api.app import ROUTERS, app_of
from decision_service.api.problems import MEDIA_TYPE, PROBLEMS
from decision_service.api.server import configured
from decision_service.casework import delivery, sweeps
from decision_service.casework.examine import examine
from decision_service.evaluation import Evaluators
from decision_service.installation.municipality import Neighbour
from decision_service.installation.settings import Settings
from decision_service.log import releases
from decision_service.operations.metrics import Metrics
from decision_service.operations.readings import SWEEPS
from decision_service.outputs import WebhookChannel
from decision_service.service import Service, open_service
from decision_service.store.tables import ApplicationRow
from decision_service.web.site import add_pages
from examples.klient import Client, HandlaggareClient
from norms.month import Month
from rules.book import Rulebook
from tests.world.cases import raw
from tests.world.client import HANDLING, NUMBERS, REVIEW, User
from tests.world.database import done_with
from tests.world.description import Form
from tests.world.installation import INSTALLATION
from tests.world.issuers import public, signing_key
from tests.world.office import SetClock, shared_evaluators
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, personal_number
from tests.world.reckoning import ReckonedHere

Json = dict[str, Any]
PUBLIC_URL = "https://lagrum.example.se"
APPLICATIONS = f"/v1/{TENANT}/applications"
START = datetime(2026, 10, 28, 8, 12, tzinfo=UTC)
_people = itertools.count(1)


@dataclass
class Whole:
    """The service, its server, and short words for what happens."""

    service: Service
    clock: SetClock
    folder: Path
    url: URL
    http: httpx.Client = field(init=False)
    form: Form = field(init=False)
    app: FastAPI = field(init=False)
    description: Json = field(init=False)

    def user(self, *roles: Role, tenant: str = TENANT, **given: str) -> User:
        """Somebody new with these roles."""
        number = next(NUMBERS)
        person = Role.ESERVICE not in roles
        default = {
            "subject": f"{roles[0].value}-{number}",
            "client": f"klient-{number}",
            "purpose": HANDLING if person else "",
        }
        return User(self.http, self.clock, self.settle, roles, tenant, tenant, **(default | given))

    def eservice(self, tenant: str = TENANT) -> User:
        """A new e-service."""
        return self.user(Role.ESERVICE, tenant=tenant)

    def handlaggare(self, tenant: str = TENANT) -> User:
        """A new handläggare."""
        return self.user(Role.HANDLAGGARE, tenant=tenant)

    def jurist(self, tenant: str = TENANT) -> User:
        """A new legal reviewer."""
        return self.user(Role.JURIST, tenant=tenant, purpose=REVIEW)

    def person(self) -> int:
        """Somebody nobody has heard of."""
        return next(_people)

    def known(self, tenant: str = TENANT, **month: Any) -> int:
        """Somebody with a plan, a granted month before, and registers that have nothing to say."""
        person = self.person()
        self.plan(person, tenant)
        self.import_month(person, tenant, **month)
        self.registers(person)
        return person

    def plan(self, person: int, tenant: str = TENANT) -> httpx.Response:
        """The person's plan for jobs, as a handläggare reports it."""
        document = raw("ensam-bifall")["activity"][0]
        del document["person"]
        document["plan"] |= {"decided": "2026-09-02", "first": "2026-09-02", "last": "2026-12-28"}
        body = {"personal_number": personal_number(person), **document}
        reporter = self.user(Role.HANDLAGGARE, Role.PROTECTED, tenant=tenant)
        answer = reporter.ask("PUT", "/activity", body)
        assert answer.status_code == 200, answer.text
        return answer

    def import_month(self, person: int, tenant: str = TENANT, **changes: Any) -> None:
        """The person was granted October before the municipality began here."""
        month = {
            "month": "2026-10",
            "outcome": "BIFALL",
            "amount": 9000,
            "costs": {"RENT": 6000, "ELECTRICITY": 700},
            "marital_status": "SINGLE",
            "people": [personal_number(person)],
            "housing_person_count": 1,
        }
        body = {"personal_number": personal_number(person), "months": [month | changes], "complete": True}
        answer = self.user(Role.ADMIN, tenant=tenant).post("/history", body)
        assert answer.status_code == 202, answer.text
        word = f"/history/{answer.json()['id']}/approval"
        answer = self.user(Role.CHEF, tenant=tenant).post(word, {"agrees": True})
        assert answer.status_code == 200, answer.text

    def registers(self, person: int, month: Month = OCTOBER, **agencies: Any) -> None:
        """Every register answers about the person that there is nothing, but for these."""
        found = raw("ensam-bifall")["registers"] | agencies
        info = found["af"]["Svar"]["ArbetssokandeInfo"]
        info["AktivetetsRapportDatum"]["SenasteAktivitetsRapportDatum"] = f"{month}-10"
        path = self.folder / "register" / f"{personal_number(person)}.json"
        path.write_text(json.dumps(found), "utf-8")

    def settle(self) -> None:
        """Do all the work that waits: examine, warn, remind, deliver."""
        office = self.service.office
        while found := sweeps.due(office):
            for tenant, waiting in found:
                examine(office, tenant, waiting)
        sweeps.late(office)
        sweeps.unanswered(office)
        while delivery.deliver(office):
            pass

    def swept(self) -> None:
        """Every sweep has run just now, as far as readiness knows."""
        for name in SWEEPS:
            sweeps.note_run(self.service.office, name)

    def public_key(self, tenant: str = TENANT) -> str:
        """The public key of a municipality's log, as its first entry has it."""
        with self.service.office.engine.connect() as connection:
            return str(trail.read_leaves(connection, tenant, None)[0].entry["body"]["key"])

    def delivered(self, found: str) -> dict[str, Json]:
        """What has left the service about an application: by its kind."""
        paths = sorted((self.folder / "ut").glob(f"*/{found}.*.json"))
        messages = [json.loads(path.read_bytes()) for path in paths]
        return {message["kind"]: message for message in messages}


def decided_by_machine(whole: Whole, sender: User | None = None) -> tuple[str, int]:
    """An application that the machine has granted, and whose it is."""
    person = whole.known()
    return (sender or whole.eservice()).apply(application(person, NOVEMBER)), person


def with_a_person(whole: Whole, sender: User | None = None) -> tuple[str, int]:
    """An application that waits for a person: nobody has heard of the applicant before."""
    person = whole.person()
    sender = sender or whole.eservice()
    return sender.apply(application(person, NOVEMBER)), person


@contextmanager
def hidden(whole: Whole, *cases: str) -> Iterator[None]:
    """For a while some cases are those of protected people; all of them where none is named."""
    mark = update(ApplicationRow).where(col(ApplicationRow.id).in_(cases) if cases else true())
    with whole.service.office.engine.begin() as connection:
        connection.execute(mark.values(protected=True))
    try:
        yield
    finally:
        with whole.service.office.engine.begin() as connection:
            connection.execute(mark.values(protected=False))


def trusts(one: Whole, other: Whole) -> None:
    """The setting ``vittne`` of one municipality, as read from the installation."""
    neighbour = Neighbour.model_construct(
        url=f"{str(other.http.base_url).rstrip('/')}/witness",
        log=other.public_key(),
        key=other.http.get("/witness/key").text.strip(),
    )
    office = one.service.office
    municipality = office.municipality(TENANT).model_copy(update={"neighbour": neighbour})
    installation = office.installation.model_copy(
        update={"municipalities": {**office.installation.municipalities, TENANT: municipality}}
    )
    one.service.office = replace(office, installation=installation)


_ENDING: list[threading.Thread] = []
"""Servers that have been told to end. Each takes a tenth of a second, which the next test need not wait."""


def wait_for_servers() -> None:
    """Until those that were told to end have ended, and have nothing more to say in the log."""
    while _ENDING:
        _ENDING.pop().join()


os.register_at_fork(before=wait_for_servers)
atexit.register(wait_for_servers)


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[httpx.Client]:
    """A client of a real server that serves the app, at a port that is free where none is said."""
    server = uvicorn.Server(configured(app, host="127.0.0.1", port=port, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
        assert thread.is_alive(), "The server did not start."
    at = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{at}", timeout=30) as client:
        yield client
    server.should_exit = True
    _ENDING.append(thread)
    if port:  # somebody else may want it
        wait_for_servers()


@contextmanager
def running(
    url: URL,
    folder: Path,
    *,
    works: bool = False,
    book: Rulebook | None = None,
    public_url: str = PUBLIC_URL,
    installation: str = INSTALLATION,
    port: int = 0,
) -> Iterator[Whole]:
    """The service on a database. ``works``: its own threads do the work that waits. ``book``: it decides by
    other rules than those there are."""
    (folder / "register").mkdir(parents=True, exist_ok=True)
    jwks = {"keys": [public(signing_key(), "k1", use="sig", alg="EdDSA")]}
    (folder / "jwks.json").write_text(json.dumps(jwks), "utf-8")
    (folder / "installation.yaml").write_text(installation, "utf-8")
    clock = SetClock(START)
    settings = Settings(
        database_url=SecretStr(url.render_as_string(hide_password=False)),
        keys=folder / "keys",
        installation=folder / "installation.yaml",
        public_url=public_url,
        rate_per_address=0,
        rate_per_client=0,
        rate_of_estimates=0,
    )
    service = open_service(settings, clock)
    # Receivers of the tests listen on this machine; children that evaluate are shared by all tests.
    hook = partial(WebhookChannel, allow_private=True)
    service.office = replace(service.office, hook=hook, evaluators=shared_evaluators())
    service.reckoner = ReckonedHere()
    if book is not None:
        decide_by(service, book)
    whole = Whole(service, clock, folder, url)
    try:
        if works:
            service.start()
        app = app_of(service, works=False)
        add_pages(app)
        whole.app, whole.form = app, _form(app, public_url)
        whole.description = app.openapi_schema = whole.form.description
        with served(app, port) as client:
            client.event_hooks = {"response": [whole.form.check]}
            whole.http = client
            yield whole
    finally:
        service.rest()
        for earlier in service._earlier.values():
            earlier.close()
        if book is not None:
            service.office.evaluators.close()
        done_with(service.office.engine)


_FORMS: dict[str, Form] = {}


def _form(app: FastAPI, public_url: str) -> Form:
    """What the API says of itself at an address: the same for every service, and dear to make."""
    if public_url not in _FORMS:
        _FORMS[public_url] = Form(app.openapi())
    return _FORMS[public_url]


def decide_by(service: Service, book: Rulebook) -> None:
    """Let a service that has not begun decide by a release of its own."""
    office = service.office
    with office.engine.begin() as connection:
        for tenant in office.installation.municipalities:
            releases.publish(office.log, connection, tenant, book, office.clock())
    service.office = replace(office, book=book, evaluators=Evaluators(releases.files_of(book), 1))


def client_of(user: User, **more: Any) -> Client:
    """The client of the examples, speaking as somebody."""
    return Client(str(user.http.base_url), user.tenant, partial(_token_of, user), **more)


def handlaggare_client_of(user: User) -> HandlaggareClient:
    """The same of a handläggare's program."""
    token = partial(_token_of, user)
    return HandlaggareClient(str(user.http.base_url), user.tenant, token, purpose=user.purpose)


def _token_of(user: User) -> str:
    return user.headers()["Authorization"].removeprefix("Bearer ")


@contextmanager
def changed(
    one: Whole,
    *,
    routers: Sequence[APIRouter] = ROUTERS,
    settings: Mapping[str, Any] | None = None,
    tokens: Tokens | None = None,
    **office: Any,
) -> Iterator[httpx.Client]:
    """The same service at a port of its own, with changes: by name those of the office."""
    service = replace(
        one.service,
        settings=one.service.settings.model_copy(update=settings or {}),
        office=replace(one.service.office, **office),
        tokens=tokens or one.service.tokens,
        metrics=Metrics(),
    )
    with served(app_of(service, works=False, routers=routers)) as client:
        yield client


def problem(response: httpx.Response, code: str) -> dict[str, Any]:
    """The problem document of a response, which must be of this type."""
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    found: dict[str, Any] = response.json()
    assert found["type"].removeprefix(PUBLIC_URL) == f"/problem/{code}"
    assert found["status"] == response.status_code == PROBLEMS[code].status
    return found
