"""A message becomes one file, once, whatever crashes and whoever takes the files away."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typst import TypstError

from decision_service.outputs import DeliveryError, FolderChannel, Message, as_bytes
from decision_service.outputs.filedrop import NOTED, READY
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter import notice
from decision_service.outputs.letter_layout import Letter
from tests.decision_service.outputs.test_letter import CONTEXT

CREATED = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)


def message(key: str = "a1.letter.1", text: str = "Hej") -> Message:
    """A message with a text."""
    return Message(key, "letter", "9999", CREATED, {"text": text})


def delivered(folder: Path) -> list[str]:
    """What a receiver sees: the files that are not hidden."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_message_becomes_one_file_with_all_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "ut"
    FolderChannel(folder).deliver(message())
    assert delivered(folder) == ["a1.letter.1.json"]
    assert json.loads((folder / "a1.letter.1.json").read_bytes()) == {
        "schema": "meddelande/1",
        "key": "a1.letter.1",
        "kind": "letter",
        "tenant": "9999",
        "created": "2026-11-20T08:12:00Z",
        "payload": {"text": "Hej"},
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
)


@given(st.dictionaries(st.text(), JSON, max_size=3))
def test_a_message_has_the_bytes_that_notes_of_earlier_versions_have_the_hash_of(payload: Any) -> None:
    """As the standard library writes it, with the names in order."""
    written = as_bytes(Message("a1.letter.1", "letter", "9999", CREATED, payload))
    plain = json.dumps(json.loads(written), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert written == plain.encode()
    assert json.loads(written)["payload"] == payload


def test_the_same_again_does_nothing_even_when_the_receiver_has_taken_the_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    channel.deliver(message())
    (tmp_path / "a1.letter.1.json").unlink()
    channel.deliver(message())
    FolderChannel(tmp_path).deliver(message())
    assert delivered(tmp_path) == []


def test_another_content_under_the_same_key_is_refused(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    channel.deliver(message())
    with pytest.raises(DeliveryError, match="samma nyckel") as raised:
        channel.deliver(message(text="Något annat"))
    assert raised.value.retry is False
    assert json.loads((tmp_path / "a1.letter.1.json").read_bytes())["payload"] == {"text": "Hej"}


def test_of_some_messages_none_is_put_where_one_is_refused(tmp_path: Path) -> None:
    channel, refused = FolderChannel(tmp_path), message("a2.letter.1", "Något annat")
    channel.deliver(SEVERAL[1])
    with pytest.raises(DeliveryError, match="samma nyckel"):
        channel.deliver_all([SEVERAL[0], refused])
    assert delivered(tmp_path) == ["a2.letter.1.json"]
    assert channel.deliver_all(SEVERAL) == {"a1.letter.1": None, "a2.letter.1": None}
    assert delivered(tmp_path) == ["a1.letter.1.json", "a2.letter.1.json"]


@pytest.mark.parametrize("key", ["", "../a", "a/b", ".dold", "a..b", "å", "a" * 201, "a\n"])
def test_a_key_that_is_no_file_name_is_refused_for_good(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "ut"
    with pytest.raises(DeliveryError, match="nyckel") as raised:
        FolderChannel(folder).deliver(message(key))
    assert raised.value.retry is False
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "ut").write_text("en fil, ingen mapp")
    with pytest.raises(DeliveryError, match="går inte att skriva") as raised:
        FolderChannel(tmp_path / "ut").deliver(message())
    assert raised.value.retry is True


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128])
def test_what_was_cut_short_when_the_machine_stopped_is_written_anew(tmp_path: Path, length: int) -> None:
    """A note when the message was ready, and what was made ready when nothing was noted."""
    channel, name = FolderChannel(tmp_path), "a1.letter.1.json"
    channel.deliver(message())
    content, note = (tmp_path / name).read_bytes(), tmp_path / NOTED / name
    (tmp_path / name).rename(tmp_path / READY / name)
    note.write_bytes(note.read_bytes()[:length])
    channel.deliver(message())
    assert (tmp_path / name).read_bytes() == content
    (tmp_path / name).unlink()
    note.unlink()
    (tmp_path / READY / name).write_bytes(content[:length])
    channel.deliver(message())
    assert (tmp_path / name).read_bytes() == content


_STEPS = ("rename", "fsync", "open")
SEVERAL = [message("a1.letter.1"), message("a2.letter.1", "Hej igen")]


