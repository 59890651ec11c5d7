"""What is reported beside the applications changes the next decision, and pay days are banking days."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from audit import tables
from decision_service.access.roles import Role
from tests.decision_service.api.test_applications import code
from tests.world.installation import HANDLED, HANDLES
from tests.world.people import NOVEMBER, application, personal_number
from tests.world.service import Json, Whole

SESSION: Json = {"day": "2026-10-05", "hours": 6, "kind": "WORKPLACE", "mark": "PRESENT"}


def number(person: int) -> Json:
    return {"personal_number": personal_number(person)}


def codes(whole: Whole, found: str) -> set[str]:
    """What a person is asked about an application."""
    answer = whole.handlaggare().get(f"/tasks/{found}").json()
    return {each["code"] for each in answer["questions"]}


def test_a_plan_is_read_and_replaced_by_whoever_has_read_it(whole: Whole) -> None:
    person, worker = whole.person(), whole.handlaggare()
    assert code(worker.post("/activity/query", number(person))) == "not-found"
    first = whole.plan(person)
    shown = worker.post("/activity/query", number(person))
    assert shown.json() == first.json()
    assert shown.headers["etag"] == first.headers["etag"] == '"v1"'
    document = number(person) | {"plan": {"decided": "2026-10-02", "weekly_hours": 20}}
    missing = worker.ask("PUT", "/activity", document)
    assert (missing.status_code, code(missing)) == (428, "version-missing")
    stale = worker.ask("PUT", "/activity", document, if_match='"v0"')
    assert (stale.status_code, code(stale)) == (412, "stale")
    changed = worker.ask("PUT", "/activity", document, if_match='"v1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"')
    assert changed.json()["plan"]["weekly_hours"] == 20
    assert changed.json()["sessions"] == []


def test_attendance_is_added_and_corrected(whole: Whole) -> None:
    person, eservice = whole.person(), whole.eservice()
    answer = eservice.post("/activity/sessions", number(person) | {"sessions": [SESSION]})
    assert [each["mark"] for each in answer.json()["sessions"]] == ["PRESENT"]
    other_day = SESSION | {"day": "2026-10-06"}
    corrected = SESSION | {"mark": "ABSENT"}
    answer = eservice.post("/activity/sessions", number(person) | {"sessions": [other_day, corrected]})
    marks = {each["day"]: each["mark"] for each in answer.json()["sessions"]}
    assert marks == {"2026-10-05": "ABSENT", "2026-10-06": "PRESENT"}
    assert answer.headers["etag"] == '"v2"'


def test_what_is_no_report(one: Whole) -> None:
    sender = one.eservice()
    for body, pointer in (
        ({"sessions": [SESSION]}, "/personal_number"),
        ({"personal_number": "123", "sessions": [SESSION]}, "/personal_number"),
        (number(1) | {"sessions": []}, "/sessions"),
        (number(1) | {"sessions": [SESSION | {"mark": "KANSKE"}]}, "/sessions/0/mark"),
        (number(1) | {"sessions": [SESSION | {"hours": 30}]}, "/sessions/0/hours"),
        (number(1) | {"sessions": [SESSION], "extra": 1}, "/extra"),
    ):
        answer = sender.post("/activity/sessions", body)
        assert (answer.status_code, code(answer)) == (422, "invalid"), body
        assert pointer in [fault["pointer"] for fault in answer.json()["errors"]], answer.text
    answer = sender.post("/activity/sessions", b"x")
    assert (answer.status_code, code(answer)) == (400, "malformed")
    answer = sender.post("/activity/sessions", b"x", content_type="text/csv")
    assert (answer.status_code, code(answer)) == (415, "unsupported-media-type")


def test_without_a_plan_a_person_decides_and_with_one_the_machine(whole: Whole) -> None:
    sender = whole.eservice()
    one, other = whole.person(), whole.person()
    for person in (one, other):
        whole.import_month(person)
        whole.registers(person)
    whole.plan(other)
    without, with_a_plan = (sender.apply(application(person, NOVEMBER)) for person in (one, other))
    assert "PLANERING_SAKNAS" in codes(whole, without)
    assert sender.state(with_a_plan)["decision"]["automatic"] is True


def test_absence_that_is_reported_brings_a_person_in(whole: Whole) -> None:
    """A reduction for motprestation is never the machine's own."""
    sender, person = whole.eservice(), whole.known()
    absences = [
        SESSION | {"day": f"2026-10-{day:02d}", "mark": "ABSENT", "kind": "WORKPLACE"} for day in range(5, 24)
    ]
    answer = whole.handlaggare().post("/activity/sessions", number(person) | {"sessions": absences})
    assert answer.status_code == 200
    found = sender.apply(application(person, NOVEMBER))
    assert sender.state(found)["state"] == "hos_handlaggare"
    assert codes(whole, found) - {"NY_ANSÖKAN"}


