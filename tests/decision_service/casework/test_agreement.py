"""What somebody with the database alone does to the rows that no entry tells of, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from audit import tables as audit_tables
from audit.errors import RowError
from audit.verify import Report
from decision_service.casework import handlaggare
from decision_service.casework.agreement import disagreements
from decision_service.casework.checking import checked_log
from decision_service.casework.timetable import checkpoints
from decision_service.log import vouched
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    ActivityRow,
    ApplicationRow,
    ApplicationState,
    HistoryRow,
    MessageRow,
)
from tests.world.lived import delivered, lived
from tests.world.office import SECOND, World
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number

Json = dict[str, Any]


def tamper(world: World, statement: str, **words: Any) -> None:
    with world.engine.begin() as connection:
        assert connection.execute(text(statement), words).rowcount


def found(world: World) -> list[str]:
    return [each.partition(": ")[2] for each in disagreements(world.office, TENANT)]


def checked(world: World, *, whole: bool = False) -> Report:
    """The service's own check, of a log that is signed as in use; ``whole``: of the database too."""
    world.office.log.checkpoint(world.engine, TENANT)
    return checked_log(world.office, TENANT, None, whole=whole)


def counting(world: World, **rules: Any) -> None:
    """From now on the municipality counts days otherwise."""
    own = world.office.municipality(TENANT)
    changed = own.model_copy(update={"calendar": replace(own.calendar, **rules)})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: changed}})
    world.office = replace(world.office, installation=installation)


@pytest.mark.parametrize("person", [True, False])
def test_a_clock_that_was_given_by_earlier_rules_is_no_fault(world: World, person: bool) -> None:
    """Until it is out; what nobody was given by any rules is told all the while."""
    counting(world, working_days=4)
    case = world.apply(application(21, NOVEMBER)) if person else world.receive(application(1, NOVEMBER))
    assert found(world) == []
    due = world.row(case).person_due_at
    counting(world, working_days=1)
    assert found(world) == []
    world.clock.forward(hours=3)
    assert found(world) == []
    for later, told in ((timedelta(days=60), 1), (timedelta(), 0)):
        with transaction(world.engine) as session:
            row = session.get_one(ApplicationRow, (TENANT, case))
            row.person_due_at = due + later
            session.add(row)
        assert len(found(world)) == told
    world.clock.forward(days=50)
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        row.person_due_at = world.clock() + timedelta(days=7)
        session.add(row)
    assert found(world) != []


MOVED = {
    "beslutad": "sägs vara beslutat, men har inget beslut.",
    "aterkallad": "sägs vara återkallat eller avskrivet, men loggen vet inget om det.",
    "avskriven": "sägs vara återkallat eller avskrivet, men loggen vet inget om det.",
    "hos_handlaggare": "sägs vara hos en handläggare, men är ingen uppgift.",
    "vantar_pa_komplettering": "sägs vänta på sökanden, men inget är frågat.",
}


@pytest.mark.parametrize("state", MOVED)
def test_a_case_put_where_nobody_looks_for_it_is_told(world: World, state: str) -> None:
    case = world.receive(application(1, NOVEMBER))
    assert found(world) == []
    tamper(world, "UPDATE application SET state = :state WHERE id = :case", state=state, case=case)
    assert found(world) == [MOVED[state]]
    report = checked(world)
    assert not report.ok
    assert MOVED[state] in str(report)


def test_a_case_that_the_machine_is_never_to_look_at_and_a_decision_that_is_asked_for_again(
    world: World,
) -> None:
    case = world.receive(application(1, NOVEMBER))
    tamper(world, "UPDATE application SET next_run_at = NULL WHERE id = :case", case=case)
    assert found(world) == ["är maskinens, men ska aldrig prövas."]
    world.clock.forward(days=30)
    world.imported(2)
    decided = world.apply(application(2, NOVEMBER))
    assert world.state(decided) == ApplicationState.DECIDED
    tamper(
        world,
        "UPDATE application SET state = 'mottagen', next_run_at = received_at WHERE id = :case",
        case=decided,
    )
    assert "har ett beslut, men sägs vara obeslutat." in found(world)


FAR = datetime(2099, 1, 1, tzinfo=UTC)
FORGOTTEN = {
    "mottagen": ("next_run_at", "deadline_at", "escalate_at"),
    "hos_handlaggare": ("person_due_at", "escalate_at"),
}


