"""One request is one request, however its end is written; and what is put into the tables opens no door."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from sqlalchemy import text

from decision_service.access.roles import Role
from decision_service.store.database import transaction
from decision_service.store.sealing import KEY
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole
from tests.world.visitors import PAGE, Visitor, visitor

HIDDEN = b"GET /problem/not-found HTTP/1.1\r\nHost: x\r\n\r\n"
"""A second request, in what is sent as the body of the first."""


def post(*heads: bytes, body: bytes = HIDDEN) -> bytes:
    return b"\r\n".join([b"POST /v1/9999/estimates HTTP/1.1", b"Host: x", *heads, b"", body])


CHUNKED = b"5\r\nhello\r\n0\r\n\r\n"
ENDS = {
    "both": post(b"Content-Length: 6", b"Transfer-Encoding: chunked", body=b"0\r\n\r\nX" + HIDDEN),
    "two lengths": post(b"Content-Length: 5", b"Content-Length: %d" % len(HIDDEN)),
    "a list of lengths": post(b"Content-Length: 5, %d" % len(HIDDEN)),
    "a length with a sign": post(b"Content-Length: +%d" % len(HIDDEN)),
    "a length in other digits": post("Content-Length: ٤٤".encode()),
    "a negative length": post(b"Content-Length: -1"),
    "a length without end": post(b"Content-Length: " + b"9" * 400),
    "a space before the colon": post(b"Content-Length : %d" % len(HIDDEN)),
    "a folded line": post(b"X: a\r\n Content-Length: 3", b"Content-Length: %d" % len(HIDDEN)),
    "another coding": post(b"Transfer-Encoding: xchunked", body=CHUNKED + HIDDEN),
    "two codings": post(b"Transfer-Encoding: chunked, identity", body=CHUNKED + HIDDEN),
    "a chunk without size": post(b"Transfer-Encoding: chunked", body=b"\r\n" + HIDDEN),
    "a chunk with a sign": post(b"Transfer-Encoding: chunked", body=b"+5\r\nhello\r\n0\r\n\r\n"),
    "a chunk without end": post(b"Transfer-Encoding: chunked", body=b"F" * 400 + b"\r\n"),
    "a NUL in a head": post(b"X: a\x00b", b"Content-Length: 0"),
    "a line of its own": post(b"X: a\rContent-Length: 9", b"Content-Length: 0", body=b""),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_request_whose_end_can_be_read_in_two_ways_is_one(one: Whole, how: str) -> None:
    """Refused, or answered once; what came with it is never a request of its own where a proxy saw a body."""
    answers = said(one, ENDS[how])
    statuses = [int(each.split(b" ")[1]) for each in answers.split(b"\r\n") if each.startswith(b"HTTP/1.1 ")]
    assert len(statuses) <= 1, answers
    assert all(400 <= each < 500 for each in statuses), answers
    assert b"finns inte" not in answers or statuses[0] != 200


def said(one: Whole, sent: bytes) -> bytes:
    """What the service answers on a connection that is then shut for sending."""
    at = one.http.base_url.host, one.http.base_url.port or 80
    with socket.create_connection(at, timeout=20) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while part := line.recv(65536):
            found += part
    return found


def test_a_key_that_leads_to_anothers_application_shows_nothing_of_it(one: Whole) -> None:
    """Somebody with the database alone points a client's key at an application of another client's."""
    mine, theirs = one.eservice(), one.eservice()
    content, key = application(one.person(), NOVEMBER), "nyckel-till-en-annan"
    sent = mine.send(content, key)
    other = theirs.apply(application(one.person(), NOVEMBER))
    office = one.service.office
    with transaction(office.engine) as session:
        moved = text("UPDATE idempotency SET application_id = :other WHERE key = :key")
        session.connection().execute(moved, {"other": other, "key": office.keyed(KEY, key)})
    again = mine.send(content, key)
    assert again.status_code == 404
    assert other not in again.text
    assert mine.get(f"/applications/{sent.json()['id']}").status_code == 200


def test_the_same_key_of_another_client_or_municipality_is_another(one: Whole) -> None:
    content, key = application(one.person(), NOVEMBER), "nyckel-som-flera-har"
    first, second = one.eservice(), one.eservice()
    elsewhere = one.eservice("1384")
    ids = {each.send(content, key).json()["id"] for each in (first, second, elsewhere)}
    assert len(ids) == 3
    assert first.send(content, key).json()["id"] in ids


def as_a_manager(somebody: Any, row: Any) -> str:
    """The words of a session, where a handläggare is a manager."""
    word, _, found = str(row.principal).partition(" ")
    changed = json.loads(found) | {"roles": [Role.CHEF.value, Role.HANDLAGGARE.value]}
    return f"{word} {json.dumps(changed, ensure_ascii=False)}"


def test_nobody_signs_in_by_the_database_alone(one: Whole) -> None:
    """Neither by a session put there for a cookie that one has, nor as somebody else in one's own."""
    mine = visitor(one, Role.HANDLAGGARE)
    office = one.service.office
    assert mine.get(f"/k/{TENANT}/ko").status_code == 200
    with office.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, principal FROM web_session")).all()
    (row,) = [each for each in rows if mine_is(one, mine, each.id)]
    with transaction(office.engine) as session:
        forged = text("UPDATE web_session SET principal = :principal WHERE id = :id")
        session.connection().execute(forged, {"principal": as_a_manager(mine, row), "id": row.id})
    assert mine.get(f"/k/{TENANT}/ko").status_code == 303
    copied = text(
        "INSERT INTO web_session (id, subject, principal, purpose, begun_at, used_at)"
        " SELECT :id, subject, :principal, purpose, begun_at, used_at FROM web_session WHERE id = :of"
    )
    ours = {"id": "0" * 64, "principal": row.principal, "of": row.id}
    with transaction(office.engine) as session:
        session.connection().execute(copied, ours)
    guess = Visitor(one.http, "min-egen-kaka")
    assert guess.http.get(f"/k/{TENANT}/ko", headers=PAGE | guess.headers).status_code == 303


def mine_is(one: Whole, somebody: Visitor, key: str) -> bool:
    return one.service.office.keyed("cookie", somebody.cookie) == key
