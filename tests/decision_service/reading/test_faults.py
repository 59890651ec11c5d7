"""Faults are data: every way an input can be wrong has a code, a place and a sentence in two languages."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import core_schema

from decision_service.api.bodies import inlined
from decision_service.api.routes import lawmaking, motprestation, tasks, webhooks
from decision_service.application.adapters.canonical import ApplicationDocument
from decision_service.application.case_file import CaseFile
from decision_service.decision.estimate import EstimateRequest
from decision_service.reading.faults import validated
from decision_service.reading.sentences import FILE, line, say, sentences
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationState
from norms import validation
from norms.fault import Fault, FaultKind, MisfitError, fault
from norms.finding import FindingsError
from norms.sentences import FILE as SHAPES
from norms.sentences import Sentences, shapes
from tests.world.sweeps import swept

ROOT = Path(__file__).parents[3]
MODELS: list[type[BaseModel]] = [
    CaseFile,
    ApplicationDocument,
    EstimateRequest,
    webhooks.WebhookWanted,
    *(lawmaking.Begin, lawmaking.TriedFile, lawmaking.Approve, lawmaking.Publish),
    *(tasks.PersonsDecision, tasks.Approval, tasks.HandBack, tasks.Questions),
    *(
        motprestation.ByPersonalNumber,
        motprestation.ActivityReport,
        motprestation.Attendance,
        motprestation.History,
    ),
]
WRONG: list[Any] = [
    *(None, True, 0, -1, 10**9, 10**20, Decimal("1.5"), Decimal("1E+30"), Decimal("NaN")),
    *("", "x", "x" * 5000, "10.000", "5 000", "5,5", "-5", "2026-13", "2026-02-30", "2026-11-20T08:12:00"),
    *("http://a.example.se", "https://a:b@c", "http://[::1", "199002301234"),
    *([], ["x"] * 2000, [{}], {}, {"okänt": 1}, {"amount": 1, "wher": 1}),
]
"""Values of every kind: somewhere each of them is wrong."""


def placed(schema: dict[str, Any], value: Any) -> Iterator[Any]:
    """Inputs that hold a value at one place of a form, for every place that the form has."""
    yield value
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from placed(inner, value)
    for name, inner in schema.get("properties", {}).items():
        yield from ({name: each} for each in placed(inner, value))
    if isinstance(items := schema.get("items"), dict):
        yield from ([each] for each in placed(items, value))
    if isinstance(inner := schema.get("additionalProperties"), dict):
        for name in ("RENT", "x", "inget id!"):
            yield from ({name: each} for each in placed(inner, value))


def found_at(data: Any, path: tuple[str | int, ...]) -> bool:
    """Whether an input has a place."""
    for part in path:
        held = part in data if isinstance(data, dict) else isinstance(part, int) and part < len(data)
        if not held:
            return False
        data = data[part]
    return True


def known(model: type[BaseModel], data: Any, misspelt: Fault) -> bool:
    """Whether the name that was most likely meant is one that may stand there."""
    renamed = copy.deepcopy(data)
    *place, name = misspelt.path
    part = reduce(lambda held, each: held[each], place, renamed)
    near = str(misspelt.values["near"])
    part[near] = part.pop(name)
    try:
        validated(model, renamed)
    except InputError as error:
        unknown = ("misspelt_field", "unknown_field")
        return not any(each.path == (*place, near) and each.code in unknown for each in error.faults)
    return True


@pytest.mark.slow
@swept("model", MODELS, ids=lambda model: model.__name__)
def test_every_wrong_value_at_every_place_is_told_there_in_both_languages(model: type[BaseModel]) -> None:
    schema = inlined(model.model_json_schema())
    told = 0
    for value in WRONG:
        for data in placed(schema, value):
            try:
                validated(model, data)
            except InputError as error:
                for each in error.faults:
                    told += 1
                    assert each.code not in ("unreadable", "refused"), (each, data)
                    swedish, english = say(each), say(each, "en")
                    assert swedish != english, each
                    assert swedish.endswith((".", "?")), swedish
                    assert len(swedish) < 1500, swedish
                    assert not re.search(r"<\w+\.\w+", swedish), swedish
                    assert found_at(data, each.path if each.code != "missing" else each.path[:-1]), each
                    assert each.pointer.count("/") == len(each.path)
                    if each.code == "misspelt_field":
                        assert known(model, data, each), each
    assert told > 20


def test_every_kind_of_error_in_the_table_is_one_of_pydantics_and_has_its_sentence() -> None:
    kinds = {"path_type", *get_args(core_schema.ErrorType)}
    assert validation.CODES.keys() <= kinds
    assert set(validation.CODES.values()) <= sentences().placeholders.keys()


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Every call of ``fault`` in the product: where, the code, and the names of its values where seen."""
    for wing in ("norms", "rules", "decision_service"):
        for path in (ROOT / wing).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                    continue
                if isinstance(node.func, ast.Name) and node.func.id == "fault" and node.args:
                    names = {each.arg for each in node.keywords}
                    known = None if None in names else {each for each in names if each is not None}
                    for code in ast.walk(node.args[0]):
                        if isinstance(code, ast.Constant):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", str(code.value), known


