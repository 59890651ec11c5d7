"""What strangers send: every method to every address, headers and parameters without end, personal numbers
wherever they can be put. Nothing breaks, nothing costs more than its size, nothing of it is written down."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product
from typing import Literal

import httpx
import pytest

from decision_service.access.roles import Role
from decision_service.api.app import ROUTERS
from decision_service.api.routes import applications
from decision_service.reading.faults import MOST_FAULTS
from decision_service.web.site import OPEN, WORKING
from tests.world.logs import logged
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Whole
from tests.world.visitors import visitor

REFUSED = 400
"""What a connection that is cut counts as."""
METHODS = ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PUT", "PATCH", "DELETE", "POST", "LAGRUM")
HOST = "Host: lagrum.example.se\r\n"
CLOSE = HOST + "Connection: close\r\n"


@contextmanager
def connection(one: Whole) -> Iterator[socket.socket]:
    url = one.http.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=30) as found:
        yield found


def answer(one: Whole, request: str) -> tuple[int, bytes, bytes]:
    """Status, headers and body of what a request is answered with, to the end of the connection."""
    with connection(one) as found:
        said = b""
        with suppress(ConnectionError):  # it was cut while more was coming
            found.sendall(request.encode())
        with suppress(ConnectionError):
            while part := found.recv(65536):
                said += part
    while said.startswith(b"HTTP/1.1 100"):
        said = said.partition(b"\r\n\r\n")[2]
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head[9:12] or REFUSED), head, body


def addresses(one: Whole) -> list[str]:
    """Every path of the API and of the pages, with something in the place of each parameter."""
    pages = [each.path for router in (*ROUTERS, *OPEN, *WORKING) for each in router.routes]  # type: ignore[attr-defined]
    paths = {*pages, *one.description["paths"], "/healthz", "/readyz", "/metrics", "/openapi.json", "/*"}
    return sorted({re.sub(r"\{\w+(:\w+)?\}", "1", path.replace("{kommunkod}", TENANT)) for path in paths})


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1, 2])
def test_every_method_to_every_address_is_answered_and_none_by_a_fault_of_ours(
    one: Whole, first: int
) -> None:
    """Nobody has a token: nothing is done, TRACE gives nothing back, and HEAD has no body."""
    found = addresses(one)
    assert len(found) > 150
    before = everything(one)
    assert len(METHODS) % 3, "Each third of all pairs has every method."
    for path, method in list(product(found, METHODS))[first::3]:
        status, head, body = answer(
            one, f"{method} {path} HTTP/1.1\r\n{CLOSE}X-Spar: sann\r\nContent-Length: 0\r\n\r\n"
        )
        assert status < 500, (method, path, body[:200])
        assert b"X-Spar" not in body, (method, path)
        assert b"access-control-allow-methods: *" not in head.lower()
        if method == "HEAD":
            assert body == b"", path
        if method in ("TRACE", "CONNECT", "PROPFIND", "LAGRUM"):
            assert status in (400, 404, 405), (method, path, status)
    assert everything(one) == before


def everything(one: Whole) -> int:
    """Entries of the log."""
    with one.service.office.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT sum(size) FROM audit_head").scalar_one())


MANY = ",".join(f"x-{number};q=0.1" for number in range(2000))
COOKIES = "; ".join(f"a{number}=b" for number in range(3000))
STRANGE = {
    "another's whole address": ("GET http://169.254.169.254/latest", "", {404}),
    "two slashes": ("GET //evil.example/%2e%2e/", "", {404}),
    "out of the folder": ("GET /statiskt/..%2f..%2fservice.py", "", {404}),
    "out of the folder by dots": ("GET /statiskt/%2e%2e/%2e%2e/service.py", "", {404}),
    "parts of an answer": ("GET /healthz", "Range: bytes=0-1,2-3,4-5\r\n", {200}),
    "many tags": ("GET /", f"If-None-Match: {'W/x,' * 3000}\r\n", {200}),
    "many cookies": ("GET /", f"Cookie: {COOKIES}\r\n", {200}),
    "a long cookie": ("GET /", f"Cookie: {'x' * 200_000}\r\n", {400, 431}),
    "many headers": ("GET /", "".join(f"X-{number}: 1\r\n" for number in range(20_000)), {400, 431}),
    "many languages": ("GET /", f"Accept-Language: {MANY}\r\n", {200}),
    "packed": (f"POST /v1/{TENANT}/estimates", "Content-Encoding: gzip\r\nContent-Length: 0\r\n", {400, 415}),
    "less than nothing": (f"POST /v1/{TENANT}/estimates", "Content-Length: -1\r\n", {400}),
    "another method": (
        f"POST /v1/{TENANT}/rules",
        "X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n",
        {405},
    ),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_strange_is_refused_or_nothing_more_than_what_it_is(one: Whole, what: str) -> None:
    line, headers, statuses = STRANGE[what]
    status, _, body = answer(one, f"{line} HTTP/1.1\r\n{CLOSE}{headers}\r\n")
    assert status in statuses, body[:300]
    assert len(body) < 20_000


def test_a_body_that_is_promised_and_never_sent_holds_nobody(one: Whole) -> None:
    """``Expect: 100-continue``: it is asked for, and others are answered meanwhile."""
    with connection(one) as waits:
        promised = "Expect: 100-continue\r\nContent-Length: 50\r\n\r\n"
        waits.sendall(f"POST /v1/{TENANT}/estimates HTTP/1.1\r\n{CLOSE}{promised}".encode())
        assert one.http.get("/healthz").status_code == 200
        waits.shutdown(socket.SHUT_WR)
        said = b""
        while part := waits.recv(65536):
            said += part
    assert b" 500 " not in said


@pytest.mark.parametrize("path", ["rules", "applications", "norms", "impacts", "history"])
def test_unknown_parameters_are_told_up_to_a_number(one: Whole, path: str) -> None:
    """However many are sent: the answer is no larger for six thousand than for sixty."""
    few, many = (
        one.http.get(f"/v1/{TENANT}/{path}", params={f"p{n}": "1" for n in range(count)})
        for count in (60, 6000)
    )
    assert few.status_code == many.status_code
    assert len(many.content) < len(few.content) + 200
    if many.status_code == 422:
        assert len(many.json()["errors"]) == MOST_FAULTS + 1
        assert "5950" in many.text


HEADERS = (
    *("User-Agent", "X-Request-ID", "Referer", "Idempotency-Key", "Cookie", "Origin", "Authorization"),
    *("If-Match", "Lagrum-Purpose", "Accept-Language", "X-Forwarded-For"),
)
PLACES = (
    *(f"/v1/{TENANT}/applications/", f"/oppet/{TENANT}/regler/", f"/k/{TENANT}/beslut/"),
    *("/statiskt/", "/v1/", "/"),
)


@pytest.mark.parametrize("form", ["json", "ord"])
def test_no_personal_number_of_a_request_is_written_down(one: Whole, form: Literal["json", "ord"]) -> None:
    """Wherever it is put: path, query, method, any header, token, cookie; nor is it a label of a figure."""
    number = personal_number(77)
    spelled = (
        number,
        f"{number[:8]}-{number[8:]}",
        f"{number[2:8]}+{number[8:]}",
        f"{number[:8]}%2D{number[8:]}",
    )
    with logged(io.StringIO(), form) as stream:
        for each in spelled:
            headers = "".join(f"{name}: {each}\r\n" for name in HEADERS)
            for place in PLACES:
                for method in ("GET", "POST", number):
                    request = f"{method} {place}{each}?p={each} HTTP/1.1\r\n"
                    answer(one, f"{request}{CLOSE}{headers}Content-Length: 0\r\n\r\n")
    figures = one.http.get("/metrics").text
    for where in (stream.getvalue(), figures):
        assert TENANT in where
        plain = where.replace("%2D", "-")
        for each in (number, number[2:], f"{number[2:8]}-{number[8:]}", f"{number[2:8]}+{number[8:]}"):
            assert each not in plain


@pytest.mark.parametrize("form", ["json", "ord"])
def test_a_fault_of_ours_tells_the_log_nothing_of_a_case(
    one: Whole, form: Literal["json", "ord"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that carries a name and a number in its words, as those of libraries do."""
    sent, number = application(one.known(), NOVEMBER), personal_number(78)

    def breaks(*_: object, **__: object) -> None:
        facts = {"first_name": "Alfhild", "personal_number": number}
        raise ValueError(f"{facts!r} of {number}")

    monkeypatch.setattr(applications, "receive_all", breaks)
    with logged(io.StringIO(), form) as stream:
        headers = one.eservice().headers(idempotency_key=f"fel-{form}", content_type="application/json")
        found = httpx.post(one.http.base_url.join(f"/v1/{TENANT}/applications"), json=sent, headers=headers)
    assert found.status_code == 500
    assert "ValueError" in stream.getvalue()
    for each in (number, f"{number[:8]}-{number[8:]}", "Alfhild"):
        assert each not in stream.getvalue()
        assert each not in found.text


def test_whoever_has_signed_out_leaves_no_page_behind(one: Whole) -> None:
    """No page of those who work here, and no answer about a case, may be kept by a browser."""
    case = one.eservice().apply(application(one.known(), NOVEMBER))
    worker = visitor(one, Role.HANDLAGGARE)
    for path in ("beslut", "ko", f"ko/{case}", f"beslut/{case}"):
        found = worker.get(f"/k/{TENANT}/{path}")
        assert found.headers["cache-control"] == "no-store", path


@pytest.mark.slow
@pytest.mark.parametrize("turn", ["\u202e", "\u202d", "\u2067", "\u2066"])
def test_no_name_turns_the_text_of_a_page(one: Whole, turn: str) -> None:
    """What comes after it on the line is read as it is written."""
    sent = application(one.person(), NOVEMBER)
    sent["people"][0]["first_name"] = f"Al{turn}ma"
    case = one.eservice().apply(sent)
    page = visitor(one, Role.HANDLAGGARE).get(f"/k/{TENANT}/ko/{case}").text
    assert turn not in page
    assert f"Al[U+{ord(turn):04X}]ma" in page
