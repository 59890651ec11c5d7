"""The service as its clients meet it: over a real connection, with real tokens."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends

from decision_service.access.roles import Role
from decision_service.access.tokens import Tokens
from decision_service.api.app import create_app
from decision_service.api.callers import Caller, require
from decision_service.api.problems import MEDIA_TYPE, PROBLEMS
from decision_service.api.services import Check
from decision_service.decision.estimate import EstimateRequest
from decision_service.installation.configuration import Installation
from decision_service.installation.issuer import Algorithm
from decision_service.operations.metrics import Readings
from decision_service.reading.strict_json import InputError
from norms import document
from rules.rulebook import Rulebook
from tests.decision_service.api.world import INSTALLATION, NOW, bearer, service, services
from tests.world.issuers import claims, issuer, key_server, new_key, public, signed
from tests.world.logs import logged

THINGS = "/v1/9999/things"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with service(folder, settings={"rate_of_estimates": 0}) as found:
        yield found


def problem(response: httpx.Response, code: str) -> dict[str, Any]:
    """The problem document of a response, which must be of this type."""
    assert response.headers["content-type"] == MEDIA_TYPE, response.text
    found: dict[str, Any] = response.json()
    assert (found["type"], found["status"]) == (f"/problem/{code}", response.status_code)
    assert response.status_code == PROBLEMS[code].status
    return found


# Who may do what


def test_without_a_good_token_nothing_is_told(client: httpx.Client) -> None:
    answers = [
        client.get(f"{THINGS}/1"),
        client.get("/v1/0000/things/1"),
        client.get(f"{THINGS}/1", headers={"Authorization": "Bearer a.b.c"}),
        client.get(f"{THINGS}/1", headers={"Authorization": "Basic YTpi"}),
    ]
    for answer in answers:
        problem(answer, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_two_tokens_are_none(client: httpx.Client, folder: Path) -> None:
    header = bearer(folder)["Authorization"]
    answer = client.get(f"{THINGS}/1", headers=[("Authorization", header), ("Authorization", header)])
    problem(answer, "unauthenticated")


def test_another_municipality_and_one_that_is_not_there_look_the_same(
    client: httpx.Client, folder: Path
) -> None:
    header = bearer(folder, *Role, tenant="9999")
    seen = []
    for tenant in ("1287", "1263", "0180", "abcd", "99999", "９９９９"):
        found = problem(client.get(f"/v1/{tenant}/things/1", headers=header), "not-found")
        seen.append({name: value for name, value in found.items() if name != "instance"})
    assert all(each == seen[0] for each in seen)


def test_another_role_is_refused(client: httpx.Client, folder: Path) -> None:
    problem(client.get(THINGS, headers=bearer(folder, Role.ESERVICE)), "forbidden")
    assert client.get(THINGS, headers=bearer(folder, Role.HANDLAGGARE)).status_code == 200


def test_a_handlaggare_of_trelleborg_works_in_svedala(client: httpx.Client, folder: Path) -> None:
    trelleborg = bearer(folder, *Role, tenant="1287") | {"Lagrum-Purpose": "handlaggning"}
    found = client.get("/v1/1263/things/1", headers=trelleborg).json()
    assert (found["tenant"], found["roles"]) == ("1263", ["chef", "handlaggare"])
    svedala = bearer(folder, *Role, tenant="1263") | {"Lagrum-Purpose": "handlaggning"}
    problem(client.get("/v1/1287/things/1", headers=svedala), "not-found")


def test_a_person_says_why_and_a_program_does_not(client: httpx.Client, folder: Path) -> None:
    person = bearer(folder, Role.HANDLAGGARE)
    told = problem(client.get(f"{THINGS}/1", headers=person), "purpose-missing")
    assert "handlaggning" in told["purposes"]
    problem(client.get(f"{THINGS}/1", headers=person | {"Lagrum-Purpose": "nyfikenhet"}), "purpose-missing")
    said = client.get(f"{THINGS}/1", headers=person | {"Lagrum-Purpose": "granskning"})
    assert said.json()["purpose"] == "granskning"
    assert client.get(f"{THINGS}/1", headers=bearer(folder, Role.ESERVICE)).json()["purpose"] == ""


def test_a_route_without_a_guard_stops_the_service_from_starting(folder: Path) -> None:
    router = APIRouter()

    @router.get("/open")
    def open_to_all() -> None: ...

    with pytest.raises(ValueError, match=r"\['GET'\] /open has no guard"):
        create_app(services(folder, routers=[router]))
    nested = APIRouter()
    nested.include_router(router)
    with pytest.raises(ValueError, match="guard cannot be seen"):
        create_app(services(folder, routers=[nested]))


def deeper(caller: Annotated[Caller, Depends(require(Role.CHEF))]) -> Caller:
    """What a route may depend on that itself depends on a guard."""
    return caller


def test_a_guard_deeper_down_counts(folder: Path) -> None:
    router = APIRouter()

    @router.get("/guarded")
    def guarded(caller: Annotated[Caller, Depends(deeper)]) -> None: ...

    create_app(services(folder, routers=[router]))


def test_a_municipality_without_rules_stops_the_service_from_starting(folder: Path) -> None:
    text = INSTALLATION.replace('"9999"', '"0114"')
    other = Installation.of(document.parse(text.encode(), "i.yaml"), folder)
    with pytest.raises(InputError, match="0114 står i installationen men inte i"):
        create_app(services(folder, installation=other))


def test_keys_that_change_and_an_issuer_that_is_down(folder: Path) -> None:
    old, new = new_key_pair(), new_key_pair()
    with key_server() as server:
        server.keys = [public(old, "k1")]
        tokens = Tokens((issuer({"adress": server.url}),), lambda: NOW)
        header = {"Authorization": f"Bearer {signed(old, claims())}"}
        with service(folder, tokens=tokens, checks=[Check("Inloggning", tokens.check)]) as client:
            assert client.get(THINGS, headers=header).status_code == 200
            assert client.get("/readyz").json()["ready"] is True
        server.status = 500
        tokens = Tokens((issuer({"adress": server.url}),), lambda: NOW)
        with service(folder, tokens=tokens, checks=[Check("Inloggning", tokens.check)]) as client:
            answer = client.get(THINGS, headers=header)
            problem(answer, "unavailable")
            assert answer.headers["retry-after"] == "30"
            assert client.get("/readyz").status_code == 503
        server.status, server.keys = 200, [public(new, "k2")]
        tokens = Tokens((issuer({"adress": server.url}),), lambda: NOW)
        with service(folder, tokens=tokens) as client:
            problem(client.get(THINGS, headers=header), "unauthenticated")
            header = {"Authorization": f"Bearer {signed(new, claims(), kid='k2')}"}
            assert client.get(THINGS, headers=header).status_code == 200


def new_key_pair() -> Any:
    return new_key(Algorithm.EDDSA)


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
        "type": f"/problem/{code}",
        "status": kind.status,
        "title": kind.title["sv"],
        "detail": kind.detail["sv"],
    }
    assert english["title"] == kind.title["en"] != swedish["title"]


def test_a_problem_nobody_has_heard_of(client: httpx.Client) -> None:
    problem(client.get("/problem/annat"), "not-found")


def test_parameters_that_are_wrong_are_named(client: httpx.Client, folder: Path) -> None:
    answer = client.get(f"{THINGS}?limit=0", headers=bearer(folder))
    assert problem(answer, "invalid")["errors"] == [{"parameter": "limit", "message": "Minst 1."}]
    english = client.get(f"{THINGS}?limit=x", headers=bearer(folder) | {"Accept-Language": "en"})
    assert english.json()["errors"] == [{"parameter": "limit", "message": "Expected a whole number."}]


def test_a_fault_of_ours_tells_an_id_and_nothing_else(client: httpx.Client, folder: Path) -> None:
    with logged() as log:
        answer = client.delete(f"{THINGS}/19880209-2396", headers=bearer(folder, Role.CHEF))
    found = problem(answer, "internal")
    assert "RuntimeError" not in answer.text
    assert "Traceback" not in answer.text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = next(line for line in lines if line["event"] == "unhandled")
    assert told["error_id"] == found["error_id"]
    assert "RuntimeError: Gick sönder för [personnummer]" in told["exception"]
    asked = next(line for line in lines if line["event"] == "request")
    assert asked["path"] == f"{THINGS}/[personnummer]"
    assert asked["route"] == "/v1/{kommunkod}/things/{thing}"
    assert (asked["status"], asked["subject"], asked["client"]) == (500, "demo-chef", "demonstration")
    assert asked["request_id"] == told["request_id"] == answer.headers["x-request-id"]
    assert "2396" not in log.getvalue()


def test_the_public_address_is_part_of_the_type(folder: Path) -> None:
    with service(folder, settings={"public_url": "https://lagrum.exempel.se/"}) as client:
        answer = client.get("/x")
        assert answer.json()["type"] == "https://lagrum.exempel.se/problem/not-found"
        assert answer.headers["strict-transport-security"].startswith("max-age=")


# Pages, versions, the same twice


def test_pages_follow_each_other_to_the_end(client: httpx.Client, folder: Path) -> None:
    url, seen = f"{THINGS}?limit=3&colour=bl%C3%A5", []
    while url:
        answer = client.get(url, headers=bearer(folder))
        assert answer.json()["colour"] == "blå"
        seen.append(answer.json()["items"])
        url = answer.links["next"]["url"] if answer.links else ""
    assert seen == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_cursor_holds_for_its_own_list_only(client: httpx.Client, folder: Path) -> None:
    first = client.get(f"{THINGS}?limit=3", headers=bearer(folder))
    cursor = httpx.URL(first.links["next"]["url"]).params["cursor"]
    for url in (f"{THINGS}?limit=3&colour=blue&cursor={cursor}", f"{THINGS}?cursor={cursor}x"):
        problem(client.get(url, headers=bearer(folder)), "bad-cursor")
    other = client.get(f"/v1/1287/things?cursor={cursor}", headers=bearer(folder, tenant="1287"))
    problem(other, "bad-cursor")
    assert client.get(f"{THINGS}?limit=2&cursor={cursor}", headers=bearer(folder)).json()["items"] == [3, 4]


def test_a_change_needs_the_version_that_was_seen(client: httpx.Client, folder: Path) -> None:
    chef = bearer(folder, Role.CHEF)
    problem(client.put(f"{THINGS}/1", headers=chef), "version-missing")
    problem(client.put(f"{THINGS}/1", headers=chef | {"If-Match": "*"}), "version-missing")
    for stale in ('"v6"', 'W/"v7"', "v7", '"v7', '"v77"'):
        answer = client.put(f"{THINGS}/1", headers=chef | {"If-Match": stale})
        problem(answer, "stale")
        assert answer.headers["etag"] == '"v7"'
    answer = client.put(f"{THINGS}/1", headers=chef | {"If-Match": '"v6", "v7"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v8"')


def test_the_same_post_twice_is_done_once(client: httpx.Client, folder: Path) -> None:
    header = bearer(folder, Role.ESERVICE) | {"Idempotency-Key": "a1"}
    first = client.post(THINGS, json={"a": 1}, headers=header)
    again = client.post(THINGS, json={"a": 1}, headers=header)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    problem(client.post(THINGS, json={"a": 2}, headers=header), "idempotency-key-reused")
    other = client.post(THINGS, json={"a": 1}, headers=header | {"Idempotency-Key": "a2"})
    assert other.content != first.content
    problem(client.post(THINGS, json={}, headers=bearer(folder, Role.ESERVICE)), "idempotency-key-missing")
    too_long = client.post(THINGS, json={}, headers=header | {"Idempotency-Key": "x" * 256})
    problem(too_long, "bad-idempotency-key")


def test_the_wish_to_wait_is_heard(client: httpx.Client, folder: Path) -> None:
    header = bearer(folder, Role.ESERVICE) | {"Idempotency-Key": "w1", "Prefer": "respond-async, wait=100"}
    assert client.post(THINGS, json={}, headers=header).headers["preference-applied"] == "wait=30"


# Bodies


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1, "a": 2}', b"\xff", b'{"a": NaN}', b"[" * 5000, b'"\\ud800"']
)
def test_a_body_that_is_no_json_is_told_so(client: httpx.Client, folder: Path, body: bytes) -> None:
    header = bearer(folder, Role.ESERVICE) | {"Idempotency-Key": "b", "Content-Type": "application/json"}
    assert problem(client.post(THINGS, content=body, headers=header), "malformed")["errors"]


def test_another_kind_of_body_is_refused(client: httpx.Client, folder: Path) -> None:
    header = bearer(folder, Role.ESERVICE) | {"Idempotency-Key": "c", "Content-Type": "text/xml"}
    problem(client.post(THINGS, content=b"<a/>", headers=header), "unsupported-media-type")


def test_a_body_too_large_is_refused_whether_its_length_is_told_or_not(folder: Path) -> None:
    with service(folder, settings={"largest_body": 2000}) as client:
        header = bearer(folder, Role.ESERVICE) | {"Content-Type": "application/json"}
        just = client.post(
            THINGS, content=b'"' + b"x" * 1998 + b'"', headers=header | {"Idempotency-Key": "1"}
        )
        assert just.status_code == 201
        told = client.post(THINGS, content=b"x" * 2001, headers=header | {"Idempotency-Key": "2"})
        assert problem(told, "too-large")["largest"] == 2000
        pieces = (b"x" * 500 for _ in range(5))
        streamed = client.post(THINGS, content=pieces, headers=header | {"Idempotency-Key": "3"})
        problem(streamed, "too-large")
        assert b" 413 " in _raw(client, b"2001")


def _raw(client: httpx.Client, length: bytes) -> bytes:
    """The first line that a request with only a told length is answered with; its body is never sent."""
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, 10) as connection:
        head = b"POST /v1/9999/estimates HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n"
        connection.sendall(head)
        return connection.recv(100)


# Headers and limits


@pytest.mark.parametrize("path", ["/healthz", THINGS, "/finns/inte", "/v1/9999/rules", "/openapi.json"])
def test_every_answer_is_safe_in_a_browser(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in headers
    assert "server" not in headers
    assert headers["x-request-id"]


def test_what_is_about_a_case_is_kept_by_no_cache(client: httpx.Client, folder: Path) -> None:
    assert client.get(THINGS, headers=bearer(folder)).headers["cache-control"] == "no-store"
    assert client.get("/v1/9999/rules").headers["cache-control"].startswith("public")


def test_a_request_keeps_a_fit_id_and_gets_one_for_an_unfit(client: httpx.Client) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    )
    for unfit in ("19880209-2396", "a b", "x" * 65, 'a"b'):
        assert client.get("/healthz", headers={"X-Request-Id": unfit}).headers["x-request-id"] != unfit


def test_too_many_requests_are_refused_and_health_is_not(folder: Path) -> None:
    with service(folder, settings={"rate_per_address": 1}) as client:
        answers = [client.get("/v1/9999/releases") for _ in range(10)]
        assert answers[0].status_code == 200
        late = next(answer for answer in answers if answer.status_code != 200)
        problem(late, "too-many-requests")
        assert late.headers["retry-after"] == "1"
        assert all(client.get("/healthz").status_code == 200 for _ in range(10))


def test_one_clients_zeal_does_not_stop_another(folder: Path) -> None:
    with service(folder, settings={"rate_per_client": 1}) as client:
        answers = [client.get(THINGS, headers=bearer(folder)).status_code for _ in range(10)]
        assert {200, 429} == set(answers)
        assert client.get("/v1/9999/rules").status_code == 200


# Public


def test_health_is_about_the_process_alone(folder: Path) -> None:
    with service(folder, checks=[Check("Databasen", lambda: "Databasen svarar inte.")]) as client:
        assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_tells_what_is_wrong(folder: Path) -> None:
    def broken() -> str | None:
        raise OSError("postgresql://lagrum:hemligt@db/lagrum")

    checks = [
        Check("Klockan", lambda: None),
        Check("Köerna", lambda: "Äldst är 21 timmar."),
        Check("X", broken),
    ]
    with service(folder, checks=checks) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "checks": [
                {"name": "Klockan", "ok": True},
                {"name": "Köerna", "ok": False, "why": "Äldst är 21 timmar."},
                {"name": "X", "ok": False, "why": "Kontrollen gick inte att göra (OSError)."},
            ],
        }
    with service(folder, checks=checks[:1]) as client:
        assert client.get("/readyz").status_code == 200


def test_figures_are_read_when_asked_for(folder: Path) -> None:
    ages = iter([10.0, 20.0])
    with service(folder, readings=lambda: Readings(oldest_undecided={"9999": next(ages)})) as client:
        client.get("/finns/inte/19880209-2396")
        client.get(f"{THINGS}/1")
        for age in ("10.0", "20.0"):
            text = client.get("/metrics").text
            assert f'lagrum_oldest_undecided_seconds{{kommunkod="9999"}} {age}' in text
        assert 'route="/v1/{kommunkod}/things/{thing}",status="401"' in text
        assert 'route="none",status="404"' in text
        assert "2396" not in text


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


def test_trial_calculations_have_a_rate_of_their_own(folder: Path) -> None:
    def quick(request: EstimateRequest, book: Rulebook) -> dict[str, Any]:
        return {}

    with service(folder, estimate=quick, settings={"rate_of_estimates": 1}) as client:
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
            # What lies outside a rule's range is a rule of its own, written in the first one's text.
            written = each["source"].splitlines()[0].removeprefix("  - id: ")
            assert name == written or name.startswith(f"{written}.")


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
    assert client.get("/v1/9999/norms").json()["month"] == "2026-11"
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
    guarded = operations[("/v1/{kommunkod}/things", "get")]
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


def test_what_is_no_http_at_all_does_not_break_the_service(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)
    connection.putrequest("GET", "/healthz", skip_host=True)
    connection.endheaders()
    connection.getresponse().read()
    connection.close()
    assert client.get("/healthz").status_code == 200
