"""A person's decision adds up, rests on the newest assessment, and never pays a month twice unseen."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from audit.errors import LogError
from decision_service.casework import deciding, logged_alone, staff, sweeps
from decision_service.casework.assessments import standing
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.decisions import document_of
from decision_service.casework.delivery import deliver
from decision_service.casework.four_eyes import require_second
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.installation.municipality import FourEyes, StaffMember
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    DecisionRow,
    StaffRow,
)
from tests.world.installation import installed
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.sweeps import swept

Json = dict[str, Any]
RENT = {"costType": "RENT", "appliedAmount": 7300}
LINE = {"line": 3, "amount": 7300, "reason": "Det finns ingen billigare bostad."}


@pytest.fixture
def case(world: World) -> str:
    """A rent above the municipality's limit, taken by a person; line 3 of the calculation is the rent."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, costs=[RENT]))
    assert "HYRA_ÖVER_GRÄNS" in world.reasons(found)
    world.claim(found)
    return found


def calculation(world: World, found: str) -> Json:
    with transaction(world.engine) as session:
        row = session.get_one(AssessmentRow, (TENANT, found, world.row(found).assessments))
    shown: Json = json.loads(row.document)["calculation"]
    assert shown["lines"][2]["subject"] == "costs[0]"
    return shown


def own(granted: object, *lines: Json, outcome: str = "BIFALL", **more: Any) -> Json:
    said = {"assessment": 1, "outcome": outcome, "granted": granted, "reason": "Hyran godkänns."}
    said["told"] = {"how": "HAR_FÅTT_SE", "reason": "Sökanden har läst underlaget."}
    return said | {"lines": list(lines)} | more


def cost(row: str | None) -> Json:
    """A new line of a cost."""
    words = {"kind": "cost", "text": "Medicin", "amount": 100, "provision": "SoL", "reason": "Behövs."}
    return words | ({"row": row} if row is not None else {})


def codes(world: World, found: str, said: Json) -> list[tuple[str, str]]:
    """The faults of a decision that changes nothing."""
    before = world.everything()
    with pytest.raises(InputError) as refused:
        world.say(found, said)
    assert world.everything() == before
    return [(fault.code, fault.pointer) for fault in refused.value.faults]


