"""What is deleted is gone from everywhere of ours, and what is not to be deleted is untouched."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, select

import audit
from audit import retention
from audit import rows as audit_rows
from audit.errors import RetentionError
from audit.retention import RetentionVerdict
from decision_service.casework import appeals, deciding
from decision_service.casework.gallring import Gallring, tables_of_cases
from decision_service.casework.knowledge import import_history
from decision_service.casework.protecting import (
    SaidOfSomebodyHere,
    answer_end,
    mark_in_application,
    propose_end,
    to_decide,
)
from decision_service.casework.sweeps import unanswered
from decision_service.casework.timetable import timetable
from decision_service.casework.writing_off import take_back
from decision_service.installation.municipality import Payer
from decision_service.log import journal, vouched
from decision_service.outputs.filedrop import FolderChannel
from decision_service.planning.grounds import opened
from decision_service.planning.offered import OfferedActivity, end, offer, offered, offered_by
from decision_service.reading.faults import validated
from decision_service.store.database import reading, transaction
from decision_service.store.refused import NotFoundError
from decision_service.store.tables import (
    ActivityRow,
    AppealRow,
    ApplicationRow,
    ApplicationState,
    PartyRow,
    ProtectionRow,
)
from norms.month import Month
from tests.decision_service.api.test_beside_protected import together
from tests.decision_service.casework.test_every_column import everything_lived
from tests.decision_service.planning.test_protection import is_protected, marked
from tests.decision_service.reliability.test_failing_statement import Breaker, breaking
from tests.world.database import unbound
from tests.world.lived import APPLICANT, delivered, dump, in_files, lived, spelled, told_in
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, personal_number
from tests.world.tampering import stored

WHO = journal.staff("arkiv-1")
LATER = datetime(2032, 1, 10, 9, tzinfo=UTC)
PAYER = Payer.model_validate(
    {
        "format": "pain.001",
        "namn": "Exempelkommunen",
        "organisationsnummer": "162120000001",
        "iban": "SE4550000000058398257466",
        "bic": "ESSESESS",
    }
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "ut"


@pytest.fixture
def sweeper(world: World, out: Path) -> Gallring:
    """What deletes; everything that is sent is put in a folder, payments as files for the bank too."""
    folder = FolderChannel(out, PAYER)
    world.office = replace(world.office, channels={TENANT: (world.recorder, folder)})
    return Gallring(world.engine, world.office.log, world.keys, {TENANT: (folder,)}, retention.load())


def test_nothing_that_was_planted_is_left_anywhere(
    world: World, sweeper: Gallring, tmp_path: Path, out: Path
) -> None:
    case, planted = lived(world)
    assert any(each in in_files(out) for each in planted)
    gone = sweeper.sweep(TENANT, LATER, WHO)
    assert {each.case for each in gone} >= {case}
    assert len(gone) == 2  # and what is known of the applicant beside the application
    for where in (dump(world.engine), in_files(tmp_path)):
        assert told_in(where, planted) == []
    assert case not in in_files(out)
    with transaction(world.engine) as session:
        for table, _ in tables_of_cases():
            assert session.connection().execute(select(table)).all() == []
    assert world.trail(case)[-1][0] == "deletion"
    world.whole()
    assert list(sweeper.preview(TENANT, LATER)) == []


@pytest.mark.slow
def test_nothing_is_left_of_all_that_can_happen(world: World, sweeper: Gallring, tmp_path: Path) -> None:
    """Every way by which something about somebody comes into a table, gone with the last of their cases."""
    planted = spelled(everything_lived(world))
    with transaction(world.engine) as session:
        connection = session.connection()
        held = {table.name for table, _ in tables_of_cases() if connection.execute(select(table)).first()}
        appealed = [each for each in session.exec(select(AppealRow)) if each.ended_at is None]
        open_ = session.exec(
            select(ApplicationRow.id).where(ApplicationRow.state == ApplicationState.HANDLAGGARE)
        ).all()
    assert held == {table.name for table, _ in tables_of_cases()} - {"offered_activity"}
    for each in appealed:
        with transaction(world.engine) as session:
            appeals.forward(world.office, session, TENANT, each.application_id, PERSON, each.number)
    for case in open_:
        world.claim(case)
        world.decide(case, "AVSLAG", 0)
        world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    delivered(world)
    with world.engine.begin() as connection:  # nobody has the addresses of the notices
        connection.execute(
            text("UPDATE message SET next_attempt_at = NULL, error = 'x' WHERE kind LIKE 'webhook:%'")
        )
    gone = sweeper.sweep(TENANT, LATER.replace(year=2042), WHO)
    assert len(gone) > 4
    assert [each.text for each in sweeper.preview(TENANT, LATER.replace(year=2042))] == []
    for where in (dump(world.engine), in_files(tmp_path)):
        assert told_in(where, planted) == []
    with transaction(world.engine) as session:
        for table, _ in tables_of_cases():
            assert session.connection().execute(select(table)).all() == [], table.name
    world.whole()


NOT_OF_PEOPLE = {
    "case_count", "staff", "webhook", "receiver", "sweep", "unsealed", "known_key",
    "release_file", "web_session", "witnessed", "cosigned", "impact",
    "draft", "publication",
}  # fmt: skip
"""Tables that hold nothing of anybody who applies."""


def test_every_table_is_emptied_or_holds_nothing_of_those_who_apply() -> None:
    emptied = {table.name for table, _ in tables_of_cases()}
    assert emptied | NOT_OF_PEOPLE == set(SQLModel.metadata.tables)
    assert not emptied & NOT_OF_PEOPLE


def test_what_the_log_says_of_an_activity_for_a_group_goes_in_its_time(
    world: World, sweeper: Gallring
) -> None:
    """It is about nobody, so nobody's birthday keeps it. One that has not ended stays."""
    said = {
        "title": "Jobbsökargruppen",
        "kind": "JOB_SEARCH",
        "support": "COACH",
        "first": "2026-10-05",
        "slots": [{"weekday": 2, "hours": 3}],
    }
    with transaction(world.engine) as session:
        found = offer(world.office, session, TENANT, validated(OfferedActivity, said), "ask-1").id
    (judged,) = sweeper.preview(TENANT, world.clock())
    assert (judged.case, judged.assessment.verdict) == (found, RetentionVerdict.NOT_YET)
    assert sweeper.sweep(TENANT, LATER, WHO) == []
    (waits,) = sweeper.preview(TENANT, LATER)
    assert "Ge den en sista dag först" in waits.text
    with transaction(world.engine) as session:
        assert offered_by(session, TENANT, found) == ("ask-1", world.clock())
        end(world.office, session, TENANT, found, date(2026, 12, 1), "ask-1")
    assert [each.case for each in sweeper.sweep(TENANT, LATER, WHO)] == [found]
    with pytest.raises(NotFoundError), transaction(world.engine) as session:
        offered(world.office, session, TENANT, found)
    world.whole()


