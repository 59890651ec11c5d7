"""Every receiver has its own lane: one that hangs or fails keeps nothing of anybody else's waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from audit import FileKeyStore
from decision_service.casework import delivery, receivers
from decision_service.casework.delivery import deliver
from decision_service.casework.lanes import Lanes
from decision_service.casework.office import Office
from decision_service.operations.readings import readiness
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.store import hook_secret
from decision_service.store.database import reading, transaction
from decision_service.store.tables import MessageRow, ReceiverRow, WebhookRow
from tests.world.office import Recorder, World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.tampering import tamper

SILENT, DEAD, WELL = "1" * 32, "2" * 32, "3" * 32


@dataclass
class Scripted:
    """A receiver that does what it is told with every message."""

    receiver: str
    act: Callable[[], None] = lambda: None
    got: list[Message] = field(default_factory=list)
    asked: int = 0

    def deliver(self, message: Message) -> None:
        self.asked += 1
        self.act()
        self.got.append(message)


def refusing(*, retry: bool = True, gone: bool = False) -> Callable[[], None]:
    def refuse() -> None:
        raise DeliveryError("Mottagaren svarade HTTP 500.", retry=retry, gone=gone)

    return refuse


@pytest.fixture(autouse=True)
def _november(world: World) -> None:
    world.clock.forward(days=30)


def subscribe(world: World, *hooks: str) -> None:
    with transaction(world.engine) as session:
        for hook in hooks:
            told = {"client": "klient", "url": hook, "every": True}
            row = WebhookRow(id=hook, tenant=TENANT, created_at=world.clock.now, **told)
            hook_secret.close(session.connection(), world.keys, row, "s")
            session.add(row)


def office_of(world: World, *channels: Any, hooks: dict[str, Scripted] | None = None) -> Office:
    found = hooks or {}
    return replace(
        world.office, channels={TENANT: channels}, hook=lambda url, secret: found.get(url, Scripted(url))
    )


def messages(world: World, **wanted: object) -> list[MessageRow]:
    with reading(world.engine) as session:
        rows = session.exec(select(MessageRow)).all()
    return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


def apply(world: World, *people: int) -> None:
    for person in people:
        world.imported(person)
        world.apply(application(person, NOVEMBER))


def test_a_key_that_is_missing_gives_up_no_notice_and_is_no_fault_of_the_clients(
    world: World, tmp_path: Path
) -> None:
    well = Scripted(WELL)
    subscribe(world, WELL)
    apply(world, 1)
    office, its = office_of(world, hooks={WELL: well}), f"webhook:{WELL}"
    deliver(replace(office, keys=FileKeyStore(tmp_path / "tom")))
    waiting = messages(world, kind=its, delivered_at=None)
    assert waiting
    assert all(row.next_attempt_at is not None for row in waiting)
    with reading(world.engine) as session:
        assert session.exec(select(ReceiverRow)).all() == []
    world.clock.forward(hours=1)
    while deliver(office):
        pass
    assert messages(world, kind=its, delivered_at=None) == []
    assert {one.kind for one in well.got} == {its}


def test_a_receiver_that_hangs_keeps_nothing_of_anybody_else(world: World) -> None:
    """A client's address hangs, with many notices; the letters, the payments and the notices of another
    client are all delivered while it still does."""
    over = threading.Event()
    hanging, well, recorder = Scripted(SILENT, lambda: (over.wait(), None)[1]), Scripted(WELL), Recorder()
    subscribe(world, SILENT, WELL)
    apply(world, *range(4))
    lanes = Lanes(office_of(world, recorder, hooks={SILENT: hanging, WELL: well}))
    try:
        left = {f"webhook:{SILENT}"}
        while not hanging.asked or {row.kind for row in messages(world, delivered_at=None)} != left:
            lanes.sweep()
        assert not hanging.got
        assert {"letter", "payment"} <= {one.kind for one in recorder.got}
        assert {one.kind for one in well.got} == {f"webhook:{WELL}"}
    finally:
        over.set()
        lanes.stop()


def test_a_lane_with_more_than_goes_out_at_a_time_goes_on_until_it_has_not(world: World) -> None:
    """Eighteen messages go out in two rounds of one sweep."""
    apply(world, *range(6))
    last = threading.Event()
    receiver = Scripted("register")
    receiver.act = lambda: last.set() if receiver.asked > delivery.AT_ONCE else None
    lanes = Lanes(office_of(world, receiver))
    try:
        lanes.sweep()
        assert last.wait(60)
    finally:
        lanes.stop()


def test_a_municipalitys_receiver_that_fails_keeps_no_letter_from_another(world: World) -> None:
    """And what the other has it gets only once."""
    apply(world, 1)
    broken, folder = Scripted("trasig", refusing()), Scripted("mapp")
    office = office_of(world, broken, folder)
    while deliver(office):
        world.clock.forward(minutes=1)
    sent = len(folder.got)
    assert sent == len(messages(world)) == 3
    assert {row.reached.splitlines()[0] for row in messages(world)} == {f"{TENANT} mapp"}
    broken.act = lambda: None
    for _ in range(30):
        world.clock.forward(hours=1)
        deliver(office)
    assert len(folder.got) == sent
    assert sorted(one.key for one in broken.got) == sorted(one.key for one in folder.got)
    assert messages(world, delivered_at=None) == []


@pytest.mark.slow
def test_a_receiver_that_fails_is_left_in_peace_and_asked_anew_by_one_message(world: World) -> None:
    apply(world, *range(6))
    broken = Scripted("trasig", refusing())
    office = office_of(world, broken)
    while deliver(office):
        pass
    asked = broken.asked
    assert receivers.FAILURES <= asked <= receivers.FAILURES + delivery.AT_ONCE  # of eighteen messages
    world.clock.forward(minutes=20)
    assert deliver(office) == 1
    assert broken.asked == asked + 1
    assert deliver(office) == 0
    world.clock.forward(minutes=20)
    broken.act = lambda: None
    while messages(world, delivered_at=None):
        deliver(office)
        world.clock.forward(minutes=20)
    with reading(world.engine) as session:
        assert session.exec(select(ReceiverRow)).all() == []


def test_a_refusal_of_one_message_is_no_fault_of_the_receiver(world: World) -> None:
    apply(world, *range(3))
    picky = Scripted("noga", refusing(retry=False))
    assert deliver(office_of(world, picky)) == 9
    with reading(world.engine) as session:
        assert session.exec(select(ReceiverRow)).all() == []


@pytest.mark.slow
def test_an_address_that_has_died_is_switched_off_and_told_of(world: World) -> None:
    subscribe(world, DEAD, WELL)
    dead, well = Scripted(DEAD, refusing()), Scripted(WELL)
    office = office_of(world, hooks={DEAD: dead, WELL: well})
    person = 0
    for _ in range(4):
        person += 1
        apply(world, person)
        for _ in range(30):
            deliver(office)
            world.clock.forward(hours=1)
    with reading(world.engine) as session:
        row = session.get_one(WebhookRow, (TENANT, DEAD))
        assert row.switched_off_at is not None
        assert row.switched_off_why == "Mottagaren svarade HTTP 500."
        assert session.get_one(WebhookRow, (TENANT, WELL)).switched_off_at is None
    assert all(row.next_attempt_at is None for row in messages(world, kind=f"webhook:{DEAD}"))
    known = len(messages(world, kind=f"webhook:{DEAD}"))
    apply(world, person + 1)
    assert len(messages(world, kind=f"webhook:{DEAD}")) == known
    assert len(messages(world, kind=f"webhook:{WELL}")) > known


def test_an_address_that_says_that_it_is_gone_is_switched_off_at_once(world: World) -> None:
    subscribe(world, DEAD)
    apply(world, 1)
    deliver(office_of(world, hooks={DEAD: Scripted(DEAD, refusing(retry=False, gone=True))}))
    with reading(world.engine) as session:
        assert session.get_one(WebhookRow, (TENANT, DEAD)).switched_off_at == world.clock.now


def test_a_notice_is_not_tried_for_ever_and_a_letter_is(world: World) -> None:
    subscribe(world, DEAD)
    apply(world, 1)
    with transaction(world.engine) as session:
        for row in session.exec(select(MessageRow)).all():
            row.attempts = delivery.MOST_ATTEMPTS
            session.add(row)
    deliver(office_of(world, Scripted("trasig", refusing()), hooks={DEAD: Scripted(DEAD, refusing())}))
    given_up = {row.kind for row in messages(world, next_attempt_at=None)}
    assert given_up == {f"webhook:{DEAD}"}


def test_nobody_with_the_database_alone_leaves_a_receiver_in_peace_for_ever(world: World) -> None:
    """Letters and payments go all the same, and until they have gone somebody is told."""
    apply(world, 1)
    office = office_of(world, Scripted("trasig", refusing()))
    while deliver(office):
        pass
    far = datetime(2099, 1, 1, tzinfo=UTC)
    assert tamper(world.engine, "UPDATE receiver SET rests_until = :far, failing_since = :far", far=far) == 1
    (told,) = [one.why for one in readiness(world.office) if one.name == "mottagare"]
    assert told is not None
    world.clock.forward(minutes=20)
    recorder = Recorder(receiver="trasig")
    while deliver(office_of(world, recorder)):
        pass
    assert recorder.got


def test_the_operator_is_told_of_a_municipality_whose_receiver_is_silent(world: World) -> None:
    def told() -> str | None:
        (found,) = [one.why for one in readiness(world.office) if one.name == "mottagare"]
        return found

    apply(world, 1)
    office = office_of(world, Scripted("trasig", refusing()))
    began = world.clock.now
    deliver(office)
    assert told() is None
    world.clock.forward(minutes=31)
    assert told() == f"tar inte emot brev och betalningar: kommun {TENANT} sedan {began.isoformat()}"
    world.clock.now = began + timedelta(days=2)
    while messages(world, delivered_at=None):
        deliver(office_of(world, Recorder(receiver="trasig")))
        world.clock.forward(hours=1)
    assert told() is None
