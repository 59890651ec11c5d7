"""What anybody may read and try: rules, releases, amounts and trial calculations."""

from __future__ import annotations

import hashlib
import re

import httpx
import pytest

from tests.world.service import Whole, changed, problem


def test_a_trial_calculation_is_that_of_the_command_line(client: httpx.Client) -> None:
    asked = {"month": "2026-11", "adults": 1, "costs": [{"type": "RENT", "amount": 5400}]}
    answer = client.post("/v1/9999/estimates", json=asked)
    assert answer.status_code == 200
    found = answer.json()
    assert found == client.post("/v1/9999/estimates", json=asked | {"municipality": None}).json()
    assert (found["municipality"], found["costs"]) == ("9999", 540_000)
    assert found["result"] == found["income"] - found["norm"] - found["costs"] - found["other_costs"]


def test_every_fault_of_a_trial_calculation_is_told_at_its_place(client: httpx.Client) -> None:
    asked = {"month": "2026-13", "adults": 0, "costs": [{"type": "HYRA", "amount": "x"}]}
    found = problem(client.post("/v1/9999/estimates", json=asked), "invalid")
    pointers = [fault["pointer"] for fault in found["errors"]]
    assert sorted(pointers) == ["/adults", "/costs/0/amount", "/costs/0/type", "/month"]
    other = client.post("/v1/9999/estimates", json={"month": "2026-11", "adults": 1, "municipality": "1287"})
    assert problem(other, "invalid")["errors"][0]["pointer"] == "/municipality"
    problem(client.post("/v1/0180/estimates", json={}), "not-found")


def test_trial_calculations_have_a_rate_of_their_own(one: Whole) -> None:
    with changed(one, settings={"rate_of_estimates": 1}) as client:
        answers = [
            client.post("/v1/9999/estimates", json={"month": "2026-11", "adults": 1}) for _ in range(10)
        ]
        assert answers[0].status_code == 200
        problem(answers[-1], "too-many-requests")
        assert client.get("/v1/9999/releases").status_code == 200


def test_the_register_of_rules_shows_national_rules_and_ones_own(client: httpx.Client) -> None:
    own = client.get("/v1/1263/rules").json()["items"]
    assert {each["municipality"] for each in own} == {None, "1263"}
    assert {each["municipality"] for each in client.get("/v1/9999/rules").json()["items"]} == {None}
    month = client.get("/v1/9999/rules?month=2026-11").json()["items"]
    assert 0 < len(month) < len(own)
    assert problem(client.get("/v1/9999/rules?month=2026-13"), "invalid")["errors"][0]["parameter"] == "month"


@pytest.mark.slow
def test_every_rule_in_the_register_can_be_read(client: httpx.Client) -> None:
    listed = client.get("/v1/1263/rules").json()
    for name in {each["id"] for each in listed["items"]}:
        found = client.get(f"/v1/1263/rules/{name}").json()
        assert found["release"] == listed["release"]
        for each in found["versions"]:
            assert each["condition"]
            assert each["law"]
            # What lies outside a rule's range is a rule of its own, written in the first one's text; what a
            # group says once for its rules stands above them.
            written = re.findall(r"^ +(?:- )?id: (\S+)$", each["source"], re.MULTILINE)
            assert any(name == one or name.startswith(f"{one}.") for one in written), name


def test_a_rule_of_another_municipality_is_not_here(client: httpx.Client) -> None:
    items = client.get("/v1/1263/rules").json()["items"]
    own = next(each["id"] for each in items if each["municipality"] == "1263")
    national = {each["id"] for each in client.get("/v1/9999/rules").json()["items"]}
    if own not in national:
        problem(client.get(f"/v1/9999/rules/{own}"), "not-found")
    problem(client.get("/v1/9999/rules/finns.inte"), "not-found")


def test_releases_have_fingerprints_that_give_their_id(client: httpx.Client) -> None:
    (release,) = client.get("/v1/9999/releases").json()["items"]
    found = client.get(f"/v1/9999/releases/{release['id']}").json()
    assert release["files"] == len(found["files"])
    lines = sorted(f"{file['name']}\t{file['sha256']}\n" for file in found["files"])
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == release["id"]
    problem(client.get("/v1/9999/releases/" + "0" * 64), "not-found")


def test_amounts_of_a_month_and_a_month_without(client: httpx.Client) -> None:
    found = client.get("/v1/9999/norms?month=2026-11").json()
    assert (found["month"], found["municipality"]) == ("2026-11", "9999")
    assert client.get("/v1/9999/norms").json()["month"] == "2026-10"
    none = problem(client.get("/v1/9999/norms?month=2030-01"), "not-found")
    assert none["detail"].startswith("Det finns ingen riksnorm för 2030-01.")


@pytest.mark.parametrize("path", ["rules", "rules/riksnorm.gemensam", "norms?month=2026-11", "releases"])
def test_who_has_the_newest_already_is_told_so(client: httpx.Client, path: str) -> None:
    first = client.get(f"/v1/9999/{path}")
    again = client.get(f"/v1/9999/{path}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/v1/9999/{path}", headers={"If-None-Match": '"annan"'}).status_code == 200
