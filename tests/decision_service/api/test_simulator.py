"""The simulator of the examples: applicants and handläggare bring a month to its end over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

import audit
from decision_service.access.roles import Role
from decision_service.log import vouched
from examples.e_tjanst.desk import Desk
from examples.e_tjanst.ending import faults_of_decision
from examples.e_tjanst.forms import FORMS
from examples.e_tjanst.notices import Notices, listening
from examples.e_tjanst.people import Story
from examples.e_tjanst.simulator import Outcome, Simulation
from examples.e_tjanst.summary import summary
from tests.world.database import new_database
from tests.world.installation import as_demonstrated
from tests.world.people import TENANT
from tests.world.service import Whole, client_of, handlaggare_client_of, running


def simulated(whole: Whole, count: int) -> tuple[Sequence[Outcome], Desk, Notices]:
    """A run of so many applications, with three handläggare at the desk."""
    desk = Desk([handlaggare_client_of(whole.handlaggare()) for _ in range(3)])
    client = client_of(whole.eservice())
    simulation = Simulation(
        client=client,
        month=date(2026, 11, 1),
        count=count,
        rate=50,
        admin=client_of(whole.user(Role.ADMIN)),
        second=client_of(whole.user(Role.CHEF)),
        registers=whole.folder / "register",
        desk=desk,
        patience=600,
    )
    with listening() as notices:
        hook = client.subscribe(notices.url)
        notices.secret = hook["secret"].encode()
        outcomes = simulation.run()
        notices.wait_for_the_last(quiet=2.0)
    return outcomes, desk, notices


def verified(whole: Whole) -> audit.Report:
    """The whole log and every table that it vouches for."""
    office = whole.service.office
    office.log.checkpoint(office.engine, TENANT)
    keys = {TENANT: whole.public_key()}
    return audit.verify_database(office.engine, keys, source=vouched.source, tenants=[TENANT])


def told_back(outcomes: Sequence[Outcome]) -> int:
    return sum(one.state == "aterkallad" for one in outcomes)


@pytest.mark.properties
@pytest.mark.parametrize("count", [60])
def test_every_application_of_a_month_comes_to_its_end(tmp_path: Path, count: int) -> None:
    folder = tmp_path / "service"
    with (
        new_database(None, tmp_path) as url,
        running(url, folder, works=True, installation=as_demonstrated()) as whole,
    ):
        outcomes, desk, notices = simulated(whole, count)
        text = summary(outcomes, notices, desk)
        assert [one.fault for one in outcomes if one.fault] + desk.faults == [], text
        told = {one.story: one for one in outcomes}
        assert told.keys() == {*Story}
        # Who regrets an application may come too late: then it is decided.
        late_or_not = {one.state for one in outcomes if one.story is Story.REGRETS}
        assert {one.state for one in outcomes if one.story is not Story.REGRETS} == {"beslutad"}, text
        assert late_or_not <= {"beslutad", "aterkallad"}, text
        assert {one.form for one in outcomes} == {*FORMS}
        assert told[Story.ORDINARY].automatic
        assert told[Story.FORGETS].completed
        assert told[Story.BENEFIT].stated
        assert told[Story.BENEFIT].decided == told[Story.PAY].decided == "AVSLAG", text
        assert desk.decisions["godkända av en kollega"]
        for story in (Story.RENT, Story.CARE, Story.ASSETS, Story.NEW, Story.DISPUTED):
            assert desk.answered[told[story].id], (story, told[story], text)
            assert told[story].granted > 0, text
        assert any(one.repeated for one in outcomes)
        assert notices.forged == 0
        assert notices.events["application.received"] == count
        assert notices.events["application.beslutad"] == count - told_back(outcomes)
        report = verified(whole)
        assert report.ok, str(report)
        assert f"beslutad:                   {count - told_back(outcomes)}" in text


LINES = [{"kind": "norm", "amount": 5000}, {"kind": "cost", "amount": 900}, {"kind": "income", "amount": 400}]


@pytest.mark.parametrize(
    ("outcome", "granted", "result", "faults"),
    [
        ("BIFALL", 5500, -5500, 0),
        ("BIFALL", 5501, -5500, 1),
        ("BIFALL", 5501, -5501, 2),
        ("AVSLAG", 0, -5500, 0),
        ("AVSLAG", 5500, -5500, 1),
        ("AVVISNING", 0, None, 0),
    ],
)
def test_a_decision_that_does_not_add_up_is_a_fault(
    outcome: str, granted: int, result: int | None, faults: int
) -> None:
    decision = {"outcome": outcome, "granted": granted, "calculation": {"lines": LINES, "result": result}}
    assert len([*faults_of_decision(decision)]) == faults
