"""Messages as files in a folder, each once, even when the receiver takes the files away.

A message is made ready in ``.klart``, noted in ``.lämnat`` and then moved to its place; the move is what
delivers. After a crash the note says whether the message was made ready, and the file in ``.klart`` whether
it has still to be moved. Of several messages each step is taken for all before the next. The notes hold the
message's key, a hash of its content and one of the file, and stay.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from typst import TypstError

from decision_service.installation.municipality import Payer
from decision_service.outputs import payment
from decision_service.outputs.channel import DeliveryError, Message, as_bytes
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.payment import PaymentOrder
from decision_service.reading.said import said_in

_say = said_in(__file__)

READY, NOTED, LOCK = ".klart", ".lämnat", ".lås"
_NOTE = re.compile(r"([0-9a-f]{64})(?: ([0-9a-f]{64}))?")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class FolderChannel:
    """A folder on this machine or on a shared disk. Several processes may deliver to it at once."""

    def __init__(
        self, folder: Path, payer: Payer | None = None, letters: Literal["pdf"] | None = None
    ) -> None:
        """The folder is made with the first message where it is not there. With a ``payer`` a payment order
        is a file for the bank too, and with ``letters`` every letter is one to print."""
        self._folder, self._payer, self._letters = folder, payer, letters

    @property
    def receiver(self) -> str:
        """The folder."""
        return str(self._folder)

    def deliver(self, message: Message) -> str | None:
        """Write ``<key>.json``, and ``<key>.xml`` of a payment order for the bank, where the account to pay
        to is known, or ``<key>.pdf`` of a letter, whose SHA-256 in hex is given. The same message again does
        nothing, and gives the hash of what was written the first time.

        Raises DeliveryError: to be tried again when the disk fails, and not when the key cannot be a file
        name or has been used for another content, or the letter's template is wrong.
        """
        return self.deliver_all([message])[message.key]

    def deliver_all(self, messages: Sequence[Message]) -> dict[str, str | None]:
        """The same of some messages, by their keys: the disk is asked twice for each file and some times for
        all, and not six times for each. Raises DeliveryError where it cannot be done of them all; those that
        are in their place by then are not put there again."""
        if any(not _KEY.fullmatch(each.key) or ".." in each.key for each in messages):
            raise DeliveryError(_say("key_no_name"), retry=False)
        try:
            try:
                return self._put(messages)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                for inside in (READY, NOTED):
                    (self._folder / inside).mkdir(exist_ok=True)
                return self._put(messages)
        except OSError as error:
            raise DeliveryError(
                _say("folder_not_writable", fel=error.strerror or type(error).__name__),
                retry=True,
            ) from error

    def forget(self, key: str) -> None:
        """Remove a message's files and notes, as far as nobody has taken them away. Again does nothing.

        Only for a message that will not be delivered any more: without its notes it would go once more.
        Raises OSError.
        """
        if not _KEY.fullmatch(key) or ".." in key or not self._folder.is_dir():
            return
        with self._alone():
            for name in (f"{key}.xml", f"{key}.pdf", f"{key}.json"):
                for folder in (self._folder, self._folder / READY, self._folder / NOTED):
                    (folder / name).unlink(missing_ok=True)
                    (folder / _unfinished(name)).unlink(missing_ok=True)

    def lying(self, since: float) -> dict[str, list[Path]]:
        """The files that nobody has taken away, by the key of their message: those that were put there, or
        anything done to, ``since`` a moment (seconds of the epoch). Raises OSError."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):  # taken away just now
                if not path.name.startswith(".") and path.is_file() and path.stat().st_ctime >= since:
                    found.setdefault(path.name.removesuffix(path.suffix), []).append(path)
        return found

    def is_from(self, path: Path, message: Message, printed: Collection[str]) -> bool:
        """Whether a file that lies here is one of a message, byte for byte. A printed letter is held against
        the hashes that ``deliver`` gave, for another template makes another file of the same letter; where
        none was kept, by its name. Raises OSError."""
        if path.suffix == ".pdf":
            if self._letters is None or message.letter is None:
                return False
            return not printed or _hash(path.read_bytes()) in printed
        bank = FolderChannel(self._folder, self._payer)
        return any(name == path.name and made == path.read_bytes() for name, made, _ in bank._files(message))

    def _files(self, message: Message) -> Iterator[tuple[str, bytes, bytes]]:
        """The message as files: name, content, and what is noted of it. The message itself comes last, so
        that it says that all is there. Of a printed letter the message is noted, for a new template makes
        another file of the same letter."""
        order, letter, whole = message.payment, message.letter, as_bytes(message)
        if self._payer is not None and order is not None and order["account"] is not None:
            bank = payment.pain_001(PaymentOrder.of_json(order), self._payer, message.created)
            yield f"{message.key}.xml", bank, bank
        if self._letters is not None and letter is not None:
            yield f"{message.key}.pdf", _printed(Letter.of_json(letter)), whole
        yield f"{message.key}.json", whole, whole

    def _put(self, messages: Sequence[Message]) -> dict[str, str | None]:
        """Put the files of some messages in their place unless that was done before. Of each the hash of what
        was printed; None where an earlier version did it and noted none."""
        ready, notes = f"{self._folder}/{READY}", f"{self._folder}/{NOTED}"
        printed: dict[str, str | None] = {each.key: None for each in messages}
        contents, said = dict[str, bytes](), dict[str, bytes]()
        with self._alone():
            files = [(each.key, *file) for each in messages for file in self._files(each)]
            for key, name, content, whole in files:
                if (note := _note(f"{notes}/{name}")) is not None:
                    noted, put = note
                    if noted != _hash(whole):
                        raise DeliveryError(_say("other_content"), retry=False)
                else:
                    put = _hash(content)
                    contents[name], said[name] = content, f"{_hash(whole)} {put}".encode()
                if name.endswith(".pdf"):
                    printed[key] = put or None
            _write(ready, contents)
            _write(notes, said)
            for whole_messages in (False, True):
                names = (name for _, name, *_ in files if name.endswith(".json") is whole_messages)
                self._move(ready, [name for name in names if os.path.exists(f"{ready}/{name}")])
        return printed

    def _move(self, ready: str, names: Sequence[str]) -> None:
        """Put what is ready in its place."""
        for name in names:
            os.rename(f"{ready}/{name}", f"{self._folder}/{name}")
        if names:
            _sync(str(self._folder))
            _sync(ready)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One delivery at a time; the lock goes with the process that holds it."""
        with open(f"{self._folder}/{LOCK}", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _note(path: str) -> tuple[str, str] | None:
    """The hashes of a note, the second empty in those of an earlier version; None where there is no note, or
    it was cut short: then nothing had been moved to its place."""
    if not os.path.exists(path):
        return None
    found = _NOTE.fullmatch(Path(path).read_text(errors="replace"))
    return None if found is None else (found[1], found[2] or "")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _printed(letter: Letter) -> bytes:
    try:
        return pdf(letter)
    except TypstError as error:
        raise DeliveryError(_say("no_pdf", fel=error), retry=False) from error


def _write(folder: str, contents: Mapping[str, bytes]) -> None:
    """Each file is on the disk when this returns. Nobody reads a part of one: what is made ready is read only
    when it is noted, and a note that was cut short is none."""
    for name, content in contents.items():
        path = f"{folder}/{name}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    if contents:
        _sync(folder)


def _unfinished(name: str) -> str:
    return f".{name}.tmp"


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
