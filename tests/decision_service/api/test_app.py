"""The way of every request: its size, its headers, its parameters, its pace, and how it is described."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from decision_service.access.roles import Role
from decision_service.api import openapi
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import APPLICATIONS, Whole, changed, problem


@pytest.mark.slow
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
