"""Files in the folder for output that somebody has changed, added or swapped are told by our own check."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from decision_service.casework import put_out
from decision_service.casework.checking import checked_log
from decision_service.casework.put_out import strange_files
from decision_service.casework.timetable import checkpoints
from decision_service.outputs import FolderChannel
from tests.decision_service.outputs.test_payment import PAYER
from tests.world.lived import delivered
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.tampering import tamper


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """The folder in which everything about two applications lies that were granted."""
    place = tmp_path / "ut"
    channel = FolderChannel(place, PAYER, letters="pdf")
    world.office = replace(world.office, channels={TENANT: (channel,)})
    checkpoints(world.office)
    world.clock.forward(days=30)
    for person in (1, 2):
        world.imported(person)
        world.apply(application(person, NOVEMBER))
    world.office.log.checkpoint(world.engine, TENANT)
    delivered(world)
    return place


def one(folder: Path, words: str) -> Path:
    return sorted(folder.glob(words))[0]


def another_amount(folder: Path) -> None:
    path = one(folder, "*.payment.1.json")
    path.write_text(path.read_text("utf-8").replace('"amount":', '"amount":9'), "utf-8")


def another_letter(folder: Path) -> None:
    path = one(folder, "*.letter.1.json")
    path.write_text(path.read_text("utf-8").replace('"text":"', '"text":"Du får inget. '), "utf-8")


def swapped(folder: Path) -> None:
    first, second = sorted(folder.glob("*.payment.1.json"))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def a_payment_of_ones_own(folder: Path) -> None:
    made = one(folder, "*.payment.1.json").read_bytes()
    (folder / "egen.payment.1.json").write_bytes(made)


def a_file_for_the_bank(folder: Path) -> None:
    path = one(folder, "*.payment.1.json").with_suffix(".xml")
    path.write_bytes(path.read_bytes() + b"<!-- -->" if path.exists() else b"<Document/>")


def another_print(folder: Path) -> None:
    path = one(folder, "*.letter.1.pdf")
    path.write_bytes(path.read_bytes() + b"%")


def prints_swapped(folder: Path) -> None:
    first, second = sorted(folder.glob("*.letter.1.pdf"))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def a_print_of_ones_own(folder: Path) -> None:
    one(folder, "*.payment.1.json").with_suffix(".pdf").write_bytes(b"%PDF-1.7")


ATTACKS: dict[Callable[[Path], None], int] = {
    another_amount: 1,
    another_letter: 1,
    swapped: 2,
    a_payment_of_ones_own: 1,
    a_file_for_the_bank: 1,
    another_print: 1,
    prints_swapped: 2,
    a_print_of_ones_own: 1,
}
"""With how many files are then not ours."""


@pytest.mark.slow
def test_what_lies_in_the_folder_is_what_was_handed_over(world: World, folder: Path, tmp_path: Path) -> None:
    assert list(strange_files(world.office, TENANT)) == []
    assert checked_log(world.office, TENANT, None).ok
    kept = shutil.copytree(folder, tmp_path / "kept")
    for attack, count in ATTACKS.items():
        attack(folder)
        found = list(strange_files(world.office, TENANT))
        assert len(found) == count, attack.__name__
        assert all("är inte den som tjänsten har lämnat" in each for each in found), attack.__name__
        assert not checked_log(world.office, TENANT, None).ok, attack.__name__
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    assert checked_log(world.office, TENANT, None).ok


def test_a_letter_printed_before_the_template_was_changed_is_ours(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("decision_service.outputs.filedrop.pdf", lambda letter: b"another template")
    assert list(folder.glob("*.pdf"))
    assert list(strange_files(world.office, TENANT)) == []


@pytest.mark.slow
@pytest.mark.parametrize("said", ["another", "nothing"])
def test_nobody_with_database_and_folder_gets_another_print_past_the_check(
    world: World, folder: Path, said: str
) -> None:
    """The hash of the print has our stamp: with another there, or none, it was not we who delivered it."""
    path = one(folder, "*.letter.1.pdf")
    words = {"of": f"pdf {sha256(path.read_bytes()).hexdigest()}"}
    another_print(folder)
    words["to"] = f"pdf {sha256(path.read_bytes()).hexdigest()}" if said == "another" else ""
    hide = "UPDATE message SET reached = replace(reached, :of, :to) WHERE key = :key"
    assert tamper(world.engine, hide, key=path.stem, **words) == 1
    assert list(strange_files(world.office, TENANT)) == []
    assert "ett meddelande sägs vara lämnat, men tjänsten har inte lämnat det." in str(
        checked_log(world.office, TENANT, None)
    )


def test_what_has_lain_for_long_is_not_read_again_each_day(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless something is done to it, whatever time the file is said to be from."""
    for path in folder.glob("*.json"):
        os.utime(path, (0, 0))
    another_amount(folder)
    os.utime(one(folder, "*.payment.1.json"), (0, 0))
    assert len(list(strange_files(world.office, TENANT))) == 1
    later = time.time() + 31 * 24 * 3600
    monkeypatch.setattr(put_out.time, "time", lambda: later)
    assert list(strange_files(world.office, TENANT)) == []


@pytest.mark.slow
def test_a_row_that_is_not_as_logged_is_told_of_as_a_row(world: World, folder: Path) -> None:
    assert tamper(world.engine, "UPDATE decision SET granted = granted * 10") == 2
    assert list(strange_files(world.office, TENANT)) == []
    assert not checked_log(world.office, TENANT, None).ok


def test_what_the_receiver_has_taken_away_is_no_fault(world: World, folder: Path) -> None:
    for path in folder.glob("*.json"):
        path.unlink()
    assert list(strange_files(world.office, TENANT)) == []
