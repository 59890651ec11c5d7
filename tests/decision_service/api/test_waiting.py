"""Nobody outside holds a place that others need: who waits, who sends slowly, and many who send at once."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from audit.head import lock
from decision_service.api import intake, limits, server
from decision_service.api.app import app_of
from decision_service.api.intake import IN_ALL, MOST_WAITING, TOGETHER, TakingIn
from decision_service.api.limits import BodyLimit
from decision_service.api.problems import ProblemError
from decision_service.api.routes import applications
from decision_service.evaluation import Evaluators
from decision_service.operations import examining
from decision_service.service import Service
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState
from tests.world.client import User
from tests.world.installation import FOUR_EYES
from tests.world.office import count
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, changed, problem, served
from tests.world.sweeps import share


class Stuck:
    """Evaluators that answer nobody until they are let go."""

    crashes = 0

    def __init__(self, real: Evaluators) -> None:
        self._real, self.go = real, threading.Event()
        self._lock, self.inside, self.most = threading.Lock(), 0, 0

    def assess(self, case_file: bytes) -> object:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.go.wait()
        try:
            return self._real.assess(case_file)
        finally:
            with self._lock:
                self.inside -= 1


@contextmanager
def stuck(one: Whole) -> Iterator[tuple[Service, httpx.Client]]:
    """The same service at a port of its own, where no examination ends before the block does."""
    evaluators = Stuck(one.service.office.evaluators)
    office = replace(one.service.office, evaluators=evaluators)  # type: ignore[arg-type]
    service = replace(one.service, office=office)
    try:
        with served(app_of(service, works=False)) as client:
            try:
                yield service, client
            finally:
                evaluators.go.set()
    finally:
        service.examining.waiters[TENANT].submit(lambda: None).result()


WAIT = 30
"""Seconds that a client is prepared to wait."""


class Crowd:
    """Clients that have sent an application and wait for its examination."""

    def __init__(self, one: Whole, client: httpx.Client, stack: ExitStack) -> None:
        self.sender, self._client, self._stack = one.eservice(), client, stack
        self._body = json.dumps(application(one.known(), NOVEMBER)).encode()
        self.waiting: list[socket.socket] = []
        self.since: list[float] = []

    def grow(self, number: int) -> None:
        for _ in range(number):
            each = self._stack.enter_context(connected(self._client))
            each.sendall(head(self.sender, f"waits-{len(self.waiting)}", len(self._body)) + self._body)
            self.waiting.append(each)
            self.since.append(time.monotonic())


@contextmanager
def connected(client: httpx.Client) -> Iterator[socket.socket]:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), 60) as connection:
        yield connection


def head(sender: User, key: str, length: int) -> bytes:
    more = {"idempotency_key": key, "prefer": f"wait={WAIT}", "content_type": "application/json"}
    headers = sender.headers(**more) | {"Content-Length": str(length), "Host": "x"}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["POST /v1/9999/applications HTTP/1.1", *lines, "", ""]).encode()


def served_while_they_wait(one: Whole, number: int) -> float:
    """Nobody who waits has an answer, and others have: the longest that health took, in seconds."""
    with stuck(one) as (service, client), ExitStack() as stack:
        crowd = Crowd(one, client, stack)
        while service.examining.waited_for < number:
            if service.examining.waited_for == len(crowd.waiting):
                crowd.grow(20)
            assert client.get("/healthz").status_code == 200
        took = [client.get("/healthz").elapsed.total_seconds() for _ in range(20)]
        assert client.get("/v1/9999/rules/riksnorm.gemensam").status_code == 200
        assert replace(one.eservice(), http=client).get("/applications").status_code == 200
        assert service.examining.waited_for == number
        for each, since in zip(crowd.waiting, crowd.since, strict=True):
            each.setblocking(False)
            if time.monotonic() - since < WAIT - 1:  # who has waited to the end is answered
                with pytest.raises(BlockingIOError):
                    each.recv(1)
    return max(took)


@pytest.mark.slow
def test_who_waits_holds_no_thread(one: Whole) -> None:
    served_while_they_wait(one, 60)  # there are forty threads


@pytest.mark.slow
def test_of_those_that_wait_no_more_are_evaluated_at_a_time_than_there_are_workers(one: Whole) -> None:
    """They take turns, when the registers have answered: the first is answered first."""
    with stuck(one) as (service, client), ExitStack() as stack:
        evaluators, crowd = service.office.evaluators, Crowd(one, client, stack)
        assert isinstance(evaluators, Stuck)
        crowd.grow(6)
        while begun(service, crowd) < 6 or not evaluators.inside:
            time.sleep(0.01)
        evaluators.go.set()
        while service.examining.waited_for:
            time.sleep(0.01)
        assert evaluators.most <= service.settings.workers


@pytest.mark.slow
def test_a_log_that_is_held_keeps_nobody_in_another_municipality_waiting(alone_on_postgresql: Whole) -> None:
    """More wait for it than there are turns, and threads for those of one municipality: some to be examined
    at once, some in their turn, some to be received."""
    whole = alone_on_postgresql
    with ThreadPoolExecutor() as senders:
        service, theirs, sender = whole.service, whole.eservice(FOUR_EYES), whole.eservice()
        sent = [theirs.send(application(whole.person(), NOVEMBER)).json()["id"] for _ in range(20)]
        at_once, in_turn = application(whole.known(), NOVEMBER), application(whole.known(), NOVEMBER)
        with service.office.engine.begin() as connection:
            lock(connection, FOUR_EYES, None)
            service.start()
            for each in sent[:10]:
                service.examining.examine_within(FOUR_EYES, each, 0)
            for each in sent[10:]:
                service.jobs.enqueue(FOUR_EYES, each)
            later = [senders.submit(theirs.send, application(whole.person(), NOVEMBER)) for _ in range(4)]
            assert sender.send(at_once, prefer="wait=20").json()["state"] == "beslutad"
            queued = sender.send(in_turn).json()["id"]
            while sender.get(f"/applications/{queued}").json()["state"] != "beslutad":
                time.sleep(0.05)
            assert not any(each.done() for each in later)
        sent += [each.result().json()["id"] for each in later]
        for each in sent:
            while theirs.get(f"/applications/{each}").json()["state"] != "hos_handlaggare":
                time.sleep(0.05)


def begun(service: Service, crowd: Crowd) -> int:
    its = ApplicationRow.client == crowd.sender.client, ApplicationRow.state == ApplicationState.EXAMINED
    with reading(service.office.engine) as session:
        return count(session, ApplicationRow, *its)


def test_who_has_waited_is_told_what_was_written_and_it_is_not_read_again(
    one: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_again(*_: object) -> None:
        raise AssertionError("it is known how it stands")

    monkeypatch.setattr(applications, "_standing", read_again)
    sender = one.eservice()
    answer = sender.send(application(one.known(), NOVEMBER), prefer="wait=30")
    assert (answer.status_code, answer.json()) == (201, sender.state(answer.json()["id"]))


def test_one_more_than_may_wait_is_answered_at_once_and_nothing_is_lost(
    one: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "MOST_WAITED_FOR", 0)
    sender, person = one.eservice(), one.known()
    answer = sender.send(application(person, NOVEMBER), prefer="wait=30")
    assert answer.status_code == 202
    one.clock.forward(minutes=2)
    one.settle()
    assert sender.state(answer.json()["id"])["state"] == "beslutad"


def test_a_fault_in_what_is_waited_for_is_not_the_senders(
    one: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(examining, "_examined", broken)
    sender = one.eservice()
    answer = sender.send(application(one.known(), NOVEMBER), prefer="wait=30")
    assert (answer.status_code, answer.json()["state"]) == (202, "mottagen")
    assert one.service.examining.waited_for == 0


# Those who send at once


def test_the_intake_leaves_half_of_the_time_to_the_examination_that_is_behind() -> None:
    """Time goes only while a group is taken in: all that another group waits for is the pause."""

    async def pauses(behind: bool, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        clock, found, sleep, loop = [0.0], list[float](), asyncio.sleep, asyncio.get_running_loop()

        def take(seconds: Sequence[float]) -> list[float]:
            clock[0] += sum(seconds)
            return [*seconds]

        async def slept(pause: float) -> None:
            ours = asyncio.get_running_loop() is loop  # a server of other tests may be there too
            if ours:
                found.append(pause)
            await sleep(0 if ours else pause)

        monkeypatch.setattr(intake.asyncio, "sleep", slept)
        taking = TakingIn(take, lambda: behind, lambda: clock[0])
        for seconds in (2.0, 0.5):
            await taking.taken(TENANT, seconds)
            while len(found) < [2.0, 0.5].index(seconds) + 1:
                await sleep(0)
        return found

    with pytest.MonkeyPatch.context() as monkeypatch:
        assert asyncio.run(pauses(True, monkeypatch)) == [2.0, 0.5]
        assert asyncio.run(pauses(False, monkeypatch)) == [0.0, 0.0]


def test_those_who_come_while_others_are_taken_in_are_taken_in_together() -> None:
    async def groups() -> list[int]:
        go, found = threading.Event(), list[int]()

        def take(names: Sequence[str]) -> list[str]:
            go.wait()
            found.append(len(names))
            return [*names]

        taking = TakingIn(take, lambda: False)
        sent = [f"{number}" for number in range(TOGETHER + 4)]
        tasks = [asyncio.create_task(taking.taken(TENANT, sent[0]))]
        await asyncio.sleep(0.05)
        tasks += [asyncio.create_task(taking.taken(TENANT, each)) for each in sent[1:]]
        await asyncio.sleep(0)
        go.set()
        assert await asyncio.gather(*tasks) == sent  # to each its own answer
        return found

    assert asyncio.run(groups()) == [1, TOGETHER, 3]


def test_what_goes_wrong_with_one_is_told_to_that_one_and_what_goes_wrong_with_all_to_all() -> None:
    def take(names: Sequence[str]) -> list[str | Exception]:
        if "all" in names:
            raise OSError("all")
        return [ValueError(each) if each == "bad" else each for each in names]

    async def told(*names: str) -> list[Any]:
        taking = TakingIn(take, lambda: False)
        return await asyncio.gather(*(taking.taken(TENANT, each) for each in names), return_exceptions=True)

    assert [*map(repr, asyncio.run(told("a", "bad", "b")))] == ["'a'", "ValueError('bad')", "'b'"]
    assert [*map(repr, asyncio.run(told("a", "all")))] == ["OSError('all')"] * 2


def test_whoever_comes_when_too_many_wait_is_told_when_to_come_back() -> None:
    async def crowd() -> list[ProblemError]:
        go = threading.Event()

        def take(names: Sequence[str]) -> list[str]:
            go.wait()
            return [*names]

        taking = TakingIn(take, lambda: False)
        first = asyncio.create_task(taking.taken(TENANT, "first"))
        await asyncio.sleep(0.05)
        tasks = [asyncio.create_task(taking.taken(TENANT, "more")) for _ in range(MOST_WAITING + 3)]
        await asyncio.sleep(0)
        refused = [each for each in tasks if each.done()]
        go.set()
        await first
        await asyncio.gather(*tasks, return_exceptions=True)
        return [error for each in refused if isinstance(error := each.exception(), ProblemError)]

    refused = asyncio.run(crowd())
    assert [(one.type.status, one.headers["Retry-After"]) for one in refused] == [(429, "10")] * 3


def test_whoever_has_waited_too_long_is_told_to_come_back_and_is_not_taken_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "LONGEST", 0.2)

    async def late() -> tuple[list[str], int]:
        go, seen = threading.Event(), list[str]()

        def take(names: Sequence[str]) -> list[str]:
            go.wait()
            seen.extend(names)
            return [*names]

        taking = TakingIn(take, lambda: False)
        first = asyncio.create_task(taking.taken(TENANT, "first"))
        await asyncio.sleep(0.05)
        with pytest.raises(ProblemError) as refused:
            await taking.taken(TENANT, "late")
        go.set()
        assert await first == "first"  # it had begun, and is waited for
        assert await taking.taken(TENANT, "next") == "next"
        return seen, refused.value.type.status

    assert asyncio.run(late()) == (["first", "next"], 429)


def test_a_group_that_waits_for_the_log_of_a_municipality_keeps_nobody_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "HELD", 0.01)

    async def stuck() -> list[str]:
        log = threading.Event()

        def take(names: Sequence[str]) -> list[str]:
            if names[0].startswith("theirs"):
                log.wait()
            return [*names]

        taking = TakingIn(take, lambda: False)
        held = [f"{100 + number}" for number in range(IN_ALL)]  # in as many municipalities as there are turns
        theirs = [asyncio.create_task(taking.taken(each, f"theirs {each}")) for each in held]
        await asyncio.sleep(0)
        async with asyncio.timeout(WAIT):
            found = [await taking.taken(TENANT, f"{number}") for number in range(3)]
        log.set()
        return [*found, *await asyncio.gather(*theirs)]

    assert asyncio.run(stuck()) == ["0", "1", "2", *(f"theirs {100 + number}" for number in range(IN_ALL))]


# Slow clients


def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(
    one: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_WITHIN", 0.2)
    for begun in (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A:"):
        with connected(one.http) as connection:
            connection.sendall(begun)
            assert connection.recv(10) == b""


def test_nor_is_the_second_head_of_a_connection(one: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(one.http) as connection:
        connection.sendall(whole)
        answered = b""
        while b'"ok"' not in answered:  # head and body may come one by one
            answered += (part := connection.recv(4000))
            assert part
        monkeypatch.setattr(server, "HEAD_WITHIN", 0.2)
        connection.sendall(whole[:-2])
        assert connection.recv(10) == b""


def test_an_answer_that_nobody_reads_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than lies ready in the buffers between: without a reader the connection is broken off."""
    monkeypatch.setattr(server, "READ_WITHIN", 0.2)
    given_up = threading.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        more: Message = {"type": "http.response.body", "body": b"x" * 100_000, "more_body": True}
        left = asyncio.ensure_future(_left(receive))
        while not left.done():
            await send(more)
        given_up.set()

    with served(FastAPI(routes=[Mount("/", endless)])) as client, connected(client) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert given_up.wait(60), "the service still waits"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def test_a_head_too_large_is_refused(one: Whole) -> None:
    with connected(one.http) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nX-A: " + b"a" * 2 * server.LARGEST_HEAD)
        assert connection.recv(12) == b"HTTP/1.1 400"


