"""What a client that wants to be told relies on: signed, again until it is taken, and nobody else's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from decision_service.access.roles import Role
from decision_service.api.app import app_of
from decision_service.api.routes.webhooks import MOST
from decision_service.casework.receivers import strange
from decision_service.outputs import WebhookChannel
from decision_service.outputs.webhook import MESSAGE_ID, SIGNATURE, verify
from decision_service.store.database import reading
from decision_service.store.tables import MessageRow
from tests.decision_service.api.test_applications import code
from tests.world.client import User
from tests.world.people import NOVEMBER, TENANT, application, incomplete
from tests.world.receiver import receiving
from tests.world.service import Whole, decided_by_machine, served, with_a_person
from tests.world.tampering import tamper

TOLD = {"event", "application", "case_number", "municipality", "state", "time"}
"""All that a notice says."""


def subscribed(sender: User, url: str) -> tuple[str, bytes]:
    """The id of a new receiver, and its secret."""
    answer = sender.post("/webhooks", {"url": url})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["secret"].encode()


def test_every_change_is_told_and_signed(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.known()
    with receiving() as receiver:
        hook, secret = subscribed(sender, receiver.url)
        found = sender.apply(incomplete(person, NOVEMBER))
        sender.complete(found, {"application": {"hasAssets": False}})
        whole.settle()
        assert set(receiver.events(found)) == {
            "application.received",
            "application.vantar_pa_komplettering",
            "application.mottagen",
            "application.beslutad",
        }
        now = int(time.time())
        for each in receiver.got:
            assert verify(secret, each.headers[SIGNATURE], each.body, now)
            assert not verify(secret, each.headers[SIGNATURE], each.body + b" ", now)
            assert not verify(b"another", each.headers[SIGNATURE], each.body, now)
            assert each.message["kind"] == f"webhook:{hook}"
            assert each.message["key"] == each.headers[MESSAGE_ID]
            assert set(each.message["payload"]) == TOLD
        assert len({each.headers[MESSAGE_ID] for each in receiver.got}) == len(receiver.got)


CHANGED = {"secret": b"annan-hemlighet", "url": "https://exempel.se/annan", "every": True, "id": "f" * 32}


@pytest.mark.slow
@pytest.mark.parametrize("column", CHANGED)
def test_what_somebody_with_the_database_makes_of_an_address_gets_nothing(whole: Whole, column: str) -> None:
    """Another secret, address, range or id: the row is not the one that the client gave, nothing is signed,
    and people see why."""
    sender, person = whole.eservice(), whole.known()
    with receiving() as receiver, receiving() as other:
        hook, _ = subscribed(sender, receiver.url)
        value = other.url if column == "url" else CHANGED[column]
        change = f"UPDATE webhook SET {column} = :value WHERE id = :hook"
        assert tamper(whole.service.office.engine, change, value=value, hook=hook) == 1
        found = sender.apply(application(person, NOVEMBER))
        assert (receiver.got, other.got) == ([], [])
        given_up = whole.user(Role.CHEF).get("/undelivered").json()["items"]
        its = [each for each in given_up if each["application"] == found]
        at = CHANGED["id"] if column == "id" else hook
        assert its
        assert {each["kind"] for each in its} == {f"webhook:{at}"}
        assert all(each["error"].startswith("Mottagaren är inte den som e-tjänsten anmälde") for each in its)
        assert f"mottagaren {at} är inte den som e-tjänsten anmälde." in strange(whole.service.office, TENANT)
        assert tamper(whole.service.office.engine, "DELETE FROM webhook WHERE id = :at", at=at) == 1


def test_what_stands_there_of_another_signs_nothing(whole: Whole) -> None:
    """A client's own closed secret, put in another's row."""
    sender, engine = whole.eservice(), whole.service.office.engine
    with receiving() as receiver, receiving() as mine:
        subscribed(sender, receiver.url)
        hook, _ = subscribed(sender, mine.url)
        swap = "UPDATE webhook SET secret = (SELECT secret FROM webhook WHERE url = :of) WHERE id = :hook"
        assert tamper(engine, swap, of=receiver.url, hook=hook) == 1
        found = sender.apply(application(whole.known(), NOVEMBER))
        assert receiver.events(found)
        assert mine.got == []
        assert tamper(engine, "DELETE FROM webhook WHERE id = :hook", hook=hook) == 1


def test_told_again_until_it_is_taken(whole: Whole) -> None:
    sender = whole.eservice()
    with receiving() as receiver:
        subscribed(sender, receiver.url)
        receiver.refuse = [500, 503]
        found, _ = with_a_person(whole, sender)
        assert len(receiver.refused) == 2
        for _ in range(4):
            whole.clock.forward(minutes=5)
            whole.settle()
        assert sorted(receiver.events(found)) == ["application.hos_handlaggare", "application.received"]
        refused = {each.headers[MESSAGE_ID]: each.body for each in receiver.refused}
        taken = {each.headers[MESSAGE_ID]: each.body for each in receiver.got}
        assert refused.items() <= taken.items()


def test_not_again_when_the_receiver_says_never(whole: Whole) -> None:
    sender = whole.eservice()
    with receiving() as receiver:
        subscribed(sender, receiver.url)
        receiver.refuse = [410, 410]
        with_a_person(whole, sender)
        for _ in range(3):
            whole.clock.forward(hours=5)
            whole.settle()
        assert len(receiver.refused) == 2
        assert receiver.got == []


def test_no_more_after_the_receiver_is_gone(whole: Whole) -> None:
    sender = whole.eservice()
    with receiving() as receiver:
        hook, _ = subscribed(sender, receiver.url)
        (listed,) = sender.get("/webhooks").json()["items"]
        assert listed["id"] == hook
        assert "secret" not in listed
        receiver.refuse = [500] * 10
        with_a_person(whole, sender)
        before = len(receiver.refused)
        assert sender.ask("DELETE", f"/webhooks/{hook}").status_code == 204
        receiver.refuse = []
        whole.clock.forward(hours=1)
        whole.settle()
        with_a_person(whole, sender)
        assert (len(receiver.refused), receiver.got) == (before, [])
        assert sender.get("/webhooks").json()["items"] == []
        assert sender.ask("DELETE", f"/webhooks/{hook}").status_code == 404


def test_receivers_of_others_are_not_there(whole: Whole) -> None:
    sender, other = whole.eservice(), whole.eservice()
    hook, _ = subscribed(sender, "https://e-tjanst.example.se/lagrum")
    assert other.get("/webhooks").json()["items"] == []
    answer = other.ask("DELETE", f"/webhooks/{hook}")
    assert (answer.status_code, code(answer)) == (404, "not-found")
    assert sender.ask("DELETE", f"/webhooks/{hook}").status_code == 204


def test_nobody_is_told_of_anothers_application(whole: Whole) -> None:
    """An e-service never sees another e-service's application, in a notice either."""
    sender, other = whole.eservice(), whole.eservice()
    with receiving() as own, receiving() as others:
        subscribed(sender, own.url)
        hook, _ = subscribed(other, others.url)
        found, _ = decided_by_machine(whole, sender)
        assert "application.beslutad" in own.events(found)
        assert others.got == []
        other.ask("DELETE", f"/webhooks/{hook}")


