"""A database from before the log vouched for rows is upgraded: its cases live on, and that happens once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

import audit
from audit import EntryKind, trail
from audit.canonical import canonical
from audit.database import read_only
from audit.head import Head
from decision_service import service
from decision_service.casework.checking import checked_log
from decision_service.log import adoption, journal, vouched
from decision_service.store.database import open_engine
from tests.decision_service.api.test_applications import code
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, decided_by_machine, running, with_a_person
from tests.world.tampering import tamper

pytestmark = pytest.mark.slow

EARLIER_LOG = (
    "UPDATE audit_schema SET version = 2",
    "ALTER TABLE audit_entry DROP COLUMN mark",
    "ALTER TABLE audit_head DROP COLUMN writer_key",
    "DROP INDEX audit_entry_log_wide",
    "CREATE INDEX audit_entry_log_wide ON audit_entry (tenant, seq) "
    "WHERE type IN ('clock_anomaly', 'key_changed', 'release_published')",
)
"""What makes the log's tables those of the last version that did not vouch for rows."""

_next = audit.Log._next


def _next_without_rows(log: audit.Log, head: Head, prepared: Any) -> Any:
    """As that version wrote: no commitments, no writer's mark, and no word of them in the first entry."""
    members = dict(prepared.members)
    if prepared.kind is EntryKind.KEY_CHANGED:
        body = json.loads(members["body"])
        members["body"] = canonical({name: body[name] for name in ("use", "key", "wrapping_key")}, "body")
    earlier = replace(prepared, members=members, rows={})
    return _next(log, replace(head, writer_key=None), earlier)