def test_yes_to_the_proposal(world: World, case: str) -> None:
    proposed = calculation(world, case)["granted"]
    world.say(case, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    decision = world.decision(case)
    assert decision is not None
    assert (decision.outcome, decision.granted) == ("DELAVSLAG", proposed)


def test_a_changed_line_is_the_decisions_and_the_letters(world: World, case: str) -> None:
    found = calculation(world, case)
    limit = found["lines"][2]["amount"]
    granted = found["granted"] + 730_000 - limit
    world.say(case, own(as_kronor(granted), LINE))
    with reading(world.engine) as session:
        document = document_of(session, session.get_one(DecisionRow, (TENANT, case)))
    assert document.calculation is not None
    assert document.granted == document.calculation.by_the_lines == granted
    assert document.calculation.lines[2].amount == 730_000
    (change,) = document.changes
    assert (change.line, change.was, change.amount) == (3, limit, 730_000)
    while deliver(world.office):
        pass
    text = " ".join(next(one for one in world.recorder.got if one.kind == "letter").payload["text"].split())
    assert "Det finns ingen billigare bostad." in text
    assert "kommunens gräns" not in text
    assert "skiljer sig från beräkningen" not in text.lower()
    assert json.loads(document_remembered(world, case))["costs"]["RENT"] == "7300.00"
    world.whole()


def document_remembered(world: World, found: str) -> str:
    decision = world.decision(found)
    assert decision is not None
    return decision.remembered


@swept(
    ("said", "fault"),
    [
        (own("125.20"), "granted_off_by_factor"),
        (own(1_187_225), "granted_off_by_factor"),
        (own(9000), "grant_below_deficit"),
        (own(12_900), "granted_not_the_sum"),
        (own(12_900, {**LINE, "amount": 7301}), "line_above_applied"),
        (own(12_900, {**LINE, "amount": 73}), "amount_off_by_factor"),
        (own(12_900, {**LINE, "amount": 730_000}), "amount_off_by_factor"),
        (own(12_900, {**LINE, "line": 9}), "line_not_there"),
        (own(12_900, LINE, LINE), "line_twice"),
        (own(12_900, {**LINE, "reason": " "}), "line_without_reason"),
        (own(12_900, {**LINE, "amount": -1}), "amount_below_zero"),
        (own(12_900, cost(None)), "cost_not_applied_for"),
        (own(12_900, cost("costs[7]")), "cost_not_applied_for"),
        (own(12_900, cost("costs[0]")), "cost_has_line"),
        (own(12_900, {"kind": "income", "amount": 1, "reason": "x"}), "missing"),
        (own(0, outcome="AVSLAG", reason=" "), "decision_without_reason"),
        (own(0, outcome="AVVISNING", reason=""), "decision_without_reason"),
        ({"assessment": 1, "agrees": True, "reason": ""}, "decision_without_reason"),
    ],
)
def test_what_does_not_add_up_is_refused(world: World, case: str, said: Json, fault: str) -> None:
    assert fault in [code for code, _ in codes(world, case, said)]


def test_a_line_that_gives_less_is_no_bifall(world: World, case: str) -> None:
    found = calculation(world, case)
    lower = {
        "line": 1,
        "amount": as_kronor(found["lines"][0]["amount"] - 50_000),
        "reason": "Maten ingår i boendet.",
    }
    granted = as_kronor(found["granted"] - 50_000)
    assert codes(world, case, own(granted, lower)) == [("grant_with_reduced_line", "/outcome")]
    world.say(case, own(granted, lower, outcome="DELAVSLAG"))
    assert world.state(case) == ApplicationState.DECIDED


def test_a_part_refusal_says_of_what(world: World, case: str) -> None:
    found = calculation(world, case)
    granted = as_kronor(found["granted"] + 730_000 - found["lines"][2]["amount"])
    assert codes(world, case, own(granted, LINE, outcome="DELAVSLAG")) == [("part_without_line", "/lines")]


def test_a_low_amount_that_is_meant(world: World, case: str) -> None:
    found = calculation(world, case)
    granted = as_kronor(found["granted"] - found["lines"][2]["amount"] + 7300)
    world.say(case, own(granted, {**LINE, "amount": 73}, outcome="DELAVSLAG", checked=True))
    assert world.state(case) == ApplicationState.DECIDED


def test_only_the_newest_assessment(world: World, case: str) -> None:
    for number in (None, 0, 2):
        with pytest.raises(ConflictError, match="assessment_not_latest"):
            world.say(case, {"assessment": number, "agrees": True, "reason": "x"})
    world.clock.forward(hours=1)
    world.complete(case, {"application": {"otherInformation": "Hyran är sänkt."}})
    with pytest.raises(ConflictError, match="case_not_with_person"):
        world.say(case, {"assessment": 1, "agrees": True, "reason": "x"})
    assert world.examine(case) == ApplicationState.HANDLAGGARE
    with pytest.raises(ConflictError, match="assessment_not_latest"):
        world.say(case, {"assessment": 1, "agrees": True, "reason": "x"})
    world.say(case, {"assessment": 2, "agrees": True, "reason": "Hyran är över gränsen."})


def test_what_the_machine_never_assessed_is_decided_on_lines_of_ones_own(world: World) -> None:
    found = world.receive(application(1, NOVEMBER, costs=[RENT]))
    world.clock.forward(hours=21)
    sweeps.late(world.office)
    world.claim(found)
    assert [code for code, _ in codes(world, found, own(9000, assessment=None))] == [
        "calculation_open",
        "cost_not_decided",
    ]
    world.decide(found, "BIFALL", 1_240_000)
    with reading(world.engine) as session:
        document = document_of(session, session.get_one(DecisionRow, (TENANT, found)))
    assert document.assessment is None
    assert document.calculation is not None
    assert document.calculation.by_the_lines == 1_240_000


def test_a_month_that_is_paid_is_not_paid_again(world: World) -> None:
    """Two applications of the same person for the same month, both with people."""
    first, second = world.apply(application(1, NOVEMBER)), world.apply(application(1, NOVEMBER))
    for each in (first, second):
        world.claim(each)
    world.decide(first)
    before = world.everything()
    with pytest.raises(ConflictError, match="month_already_paid") as refused:
        world.decide(second)
    assert refused.value.fault.values["application"] == first
    assert world.everything() == before
    world.decide(second, "AVVISNING", 0, "Månaden är redan beslutad.")
    assert (world.messages(first), world.messages(second)) == (["letter", "payment"], ["letter"])


def test_a_refused_month_can_be_granted(world: World) -> None:
    first, second = world.apply(application(1, NOVEMBER)), world.apply(application(1, NOVEMBER))
    world.claim(first)
    world.decide(first, "AVVISNING", 0, "Dubblett.")
    world.claim(second)
    world.decide(second)
    assert world.state(second) == ApplicationState.DECIDED


def test_a_supplement_where_the_municipality_lets_a_second_person_say_so(world: World) -> None:
    own = world.office.municipality(TENANT).model_copy(update={"four_eyes": (FourEyes.SUPPLEMENT,)})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)
    first, second = world.apply(application(1, NOVEMBER)), world.apply(application(1, NOVEMBER))
    for each in (first, second):
        world.claim(each)
    world.decide(first)
    world.decide(second)
    assert world.state(second) == ApplicationState.HANDLAGGARE
    world.act(deciding.approve, second, who=SECOND, agrees=True, reason="")
    assert world.state(second) == ApplicationState.DECIDED


