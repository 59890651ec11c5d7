"""Two installations witness each other over HTTP, with one setting each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlmodel import select

from audit import FileKeyStore
from audit.cosignature import asked
from audit.errors import WitnessError
from audit.verify import read_checkpoint
from decision_service.casework import witnessing
from decision_service.store.database import reading, transaction
from decision_service.store.tables import CosignedRow, WitnessedRow
from tests.world.database import new_database
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine, running, trusts
from tests.world.tampering import tamper


@pytest.fixture
def two(sqlite_tables: URL, tmp_path: Path) -> Iterator[tuple[Whole, Whole]]:
    """Two installations, each with a log of its own, at ports of their own."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with (
        new_database(None, folders[0], sqlite_tables) as first,
        new_database(None, folders[1], sqlite_tables) as second,
    ):
        host = "https://granne.example.se"
        with running(first, folders[0]) as one, running(second, folders[1], public_url=host) as other:
            trusts(one, other)
            trusts(other, one)
            yield one, other


def checkpoint(whole: Whole) -> None:
    office = whole.service.office
    office.log.checkpoint(office.engine, TENANT)
    witnessing.submit(office, TENANT)


def cosigned(whole: Whole) -> CosignedRow:
    with reading(whole.service.office.engine) as session:
        return session.get_one(CosignedRow, TENANT)


def test_each_signs_what_the_other_has(two: tuple[Whole, Whole]) -> None:
    for one, other in (two, two[::-1]):
        for _ in range(3):
            one.plan(one.person())
            checkpoint(one)
        kept = cosigned(one)
        assert "/witness " in kept.note.splitlines()[-1]
        with reading(other.service.office.engine) as session:
            seen = session.get_one(WitnessedRow, read_checkpoint(kept.note)[0])
        assert kept.note.startswith(seen.note)
        witnessing.submit(one.service.office, TENANT)  # nothing new: nobody is asked


@pytest.mark.slow
def test_a_size_that_was_forgotten_is_asked_for(two: tuple[Whole, Whole]) -> None:
    one, _ = two
    checkpoint(one)
    with transaction(one.service.office.engine) as session:
        session.delete(session.get_one(CosignedRow, TENANT))
    one.plan(one.person())
    checkpoint(one)
    assert cosigned(one).size > 1


@pytest.mark.slow
def test_another_history_is_not_signed(two: tuple[Whole, Whole]) -> None:
    """Cut and grown again with the right key: the neighbour has the first, and refuses."""
    one, other = two
    one.plan(one.person())
    checkpoint(one)
    with other.service.office.engine.begin() as connection:
        root = "A" * 43 + "="
        lines = "SELECT note FROM witnessed"
        note = str(connection.scalar(text(lines))).split("\n")
        note[2] = root
        connection.execute(text("UPDATE witnessed SET note = :note"), {"note": "\n".join(note)})
    one.plan(one.person())
    with pytest.raises(WitnessError, match="har sett en annan historia"):
        checkpoint(one)  # the neighbour's key folder remembers otherwise than its database
    (kept,) = (other.folder / "keys" / "witnessed").rglob("newest.note")
    kept.unlink()
    with pytest.raises(WitnessError, match="skriver inte under: 422"):
        checkpoint(one)


@pytest.mark.slow
def test_nobody_makes_a_witness_forget_with_its_database_alone(two: tuple[Whole, Whole]) -> None:
    """The neighbour's own insider takes away what it has seen, so that a history from the beginning could be
    signed there a second time."""
    one, other = two
    one.plan(one.person())
    checkpoint(one)
    kept = cosigned(one)
    origin, size, _ = read_checkpoint(kept.note)
    own = kept.note[: kept.note.index("\n", kept.note.index("\n\n") + 2) + 1]
    earlier = f"{origin}\n1\n{'A' * 43}=\n\n{own.splitlines()[-1]}\n"
    neighbour = one.service.office.municipality(TENANT).neighbour
    assert neighbour is not None
    for statement in (
        "UPDATE witnessed SET size = 1, note = :note",
        "DELETE FROM witnessed WHERE note = :note",
    ):
        with other.service.office.engine.begin() as connection:
            assert connection.execute(text(statement), {"note": earlier}).rowcount == 1
        assert witnessing._ask(neighbour.url, asked(0, [], own)) == size


