"""Whatever is sent, it is read, told or refused: no crash, no lost krona, the same answer twice."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from decision_service.application import adapters
from decision_service.application.adapters import Intake
from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.application.case_file import CaseFile
from decision_service.reading.strict_json import InputError, control_character, read_json
from rules.texts import kronor
from tests.decision_service.adapters.form import EXAMPLES, answer, case
from tests.decision_service.adapters.schema import SCHEMA, fits
from tests.world.unread import sentences

EXAMPLE: dict[str, Any] = {
    "ansokan/1": json.loads((EXAMPLES / "ansokan-1.json").read_bytes()),
    "sundsvall-v1": json.loads((EXAMPLES / "sundsvall-v1.json").read_bytes()),
    "mitt-helsingborg-v1": json.loads((EXAMPLES / "mitt-helsingborg-v1-fortsatt.json").read_bytes()),
}
NAMES = sorted(adapters.ADAPTERS)
WORDS = sorted(
    {
        "data",
        "answers",
        "field",
        "id",
        "tags",
        "value",
        "forms",
        "costs",
        "incomes",
        "amount",
        "persons",
        "role",
    }
    | {"application", "people", "schema", "details", "period", "startDate", "children", "", "ö"}
)
leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["2026-02-30", "10.000", "5000", "-5", "APPLICANT", "RENT", "SALARY", "198802092381", "201412012393"]
    )
)
allowed = leaf.filter(lambda value: not (isinstance(value, str) and control_character(value)))
values = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=20,
)


def read(adapter: str, data: Any) -> Intake | None:
    """What an adapter makes of some data, None when it refuses; the same both times."""
    content = json.dumps(data).encode()
    found = _once(adapter, content)
    assert _once(adapter, content) == found
    if isinstance(found, tuple):
        assert all(found)
        return None
    ids = [person.id for person in found.people]
    numbers = [person.personal_number for person in found.people if person.personal_number]
    assert len(set(ids)) == len(ids)
    assert len(set(numbers)) == len(numbers)
    assert len({*sentences(found)}) == len(found.unmapped) <= 1000
    fits_a_case_file(found)
    return found


def _once(adapter: str, content: bytes) -> Intake | tuple[str, ...]:
    try:
        return adapters.read(adapter, read_json(content))
    except InputError as error:
        return error.lines


def fits_a_case_file(found: Intake) -> None:
    """What an adapter hands over can stand in a case file, and nothing in it is lost on the way."""
    application = found.application.model_dump(mode="json", by_alias=True, exclude_none=True)
    data = {
        "schema": "arende/1",
        "municipality": "9999",
        "received_at": "2026-11-20T08:00:00Z",
        "application": application,
        "people": [person.model_dump(mode="json", exclude_none=True) for person in found.people],
        "unmapped": [asdict(each) for each in found.unmapped],
    }
    assert CaseFile.model_validate(data).application == found.application
    assert fits(data, SCHEMA)


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a tree."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, found in inner:
        yield from spots(found, (*path, name))


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for part in path:
        tree = tree[part]
    return tree


@given(st.sampled_from(NAMES), values)
def test_any_json_is_read_or_refused(adapter: str, data: Any) -> None:
    read(adapter, data)


@given(st.sampled_from(NAMES), st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(adapter: str, content: bytes) -> None:
    with contextlib.suppress(InputError):
        adapters.read(adapter, read_json(content))


@given(st.sampled_from(NAMES), st.data())
def test_an_application_with_parts_put_wrong_is_read_or_refused(adapter: str, data: st.DataObject) -> None:
    tree = copy.deepcopy(EXAMPLE[adapter])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in spots(tree) if path]))
        at(tree, path[:-1])[path[-1]] = data.draw(values)
    read(adapter, tree)


KEPT = {"ansokan/1": "refused", "sundsvall-v1": "told", "mitt-helsingborg-v1": "told"}


@given(
    st.sampled_from(NAMES),
    st.text("abcdefgåäöBELOP", min_size=1, max_size=9),
    st.integers(min_value=7_000_001, max_value=7_999_999),
    st.sampled_from([str, int, float, lambda value: f"{value},50", lambda value: {"x": [value]}]),
    st.data(),
)
def test_money_planted_anywhere_is_told_or_refused(
    adapter: str, name: str, amount: int, written: Any, data: st.DataObject
) -> None:
    tree = copy.deepcopy(EXAMPLE[adapter])
    objects = [path for path in spots(tree) if isinstance(at(tree, path), dict)]
    at(tree, data.draw(st.sampled_from(objects)))[f"ny{name}"] = written(amount)
    found = read(adapter, tree)
    if KEPT[adapter] == "refused":
        assert found is None
    else:
        assert found is not None
        assert any(str(amount) in told for told in sentences(found))


AMOUNTS = {
    "ansokan/1": [p for p in spots(EXAMPLE["ansokan/1"]) if p and p[-1] in ("amount", "appliedAmount")],
    "sundsvall-v1": [
        p for p in spots(EXAMPLE["sundsvall-v1"]) if p and p[-1] in ("amount", "appliedAmount", "value")
    ],
}


@given(
    st.sampled_from(sorted(AMOUNTS)),
    st.integers(min_value=7_000_001, max_value=7_999_999),
    st.sampled_from([str, int, float, lambda v: f"{v},00", lambda v: f"{v} kr", lambda v: -v, lambda v: [v]]),
    st.data(),
)
def test_an_amount_in_its_place_is_kept_told_or_a_fault(
    adapter: str, amount: int, written: Any, data: st.DataObject
) -> None:
    tree = copy.deepcopy(EXAMPLE[adapter])
    path = data.draw(st.sampled_from(AMOUNTS[adapter]))
    at(tree, path[:-1])[path[-1]] = written(amount)
    found = read(adapter, tree)
    if found is not None:
        form = found.application
        kept = [row.amount for row in form.incomes] + [row.applied_amount for row in form.costs]
        kept += [row.value for row in form.assets]
        told = (str(amount), kronor(amount * 100))
        assert amount * 100 in kept or any(each in one for one in sentences(found) for each in told)


SUMS = sorted(name for name, field in forms().fields.items() if field.name == "amount")


@st.composite
def sums(draw: st.DrawFn) -> list[tuple[str, str, Any, list[str]]]:
    """Answers to fields for sums: id, the recognisable sum, how it is written, and tags."""
    names = draw(st.lists(st.sampled_from(SUMS), min_size=1, max_size=6))
    found = []
    for number, name in enumerate(names):
        amount = str(draw(st.integers(700, 799)) * 10_000 + number * 7 + 3)
        base, _, part = name.partition(".")
        entry = draw(st.sampled_from(["", ".0", ".1"])) if part else ""
        id_ = f"{base}{entry}.{part}" if part else base
        write = draw(
            st.sampled_from([str, int, lambda v: f"{v},00", lambda v: f"{v}.000", lambda v: f"-{v}"])
        )
        tags = draw(
            st.lists(
                st.sampled_from(["month", "month-1", "month+1", "amount", "group:applicant:0", "group:x:1"]),
                max_size=2,
            )
        )
        found.append((id_, amount, write(amount), tags))
    return found


@given(sums(), st.booleans(), st.sampled_from(["new", "recurring"]), st.booleans())
def test_a_typed_sum_is_kept_or_told(
    typed: list[tuple[str, str, Any, list[str]]], together: bool, kind: str, period: bool
) -> None:
    data = case(*(answer(id_, value, *tags) for id_, _, value, tags in typed), kind=kind, together=together)
    if not period:
        del data["details"]
    found = read("mitt-helsingborg-v1", data)
    assert found is not None
    form = found.application
    kept = [row.amount for row in form.incomes] + [row.applied_amount for row in form.costs]
    kept += [row.value for row in form.assets]
    for id_, amount, value, _ in typed:
        told = [each for each in sentences(found) if amount in each or kronor(int(amount) * 100) in each]
        assert int(amount) * 100 in kept or told, (id_, value)


@given(st.lists(st.tuples(st.sampled_from(sorted(forms().fields)), allowed), max_size=12), st.booleans())
def test_any_answers_to_real_fields_are_read(given_: list[tuple[str, Any]], together: bool) -> None:
    assert (
        read("mitt-helsingborg-v1", case(*(answer(*each) for each in given_), together=together)) is not None
    )


@given(st.data())
def test_the_schema_refuses_nothing_that_the_model_takes(data: st.DataObject) -> None:
    tree: dict[str, Any] = {
        "schema": "arende/1",
        "municipality": "9999",
        "received_at": "2026-11-20T08:00:00Z",
        "application": copy.deepcopy(EXAMPLE["ansokan/1"]["application"]),
        "people": copy.deepcopy(EXAMPLE["ansokan/1"]["people"]),
        "history": [{"month": "2026-10", "outcome": "BIFALL", "amount": 5, "incomes": {"SALARY": "5.50"}}],
    }
    path = data.draw(st.sampled_from([path for path in spots(tree) if path]))
    at(tree, path[:-1])[path[-1]] = data.draw(leaf | values)
    with contextlib.suppress(ValidationError, InputError):
        content = read_json(json.dumps(tree).encode())
        CaseFile.model_validate(content)
        assert fits(content, SCHEMA)