@pytest.mark.parametrize(("state", "column"), [(of, each) for of in FORGOTTEN for each in FORGOTTEN[of]])
def test_a_case_whose_clock_is_put_off_for_ever_is_told(world: World, state: str, column: str) -> None:
    """Whoever waits is forgotten without a word where neither a worker, a warning nor a person comes."""
    if state == "mottagen":
        case = world.receive(application(1, NOVEMBER))
    else:
        case = world.apply(application(1, NOVEMBER))
    assert world.state(case) == state
    assert found(world) == []
    tamper(world, f"UPDATE application SET {column} = :far WHERE id = :case", far=FAR, case=case)
    assert found(world) == ["en frist står längre fram än den kan ha satts."]
    if column == "escalate_at":
        tamper(world, f"UPDATE application SET {column} = NULL WHERE id = :case", case=case)
        assert found(world) == ["en frist står längre fram än den kan ha satts."]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM party WHERE application_id = :case",
        "UPDATE party SET person = :other WHERE application_id = :case",
        f"INSERT INTO party (application_id, person, tenant, adult, dead)"
        f" VALUES (:case, :other, '{TENANT}', true, false)",
        "UPDATE party SET adult = false WHERE application_id = :case",
    ],
)
def test_a_person_put_in_a_case_or_taken_out_of_it_is_told(world: World, statement: str) -> None:
    """Who is found by a case is paid for by it, and has its months behind them."""
    case = world.receive(application(1, NOVEMBER))
    words = {"case": case} | ({"other": "0" * 64} if ":other" in statement else {})
    tamper(world, statement, **words)
    assert found(world) == ["hittas inte på de personer som ansökan nämner."]


ACTING = {
    "sqlite": "CREATE TRIGGER bort AFTER INSERT ON message BEGIN DELETE FROM message; END",
    "postgresql": "CREATE RULE bort AS ON INSERT TO message DO INSTEAD NOTHING",
}


def test_a_table_that_does_something_by_itself_is_told(world: World) -> None:
    """As one that forgets each payment as soon as it is written."""
    assert found(world) == []
    with world.engine.begin() as connection:
        connection.exec_driver_sql(ACTING[world.engine.dialect.name])
    assert "tabellen message har en trigger eller regel som inte är tjänstens." in str(
        checked(world, whole=True)
    )


POINTED = {
    "UPDATE decision SET entry = entry - 1": "beslutets brev pekar på en annan post i loggen.",
    "UPDATE application SET assessments = 0": "har inte de prövningar som det sägs ha.",
    "UPDATE message SET next_attempt_at = :far": "ett meddelande ska inte lämnas på länge.",
}


@pytest.mark.parametrize("statement", POINTED)
def test_what_points_at_something_else_is_told(world: World, statement: str) -> None:
    """The entry whose proof is on the letter, the newest assessment, and when a letter is to go."""
    world.clock.forward(days=30)
    world.imported(1)
    assert world.state(world.apply(application(1, NOVEMBER))) == ApplicationState.DECIDED
    assert found(world) == []
    tamper(world, statement, **({"far": FAR} if ":far" in statement else {}))
    assert found(world) == [POINTED[statement]]


DELIVERED = "UPDATE message SET delivered_at = created_at, next_attempt_at = NULL WHERE kind = 'payment'"


@pytest.mark.parametrize(
    "more", ["", "UPDATE message SET reached = (SELECT reached FROM message WHERE kind = 'receipt')"]
)
def test_nobody_with_the_database_alone_says_that_a_payment_has_gone(world: World, more: str) -> None:
    """Nor with the word that stands at another message."""
    checkpoints(world.office)
    world.clock.forward(days=30)
    world.imported(1)
    case = world.apply(application(1, NOVEMBER))
    if more:
        world.office.log.checkpoint(world.engine, TENANT)
        delivered(world)
        assert found(world) == []
        tamper(world, f"{more} WHERE kind = 'payment'")
    else:
        tamper(world, DELIVERED)
    assert world.state(case) == ApplicationState.DECIDED
    assert found(world) == ["ett meddelande sägs vara lämnat, men tjänsten har inte lämnat det."]