@contextmanager
def earlier_version() -> Iterator[None]:
    """The program vouches for nothing, and asks for nothing to be vouched for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit.Log, "_next", _next_without_rows)
        patch.setattr(vouched, "require_logged", lambda *given: None)
        patch.setattr(service.adoption, "adopt", lambda *given: None)
        yield


class Old:
    """A database with a decided case, one that waits for a person and one that nobody has looked at."""

    def __init__(self, url: URL, folder: Path) -> None:
        self.url, self.folder = url, folder
        with earlier_version(), running(url, folder) as whole:
            self.decided, _ = decided_by_machine(whole)
            self.with_person, _ = with_a_person(whole)
            whole.service.office.log.checkpoint(whole.service.office.engine, TENANT)
            self.waiting = whole.eservice().send(application(whole.known(), NOVEMBER)).json()["id"]
        engine = open_engine(url)
        with engine.begin() as connection:
            for statement in EARLIER_LOG:
                connection.execute(text(statement))
        engine.dispose()


@pytest.fixture
def old(filled_url: URL, tmp_path: Path) -> Old:
    return Old(filled_url, tmp_path)


def report(whole: Whole) -> list[tuple[str, str]]:
    whole.service.office.log.checkpoint(whole.service.office.engine, TENANT)
    return list(checked_log(whole.service.office, TENANT, None))


def faults(whole: Whole) -> list[str]:
    return [said for state, said in report(whole) if state == "FEL"]


def adoptions(whole: Whole) -> Counter[str]:
    """How often each case was adopted; under no name how often that ended."""
    query = text("SELECT case_id FROM audit_entry WHERE tenant = :tenant AND type LIKE 'adoption%'")
    with whole.service.office.engine.connect() as connection:
        return Counter(each or "" for each in connection.scalars(query, {"tenant": TENANT}))


def change(whole: Whole, statement: str, **words: str) -> None:
    assert tamper(whole.service.office.engine, statement, **words) == 1


def test_without_adoption_the_old_cases_would_be_lost(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.adoption, "adopt", lambda *given: None)
    with running(old.url, old.folder) as whole:
        assert code(whole.jurist().get(f"/applications/{old.decided}/decision")) == "not-as-logged"
        assert any("ingen post svarar för det" in said for said in faults(whole))


def test_an_upgraded_database_is_whole_and_its_cases_live_on(old: Old) -> None:
    with running(old.url, old.folder) as whole:
        said = report(whole)
        assert not [one for state, one in said if state == "FEL"]
        (remark,) = [one for state, one in said if state == "OBS" and "övertagna som de fanns" in one]
        assert "svarar för dem först från 2026-10-28" in remark
        jurist = whole.jurist()
        for what in ("decision", "letter", "proof", "assessments", "trail", "bundle"):
            assert jurist.get(f"/applications/{old.decided}/{what}").status_code == 200, what
        whole.settle()
        shown = jurist.get(f"/applications/{old.waiting}/decision")
        assert shown.json()["outcome"] == "BIFALL"
        assert jurist.get(f"/applications/{old.with_person}").status_code == 200
        assert not faults(whole)


def test_every_case_is_adopted_once_by_the_machine_and_never_again(old: Old) -> None:
    with running(old.url, old.folder) as whole:
        first = adoptions(whole)
        assert first.keys() >= {"", old.decided, old.with_person, old.waiting}
        assert set(first.values()) == {1}
        with read_only(whole.service.office.engine) as connection:
            leaves = trail.read_leaves(connection, TENANT, old.decided, EntryKind.ADOPTION)
            (entry,) = [one.entry for one in leaves]
        assert entry["actor"] == {"kind": "system", "id": "lagrum"}
        assert {"application", "assessment/1", "decision", "letter"} <= entry["rows"].keys()
        assert entry["body"] == {"rows": len(entry["rows"])}
    with running(old.url, old.folder) as whole:
        assert adoptions(whole) == first
        assert not faults(whole)


def test_what_is_changed_after_the_adoption_is_refused(old: Old) -> None:
    with running(old.url, old.folder) as whole:
        change(whole, "UPDATE decision SET granted = granted * 10 WHERE application_id = :id", id=old.decided)
        assert code(whole.jurist().get(f"/applications/{old.decided}/decision")) == "not-as-logged"
        (said,) = faults(whole)
        assert f"ärende {old.decided}: decision är inte det som loggades" in said


INVENTED = (
    "INSERT INTO note (id, application_id, tenant, at, by, name, text) "
    "SELECT 'påhittad', id, tenant, received_at, 'h-9', 'Maj', 'Nytt' FROM application WHERE id = :id"
)


def test_a_row_without_an_entry_after_the_adoption_is_refused_for_ever(old: Old) -> None:
    with running(old.url, old.folder) as whole:
        change(whole, INVENTED, id=old.decided)
    for _ in range(2):
        with running(old.url, old.folder) as whole:
            assert code(whole.jurist().get(f"/applications/{old.decided}/decision")) == "not-as-logged"
            (said,) = faults(whole)
            assert "note/påhittad finns i tabellerna, men ingen post svarar för det" in said


def test_a_new_log_vouches_from_its_start(filled_url: URL, tmp_path: Path) -> None:
    with running(filled_url, tmp_path) as whole:
        assert not adoptions(whole)
        office = whole.service.office
        assert adoption.adopt(office.engine, office.log, TENANT, office.clock) is None


class CutError(Exception):
    """The process ended here."""


def test_an_adoption_that_is_cut_short_goes_on_where_it_was(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every start is cut at its fourth entry, within a batch; what is committed stays, nothing is doubled."""
    monkeypatch.setattr(adoption, "BATCH", 2)
    record, left = audit.Log.record, 0

    def cut(self: audit.Log, *given: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise CutError
        return record(self, *given)

    monkeypatch.setattr(audit.Log, "record", cut)
    starts = 0
    while starts < 20:
        starts, left = starts + 1, 4
        with suppress(CutError), running(old.url, old.folder) as whole:
            found = adoptions(whole)
            assert not faults(whole)
            break
    assert 1 < starts < 20
    assert set(found.values()) == {1}
    assert {"", old.decided, old.with_person, old.waiting} <= found.keys()


def test_a_second_adoption_is_told_of(old: Old) -> None:
    with running(old.url, old.folder) as whole:
        office = whole.service.office
        entry = audit.Entry(
            EntryKind.ADOPTION, office.clock(), journal.MACHINE, "igen", case=old.decided, rows={"x": b"y"}
        )
        with office.engine.begin() as connection:
            seq = office.log.record(connection, TENANT, entry).seq
        assert any(f"post {seq}: övertar rader, fast loggen svarar för alla" in one for one in faults(whole))