def withdrawn(world: World, person: int) -> str:
    """An application that was taken back, and whose letters have gone."""
    world.plan(person)
    case = world.apply(application(person, OCTOBER))
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, case)
    delivered(world)
    return case


def swept_by_the_service(world: World, day: datetime) -> None:
    world.clock.now = day
    (sweep,) = [
        each for each in timetable(world.office, lambda *_: None, lambda: None) if each.name == "gallring"
    ]
    sweep.work()
    world.whole()


def test_the_service_deletes_what_has_been_due_for_a_month_unless_somebody_stops_it(
    world: World, sweeper: Gallring
) -> None:
    case, held = withdrawn(world, 1), withdrawn(world, 2)
    due, after = datetime(2031, 10, 20, 9, tzinfo=UTC), datetime(2031, 11, 10, 9, tzinfo=UTC)
    assert {each.case for each in sweeper.preview(TENANT, due) if each.goes} == {case, held}
    swept_by_the_service(world, due)
    assert world.row(case)
    hold = journal.hold(held, due, WHO, "tvist i domstol", placed=True)
    with world.engine.begin() as connection:
        world.office.log.append(connection, TENANT, hold)
    swept_by_the_service(world, after)
    assert world.trail(case)[-1][0] == "deletion"
    assert world.trail(held)[-1][0] == "hold_placed"
    assert [each.case for each in sweeper.preview(TENANT, after) if not each.case.startswith("person-")] == [
        held
    ]


