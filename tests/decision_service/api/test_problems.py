"""What is told of what went wrong: in whose language, at which address, and no more than that."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from decision_service.access.roles import Role
from decision_service.api.problems import PROBLEMS
from decision_service.api.routes import applications
from tests.world.logs import logged
from tests.world.service import APPLICATIONS, PUBLIC_URL, Whole, changed, problem, with_a_person

PDF = b"%PDF-1.7\nIntyg\n%%EOF\n"


def test_what_is_not_there_and_what_cannot_be_done(client: httpx.Client) -> None:
    problem(client.get("/finns/inte"), "not-found")
    problem(client.get("/v1/9999/finns-inte"), "not-found")
    answer = client.delete("/healthz")
    problem(answer, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


def test_problems_speak_the_readers_language(client: httpx.Client) -> None:
    swedish = client.get("/x")
    english = client.get("/x", headers={"Accept-Language": "en-GB,sv;q=0.5"})
    assert swedish.json()["title"] == "Det finns inte"
    assert english.json()["title"] == "It does not exist"
    assert (swedish.headers["content-language"], english.headers["content-language"]) == ("sv", "en")
    assert "Accept-Language" in swedish.headers["vary"]


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_is_explained_at_its_address(client: httpx.Client, code: str) -> None:
    kind = PROBLEMS[code]
    swedish = client.get(kind.path).json()
    english = client.get(kind.path, headers={"Accept-Language": "en"}).json()
    assert swedish == {
        "type": f"{PUBLIC_URL}/problem/{code}",
        "status": kind.status,
        "title": kind.title["sv"],
        "detail": kind.detail["sv"],
    }
    assert english["title"] == kind.title["en"] != swedish["title"]


def test_a_problem_nobody_has_heard_of(client: httpx.Client) -> None:
    problem(client.get("/problem/annat"), "not-found")


def test_parameters_that_are_wrong_are_named(one: Whole) -> None:
    said = []
    for language, limit in (("sv", "0"), ("en", "0"), ("sv", "x")):
        answer = one.eservice().get("/applications", {"limit": limit}, accept_language=language)
        (fault,) = problem(answer, "invalid")["errors"]
        assert fault["parameter"] == "limit"
        said.append((fault["code"], fault["message"]))
    assert said == [
        ("too_small", "Värdet är för litet. Minst 1."),
        ("too_small", "The value is too small. At least 1."),
        ("not_whole_number", "Värdet är inget heltal."),
    ]


def test_whatever_is_wrong_in_the_address_is_a_parameter_wherever_it_is_found_out(one: Whole) -> None:
    """By the description of the call, by the route, or by the casework behind it."""
    sender = one.eservice()
    found, _ = with_a_person(one, sender)
    right = str(sender.state(found)["case_number"])
    asked = "/applications", {"case_number": f"{right[:-1]}{(int(right[-1]) + 1) % 10}"}
    (fault,) = problem(sender.get(*asked), "invalid")["errors"]
    assert (fault["parameter"], fault["code"]) == ("case_number", "not_case_number")
    sent = sender.post(f"/applications/{found}/documents?question=x", PDF, content_type="application/pdf")
    (fault,) = problem(sent, "invalid")["errors"]
    assert (fault["parameter"], fault["code"]) == ("question", "question_gone")


def test_a_fault_of_ours_tells_an_id_and_nothing_else(one: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Gick sönder för 19880209-2396"

    def broken(*_: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(applications, "read", broken)
    chef = one.user(Role.CHEF)
    with changed(one) as client, logged() as log:
        answer = replace(chef, http=client).get("/applications/19880209-2396")
    found = problem(answer, "internal")
    assert "RuntimeError" not in answer.text
    assert "Traceback" not in answer.text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = next(line for line in lines if line["event"] == "unhandled")
    assert told["error_id"] == found["error_id"]
    assert told["exception"].endswith("RuntimeError")
    assert "Gick sönder" not in str(told), "what an error says is often what was wrong in a case"
    asked = next(line for line in lines if line["event"] == "request")
    assert asked["path"] == f"{APPLICATIONS}/[personnummer]"
    assert asked["route"] == "/v1/{kommunkod}/applications/{application}"
    assert (asked["status"], asked["subject"], asked["client"]) == (500, chef.subject, chef.client)
    assert asked["request_id"] == told["request_id"] == answer.headers["x-request-id"]
    assert "0209-2396" not in log.getvalue(), "whole: four figures alone may stand in any id or time"


def test_an_address_of_its_own_is_part_of_the_type_and_the_path_alone_without_one(one: Whole) -> None:
    with changed(one, settings={"public_url": "https://lagrum.exempel.se/"}) as client:
        answer = client.get("/x")
        assert answer.json()["type"] == "https://lagrum.exempel.se/problem/not-found"
        assert answer.headers["strict-transport-security"].startswith("max-age=")
    with changed(one, settings={"public_url": ""}) as client:
        answer = client.get("/x")
        assert answer.json()["type"] == "/problem/not-found"
        assert "strict-transport-security" not in answer.headers