def test_every_fault_that_is_raised_has_a_sentence_and_the_values_that_it_names() -> None:
    placeholders = sentences().placeholders
    for where, code, names in calls():
        assert code in placeholders, f"{where}: {code}"
        assert names is None or names == placeholders[code], f"{where}: {code}"


def test_no_sentence_is_there_for_nothing() -> None:
    source = "".join(
        path.read_text("utf-8")
        for wing in ("norms", "rules", "decision_service")
        for path in (ROOT / wing).rglob("*.py")
    )
    said = set(re.findall(r'"([a-z_0-9]+)"', source))
    assert sentences().placeholders.keys() <= said


def test_the_sentences_of_norms_know_nothing_of_the_service() -> None:
    assert shapes().placeholders.items() <= sentences().placeholders.items()
    assert "person_twice" not in shapes().placeholders


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("faults:\n  ny: {sv: Hej.}\n", "faults.ny.en: missing"),
        ("faults:\n  ny: {sv: '{a} är.', en: '{b} is.'}\n", "Svenskan och engelskan har inte samma namn"),
        ("faults:\n  ny: {sv: '{a b}', en: '{a b}'}\n", "”a b” är inget namn."),
        ("faults:\n  missing: {sv: Hej., en: Hello.}\n", "Koden finns redan"),
    ],
)
def test_a_file_of_sentences_that_is_not_whole_is_refused_with_its_line(
    text: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(FindingsError) as raised:
        Sentences.read(path, shapes())
    assert told in str(raised.value)
    assert str(raised.value).startswith("faults.yaml:2: ")


def test_a_fault_is_seen_from_further_out_and_survives_the_way_between_processes() -> None:
    one = fault("too_large", "amount", found=5, limit=4).below("costs", 0)
    assert one == Fault(("costs", 0, "amount"), "too_large", {"found": 5, "limit": 4})
    assert pickle.loads(pickle.dumps(one)) == one
    assert (one.pointer, one.where, str(one)) == (
        "/costs/0/amount",
        "costs[0].amount",
        "costs[0].amount: too_large",
    )
    assert line(one) == "costs[0].amount: 5 är för stort. Högst 4."
    assert line(fault("not_list", found=FaultKind.OBJECT), "en") == "An object is not a list."


def test_what_the_log_is_told_of_a_fault_has_no_value_in_it() -> None:
    one = fault("id_twice", "people", 1, found="198002099805")
    assert str(one) == "people[1]: id_twice"
    assert "1980" not in str(MisfitError(one))


def test_a_place_that_only_pydantic_knows_is_not_told() -> None:
    """A branch of a union, or the validator of a key, is no place in the input."""

    class Form(BaseModel):
        number: int | list[int]
        each: dict[int, int]

    with pytest.raises(ValidationError) as raised:
        Form.model_validate({"number": "x", "each": {"y": 1}})
    data = {"number": "x", "each": {"y": 1}}
    found = validation.faults_of(Form, raised.value.errors(), data)
    assert {each.path for each in found} == {("number",), ("each", "y")}


def test_a_list_is_not_told_as_too_short_for_what_is_wrong_in_it() -> None:
    class Row(BaseModel):
        hours: int = Field(le=12)

    class Form(BaseModel):
        rows: tuple[Row, ...] = Field(min_length=1)
        names: frozenset[str] = Field(min_length=2)

    told = {}
    for rows in ([], [{"hours": 25}], [{"hours": 1}, {}]):
        data = {"rows": rows, "names": ["a", "a"]}
        with pytest.raises(ValidationError) as raised:
            Form.model_validate(data)
        told[len(rows)] = {
            each.pointer: each.code for each in validation.faults_of(Form, raised.value.errors(), data)
        }
    assert told == {
        0: {"/rows": "too_few", "/names": "too_few"},
        1: {"/rows/0/hours": "too_large", "/names": "too_few"},
        2: {"/rows/1/hours": "missing", "/names": "too_few"},
    }


def test_both_files_are_sorted_into_codes_that_other_programs_can_keep() -> None:
    for path in (SHAPES, FILE):
        faults = path.read_text("utf-8").partition("\nfaults:\n")[2]
        codes = re.findall(r"^  ([^\s:#]+):", faults, re.MULTILINE)
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes)
        assert len(set(codes)) == len(codes)


def test_no_validator_of_a_rule_file_makes_a_sentence() -> None:
    """What is wrong with the form of a rule file is a fault with a code; ``refused`` says what others say."""
    for file in ("rules/laws.py", "rules/rulefile.py", "rules/language/vocabulary.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                raised = [each for each in ast.walk(node) if isinstance(each, ast.Raise)]
                assert not any("ValueError(" in ast.unparse(each) for each in raised), (file, node.name)


@pytest.mark.parametrize("state", ApplicationState)
def test_how_an_application_stands_is_said_in_words(state: ApplicationState) -> None:
    """A code without å and with an underscore is for programs."""
    for language in ("sv", "en"):
        said = [
            say(fault(code, state=state), language)
            for code, names in sentences().placeholders.items()
            if names == {"state"} and not code.startswith("draft")
        ]
        assert len(said) >= 6
        assert not [each for each in said if "_" in each or "aterkallad" in each]