def test_before_its_time_nothing_goes(world: World, sweeper: Gallring) -> None:
    withdrawn(world, 1)
    before = dump(world.engine)
    assert sweeper.sweep(TENANT, datetime(2031, 9, 27, tzinfo=UTC), WHO) == []
    assert dump(world.engine) == before


def test_the_daily_sweep_looks_only_at_what_is_old_enough(
    world: World, sweeper: Gallring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many younger cases there are: a year of them is not read each day for five."""
    looked_at: list[str] = []
    judge = Gallring._judge

    def noted(
        self: Gallring, session: Session, tenant: str, cases: list[str], *given: Any, **named: Any
    ) -> Any:
        looked_at.extend(cases)
        return judge(self, session, tenant, cases, *given, **named)

    old = world.apply(application(1, OCTOBER))
    world.clock.forward(days=120)
    young = world.apply(application(2, NOVEMBER))
    delivered(world)
    monkeypatch.setattr(Gallring, "_judge", noted)
    sweeper.sweep(TENANT, datetime(2031, 12, 10, 9, tzinfo=UTC), WHO)
    assert old in looked_at
    assert young not in looked_at
    looked_at.clear()
    sweeper.sweep(TENANT, datetime(2029, 12, 10, 9, tzinfo=UTC), WHO)
    assert looked_at == []


def test_the_preview_names_nobody_and_changes_nothing(world: World, sweeper: Gallring) -> None:
    case, planted = lived(world)
    before = dump(world.engine)
    found = list(sweeper.preview(TENANT, LATER))
    assert [each.goes for each in found if each.case == case] == [True]
    said = "\n".join(f"{each.number} {each.case} {each.text}" for each in found)
    assert told_in(said, planted) == []
    assert dump(world.engine) == before


def test_a_hold_stops_it_until_it_is_lifted(world: World, sweeper: Gallring) -> None:
    case = withdrawn(world, 1)

    def hold(*, placed: bool) -> None:
        with world.engine.begin() as connection:
            entry = journal.hold(case, world.clock(), WHO, "tvist i domstol", placed=placed)
            world.office.log.append(connection, TENANT, entry)

    hold(placed=True)
    assert sweeper.sweep(TENANT, LATER, WHO) == []
    with pytest.raises(RetentionError, match="tvist i domstol"):
        sweeper.delete(TENANT, case, LATER, WHO)
    hold(placed=False)
    assert case in [each.case for each in sweeper.sweep(TENANT, LATER, WHO)]


def test_what_is_not_ended_stays_and_says_why(world: World, sweeper: Gallring) -> None:
    world.plan(1)
    case = world.apply(application(1, OCTOBER, hasAssets=None))
    delivered(world)
    (found,) = [each for each in sweeper.preview(TENANT, LATER) if each.case == case]
    assert not found.goes
    assert found.text.startswith("Ansökan är inte avslutad.")
    with pytest.raises(RetentionError, match="inte avslutad"):
        sweeper.delete(TENANT, case, LATER, WHO)


def test_a_message_that_still_is_to_go_keeps_its_case(world: World, sweeper: Gallring) -> None:
    case = withdrawn(world, 1)
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE message SET next_attempt_at = created_at WHERE kind = 'receipt'"))
    (found,) = [each for each in sweeper.preview(TENANT, LATER) if each.case == case]
    assert found.text.startswith("Ett meddelande om ärendet har inte gått fram")
    assert not found.goes


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "INSERT INTO appeal (application_id, number, tenant, decision, received, told, due, text, state, "
            "noted_at, noted_by) VALUES (:case, 1, :tenant, 'b', '2026-10-01', '2026-10-01', '2026-10-22', "
            "'Fel.', 'received', '2026-10-01 00:00:00', 'h-1')",
            "Ett överklagande är inte avslutat.",
        ),
        (
            "INSERT INTO claim (application_id, number, tenant, amount, opened_at, state) "
            "VALUES (:case, 2, :tenant, '100', '2026-10-01 00:00:00', 'open')",
            "Det är inte avgjort om det som betalats för mycket krävs.",
        ),
        (
            "INSERT INTO lowered_claim (application_id, number, tenant, claim, how, amount, paid, reason, "
            "proposed_at, proposed_by, signed, state) VALUES (:case, 1, :tenant, 2, 'EFTERGIFT', '100', '0', "
            "'Fel.', '2026-10-01 00:00:00', 'h-1', 'Maj', 'waiting')",
            "En sänkning av det som krävs tillbaka väntar på en kollega.",
        ),
    ],
)
def test_what_is_still_to_be_settled_keeps_its_case(
    world: World, sweeper: Gallring, statement: str, why: str
) -> None:
    case = withdrawn(world, 1)
    with world.engine.begin() as connection:
        connection.execute(text(statement), {"case": case, "tenant": TENANT})
    (found,) = [each for each in sweeper.preview(TENANT, LATER) if each.case == case]
    assert (found.goes, found.text) == (False, why)


def test_somebody_born_on_a_day_of_research_is_kept(world: World, sweeper: Gallring) -> None:
    case = withdrawn(world, 41)  # born on the fifth
    found = {each.case: each for each in sweeper.preview(TENANT, LATER)}
    assert len(found) == 2
    assert all(each.assessment.verdict is retention.RetentionVerdict.PRESERVED for each in found.values())
    assert sweeper.sweep(TENANT, LATER, WHO) == []
    assert world.row(case)


def test_a_plan_stays_while_another_application_of_the_person_lives(world: World, sweeper: Gallring) -> None:
    old = withdrawn(world, 1)
    world.clock.now = datetime(2031, 10, 20, tzinfo=UTC)
    new = world.receive(application(1, NOVEMBER))
    assert [each.case for each in sweeper.sweep(TENANT, LATER, WHO)] == [old]
    (plan,) = [each for each in sweeper.preview(TENANT, LATER) if each.case.startswith("person-")]
    assert plan.text == "Personen har en ansökan som inte är gallrad."
    with transaction(world.engine) as session:
        assert session.exec(select(ActivityRow)).one()
        assert [each.application_id for each in session.exec(select(PartyRow))] == [new]
    world.whole()


def test_a_person_who_comes_back_has_a_case_of_their_own(world: World, sweeper: Gallring) -> None:
    withdrawn(world, 1)
    sweeper.sweep(TENANT, LATER, WHO)
    world.clock.now = datetime(2032, 2, 1, tzinfo=UTC)
    world.imported(1)
    world.whole()


@pytest.mark.slow
def test_what_comes_back_is_told(world: World, sweeper: Gallring) -> None:
    """From a backup, say: each row of each table alone."""
    case, _ = lived(world)
    numbers = [personal_number(each) for each in (APPLICANT, APPLICANT + 1)]
    month = {"month": "2026-06", "outcome": "BIFALL", "people": numbers}
    with transaction(world.engine) as session:
        import_history(world.office, session, TENANT, numbers[0], [month], "admin-1", complete=True)
    marked(world, case)
    tables = [table for table, _ in tables_of_cases()]
    kept = {table.name: stored(world.engine, table) for table in tables}
    empty = {name for name, rows in kept.items() if not rows}
    assert empty == {
        "task",
        "correction",
        "proposed_correction",
        "claim",
        "lowered_claim",
        "appeal",
        "sampled",
        "impact_case",
        "owed",
        "write_off",
        "offered_activity",
    }
    sweeper.sweep(TENANT, LATER, WHO)
    for table in tables:
        if not kept[table.name]:
            continue
        connection = world.engine.connect()
        begun = connection.begin()
        unbound(connection)
        connection.execute(table.insert(), [kept[table.name][0]])
        rows = list(vouched.source(connection, TENANT))
        begun.rollback()
        connection.close()
        assert any(isinstance(row, audit_rows.TableRow) for row in rows), table.name
    assert case


def test_a_row_of_a_deleted_case_is_a_fault(world: World, sweeper: Gallring) -> None:
    case = withdrawn(world, 1)
    sweeper.sweep(TENANT, LATER, WHO)
    with world.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO message (key, tenant, application_id, kind, payload, created_at, attempts) "
                "VALUES ('x', :tenant, :case, 'receipt', '{}', '2032-01-01 00:00:00', 0)"
            ),
            {"tenant": TENANT, "case": case},
        )
    world.office.log.checkpoint(world.engine, TENANT)
    report = audit.verify_database(world.engine, world.public, tenants=[TENANT], source=vouched.source)
    assert [said for state, said in report if state == "FEL"] == [
        f"Kommun {TENANT}: ärende {case}: är gallrat, men {said} finns i tabellerna."
        for said in ("message/x", "message")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_wherever_it_breaks_a_case_is_whole_or_gone(
    world: World, sweeper: Gallring, out: Path, after: bool
) -> None:
    """The database fails at every statement in turn, and at the commit; the next sweep ends it."""
    case = withdrawn(world, 1)
    before = world.everything()
    for at in range(1, 200):
        breaker = Breaker(at, after)
        try:
            with breaking(world.engine, breaker):
                sweeper.delete(TENANT, case, LATER, WHO)
            break
        except OperationalError:
            if breaker.seen[-1] == "after commit":
                break
            assert world.everything() == before, breaker.seen[-1]
    assert at > 10
    with transaction(world.engine) as session:
        assert session.exec(select(PartyRow)).all() == []
    assert case not in in_files(out)
    sweeper.sweep(TENANT, LATER, WHO)
    world.whole()


def test_a_protection_said_in_a_case_that_is_deleted_stands_while_the_person_is_in_another(
    world: World, sweeper: Gallring
) -> None:
    """Else the next application had an address on its letters, and ended with a neighbour's."""
    world.clock.forward(days=30)
    world.imported(1)
    first = world.apply(application(1, NOVEMBER))
    assert world.state(first) == ApplicationState.DECIDED
    with transaction(world.engine) as session:
        said = {"person": "p1", "basis": "SEKRETESSMARKERING", "told_by": "Mamman", "reason": "Hon ringde."}
        own = validated(SaidOfSomebodyHere, said)
        mark_in_application(world.office, session, TENANT, first, own, PERSON)
    delivered(world)
    world.clock.now = LATER
    second = world.receive(application(1, Month(2032, 2)))
    sweeper.delete(TENANT, first, LATER, WHO)
    with transaction(world.engine) as session:
        (kept,) = session.exec(select(ProtectionRow)).all()
        assert (kept.case_id, kept.standing, opened(kept).told_by) == (second, True, "Mamman")
    third = world.receive(application(1, Month(2032, 3)))
    assert json.loads(world.row(third).content)["people"][0]["protected"] is True
    world.whole()


def test_who_was_hidden_with_a_case_that_is_deleted_is_asked_about_and_shown_by_two(
    world: World, sweeper: Gallring
) -> None:
    """Nothing is shown by itself, and nothing is hidden for ever."""
    both = together((1, "APPLICANT"), (2, "CO_APPLICANT"))
    first = world.apply(both)
    world.clock.forward(days=30)
    unanswered(world.office)
    world.claim(first)
    world.decide(first)
    with transaction(world.engine) as session:
        person = json.loads(world.row(first).content)["people"][0]["id"]
        said = {"person": person, "basis": "OKAND", "told_by": "Mamman", "reason": "Hon ringde."}
        own = validated(SaidOfSomebodyHere, said)
        mark_in_application(world.office, session, TENANT, first, own, PERSON)
    delivered(world)
    world.clock.now = LATER
    near = [world.receive(application(2, Month(2032, month))) for month in (2, 3)]
    sweeper.delete(TENANT, first, LATER, WHO)
    assert [is_protected(world, each) for each in near] == [True, True]
    with reading(world.engine) as session:
        [asked] = to_decide(world.office, session, TENANT)
    assert asked.question.endswith(
        "gallrades den 10 januari 2032. Inget annat säger att någon i det är skyddad. Ska det visas för alla?"
    )
    assert "Mamman" not in asked.row.document
    with transaction(world.engine) as session:
        propose_end(world.office, session, TENANT, asked.row.id, PERSON, "handlaggning", "Ingen är det.")
    with transaction(world.engine) as session:
        answer_end(world.office, session, TENANT, asked.row.id, SECOND, "x", agrees=True, reason="")
    assert [is_protected(world, each) for each in near] == [False, False]
    assert not is_protected(world, world.receive(application(2, Month(2032, 4))))
    world.whole()
