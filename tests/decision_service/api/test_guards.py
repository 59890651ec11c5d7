"""Who gets in: tokens, municipalities, roles and purposes, and routes that nobody guards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends

from decision_service.access.roles import Role
from decision_service.access.tokens import Tokens
from decision_service.api.callers import Caller, require
from decision_service.installation.issuer import Algorithm
from decision_service.reading.strict_json import InputError
from tests.world.installation import HANDLED, HANDLES, INSTALLATION, installed
from tests.world.issuers import claims, clock, issuer, key_server, new_key, public, signed
from tests.world.people import NOVEMBER, application
from tests.world.service import APPLICATIONS, Whole, changed, problem


def test_without_a_good_token_nothing_is_told(client: httpx.Client) -> None:
    answers = [
        client.get(f"{APPLICATIONS}/1"),
        client.get("/v1/0000/applications/1"),
        client.get(f"{APPLICATIONS}/1", headers={"Authorization": "Bearer a.b.c"}),
        client.get(f"{APPLICATIONS}/1", headers={"Authorization": "Basic YTpi"}),
    ]
    for answer in answers:
        problem(answer, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_two_tokens_are_none(one: Whole) -> None:
    header = one.eservice().headers()["Authorization"]
    answer = one.http.get(APPLICATIONS, headers=[("Authorization", header), ("Authorization", header)])
    problem(answer, "unauthenticated")


def test_another_municipality_and_one_that_is_not_there_look_the_same(one: Whole) -> None:
    user, seen = one.user(*Role), []
    for tenant in (HANDLES, HANDLED, "0180", "abcd", "99999", "９９９９"):
        found = problem(user.elsewhere(tenant).get("/applications"), "not-found")
        seen.append({name: value for name, value in found.items() if name != "instance"})
    assert all(each == seen[0] for each in seen)


def test_only_handlaggare_and_their_manager_work_in_the_municipality_that_they_handle(one: Whole) -> None:
    everybody = one.user(*Role, tenant=HANDLES, purpose="handlaggning").elsewhere(HANDLED)
    assert everybody.get("/tasks").status_code == 200
    problem(everybody.send(application(one.person(), NOVEMBER)), "forbidden")
    problem(one.user(*Role, tenant=HANDLED).elsewhere(HANDLES).get("/tasks"), "not-found")


def test_the_purposes_are_told_to_whoever_says_none(one: Whole) -> None:
    told = problem(one.handlaggare().reading_for("").get(f"/applications/{'0' * 32}"), "purpose-missing")
    assert "handlaggning" in told["purposes"]


def test_a_route_without_a_guard_stops_the_service_from_starting(one: Whole) -> None:
    router = APIRouter()

    @router.get("/open")
    def open_to_all() -> None: ...

    with pytest.raises(ValueError, match=r"\['GET'\] /open has no guard"), changed(one, routers=[router]):
        pass
    nested = APIRouter()
    nested.include_router(router)
    with pytest.raises(ValueError, match="guard cannot be seen"), changed(one, routers=[nested]):
        pass


def deeper(caller: Annotated[Caller, Depends(require(Role.CHEF))]) -> Caller:
    """What a route may depend on that itself depends on a guard."""
    return caller


def test_a_guard_deeper_down_counts(one: Whole) -> None:
    router = APIRouter()

    @router.get("/guarded")
    def guarded(caller: Annotated[Caller, Depends(deeper)]) -> None: ...

    with changed(one, routers=[router]) as client:
        problem(client.get("/v1/9999/guarded"), "unauthenticated")


def test_a_municipality_without_rules_stops_the_service_from_starting(one: Whole) -> None:
    other = installed(one.folder, INSTALLATION.replace('"9999"', '"0114"'))
    with pytest.raises(InputError, match="0114"), changed(one, installation=other):
        pass


@pytest.mark.slow
def test_keys_that_change_and_an_issuer_that_is_down(one: Whole) -> None:
    old, new = new_key(Algorithm.EDDSA), new_key(Algorithm.EDDSA)
    header = {"Authorization": f"Bearer {signed(old, claims())}"}
    with key_server() as server:

        @contextmanager
        def trusting() -> Iterator[httpx.Client]:
            one.swept()
            with changed(one, tokens=Tokens((issuer({"adress": server.url}),), clock)) as client:
                yield client

        server.keys = [public(old, "k1")]
        with trusting() as client:
            assert client.get(APPLICATIONS, headers=header).status_code == 200
            assert client.get("/readyz").json()["ready"] is True
        server.status = 500
        with trusting() as client:
            answer = client.get(APPLICATIONS, headers=header)
            problem(answer, "unavailable")
            assert answer.headers["retry-after"] == "30"
            (red,) = [each for each in client.get("/readyz").json()["checks"] if not each["ok"]]
            assert red["name"] == "utfärdare"
        server.status, server.keys = 200, [public(new, "k2")]
        with trusting() as client:
            problem(client.get(APPLICATIONS, headers=header), "unauthenticated")
            header = {"Authorization": f"Bearer {signed(new, claims(), kid='k2')}"}
            assert client.get(APPLICATIONS, headers=header).status_code == 200
