"""The parts of the API that stand on their own: cursors, wishes, keys, versions, rates, languages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert
from sqlmodel import Session, SQLModel

from decision_service.api import etag, idempotency, prefer
from decision_service.api.failures import invalid_input
from decision_service.api.language import preferred
from decision_service.api.limits import MOST_CLIENTS, Rate, address_of
from decision_service.api.pages import Cursors, Position
from decision_service.api.problems import PROBLEMS, ProblemError, document, read_types
from decision_service.commands.serve import _bound
from decision_service.installation.settings import Settings
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import IdempotencyRow
from norms.fault import FaultKind, fault
from norms.finding import FindingsError
from tests.world.sweeps import swept

CURSORS = Cursors(b"a secret of thirty-two bytes....")
POSITIONS = st.lists(st.text(max_size=40) | st.integers(-(2**63), 2**63), min_size=1, max_size=4).map(tuple)


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.type.code


# Cursors


@given(scope=st.text(max_size=40), position=POSITIONS)
def test_a_cursor_leads_back_to_its_position(scope: str, position: Position) -> None:
    cursor = CURSORS.encode(scope, position)
    assert cursor.isascii()
    assert CURSORS.decode(scope, cursor) == position


@given(scope=st.text(max_size=10), other=st.text(max_size=10), position=POSITIONS)
def test_a_cursor_leads_nowhere_in_another_list(scope: str, other: str, position: Position) -> None:
    assume(scope != other)
    with pytest.raises(ProblemError) as error:
        CURSORS.decode(other, CURSORS.encode(scope, position))
    assert code_of(error) == "bad-cursor"


@given(position=POSITIONS, place=st.integers(0), letter=st.sampled_from("ABCabc019-_=.ö"))
def test_a_changed_cursor_leads_nowhere(position: Position, place: int, letter: str) -> None:
    cursor = CURSORS.encode("s", position)
    index = place % len(cursor)
    changed = cursor[:index] + letter + cursor[index + 1 :]
    try:
        found = CURSORS.decode("s", changed)
    except ProblemError:
        return
    assert found == position  # the spare bits of base64 at the end


@given(st.text(max_size=2000))
def test_junk_is_no_cursor(junk: str) -> None:
    with pytest.raises(ProblemError):
        CURSORS.decode("s", junk)


def test_another_installations_cursor_is_none() -> None:
    with pytest.raises(ProblemError):
        CURSORS.decode("s", Cursors(b"another").encode("s", (1,)))


# Prefer


@swept(
    ("headers", "seconds"),
    [
        (["wait=10"], 10),
        (["WAIT=10"], 10),
        (["wait = 10"], 10),
        (['wait="10"'], 10),
        (["respond-async, wait=10"], 10),
        (["respond-async", "wait=10"], 10),
        (["wait=10;foo=bar, handling=lenient"], 10),
        (["wait=10, wait=20"], 10),
        (["handling=lenient; wait=3, wait=7"], 7),
        (['x="wait=5, y", wait=7'], 7),
        (["wait=999999999"], 30),
        (["wait=0"], 0),
        (["@@@, wait=4"], 4),
        ([], None),
        ([""], None),
        (["wait"], None),
        (["wait="], None),
        (["wait=-1"], None),
        (["wait=1.5"], None),
        (["wait=99999999999999999999"], None),
        (["wait=١٠"], None),
        (["waiting=5"], None),
    ],
)
def test_the_wait_that_is_wished_for(headers: list[str], seconds: int | None) -> None:
    assert prefer.wait_seconds(headers, 30) == seconds


@given(st.lists(st.text(alphabet='wait=10,;" \\-@é', max_size=60), max_size=4))
def test_any_header_gives_a_wait_within_bounds_or_none(headers: list[str]) -> None:
    found = prefer.wait_seconds(headers, 30)
    assert found is None or 0 <= found <= 30


@given(st.integers(0, 10**9 - 1), st.integers(0, 100))
def test_a_wait_is_never_longer_than_allowed(wished: int, longest: int) -> None:
    assert prefer.wait_seconds([f"wait={wished}"], longest) == min(wished, longest)


# Idempotency


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=255))
def test_a_key_of_printable_ascii_is_kept_as_it_is(key: str) -> None:
    assume(key.strip())
    assert idempotency.key_of(key) == key


@given(st.text(max_size=300))
def test_any_other_key_is_a_problem(key: str) -> None:
    fit = 1 <= len(key) <= 255 and key.strip() and all(" " <= letter <= "~" for letter in key)
    assume(not fit)
    with pytest.raises(ProblemError) as error:
        idempotency.key_of(key)
    assert code_of(error) == "bad-idempotency-key"


REQUESTS = st.tuples(
    st.sampled_from(["POST", "PUT"]),
    st.text(max_size=8),
    st.none() | st.text(max_size=8),
    st.binary(max_size=16),
)


@given(one=REQUESTS, other=REQUESTS)
def test_only_the_same_request_has_the_same_fingerprint(
    one: tuple[str, str, str | None, bytes], other: tuple[str, str, str | None, bytes]
) -> None:
    def alike(request: tuple[str, str, str | None, bytes]) -> tuple[str, str, str, bytes]:
        method, path, kind, body = request
        return method, path, (kind or "").lower(), body

    same = idempotency.fingerprint(*one) == idempotency.fingerprint(*other)
    assert same == (alike(one) == alike(other))


SCOPE = idempotency.IdempotencyScope("9999", "client", "key")
NOW = datetime(2026, 10, 28, 8, 12, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    """A transaction over kept keys, in memory."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["idempotency"]])
    with Session(engine) as found:
        yield found
    engine.dispose()


