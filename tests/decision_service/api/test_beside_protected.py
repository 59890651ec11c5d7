"""Nothing that anybody can ask for is another for a protected person's case: not beside one of the same
household, sent before or after it, and not when it is decided, corrected or paid."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter
from typing import Any

import pytest
from sqlalchemy import text

from decision_service.access.roles import Role
from decision_service.log import journal, vouched
from decision_service.planning import protection
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow
from tests.decision_service.api.test_protected import anonymous, trusted
from tests.decision_service.web.test_walk import routes
from tests.world.cases import raw
from tests.world.client import User
from tests.world.description import operations
from tests.world.lived import dump
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Json, Whole
from tests.world.sweeps import share
from tests.world.visitors import Visitor, visitor

pytestmark = pytest.mark.slow

UNTRUSTED = (Role.HANDLAGGARE, Role.JURIST, Role.REVISOR, Role.POLICY, Role.ACTIVITY_SECRETARY, Role.ADMIN)
Outsiders = tuple[list[User], list[Visitor]]
GROWS = re.compile(r"/(log|metrics|healthz|readyz|witness|siffror|resultat)\b")
"""What counts entries of the log, says how all of the service is, or figures: those are of everybody, and
keep small counts as docs/decisions/0021-what-figures-may-tell.md says."""

UNMARK = text("UPDATE application SET protected = false WHERE id = :id")


def together(*people: tuple[int, str], protected: bool = False) -> Json:
    """An application of some people, each with a role; the first applies."""
    children = [f"p{place}" for place, (_, role) in enumerate(people, start=1) if role == "CHILD"]
    told = [{"partyId": each, "firstName": "Alva", "residenceExtent": "FULL_TIME"} for each in children]
    changes = {"children": told, "hasChildrenUnder21": True} if children else {}
    found = application(people[0][0], NOVEMBER, **changes, housingPersonCount=len(people))
    named = found["people"][0]
    found["people"] = [
        named | {"id": f"p{place}", "role": role, "personal_number": personal_number(person)}
        for place, (person, role) in enumerate(people, start=1)
    ]
    found["people"][0]["protected"] = protected
    return found


def of_lists(whole: Whole) -> list[str]:
    """Every address that can be read and that names no one thing."""
    paths = [each.path for each in operations(whole.description) if each.method == "get"]
    found = [each.replace("{kommunkod}", TENANT) for each in paths]
    return [each for each in found if "{" not in each and not GROWS.search(each)]


def of_cases(whole: Whole) -> list[str]:
    """Every address that can be read of a case, the case as ``{application}``."""
    found = [each.path for each in operations(whole.description) if each.method == "get"]
    paths = [each.removeprefix("/v1/{kommunkod}") for each in found if "{application}" in each]
    given = {"{number}": "1", "{rule}": "kostnad.hyra", "{document}": "0" * 32}
    return [re.sub(r"\{(?!application)\w+\}", lambda found: given[found[0]], each) for each in paths]


def pages(whole: Whole) -> list[str]:
    """Every page that names no one thing."""
    paths = [path for _, method, path in routes() if method == "GET"]
    found = [re.sub(r"\{(kommunkod|kommun|tenant|code)\}", TENANT, path) for path in paths]
    return [each for each in found if "{" not in each and not GROWS.search(each)]


def seen(whole: Whole, users: list[User], visitors: list[Visitor], *known: str) -> dict[str, str]:
    """Everything that some people can see: each list, each page, and all of the cases that they know. In
    ``make check`` each is seen by a share of the people."""
    found = {}
    asked = [each.removeprefix(f"/v1/{TENANT}") for each in of_lists(whole) if "/v1/" in each]
    asked += [path.replace("{application}", case) for case in known for path in of_cases(whole)]
    for user, path in share(itertools.product(users, asked), 6, itemgetter(1)):
        answer = user.get(path)
        # A reading is itself in the log, and a package holds the log's own proof and moment.
        if "/bundle" not in path and "/trail" not in path and "/proof" not in path:
            found[f"{user.roles[0]} {path}"] = f"{answer.status_code} {anonymous(answer.text)}"
    for (at, each), path in share(itertools.product(enumerate(visitors), pages(whole)), 6, itemgetter(1)):
        answer = each.get(path)
        found[f"{at} {path}"] = f"{answer.status_code} {bare(answer)}"
    return found


def bare(answer: Any) -> str:
    """A page without what is new in each."""
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        return "pdf"
    return re.sub(r'(csrf" value|nonce)="[^"]*"', "", anonymous(answer.text))


@pytest.fixture
def outsiders(whole: Whole) -> Outsiders:
    users = [whole.user(role, purpose="handlaggning") for role in UNTRUSTED]
    return users, [visitor(whole, role) for role in UNTRUSTED]


@pytest.mark.slow
def test_nobody_outside_sees_that_there_is_one(whole: Whole, outsiders: Outsiders) -> None:
    sender = whole.eservice()
    plain = sender.apply(application(whole.known(), NOVEMBER))
    other = sender.apply(application(whole.person(), NOVEMBER))
    assert trusted(whole).take(other).decide(other).status_code == 200  # whoever works there is no secret
    mother, father, friend = (whole.person() for _ in range(3))
    child = 140_000 + whole.person()
    before = seen(whole, *outsiders, plain)
    cases = list(household(whole, sender, mother, father, child, friend))
    after = seen(whole, *outsiders, plain)
    assert {path: text for path, text in after.items() if before[path] != text} == {}
    for case in cases:
        for user in outsiders[0]:
            for path in of_cases(whole):
                assert user.get(path.replace("{application}", case)).status_code in (403, 404), path
        worker = whole.handlaggare()
        etag = trusted(whole).get(f"/applications/{case}").headers["etag"]
        said = {"assessment": 1, "agrees": True, "reason": "x"}
        for step in ("claim", "decision", "approval", "hand-back", "questions", "notes", "answers"):
            assert worker.post(f"/tasks/{case}/{step}", said, if_match=etag).status_code in (404, 422), step
        refused = worker.post(f"/tasks/{case}/claim", None, if_match=etag)
        never = worker.post(f"/tasks/{'0' * 32}/claim", None, if_match=etag)
        assert anonymous(refused.text, case) == anonymous(never.text, "0" * 32)


def household(whole: Whole, sender: User, *people: int) -> Iterator[str]:
    """Cases with somebody in common with a protected one, sent before it, after it, by way of another."""
    mother, father, child, friend = people
    yield sender.apply(together((father, "APPLICANT"), (child, "CHILD")))
    protected = sender.apply(together((mother, "APPLICANT"), (child, "CHILD"), protected=True))
    assert trusted(whole).take(protected).decide(protected).status_code == 200
    whole.settle()
    yield protected
    yield sender.apply(together((mother, "APPLICANT")))
    yield sender.apply(together((friend, "APPLICANT"), (father, "CO_APPLICANT")))
    yield sender.apply(together((friend, "APPLICANT")))


def test_whoever_may_see_them_is_told_what_is_held_against_a_case(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    first = sender.apply(together((person, "APPLICANT"), protected=True))
    assert trusted(whole).take(first).decide(first).status_code == 200
    second = sender.apply(together((person, "APPLICANT")))
    refused = trusted(whole).take(second).decide(second)
    assert refused.status_code == 409
    assert first in refused.text


def test_one_that_only_a_register_knows_to_be_protected_is_hidden(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    answered = raw("ensam-bifall")["registers"]["csn"]
    whole.registers(person, csn=answered | {"Personer": {"Person": {"Status": "", "sekretess": "S"}}})
    found = sender.apply(application(person, NOVEMBER))
    assert whole.handlaggare().get(f"/applications/{found}").status_code == 404
    assert trusted(whole).get(f"/tasks/{found}").json()["protected"] is True


def test_the_mark_cannot_be_taken_away_in_the_database(whole: Whole) -> None:
    sender = whole.eservice()
    found = sender.apply(together((whole.person(), "APPLICANT"), protected=True))
    with transaction(whole.service.office.engine) as session:
        session.connection().execute(UNMARK, {"id": found})
    answer = whole.handlaggare().get(f"/applications/{found}")
    assert answer.status_code == 500
    assert "not-as-logged" in answer.text


def test_who_is_hidden_does_not_depend_on_the_order(whole: Whole) -> None:
    """The rule itself, over a chain of people: all of it, or none."""
    sender = whole.eservice()
    people = [whole.person() for _ in range(4)]
    chained = [
        sender.apply(together((one, "APPLICANT"), (other, "CO_APPLICANT"))) for one, other in pairwise(people)
    ]
    apart = sender.apply(together((whole.person(), "APPLICANT")))
    with transaction(whole.service.office.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, chained[-1]))
        row.protected = True
        office = whole.service.office
        protection.spread(office, session, row)
        vouched.append(office.log, session, TENANT, [journal.vouched(row.id, office.clock())])
    with transaction(whole.service.office.engine) as session:
        hidden = [session.get_one(ApplicationRow, (TENANT, each)).protected for each in (*chained, apart)]
    assert hidden == [True, True, True, False]


def test_nothing_in_the_clear_says_why_a_case_is_hidden(whole: Whole) -> None:
    """Beside the mark itself, which the database needs: no rule, code or leaf."""
    signs = re.compile(r"SKYDDADE_UPPGIFTER|uppgifter\.skyddade\W+(provision|state)|uppgifter\.skyddade ")
    sender = whole.eservice()
    found = sender.apply(together((whole.person(), "APPLICANT"), protected=True))
    asked = trusted(whole).get(f"/tasks/{found}").json()["questions"]
    (ours,) = [each for each in asked if each["code"] == "SKYDDADE_UPPGIFTER"]
    worker = trusted(whole).take(found)
    given = {"answers": [{"question": ours["id"], "value": True, "reason": "Handläggs av gruppen."}]}
    assert worker.act("answers", found, given).status_code == 200
    whole.settle()
    raised = worker.get(f"/tasks/{found}").json()["raised"]
    assert ("SKYDDADE_UPPGIFTER", "besvarad") in [(each["code"], each["state"]) for each in raised]
    assert worker.decide(found).status_code == 200
    whole.settle()
    kept = dump(whole.service.office.engine, without="release_file")  # the rules themselves say it
    assert not signs.search(kept), signs.search(kept)
    assert "SKYDDADE_UPPGIFTER" not in whole.http.get("/metrics").text
