"""A database of an earlier version, with a case in every state, is carried over: nothing is lost, nothing is
otherwise, everything verifies, and the work goes on. ``tests/world/every_state.py`` made it."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from decision_service.casework import corrections, deciding, logged_alone
from decision_service.casework.agreement import disagreements
from decision_service.casework.applicant import state_opinion
from decision_service.casework.decisions import document_of
from decision_service.reading.strict_json import Body
from decision_service.store.database import migrate, open_engine, reading, transaction
from decision_service.store.tables import ApplicationState, DecisionRow
from tests.world.every_state import FILE
from tests.world.lived import delivered, opened
from tests.world.office import SECOND, World, shared_evaluators, world_on
from tests.world.people import TENANT

KEPT = sorted(Path(__file__).with_name("fixtures").glob("lagrum-*.tar.xz"))
LATER = datetime(2026, 11, 12, 8, tzinfo=UTC)


@dataclass
class Earlier:
    """A database as it was kept, not yet brought to this version."""

    folder: Path
    cases: dict[str, str]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/lagrum.db"


@pytest.fixture(params=KEPT, ids=lambda path: path.name)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Earlier:
    with tarfile.open(request.param) as packed:
        packed.extraction_filter = lambda member, _: (
            member
        )  # it is ours; Python before 3.11.4 takes no argument
        packed.extractall(tmp_path)
    return Earlier(tmp_path, json.loads((tmp_path / FILE).read_bytes()))


@pytest.fixture
def world(earlier: Earlier) -> Iterator[World]:
    """An office on it, in the time after it was kept."""
    engine = open_engine(make_url(earlier.url))
    migrate(engine)
    with engine.connect() as connection:
        key = connection.execute(text("SELECT body FROM audit_entry WHERE seq = 0")).scalar_one()
    found = world_on(engine, earlier.folder, shared_evaluators(), {TENANT: json.loads(key)["body"]["key"]})
    found.clock.now = LATER
    logged_alone.vouch(found.office, TENANT)
    yield found
    engine.dispose()


def test_everything_is_there_and_verifies(earlier: Earlier, world: World) -> None:
    for name, case in earlier.cases.items():
        if name in list(ApplicationState):
            assert world.state(case) == name
    assert {*ApplicationState} - {ApplicationState.CLOSED} <= {*earlier.cases}, "That state came with 0047."
    assert len(opened(world.engine)) > 100_000
    with reading(world.engine) as session:
        for name in ("beslutad", "beslutad efter allt", "ändrad"):
            document_of(session, session.get_one(DecisionRow, (TENANT, earlier.cases[name])))
    assert list(disagreements(world.office, TENANT)) == []
    world.whole()


@pytest.mark.slow
def test_the_work_goes_on(earlier: Earlier, world: World) -> None:
    cases = earlier.cases
    for name in (ApplicationState.RECEIVED, ApplicationState.EXAMINED, ApplicationState.REGISTERS):
        assert world.examine(cases[name]) in (ApplicationState.DECIDED, ApplicationState.HANDLAGGARE)
    with transaction(world.engine) as session:
        body = Body.of(json.dumps({"agrees": True}).encode())
        state_opinion(world.office, session, TENANT, cases[ApplicationState.STATEMENT], body)
    world.examine(cases[ApplicationState.STATEMENT])
    world.complete(cases[ApplicationState.WAITING], {"application": {"hasAssets": False}})
    world.examine(cases[ApplicationState.WAITING])
    world.decide(cases["tagen"])
    world.act(deciding.approve, cases["väntar på en andra"], who=SECOND, agrees=True, reason="")
    with reading(world.engine) as session:
        assert corrections.awaiting(session, TENANT, cases["ändrad"]) is None
    delivered(world)
    for name in ("tagen", "väntar på en andra"):
        assert world.state(cases[name]) == ApplicationState.DECIDED
    assert list(disagreements(world.office, TENANT)) == []
    world.whole()


def test_whoever_shares_a_person_with_a_protected_case_is_hidden_from_now_on(earlier: Earlier) -> None:
    hidden, near, far = (earlier.cases[name] for name in ("beslutad", "tagen", "mottagen"))
    engine = open_engine(make_url(earlier.url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE application SET protected = true WHERE id = :case"), {"case": hidden})
        shared = text(
            "INSERT INTO party (application_id, person, tenant, adult)"
            " SELECT :to, person, tenant, false FROM party WHERE application_id = :of"
        )
        connection.execute(shared, {"to": near, "of": hidden})
    migrate(engine)
    with engine.connect() as connection:
        found = dict(connection.execute(text("SELECT id, protected FROM application")).all())
    engine.dispose()
    assert (found[hidden], found[near], found[far]) == (1, 1, 0)
