"""A calculation with changed lines: it adds up whatever is changed, and nothing else is touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decision_service.decision.changed_lines import (
    NOTHING,
    ChangedLine,
    changed,
    changes_by_line,
    changes_of,
    off_by_factor,
    reduced,
    unlikely_beside,
)
from decision_service.decision.document import CalculatedLine, Calculation, Limit, LineChange, LineKind
from rules.rule import Section

KINDS: dict[LineKind, Section] = {
    "norm": Section.PERSONAL,
    "cost": Section.COST,
    "other_cost": Section.OTHER_COST,
    "income": Section.INCOME,
}
NEW = ChangedLine(
    kind="norm", text="Mat", amount=4000, provision="SoL (2025:400) 12 kap. 1 §", reason="Behov."
)


def line(place: int, kind: LineKind, amount: int) -> CalculatedLine:
    return CalculatedLine(
        kind=kind,
        part=KINDS[kind],
        rule="r",
        provision="p",
        subject=f"x[{place}]",
        label="",
        what="Rad",
        applied=None,
        amount=amount,
        text="Rad: så.",
    )


@st.composite
def calculations(draw: st.DrawFn) -> Calculation:
    kinds = sorted(draw(st.lists(st.sampled_from(list(KINDS)), max_size=8)), key=list(KINDS).index)
    lines = tuple(line(place, kind, draw(st.integers(0, 5_000_000))) for place, kind in enumerate(kinds))
    norm, costs, other, income = (sum(each.amount for each in lines if each.kind == kind) for kind in KINDS)
    return Calculation(
        norm=norm,
        costs=costs,
        other_costs=other,
        income=income,
        result=income - norm - costs - other,
        granted=None,
        lines=lines,
    )


@given(calculations(), st.data())
def test_the_sum_moves_by_what_is_changed(base: Calculation, data: st.DataObject) -> None:
    lines = [number for number, line in enumerate(base.lines, 1) if line.kind in ("norm", "income")]
    chosen = data.draw(st.lists(st.sampled_from(lines), unique=True)) if lines else []
    amounts = st.integers(50_001, 60_000)
    wished = [ChangedLine(line=number, amount=data.draw(amounts), reason="x") for number in chosen]
    changes = changes_of(base, wished, {"costs": []}, checked=True)
    found = changed(base, changes)
    moved = sum((each.amount - (each.was or 0)) * (1 if each.kind == "income" else -1) for each in changes)
    assert base.result is not None
    assert found.result == base.result + moved
    untouched = [each for number, each in enumerate(base.lines, 1) if number not in chosen]
    assert [each for number, each in enumerate(found.lines, 1) if number not in chosen] == untouched


@given(calculations(), st.data())
def test_each_line_is_known_with_its_own_change(base: Calculation, data: st.DataObject) -> None:
    """Also where two say the same of the same amount, and where the calculation was changed before."""
    for reasons in ("ab", "cd"):
        chosen = data.draw(st.sets(st.sampled_from(range(len(base.lines))))) if base.lines else set()
        kinds: list[LineKind] = data.draw(st.lists(st.sampled_from(["norm", "income"]), max_size=3))
        changes = [
            LineChange(
                line=None if old is None else place + 1,
                kind=kind,
                part=KINDS[kind],
                provision="p",
                subject=None,
                label="",
                what="Rad",
                text="Rad.",
                applied=None,
                was=None if old is None else old.amount,
                amount=1,
                reason=f"{reasons[old is None]}{place}",
            )
            for place, old, kind in [
                *((place, base.lines[place], base.lines[place].kind) for place in sorted(chosen)),
                *((place, None, kind) for place, kind in enumerate(kinds)),
            ]
        ]
        lines = changed(base, changes).lines
        found = [*changes_by_line(lines, changes)]
        assert {each.reason for each in found if each is not None} == {each.reason for each in changes}
        for line, change in zip(lines, found, strict=True):
            assert change is None or (change.part, change.amount) == (line.part, line.amount)
        of_base = [each for each in found if each is None or each.line is not None]
        assert [each is not None for each in of_base] == [at in chosen for at in range(len(base.lines))]
        base = changed(base, changes)


def test_a_line_of_ones_own_where_there_is_nothing() -> None:
    found = changed(NOTHING, changes_of(NOTHING, [NEW], {}, checked=False))
    assert (found.norm, found.result, found.by_the_lines) == (400_000, -400_000, 400_000)


def test_ten_or_a_hundred_times_wrong() -> None:
    assert off_by_factor(125_20, 12_520_00)
    assert off_by_factor(1_187_225_000, 11_872_250)
    assert off_by_factor(73_00, 730_00)
    assert not off_by_factor(6_400_00, 7_300_00)
    assert not off_by_factor(0, 7_300_00)
    assert not off_by_factor(3_000_00, 7_300_00)


def a_rent(applied: int, amount: int) -> Calculation:
    rent = line(0, "cost", amount).model_copy(
        update={"applied": applied, "what": "Hyra", "text": "Hyra: så."}
    )
    return changed(NOTHING, []).model_copy(update={"lines": (rent,)})


def test_a_cost_that_is_put_right_to_all_that_was_applied_for_is_not_refused_in_part() -> None:
    base = a_rent(730_000, 7_300_000)
    whole = changes_of(base, [ChangedLine(line=1, amount=7300, reason="x")], {}, checked=True)
    assert not reduced(changed(base, whole), whole)
    less = changes_of(base, [ChangedLine(line=1, amount=7000, reason="x")], {}, checked=True)
    assert reduced(changed(base, less), less)


def test_a_line_that_is_changed_twice_says_so_once() -> None:
    base = a_rent(730_000, 640_000)
    once = changed(base, changes_of(base, [ChangedLine(line=1, amount=7000, reason="x")], {}, checked=True))
    twice = changes_of(once, [ChangedLine(line=1, amount=7300, reason="x")], {}, checked=True)
    assert twice[0].text == once.lines[0].text == "Hyra, efter handläggarens ändring."


@given(st.text(alphabet="ab:,. ", min_size=1) | st.just("Rad, efter handläggarens ändring"), st.text())
def test_what_a_changed_line_is_for_is_what_it_was_for(what: str, text: str) -> None:
    base = a_rent(730_000, 640_000)
    base = base.model_copy(update={"lines": (base.lines[0].model_copy(update={"what": what, "text": text}),)})
    for amount in (7000, 7300):
        changes = changes_of(base, [ChangedLine(line=1, amount=amount, reason="x")], {}, checked=True)
        base = changed(base, changes)
        assert (changes[0].what, base.lines[0].what) == (what, what)
        assert changes[0].text == f"{what}, efter handläggarens ändring."


def test_a_line_of_before_it_said_what_it_is_for_is_changed_under_its_name() -> None:
    rent = (
        a_rent(730_000, 640_000).lines[0].model_copy(update={"what": "", "text": "Boende: 6 400 kr, gräns."})
    )
    for label, named in (("Hyra: första", "Hyra: första"), ("", "Boende: 6 400 kr, gräns.")):
        base = NOTHING.model_copy(update={"lines": (rent.model_copy(update={"label": label}),)})
        (change,) = changes_of(base, [ChangedLine(line=1, amount=7000, reason="x")], {}, checked=True)
        assert change.what == named


def test_a_limit_is_told_only_of_a_line_that_is_reduced_to_it() -> None:
    limit = Limit(amount=640_000, source="Nämnden")
    base = a_rent(730_000, 640_000)
    base = base.model_copy(update={"lines": (base.lines[0].model_copy(update={"limits": (limit,)}),)})
    for kronor in (5000, 7000, 7300):
        changes = changes_of(base, [ChangedLine(line=1, amount=kronor, reason="x")], {}, checked=True)
        assert changed(base, changes).lines[0].limits == ()
    (change,) = changes
    back = change.model_copy(update={"amount": 640_000})
    assert changed(base, [back]).lines[0].limits == (limit,)


def test_an_amount_near_one_that_is_known_is_not_unlikely_beside_another() -> None:
    assert unlikely_beside(730_00, [7_300_00, 6_400_00]) == 7_300_00
    assert unlikely_beside(73_00, [7_300_00]) == 7_300_00
    assert unlikely_beside(7_300_00, [730_00, 7_000_00]) is None
    assert unlikely_beside(0, [7_300_00]) is None
    assert unlikely_beside(3_000_00, [7_300_00]) is None
    assert unlikely_beside(3_000_00, []) is None