def test_what_was_delivered_before_there_were_stamps_is_no_fault(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    tamper(world, DELIVERED)
    checkpoints(world.office)
    assert found(world) == []


KNOWN: dict[str, Any] = {"activity": ActivityRow, "history": HistoryRow}


@pytest.mark.parametrize("table", KNOWN)
def test_what_is_known_of_a_person_cannot_be_given_to_another(world: World, table: str) -> None:
    """A plan and a month that were granted are what a decision rests on; the content is sealed and stays."""
    world.clock.forward(days=30)
    world.imported(1)
    mine = world.office.pseudonym(TENANT, personal_number(2))
    tamper(world, f"UPDATE {table} SET person = :mine", mine=mine)
    with reading(world.engine) as session:
        row = session.exec(select(KNOWN[table])).one()
        with pytest.raises(RowError):
            vouched.require(world.keys, session, TENANT, row)
    case = world.apply(application(2, NOVEMBER))
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert world.reasons(case) == ["UPPGIFT_INTE_DEN_LOGGADE"]
    assert not checked(world).ok


def test_rows_of_a_version_that_did_not_vouch_for_the_person_are_still_the_logged_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_before = tuple(_without(one) for one in vouched.VOUCHED)
    with monkeypatch.context() as earlier:
        earlier.setattr(vouched, "VOUCHED", as_before)
        for table in vouched.OF_TABLE:
            earlier.setitem(vouched.OF_TABLE, table, [one for one in as_before if one.table is table])
        world.imported(1)
    world.whole()
    world.plan(1)  # written anew, the person is vouched for too
    tamper(world, "UPDATE activity SET person = :other", other="0" * 64)
    assert not checked(world).ok


def _without(one: vouched.VouchedTable) -> vouched.VouchedTable:
    return vouched.VouchedTable(one.table, one.name, one.columns, one.by, one.case, one.kind, one.passing)


def test_a_name_that_a_client_gives_a_person_is_nowhere_in_the_log(world: World) -> None:
    """A personal number as a person's id within the application: the log refuses numbers, and is for ever."""
    number = personal_number(1)
    sent = application(1, NOVEMBER)
    sent["people"][0]["id"] = number
    case = world.apply(sent)
    assert world.row(case).assessments == 1
    with world.engine.connect() as connection:
        leaves = connection.scalars(select(audit_tables.entry.c.body)).all()
    assert not [each for each in leaves if number.encode() in bytes(each)]


def test_nothing_disagrees_in_a_whole_life(world: World) -> None:
    lived(world)
    world.apply(incomplete(7, NOVEMBER))
    assert found(world) == []
    assert checked(world).ok


UNNOTICED = {
    "nobody may see it": (
        "UPDATE application SET protected = true WHERE id = :case",
        "application är inte det",
    ),
    "a week for a person": (
        "UPDATE application SET person_due_at = :week, escalate_at = :week WHERE id = :case",
        "en frist står längre fram än den kan ha satts.",
    ),
    "nobody is warned": (
        "UPDATE application SET breached_at = received_at, escalate_at = NULL WHERE id = :case",
        "en frist står längre fram än den kan ha satts.",
    ),
    "somebody who never took it has it": (
        "UPDATE task SET claimed_by = 'h-99' WHERE application_id = :case",
        "sägs vara taget av någon annan än den som har tagit det.",
    ),
    "who took it has it no more": (
        "UPDATE task SET claimed_by = NULL WHERE application_id = :case",
        "sägs vara taget av någon annan än den som har tagit det.",
    ),
    "a letter that is never to go": (
        "UPDATE message SET next_attempt_at = NULL WHERE application_id = :case",
        "ett meddelande ska aldrig lämnas, och ingen har sagt varför.",
    ),
    "a file more in the rules": (
        "INSERT INTO release_file SELECT release, 'rules/x.yaml', 'a: 1' FROM release_file LIMIT 1",
        "är ingen av de publicerade.",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNNOTICED)
def test_what_hides_or_puts_off_a_case_with_a_person_is_told(world: World, name: str) -> None:
    case = world.apply(application(1, NOVEMBER))
    world.claim(case)
    assert checked(world).ok
    statement, said = UNNOTICED[name]
    words = {"case": case, "week": world.clock() + timedelta(days=7)}
    tamper(world, statement, **{word: words[word] for word in words if f":{word}" in statement})
    assert said in str(checked(world))


def test_who_has_taken_a_case_and_left_it_is_as_the_log_says(world: World) -> None:
    case = world.apply(application(1, NOVEMBER))
    world.claim(case)
    world.act(handlaggare.hand_back, case, to_machine=False, reason="Jag är ledig.")
    assert found(world) == []
    world.claim(case, who=SECOND)
    assert found(world) == []
    world.act(handlaggare.hand_back, case, who=SECOND, to_machine=True, reason="Se igen.")
    world.examine(case)
    assert found(world) == []


LETTERS = {
    "no letter": ("DELETE FROM message WHERE kind = 'completion_request'", "som inte finns i tabellerna."),
    "no receipt": ("DELETE FROM message WHERE kind = 'receipt'", "som inte finns i tabellerna."),
    "another sort of letter": (
        "UPDATE message SET kind = 'handed_over' WHERE kind = 'completion_request'",
        "är inte det som loggades",
    ),
    "once more": (
        "INSERT INTO message (tenant, key, application_id, kind, payload, created_at, attempts, reached)"
        " SELECT tenant, key || '.igen', application_id, kind, payload, created_at, 0, ''"
        " FROM message WHERE kind = 'completion_request'",
        "men ingen post svarar för det.",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_that_is_gone_or_that_nobody_has_written_is_told(world: World, name: str) -> None:
    world.apply(incomplete(1, NOVEMBER))
    assert checked(world).ok
    statement, said = LETTERS[name]
    tamper(world, statement)
    assert said in str(checked(world))


def test_letters_of_a_version_that_did_not_vouch_for_them_are_let_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        payments = [one for one in vouched.OF_TABLE[MessageRow] if one.kind is not None]
        earlier.setitem(vouched.OF_TABLE, MessageRow, payments)
        case = world.apply(incomplete(1, NOVEMBER))
    assert checked(world).ok
    world.complete(case, {"application": {"hasAssets": False}})
    world.examine(case)
    assert checked(world).ok


def test_a_payment_that_is_said_to_have_reached_its_receiver_goes_all_the_same(world: World) -> None:
    checkpoints(world.office)
    world.clock.forward(days=30)
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    world.office.log.checkpoint(world.engine, TENANT)
    tamper(world, f"UPDATE message SET reached = '{TENANT} {world.recorder.receiver}' WHERE kind = 'payment'")
    delivered(world)
    assert [one.kind for one in world.recorder.got].count("payment") == 1
    assert found(world) == []
