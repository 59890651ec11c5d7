"""What lies in the outbox leaves, once for each key as far as the receiver is concerned, whatever fails."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import contents, delivery
from decision_service.casework.delivery import deliver
from decision_service.casework.letters import letter_of
from decision_service.casework.office import Office
from decision_service.outputs import FolderChannel
from decision_service.outputs.channel import DeliveryError, Message
from decision_service.outputs.letter import Letter
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, MessageRow
from tests.world.office import Recorder, World
from tests.world.people import NOVEMBER, TENANT, application


def granted(world: World, person: int = 1) -> str:
    world.imported(person)
    return world.apply(application(person, NOVEMBER))


def waiting(world: World) -> list[str]:
    query = select(MessageRow.kind).where(MessageRow.delivered_at.is_(None))  # type: ignore[union-attr]
    with reading(world.engine) as session:
        return sorted(session.exec(query).all())


@pytest.fixture(autouse=True)
def _november(world: World) -> None:
    world.clock.forward(days=30)


def test_a_decision_leaves(world: World) -> None:
    found = granted(world)
    assert waiting(world) == ["letter", "payment", "receipt"]
    assert deliver(world.office) == 3
    assert waiting(world) == []
    assert sorted(one.kind for one in world.recorder.got) == ["letter", "payment", "receipt"]
    assert deliver(world.office) == 0
    (letter,) = [one for one in world.recorder.got if one.kind == "letter"]
    assert "12 010" in letter.payload["text"].replace("\u00a0", " ").replace("\u202f", " ")
    assert world.trail(found)[-1][0] == "letter"
    world.whole()


def test_a_receiver_that_is_down_gets_the_same_later(world: World) -> None:
    found = granted(world)
    world.recorder.refuse = 3
    deliver(world.office)
    assert waiting(world) == ["letter", "payment", "receipt"]
    assert deliver(world.office) == 0  # not at once
    world.clock.forward(days=1)
    while deliver(world.office):  # one alone first, since the receiver has been left in peace
        pass
    assert waiting(world) == []
    assert [kind for kind, _ in world.trail(found)].count("letter") == 1
    world.whole()


def test_a_process_that_died_with_them(world: World) -> None:
    """Taken, perhaps delivered, and never noted: they go again, under the same keys, with the same letter."""
    found = granted(world)
    first = deliver(world.office)
    sent = {one.key: json.dumps(one.payload, sort_keys=True) for one in world.recorder.got}
    with transaction(world.engine) as session:
        for row in session.exec(select(MessageRow)).all():
            row.delivered_at, row.next_attempt_at = None, world.clock.now + delivery.LEASE
            row.reached = ""
            session.add(row)
    assert deliver(world.office) == 0
    world.clock.now += delivery.LEASE
    assert deliver(world.office) == first
    again = {one.key: json.dumps(one.payload, sort_keys=True) for one in world.recorder.got[first:]}
    assert again == sent
    assert [kind for kind, _ in world.trail(found)].count("letter") == 1


@pytest.mark.slow
def test_several_processes_deliver_at_once(world: World) -> None:
    for person in range(5):
        granted(world, person)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: deliver(world.office), range(3)))
    assert waiting(world) == []
    assert set(Counter(one.key for one in world.recorder.got).values()) == {1}
    world.whole()


def test_a_folder_takes_more_at_a_time_than_go_out_side_by_side(world: World, tmp_path: Path) -> None:
    for person in range(6):
        granted(world, person)
    office = replace(world.office, channels={TENANT: (FolderChannel(tmp_path / "ut"),)})
    assert deliver(office) == 18 > delivery.AT_ONCE
    assert waiting(world) == []
    kinds = Counter(path.name.split(".")[1] for path in (tmp_path / "ut").glob("*.json"))
    assert kinds == {"receipt": 6, "letter": 6, "payment": 6}
    world.whole()


def test_a_message_that_a_folder_refuses_keeps_no_other_from_it(world: World, tmp_path: Path) -> None:
    refused, sound, folder = granted(world, 1), granted(world, 2), FolderChannel(tmp_path / "ut")
    other = Message(f"{refused}.payment.1", "payment", TENANT, world.clock.now, {"text": "Något annat"})
    folder.deliver(other)
    assert deliver(replace(world.office, channels={TENANT: (folder,)})) == 6
    assert waiting(world) == ["payment"]
    names = {path.name for path in (tmp_path / "ut").glob("*.json")}
    assert names == {f"{case}.{what}.1.json" for case in (refused, sound) for what in _ALL}
    with reading(world.engine) as session:
        row = session.get_one(MessageRow, (TENANT, other.key))
        assert (row.next_attempt_at, "samma nyckel" in str(row.error)) == (None, True)


_ALL = ("receipt", "letter", "payment")


def test_a_slow_folder_takes_no_longer_than_the_messages_are_ours(world: World, tmp_path: Path) -> None:
    """A minute for each: after half of the lease the rest wait for the next round, which is at once."""
    for person in range(3):
        granted(world, person)

    class Slow(FolderChannel):
        def deliver(self, message: Message) -> str | None:
            world.clock.now += timedelta(minutes=1)
            return super().deliver(message)

    office = replace(world.office, channels={TENANT: (Slow(tmp_path / "ut"),)})
    assert [deliver(office) for _ in range(4)] == [3, 3, 3, 0]
    assert waiting(world) == []
    with reading(world.engine) as session:
        assert {row.attempts for row in session.exec(select(MessageRow)).all()} == {1}
    world.whole()


@pytest.mark.parametrize("fails", [False, True])
def test_what_another_process_has_by_now_is_not_given_back(
    world: World, tmp_path: Path, *, fails: bool
) -> None:
    """A folder hangs until the lease is over, while another process takes and delivers what was left."""
    for person in range(3):
        granted(world, person)
    others = replace(world.office, channels={TENANT: (FolderChannel(tmp_path / "ut"),)})

    class Hangs(FolderChannel):
        def deliver(self, message: Message) -> str | None:
            world.clock.now += delivery.LEASE
            deliver(others)
            if fails:
                raise DeliveryError("Mottagaren svarade inte i tid.", retry=True)
            return super().deliver(message)

    deliver(replace(world.office, channels={TENANT: (Hangs(tmp_path / "ut"),)}))
    assert waiting(world) == []
    with reading(world.engine) as session:
        rows = session.exec(select(MessageRow)).all()
    assert {row.attempts for row in rows} == {2}
    assert {(row.next_attempt_at, row.error) for row in rows} == {(None, None)}
    world.whole()


def test_a_message_that_cannot_be_written_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = granted(world, 1), granted(world, 2)

    def letter(office: Office, row: ApplicationRow, *given: Any) -> Letter:
        if row.id == broken:
            raise ZeroDivisionError
        return letter_of(office, row, *given)

    monkeypatch.setattr(contents, "letter_of", letter)
    deliver(world.office)
    assert waiting(world) == ["letter"]
    with reading(world.engine) as session:
        row = session.get_one(MessageRow, (TENANT, f"{broken}.letter.1"))
        assert row.error is not None, row
        assert row.next_attempt_at > world.clock.now
    assert [kind for kind, _ in world.trail(sound)].count("letter") == 1
    world.whole()


def test_a_fault_of_ours_at_one_receiver_takes_nothing_from_the_others_and_sends_them_nothing_twice(
    world: World,
) -> None:
    """Before it, after it, now and when it has been mended."""

    class Broken(Recorder):
        """Another receiver, whose channel has a fault."""

        def deliver(self, message: Message) -> None:
            raise ZeroDivisionError

    granted(world)
    last = Recorder()
    channels = [world.recorder, Broken(), last]
    for number, each in enumerate(channels):
        each.receiver = f"mottagare {number}"
    deliver(replace(world.office, channels={TENANT: tuple(channels)}))
    assert waiting(world) == ["letter", "payment", "receipt"]
    channels[1] = mended = Recorder()
    mended.receiver = "mottagare 1"
    world.clock.forward(days=1)
    while deliver(replace(world.office, channels={TENANT: tuple(channels)})):
        pass
    assert waiting(world) == []
    for each in (world.recorder, mended, last):
        assert sorted(one.kind for one in each.got) == ["letter", "payment", "receipt"]


def test_a_municipality_without_receivers_is_done_at_once(world: World) -> None:
    granted(world)
    deliver(replace(world.office, channels={}))
    assert waiting(world) == []
