"""The manager's figures: right, and no count that could tell of one person."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from decision_service.access.roles import Role
from decision_service.follow_up import samples
from decision_service.follow_up.month import figures
from decision_service.follow_up.samples import Terms
from decision_service.follow_up.small_cells import SMALLEST, part, shown
from decision_service.log.events import ReviewFinding
from decision_service.store.database import reading, transaction
from decision_service.store.sealed import Sealed
from decision_service.store.tables import DecisionRow
from decision_service.web.routes.manager import csv_file
from norms.month import Month
from tests.decision_service.api.record import changed as corrected
from tests.decision_service.casework.test_answers import dear
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine, hidden
from tests.world.visitors import nobody, visitor

HOME = f"/k/{TENANT}/siffror"


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), max_size=6))
def test_a_withheld_count_cannot_be_had_from_the_sum(cells: dict[str, int]) -> None:
    found = shown(cells)
    withheld = [name for name, count in found.items() if count is None]
    assert all(count is None or count == 0 or count >= SMALLEST for count in found.values())
    assert all(found[name] in (None, count) for name, count in cells.items())
    visible = [name for name, count in found.items() if count]
    if withheld and visible:
        assert len(withheld) > 1
        assert sum(cells[name] for name in withheld) >= SMALLEST, "what is left of the sum is not small"


@given(st.integers(0, 40), st.data())
def test_a_part_and_what_is_left_of_the_whole_are_both_large_or_none(whole: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, whole))
    found = part(count, whole)
    if found is not None:
        assert found == count
        assert all(each == 0 or each >= SMALLEST for each in (count, whole - count))


@pytest.fixture(scope="module")
def decided(whole: Whole) -> int:
    """Six decisions of the machine in October, which is over."""
    for _ in range(6):
        decided_by_machine(whole)
    running = visitor(whole, Role.CHEF, purpose="").get(f"{HOME}?manad=2026-10")
    assert (running.status_code, "oktober 2026 är inte slut" in running.text) == (422, True)
    whole.clock.forward(days=10)
    return 6


def test_the_month_is_counted(whole: Whole, decided: int) -> None:
    chef = visitor(whole, Role.CHEF, purpose="")
    page = chef.get(f"{HOME}?manad=2026-10")
    assert page.status_code == 200
    assert "Siffror för oktober 2026" in chef.get(HOME).text, "the newest that is over"
    file = chef.get(f"{HOME}/csv?manad=2026-10")
    rows = {(one, two): three for one, two, three in csv.reader(io.StringIO(file.text), delimiter=";")}
    assert rows["beslut", "alla"] == rows["utfall", "BIFALL"] == rows["vem", "dator"] == str(decided)
    assert rows["vem", "människa"] == "0"
    assert float(rows["beslut", "beviljat, kronor"]) > 5000
    for cell, value in rows.items():
        assert value in ("antal", "visas inte") or re.fullmatch(r"-?\d+(,\d{1,2})?", value), (cell, value)
    empty = chef.get(f"{HOME}/csv?manad=2020-01").text
    assert "beslut;alla;0" in empty
    assert "visas inte" in empty


def test_a_day_that_is_past_is_opened_once_and_again_when_it_is_another(whole: Whole, decided: int) -> None:
    """Another decision of the day, and one less, are seen at once; else nothing is opened."""
    office, month = whole.service.office, Month.of(whole.clock.now.date())
    later = office.clock() + timedelta(days=40)
    for _ in range(5):
        decided_by_machine(whole)

    def read() -> tuple[int | None, int | None, int]:
        with reading(office.engine) as session:
            with patch.object(Sealed, "opened", autospec=True, side_effect=Sealed.opened) as seen:
                found = figures(session, TENANT, month, later)
            return found.decided, found.granted, seen.call_count

    first, again = read(), read()
    assert first[:2] == again[:2]
    assert (first[2] > 0, again[2]) == (True, 0)
    decided_by_machine(whole)
    more = read()
    assert more[0] == (first[0] or 0) + 1
    assert more[2] > 0
    assert read() == (*more[:2], 0)


@pytest.mark.slow
def test_what_waits_counts_a_protected_persons_case_for_who_has_it_in_the_queue(one: Whole) -> None:
    cases = [one.eservice().apply(dear(one.known())) for _ in range(7)]
    month, later = Month.parse("2026-10"), one.clock.now + timedelta(days=10)
    with hidden(one, cases[0]), reading(one.service.office.engine) as session:
        counts = [figures(session, TENANT, month, later, protected=each).waiting for each in (True, False)]
    assert counts == [7, 6]


@pytest.mark.slow
def test_how_often_people_follow_proposals_and_what_corrections_changed_is_counted(one: Whole) -> None:
    worker = one.handlaggare()
    sender = one.eservice()
    cases = [sender.apply(dear(one.known())) for _ in range(11)]
    for number, case in enumerate(cases):
        task = worker.take(case).get(f"/tasks/{case}").json()
        if number % 2:
            less = task["proposal"]["granted"] - 10_000
            found = worker.decide(case, "DELAVSLAG", less)
        else:
            agrees = {"assessment": task["assessment"], "agrees": True, "reason": "Underlaget visar det."}
            found = worker.act("decision", case, agrees)
        assert found.status_code == 200, found.text
    one.settle()
    for case in cases[:6:2]:
        corrected(one.handlaggare(), case)
    with reading(one.service.office.engine) as session:
        found = figures(session, TENANT, Month.parse("2026-10"), one.clock.now + timedelta(days=10))
        rows = session.exec(select(DecisionRow)).all()
    assert (found.decided, found.by_whom["människa"]) == (11, 11)
    assert (found.followed.proposed, found.followed.followed) == (11, 6)
    code, followed = next(iter(found.followed_by_reason.items()))
    assert (found.asked[code], followed.proposed, followed.followed) == (11, 11, 6)
    assert found.by_outcome == {"BIFALL": 0, "DELAVSLAG": 11, "AVSLAG": 0, "AVVISNING": 0}
    assert found.corrections["ÄNDRING"] is None, "three are too few to be shown"
    assert found.granted is None, "what three corrections did to the sum would tell of them"
    for case in (*cases[6::2], *cases[1:4:2]):
        corrected(one.handlaggare(), case)
    with reading(one.service.office.engine) as session:
        found = figures(session, TENANT, Month.parse("2026-10"), one.clock.now + timedelta(days=10))
    assert found.corrections["ÄNDRING"] == 8
    assert found.granted == sum(each.granted for each in rows) - 8 * 10_000
    one.clock.forward(days=10)
    page = visitor(one, Role.CHEF).get(f"{HOME}?manad=2026-10").text
    assert "54,5 % (6 av 11)" in page


def test_the_manager_sees_the_error_rate_of_samples_and_no_single_decision(one: Whole) -> None:
    office = one.service.office
    for _ in range(6):
        decided_by_machine(one)
    with transaction(office.engine) as session:
        terms = Terms(first=date(2026, 10, 1), last=date(2026, 10, 31), size=6, protected=False)
        sample = samples.draw(office, session, TENANT, "jurist-1", terms)
    with reading(office.engine) as session:
        drawn = samples.one_sample(office, session, TENANT, sample, protected=True).rows
    for number, row in enumerate(drawn):
        finding = ReviewFinding.RIGHT if number else ReviewFinding.OUTCOME
        with transaction(office.engine) as session:
            said = {"finding": finding.value, "about": "", "text": "Fel."}
            key = {"sample": sample, "decision": row.decision}
            samples.record(office, session, TENANT, "jurist-1", **key, **said, protected=True)
    one.clock.forward(days=10)
    page = visitor(one, Role.CHEF).get(f"{HOME}?manad=2026-10").text
    assert "färre än 5 av 6 (med 95 % säkerhet 3,0 %–90,3 %)" in page
    assert visitor(one, Role.CHEF).get(f"/k/{TENANT}/stickprov/{sample}").status_code == 403


def test_two_months_stand_beside_each_other(one: Whole) -> None:
    address = f"{HOME}/jamfor?ena=2025-12&andra=2026-01"
    page = visitor(one, Role.JURIST).get(address)
    assert page.status_code == 200
    assert "Belopp som skiljer" in page.text
    assert "Gemensamma hushållskostnader, 1 person" in page.text, "the riksnorm of 2026 is another"
    same = visitor(one, Role.JURIST).get(f"{HOME}/jamfor?ena=2026-02&andra=2026-02").text
    assert same.count("<p>Inga.</p>") == 2


def test_what_a_month_withholds_is_not_nobody_beside_another(whole: Whole, decided: int) -> None:
    """Five are asked about in one month only: the other's row says that it is not shown, not 0."""
    rows = [("frågor", "inkomst", 5), ("beslut", "alla", 8)], [("beslut", "alla", 6)]
    for ena, andra in (rows, rows[::-1]):
        with patch("decision_service.web.routes.manager._rows", side_effect=[iter(ena), iter(andra)]):
            page = visitor(whole, Role.CHEF, purpose="").get(f"{HOME}/jamfor?ena=2026-09&andra=2026-10").text
        (row,) = re.findall(r"<tr><td>frågor</td>.*?</tr>", page)
        found = re.findall(r'<td class="belopp">(.*?)</td>', row)
        assert sorted(found) == ["5", "visas inte"]


def test_numbers_of_a_file_have_decimal_commas() -> None:
    """As spreadsheets that read semicolons do; whole numbers have none."""
    file = csv_file("fil", [(1.7, 527779.0, 0.0, 100.0, 12.25, 7, "visas inte", "1.7")])
    assert (
        bytes(file.body).decode().removeprefix("\ufeff").strip() == "1,7;527779;0;100;12,25;7;visas inte;1.7"
    )


def test_figures_are_for_those_who_follow_up(whole: Whole) -> None:
    for path in (HOME, f"{HOME}/csv", f"{HOME}/jamfor"):
        assert nobody(whole).get(path).status_code == 303
        for role in Role:
            expected = 200 if role in (Role.CHEF, Role.JURIST, Role.REVISOR) else 403
            assert visitor(whole, role).get(path).status_code == expected, role
    for wrong in ("nu", "2026-11", "2031-01"):
        assert visitor(whole, Role.CHEF).get(f"{HOME}?manad={wrong}").status_code == 422
        assert visitor(whole, Role.CHEF).get(f"{HOME}/jamfor?ena={wrong}&andra=2026-09").status_code == 422