def test_without_history_an_application_is_the_first(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    whole.plan(person)
    whole.registers(person)
    first = sender.apply(application(person, NOVEMBER))
    assert "NY_ANSÖKAN" in codes(whole, first)
    known = whole.known()
    assert sender.state(sender.apply(application(known, NOVEMBER)))["decision"]["outcome"] == "BIFALL"


def test_history_that_is_none(one: Whole) -> None:
    admin = one.user(Role.ADMIN)
    month: Json = {"month": "2026-10", "outcome": "BIFALL", "amount": 9510}
    for months in (
        [],
        [month | {"month": "oktober"}],
        [month | {"outcome": "KANSKE"}],
        [month, month | {"amount": -1}],
    ):
        answer = admin.post("/history", number(1) | {"months": months})
        assert (answer.status_code, code(answer)) == (422, "invalid"), months
    answer = admin.post("/history", number(1) | {"months": [month]})
    assert (answer.status_code, answer.json()["months"]) == (202, 1)


MONTH: Json = {"month": "2026-10", "outcome": "BIFALL", "amount": 9510}


def test_months_from_elsewhere_wait_for_a_second_person(whole: Whole) -> None:
    """Until then they are not there for the rules; and nobody is their own second, however it is written."""
    sender, person = whole.eservice(), whole.person()
    whole.plan(person)
    whole.registers(person)
    admin = whole.user(Role.ADMIN, subject="Admin-7")
    body = number(person) | {"months": [MONTH | {"people": [personal_number(person)]}], "complete": True}
    proposal = admin.post("/history", body).json()["id"]
    assert "NY_ANSÖKAN" in codes(whole, sender.apply(application(person, NOVEMBER)))
    shown = whole.user(Role.CHEF).get("/history")
    assert proposal in [each["id"] for each in shown.json()["items"]]
    assert personal_number(person) not in shown.text
    chef = whole.user(Role.CHEF, purpose="handlaggning")
    assert chef.get(f"/history/{proposal}").json()["decided"][0]["amount"] == "9510.00"
    word = f"/history/{proposal}/approval"
    for own in (admin, whole.user(Role.ADMIN, subject="ADMIN-7")):
        answer = own.post(word, {"agrees": True})
        assert (answer.status_code, code(answer)) == (409, "conflict")
    assert chef.post(word, {"agrees": False, "reason": " "}).status_code == 422
    assert chef.post(word, {"agrees": True}).json() == {"months": 1}
    assert chef.post(word, {"agrees": True}).status_code == 404
    again = sender.apply(application(person, NOVEMBER))
    assert "NY_ANSÖKAN" not in codes(whole, again)


def test_months_that_are_not_approved_are_never_taken_in(whole: Whole) -> None:
    person, admin, chef = whole.person(), whole.user(Role.ADMIN), whole.user(Role.CHEF)
    proposal = admin.post("/history", number(person) | {"months": [MONTH]}).json()["id"]
    answer = chef.post(f"/history/{proposal}/approval", {"agrees": False, "reason": "Fel person."})
    assert answer.json() == {"months": 0}
    assert proposal not in [each["id"] for each in chef.get("/history").json()["items"]]


def test_a_program_knows_only_of_what_it_has_reported_itself(whole: Whole) -> None:
    """Of somebody another program has reported, and of somebody nobody has, the answer is the same."""
    person, unknown, own, other = whole.person(), whole.person(), whole.eservice(), whole.eservice()
    assert own.post("/activity/sessions", number(person) | {"sessions": [SESSION]}).status_code == 200
    assert own.post("/activity/query", number(person)).status_code == 200
    answers = [other.post("/activity/query", number(each)) for each in (person, unknown)]
    assert [code(each) for each in answers] == ["not-found"] * 2
    for asked in (
        other.post("/activity/sessions", number(person) | {"sessions": [SESSION]}),
        other.ask("PUT", "/activity", number(person) | {"sessions": []}, if_match='"v1"'),
    ):
        assert code(asked) == "not-found"


def test_a_person_says_why_a_plan_is_read_and_the_reading_is_in_the_trail(whole: Whole) -> None:
    person = whole.person()
    whole.plan(person)
    silent = whole.user(Role.HANDLAGGARE, purpose="")
    assert code(silent.post("/activity/query", number(person))) == "purpose-missing"
    before = readings(whole)
    assert whole.handlaggare().post("/activity/query", number(person)).status_code == 200
    assert readings(whole) == before + 1


def readings(whole: Whole) -> int:
    """How many readings of cases the log has."""
    found = select(func.count()).where(tables.entry.c.type == "access")
    with whole.service.office.engine.connect() as connection:
        return connection.execute(found).scalar_one()


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2026-11", "2026-11-27"),
        ("2026-12", "2026-12-23"),
        ("2026-06", "2026-06-26"),
        ("2027-02", "2027-02-26"),
        ("2027-03", "2027-03-25"),
    ],
)
def test_pay_days(one: Whole, month: str, day: str) -> None:
    """The 27th, or the banking day before: not a Saturday, a Sunday or a holiday."""
    for role in Role:
        assert one.user(role).get(f"/payment-dates/{month}").json() == {"month": month, "pay_day": day}


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1", "0000-01", "9999-12", "2026-11-01"])
def test_no_pay_day(one: Whole, month: str) -> None:
    answer = one.eservice().get(f"/payment-dates/{month}")
    assert answer.status_code in (200, 422) if month == "9999-12" else answer.status_code == 422, answer.text


def test_municipalities_know_their_own(whole: Whole) -> None:
    """The same person in two municipalities is two: even for one that handles the other's cases."""
    person = whole.person()
    whole.plan(person, HANDLED)
    trelleborg = whole.handlaggare(HANDLES)
    assert trelleborg.elsewhere(HANDLED).post("/activity/query", number(person)).status_code == 200
    assert trelleborg.post("/activity/query", number(person)).status_code == 404
