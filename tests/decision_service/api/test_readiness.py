"""Whether the process lives and the service can be used, and the figures of both."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event

from decision_service.log.releases import book_from, files_of
from decision_service.operations.readings import SWEEPS
from decision_service.store.database import open_engine
from tests.world.law import book
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import APPLICATIONS, Whole, changed


def test_health_is_about_the_process_alone_and_readiness_about_the_database_too(one: Whole) -> None:
    gone = open_engine("postgresql+psycopg://lagrum:hemligt@127.0.0.1:1/lagrum")
    with changed(one, engine=gone) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": [
            {"name": "databas", "ok": False, "why": "svarar inte (OperationalError)"},
            {"name": "granskningslogg", "ok": True, "why": None},
            {"name": "regler", "ok": True, "why": None},
            {"name": "utfärdare", "ok": True, "why": None},
        ],
    }


def test_a_process_that_has_long_not_seen_what_is_published_is_not_ready(one: Whole) -> None:
    """It might go on deciding by rules that no longer are in force."""
    service = one.service
    earlier = service._watcher, service._followed_at
    try:
        service._watcher, service._followed_at = threading.current_thread(), time.monotonic() - 61
        [red] = [each for each in service.readiness() if each.name == "regler"]
        assert not red.ok
        assert "vilka regler som gäller" in str(red.why)
        service.follow()
        assert [each.ok for each in service.readiness() if each.name == "regler"] == [True]
    finally:
        service._watcher, service._followed_at = earlier


@pytest.mark.slow
def test_rules_in_force_that_the_program_cannot_reckon_by_are_told(one: Whole) -> None:
    """Every case would go to a person, and nobody would know why."""
    files = dict(files_of(book()))
    files["rules/vocabulary.yaml"] = files["rules/vocabulary.yaml"].replace("något_ifyllt", "något_annat")
    with changed(one, book=book_from(files)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    [rules] = [each for each in answer.json()["checks"] if each["name"] == "regler"]
    assert "Programmet har ingen beräkning ”något_annat”." in rules["why"]


def test_readiness_tells_what_is_wrong(one: Whole) -> None:
    now = one.clock.now
    one.swept()
    assert one.eservice().send(application(one.person(), NOVEMBER)).status_code == 202
    with changed(one) as client:  # which has kept no answer
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert all(each["ok"] and each["why"] is None for each in answer.json()["checks"])
    told = {}
    for hours in (-1, 1, 25):
        with changed(one, clock=lambda hours=hours: now + timedelta(hours=hours)) as client:
            answer = client.get("/readyz")
        assert answer.status_code == 503
        told[hours] = {each["name"]: each["why"] for each in answer.json()["checks"] if not each["ok"]}
    assert told[-1] == {
        "klocka": f"en ansökan kom {now.isoformat()}, som inte har varit",
        **{f"svep {name}": f"senast {now.isoformat()}, som inte har varit" for name in SWEEPS},
    }
    assert told[1] == {f"svep {name}": f"senast {now.isoformat()}" for name in SWEEPS}
    assert told[25]["24 timmar"] == "en ansökan eller flera har inte prövats i tid"
    one.settle()


def test_a_database_that_is_older_than_what_was_signed_is_told_at_once(one: Whole) -> None:
    """Nothing leaves it, and nobody is to wait for a sweep to be late before it is told."""
    office = one.service.office
    signed = office.log.checkpoint(office.engine, TENANT)
    origin, size, rest = signed.split("\n", 2)
    try:
        office.keys.remember(TENANT, "\n".join((origin, str(int(size) + 7), rest)))
        with changed(one) as client:
            answer = client.get("/readyz")
    finally:
        office.keys.remember(TENANT, signed)
    assert answer.status_code == 503
    [log] = [each for each in answer.json()["checks"] if each["name"] == "granskningslogg"]
    assert f"{int(size) + 7} poster var underskrivna, databasen har {size}." in log["why"]


def test_readiness_asks_the_tables_once_in_a_while_however_often_it_is_asked(one: Whole) -> None:
    asked: list[str] = []
    engine = one.service.office.engine

    def listener(*said: object) -> None:
        asked.append(str(said[2]))

    with changed(one, clock=lambda: one.clock.now) as client:
        event.listen(engine, "before_cursor_execute", listener)
        first = client.get("/readyz").json()
        once = len(asked)
        assert client.get("/readyz").json() == first
        event.remove(engine, "before_cursor_execute", listener)
    assert once > 3
    assert len(asked) == once


def test_figures_are_read_when_asked_for(one: Whole) -> None:
    one.eservice().apply(application(one.person(), NOVEMBER))
    ages = []
    for seconds in (10, 20):
        with changed(one, clock=lambda later=one.clock.now + timedelta(seconds=seconds): later) as client:
            client.get("/finns/inte/19880209-2396")
            client.get(f"{APPLICATIONS}/1")
            text = client.get("/metrics").text
        (age,) = re.findall(r'lagrum_oldest_undecided_seconds\{kommunkod="9999"\} ([0-9.]+)', text)
        ages.append(float(age))
        assert 'route="/v1/{kommunkod}/applications/{application}",status="401"' in text
        assert 'route="none",status="404"' in text
        assert "0209-2396" not in text
    assert ages[1] - ages[0] == 10
