"""The description of the API is what integrators build on: whole, with real examples, and as committed."""

from __future__ import annotations

import re

import pytest

from decision_service.access.roles import Role
from decision_service.api.examples import recorded
from decision_service.api.problems import MEDIA_TYPE
from decision_service.api.routes.population import PARQUET
from tests.decision_service.api.record import DESCRIPTION, as_text
from tests.decision_service.api.test_tenants import NOTHING, tried
from tests.world.cases import ROOT
from tests.world.description import operations
from tests.world.people import TENANT
from tests.world.service import Whole

WITHOUT_EXAMPLE = {PARQUET, "application/zip", "application/pdf", "text/html", MEDIA_TYPE}


def test_the_committed_description_is_the_one_there_is(one: Whole) -> None:
    assert DESCRIPTION.read_text("utf-8") == as_text(one.description), (
        "The API has changed. Write docs/openapi.json anew, and look at what differs:\n"
        "  .venv/bin/python -m tests.decision_service.api.record --describe\n"
        "Without --describe the examples are recorded anew too."
    )


def test_every_operation_says_what_it_does_and_answers(one: Whole) -> None:
    names = set()
    for operation in operations(one.description):
        described = operation.described
        assert described["summary"], operation.name
        assert described["tags"], operation.name
        names.add(described["operationId"])
        good = {status: each for status, each in described["responses"].items() if status < "300"}
        assert good, operation.name
        for status, each in good.items():
            assert each["description"] not in ("", "Successful Response"), operation.name
            if status != "204":
                assert each.get("content"), f"{operation.name} {status} has no form"
            for kind, content in each.get("content", {}).items():
                schema = content.get("schema", {})
                assert kind != "application/json" or schema, f"{operation.name} {status}"
        for name in re.findall(r"\{(\w+)\}", operation.path):
            (parameter,) = [each for each in described["parameters"] if each["name"] == name]
            assert parameter["description"], f"{operation.name} {name}"
    assert len(names) == len(list(operations(one.description)))


def test_names_are_short_and_say_what_is_done_to_what(one: Whole) -> None:
    """A generated client calls its methods and types so: no address, no module, no participle in them."""
    for operation in operations(one.description):
        verb, _, thing = operation.described["operationId"].partition("_")
        assert re.fullmatch(r"[a-z]+(?<!ed)", verb), operation.described["operationId"]
        assert re.fullmatch(r"(?!v1)[a-z_]{2,30}(?<!_)", thing), operation.described["operationId"]
    assert [name for name in one.description["components"]["schemas"] if "__" in name] == []


def test_every_whole_number_of_an_address_fits_where_it_is_looked_up(one: Whole) -> None:
    """A number that no column holds is no fault of the server's: 2 ** 63 in an address was one."""
    unbounded = []
    for operation in operations(one.description):
        for each in operation.described.get("parameters", []):
            for schema in (each["schema"], *each["schema"].get("anyOf", [])):
                if schema.get("type") == "integer" and schema.get("maximum", 2**63) >= 2**31:
                    unbounded.append(f"{operation.name} {each['name']}")
    assert unbounded == []


def test_every_good_answer_has_a_real_example(one: Whole) -> None:
    missing = [
        f"{operation.name} {status} {kind}"
        for operation in operations(one.description)
        for status, answer in operation.described["responses"].items()
        if status < "300"
        for kind, content in answer.get("content", {}).items()
        if "example" not in content and kind not in WITHOUT_EXAMPLE
    ]
    assert missing == []
    known = {operation.name for operation in operations(one.description)}
    assert set(recorded()) <= known


def test_every_example_has_the_form_that_is_described(one: Whole) -> None:
    tried_examples = 0
    for operation in operations(one.description):
        described = operation.described
        answers = [each.get("content", {}) for each in described["responses"].values()]
        for contents in (*answers, described.get("requestBody", {}).get("content", {})):
            for kind, content in contents.items():
                found = [each["value"] for each in content.get("examples", {}).values()]
                found += [content["example"]] if "example" in content else []
                for example in found:
                    if "json" in kind:
                        assert one.form.errors(content["schema"], example) == [], operation.name
                        tried_examples += 1
    assert tried_examples > 40


@pytest.mark.parametrize(
    "path", ["/activity", "/activity/sessions", "/history", "/applications", "/webhooks"]
)
def test_every_body_that_is_shown_is_taken(one: Whole, path: str) -> None:
    for operation in operations(one.description):
        if operation.path == f"/v1/{{kommunkod}}{path}" and operation.method in ("post", "put"):
            user = one.user(*Role, purpose="handlaggning")
            answer = tried(user, operation, TENANT, NOTHING)
            assert answer.status_code in (200, 201, 202, 412, 428), answer.text


def test_no_example_has_a_real_person_or_secret() -> None:
    text = DESCRIPTION.read_text("utf-8") + (ROOT / "decision_service/api/examples.json").read_text("utf-8")
    serials = re.findall(r'"(?:19|20)\d{6}(\d{3})\d"', text)
    assert serials, "The examples have people."
    assert all(int(serial) >= 980 for serial in serials), "From 980 up nobody is given a number at birth."
    assert "eyJ" not in text


def test_no_two_schemas_have_names_that_differ_in_capitals_alone(one: Whole) -> None:
    names = [name.casefold() for name in one.description["components"]["schemas"]]
    assert len(names) == len(set(names))


def test_the_service_gives_the_description_itself(one: Whole) -> None:
    assert one.http.get("/openapi.json").json() == one.description
