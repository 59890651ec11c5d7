"""Households, people, money and days of a month's decisions: the right figures, and of few none."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from itertools import combinations, count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.application.outcome import Outcome
from decision_service.follow_up import aid
from decision_service.follow_up.decided import Decided
from decision_service.follow_up.definitions import FILE as DEFINITIONS
from decision_service.follow_up.definitions import Definitions, Measure, definitions
from decision_service.follow_up.goals import FILE, progress
from decision_service.follow_up.households import (
    UNKNOWN_CAUSE,
    Helped,
    Household,
    household,
    statistics_words,
)
from decision_service.follow_up.process import ProcessStep, process, slowest
from decision_service.follow_up.report import ReportFigure, report_words
from decision_service.follow_up.requirement import of_counts
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.installation.calendar import SWEDISH
from decision_service.reading.sentences import sentences
from norms import document
from norms.finding import FindingsError
from norms.month import Month
from rules import rulebook
from rules.schema import validate
from tests.world.planning import GROUP, PLAN, WAYS, participant, taken

MONTH = Month(2026, 10)
_IDS = count()
WOMAN, MAN = "198002099805", "198002099813"


def decided(
    who: tuple[str, ...] = (),
    *,
    month: str = "2026-10",
    granted: int = 5_000_00,
    outcome: Outcome = Outcome.GRANTED,
    cause: str = "arbetslös_ingen_ersättning",
    kind: str = "3",
    children: int | None = 0,
    days: int = 3,
    contact: int = 1,
    automatic: bool = True,
    fired: frozenset[str] = frozenset(),
) -> Helped:
    """A decision, of a household of its own where nobody is said."""
    number = next(_IDS)
    adults = who or (f"p{number}",)
    made = Decided(
        f"c{number}", outcome.value, granted, automatic, None, 1.0, False, month, date(2026, 10, 5),
        contact, days, fired,
    )  # fmt: skip
    return Helped(made, Household(kind, adults, children, tuple(cause for _ in adults)))


def test_a_household_counts_once_and_what_is_refused_not_at_all() -> None:
    pair = ("a", "b")
    rows = [decided() for _ in range(6)]
    rows += [decided(pair, kind="8", children=2), decided(pair, kind="8", children=2)]
    rows += [decided(granted=0, outcome=Outcome.REFUSED, automatic=False) for _ in range(8)]
    rows += [decided(children=3) for _ in range(2)]
    found = aid.figures_of(rows, aid.long_term([aid.months_with_aid(rows)], MONTH))
    assert found == {
        Measure.HOUSEHOLDS: 9,
        Measure.PERSONS: 10,
        Measure.CHILDREN: 8,
        Measure.PAID: 10 * 5_000_00,
        Measure.LONG_TERM: 0,
        Measure.SHARE_AUTOMATED: 56,
    }


def test_ten_of_twelve_months_is_long() -> None:
    long = [decided((f"l{n}",), month=str(MONTH.plus(-by))) for n in range(6) for by in range(10)]
    short = [decided((f"s{n}",), month=str(MONTH.plus(-by))) for n in range(6) for by in (*range(9), 13)]
    month = [each for each in (*long, *short) if each.decided.month == str(MONTH)]
    assert (
        aid.figures_of(month, aid.long_term([aid.months_with_aid([*long, *short])], MONTH))[Measure.LONG_TERM]
        == 6
    )


def test_of_few_nothing_is_told() -> None:
    found = aid.figures_of([decided() for _ in range(4)], aid.long_term([], MONTH))
    assert (found[Measure.HOUSEHOLDS], found[Measure.PAID], found[Measure.SHARE_AUTOMATED]) == (None,) * 3
    assert aid.days([1, 2, 3, 4]).median is None
    assert aid.days([1, 2, 3, 4, 15]) == aid.Days(3, 5.0, 10.6)


def test_a_household_is_new_after_three_months_without() -> None:
    rows = [
        decided(("a",), month="2026-02"),
        decided(("a",), month="2026-03"),
        decided(("b",), month="2026-05"),
        decided(("c",), month="2026-06"),
    ]
    before = [decided(("b",), month="2026-01"), decided(("c",), month="2026-03")]
    assert [each.household.adults for each in aid.new_households(rows, before)] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("causes", "people", "kind", "children"),
    [
        ({MAN: None}, 1, "3", 0),
        ({MAN: None}, 3, "4", 2),
        ({WOMAN: "saknar_barnomsorg"}, 1, "5", 0),
        ({WOMAN: None}, 2, "6", 1),
        ({WOMAN: None, MAN: None}, 2, "7", 0),
        ({WOMAN: None, MAN: None}, 5, "8", 3),
        ({"APPLICANT|1980-01-01|Kim": None}, 1, "9", 0),
    ],
)
def test_the_kinds_of_household(causes: dict[str, str | None], people: int, kind: str, children: int) -> None:
    remembered = json.dumps({"causes": causes, "people": [str(each) for each in range(people)]})
    found = household(remembered, [(each, True) for each in causes])
    assert (found.kind, found.children) == (kind, children)
    assert found.causes == tuple(sorted(each or UNKNOWN_CAUSE for each in causes.values()))


def test_what_nobody_knows_is_not_known() -> None:
    found = household(json.dumps({"people": None}), [("a", True), ("b", False)])
    assert (found.kind, found.children, found.causes) == ("9", 1, ())


def test_the_causes_are_those_of_the_vocabulary() -> None:
    term = rulebook.load().vocabulary.terms["vuxen.försörjningshinder"]
    assert set(statistics_words().causes) == {*term.type.choices, UNKNOWN_CAUSE}


CELLS = st.dictionaries(
    st.tuples(st.sampled_from("345"), st.sampled_from("xyz")), st.integers(0, 12), max_size=9
)


@given(CELLS)
def test_a_table_of_two_ways_tells_no_small_cell(cells: dict[tuple[str, str], int]) -> None:
    """Not by the sums of rows and columns either."""
    found = aid.table(cells)
    shown = {key: value for key, value in found.items() if value is not None}
    for key, value in shown.items():
        true = sum(n for (row, column), n in cells.items() if key[0] in ("", row) and key[1] in ("", column))
        assert value == true
        assert value == 0 or value >= SMALLEST
    for (one, a), (two, b) in combinations(shown.items(), 2):
        inside = [k for k in cells if one[0] in ("", k[0]) and one[1] in ("", k[1])]
        others = [k for k in cells if two[0] in ("", k[0]) and two[1] in ("", k[1])]
        if set(others) < set(inside) and len(set(inside) - set(others)) == 1:
            assert a - b == 0 or a - b >= SMALLEST


def test_refusals_are_counted_by_cause_where_the_rule_fired() -> None:
    rule = frozenset(definitions().measures[Measure.REFUSED].rules)
    refused = {"granted": 0, "outcome": Outcome.REFUSED, "fired": rule}
    rows = [decided(("a", "b"), **refused) for _ in range(2)]  # the same household twice
    rows += [decided(**refused, cause="arbetslös_ingen_ersättning") for _ in range(6)]
    rows += [decided(**refused, cause="saknar_barnomsorg") for _ in range(7)]
    rows += [decided(granted=0, outcome=Outcome.REFUSED) for _ in range(9)]
    rows += [decided(outcome=Outcome.GRANTED_IN_PART, fired=rule) for _ in range(5)]
    found = of_counts([], Month(2026, 10), rows)
    assert found.figures[Measure.REFUSED] == 15
    assert found.figures[Measure.REDUCED] == 5
    causes = Counter({key: value for key, value in found.by_cause.items() if all(key)})
    assert causes == {
        ("refused", "arbetslös_ingen_ersättning"): 8,
        ("refused", "saknar_barnomsorg"): 7,
        ("reduced", "arbetslös_ingen_ersättning"): 5,
    }


def test_which_step_is_slow() -> None:
    late = participant(
        {"step": "meeting", "day": "2026-09-09", "held": True},
        PLAN | {"decided": "2026-09-10", "first": "2026-09-10"},
        GROUP | {"first": "2026-09-14"},
        taken("grupp", "2026-09-11"),
        {"step": "follow_up", "day": "2026-09-16", "held": True},
        {"step": "follow_up", "day": "2026-09-23", "held": True},
        {"step": "breach", "day": "2026-10-01", "happened": "Kom inte."},
        {"step": "contact", "number": 1, "day": "2026-10-02", "account": "Sjuk.", "accepted": True},
        {"step": "mended", "number": 1, "day": "2026-10-05"},
    )
    found = process([late] * 6, Month(2026, 10), WAYS, SWEDISH)
    assert [(each.step, each.taken, each.days.median, each.late) for each in found] == [
        (ProcessStep.MEETING, 6, 8, 6),
        (ProcessStep.PLAN, 6, 1, None),
        (ProcessStep.ACTIVITY, 6, 4, None),
        (ProcessStep.FOLLOW_UP, 6, 7, 0),
        (ProcessStep.CONTACT, 6, 1, 0),
        (ProcessStep.BREACH, 6, 3, 0),
    ]
    assert slowest(found) is ProcessStep.MEETING
    assert slowest(process([late] * 4, Month(2026, 10), WAYS, SWEDISH)) is None


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(1, "dagar", "1 dag"), (2, "dagar", "2 dagar"), (1.5, "dagar", "1,5 dagar"), (1.0, "timmar", "1 timme")],
)
def test_one_is_said_as_one(value: float, unit: str, said: str) -> None:
    assert ReportFigure("", value, unit).said == said
    assert ReportFigure("", 1, "procent").said == "1 procent"


def test_a_goal_is_reached_or_something_is_left() -> None:
    figures = {
        Measure.SHARE_WORK_OR_STUDIES: 33,
        Measure.DAYS_TO_CONTACT: 1.5,
        Measure.DAYS_TO_DECISION: None,
    }
    found = {each.goal.measure: (each.stands, each.left) for each in progress("9999", figures)}
    assert found == {
        Measure.SHARE_WORK_OR_STUDIES: (33, 2),
        Measure.DAYS_TO_CONTACT: (1.5, 0),
        Measure.DAYS_TO_DECISION: (None, None),
    }
    assert progress("1263", figures) == []


def test_children_that_nobody_knows_of_are_not_none() -> None:
    """A household without a known number makes the sum unknown, and more adults than people is no number."""
    rows = [decided(children=2) for _ in range(5)]
    assert aid.figures_of(rows, aid.long_term([aid.months_with_aid(rows)], MONTH))[Measure.CHILDREN] == 10
    rows.append(decided(children=None))
    assert aid.figures_of(rows, aid.long_term([aid.months_with_aid(rows)], MONTH))[Measure.CHILDREN] is None
    assert household(json.dumps({"causes": {"a": None, "b": None}, "people": ["a"]}), []).children is None


@pytest.mark.parametrize("measure", [Measure.LONG_TERM, Measure.WAITING_DAYS])
def test_a_measure_that_is_counted_with_a_number_has_one(tmp_path: Path, measure: Measure) -> None:
    number, file = definitions().number_of(measure), tmp_path / "definitioner.yaml"
    before, name, after = DEFINITIONS.read_text("utf-8").partition(f"  {measure.value}:\n")
    file.write_text(before + name + after.replace(f"    tal: {number}\n", "", 1), "utf-8")
    with pytest.raises(FindingsError, match=f"{measure}: Tal saknas"):
        validate(Definitions, document.read(file), said=sentences)


def test_a_goal_goes_one_way(tmp_path: Path) -> None:
    file = tmp_path / "mal.yaml"
    file.write_text(FILE.read_text("utf-8").replace("minst: 35", "minst: 35, högst: 36"), "utf-8")
    with pytest.raises(FindingsError):
        progress("9999", {}, file)


def test_every_step_and_table_has_words() -> None:
    assert set(report_words().steps) == set(ProcessStep)
