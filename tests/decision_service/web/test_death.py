"""The pages by which somebody is marked as dead, and by which the case is written off."""

from __future__ import annotations

import re
from typing import Any

from decision_service.access.roles import Role
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, decided_by_machine
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/ko"
SAID = {"day": "2026-10-20", "told_by": "dottern", "reason": "Hon visade intyget."}


def did(by: Visitor, case: str, gor: str, **fields: str) -> Any:
    """Something is done by a form of a case's page."""
    shown = by.get(f"{HOME}/{case}").text
    person, version = (re.search(rf'name="{name}" value="([^"]+)"', shown) for name in ("person", "version"))
    assert person is not None
    assert version is not None
    given = {"gor": gor, "person": person[1], "version": version[1], **fields}
    return by.send(f"{HOME}/{case}/atgard", given)


def test_somebody_is_marked_as_dead_and_the_case_is_written_off(whole: Whole) -> None:
    case = whole.eservice().apply(application(whole.person(), NOVEMBER))
    worker = visitor(whole, Role.HANDLAGGARE)
    refused = did(worker, case, "avliden", **SAID | {"told_by": ""})
    assert (refused.status_code, 'href="#avliden-told_by"' in refused.text) == (422, True)
    refused = did(worker, case, "avliden", **SAID | {"day": "2027-01-01"})
    assert (refused.status_code, 'href="#avliden-day"' in refused.text) == (422, True)
    told = did(worker, case, "avliden", **SAID)
    assert (told.status_code, told.headers["location"]) == (303, f"{HOME}/{case}?gjort=avliden")
    shown = worker.get(told.headers["location"]).text
    assert "Personen är märkt som avliden" in shown
    assert "avled 2026-10-20" in shown or "avled 20 oktober 2026" in shown
    assert "Ska ärendet skrivas av" in shown
    version = re.search(r'name="version" value="([^"]+)"', shown)
    assert version is not None
    worker.send(f"{HOME}/{case}/ta", {"version": version[1]})
    assert "Ingen finns att fråga" in did(worker, case, "fraga", text="Vad är hyran?").text
    done = did(worker, case, "avskriv", text="Hon avled innan något var beslutat.")
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}?klart={case}")
    whole_case = worker.get(f"/k/{TENANT}/beslut/{case}").text
    assert "Den som sökte har avlidit, och ärendet är avskrivet" in whole_case
    assert "Hon avled innan något var beslutat." in whole_case
    assert "Ska ärendet tas upp igen?" not in whole_case
    person = re.search(r'name="person" value="([^"]+)"', whole_case)
    assert person is not None
    lives = {**SAID, "gor": "lever", "person": person[1], "reason": "Fel person."}
    assert worker.send(f"{HOME}/{case}/atgard", lives).status_code == 303
    page = f"/k/{TENANT}/beslut/{case}"
    asked = worker.get(page).text
    assert "Ska ärendet tas upp igen?" in asked
    assert "Den som sökte var märkt som avliden, och ärendet är avskrivet" in asked
    version = re.search(r'name="version" value="([^"]+)"', asked)
    assert version is not None
    empty = worker.send(f"{page}/ta-upp", {"version": version[1], "skal": ""})
    assert (empty.status_code, 'href="#ta-upp-skal"' in empty.text) == (422, True)
    done = worker.send(f"{page}/ta-upp", {"version": version[1], "skal": "Fel person var märkt."})
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}/{case}?gjort=upptaget")
    assert "ärendet är avskrivet" not in worker.get(page).text


def test_a_mark_by_mistake_is_taken_away(whole: Whole) -> None:
    case = whole.eservice().apply(application(whole.person(), NOVEMBER))
    worker = visitor(whole, Role.HANDLAGGARE)
    did(worker, case, "avliden", **SAID)
    assert "Ta bort märket, personen lever" in worker.get(f"{HOME}/{case}").text
    assert did(worker, case, "lever", **SAID | {"reason": "Fel person."}).status_code == 303
    assert "Ta bort märket" not in worker.get(f"{HOME}/{case}").text


def test_in_a_decided_case_it_is_told_where_it_was_written(whole: Whole) -> None:
    case, _ = decided_by_machine(whole)
    worker, page = visitor(whole, Role.HANDLAGGARE), f"/k/{TENANT}/efter/{case}"
    said = {"gor": "avliden", "person": "p1", **SAID}
    refused = worker.send(f"{HOME}/{case}/atgard", said | {"told_by": ""})
    assert (refused.status_code, 'href="#avliden-told_by"' in refused.text) == (422, True)
    assert "Hon visade intyget." in refused.text
    done = worker.send(f"{HOME}/{case}/atgard", said)
    shown = worker.get(worker.get(done.headers["location"]).headers["location"])
    assert shown.url.path == page
    assert "Personen är märkt som avliden" in shown.text
