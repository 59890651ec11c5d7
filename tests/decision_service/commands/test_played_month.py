"""The demonstration's month: cases are moved in time, and every part of the service has something to show."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from decision_service.casework.checking import checked_log
from decision_service.commands import demonstration
from decision_service.commands.played_month import moved
from decision_service.follow_up.month import figures
from decision_service.installation.settings import Settings
from decision_service.service import open_service, utc_now
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState, DecisionRow, SampledRow, TaskRow
from norms.month import Month
from tests.world.cases import raw

MONTHS = st.builds(Month, st.integers(2012, 2040), st.integers(1, 12))


@given(MONTHS, MONTHS)
def test_a_case_is_moved_as_a_whole(there: Month, back: Month) -> None:
    case = moved(raw("tvillingar"), back)
    found = moved(case, there)
    by = (there.year - back.year) * 12 + there.number - back.number
    assert (found["application"]["periodYear"], found["application"]["periodMonth"]) == (
        there.year,
        there.number,
    )
    assert found["people"] == case["people"], "nobody is born on another day"
    was, now = case["history"][0]["month"], found["history"][0]["month"]
    assert str(Month.parse(was).plus(by)) == now
    assert moved(found, back)["history"] == case["history"]


@pytest.mark.slow
def test_the_demonstration_starts_whatever_the_process_lets_others_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a key folder where others may write nothing is read, whoever makes it."""
    monkeypatch.setattr(demonstration, "CASES", tmp_path / "none")
    settings = Settings(database_url=f"sqlite:///{tmp_path}/lagrum.db", keys=tmp_path / "keys")
    before = os.umask(0)
    try:
        demonstration.prepare(settings)
        open_service(settings).stop()
    finally:
        os.umask(before)
    folders = [path for path in (settings.keys, *settings.keys.rglob("*")) if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


@pytest.mark.slow
def test_a_month_is_played_and_no_page_is_empty(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/lagrum.db", keys=tmp_path / "keys")
    said: list[str] = []
    demonstration.prepare(settings, said.append)
    assert said[0].startswith("Spelar upp förra månaden och den här med ")
    service = open_service(settings)
    try:
        office = service.office
        with reading(office.engine) as session:
            decided = session.exec(select(DecisionRow)).all()
            waiting = session.exec(select(TaskRow)).all()
            reviewed = session.exec(select(SampledRow)).all()
            late_or_not = session.exec(select(ApplicationRow)).all()
            with_applicants = select(ApplicationRow).where(ApplicationRow.state == ApplicationState.WAITING)
            assert session.exec(with_applicants).first() is not None
        assert {one.outcome for one in decided} >= {"BIFALL", "DELAVSLAG", "AVSLAG"}
        assert {one.automatic for one in decided} == {True, False}
        assert any(one.approved_by for one in decided)
        assert len(waiting) > 5
        assert all(
            one.breached_at is None for one in late_or_not if one.state == ApplicationState.HANDLAGGARE
        )
        assert {one.finding is None for one in reviewed} == {True, False}
        first = min(one.decided_at for one in decided)
        assert utc_now() - first > timedelta(days=20)
        with reading(office.engine) as session:
            found = figures(session, demonstration.TENANT, Month.of(utc_now().date()).plus(-1), utc_now())
        assert None not in (found.decided, found.by_whom["dator"], found.by_whom["människa"], found.granted)
        assert found.asked
        office.log.checkpoint(office.engine, demonstration.TENANT)
        assert checked_log(office, demonstration.TENANT, None).ok
    finally:
        service.stop()
    again: list[str] = []
    demonstration.prepare(settings, again.append)
    assert again == [], "it is played once"
