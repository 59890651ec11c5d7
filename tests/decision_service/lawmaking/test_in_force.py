"""A release comes into force in a process that is never restarted, while applications flow in: none is lost,
and none is examined half by one release and half by another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from decision_service.access.roles import Role
from decision_service.lawmaking.checking import check_waiting, checker
from decision_service.store.database import reading
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, AssessmentRow
from tests.world.drafting import AMOUNTS, OWN, ReadHere, begun, check, replaced, step, version
from tests.world.people import NOVEMBER, application
from tests.world.service import Whole

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PATIENCE = 300
"""Seconds after which the test says that it never came: far more than it takes."""


@contextmanager
def another(whole: Whole) -> Iterator[None]:
    """A worker in a process of its own."""
    script = Path(__file__).with_name("law_worker.py")
    address, folder = whole.url.render_as_string(hide_password=False), whole.folder
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(script), address, str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            assert process.stdout is not None
            while b"ready" not in (line := process.stdout.readline()):
                assert line, (folder / "worker.log").read_text("utf-8")
            yield
        finally:
            process.terminate()
            process.communicate()
    assert process.returncode == 0, (folder / "worker.log").read_text("utf-8")


def assessments(whole: Whole) -> list[AssessmentRow]:
    with reading(whole.service.office.engine) as session:
        return list(session.exec(select(AssessmentRow)).all())


def until_all_are_examined(whole: Whole) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with reading(whole.service.office.engine) as session:
            states = session.exec(select(ApplicationRow.state)).all()
        if not {*states} & {*FOR_THE_MACHINE}:
            return
        time.sleep(0.2)
    raise AssertionError("an application was never examined")


def test_another_process_decides_by_what_is_published_here(alone_on_postgresql: Whole) -> None:
    whole = alone_on_postgresql
    with another(whole):
        whole.service.checker = ReadHere()
        old = whole.service.office.book.release
        sent = 0

        def send(number: int) -> None:
            nonlocal sent
            for _ in range(number):
                answer = whole.eservice().send(application(whole.known(), NOVEMBER))
                assert answer.status_code == 202, answer.text
                sent += 1

        send(5)
        policy, publicist = whole.user(Role.POLICY), whole.user(Role.PUBLICIST)
        draft = begun(policy)["id"]
        replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: 7400")
        step(policy, draft, step="describe", purpose="Prov", reason="Prov.")
        check(whole)
        end = time.monotonic() + PATIENCE
        while policy.get(f"/drafts/{draft}").json()["check"] is None:  # the other process was first
            assert time.monotonic() < end, "the draft was never checked"
            time.sleep(0.2)
        yes = {"agrees": True}
        publicist.post(f"/drafts/{draft}/approval", yes, if_match=version(policy, f"/drafts/{draft}"))
        send(5)
        made = publicist.post(
            f"/drafts/{draft}/publication", {"first": "2026-11"}, if_match=version(policy, f"/drafts/{draft}")
        )
        assert made.status_code == 201, made.text
        new = made.json()["release"]
        end = time.monotonic() + PATIENCE
        while new not in {each.release for each in assessments(whole)}:
            assert time.monotonic() < end, "the other process never followed"
            send(1)
            time.sleep(0.5)
        send(3)
        until_all_are_examined(whole)
        found = assessments(whole)
        assert len({each.application_id for each in found}) == sent
        assert {each.release for each in found} == {old, new}
        newest = max(found, key=lambda each: each.made_at)
        assert newest.release == new
        for each in found:
            evaluators = whole.service.evaluators_of(each.release)
            assert evaluators.assess(each.case_file.encode()).text == each.document


@pytest.mark.properties
def test_the_whole_check_runs_the_cases_in_a_process_of_its_own(alone: Whole) -> None:
    """What the shipped rules say of themselves holds in a draft too; a rule that no case tries is told."""
    policy = alone.user(Role.POLICY)
    draft = begun(policy)["id"]
    replaced(policy, draft, OWN, "# Exempelkommun finns inte.", "# Exempelkommun finns inte alls.")
    child = checker()
    try:
        assert check_waiting(alone.service.office, child) == 1
        found = policy.get(f"/drafts/{draft}").json()["check"]
        assert (found["findings"], found["corrections"]) == ([], [])
        assert found["cases"] > 500
        step(policy, draft, step="write", name="rules/sets/municipal/9999/ny.yaml", content=_RULE)
        assert check_waiting(alone.service.office, child) == 1
        found = policy.get(f"/drafts/{draft}").json()["check"]
        assert {each["code"] for each in found["findings"]} == {"F002"}
        assert {each["where"] for each in found["findings"]} == {"kommun.exempel.tillägg"}
    finally:
        child.close()


_RULE = """regelsamling: exempel
beskrivning: Exempel.
steg: norm
status: fiktiv
regler:
  - id: kommun.exempel.tillägg
    rubrik: Tillägg
    lagrum: [SoL (2025:400) 12 kap. 1 §]
    gäller: {från: 2026-12}
    när: hushåll.barn > 12
    ger: {normpost: {del: personlig, belopp: 200 kr}}
    motivering: {sv: "Tillägg: {belopp}."}
"""
