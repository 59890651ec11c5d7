"""What an e-service relies on: send, follow, complete, withdraw, and never twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from decision_service.access.roles import Role
from decision_service.api.routes.applications import MEDIA_TYPES
from decision_service.casework import sweeps
from tests.world.cases import ROOT
from tests.world.client import REVIEW, User
from tests.world.database import new_database
from tests.world.installation import HANDLES
from tests.world.office import paying
from tests.world.people import (
    NOVEMBER,
    TENANT,
    Form,
    application,
    in_part,
    incomplete,
    personal_number,
    refused,
)
from tests.world.service import Json, Whole, decided_by_machine, running, with_a_person

APPLICATIONS = "/applications"
EXAMPLES = ROOT / "examples" / "applications"


def code(answer: httpx.Response) -> str:
    """The type of a problem."""
    return str(answer.json()["type"]).rpartition("/")[2]


# Sending


def test_sent_and_decided(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    sent = sender.send(application(person, NOVEMBER))
    assert sent.status_code == 202
    shown = sent.json()
    assert (shown["state"], shown["clock"], shown["decision"]) == ("mottagen", "går", None)
    assert shown["received_at"] == "2026-10-28T08:12:00Z"
    assert shown["answer_by"] == "2026-10-29T08:12:00Z"
    assert sent.headers["location"] == f"/v1/9999/applications/{shown['id']}"
    assert sent.headers["etag"] == '"v1"'
    whole.settle()
    now = sender.state(shown["id"])
    assert (now["state"], now["clock"], now["answer_by"]) == ("beslutad", "står", None)
    assert (now["decision"]["outcome"], now["decision"]["granted"]) == ("BIFALL", 1_201_000)
    assert now["decision"]["automatic"] is True


def test_waiting_for_the_answer(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    answer = sender.send(application(person, NOVEMBER), prefer="wait=25")
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait=25"
    assert answer.json()["decision"]["outcome"] == "BIFALL"


@pytest.mark.parametrize(
    ("form", "earlier", "state", "outcome"),
    [
        (in_part, {}, "beslutad", "DELAVSLAG"),
        (refused, {"incomes": {"SALARY": 16000}}, "beslutad", "AVSLAG"),
        (incomplete, {}, "vantar_pa_komplettering", None),
    ],
)
def test_every_answer_while_one_waits(
    whole: Whole, form: Form, earlier: Json, state: str, outcome: str | None
) -> None:
    person, sender = whole.known(**earlier), whole.eservice()
    answer = sender.send(form(person, NOVEMBER), prefer="wait=25")
    shown = answer.json()
    assert (answer.status_code, shown["state"]) == (201, state)
    assert (shown["decision"] and shown["decision"]["outcome"]) == outcome
    now = sender.get(f"/applications/{shown['id']}")
    assert (now.json(), now.headers["etag"]) == (shown, answer.headers["etag"])


def test_a_wait_of_no_time_is_an_answer_at_once_and_nothing_is_lost(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    answer = sender.send(application(person, NOVEMBER), prefer="wait=0")
    assert answer.headers["preference-applied"] == "wait=0"
    whole.service.examining.waiters[TENANT].submit(lambda: None).result()
    whole.clock.forward(minutes=2)
    whole.settle()
    assert sender.state(answer.json()["id"])["state"] == "beslutad"


@pytest.mark.parametrize("media_type", list(MEDIA_TYPES))
def test_every_form_by_its_media_type(whole: Whole, media_type: str) -> None:
    names = {
        "ansokan/1": "ansokan-1.json",
        "mitt-helsingborg-v1": "mitt-helsingborg-v1.json",
        "sundsvall-v1": "sundsvall-v1.json",
    }
    content = (EXAMPLES / names[MEDIA_TYPES[media_type]]).read_bytes()
    sender = whole.eservice()
    sent = sender.send(content, content_type=media_type)
    assert sent.status_code == 202, sent.text
    whole.settle()
    # The example people have no register answers here, and some have not said everything.
    assert sender.state(sent.json()["id"])["state"] in ("hos_handlaggare", "vantar_pa_komplettering")
    trail = whole.jurist().get(f"{APPLICATIONS}/{sent.json()['id']}/trail").json()["items"]
    assert trail[0]["entry"]["body"]["adapter"] == MEDIA_TYPES[media_type]


def test_an_unknown_form(whole: Whole) -> None:
    for kind in ("application/xml", "text/plain", "application/vnd.lagrum.annan.1+json"):
        answer = whole.eservice().send(b"{}", content_type=kind)
        assert (answer.status_code, code(answer)) == (415, "unsupported-media-type")
        assert list(MEDIA_TYPES) == answer.json()["accepted"][1:]


# Once and only once


@pytest.mark.parametrize("prefer", [{}, {"prefer": "wait=25"}])
def test_the_same_again_is_the_same_application(whole: Whole, prefer: dict[str, str]) -> None:
    sender, person = whole.eservice(), whole.known()
    content = application(person, NOVEMBER)
    first = sender.send(content, key="samma", **prefer)
    again = sender.send(content, key="samma", **prefer)
    whole.settle()
    later = sender.send(content, key="samma", **prefer)
    assert first.json()["id"] == again.json()["id"] == later.json()["id"]
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == later.headers["idempotent-replay"] == "true"
    assert (later.status_code, later.json()["state"]) == (201, "beslutad")
    assert len(sender.get(APPLICATIONS).json()["items"]) == 1


def test_the_same_key_for_something_else(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    content = application(person, NOVEMBER)
    assert sender.send(content, key="samma").status_code == 202
    for other in (content | {"people": []}, json.dumps(content, indent=1).encode()):
        answer = sender.send(other, key="samma")
        assert (answer.status_code, code(answer)) == (422, "idempotency-key-reused")
    canonical = sender.send(content, key="samma", content_type="application/vnd.lagrum.ansokan.1+json")
    assert code(canonical) == "idempotency-key-reused"
    assert whole.eservice().send(content, key="samma").status_code == 202
    assert len(sender.get(APPLICATIONS).json()["items"]) == 1


def test_without_a_key_or_with_a_bad_one(whole: Whole) -> None:
    sender, content = whole.eservice(), application(whole.person(), NOVEMBER)
    answer = sender.post(APPLICATIONS, content)
    assert (answer.status_code, code(answer)) == (400, "idempotency-key-missing")
    for key in ("", "x" * 256):
        answer = sender.post(APPLICATIONS, content, idempotency_key=key)
        assert answer.status_code == 400, key
    assert sender.get(APPLICATIONS).json()["items"] == []


def test_a_key_whose_post_failed_is_free(whole: Whole) -> None:
    sender, content = whole.eservice(), application(whole.person(), NOVEMBER)
    assert sender.send(b"{}", key="samma").status_code == 422
    assert sender.send(content, key="samma").status_code == 202


def test_the_same_post_many_times_at_once(whole: Whole) -> None:
    """A client that gives up and tries again, over and over, gets one application."""
    sender, person = whole.eservice(), whole.known()
    content = application(person, NOVEMBER)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sender.send(content, key="samma"), range(16)))
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    assert all(code(answer) == "in-progress" for answer in answers if answer.status_code == 409)
    assert len({answer.json()["id"] for answer in answers if answer.status_code != 409}) == 1
    assert len(sender.get(APPLICATIONS).json()["items"]) == 1


# What is wrong is told, in the reader's language


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"NaN", "malformed"),
        (b'{"a": 1, "a": 2}', "malformed"),
        (b"[" * 200 + b"]" * 200, "malformed"),
        (b"[" * 5000, "malformed"),
        (b'"\\ud800"', "malformed"),
        (b'{"a": "A\\u001b[2Jlma"}', "malformed"),
        (b'{"a\\u0000": 1}', "malformed"),
        (b'"\xc2\x9b"', "malformed"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b"1e999", "invalid"),
        (b"{}", "invalid"),
        (b'{"schema": "ansokan/1"}', "invalid"),
    ],
)
@pytest.mark.parametrize("media_type", list(MEDIA_TYPES))
def test_what_is_no_application(one: Whole, media_type: str, content: bytes, why: str) -> None:
    sender = one.eservice()
    answer = sender.send(content, content_type=media_type)
    assert (answer.status_code, code(answer)) == (400 if why == "malformed" else 422, why)
    assert answer.json()["errors"]
    assert sender.get(APPLICATIONS).json()["items"] == []


def test_wrong_fields_are_pointed_out(one: Whole) -> None:
    content = application(1, NOVEMBER, costs=[{"costType": "RENT", "appliedAmount": "mycket"}])
    content["application"]["hasAssets"] = "kanske"
    content["people"][0]["personal_number"] = "123"
    content["application"]["okänt"] = 1
    swedish = one.eservice().send(content)
    english = one.eservice().send(content, accept_language="en")
    assert swedish.status_code == english.status_code == 422
    assert swedish.json()["title"] == "Uppgifterna stämmer inte"
    assert english.json()["title"] == "The data is not right"
    pointers = {fault["pointer"] for fault in swedish.json()["errors"]}
    assert pointers == {fault["pointer"] for fault in english.json()["errors"]}
    assert {
        "/application/costs/0/appliedAmount",
        "/application/hasAssets",
        "/people/0/personal_number",
    } <= pointers
    said = [each.json()["errors"] for each in (swedish, english)]
    assert [each["code"] for each in said[0]] == [each["code"] for each in said[1]]
    assert all(ours["message"] != theirs["message"] for ours, theirs in zip(*said, strict=True))


def test_a_person_who_is_there_twice_is_pointed_at_in_the_language_asked_for(one: Whole) -> None:
    content = application(1, NOVEMBER)
    twin = {**content["people"][0], "id": "p9", "role": "CHILD"}
    content["people"].append(twin)
    answer = one.eservice().send(content, accept_language="en")
    at = f"/people/{len(content['people']) - 1}"
    assert answer.json()["errors"] == [
        {"pointer": at, "code": "person_twice", "message": "The same person is there twice."}
    ]


def test_why_a_case_is_in_another_state_is_said_in_the_language_asked_for(one: Whole) -> None:
    sender = one.eservice()
    id_ = sender.send(application(1, NOVEMBER)).json()["id"]
    assert sender.post(f"{APPLICATIONS}/{id_}/withdrawal").status_code == 200
    again = sender.post(f"{APPLICATIONS}/{id_}/withdrawal", accept_language="en")
    assert code(again) == "conflict"
    assert again.json()["detail"].startswith("The application cannot be withdrawn.")


def test_more_than_the_service_takes(one: Whole) -> None:
    answer = one.eservice().send(b'{"x": "' + b"x" * (10 * 1024 * 1024) + b'"}')
    assert (answer.status_code, code(answer)) == (413, "too-large")


def test_the_personal_number_is_not_in_the_answer_that_refuses_it(one: Whole) -> None:
    content = application(1, NOVEMBER)
    number = content["people"][0]["personal_number"]
    content["people"][0]["personal_number"] = number[:-1] + str((int(number[-1]) + 1) % 10)
    answer = one.eservice().send(content)
    assert answer.status_code == 422
    assert number[:-1] not in answer.text


# Following


def test_every_state_on_the_way(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    found = sender.send(application(person, NOVEMBER)).json()["id"]
    seen = [sender.state(found)["state"]]
    whole.settle()
    seen.append(sender.state(found)["state"])
    worker = whole.handlaggare().take(found)
    assert worker.act("questions", found, {"questions": ["Skicka kvittot."]}).status_code == 200
    waiting = sender.state(found)
    seen.append(waiting["state"])
    assert (waiting["clock"], waiting["answer_by"]) == ("står", None)
    assert waiting["completion"]["asked"][0]["question"] == "Skicka kvittot."
    assert sender.complete(found, {"application": {"otherInformation": "Här."}}).status_code == 202
    seen.append(sender.state(found)["state"])
    whole.settle()
    seen.append(sender.state(found)["state"])
    worker.take(found)
    assert worker.decide(found).status_code == 200
    seen.append(sender.state(found)["state"])
    assert seen == [
        "mottagen",
        "hos_handlaggare",
        "vantar_pa_komplettering",
        "mottagen",
        "hos_handlaggare",
        "beslutad",
    ]


def test_nothing_new(whole: Whole) -> None:
    sender = whole.eservice()
    found = sender.send(application(whole.known(), NOVEMBER))
    path = f"{APPLICATIONS}/{found.json()['id']}"
    answer = sender.get(path, if_none_match=found.headers["etag"])
    assert (answer.status_code, answer.content) == (304, b"")
    whole.settle()
    assert sender.get(path, if_none_match=found.headers["etag"]).json()["state"] == "beslutad"


def test_pages_of_ones_own_applications(whole: Whole) -> None:
    sender, other = whole.eservice(), whole.eservice()
    ids = []
    for _ in range(5):
        ids.append(sender.send(application(whole.person(), NOVEMBER)).json()["id"])
        whole.clock.forward(seconds=1)
    other.send(application(whole.person(), NOVEMBER))
    seen: list[str] = []
    page = sender.get(APPLICATIONS, {"limit": 2})
    while True:
        seen += [item["id"] for item in page.json()["items"]]
        following = page.json()["next"]
        if following is None:
            assert "link" not in page.headers
            break
        assert page.headers["link"] == f'<{following}>; rel="next"'
        # One that comes meanwhile is newer and moves nothing.
        sender.send(application(whole.person(), NOVEMBER))
        page = whole.http.get(following, headers=sender.headers())
    assert seen == ids[::-1]


@pytest.mark.slow
def test_pages_by_state_and_a_cursor_for_another_list(whole: Whole) -> None:
    sender = whole.eservice()
    ids = [sender.send(application(whole.person(), NOVEMBER)).json()["id"] for _ in range(3)]
    whole.settle()
    new = sender.send(application(whole.person(), NOVEMBER)).json()["id"]
    assert [one["id"] for one in sender.get(APPLICATIONS, {"state": "mottagen"}).json()["items"]] == [new]
    page = sender.get(APPLICATIONS, {"state": "hos_handlaggare", "limit": 2}).json()
    assert {one["id"] for one in page["items"]} < set(ids)
    cursor = page["next"].partition("cursor=")[2]
    following = sender.get(APPLICATIONS, {"state": "hos_handlaggare", "limit": 1, "cursor": cursor}).json()
    assert [one["id"] for one in following["items"]] == list(set(ids) - {one["id"] for one in page["items"]})
    elsewhere = whole.eservice(HANDLES)
    for reader, asked in (
        (sender, {"state": "mottagen", "cursor": cursor}),
        (sender, {"state": "hos_handlaggare", "cursor": f"{cursor}x"}),
        (elsewhere, {"state": "hos_handlaggare", "cursor": cursor}),
    ):
        answer = reader.get(APPLICATIONS, asked)
        assert (answer.status_code, code(answer)) == (400, "bad-cursor")
    assert sender.get(APPLICATIONS, {"state": "annat"}).status_code == 422
    assert sender.get(APPLICATIONS, {"limit": 0}).status_code == 422


def test_reads_by_people_are_logged_with_their_purpose(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = decided_by_machine(whole, sender)
    worker, jurist = whole.handlaggare(), whole.jurist()
    sender.state(found)
    paths = ("", "/decision", "/letter", "/trail", "/explanation", "/proof", "/changes")
    for path in paths:
        assert jurist.get(f"{APPLICATIONS}/{found}{path}").status_code == 200
        missing = worker.reading_for("").get(f"{APPLICATIONS}/{found}{path}")
        assert (missing.status_code, code(missing)) == (400, "purpose-missing")
        unknown = worker.reading_for("nyfiken").get(f"{APPLICATIONS}/{found}{path}")
        assert code(unknown) == "purpose-missing"
    worker.state(found)
    trail = jurist.get(f"{APPLICATIONS}/{found}/trail").json()["items"]
    reads = [each["entry"] for each in trail if each["entry"]["type"] == "access"]
    by_jurist = [each for each in reads if each["actor"]["id"] == jurist.subject]
    assert [each["purpose"] for each in by_jurist] == [REVIEW] * (len(paths) + 1)
    assert [each["actor"]["id"] for each in reads if each not in by_jurist] == [worker.subject]
    assert len(reads) == len(paths) + 2


# Completing


def test_completed_by_a_merge_patch(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    found = sender.apply(incomplete(person, NOVEMBER))
    asked = sender.state(found)["completion"]
    assert asked["answer_by"] == f"{whole.clock.now + timedelta(days=14):%Y-%m-%dT%H:%M:%SZ}"
    assert ["tillgångar" in each["question"] for each in asked["asked"]] == [True]
    assert "completion_request" in whole.delivered(found)
    whole.clock.forward(hours=3)
    answer = sender.complete(found, {"application": {"hasAssets": False}})
    assert (answer.status_code, answer.json()["state"]) == (202, "mottagen")
    assert answer.json()["answer_by"] == f"{whole.clock.now + timedelta(hours=24):%Y-%m-%dT%H:%M:%SZ}"
    whole.settle()
    assert sender.state(found)["decision"]["outcome"] == "BIFALL"


def test_a_completion_that_cannot_be_used_changes_nothing(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    found = sender.apply(incomplete(person, NOVEMBER))
    before = sender.state(found)
    for patch, pointer in (
        ({"application": {"hasAssets": "kanske"}}, "/application/hasAssets"),
        ({"registers": {}}, ""),
        ({}, ""),
    ):
        answer = sender.complete(found, patch)
        assert answer.status_code == 422
        assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert code(sender.complete(found, b"[")) == "malformed"
    wrong = sender.complete(found, {"application": {}}, content_type="text/plain")
    assert (wrong.status_code, code(wrong)) == (415, "unsupported-media-type")
    assert sender.state(found) == before


def test_a_completion_nobody_asked_for(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = decided_by_machine(whole, sender)
    answer = sender.complete(found, {"application": {"hasAssets": False}})
    assert (answer.status_code, code(answer)) == (409, "conflict")
    assert "beslutad" in answer.json()["detail"]


# What is told before a decision


def test_stated_before_a_decision(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    paid = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))
    whole.registers(person, fk=paid(personal_number(person), NOVEMBER).agencies["fk"])
    found = sender.apply(application(person, NOVEMBER))
    standing = sender.state(found)
    assert (standing["state"], standing["clock"]) == ("vantar_pa_yttrande", "står")
    assert "Sjukpenning" in standing["communication"]["asked"][0]["question"]
    assert standing["completion"] is None
    assert "communication" in whole.delivered(found)
    path = f"{APPLICATIONS}/{found}/statement"
    assert sender.post(path, {"agrees": "ja"}).status_code == 422
    assert sender.post(path, {"agrees": True}).status_code == 202
    whole.settle()
    assert sender.state(found)["decision"]["outcome"] == "AVSLAG"
    again = sender.post(path, {"agrees": True})
    assert (again.status_code, code(again)) == (409, "conflict")


# Taking back


def test_withdrawn(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    answer = sender.post(f"{APPLICATIONS}/{found}/withdrawal")
    assert (answer.status_code, answer.json()["state"]) == (200, "aterkallad")
    assert found not in [each["application"] for each in whole.handlaggare().get("/tasks").json()["items"]]
    again = sender.post(f"{APPLICATIONS}/{found}/withdrawal")
    assert (again.status_code, code(again)) == (409, "conflict")


def test_what_is_decided_is_not_withdrawn(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = decided_by_machine(whole, sender)
    assert sender.post(f"{APPLICATIONS}/{found}/withdrawal").status_code == 409


# In time, or told


def test_what_nobody_answered_in_time_is_listed_for_the_manager(alone: Whole) -> None:
    sender = alone.eservice()
    found, _ = with_a_person(alone, sender)
    chef = alone.user(Role.CHEF)
    assert chef.get("/overdue").json()["items"] == []
    alone.clock.forward(days=3)
    sweeps.late(alone.service.office)
    (late,) = chef.get("/overdue").json()["items"]
    assert (late["id"], late["breached_at"]) == (found, "2026-10-31T08:12:00Z")


def test_the_service_works_by_itself(server: URL | None, tables: URL, tmp_path: Path) -> None:
    """Its own threads examine what is posted and deliver what must out."""
    with (
        new_database(server, tmp_path, tables) as url,
        running(url, tmp_path / "service", works=True) as whole,
    ):
        sender = whole.eservice()
        people = [whole.known() for _ in range(5)]
        ids = [sender.send(application(person, NOVEMBER)).json()["id"] for person in people]
        for found in ids:
            until(partial(decided_and_sent, whole, sender, found))


def decided_and_sent(whole: Whole, sender: User, found: str) -> bool:
    decided = sender.state(found)["state"] == "beslutad"
    return decided and {"letter", "payment"} <= whole.delivered(found).keys()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("It never came.")


def test_the_applicant_is_known_by_number_alone(whole: Whole) -> None:
    """Two e-services of a municipality send applications of one person: the second sees that one is open."""
    person = whole.known()
    first = whole.eservice().send(application(person, NOVEMBER)).json()["id"]
    whole.clock.forward(seconds=1)
    sender = whole.eservice()
    second = sender.apply(application(person, NOVEMBER))
    assert sender.state(second)["state"] == "hos_handlaggare"
    assert personal_number(person) not in sender.get(f"{APPLICATIONS}/{second}").text
    assert first != second
