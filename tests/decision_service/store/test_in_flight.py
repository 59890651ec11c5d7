"""Applications that were under way in the first version are carried over by starting the service of today:
nothing is lost, all of it verifies, what lay in the outbox goes out, and the work goes on.

Program, tables and log were those of commit bd68b72; ``fixtures/in-flight-0001.tar.xz`` has a database on
SQLite and one on PostgreSQL, each with its keys and its folder for output, and what made them there.
"""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from sqlmodel import col, select

from decision_service.access.roles import Role
from decision_service.casework import outbox
from decision_service.casework.agreement import disagreements
from decision_service.casework.checking import checked_log
from decision_service.outputs.payment import PaymentOrder
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, MessageRow
from tests.world.cases import raw
from tests.world.client import User
from tests.world.database import new_database, pg_dump
from tests.world.installation import FOUR_EYES
from tests.world.people import TENANT
from tests.world.service import Whole, running
from tests.world.visitors import visitor

pytestmark = pytest.mark.slow

KEPT = Path(__file__).with_name("fixtures") / "in-flight-0001.tar.xz"
DECIDED = ("decided", "by_person", "undelivered")
HELD = ("with_person", "claimed")
ASKED = ("waiting", "reminded", "asked")


@dataclass
class Carried:
    """The service of today on the database, and what the first version knew."""

    whole: Whole
    known: dict[str, Any]

    def sender(self, tenant: str = TENANT) -> User:
        given = self.known["client" if tenant == TENANT else "client4"]
        return self.whole.user(Role.ESERVICE, tenant=tenant, **given)

    def state(self, name: str, tenant: str = TENANT) -> str:
        return str(self.sender(tenant).state(self.known[name])["state"])

    def faults(self) -> list[str]:
        """What the service's own check finds: logs, vaults, tables and folders."""
        office, found = self.whole.service.office, list[str]()
        for tenant in (TENANT, FOUR_EYES):
            office.log.checkpoint(office.engine, tenant)
            found += [said for state, said in checked_log(office, tenant, None) if state == "FEL"]
            found += disagreements(office, tenant)
        return found

    def number(self, name: str) -> str:
        with reading(self.whole.service.office.engine) as session:
            content = session.get_one(ApplicationRow, (TENANT, self.known[name])).content
        return str(json.loads(content)["people"][0]["personal_number"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    """Started once for all tests, the first of which lets the work go on."""
    tmp_path = tmp_path_factory.mktemp("carried")
    with tarfile.open(KEPT) as packed:
        packed.extraction_filter = lambda member, _: member  # it is ours
        packed.extractall(tmp_path)
    folder = tmp_path / request.param
    known = json.loads((folder / "in_flight.json").read_bytes())
    if request.param == "sqlite":
        found = carry(URL.create("sqlite", database=str(folder / "lagrum.db")), folder)
        yield from (Carried(whole, known) for whole in found)
        return
    with new_database(request.getfixturevalue("postgresql_server"), tmp_path) as url:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        read = [pg_dump().with_name("psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--file=lagrum.sql", address]
        subprocess.run(read, cwd=folder, check=True, capture_output=True)
        yield from (Carried(whole, known) for whole in carry(url, folder))


def carry(url: URL, folder: Path) -> Iterator[Whole]:
    answers = raw("ensam-bifall")["registers"]
    reported = answers["af"]["Svar"]["ArbetssokandeInfo"]["AktivetetsRapportDatum"]
    reported["SenasteAktivitetsRapportDatum"] = "2026-10-10"
    for path in (folder / "register").iterdir():
        path.write_text(json.dumps(answers), "utf-8")
    with running(url, folder) as whole:
        yield whole


def test_nothing_is_lost_and_the_work_goes_on(carried: Carried) -> None:
    whole, known = carried.whole, carried.known
    assert carried.faults() == []
    sender = carried.sender()
    assert {carried.state(each) for each in DECIDED} == {"beslutad"}
    assert {carried.state(each) for each in HELD} == {"hos_handlaggare"}
    assert {carried.state(each) for each in ASKED} == {"vantar_pa_komplettering"}
    assert carried.state("awaits", FOUR_EYES) == "hos_handlaggare"
    again = sender.send(known["received_body"], key="in-flight")
    assert (again.status_code, again.json()["id"]) == (202, known["received"])
    whole.settle()
    assert carried.state("received") == "beslutad"
    for name in ASKED:
        answer = sender.complete(known[name], {"application": {"hasAssets": False}})
        assert answer.status_code == 202, answer.text
    whole.settle()
    assert {carried.state(each) for each in ASKED} == {"beslutad"}
    with reading(whole.service.office.engine) as session:
        left = session.exec(select(MessageRow.kind).where(col(MessageRow.delivered_at).is_(None))).all()
    assert [*left] == []
    for name in ("received", "undelivered", *ASKED):
        assert {outbox.RECEIPT, outbox.LETTER, outbox.PAYMENT} <= whole.delivered(known[name]).keys()
        order = whole.delivered(known[name])[outbox.PAYMENT]["payload"]
        assert PaymentOrder.of_json(order).payee.name == "Alma", "a bank can have it"
    assert outbox.REQUEST in whole.delivered(known["asked"])
    for name in ("waiting", "reminded"):
        assert outbox.REMINDER in whole.delivered(known[name])
    assert carried.faults() == []


def test_what_was_decided_is_read_as_before(carried: Carried) -> None:
    """A letter of the first version is text, whatever form is asked for."""
    lawyer, worker = carried.whole.jurist(), visitor(carried.whole, Role.HANDLAGGARE, Role.JURIST)
    carried.whole.settle()
    for name in DECIDED:
        case = carried.known[name]
        for what in ("decision", "letter", "proof", "assessments", "trail", "bundle"):
            answer = lawyer.get(f"/applications/{case}/{what}")
            assert answer.status_code == 200, (name, what, answer.text)
        texts = {
            lawyer.get(f"/applications/{case}/letter", accept=form).text
            for form in ("text/plain", "text/html", "application/pdf")
        }
        assert (len(texts) == 1) is (name != "undelivered")
        assert worker.get(f"/k/{TENANT}/beslut/{case}").status_code == 200
        page = worker.get(f"/k/{TENANT}/efter/{case}")
        assert page.status_code == 200
        letters = re.findall(r'href="(/k/[^"]+/brev/[^"]+/(?:webb|pdf))"', page.text)
        assert len(letters) == 4, "that of the decision and the receipt, in two forms"
        assert {worker.get(each).status_code for each in letters} == {200}


@pytest.mark.parametrize("name", ["decided", "by_person", "undelivered", "reminded"])
def test_whoever_applied_gets_all_of_it(carried: Carried, name: str) -> None:
    """The letters too, of which the first version wrote one for all."""
    number = {"personal_number": carried.number(name)}
    answer = carried.whole.jurist().post("/personal-data/query", number)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["applications"]
    kinds = [each["kind"] for each in found["letters"]]
    assert found["id"] == carried.known[name]
    if name in ("decided", "by_person"):
        assert sorted(kinds) == [outbox.LETTER, outbox.RECEIPT]
        assert len(found["payments"]) == 1
    assert len(kinds) == len(set(kinds))
