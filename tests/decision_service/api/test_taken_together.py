"""Applications that come at the same time are taken in together, and each is answered as if it came alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, select

from decision_service.api.app import app_of
from decision_service.api.routes import applications
from decision_service.casework.receive import NotTogetherError
from decision_service.log import vouched
from decision_service.store.case_number import hold_numbers
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, IdempotencyRow, PartyRow
from tests.decision_service.casework.test_statements import counted
from tests.world.client import User
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, served


@dataclass
class Door:
    """A port of the service, and what is sent to it at once."""

    one: Whole
    app: Any
    sender: User

    @property
    def waiting(self) -> int:
        return len(self.app.state.intake._places[TENANT].waiting)

    def send_at_once(self, sent: Mapping[str, tuple[Any, str]]) -> dict[str, httpx.Response]:
        """Each body with its key, while one that came before holds the door."""
        office, before = self.one.service.office, application(self.one.known(), NOVEMBER)
        with ThreadPoolExecutor(len(sent) + 1) as threads, ExitStack() as held:
            session = held.enter_context(transaction(office.engine))
            hold_numbers(session, TENANT, office.clock().year)
            first = threads.submit(self.send, before, "first")
            self._until(lambda: bool(self.app.state.intake._places[TENANT].taking) and not self.waiting)
            found = {}
            for number, (name, (body, key)) in enumerate(sent.items(), start=1):
                found[name] = threads.submit(self.send, body, key)
                self._until(lambda wanted=number: self.waiting == wanted)  # in this order
            held.close()
            assert first.result().status_code == 202
            return {name: each.result() for name, each in found.items()}

    def send(self, body: Any, key: str) -> httpx.Response:
        return self.sender.send(body, key=f"{key}-{id(self)}")

    @staticmethod
    def _until(met: Any) -> None:
        end = time.monotonic() + 20
        while not met():
            assert time.monotonic() < end
            time.sleep(0.005)


@pytest.fixture
def door(one: Whole) -> Iterator[Door]:
    with opened(one) as found:
        yield found


@contextmanager
def opened(one: Whole) -> Iterator[Door]:
    app = app_of(one.service, works=False)
    with served(app) as client:
        yield Door(one, app, replace(one.eservice(), http=client))


def kept(one: Whole, case: str) -> tuple[Any, ...]:
    with reading(one.service.office.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        people = session.exec(select(PartyRow.person).where(col(PartyRow.application_id) == case)).all()
        keys = session.exec(select(IdempotencyRow.key).where(IdempotencyRow.application_id == case)).all()
    return json.loads(row.content)["application"]["costs"], len(people), len(keys)


def test_ordinary_applications_share_what_they_ask(door: Door) -> None:
    sent = {
        f"{rent}": (application(door.one.known(), NOVEMBER, costs=[_rent(rent)]), f"{rent}")
        for rent in range(6001, 6009)
    }
    with counted(door.one.service.office.engine) as asked:
        found = door.send_at_once(sent)
    assert {each.status_code for each in found.values()} == {202}
    keys = [statement for statement in asked if "INTO audit_case" in statement]
    assert [statement.count("case_id_7") for statement in keys if "case_id_1" in statement] == [1], keys
    cases = {name: each.json() for name, each in found.items()}
    assert len({each["case_number"] for each in cases.values()}) == len(sent)
    office = door.one.service.office
    for rent, case in cases.items():
        costs, people, keys = kept(door.one, case["id"])
        assert (costs[0]["appliedAmount"], people, keys) == (f"{rent}.00", 1, 1)
        assert found[rent].headers["Location"].endswith(f"/{case['id']}")
        with reading(office.engine) as session:
            vouched.require(
                office.keys, session, TENANT, session.get_one(ApplicationRow, (TENANT, case["id"]))
            )


def _rent(amount: int) -> dict[str, Any]:
    return {"costType": "RENT", "appliedAmount": amount}


def test_each_is_answered_as_if_it_came_alone(door: Door) -> None:
    """A fault, a key used again and a key used for something else, among others."""
    good, again = (application(door.one.known(), NOVEMBER) for _ in range(2))
    before = door.send(again, "before")
    bad = {**good, "people": []}
    found = door.send_at_once(
        {
            "good": (good, "good"),
            "bad": (bad, "bad"),
            "known": (again, "before"),
            "other": (good, "before"),
            "last": (application(door.one.known(), NOVEMBER), "last"),
        }
    )
    told = {name: each.status_code for name, each in found.items()}
    assert told == {"good": 202, "bad": 422, "known": 202, "other": 422, "last": 202}
    assert found["known"].json()["id"] == before.json()["id"]
    assert found["known"].headers["Idempotent-Replay"] == "true"
    assert found["other"].json()["type"].endswith("idempotency-key-reused")
    assert found["bad"].json()["errors"] == door.send(bad, "bad alone").json()["errors"]


def test_one_key_sent_twice_at_once_is_one_application(door: Door) -> None:
    body = application(door.one.known(), NOVEMBER)
    found = door.send_at_once({"first": (body, "same"), "second": (body, "same")})
    assert {each.status_code for each in found.values()} == {202}
    assert len({each.json()["id"] for each in found.values()}) == 1
    assert [each.headers.get("Idempotent-Replay") for each in found.values()] == [None, "true"]


def test_two_of_the_same_person_are_two(door: Door) -> None:
    body = application(door.one.known(), NOVEMBER)
    found = door.send_at_once({"first": (body, "one"), "second": (body, "another")})
    assert {each.status_code for each in found.values()} == {202}
    assert len({each.json()["id"] for each in found.values()}) == 2


def test_a_protected_person_among_others_is_hidden_and_they_are_not(door: Door) -> None:
    hidden, other = (application(door.one.known(), NOVEMBER) for _ in range(2))
    hidden["people"][0]["protected"] = True
    found = door.send_at_once({"hidden": (hidden, "h"), "other": (other, "o")})
    with reading(door.one.service.office.engine) as session:
        protected = {
            name: session.get_one(ApplicationRow, (TENANT, each.json()["id"])).protected
            for name, each in found.items()
        }
    assert protected == {"hidden": True, "other": False}


@pytest.mark.parametrize("wrong", [OperationalError("", {}, OSError()), PoolTimeout()])
def test_a_database_that_is_away_is_not_waited_for_by_each(
    monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    asked = list[int]()

    def away(group: Sequence[Any], *, alone: bool) -> list[Any]:
        asked.append(len(group))
        raise wrong if alone or len(group) == 1 else NotTogetherError

    group: list[Any] = [object() for _ in range(4)]
    monkeypatch.setattr(applications, "_taken", partial(away, alone=True))
    with pytest.raises(type(wrong)):
        applications.take_in(group)
    monkeypatch.setattr(applications, "_taken", partial(away, alone=False))
    assert applications.take_in(group) == [wrong] * 4
    assert asked == [4, 4, 1]
