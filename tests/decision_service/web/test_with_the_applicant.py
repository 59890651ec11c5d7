"""A case whose taker has asked the applicant: it is still the taker's, says what it waits for, and offers
nothing that is refused."""

from __future__ import annotations

import re

import pytest

from decision_service.access.roles import Role
from tests.decision_service.web.test_queue import HOME, act, dear
from tests.world.client import User
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

FORM = re.compile(r'<form method="post" action="(/k/[^"]+)"(.*?)</form>', re.S)
BUTTON = re.compile(r"<button([^>]*)>")
CHOSEN = re.compile(r' name="gor" value="(\w+)"')
SEARCH = f"/k/{TENANT}/beslut"


@pytest.fixture
def anna(one: Whole) -> Visitor:
    return visitor(one, Role.HANDLAGGARE, name="Anna Ek")


@pytest.fixture
def sender(one: Whole) -> User:
    return one.eservice()


@pytest.fixture
def asked(one: Whole, anna: Visitor, sender: User) -> str:
    """A case that Anna has taken and has asked about."""
    found = dear(one, sender)
    act(anna, found, "ta")
    sent = act(anna, found, "atgard", gor="fraga", text="Skicka hyresavin.")
    assert sent.headers["location"] == f"{HOME}/{found}?gjort=fraga"
    assert "Frågan är skickad till sökanden." in anna.get(sent.headers["location"]).text
    return found


def offered(page: str, case: str) -> set[tuple[str, str]]:
    """What a page offers to do with the case: the last of the address, and which button."""
    found = set()
    for where, inside in FORM.findall(page):
        for button in BUTTON.findall(inside) if case in where else ():
            chosen = CHOSEN.search(button)
            found.add((where.rpartition("/")[2], chosen[1] if chosen else ""))
    return found


def test_the_page_says_what_it_waits_for_and_until_when(one: Whole, anna: Visitor, asked: str) -> None:
    state = one.handlaggare().get(f"/applications/{asked}").json()
    assert state["clock"] == "står"
    page = anna.get(f"{HOME}/{asked}").text
    assert "Väntar på svar från sökanden till" in page
    assert "Ska besvaras senast" not in page
    assert "Frågan är skickad" not in page, "said once"
    task = one.handlaggare().get(f"/tasks/{asked}").json()
    told = [task[name] for name in ("state", "answer_by", "asked_until")]
    assert told == ["vantar_pa_komplettering", None, state["completion"]["answer_by"]]


@pytest.mark.slow
def test_what_it_offers_is_never_refused(one: Whole, anna: Visitor, asked: str, sender: User) -> None:
    """A note, and that somebody is protected or dead; to a colleague only the last two. When the answer has
    come and the machine has looked at it, all is there again."""
    page = anna.get(f"{HOME}/{asked}").text
    assert offered(page, asked) == {("atgard", "anteckna"), ("atgard", "skydda"), ("atgard", "avliden")}
    for doing in ("fraga", "kon", "maskinen", "yttra", "avskriv"):
        assert act(anna, asked, "atgard", gor=doing, text="Skäl.").status_code == 409
    noted = act(anna, asked, "atgard", gor="anteckna", text="Sökanden ringde.")
    assert noted.status_code == 303
    assert "Anteckningen är sparad." in anna.get(noted.headers["location"]).text
    other = visitor(one, Role.HANDLAGGARE, name="Bo Al")
    assert offered(other.get(f"{HOME}/{asked}").text, asked) == {("atgard", "skydda"), ("atgard", "avliden")}
    assert sender.complete(asked, {"application": {"otherInformation": "Här."}}).status_code == 202
    page = anna.get(f"{HOME}/{asked}").text
    assert "Datorn prövar." in page
    assert offered(page, asked) == {("atgard", "anteckna"), ("atgard", "skydda"), ("atgard", "avliden")}
    assert re.search(rf"{asked}.*?datorn prövar", anna.get(f"{HOME}?mina=ja").text, re.S)
    one.settle()
    whole = offered(anna.get(f"{HOME}/{asked}").text, asked)
    assert {("beslut", ""), ("atgard", "fraga"), ("atgard", "kon"), ("svar", "svara")} <= whole


def test_it_is_among_ones_own_and_in_nobody_elses_queue(one: Whole, anna: Visitor, asked: str) -> None:
    assert asked not in anna.get(f"{HOME}?limit=200").text
    assert re.search(rf"{asked}.*?svar till.*?väntar på sökanden", anna.get(f"{HOME}?mina=ja").text, re.S)
    other = visitor(one, Role.HANDLAGGARE, name="Bo Al")
    assert asked not in other.get(f"{HOME}?mina=ja").text


def test_the_queue_of_the_interface_has_it_too(one: Whole) -> None:
    worker = one.handlaggare()
    case, free = dear(one), dear(one)
    worker.take(case)
    assert worker.act("questions", case, {"questions": ["Skicka hyresavin."]}).status_code == 200
    items = {each["application"]: each for each in worker.get("/tasks", {"mine": True}).json()["items"]}
    assert list(items) == [case]
    assert items[case]["state"] == "vantar_pa_komplettering"
    all_ = worker.get("/tasks", {"limit": 200}).json()["items"]
    assert free in {each["application"] for each in all_}
    assert case not in {each["application"] for each in all_}
    late = {"mine": True, "due_before": "2030-01-01"}
    assert worker.get("/tasks", late).json()["items"] == [], "nobody here has to answer before then"


def test_a_case_is_found_by_its_number_before_it_is_decided(one: Whole, anna: Visitor, asked: str) -> None:
    number = one.handlaggare().get(f"/applications/{asked}").json()["case_number"]
    found = anna.http.get(SEARCH, params={"arende": number}, headers=anna.headers).text
    assert f'href="{SEARCH}/{asked}"' in found
    assert '<option value="alla" selected>' in found, "the form says what is shown"