def _deliver_and_die(folder: Path, step: str, count: int) -> None:
    """Deliver, and be killed before one of the calls that change the disk."""
    real, seen = getattr(os, step), [0]

    def counted(*arguments: object, **named: object) -> object:
        seen[0] += 1
        if seen[0] == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(os, step, counted)
    FolderChannel(folder).deliver_all(SEVERAL)


@pytest.mark.slow
@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize("taken", [False, True])
def test_a_process_killed_at_any_step_leaves_one_delivery_after_the_next_try(
    tmp_path: Path, step: str, taken: bool
) -> None:
    """``taken``: the receiver takes what it finds between the crash and the next try."""
    context = multiprocessing.get_context("fork")
    finished = False
    for count in range(1, 20):
        folder = tmp_path / str(count)
        child = context.Process(target=_deliver_and_die, args=(folder, step, count))
        child.start()
        child.join()
        received = []
        if taken and folder.exists():
            for name in delivered(folder):
                received.append((folder / name).read_bytes())
                (folder / name).unlink()
        FolderChannel(folder).deliver_all(SEVERAL)
        received += [(folder / name).read_bytes() for name in delivered(folder)]
        assert sorted(received) == sorted(map(as_bytes, SEVERAL))
        finished = child.exitcode == 0
        if finished:
            break
    assert finished
    assert count > 1


def test_many_at_once_deliver_each_message_once(tmp_path: Path) -> None:
    taken: list[str] = []
    failed: list[DeliveryError] = []
    stop = threading.Event()

    def receive() -> None:
        while not stop.is_set():
            for name in delivered(tmp_path):
                (tmp_path / name).unlink()
                taken.append(name)

    def send() -> None:
        for number in range(20):
            try:
                FolderChannel(tmp_path).deliver(message(f"m{number}"))
            except DeliveryError as error:
                failed.append(error)

    receiver = threading.Thread(target=receive)
    receiver.start()
    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    stop.set()
    receiver.join()
    taken += delivered(tmp_path)
    assert failed == []
    assert sorted(taken) == sorted(f"m{number}.json" for number in range(20))


def test_a_letter_is_a_file_to_print_too_where_the_folder_says_so(tmp_path: Path) -> None:
    letter = notice("KVITTENS", "2026-11", [], CONTEXT)
    sent = Message(
        "a1.receipt.1", "receipt", "9999", CREATED, {"letter": letter.as_json(), "text": letter.text}
    )
    channel = FolderChannel(tmp_path, letters="pdf")
    assert channel.deliver(sent) == sha256(pdf(letter)).hexdigest()
    assert channel.deliver(message()) is None
    assert delivered(tmp_path) == ["a1.letter.1.json", "a1.receipt.1.json", "a1.receipt.1.pdf"]
    assert (tmp_path / "a1.receipt.1.pdf").read_bytes() == pdf(letter)
    channel.forget(sent.key)
    assert delivered(tmp_path) == ["a1.letter.1.json"]


def test_the_same_letter_laid_out_anew_is_still_the_same_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = notice("KVITTENS", "2026-11", [], CONTEXT)
    sent = Message("a1.receipt.1", "receipt", "9999", CREATED, {"letter": letter.as_json()})
    channel = FolderChannel(tmp_path, letters="pdf")
    channel.deliver(sent)
    monkeypatch.setattr("decision_service.outputs.filedrop.pdf", lambda letter: b"another template")
    assert channel.deliver(sent) == sha256(pdf(letter)).hexdigest()
    note = tmp_path / NOTED / "a1.receipt.1.pdf"
    note.write_text(note.read_text().partition(" ")[0])  # as an earlier version noted it
    assert channel.deliver(sent) is None
    assert (tmp_path / "a1.receipt.1.pdf").read_bytes() == pdf(letter)


def test_a_letter_that_no_template_can_print_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(letter: Letter) -> bytes:
        raise TypstError("fel i mallen", "fel i mallen")

    monkeypatch.setattr("decision_service.outputs.filedrop.pdf", broken)
    letter = notice("KVITTENS", "2026-11", [], CONTEXT)
    sent = Message("a1.receipt.1", "receipt", "9999", CREATED, {"letter": letter.as_json()})
    with pytest.raises(DeliveryError, match="fel i mallen") as raised:
        FolderChannel(tmp_path, letters="pdf").deliver(sent)
    assert raised.value.retry is False
    assert delivered(tmp_path) == []
