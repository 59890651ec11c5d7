"""A calculation as a person has changed it: which line, from what to what, and why; it still adds up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt, WithJsonSchema

from decision_service.application.fields import Part, Text
from decision_service.application.kept import CostJson, FormJson
from decision_service.decision.document import CalculatedLine, Calculation, LineChange, LineKind
from decision_service.decision.texts import texts
from decision_service.reading.kronor import parse_kronor
from decision_service.reading.strict_json import InputError
from norms.fault import Fault, fault
from rules.rule import Section
from rules.texts import kronor

Short = Annotated[str, Field(max_length=200)]
SignedOre = Annotated[
    int,
    BeforeValidator(parse_kronor),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$"}],
            "description": "Kronor, som tal eller text med punkt före öre; under noll minskar en inkomst",
        }
    ),
]
"""Öre, read from kronor; below zero for what takes from an income."""

NOTHING = Calculation(
    norm=None, costs=None, other_costs=None, income=None, result=None, granted=None, lines=()
)
"""The calculation of a case that the machine never got to assess."""

_COST = re.compile(r"costs\[([0-9]{1,3})\]")
_PARTS: Mapping[LineKind, Section] = {
    "norm": Section.PERSONAL,
    "cost": Section.COST,
    "other_cost": Section.OTHER_COST,
    "income": Section.INCOME,
}


class ChangedLine(Part):
    """A line as a person wants it: a number of the assessment's calculation, or a new line of a kind.

    ``amount`` is in kronor. A new line of a cost names its ``row`` of the application.
    """

    line: Annotated[StrictInt, Field(ge=1)] | None = None
    kind: LineKind | None = None
    row: Annotated[str, Field(pattern=_COST.pattern)] | None = None
    text: Short = ""
    amount: SignedOre
    provision: Short = ""
    reason: Text = ""


def changes_of(
    base: Calculation, wished: Sequence[ChangedLine], form: FormJson, *, checked: bool
) -> tuple[LineChange, ...]:
    """The changes that a person wishes in a calculation. ``form`` is the application; ``checked``: the person
    has been told that an amount looks ten or a hundred times wrong, and means it.

    Raises InputError with every fault, each at its place under ``lines``.
    """
    found, faults = [], []
    for place, one in enumerate(wished):
        change, wrong = _change(base, one, form)
        if change is not None:
            wrong += list(_wrong(change, checked=checked))
            found.append(change)
        faults += [each.below("lines", place) for each in wrong]
    faults += list(_twice(wished))
    if faults:
        raise InputError(faults)
    return tuple(found)


def changed(base: Calculation, changes: Sequence[LineChange]) -> Calculation:
    """The calculation with its changes; its sums are those of the lines. A limit stands only at a line that
    is still reduced to it."""
    if not changes:
        return base
    lines = list(base.lines)
    for change in changes:
        if change.line is not None:
            was = lines[change.line - 1]
            words = {name: getattr(change, name) for name in ("what", "text", "amount", "provision")}
            limits = tuple(each for each in was.limits if each.amount == change.amount)
            lines[change.line - 1] = was.model_copy(update={**words, "limits": limits})
        else:
            lines.append(_new(change))
    lines.sort(key=lambda line: list(Section).index(line.part))  # stable: within a part as they were
    sums: dict[LineKind, int] = {
        kind: sum(line.amount for line in lines if line.kind == kind) for kind in _PARTS
    }
    result = sums["income"] - sums["norm"] - sums["cost"] - sums["other_cost"]
    return Calculation(
        norm=sums["norm"],
        costs=sums["cost"],
        other_costs=sums["other_cost"],
        income=sums["income"],
        result=result,
        granted=max(0, -result),
        lines=tuple(lines),
    )


def changes_by_line(
    lines: Sequence[CalculatedLine], changes: Sequence[LineChange]
) -> Iterator[LineChange | None]:
    """The change of each line of a changed calculation, None for a line that nobody changed.

    The lines that were added stand last in their part, in the order of their changes. The others stand in the
    order that they had before, by which their changes number them.
    """
    numbered = {change.line: change for change in changes if change.line is not None}
    new = [change for change in changes if change.line is None]
    added = {part: [change for change in new if change.part is part] for part in Section}
    left, number = Counter(line.part for line in lines), 0
    for line in lines:
        own, to_come = added[line.part], left[line.part]
        if to_come <= len(own):
            yield own[-to_come]
        else:
            number += 1
            yield numbered.get(number)
        left[line.part] -= 1


def reduced(calculation: Calculation, changes: Sequence[LineChange]) -> bool:
    """Whether a line gives less than was applied for, or a person's change less than the assessment where
    nothing is applied for by itself. Another income takes nothing from what is granted of a need."""
    less = any(
        each.kind != "income" and each.applied is None and each.amount < (each.was or 0) for each in changes
    )
    return less or any(line.applied is not None and line.amount < line.applied for line in calculation.lines)


def undecided_costs(calculation: Calculation, form: FormJson) -> list[int]:
    """The rows of costs in the application that no line of the calculation answers, from 0."""
    answered = {line.subject for line in calculation.lines}
    return [
        row
        for row, cost in enumerate(form.get("costs") or ())
        if _applied(cost) and f"costs[{row}]" not in answered
    ]


def applied_in(form: FormJson, subject: str | None) -> int | None:
    """What the row of a cost in the application asks for, in öre; None for what is no such row."""
    named, costs = _COST.fullmatch(subject or ""), form.get("costs") or ()
    return _applied(costs[int(named[1])]) if named is not None and int(named[1]) < len(costs) else None


def off_by_factor(amount: int, expected: int) -> bool:
    """Whether an amount looks like another one ten or a hundred times too large or too small: typed in öre
    for kronor, or with a digit too many or too few."""
    one, other = sorted((abs(amount), abs(expected)))
    near = ((4 * one * times, 5 * other, 4 * other, 5 * one * times) for times in (10, 100))
    return one > 0 and any(low <= high and less <= more for low, high, less, more in near)


def unlikely_beside(amount: int, known: Iterable[int]) -> int | None:
    """The one of some known amounts beside which an amount looks ten or a hundred times wrong; None where it
    is near one of them."""
    known = [*known]
    if any(4 * max(amount, each) <= 5 * min(amount, each) for each in known):
        return None
    return next((each for each in known if off_by_factor(amount, each)), None)


def _change(base: Calculation, one: ChangedLine, form: FormJson) -> tuple[LineChange | None, list[Fault]]:
    wrong = [] if one.reason.strip() else [fault("line_without_reason", "reason")]
    if one.line is None:
        new, faults = _added(base, one, form)
        return new, [*wrong, *faults]
    if one.line > len(base.lines):
        return None, [*wrong, fault("line_not_there", "line", line=one.line, count=len(base.lines))]
    line = base.lines[one.line - 1]
    if one.amount == line.amount:
        wrong.append(fault("line_not_changed", "amount", amount=kronor(line.amount)))
    what = line.what or line.label or line.text
    return (
        LineChange(
            line=one.line,
            kind=line.kind,
            part=line.part,
            provision=one.provision.strip() or line.provision,
            subject=line.subject,
            label=line.label,
            what=what,
            text=texts().lines.changed.format(rad=what),
            applied=line.applied,
            was=line.amount,
            amount=one.amount,
            reason=one.reason.strip(),
        ),
        wrong,
    )


def _added(base: Calculation, one: ChangedLine, form: FormJson) -> tuple[LineChange | None, list[Fault]]:
    wrong = [
        fault("missing", name)
        for name, value in (
            ("kind", one.kind),
            ("text", one.text.strip()),
            ("provision", one.provision.strip()),
        )
        if not value
    ]
    applied = None
    if one.kind in ("cost", "other_cost"):
        applied, faults = _row(base, one, form)
        wrong += faults
    if wrong or one.kind is None:
        return None, wrong
    text = one.text.strip().rstrip(".")
    return (
        LineChange(
            line=None,
            kind=one.kind,
            part=_PARTS[one.kind],
            provision=one.provision.strip(),
            subject=one.row,
            label=text,
            what=text,
            text=texts().lines.added.format(rad=text),
            applied=applied,
            was=None,
            amount=one.amount,
            reason=one.reason.strip(),
        ),
        wrong,
    )


def _row(base: Calculation, one: ChangedLine, form: FormJson) -> tuple[int | None, list[Fault]]:
    """What was applied for in the row of the application that a new line of a cost names."""
    named = _COST.fullmatch(one.row or "")
    costs = form.get("costs") or ()
    if named is None or int(named[1]) >= len(costs):
        return None, [fault("cost_not_applied_for", "row", count=len(costs))]
    number = next((place for place, line in enumerate(base.lines, 1) if line.subject == one.row), None)
    if number is not None:
        return None, [fault("cost_has_line", "row", line=number)]
    return _applied(costs[int(named[1])]), []


def _applied(cost: CostJson) -> int | None:
    """What a row of the application asks for, in öre."""
    written = cost.get("appliedAmount")
    return None if written is None else parse_kronor(written)


def _wrong(change: LineChange, *, checked: bool) -> Iterator[Fault]:
    if change.kind in ("cost", "other_cost"):
        if change.amount < 0:
            yield fault("amount_below_zero", "amount", found=kronor(change.amount))
        if change.applied is None or change.amount > change.applied:
            words = {"amount": kronor(change.amount), "applied": kronor(change.applied or 0)}
            yield fault("line_above_applied", "amount", **words)
    expected = [each for each in (change.was, change.applied) if each is not None]
    off = unlikely_beside(change.amount, expected)
    if off is not None and not checked:
        words = {"amount": kronor(change.amount), "expected": kronor(off)}
        yield fault("amount_off_by_factor", "amount", **words)


def _twice(wished: Sequence[ChangedLine]) -> Iterator[Fault]:
    seen: set[int | str] = set()
    for place, one in enumerate(wished):
        named = one.line if one.line is not None else one.row
        if named is not None and named in seen:
            yield fault("line_twice", "lines", place, line=named)
        elif named is not None:
            seen.add(named)


def _new(change: LineChange) -> CalculatedLine:
    return CalculatedLine(
        kind=change.kind,
        part=change.part,
        rule="",
        provision=change.provision,
        subject=change.subject,
        label=change.label,
        what=change.what,
        applied=change.applied,
        amount=change.amount,
        text=change.text,
    )
