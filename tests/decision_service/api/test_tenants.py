"""Nobody reaches into another municipality, no e-service into another's, and each role does its own.

The endpoints come from the API's own description, so a new one is tried the day it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from decision_service.access.roles import Role
from tests.decision_service.api.test_planning import in_group, offered
from tests.decision_service.api.test_webhooks import subscribed
from tests.world.client import User
from tests.world.description import Operation, operations
from tests.world.drafting import begun
from tests.world.installation import FOUR_EYES, HANDLED, HANDLES
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number
from tests.world.service import Json, Whole, decided_by_machine, with_a_person
from tests.world.sweeps import rest_slow

NOBODY = "0" * 32
NOTHING = {
    "application": NOBODY,
    "webhook": NOBODY,
    "key": f"{NOBODY}.receipt.1",
    "participant": f"person-{NOBODY}",
    "activity": NOBODY,
    "run": NOBODY,
    "draft": NOBODY,
    "protection": NOBODY,
}
OWN = tuple(f"{{{name}}}" for name in NOTHING)
"""What in a path belongs to one municipality."""
E, H, J, R, C, A, S, P, B = (
    Role.ESERVICE,
    Role.HANDLAGGARE,
    Role.JURIST,
    Role.REVISOR,
    Role.CHEF,
    Role.ADMIN,
    Role.ACTIVITY_SECRETARY,
    Role.POLICY,
    Role.PUBLICIST,
)
DRAFTS = {P, B, J, R}
DRAFT = "/drafts/{draft}"
APPLICATION = "/applications/{application}"
TASK = "/tasks/{application}"
PARTICIPANT = "/participants/{participant}"
GROUP = "/offered-activities/{activity}/days/{day}"
MAY: dict[str, set[Role]] = {
    "POST /applications": {E},
    "GET /applications": {E, H, C, J, R},
    f"GET {APPLICATION}": {E, H, C, J, R},
    f"POST {APPLICATION}/completions": {E},
    f"POST {APPLICATION}/withdrawal": {E},
    f"POST {APPLICATION}/documents": {E},
    f"GET {APPLICATION}/documents": {E, H, C, J, R},
    f"GET {APPLICATION}/documents/{{document}}": {E, H, C, J, R},
    "GET /overdue": {C},
    f"GET {APPLICATION}/decision": {E, H, C, J, R},
    f"GET {APPLICATION}/assessments": {H, C, J, R},
    f"GET {APPLICATION}/assessments/{{number}}": {H, C, J, R},
    f"GET {APPLICATION}/letter": {E, H, C, J, R},
    f"GET {APPLICATION}/proof": {E, H, C, J, R},
    f"GET {APPLICATION}/explanation": {H, C, J, R},
    f"GET {APPLICATION}/explanation/{{rule}}": {H, C, J, R},
    f"GET {APPLICATION}/changes": {H, C, J, R},
    f"GET {APPLICATION}/trail": {H, C, J, R},
    f"GET {APPLICATION}/bundle": {C, J, R},
    "GET /tasks": {H, C},
    f"GET {TASK}": {H, C},
    f"POST {TASK}/claim": {H},
    f"POST {TASK}/decision": {H},
    f"POST {TASK}/notes": {H},
    f"GET {TASK}/answers": {H, J, R},
    f"POST {TASK}/answers": {H},
    f"POST {TASK}/answers/{{given}}/withdrawal": {H},
    f"POST {APPLICATION}/statement": {E},
    f"GET {APPLICATION}/corrections": {H, C, J, R},
    f"POST {APPLICATION}/corrections": {H},
    f"POST {APPLICATION}/corrections/approval": {H},
    "GET /corrections": {H, C},
    f"POST {APPLICATION}/claims/{{number}}": {H},
    f"POST {APPLICATION}/claims/{{number}}/lowering": {H},
    f"POST {APPLICATION}/claims/{{number}}/approval": {H},
    f"POST {APPLICATION}/appeals": {H},
    f"POST {APPLICATION}/causes": {H},
    f"POST {APPLICATION}/appeals/{{number}}": {H},
    f"POST {TASK}/approval": {H},
    f"POST {TASK}/hand-back": {H, C},
    f"POST {TASK}/questions": {H},
    f"GET {TASK}/questions": {H, J, R},
    f"POST {TASK}/communication": {H},
    f"POST {TASK}/additions": {H},
    f"POST {TASK}/write-off": {H},
    f"POST {TASK}/reopening": {H},
    "POST /activity/query": {H, E},
    "PUT /activity": {H, E},
    "POST /activity/sessions": {H, E},
    "POST /history": {A},
    "GET /history": {A, C},
    "GET /history/{proposal}": {A, C},
    "POST /history/{proposal}/approval": {A, C},
    "POST /participants": {S},
    "GET /participants": {S, H, C},
    "POST /participants/query": {S, H, C},
    f"GET {PARTICIPANT}": {S, H, C},
    f"POST {PARTICIPANT}/steps": {S},
    f"GET {PARTICIPANT}/occasions": {S, H, C},
    f"POST {PARTICIPANT}/letter": {S},
    f"POST {PARTICIPANT}/attendance": {S},
    "GET /offered-activities": {S, H, C},
    "POST /offered-activities": {S},
    "POST /offered-activities/{activity}/end": {S},
    f"GET {GROUP}": {S, H, C},
    f"POST {GROUP}/attendance": {S},
    f"POST {GROUP}/closure": {S},
    "POST /check-ins": {E},
    "GET /planning-files/plans": {S},
    "POST /planning-files/plans": {S},
    "GET /planning-files/attendance": {S},
    "POST /planning-files/attendance": {S},
    "GET /protections": {H, S, C},
    "GET /protections/{protection}": {H, S, C},
    "POST /protections/{protection}/answer": {H, S, C},
    "POST /protections/{protection}/approval": {H, S, C},
    "POST /personal-data/query": {C, J},
    "POST /drafts": {P},
    "GET /drafts": DRAFTS,
    f"GET {DRAFT}": DRAFTS,
    f"POST {DRAFT}/steps": {P},
    f"GET {DRAFT}/file": DRAFTS,
    f"POST {DRAFT}/check": {P},
    f"GET {DRAFT}/folder": DRAFTS,
    f"POST {DRAFT}/folder": {P},
    f"GET {DRAFT}/difference": DRAFTS,
    f"POST {DRAFT}/approval": {B},
    f"POST {DRAFT}/publication": {B},
    "GET /publications": DRAFTS,
    "GET /payment-dates/{month}": set(Role),
    "POST /webhooks": {E, A},
    "GET /webhooks": {E, A},
    "DELETE /webhooks/{webhook}": {E, A},
    "POST /webhooks/{webhook}/resumption": {E, A},
    "GET /undelivered": {C, A},
    "POST /undelivered/{key}/retry": {C, A},
    "POST /impacts": {J, P},
    "POST /populations": {C, J, R, P, B},
    "POST /populations/file": {C, J, R, P, B},
    "GET /populations/households": {C, J, R, P, B},
    "GET /impacts": {C, J, R, P},
    "GET /impacts/{run}": {C, J, R, P},
    "GET /impacts/{run}/cases": {C, J, R},
    "POST /impacts/{run}/stop": {J, P},
    "POST /impacts/{run}/tasks": {J},
    "GET /owed": {H, C},
    "POST /owed/{application}/stays": {H},
}
"""Who may do what."""


def short(operation: Operation) -> str:
    return operation.name.replace("/v1/{kommunkod}", "")


def guarded(whole: Whole) -> Iterator[Operation]:
    """Every operation of a municipality that needs a token."""
    for operation in operations(whole.description):
        if operation.guarded:
            yield operation


def tried(user: User, operation: Operation, tenant: str, ids: dict[str, str]) -> httpx.Response:
    """The operation with these ids, and everything else as its own example says."""
    values = {
        "rule": "riksnorm.gemensam",
        "month": "2026-11",
        "number": "1",
        "document": NOBODY,
        "given": NOBODY,
        "day": "2026-10-27",
        "participant": f"person-{NOBODY}",
        "activity": NOBODY,
        "run": NOBODY,
        "draft": NOBODY,
        "proposal": NOBODY,
        "protection": NOBODY,
    } | ids
    path = operation.path.replace("/v1/{kommunkod}", "")
    path = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)
    content = operation.described.get("requestBody", {}).get("content", {})
    kind, body = next(iter(content.items()), (None, None))
    more = {"if_match": '"v1"', "idempotency_key": f"prov-{tenant}-{user.subject}"}
    if kind is None or body is None:
        params = needed(operation)
        return user.elsewhere(tenant).ask(operation.method.upper(), path, None, params, **more)
    example = body["example"] if "example" in body else next(iter(body["examples"].values()))["value"]
    return user.elsewhere(tenant).ask(operation.method.upper(), path, example, content_type=kind, **more)


def needed(operation: Operation) -> Json:
    """The query that an operation cannot do without."""
    found = operation.described.get("parameters", ())
    return {each["name"]: "2026-10-27" for each in found if each["in"] == "query" and each["required"]}


def told(answer: httpx.Response) -> tuple[int, Json | str]:
    """An answer without where it was asked."""
    if not answer.content or "json" not in answer.headers["content-type"]:
        return answer.status_code, answer.text
    content = answer.json()
    return answer.status_code, {name: value for name, value in content.items() if name != "instance"}


@pytest.fixture(scope="module")
def cases(whole: Whole) -> list[dict[str, str]]:
    """Ids of one municipality: an application in every state, and a receiver of events."""
    sender = whole.eservice()
    hook, _ = subscribed(sender, "https://e-tjanst.example.se/lagrum")
    new = sender.send(application(whole.person(), NOVEMBER)).json()["id"]
    waiting = sender.apply(incomplete(whole.known(), NOVEMBER))
    found = [decided_by_machine(whole, sender)[0], with_a_person(whole, sender)[0], waiting, new]
    secretary = whole.user(Role.ACTIVITY_SECRETARY, purpose="planering")
    activity = offered(secretary)
    wanted = {"release": whole.service.office.book.release, "months": ["2026-11"]}
    beside = {
        "activity": activity,
        "participant": in_group(secretary, whole.person(), activity),
        "draft": begun(whole.user(Role.POLICY))["id"],
        "run": whole.jurist().post("/impacts", wanted).json()["id"],
        "protection": protected(whole, with_a_person(whole, sender)[0]),
    }
    return [{"application": each, "webhook": hook, "key": f"{each}.receipt.1", **beside} for each in found]


def protected(whole: Whole, case: str) -> str:
    """The protection of somebody in a case, whose last day has passed."""
    worker = whole.user(Role.HANDLAGGARE, Role.PROTECTED, purpose="handlaggning")
    marked = {"person": "p1", "basis": "OKAND", "told_by": "sökanden", "until": "2026-09-01"}
    said = worker.post(f"/tasks/{case}/notes", {"text": "Sökanden sade det.", "protects": marked})
    assert said.status_code == 201, said.text
    (asked,) = worker.get("/protections").json()["items"]
    return str(asked["id"])


def test_every_endpoint_from_another_municipality(whole: Whole, cases: list[dict[str, str]]) -> None:
    stranger = whole.user(*Role, tenant=FOUR_EYES, purpose="handlaggning")
    count = 0
    for operation in guarded(whole):
        no_municipality = told(tried(stranger, operation, "0000", NOTHING))
        no_case = told(tried(stranger, operation, FOUR_EYES, NOTHING))
        for ids in cases:
            # at the other municipality's address
            answer = tried(stranger, operation, TENANT, ids)
            assert answer.status_code == 404, operation.name
            assert told(answer) == no_municipality, operation.name
            # at one's own address, with the other's ids
            if any(name in operation.path for name in OWN):
                own = tried(stranger, operation, FOUR_EYES, ids)
                assert own.status_code == 404, operation.name
                assert told(own) == no_case, operation.name
            count += 1
    assert count == len(MAY) * len(cases)


def test_lists_have_ones_own(whole: Whole, cases: list[dict[str, str]]) -> None:
    stranger = whole.user(*Role, tenant=FOUR_EYES, purpose="handlaggning")
    for operation in guarded(whole):
        if operation.method == "get" and "{application}" not in operation.path:
            text = tried(stranger, operation, FOUR_EYES, {}).text
            assert not any(value in text for ids in cases for value in ids.values()), operation.name


def test_every_endpoint_from_another_e_service(whole: Whole, cases: list[dict[str, str]]) -> None:
    """With a role that sees no cases beside its own, too."""
    for stranger in (
        whole.eservice(),
        whole.user(Role.ESERVICE, Role.ADMIN, purpose="granskning"),
    ):
        for operation in guarded(whole):
            if "{application}" not in operation.path and "{webhook}" not in operation.path:
                continue
            nothing = told(tried(stranger, operation, TENANT, NOTHING))
            for ids in cases:
                answer = tried(stranger, operation, TENANT, ids)
                assert answer.status_code in (403, 404), operation.name
                assert told(answer) == nothing, operation.name
        listed = stranger.get("/applications").text
        assert not any(ids["application"] in listed for ids in cases)


def test_an_e_service_with_another_role_completes_only_its_own(
    whole: Whole, cases: list[dict[str, str]]
) -> None:
    both = whole.user(Role.ESERVICE, Role.HANDLAGGARE, purpose="handlaggning")
    for ids in cases:
        path = f"/applications/{ids['application']}"
        assert both.get(path).status_code == 200
        assert both.complete(ids["application"], {"application": {"hasAssets": False}}).status_code == 404
        assert both.post(f"{path}/withdrawal").status_code == 404


def test_the_table_of_roles_is_the_whole_api(whole: Whole) -> None:
    assert {short(operation) for operation in guarded(whole)} == set(MAY)


@pytest.mark.parametrize("role", rest_slow([E, H, *(role for role in Role if role not in (E, H))], 2))
def test_each_role_does_its_own(whole: Whole, cases: list[dict[str, str]], role: Role) -> None:
    user = whole.user(role, purpose="granskning")
    for operation in guarded(whole):
        for ids in (cases[0], NOTHING):
            status = tried(user, operation, TENANT, ids).status_code
            if role in MAY[short(operation)]:
                assert status not in (401, 403), operation.name
            else:
                assert status == 403, operation.name


def test_without_a_token_nobody_does_anything(whole: Whole, cases: list[dict[str, str]]) -> None:
    for operation in guarded(whole):
        for tenant in (TENANT, "0000"):
            values = cases[0] | {
                "rule": "x",
                "month": "2026-11",
                "number": "1",
                "kommunkod": tenant,
            }
            values |= {"document": NOBODY, "given": NOBODY, "day": "2026-10-27", "proposal": NOBODY}
            values |= {"protection": NOBODY}
            path = re.sub(r"\{(\w+)\}", lambda found, values=values: values[found[1]], operation.path)
            assert whole.http.request(operation.method, path).status_code == 401, operation.name


@pytest.mark.slow
def test_trelleborg_works_for_svedala_and_not_the_reverse(whole: Whole) -> None:
    """In Svedala's log, with Svedala's keys."""
    sender = whole.eservice(HANDLED)
    found = sender.apply(application(whole.person(), NOVEMBER))
    trelleborg = whole.handlaggare(HANDLES).elsewhere(HANDLED)
    trelleborg.take(found)
    assert trelleborg.decide(found).status_code == 200
    whole.settle()
    proof = sender.get(f"/applications/{found}/proof").text
    assert proof.count(f"\n{HANDLED}.") == 1
    assert trelleborg.subject in str(whole.jurist(HANDLED).get(f"/applications/{found}/trail").json())
    other = whole.eservice(HANDLES).apply(application(whole.person(), NOVEMBER))
    svedala = whole.handlaggare(HANDLED)
    for path in ("/tasks", f"/tasks/{other}", f"/applications/{other}", "/applications"):
        assert svedala.elsewhere(HANDLES).get(path).status_code == 404
        assert whole.jurist(HANDLES).elsewhere(HANDLED).get(path).status_code == 404
    assert whole.eservice(HANDLES).elsewhere(HANDLED).get("/applications").status_code == 404


def test_the_same_person_in_two_municipalities(whole: Whole) -> None:
    """A decision in one is no history in the other."""
    person = whole.known()
    whole.eservice().apply(application(person, NOVEMBER))
    sender = whole.eservice(FOUR_EYES)
    found = sender.apply(application(person, NOVEMBER))
    questions = whole.handlaggare(FOUR_EYES).get(f"/tasks/{found}").json()["questions"]
    assert "MÅNADEN_BESLUTAD" not in [each["code"] for each in questions]
    assert "NY_ANSÖKAN" in [each["code"] for each in questions]
    assert personal_number(person) not in whole.http.get("/metrics").text


PLANNING = ("/participants", "/offered-activities", "/planning-files", "/protections")
OF_EVERYBODY = ("/payment-dates",)
"""What anybody with a token may ask, of no case."""


@pytest.mark.slow
def test_a_labour_market_secretary_reaches_the_planning_and_nothing_of_the_calculation(
    whole: Whole, cases: list[dict[str, str]]
) -> None:
    """Every endpoint with a token, and every case there is: no sum, no asset, nothing of an application."""
    secretary, reached = whole.user(Role.ACTIVITY_SECRETARY, purpose="planering"), set()
    for operation in guarded(whole):
        planning = operation.path.removeprefix("/v1/{kommunkod}").startswith((*PLANNING, *OF_EVERYBODY))
        for ids in cases if planning else cases[2:3]:  # the first is tried with every role
            answer = tried(secretary, operation, TENANT, ids)
            if not planning:
                assert answer.status_code == 403, operation.name
            elif answer.is_success:
                reached.add(operation.name)
                for word in ("granted", "calculation", "ssets", "NORM", "tillgång", "kronor"):
                    assert word not in answer.text, operation.name
    assert len(reached) > 5