def alone(world: World, *four_eyes: FourEyes) -> None:
    """The municipality says no more of second persons than this."""
    own = world.office.municipality(TENANT).model_copy(update={"raise_alone": False, "four_eyes": four_eyes})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)


@pytest.mark.parametrize(
    ("more", "state"),
    [(100, ApplicationState.HANDLAGGARE), (0, ApplicationState.DECIDED), (-100, ApplicationState.DECIDED)],
)
def test_more_than_the_machine_came_to_needs_a_second_person_if_nothing_else_is_said(
    world: World, more: int, state: ApplicationState
) -> None:
    alone(world)
    world.clock.forward(days=30)
    world.earning(1)
    case = world.apply(application(1, NOVEMBER))
    world.claim(case)
    with reading(world.engine) as session:
        found = standing(session, session.get_one(ApplicationRow, (TENANT, case)))
    assert found is not None
    assert found.document.proposal is not None
    world.decide(case, "BIFALL", found.document.proposal[1] + more)
    assert world.state(case) == state
    assert (world.decision(case) is None) == (more > 0)


def test_where_nothing_is_proposed_a_line_of_ones_own_needs_a_second_person(world: World) -> None:
    alone(world)
    case = world.receive(application(1, NOVEMBER, costs=[RENT]))
    world.clock.forward(hours=21)
    sweeps.late(world.office)
    world.claim(case)
    world.decide(case, "BIFALL", 1_240_000)
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert world.decision(case) is None
    world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    assert world.state(case) == ApplicationState.DECIDED