def test_what_fails_keeps_nothing(session: Session) -> None:
    def fail() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        idempotency.once(session, SCOPE, "r", NOW, fail)
    assert idempotency.once(session, SCOPE, "r", NOW, lambda: "a") == ("a", True)
    assert idempotency.once(session, SCOPE, "r", NOW, fail) == ("a", False)
    with pytest.raises(ProblemError) as error:
        idempotency.once(session, SCOPE, "another", NOW, fail)
    assert code_of(error) == "idempotency-key-reused"


def test_whoever_loses_a_race_is_told_to_wait(session: Session) -> None:
    def overtaken() -> str:
        row = {"tenant": "9999", "client": "client", "key": "key", "request": "r", "application_id": "b"}
        session.execute(insert(IdempotencyRow).values(created_at=NOW, **row))  # somebody else, meanwhile
        return "a"

    with pytest.raises(ProblemError) as error:
        idempotency.once(session, SCOPE, "r", NOW, overtaken)
    assert code_of(error) == "in-progress"
    assert error.value.headers == {"Retry-After": "1"}


def test_a_key_belongs_to_a_client_in_a_municipality(session: Session) -> None:
    for scope in (
        SCOPE,
        idempotency.IdempotencyScope("1287", "client", "key"),
        idempotency.IdempotencyScope("9999", "b", "key"),
    ):
        assert idempotency.once(session, scope, "r", NOW, lambda: "a") == ("a", True)


# Versions


@given(st.integers(0), st.integers(0))
def test_only_the_same_version_gets_through(seen: int, version: int) -> None:
    if seen == version:
        etag.require_match(etag.etag(seen), version)
        etag.require_match(f'"another", {etag.etag(seen)}', version)
        return
    with pytest.raises(ProblemError) as error:
        etag.require_match(etag.etag(seen), version)
    assert code_of(error) == "stale"


@given(st.text(max_size=40))
def test_no_other_header_gets_through(header: str) -> None:
    assume('"v7"' not in header)
    with pytest.raises(ProblemError):
        etag.require_match(header, 7)


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ('"v7"', True),
        ('W/"v7"', True),
        ('"a", "v7"', True),
        ("*", True),
        ('"v8"', False),
        ("v7", False),
        (None, False),
    ],
)
def test_who_has_it_already_need_not_get_it_again(header: str | None, same: bool) -> None:
    assert etag.unchanged(header, '"v7"') is same