@pytest.mark.parametrize(
    "url", ["", "inte en adress", "ftp://x.se/", "http://x.se/", "https://", "https://a:b@x.se/", 7, None]
)
def test_an_address_that_is_none(one: Whole, url: object) -> None:
    answer = one.eservice().post("/webhooks", {"url": url})
    assert (answer.status_code, code(answer)) == (422, "invalid"), answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/url"]


def test_an_address_inside_is_refused_when_it_is_used(one: Whole) -> None:
    """As in service: what a client has registered never leads to the municipality's own network."""
    sender, service = one.eservice(), one.service
    with receiving() as receiver:
        hook, _ = subscribed(sender, receiver.url.replace("http://", "https://"))
        office = service.office
        service.office = replace(office, hook=WebhookChannel)
        try:
            found, _ = with_a_person(one, sender)
        finally:
            service.office = office
        query = select(MessageRow).where(
            MessageRow.application_id == found, MessageRow.kind == f"webhook:{hook}"
        )
        with reading(office.engine) as session:
            messages = session.exec(query).all()
        assert {each.error for each in messages} == {
            "Mottagarens adress leder till ett privat eller lokalt nät."
        }
        assert [each.next_attempt_at for each in messages] == [None, None]
        assert receiver.got == []


def test_a_client_has_so_many_receivers_and_no_more(one: Whole) -> None:
    sender = one.eservice()
    for number in range(MOST):
        subscribed(sender, f"https://e-tjanst.example.se/{number}")
    refused = sender.post("/webhooks", {"url": "https://e-tjanst.example.se/en-till"})
    assert (refused.status_code, code(refused)) == (409, "conflict")
    subscribed(one.eservice(), "https://e-tjanst.example.se/annan")


def test_one_that_has_died_is_shown_and_switched_on_again(one: Whole) -> None:
    sender = one.eservice()
    with receiving() as receiver:
        hook, _ = subscribed(sender, receiver.url)
        receiver.refuse = [410]
        with_a_person(one, sender)
        (shown,) = sender.get("/webhooks").json()["items"]
        assert shown["switched_off_at"]
        assert shown["error"] == "Mottagaren svarade HTTP 410."
        told = len(receiver.got)
        with_a_person(one, sender)
        assert len(receiver.got) == told
        assert one.eservice().post(f"/webhooks/{hook}/resumption").status_code == 404
        again = sender.post(f"/webhooks/{hook}/resumption").json()
        assert (again["switched_off_at"], again["error"]) == (None, None)
        found, _ = with_a_person(one, sender)
        assert len(receiver.events(found)) == 2


@pytest.fixture(scope="module")
def strict(one: Whole) -> Iterator[User]:
    """An e-service of the service as it is set where municipalities are real."""
    office = replace(one.service.office, hook=WebhookChannel)
    with served(app_of(replace(one.service, office=office), works=False)) as client:
        yield replace(one.eservice(), http=client)


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/", "https://127.1/", "https://0x7f000001/", "https://2130706433/"),
        *("https://localhost/x", "https://LOCALHOST./", "https://a.localhost:8443/"),
        *("https://10.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "https://[fec0::1]/"),
        *("https://[::127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://192.0.0.8/"),
        *("https://xn--/", "https://a..b/", "https://example.se/" + "a" * 2000, "https://a:b@example.se/"),
    ],
)
def test_an_address_that_nothing_will_be_sent_to_is_refused(strict: User, url: str) -> None:
    refused = strict.post("/webhooks", {"url": url})
    assert (refused.status_code, code(refused)) == (422, "invalid")
    assert refused.json()["errors"][0]["pointer"] == "/url"