@pytest.mark.slow
def test_a_witness_that_has_seen_more_remembers_no_less(
    two: tuple[Whole, Whole], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is about to remember a checkpoint of its neighbour, it is sent a larger one."""
    one, other = two
    write, others = FileKeyStore.remember, list[threading.Thread]()

    def later() -> None:
        one.plan(one.person())
        checkpoint(one)

    def slowly(keys: FileKeyStore, what: str, note: str) -> None:
        if what.startswith("witnessed/") and not others:
            others.append(threading.Thread(target=later))
            others[0].start()
            others[0].join(1)  # it gets there first where nothing keeps it from it
        write(keys, what, note)

    monkeypatch.setattr(FileKeyStore, "remember", slowly)
    checkpoint(one)
    others[0].join()
    with reading(other.service.office.engine) as session:
        seen = session.exec(select(WitnessedRow)).one()
    (kept,) = (other.service.settings.keys / "witnessed").rglob("newest.note")
    assert kept.read_text("utf-8") == seen.note


def test_a_log_that_was_cut_is_told(two: tuple[Whole, Whole]) -> None:
    one, other = two
    checkpoint(one)
    with other.service.office.engine.begin() as connection:
        note = str(connection.scalar(text("SELECT note FROM witnessed"))).split("\n")
        note[1] = "1000000"
        connection.execute(text("UPDATE witnessed SET note = :note"), {"note": "\n".join(note)})
    one.plan(one.person())
    with pytest.raises(WitnessError, match="Vittnet har 1000000 poster"):
        checkpoint(one)


def test_a_strangers_log_is_not_signed(two: tuple[Whole, Whole]) -> None:
    one, other = two
    checkpoint(one)
    body = f"old 0\n\n{cosigned(one).note}".replace("9999.", "1287.")
    assert other.http.post("/witness/add-checkpoint", content=body).status_code == 404
    assert other.http.post("/witness/add-checkpoint", content=b"\xff" * 100).status_code == 400
    assert other.http.post("/witness/add-checkpoint", content=b"a" * 20_000).status_code == 413


@pytest.mark.slow
def test_the_services_own_check_makes_it_ready_or_not(two: tuple[Whole, Whole]) -> None:
    """Against the keys in its folder and what the neighbour signed; a changed row turns readiness red."""
    one, _ = two
    one.plan(one.person())
    for tenant in one.service.office.installation.municipalities:
        one.service.office.log.checkpoint(one.service.office.engine, tenant)
    witnessing.submit(one.service.office, TENANT)
    one.service._verify()
    assert [each.ok for each in one.service.readiness() if each.name == "granskningslogg"] == [True]
    assert tamper(one.service.office.engine, "UPDATE activity SET document = '{}'")
    one.service._verify()
    (red,) = [each for each in one.service.readiness() if each.name == "granskningslogg"]
    assert red.why == "loggen stämmer inte för kommun 9999: kör lagrum audit verify"


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET letter = substr(letter, 1, 40)",  # what is sealed is cut off
        "UPDATE audit_schema SET version = 99",  # the check itself cannot begin
    ],
)
def test_nobody_blinds_the_services_own_check(two: tuple[Whole, Whole], statement: str) -> None:
    """What it cannot read is a fault, of that municipality; the others' logs are checked all the same."""
    whole, _ = two
    decided_by_machine(whole)
    office, log = whole.service.office, whole.service.office.log
    for tenant in office.installation.municipalities:
        log.checkpoint(office.engine, tenant)
    whole.settle()
    whole.service._verify()
    assert set(whole.service._verified.values()) == {True}
    with office.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    whole.service._verify()
    wrong = {tenant for tenant, ok in whole.service._verified.items() if not ok}
    assert wrong == ({TENANT} if "decision" in statement else set(office.installation.municipalities))