# Rates


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    watch = Watch()
    rate = Rate(2, 4, watch)
    assert [rate.wait("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert rate.wait("b") == 0
    watch.now = 0.5
    assert [rate.wait("a"), rate.wait("a")] == [0, 0.5]
    watch.now = 100
    assert [rate.wait("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]


def test_no_rate_is_no_limit() -> None:
    rate = Rate(0, 0)
    assert all(rate.wait("a") == 0 for _ in range(1000))


def test_many_at_once_get_no_more_than_there_is() -> None:
    rate, start = Rate(0.000001, 50, Watch()), threading.Barrier(8)

    def take(_: int) -> int:
        start.wait()
        return sum(rate.wait("a") == 0 for _ in range(100))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 50


def test_a_flood_of_clients_is_forgotten_from_the_oldest() -> None:
    rate = Rate(1, 1, Watch())
    for number in range(MOST_CLIENTS + 1):
        rate.wait(str(number))
    assert rate.wait("1") > 0
    assert rate.wait("0") == 0


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testserver", "testserver"),
    ],
)
def test_one_subscriber_is_one_client(host: str, client: str) -> None:
    assert address_of({"client": (host, 1)}) == client


# Languages and problems


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "sv"),
        ("", "sv"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("sv-SE,en;q=0.9", "sv"),
        ("en;q=0.5,sv;q=0.6", "sv"),
        ("fi,en;q=0.3", "en"),
        ("fi", "sv"),
        ("*", "sv"),
        ("sv;q=0, *", "en"),
        ("en;q=abc", "sv"),
    ],
)
def test_the_language_that_is_preferred(header: str | None, language: str) -> None:
    assert preferred(header) == language


@given(st.text(max_size=200))
def test_any_header_gives_one_of_the_languages(header: str) -> None:
    assert preferred(header) in ("sv", "en")


def test_every_problem_is_told_in_both_languages() -> None:
    assert all(len(each.title) == len(each.detail) == 2 for each in PROBLEMS.values())
    assert all(all(each.title.values()) and all(each.detail.values()) for each in PROBLEMS.values())
    assert all(400 <= each.status <= 599 for each in PROBLEMS.values())


def test_a_fault_is_told_at_its_place_in_the_language_of_the_one_who_asked() -> None:
    faults = [
        fault("missing", "costs", 0, "amount"),
        fault("not_object", found=FaultKind.LIST),
        fault("unknown_field", "a/b", "c~d"),
    ]
    problem = invalid_input(InputError(faults))
    assert document(problem, "sv")["errors"] == [
        {"pointer": "/costs/0/amount", "code": "missing", "message": "Uppgiften saknas."},
        {"pointer": "", "code": "not_object", "message": "En lista är inget objekt."},
        {
            "pointer": "/a~1b/c~0d",
            "code": "unknown_field",
            "message": "Fältet finns inte. Ta bort eller rätta det.",
        },
    ]
    assert [each["message"] for each in document(problem, "en")["errors"]] == [
        "The value is missing.",
        "A list is not an object.",
        "There is no such field. Remove or correct it.",
    ]


def test_a_register_of_problems_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "problems.yaml"
    path.write_text("Stale:\n  status: 200\n  title: {sv: Hej}\n  detail: {sv: Hej, en: Hello}\n")
    with pytest.raises(FindingsError) as raised:
        read_types(path)
    said = str(raised.value)
    assert "har fel form" in said
    assert "status: ”200” är för litet. Minst 400." in said
    assert "title en: Uppgiften saknas." in said


def test_of_two_that_begin_at_the_same_instant_one_listens_and_the_other_says_so() -> None:
    """Both may bind before either listens, and both would begin to work."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = cast(Settings, SimpleNamespace(host="127.0.0.1", port=port))
    with closing(_bound(settings)), pytest.raises(InputError) as refused:
        _bound(settings)
    assert [each.code for each in refused.value.faults] == ["port_taken"]
