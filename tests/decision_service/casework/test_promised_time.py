"""By when the applicant is to answer is what was said in the letter: nobody with the database alone can let
the machine go on before, nor say that it was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlmodel import select

from audit import FileKeyStore
from audit.errors import KeyFileError, RowError
from decision_service.casework import logged_alone, owed, steps, sweeps
from decision_service.decision.document import Reason, ReasonKind
from decision_service.impact import runs
from decision_service.log import journal, vouched
from decision_service.log.events import CompletionEvent
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, CompletionRow, OwedRow
from tests.audit.world import unguard
from tests.decision_service.casework.test_agreement import checked, tamper
from tests.world.office import PERSON, World, paying
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, incomplete, personal_number


def asked_for_more(world: World) -> str:
    case = world.apply(incomplete(1, NOVEMBER))
    assert world.state(case) == ApplicationState.WAITING
    assert checked(world).ok
    return case


def told_of_a_payment(world: World) -> str:
    world.clock.forward(days=32)
    world.imported(1)
    world.registers.script[personal_number(1)] = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))
    case = world.apply(application(1, NOVEMBER))
    assert world.state(case) == ApplicationState.STATEMENT
    assert checked(world).ok
    return case


BEFORE, AFTER = "2026-09-28 09:00:00.000000", "2026-12-24 09:00:00.000000"
CHANGED = {
    "earlier": f"due_at = '{BEFORE}'",
    "later": f"due_at = '{AFTER}'",
    "no reminder": "remind_at = NULL",
    "asked earlier": f"asked_at = '{BEFORE}'",
    "over": f"closed_at = '{BEFORE}'",
    "answered": "answered = true",
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_what_was_asked_and_until_when_is_vouched_for(world: World, change: str) -> None:
    case = asked_for_more(world)
    tamper(world, f"UPDATE completion SET {change} WHERE application_id = :case", case=case)
    assert "completion/1 är inte det som loggades i post " in str(checked(world))
    with reading(world.engine) as session:
        row = session.exec(select(CompletionRow)).one()
        with pytest.raises(RowError):
            vouched.require(world.keys, session, TENANT, row)


def test_nobody_is_said_not_to_have_answered_before_the_promised_time(world: World) -> None:
    """Nor is anybody's answer taken to what was not asked."""
    case = asked_for_more(world)
    tamper(world, f"UPDATE completion SET due_at = '{BEFORE}'")
    world.clock.forward(hours=2)
    with pytest.raises(RowError):
        sweeps.unanswered(world.office)
    with pytest.raises(RowError):
        world.complete(case, {"application": {"hasAssets": False}})
    assert world.state(case) == ApplicationState.WAITING
    assert world.trail(case)[-1] == ("completion", "asked")


@pytest.mark.slow
@pytest.mark.parametrize("make", [asked_for_more, told_of_a_payment])
def test_each_step_of_a_question_is_vouched_for_by_its_own_entry(world: World, make: object) -> None:
    case = make(world)  # type: ignore[operator]
    while world.state(case) in (ApplicationState.WAITING, ApplicationState.STATEMENT):
        world.clock.forward(days=3)
        sweeps.unanswered(world.office)
        assert checked(world).ok
    assert ("reminded" in {event for _, event in world.trail(case)}) is True


def test_a_statement_that_was_never_given_is_nothing_to_decide_on(world: World) -> None:
    case = told_of_a_payment(world)
    closed = f"UPDATE completion SET closed_at = '{AFTER}', answered = true"
    tamper(world, closed)
    tamper(
        world,
        "UPDATE application SET state = 'mottagen', next_run_at = received_at WHERE id = :case",
        case=case,
    )
    assert world.examine(case) == ApplicationState.HANDLAGGARE
    assert world.reasons(case) == ["UPPGIFT_INTE_DEN_LOGGADE"]


def test_the_machine_is_not_given_a_case_that_waits_for_the_applicant(world: World) -> None:
    case = asked_for_more(world)
    tamper(
        world,
        "UPDATE application SET state = 'mottagen', next_run_at = received_at WHERE id = :case",
        case=case,
    )
    assert "är maskinens, fast sökanden är frågad och inte har svarat." in str(checked(world))


