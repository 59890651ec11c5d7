"""The service as its clients meet it: over a real connection, with real tokens."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import event

from decision_service.access.roles import Role
from decision_service.access.tokens import Tokens
from decision_service.api import openapi
from decision_service.api.app import ROUTERS, app_of
from decision_service.api.callers import Caller, require
from decision_service.api.problems import MEDIA_TYPE, PROBLEMS
from decision_service.api.routes import applications
from decision_service.installation.issuer import Algorithm
from decision_service.log.releases import book_from, files_of
from decision_service.operations.metrics import Metrics
from decision_service.operations.readings import SWEEPS
from decision_service.reading.strict_json import InputError
from decision_service.store.database import open_engine
from tests.world.installation import HANDLED, HANDLES, INSTALLATION, installed
from tests.world.issuers import claims, clock, issuer, key_server, new_key, public, signed
from tests.world.law import book
from tests.world.logs import logged
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import PUBLIC_URL, Whole, served

APPLICATIONS = "/v1/9999/applications"


@pytest.fixture(scope="module")
def client(one: Whole) -> httpx.Client:
    """Somebody without a token."""
    return one.http


@contextmanager
def changed(
    one: Whole,
    *,
    routers: Sequence[APIRouter] = ROUTERS,
    settings: Mapping[str, Any] | None = None,
    tokens: Tokens | None = None,
    **office: Any,
) -> Iterator[httpx.Client]:
    """The same service at a port of its own, with changes: by name those of the office."""
    service = replace(
        one.service,
        settings=one.service.settings.model_copy(update=settings or {}),
        office=replace(one.service.office, **office),
        tokens=tokens or one.service.tokens,
        metrics=Metrics(),
    )
    with served(app_of(service, works=False, routers=routers)) as client:
        yield client


def problem(response: httpx.Response, code: str) -> dict[str, Any]:
    """The problem document of a response, which must be of this type."""
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    found: dict[str, Any] = response.json()
    assert found["type"].removeprefix(PUBLIC_URL) == f"/problem/{code}"
    assert found["status"] == response.status_code == PROBLEMS[code].status
    return found


# Who may do what


def test_without_a_good_token_nothing_is_told(client: httpx.Client) -> None:
    answers = [
        client.get(f"{APPLICATIONS}/1"),
        client.get("/v1/0000/applications/1"),
        client.get(f"{APPLICATIONS}/1", headers={"Authorization": "Bearer a.b.c"}),
        client.get(f"{APPLICATIONS}/1", headers={"Authorization": "Basic YTpi"}),
    ]
    for answer in answers:
        problem(answer, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_two_tokens_are_none(one: Whole) -> None:
    header = one.eservice().headers()["Authorization"]
    answer = one.http.get(APPLICATIONS, headers=[("Authorization", header), ("Authorization", header)])
    problem(answer, "unauthenticated")


def test_another_municipality_and_one_that_is_not_there_look_the_same(one: Whole) -> None:
    user, seen = one.user(*Role), []
    for tenant in (HANDLES, HANDLED, "0180", "abcd", "99999", "９９９９"):
        found = problem(user.elsewhere(tenant).get("/applications"), "not-found")
        seen.append({name: value for name, value in found.items() if name != "instance"})
    assert all(each == seen[0] for each in seen)


def test_only_handlaggare_and_their_manager_work_in_the_municipality_that_they_handle(one: Whole) -> None:
    everybody = one.user(*Role, tenant=HANDLES, purpose="handlaggning").elsewhere(HANDLED)
    assert everybody.get("/tasks").status_code == 200
    problem(everybody.send(application(one.person(), NOVEMBER)), "forbidden")
    problem(one.user(*Role, tenant=HANDLED).elsewhere(HANDLES).get("/tasks"), "not-found")


def test_the_purposes_are_told_to_whoever_says_none(one: Whole) -> None:
    told = problem(one.handlaggare().reading_for("").get(f"/applications/{'0' * 32}"), "purpose-missing")
    assert "handlaggning" in told["purposes"]


def test_a_route_without_a_guard_stops_the_service_from_starting(one: Whole) -> None:
    router = APIRouter()

    @router.get("/open")
    def open_to_all() -> None: ...

    with pytest.raises(ValueError, match=r"\['GET'\] /open has no guard"), changed(one, routers=[router]):
        pass
    nested = APIRouter()
    nested.include_router(router)
    with pytest.raises(ValueError, match="guard cannot be seen"), changed(one, routers=[nested]):
        pass


def deeper(caller: Annotated[Caller, Depends(require(Role.CHEF))]) -> Caller:
    """What a route may depend on that itself depends on a guard."""
    return caller


def test_a_guard_deeper_down_counts(one: Whole) -> None:
    router = APIRouter()

    @router.get("/guarded")
    def guarded(caller: Annotated[Caller, Depends(deeper)]) -> None: ...

    with changed(one, routers=[router]) as client:
        problem(client.get("/v1/9999/guarded"), "unauthenticated")


def test_a_municipality_without_rules_stops_the_service_from_starting(one: Whole) -> None:
    other = installed(one.folder, INSTALLATION.replace('"9999"', '"0114"'))
    with pytest.raises(InputError, match="0114"), changed(one, installation=other):
        pass


def test_keys_that_change_and_an_issuer_that_is_down(one: Whole) -> None:
    old, new = new_key(Algorithm.EDDSA), new_key(Algorithm.EDDSA)
    header = {"Authorization": f"Bearer {signed(old, claims())}"}
    with key_server() as server:

        @contextmanager
        def trusting() -> Iterator[httpx.Client]:
            one.swept()
            with changed(one, tokens=Tokens((issuer({"adress": server.url}),), clock)) as client:
                yield client

        server.keys = [public(old, "k1")]
        with trusting() as client:
            assert client.get(APPLICATIONS, headers=header).status_code == 200
            assert client.get("/readyz").json()["ready"] is True
        server.status = 500
        with trusting() as client:
            answer = client.get(APPLICATIONS, headers=header)
            problem(answer, "unavailable")
            assert answer.headers["retry-after"] == "30"
            (red,) = [each for each in client.get("/readyz").json()["checks"] if not each["ok"]]
            assert red["name"] == "utfärdare"
        server.status, server.keys = 200, [public(new, "k2")]
        with trusting() as client:
            problem(client.get(APPLICATIONS, headers=header), "unauthenticated")
            header = {"Authorization": f"Bearer {signed(new, claims(), kid='k2')}"}
            assert client.get(APPLICATIONS, headers=header).status_code == 200


# Problems


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


# Bodies


def test_a_body_too_large_is_refused_whether_its_length_is_told_or_not(one: Whole) -> None:
    with changed(one, settings={"largest_body": 2000}) as client:
        sender = replace(one.eservice(), http=client)
        problem(sender.send(b'"' + b"x" * 1998 + b'"'), "invalid")
        assert problem(sender.send(b"x" * 2001), "too-large")["largest"] == 2000
        pieces = (b"x" * 500 for _ in range(5))
        header = sender.headers(idempotency_key="delar", content_type="application/json")
        problem(client.post(APPLICATIONS, content=pieces, headers=header), "too-large")
        assert b" 413 " in _raw(client, b"2001")


def _raw(client: httpx.Client, length: bytes) -> bytes:
    """The first line that a request with only a told length is answered with; its body is never sent."""
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, 10) as connection:
        head = b"POST /v1/9999/estimates HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n"
        connection.sendall(head)
        return connection.recv(100)


# Headers and limits


@pytest.mark.parametrize("path", ["/healthz", APPLICATIONS, "/finns/inte", "/v1/9999/rules", "/openapi.json"])
def test_every_answer_is_safe_in_a_browser(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert headers["x-request-id"]


def test_what_is_about_a_case_is_kept_by_no_cache(one: Whole) -> None:
    assert one.eservice().get("/applications").headers["cache-control"] == "no-store"
    assert one.http.get("/v1/9999/rules").headers["cache-control"].startswith("public")


def test_a_request_keeps_a_fit_id_and_gets_one_for_an_unfit(client: httpx.Client) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    )
    for unfit in ("19880209-2396", "a b", "x" * 65, 'a"b'):
        assert client.get("/healthz", headers={"X-Request-Id": unfit}).headers["x-request-id"] != unfit


def test_too_many_requests_are_refused_and_health_is_not(one: Whole) -> None:
    with changed(one, settings={"rate_per_address": 1}) as client:
        answers = [client.get("/v1/9999/releases") for _ in range(10)]
        assert answers[0].status_code == 200
        late = next(answer for answer in answers if answer.status_code != 200)
        problem(late, "too-many-requests")
        assert late.headers["retry-after"] == "1"
        assert all(client.get("/healthz").status_code == 200 for _ in range(10))


def test_one_clients_zeal_does_not_stop_another(one: Whole) -> None:
    with changed(one, settings={"rate_per_client": 1}) as client:
        zealous, other = (replace(one.eservice(), http=client) for _ in range(2))
        assert {200, 429} == {zealous.get("/applications").status_code for _ in range(10)}
        assert other.get("/applications").status_code == 200


# Public


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
    answer = one.http.get("/readyz")
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


def test_a_trial_calculation_is_that_of_the_command_line(client: httpx.Client) -> None:
    asked = {"month": "2026-11", "adults": 1, "costs": [{"type": "RENT", "amount": 5400}]}
    answer = client.post("/v1/9999/estimates", json=asked)
    assert answer.status_code == 200
    found = answer.json()
    assert found == client.post("/v1/9999/estimates", json=asked | {"municipality": None}).json()
    assert (found["municipality"], found["costs"]) == ("9999", 540_000)
    assert found["result"] == found["income"] - found["norm"] - found["costs"] - found["other_costs"]


def test_every_fault_of_a_trial_calculation_is_told_at_its_place(client: httpx.Client) -> None:
    asked = {"month": "2026-13", "adults": 0, "costs": [{"type": "HYRA", "amount": "x"}]}
    found = problem(client.post("/v1/9999/estimates", json=asked), "invalid")
    pointers = [fault["pointer"] for fault in found["errors"]]
    assert sorted(pointers) == ["/adults", "/costs/0/amount", "/costs/0/type", "/month"]
    other = client.post("/v1/9999/estimates", json={"month": "2026-11", "adults": 1, "municipality": "1287"})
    assert problem(other, "invalid")["errors"][0]["pointer"] == "/municipality"
    problem(client.post("/v1/0180/estimates", json={}), "not-found")


def test_trial_calculations_have_a_rate_of_their_own(one: Whole) -> None:
    with changed(one, settings={"rate_of_estimates": 1}) as client:
        answers = [
            client.post("/v1/9999/estimates", json={"month": "2026-11", "adults": 1}) for _ in range(10)
        ]
        assert answers[0].status_code == 200
        problem(answers[-1], "too-many-requests")
        assert client.get("/v1/9999/releases").status_code == 200


def test_the_register_of_rules_shows_national_rules_and_ones_own(client: httpx.Client) -> None:
    own = client.get("/v1/1263/rules").json()["items"]
    assert {each["municipality"] for each in own} == {None, "1263"}
    assert {each["municipality"] for each in client.get("/v1/9999/rules").json()["items"]} == {None}
    month = client.get("/v1/9999/rules?month=2026-11").json()["items"]
    assert 0 < len(month) < len(own)
    assert problem(client.get("/v1/9999/rules?month=2026-13"), "invalid")["errors"][0]["parameter"] == "month"


def test_every_rule_in_the_register_can_be_read(client: httpx.Client) -> None:
    listed = client.get("/v1/1263/rules").json()
    for name in {each["id"] for each in listed["items"]}:
        found = client.get(f"/v1/1263/rules/{name}").json()
        assert found["release"] == listed["release"]
        for each in found["versions"]:
            assert each["condition"]
            assert each["law"]
            # What lies outside a rule's range is a rule of its own, written in the first one's text; what a
            # group says once for its rules stands above them.
            written = re.findall(r"^ +(?:- )?id: (\S+)$", each["source"], re.MULTILINE)
            assert any(name == one or name.startswith(f"{one}.") for one in written), name


def test_a_rule_of_another_municipality_is_not_here(client: httpx.Client) -> None:
    items = client.get("/v1/1263/rules").json()["items"]
    own = next(each["id"] for each in items if each["municipality"] == "1263")
    national = {each["id"] for each in client.get("/v1/9999/rules").json()["items"]}
    if own not in national:
        problem(client.get(f"/v1/9999/rules/{own}"), "not-found")
    problem(client.get("/v1/9999/rules/finns.inte"), "not-found")


def test_releases_have_fingerprints_that_give_their_id(client: httpx.Client) -> None:
    (release,) = client.get("/v1/9999/releases").json()["items"]
    found = client.get(f"/v1/9999/releases/{release['id']}").json()
    assert release["files"] == len(found["files"])
    lines = sorted(f"{file['name']}\t{file['sha256']}\n" for file in found["files"])
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == release["id"]
    problem(client.get("/v1/9999/releases/" + "0" * 64), "not-found")


def test_amounts_of_a_month_and_a_month_without(client: httpx.Client) -> None:
    found = client.get("/v1/9999/norms?month=2026-11").json()
    assert (found["month"], found["municipality"]) == ("2026-11", "9999")
    assert client.get("/v1/9999/norms").json()["month"] == "2026-10"
    none = problem(client.get("/v1/9999/norms?month=2030-01"), "not-found")
    assert none["detail"].startswith("Det finns ingen riksnorm för 2030-01.")


@pytest.mark.parametrize("path", ["rules", "rules/riksnorm.gemensam", "norms?month=2026-11", "releases"])
def test_who_has_the_newest_already_is_told_so(client: httpx.Client, path: str) -> None:
    first = client.get(f"/v1/9999/{path}")
    again = client.get(f"/v1/9999/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/v1/9999/{path}", headers={"If-None-Match": '"annan"'}).status_code == 200


# The description


def test_the_description_tells_every_problem_and_who_needs_a_token(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    operations = {
        (path, method): operation
        for path, item in schema["paths"].items()
        for method, operation in item.items()
    }
    guarded = operations[("/v1/{kommunkod}/applications", "get")]
    assert guarded["security"] == [{"token": []}]
    assert {"401", "403", "404", "422", "429", "500", "503"} <= guarded["responses"].keys()
    public = operations[("/v1/{kommunkod}/estimates", "post")]
    assert "security" not in public
    assert "401" not in public["responses"]
    examples = public["requestBody"]["content"]["application/json"]["examples"]
    for example in examples.values():
        assert client.post("/v1/9999/estimates", json=example["value"]).status_code == 200
    assert "HTTPValidationError" not in json.dumps(schema)
    assert "$defs" not in json.dumps(schema)
    for operation in operations.values():
        assert operation["summary"]


def test_whoever_reads_the_description_reads_swedish(client: httpx.Client) -> None:
    """Names of fields and values stand between backticks; what else is said has none of the commonest words
    of the language that the program is written in."""
    english = re.compile(r"\b(the|of|and|with|from|that|which|whether|what|whose|how|why)\b", re.IGNORECASE)
    schema = client.get("/openapi.json").json()
    said = [each for kind in ("description", "summary") for each in found(schema, kind)]
    assert [each for each in said if english.search(re.sub("``.*?``", "", each))] == []
    assert openapi.SCHEMAS.keys() <= set(found(schema, "title"))


def found(part: Any, name: str) -> Iterator[str]:
    """Every text of a name, at any depth."""
    if isinstance(part, dict):
        if isinstance(part.get(name), str):
            yield part[name]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from found(each, name)


def test_what_is_no_http_at_all_does_not_break_the_service(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)
    connection.putrequest("GET", "/healthz", skip_host=True)
    connection.endheaders()
    connection.getresponse().read()
    connection.close()
    assert client.get("/healthz").status_code == 200


def test_no_route_takes_a_parameter_that_it_does_not_know(one: Whole) -> None:
    """``?outcome=AVSLAG`` on a list without that filter gave everything."""
    worker, asked = one.user(*Role), 0
    for path, operations in one.description["paths"].items():
        for method in operations:
            values = {"kommunkod": TENANT, "application": "a", "rule": "x", "month": "2026-11", "number": "1"}
            address = re.sub(r"\{(\w+)\}", lambda found, values=values: values.get(found[1], "x"), path)
            answer = one.http.request(method, address, params={"finns_inte": "1"}, headers=worker.headers())
            assert answer.status_code == 422, (method, path, answer.text)
            (fault,) = answer.json()["errors"]
            assert fault["parameter"] == "finns_inte"
            asked += 1
    assert asked > 40


def test_no_route_takes_a_parameter_twice(one: Whole) -> None:
    """Only one of the two would count, and nobody could say which."""
    worker, asked = one.user(*Role), 0
    values = {"kommunkod": TENANT, "application": "a", "rule": "x", "month": "2026-11", "number": "1"}
    for path, operations in one.description["paths"].items():
        for method, operation in operations.items():
            names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
            if not names:
                continue
            address = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "x"), path)
            given = [(name, "1") for name in names] * 2
            answer = one.http.request(method, address, params=given, headers=worker.headers())
            assert answer.status_code == 422, (method, path, answer.text)
            told = {each["parameter"]: each["code"] for each in answer.json()["errors"]}
            assert told == dict.fromkeys(names, "parameter_twice"), (method, path)
            asked += 1
    assert asked > 10


def test_two_keys_of_one_request_are_no_key(one: Whole) -> None:
    """A proxy and the service could take one each."""
    sender = one.eservice()
    body = json.dumps(application(one.person(), NOVEMBER)).encode()
    keys = [("Idempotency-Key", "en"), ("Idempotency-Key", "en annan")]
    headers = [*sender.headers(content_type="application/json").items(), *keys]
    answer = one.http.post(f"/v1/{TENANT}/applications", content=body, headers=headers)
    said = problem(answer, "bad-idempotency-key")
    assert (answer.status_code, "mer än en gång" in said["detail"]) == (400, True)


@pytest.mark.parametrize("packed", ["gzip", "br", "gzip, identity"])
def test_packed_content_is_refused_with_the_reason(one: Whole, packed: str) -> None:
    sender = one.eservice()
    headers = sender.headers(content_type="application/json", idempotency_key="p", content_encoding=packed)
    answer = one.http.post(f"/v1/{TENANT}/applications", content=b"\x1f\x8b", headers=headers)
    said = problem(answer, "unsupported-media-type")
    assert (answer.status_code, "Content-Encoding" in said["detail"]) == (415, True)


def test_content_that_is_said_to_be_as_it_is_is_read(one: Whole) -> None:
    body = json.dumps(application(one.person(), NOVEMBER)).encode()
    headers = one.eservice().headers(
        content_type="application/json", idempotency_key="som-den-ar", content_encoding="identity"
    )
    answer = one.http.post(f"/v1/{TENANT}/applications", content=body, headers=headers)
    assert answer.status_code in (201, 202)
