"""Whoever may not see protected people changes and reads nothing of theirs, and is told the same as of what
never was: every operation of the API and every form of the pages, for cases and for participants."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlmodel import select

from decision_service.access.roles import Role
from decision_service.store.database import reading
from decision_service.store.tables import SampledRow
from tests.decision_service.api.test_beside_protected import UNTRUSTED, bare, of_lists, pages
from tests.decision_service.api.test_planning import DAY, GROUP, PLAN, enrolled, offered, stepped
from tests.decision_service.api.test_protected import anonymous, counted, named, trusted
from tests.decision_service.api.test_webhooks import subscribed
from tests.decision_service.casework.test_statements import counted as counted_statements
from tests.world.client import User
from tests.world.description import operations
from tests.world.lived import dump
from tests.world.people import TENANT, personal_number
from tests.world.service import Json, Whole
from tests.world.sweeps import share
from tests.world.visitors import visitor

K = f"/k/{TENANT}"
INSIDE = (Role.ESERVICE, Role.PROTECTED, Role.CHEF)
"""Who sees what they have sent, or everybody."""
OUTSIDE = [role for role in Role if role not in INSIDE]
_NUMBERS = itertools.count(1)


@dataclass
class Hidden:
    """What somebody protected leaves in the service, and what never was, by the places of an address."""

    person: int
    group: str
    there: dict[str, str]
    cases: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        return personal_number(self.person)

    def never(self, name: str) -> str:
        """The same place of what never was."""
        return re.sub(r"[0-9a-f](?=[0-9a-f]{0,31}$)", "0", self.there[name])


def takes_part(user: User, person: int, group: str, **more: object) -> str:
    """Somebody with a plan, in a group, who was there."""
    found = str(enrolled(user, person, **more)["id"])
    given = {name: value for name, value in GROUP.items() if name != "capacity"}
    assigned = given | {"step": "assign", "id": "grupp", "offered": group}
    said = {"step": "answer", "activity": "grupp", "answer": "TAKEN", "day": "2026-09-04"}
    stepped(user, found, {"step": "meeting", "day": "2026-09-02", "held": True}, PLAN, assigned, said)
    mark = {"activity": "grupp", "day": DAY, "mark": "PRESENT"}
    assert user.post(f"/participants/{found}/attendance", mark).status_code == 200
    assert user.post(f"/participants/{found}/letter").status_code == 202
    return found


def proposed(whole: Whole, person: int) -> str:
    """Months that wait for a second person's word."""
    month = {"month": "2026-08", "outcome": "BIFALL", "amount": 9510}
    body = {"personal_number": personal_number(person), "months": [month]}
    answer = whole.user(Role.ADMIN, Role.PROTECTED).post("/history", body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def come(whole: Whole, group: str) -> Hidden:
    """People who are protected come to the service, each known to be so in another way: somebody who is
    enrolled and takes part, has months of an earlier system, and applies without a word of it; somebody who
    has applied when that is said at the enrolment; and somebody whose application says it, with a plan that
    another system has reported. One case waits, one is taken, one is decided and drawn."""
    user = whole.user(Role.ACTIVITY_SECRETARY, Role.PROTECTED, purpose="planering")
    person, before, other = (whole.person() for _ in range(3))
    participant, sender = takes_part(user, person, group, protected=True), whole.eservice()
    cases = [sender.apply(named(each, protected=each == other)) for each in (person, before, other)]
    enrolled(user, before, protected=True)
    whole.plan(other)
    there = {"participant": participant, "proposal": proposed(whole, person), "application": cases[0]}
    trusted(whole).take(cases[1])
    assert trusted(whole).take(cases[2]).decide(cases[2]).status_code == 200
    whole.settle()
    return Hidden(person, group, there, cases)


@pytest.fixture(scope="module")
def group(whole: Whole) -> str:
    """A group with somebody in it whom everybody may see."""
    user = whole.user(Role.ACTIVITY_SECRETARY, purpose="planering")
    found = offered(user)
    takes_part(user, whole.person(), found)
    return found


@pytest.fixture(scope="module")
def hidden(whole: Whole, group: str) -> Hidden:
    return come(whole, group)


def outsiders(whole: Whole) -> list[User]:
    return [whole.user(role, purpose="handlaggning") for role in OUTSIDE]


@pytest.mark.slow
def test_nothing_that_anybody_outside_can_list_is_another_when_a_protected_person_comes(
    whole: Whole, group: str
) -> None:
    """Each list, count, file and page, and each day of a group."""
    users = [whole.user(role, purpose="planering") for role in UNTRUSTED]
    visitors = [visitor(whole, role, purpose="planering") for role in UNTRUSTED]
    week = "?first=2026-10-26&last=2026-10-27"
    own = [f"/offered-activities/{group}/days/{DAY}", f"/planning-files/attendance{week}"]
    own_pages = [f"{K}/grupper/{group}?dag={DAY}", f"{K}/deltagare?alla=ja"]

    def seen() -> dict[str, str]:
        found = dict[str, str]()
        for user in users:
            lists = [each.removeprefix(f"/v1/{TENANT}") for each in of_lists(whole) if "/v1/" in each]
            for path in [*lists, *own]:
                answer = user.get(path)
                found[f"{user.roles[0]} {path}"] = f"{answer.status_code} {anonymous(answer.text)}"
        for at, each in enumerate(visitors):
            for path in [*pages(whole), *own_pages]:
                answer = each.get(path)
                found[f"{at} {path}"] = f"{answer.status_code} {bare(answer)}"
        return found

    before = seen()
    assert sum(text.startswith("200") for text in before.values()) > 60
    come(whole, group)
    after = seen()
    assert {path for path, text in after.items() if before[path] != text} == set()


def test_no_figure_counts_a_participant_who_is_protected(whole: Whole) -> None:
    """Nor a letter or a notice of theirs that waits to be sent."""
    user = whole.user(Role.ACTIVITY_SECRETARY, Role.PROTECTED, purpose="planering")
    subscribed(whole.user(Role.ADMIN), "https://ledning.example.se/lagrum")
    group, before = offered(user), counted(whole)
    takes_part(user, whole.person(), group, protected=True)
    assert counted(whole) == before
    takes_part(user, whole.person(), group)
    told = {re.split("[ {]", each)[0] for each in set(counted(whole)) - set(before)}
    assert "lagrum_outbox_waiting" in told


def bodies(described: Json, hidden: Hidden) -> Iterator[tuple[str, bytes | None]]:
    """What the description shows that can be sent, about the hidden person."""
    content = described.get("requestBody", {}).get("content", {})
    found = False
    for kind, each in content.items():
        for example in [one["value"] for one in each.get("examples", {}).values()] or [each.get("example")]:
            if example is not None:
                found = True
                text = example if isinstance(example, str) else json.dumps(example)
                text = text.replace("198002099805", hidden.number)
                yield kind, re.sub(r"person-[0-9a-f]{32}", hidden.there["participant"], text).encode()
    if not found:
        yield "", None


def answers(user: User, method: str, path: str, kind: str, body: bytes | None, etag: str) -> httpx.Response:
    more = {"idempotency_key": f"dold-{next(_NUMBERS)}", "if_match": etag}
    return user.ask(method, path, body, **(more | ({"content_type": kind} if kind else {})))


def kinds(statements: list[str]) -> list[str]:
    """What a database is asked for, without about whom: as much work takes as long."""
    return [each.partition("WHERE")[0] for each in statements]


@pytest.mark.slow
def test_no_operation_of_the_api_changes_or_tells_anything_of_a_hidden_case_or_participant(
    whole: Whole, hidden: Hidden
) -> None:
    """With the version that it has, and a body that is right: as what never was, with as much work. Everybody
    asks each of it, in ``make check`` with a share of the cases and bodies."""
    users, engine, tried = outsiders(whole), whole.service.office.engine, set[str]()
    handler = trusted(whole)
    participant = hidden.there["participant"]
    etags = {
        "application": {each: handler.get(f"/applications/{each}").headers["etag"] for each in hidden.cases},
        "participant": {participant: handler.get(f"/participants/{participant}").headers["etag"]},
        "proposal": {hidden.there["proposal"]: ""},
    }
    before = dump(engine)
    for each in operations(whole.description):
        place = next((name for name in etags if "{" + name + "}" in each.path), None)
        if place is None:
            continue
        path = re.sub(r"\{(number|given|rule|document)\}", "1", each.path.removeprefix("/v1/{kommunkod}"))
        path += "?first=2026-10-26&last=2026-10-27" if path.endswith("/occasions") else ""
        every = itertools.product(users, etags[place].items(), bodies(each.described, hidden))
        for user, (found, etag), (kind, body) in share(every, 3, lambda way: way[0].roles):
            given = kind, body, etag
            with counted_statements(engine) as asked:
                there = answers(user, each.method, path.replace("{" + place + "}", found), *given)
            with counted_statements(engine) as asked_of_none:
                lost = path.replace("{" + place + "}", hidden.never(place))
                never = answers(user, each.method, lost, *given)
            assert kinds(asked) == kinds(asked_of_none), each.name
            assert there.status_code >= 400, (each.name, user.roles)
            told = there.status_code, anonymous(there.text, found)
            assert told == (never.status_code, anonymous(never.text, hidden.never(place))), each.name
            if there.status_code == 404:
                tried.add(each.name)
        assert dump(engine) == before, each.name
    assert len(tried) > 40


BY_NUMBER = (
    "POST /participants", "POST /participants/query", "POST /activity/query", "PUT /activity",
    "POST /activity/sessions", "POST /planning-files/plans", "POST /planning-files/attendance",
    "POST /personal-data/query",
)  # fmt: skip
NOT_TOLD = {"POST /participants", "PUT /activity", "POST /activity/sessions"}
"""What writes about somebody by number: it is done for anybody else, and refused here."""


@pytest.mark.parametrize("name", BY_NUMBER)
def test_nothing_is_read_or_written_of_a_protected_person_by_number(
    whole: Whole, hidden: Hidden, name: str
) -> None:
    """Nor told, where it asks: the answer is the same as of somebody nobody has heard of."""
    every = {one.name.replace("/v1/{kommunkod}", ""): one for one in operations(whole.description)}
    each = every[name]
    path, engine = each.path.removeprefix("/v1/{kommunkod}"), whole.service.office.engine
    nobody = Hidden(whole.person(), hidden.group, hidden.there)
    before, reached = dump(engine), 0
    for user in outsiders(whole):
        for (kind, body), (_, other) in zip(
            bodies(each.described, hidden), bodies(each.described, nobody), strict=True
        ):
            with counted_statements(engine) as asked:
                there = answers(user, each.method, path, kind, body, "")
            assert there.status_code >= 400, user.roles
            reached += there.status_code != 403
            if name not in NOT_TOLD:
                with counted_statements(engine) as asked_of_none:
                    never = answers(user, each.method, path, kind, other, "")
                assert kinds(asked) == kinds(asked_of_none), user.roles
                numbers = personal_number(hidden.person), personal_number(nobody.person)
                assert anonymous(there.text, numbers[0]) == anonymous(never.text, numbers[1])
    assert dump(engine) == before
    assert reached


def test_a_day_that_is_called_off_is_called_off_for_all_and_counts_whom_one_may_see(
    whole: Whole, group: str, hidden: Hidden
) -> None:
    user, chosen = (
        whole.user(Role.ACTIVITY_SECRETARY, purpose="planering"),
        whole.user(Role.ACTIVITY_SECRETARY, Role.PROTECTED, purpose="planering"),
    )
    day = "2026-10-26"
    there = len(user.get(f"/offered-activities/{group}/days/{day}").json()["items"])
    every = len(chosen.get(f"/offered-activities/{group}/days/{day}").json()["items"])
    assert every > there > 0
    assert user.post(f"/offered-activities/{group}/days/{day}/closure").json() == {"marked": there}
    assert chosen.get(f"/offered-activities/{group}/days/{day}").json()["items"] == []
    marks = {"marks": [{"participant": hidden.there["participant"], "mark": "PRESENT"}]}
    refused = user.post(f"/offered-activities/{group}/days/{DAY}/attendance", marks)
    assert refused.json()["errors"][0]["code"] == "not_taking_part"
    ended = user.post(f"/offered-activities/{group}/end", {"last": "2026-10-30"}).json()["participants"]
    assert hidden.there["participant"] not in ended
    path = f"/participants/{hidden.there['participant']}"
    (activity,) = chosen.get(path).json()["participation"]["activities"]
    assert activity["last"] == "2026-10-30"


def test_a_mark_that_whoever_calls_the_day_off_has_not_seen_stays(
    whole: Whole, group: str, hidden: Hidden
) -> None:
    user, chosen = (
        whole.user(Role.ACTIVITY_SECRETARY, purpose="planering"),
        whole.user(Role.ACTIVITY_SECRETARY, Role.PROTECTED, purpose="planering"),
    )
    participant, day = hidden.there["participant"], DAY
    marks = {"marks": [{"participant": participant, "mark": "PRESENT"}]}
    assert chosen.post(f"/offered-activities/{group}/days/{day}/attendance", marks).status_code == 200
    assert user.post(f"/offered-activities/{group}/days/{day}/closure").status_code == 200
    left = chosen.get(f"/offered-activities/{group}/days/{day}").json()["items"]
    assert {"PRESENT"} == {each["mark"] for each in left if each["participant"] == participant}


def test_whoever_put_months_forward_still_finds_them(whole: Whole, hidden: Hidden) -> None:
    """Else that they are gone would tell of whom they are; the others see them where they may."""
    month = {"month": "2026-07", "outcome": "BIFALL", "amount": 9510}
    body = {"personal_number": hidden.number, "months": [month]}
    admin, other, chef = (whole.user(role) for role in (Role.ADMIN, Role.ADMIN, Role.CHEF))
    found = admin.post("/history", body).json()["id"]

    def listed(user: User) -> bool:
        return found in {each["id"] for each in user.get("/history").json()["items"]}

    assert (listed(admin), listed(other), listed(chef)) == (True, False, True)
    assert admin.get(f"/history/{found}").status_code == 200
    assert other.get(f"/history/{found}").status_code == 404
    assert chef.post(f"/history/{found}/approval", {"agrees": True}).status_code == 200


class Filled(HTMLParser):
    """The forms of a page that are sent with post, filled in: where each goes, by each of its buttons."""

    def __init__(self, page: str, path: str, day: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._path, self._day = path, day
        self._action, self._select = "", ""
        self._fields: dict[str, str] | None = None
        self._buttons: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self._action, self._fields, self._buttons = given.get("action") or self._path, {}, []
        if self._fields is None:
            return
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "")
        if tag == "button":
            where = given.get("formaction") or self._action
            self._buttons.append((where, {name: value} if name else {}))
        elif tag == "select":
            self._select = name
        elif tag == "option" and value:
            self._fields.setdefault(self._select, value)
        elif tag in ("input", "textarea") and name and name != "csrf":
            plain = {"date": self._day, "number": "1"}.get(kind, "Prov")
            self._fields.setdefault(name, value or plain)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._fields is not None:
            for where, button in self._buttons or [(self._action, {})]:
                self.found.append((where, {**self._fields, **button}))
            self._fields = None


@pytest.mark.slow
def test_no_form_of_a_page_changes_anything_of_a_hidden_case_or_participant(
    whole: Whole, hidden: Hidden
) -> None:
    """Each that is shown to whoever may see it, filled in: sent by somebody with every other role it is not
    there, and whoever may see it can send it."""
    engine, day = whole.service.office.engine, whole.clock.now.date().isoformat()
    chosen, outside = visitor(whole, *Role, name="Lo Lind"), visitor(whole, *OUTSIDE, name="Bo Ek")
    drawn = {"fran": "2026-01-01", "till": day, "antal": "50", "dela_vem": ""}
    assert chosen.send(f"{K}/stickprov", drawn).status_code == 303
    with reading(engine) as session:
        assert {each.application_id for each in session.exec(select(SampledRow))} >= {hidden.cases[2]}
    own = [f"{K}/deltagare/{hidden.there['participant']}"]
    own += [f"{K}/{page}/{case}" for page in ("ko", "beslut", "efter") for case in hidden.cases]
    shown = {path: chosen.get(path) for path in own}
    forms = {
        (where, tuple(fields.items()))
        for path, page in shown.items()
        if page.status_code == 200
        for where, fields in Filled(page.text, path, day).found
        if any(each in where for each in (*hidden.cases, hidden.there["participant"]))
    }
    csrf, before = outside.csrf(), dump(engine)
    for where, fields in sorted(forms):
        answer = outside.send(where, dict(fields), csrf=csrf)
        assert answer.status_code == (403 if where.endswith("/frigor") else 404), where
        assert dump(engine) == before, where
    csrf, taken = chosen.csrf(), set[str]()
    for where, fields in sorted(forms):
        if chosen.send(where, dict(fields), csrf=csrf).status_code == 303:
            taken.add(re.sub(r"[0-9a-f]{32}", "", where))
    assert len({where for where, _ in forms}) > 10
    assert len(taken) > 5, taken


def test_who_may_not_see_them_enrols_nobody_protected(whole: Whole, hidden: Hidden) -> None:
    user = whole.user(Role.ACTIVITY_SECRETARY, purpose="planering")
    body = {"first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}

    def enrol(number: str, **more: Any) -> Json:
        said = body | {"personal_number": number} | more
        answer = user.post("/participants", said, idempotency_key=f"ny-{next(_NUMBERS)}")
        found: Json = answer.json()
        return found

    asked = enrol(personal_number(whole.person()), protected=True)
    assert [each["code"] for each in asked["errors"]] == ["protected_by_others"]
    shown = enrol(personal_number(whole.person()))
    path = f"/participants/{shown['id']}"
    etag = user.get(path).headers["etag"]
    renamed = user.post(f"{path}/steps", {"step": "details", "last_name": "Ask"}, if_match=etag)
    assert renamed.json()["participation"]["last_name"] == "Ask"
    applied = whole.person()
    whole.eservice().apply(named(applied, protected=True))
    there, never = enrol(hidden.number), enrol(personal_number(applied))
    assert there == never
    assert there["status"] == 409