@pytest.mark.parametrize(("days", "ok"), [(0, True), (1, False)])
def test_the_check_tells_of_an_answer_that_was_given_up_too_early(world: World, days: int, ok: bool) -> None:
    """As a version that believed the table would have done."""
    case = world.receive(application(1, NOVEMBER))
    now, question = world.clock(), Reason(kind=ReasonKind.COMPLETION, code="X", question="Vad?")
    entries = [
        journal.completion(case, now, CompletionEvent.ASKED, due=date(2026, 10, 12), questions=[question]),
        journal.completion(case, now + timedelta(days=14 - days), CompletionEvent.UNANSWERED),
    ]
    with world.engine.begin() as connection:
        world.office.log.append_all(connection, TENANT, entries)
    world.clock.forward(days=14)
    report = checked(world)
    said = f"ärende {case} sägs vara obesvarat 2026-10-11, men svaret fick dröja till 2026-10-12."
    assert (said not in str(report)) is ok


def owing(world: World) -> str:
    """A decision that corrected rules would have made another."""
    world.clock.forward(days=30)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER))
    assert world.state(case) == ApplicationState.DECIDED
    with transaction(world.engine) as session:
        months = {str(OCTOBER), str(NOVEMBER)}
        run = runs.begin(world.office, session, TENANT, "jurist-1", world.office.book, months)
        assert owed.put(world.office, session, run, "jurist-1", [(case, 100_00)]) == [case]
    assert checked(world).ok
    return case


OWED = {
    "that nobody put": "UPDATE owed SET found_at = '2026-10-01 00:00:00.000000'",
    "ended without a word": f"UPDATE owed SET ended_at = '{AFTER}', ended_by = 'h-1'",
    "gone": "DELETE FROM owed",
    "of another run": "UPDATE owed SET decision = 'en annan'",
}


@pytest.mark.slow
@pytest.mark.parametrize("statement", OWED.values(), ids=OWED)
def test_a_decision_to_look_at_again_is_what_the_log_says(world: World, statement: str) -> None:
    case = owing(world)
    tamper(world, statement)
    report = checked(world)
    assert not report.ok
    assert "owed/" in str(report)
    if "DELETE" not in statement and "ended" not in statement:
        with transaction(world.engine) as session, pytest.raises(RowError):
            owed.leave(world.office, session, TENANT, case, PERSON, "Hyran var betald.")


def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version whose entries vouched for none of these rows."""
    kept = tuple(one for one in vouched.VOUCHED if one.table not in (CompletionRow, OwedRow))
    monkeypatch.setattr(vouched, "VOUCHED", kept)
    for table in (CompletionRow, OwedRow):
        monkeypatch.delitem(vouched.OF_TABLE, table)


def test_rows_of_an_earlier_version_are_vouched_for_once_where_they_say_what_was_logged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        as_before(earlier)
        told = world.apply(incomplete(3, NOVEMBER))
        waits = world.apply(incomplete(2, NOVEMBER))
        moved = world.apply(incomplete(4, NOVEMBER))
        world.complete(told, {"application": {"hasAssets": False}})
        owing(world)
    tamper(world, f"UPDATE completion SET due_at = '{BEFORE}' WHERE application_id = :case", case=moved)
    assert logged_alone.vouch(world.office, TENANT) == 3
    assert logged_alone.vouch(world.office, TENANT) == 0
    with reading(world.engine) as session:
        for case in (told, waits):
            row = session.get_one(CompletionRow, (TENANT, case, 1))
            vouched.require(world.keys, session, TENANT, row)
        with pytest.raises(RowError):
            steps.asked_now(world.office, session, world.row(moved))
    (said,) = [text for state, text in checked(world) if state == "FEL"]
    assert said.endswith(f"{moved}: completion/1 finns i tabellerna, men ingen post svarar för det.")


def test_a_key_that_is_missing_at_one_start_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is done at the next; a case that nobody can read keeps no other from it, and is told."""
    with monkeypatch.context() as earlier:
        as_before(earlier)
        well, lost = world.apply(incomplete(2, NOVEMBER)), world.apply(incomplete(3, NOVEMBER))
    with pytest.raises(KeyFileError):
        logged_alone.vouch(replace(world.office, keys=FileKeyStore(tmp_path / "tom")), TENANT)
    gone = "DELETE FROM audit_vault WHERE seq IN (SELECT seq FROM audit_entry WHERE case_id = :case)"
    with world.engine.begin() as connection:
        unguard(connection)
        assert connection.execute(text(gone), {"case": lost}).rowcount
    with structlog.testing.capture_logs() as told:
        assert logged_alone.vouch(world.office, TENANT) == 1
    assert [each["application"] for each in told if each["event"] == "not_vouched_for"] == [lost]
    with reading(world.engine) as session:
        vouched.require(world.keys, session, TENANT, session.get_one(CompletionRow, (TENANT, well, 1)))