@pytest.mark.parametrize(
    "begun", [b"Content-Length: 20\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
)
def test_a_body_that_comes_too_slowly_is_refused(
    one: Whole, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    """Whether its length is told, or it comes in pieces of which nobody knows how many there are."""
    monkeypatch.setattr(limits, "BODY_BEGINS_WITHIN", 0.2)
    with connected(one.http) as connection:
        connection.sendall(b"POST /v1/9999/estimates HTTP/1.1\r\nHost: x\r\n" + begun)
        answer = connection.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer.lower()


def test_a_body_has_the_time_that_its_size_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen kilobytes a second is fast enough, eight are not."""

    async def sent(pace: int) -> bool:
        clock = [0.0]
        monkeypatch.setattr(limits.time, "monotonic", lambda: clock[0])

        async def receive() -> Message:
            clock[0] += 1
            return {"type": "http.request", "body": b"x" * pace, "more_body": clock[0] < 60}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            while (await receive())["more_body"]:
                pass

        refused: list[Message] = []

        async def send(message: Message) -> None:
            refused.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"cookie", b"a")]}
        try:
            await BodyLimit(app, 10**7)(scope, receive, send)
        except ProblemError as error:
            return error.type.code != "too-slow"
        return True

    assert asyncio.run(sent(16 * 1024))
    assert not asyncio.run(sent(8 * 1024))


def test_who_is_nobody_may_send_less(one: Whole) -> None:
    body = b'{"month": "' + b"x" * limits.LARGEST_OF_ANYBODY + b'"}'
    told = problem(one.http.post("/v1/9999/estimates", content=body), "too-large")
    assert told["largest"] == limits.LARGEST_OF_ANYBODY
    sender = one.eservice()
    problem(one.http.post("/v1/9999/estimates", content=body, headers=sender.headers()), "invalid")


# Addresses


def test_an_address_counts_as_the_proxy_says_only_where_the_proxy_is_trusted(one: Whole) -> None:
    with changed(one, settings={"rate_of_estimates": 1}) as client:
        answers = [
            client.post("/v1/9999/estimates", content=b"{}", headers={"X-Forwarded-For": f"192.0.2.{number}"})
            for number in range(5)
        ]
    assert 429 in {each.status_code for each in answers}


@pytest.mark.slow
def test_health_waits_for_no_thread_and_no_database(one: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they are at: as there are none here."""
    found: list[int] = []

    async def no_thread(*_: object, **__: object) -> None:
        raise AssertionError("there is no thread")

    def no_connection(*_: object) -> None:
        raise AssertionError("there is no database")

    async def asked() -> None:
        transport = httpx.ASGITransport(one.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            found.extend([(await client.get(path)).status_code for path in ("/healthz", "/readyz")])

    monkeypatch.setattr(anyio.to_thread, "run_sync", no_thread)
    event.listen(one.service.office.engine, "checkout", no_connection)
    try:
        asyncio.run(asked())
    finally:
        event.remove(one.service.office.engine, "checkout", no_connection)
    assert found == [200, 500]


@pytest.mark.slow
def test_health_is_told_while_hundreds_wait(one: Whole) -> None:
    """Five hundred in ``make properties``."""
    waiting = 20 * len(share(range(25), 5))
    print(f"the slowest health while {waiting} wait: {served_while_they_wait(one, waiting) * 1000:.0f} ms")


def test_nothing_is_received_by_a_clock_that_is_wrong(one: Whole) -> None:
    with changed(one, reference=lambda: one.clock.now - timedelta(hours=60)) as client:
        sender = replace(one.eservice(), http=client)
        told = problem(sender.send(application(one.person(), NOVEMBER)), "unavailable")
        assert told["status"] == 503
        assert sender.get("/applications").json()["items"] == []