def test_a_second_person_approves_what_is_still_so(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.claim(found)
    world.decide(found, "AVSLAG", 0, "Ingen rätt.")
    world.complete(found, {"application": {"otherInformation": "Ny uppgift."}})
    world.examine(found)
    with pytest.raises(ConflictError, match="nothing_to_approve"):
        world.act(deciding.approve, found, who=SECOND, agrees=True, reason="")


def test_signed_by_name_and_title(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.claim(found)
    world.decide(found, "AVSLAG", 0, "Ingen rätt.")
    world.act(deciding.approve, found, who=SECOND, agrees=True, reason="")
    with reading(world.engine) as session:
        document = document_of(session, session.get_one(DecisionRow, (TENANT, found)))
    assert (document.signed, document.second) == (
        "Maj Berg 17, socialsekreterare",
        "Maj Berg 18, socialsekreterare",
    )
    while deliver(world.office):
        pass
    text = next(one for one in world.recorder.got if one.kind == "letter").payload["text"]
    assert "Beslutet är fattat av Maj Berg 17, socialsekreterare." in text
    assert "godkänt av Maj Berg 18" in " ".join(text.split())
    assert PERSON not in text
    world.whole()


def test_nobody_decides_without_a_name(world: World, case: str) -> None:
    with transaction(world.engine) as session:
        session.delete(session.get_one(StaffRow, (TENANT, PERSON)))
    said = PersonsDecision(assessment=1, agrees=True, reason="Hyran är över gränsen.")
    before = world.everything()
    with pytest.raises(ConflictError, match="staff_without_name"), transaction(world.engine) as session:
        deciding.decide(world.office, session, TENANT, case, PERSON, world.row(case).version, said)
    assert world.everything() == before
    own = world.office.municipality(TENANT)
    known = own.model_copy(update={"staff": {PERSON: StaffMember(namn="Eva Ek", titel="chef")}})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: known}})
    world.office = replace(world.office, installation=installation)
    world.say(case, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    decision = world.decision(case)
    assert decision is not None
    assert decision.signed == "Eva Ek, chef"


ANOTHER_NAME: Mapping[str, str] = {
    "another name": "UPDATE staff SET name = 'Eva Ek'",
    "another title": "UPDATE staff SET title = 'chef'",
    "without a stamp": "UPDATE staff SET stamp = ''",
}


@pytest.mark.parametrize("statement", ANOTHER_NAME.values(), ids=ANOTHER_NAME)
def test_nobody_signs_with_a_name_that_somebody_else_has_written(
    world: World, case: str, statement: str
) -> None:
    """By somebody who has the database; the own token, where it says a name, puts it right."""
    with world.engine.begin() as connection:
        connection.execute(text(statement))
    assert len(list(staff.strange(world.office, TENANT))) == 1
    said = PersonsDecision(assessment=1, agrees=True, reason="Hyran är över gränsen.")
    with pytest.raises(ConflictError, match="staff_without_name"), transaction(world.engine) as session:
        deciding.decide(world.office, session, TENANT, case, PERSON, world.row(case).version, said)
    world.say(case, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    decision = world.decision(case)
    assert decision is not None
    assert decision.signed == "Maj Berg 17, socialsekreterare"
    assert list(staff.strange(world.office, TENANT)) == []


def test_names_that_an_earlier_version_kept_are_taken_over_once(world: World, case: str) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET stamp = ''"))
    assert staff.stamp_what_there_is(world.office, TENANT) == 1
    assert list(staff.strange(world.office, TENANT)) == []
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET name = 'Eva Ek', stamp = ''"))
    assert staff.stamp_what_there_is(world.office, TENANT) == 0
    assert len(list(staff.strange(world.office, TENANT))) == 1


def test_a_start_that_comes_second_takes_over_nothing(world: World, case: str) -> None:
    """It found no word of it, and had to wait for the first, which works already."""
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET stamp = ''"))

    class Late:
        def __init__(self) -> None:
            self.asked = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(world.keys, name)

        def remembered(self, tenant: str) -> str | None:
            self.asked += 1
            if self.asked > 1:
                return world.keys.remembered(tenant)
            assert staff.stamp_what_there_is(world.office, TENANT) == 1
            with world.engine.begin() as connection:
                connection.execute(text("UPDATE staff SET name = 'Eva Ek'"))
            return None

    assert staff.stamp_what_there_is(replace(world.office, keys=Late()), TENANT) == 0
    assert len(list(staff.strange(world.office, TENANT))) == 1


@pytest.mark.slow
def test_a_name_that_changes_while_names_are_taken_over_is_stamped_as_it_is(world: World, case: str) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET stamp = ''"))
    held = list[threading.Thread]()

    def rename() -> None:
        with transaction(world.engine) as session:
            staff.note_staff(world.office, session, TENANT, PERSON, "Eva Ek", "")

    def begin(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM staff" in statement and not held:
            held.append(threading.Thread(target=rename))
            held[0].start()
            held[0].join(1)  # it waits for the rows where they are held

    event.listen(world.engine, "after_cursor_execute", begin)
    try:
        staff.stamp_what_there_is(world.office, TENANT)
    finally:
        event.remove(world.engine, "after_cursor_execute", begin)
    held[0].join(60)
    assert list(staff.strange(world.office, TENANT)) == []


@pytest.mark.parametrize("upgrade", [staff.stamp_what_there_is, logged_alone.vouch])
def test_an_upgrade_signs_nothing(world: World, case: str, upgrade: Callable[[Office, str], int]) -> None:
    """A log that is not the one that was signed is told while the service runs; the service starts."""
    world.office.log.checkpoint(world.engine, TENANT)
    note = world.keys.remembered(TENANT)
    assert note is not None
    origin, size, rest = note.split("\n", 2)
    world.keys.remember(TENANT, f"{origin}\n{int(size) + 1000}\n{rest}")
    with pytest.raises(LogError):
        world.office.log.checkpoint(world.engine, TENANT)
    upgrade(world.office, TENANT)
    assert upgrade(world.office, TENANT) == 0


@pytest.mark.parametrize("who", ["h-17", "H-17", " h-17", "h-17 ", "\uff48-17"])
def test_nobody_is_their_own_second_by_another_spelling(who: str, tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="own_proposal"):
        require_second(installed(tmp_path), "h-17", who, agrees=True, reason="")
