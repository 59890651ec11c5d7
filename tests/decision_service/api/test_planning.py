"""Participants over the API: enrolled, planned, marked, read with a purpose, and told to the rules."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from audit import trail
from decision_service.access.roles import Role
from decision_service.api.idempotency import fingerprint
from decision_service.api.planning_examples import STEPS_BY_NAME
from decision_service.planning.steps import STEPS
from decision_service.store.database import reading
from decision_service.store.tables import IdempotencyRow, MessageRow
from tests.decision_service.api.test_applications import code
from tests.decision_service.api.test_webhooks import subscribed
from tests.world.client import User
from tests.world.installation import HANDLED, HANDLES
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.service import Json, Whole

_KEYS = itertools.count(1)
PLAN: Json = {
    "step": "plan",
    "decided": "2026-09-02",
    "first": "2026-09-03",
    "last": "2026-10-31",
    "goal": "Arbete som lagerarbetare",
    "full_time": True,
}
GROUP: Json = {
    "title": "Jobbsökargruppen",
    "kind": "JOB_SEARCH",
    "support": "COACH",
    "first": "2026-09-07",
    "slots": [{"weekday": each, "hours": 8} for each in range(1, 6)],
    "capacity": 12,
}
DAY = "2026-10-27"


def secretary(whole: Whole, tenant: str = TENANT) -> User:
    return whole.user(Role.ACTIVITY_SECRETARY, tenant=tenant, purpose="planering")


def trusted(whole: Whole) -> User:
    """Somebody who may see protected people too."""
    return whole.user(Role.ACTIVITY_SECRETARY, Role.PROTECTED, purpose="planering")


def enrolled(user: User, person: int, **more: object) -> Json:
    """Somebody who is enrolled on 1 September."""
    body = {
        "personal_number": personal_number(person),
        "first_name": "Kim",
        "last_name": "Ek",
        "day": "2026-09-01",
    } | more
    answer = user.post("/participants", body, idempotency_key=f"deltagare-{next(_KEYS)}")
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def stepped(user: User, participant: str, *steps: Json) -> Json:
    """A participant after some steps."""
    path = f"/participants/{participant}"
    answer = user.get(path)
    for step in steps:
        answer = user.post(f"{path}/steps", step, if_match=answer.headers["etag"])
        assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def offered(user: User, **more: object) -> str:
    """A group's activity."""
    answer = user.post("/offered-activities", GROUP | more, idempotency_key=f"aktivitet-{next(_KEYS)}")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def in_group(user: User, person: int, activity: str) -> str:
    """A participant with a plan who takes part in a group."""
    id_ = str(enrolled(user, person)["id"])
    given = {name: value for name, value in GROUP.items() if name != "capacity"}
    assigned = given | {"step": "assign", "id": "grupp", "offered": activity}
    said = {"step": "answer", "activity": "grupp", "answer": "TAKEN", "day": "2026-09-04"}
    stepped(user, id_, {"step": "meeting", "day": "2026-09-02", "held": True}, PLAN, assigned, said)
    return id_


def test_there_is_an_example_of_every_step_and_one_participant_can_take_them_all(whole: Whole) -> None:
    """In the order that the description has them in, the last by somebody who may see protected people."""
    assert {str(each["step"]) for each in STEPS_BY_NAME.values()} == {*STEPS}
    person = enrolled(trusted(whole), whole.person(), day="2026-10-28")
    after = stepped(trusted(whole), str(person["id"]), *map(dict, STEPS_BY_NAME.values()))
    found = after["participation"]
    assert (found["breaches"][0]["number"], found["protected"]) == (1, True)


def test_a_participant_is_enrolled_once_and_a_step_needs_the_version_that_was_read(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    body = {"personal_number": personal_number(person), "first_name": "Kim", "last_name": "Ek", "day": DAY}
    assert code(user.post("/participants", body)) == "idempotency-key-missing"
    first = user.post("/participants", body, idempotency_key="en")
    again = user.post("/participants", body, idempotency_key="en")
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert again.headers["idempotent-replay"] == "true"
    other = user.post("/participants", body, idempotency_key="annan")
    assert (other.status_code, code(other)) == (409, "conflict")
    path = f"/participants/{first.json()['id']}/steps"
    meeting = {"step": "meeting", "day": DAY, "held": True}
    assert code(user.post(path, meeting)) == "version-missing"
    assert user.post(path, meeting, if_match='"v1"').headers["etag"] == '"v2"'
    assert code(user.post(path, meeting, if_match='"v1"')) == "stale"
    wrong = user.post(path, {"step": "plan", "goal": ""}, if_match='"v2"')
    assert wrong.status_code == 422
    assert {"/goal", "/first", "/last"} <= {each["pointer"] for each in wrong.json()["errors"]}
    assert user.post(path, {"step": "avslag"}, if_match='"v2"').json()["errors"][0]["pointer"] == "/step"


def test_the_list_is_what_is_to_be_done_first_and_names_nobody_who_is_protected(whole: Whole) -> None:
    user = trusted(whole)
    open_, hidden = enrolled(user, whole.person()), enrolled(user, whole.person(), protected=True)
    items = user.get("/participants", {"mine": True}).json()["items"]
    assert {each["id"]: each["name"] for each in items} == {open_["id"]: "Kim Ek", hidden["id"]: None}
    assert items[0]["due"][0] == {"what": "MEETING", "day": "2026-09-02", "late": True}
    assert user.get(f"/participants/{hidden['id']}").json()["name"] == "Kim Ek"
    one = user.get("/participants", {"mine": True, "limit": 1})
    (rest,) = whole.http.get(one.json()["next"], headers=user.headers()).json()["items"]
    assert rest["id"] != one.json()["items"][0]["id"]
    stepped(user, open_["id"], {"step": "exit", "day": DAY, "reason": "WORK"})
    assert [each["id"] for each in user.get("/participants", {"mine": True}).json()["items"]] == [
        hidden["id"]
    ]


def test_who_turns_out_to_be_protected_later_is_in_no_list_or_file_by_name(
    whole: Whole,
) -> None:
    user, person = trusted(whole), whole.person()
    group = offered(user)
    found = in_group(user, person, group)
    day, week = "2026-10-27", {"first": "2026-10-26", "last": "2026-10-27"}
    number = personal_number(person)

    def named() -> list[object]:
        (one,) = user.get("/participants", {"mine": True}).json()["items"]
        (there,) = user.get(f"/offered-activities/{group}/days/{day}").json()["items"]
        files = (
            user.get("/planning-files/plans").text,
            user.get("/planning-files/attendance", week).text,
        )
        return [one["name"], there["name"], *(number in each for each in files)]

    assert named() == ["Kim Ek", "Kim Ek", True, True]
    said = application(person, NOVEMBER)
    said["people"][0]["protected"] = True
    assert whole.eservice().send(said).status_code == 202
    assert named() == [None, None, False, False]
    assert user.get(f"/participants/{found}").json()["participation"]["protected"] is True


def test_reading_a_participant_is_logged_with_why(whole: Whole) -> None:
    user = secretary(whole)
    found = enrolled(user, whole.person())
    assert code(user.reading_for("").get(f"/participants/{found['id']}")) == "purpose-missing"
    user.get(f"/participants/{found['id']}")
    own = {"personal_number": found["participation"]["personal_number"]} if "participation" in found else {}
    events = whole.jurist().post("/personal-data/query", own).json()
    assert events["participation"][0]["first_name"] == "Kim"
    assert any("planera och följa upp" in each["why"] or each["why"] == "planering" for each in events["log"])


def test_a_group_is_marked_at_once_and_a_closed_day_counts_against_nobody(whole: Whole) -> None:
    user = secretary(whole)
    activity = offered(user)
    one, other = (in_group(user, whole.person(), activity) for _ in range(2))
    day = f"/offered-activities/{activity}/days/{DAY}"
    there = user.get(day).json()["items"]
    assert {each["participant"]: each["mark"] for each in there} == {one: "UNMARKED", other: "UNMARKED"}
    marks = [{"participant": one, "mark": "PRESENT"}, {"participant": other, "mark": "SICK"}]
    assert user.post(f"{day}/attendance", {"marks": marks}).json() == {"marked": 2}
    found = user.get(day).json()["items"]
    assert {each["participant"]: each["mark"] for each in found} == {one: "PRESENT", other: "SICK"}
    stranger = [*marks, {"participant": f"person-{'0' * 32}", "mark": "ABSENT"}]
    assert user.post(f"{day}/attendance", {"marks": stranger}).status_code == 422
    twice = user.post(f"{day}/attendance", {"marks": [*marks, marks[0] | {"mark": "ABSENT"}]})
    assert [each["code"] for each in twice.json()["errors"]] == ["participant_twice"]
    assert user.post(f"{day}/closure").json() == {"marked": 2}
    assert user.get(day).json()["items"] == []
    week = {"first": "2026-10-26", "last": "2026-10-28"}
    days = [each["day"] for each in user.get(f"/participants/{one}/occasions", week).json()["items"]]
    assert days == ["2026-10-26", "2026-10-28"]
    (listed,) = [each for each in user.get("/offered-activities").json()["items"] if each["id"] == activity]
    assert listed["places_taken"] == 2


def test_the_last_day_of_a_group_is_said_once_for_all(whole: Whole) -> None:
    user = secretary(whole)
    activity = offered(user)
    found, end = in_group(user, whole.person(), activity), f"/offered-activities/{activity}/end"
    answer = user.post(end, {"last": "2026-12-18"})
    assert (answer.status_code, answer.json()) == (200, {"last": "2026-12-18", "participants": [found]})
    (own,) = user.get(f"/participants/{found}").json()["participation"]["activities"]
    assert own["last"] == "2026-12-18"
    assert user.post(end, {"last": "2026-12-19"}).status_code == 409
    assert [user.post(end, {"last": day}).status_code for day in ("2026-10-27", "i morgon", "")] == [422] * 3


def test_that_an_activity_is_offered_is_logged_once_with_what_and_by_whom(whole: Whole) -> None:
    user, key = secretary(whole), f"aktivitet-{next(_KEYS)}"
    first, again = (user.post("/offered-activities", GROUP, idempotency_key=key) for _ in range(2))
    assert first.json() == again.json()
    office = whole.service.office
    with office.engine.connect() as connection:
        (entry,) = trail.read_case(connection, office.keys, TENANT, first.json()["id"])
    assert entry.entry["actor"] == {"kind": "person", "id": user.subject}
    assert (entry.entry["type"], entry.entry["body"]["step"]) == ("plan", "offered")
    assert list(entry.entry["rows"]) == ["offered_activity"]
    assert entry.personal == first.json()["activity"]
    refused = user.post("/offered-activities", GROUP | {"slots": []}, idempotency_key=f"{key}-annan")
    assert refused.status_code == 422


def test_a_check_in_is_a_report_and_no_mark(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    found = in_group(user, person, offered(user))
    said = {"personal_number": personal_number(person), "activity": "grupp"}
    assert whole.eservice().post("/check-ins", said).json()["day"] == "2026-10-28"
    today = {"first": "2026-10-28", "last": "2026-10-28"}
    (occasion,) = user.get(f"/participants/{found}/occasions", today).json()["items"]
    assert (occasion["mark"], occasion["reported"]) == ("UNMARKED", True)
    mark = {"activity": "grupp", "day": "2026-10-28", "mark": "ABSENT"}
    assert user.post(f"/participants/{found}/attendance", mark).status_code == 200
    assert code(whole.eservice().post("/check-ins", said)) == "conflict"
    nobody = said | {"personal_number": personal_number(whole.person())}
    assert whole.eservice().post("/check-ins", nobody).status_code == 404
    for wrong in ({"day": "2026-10-25"}, {"day": "2026-10-29"}, {"activity": "annan"}):
        assert user.post(f"/participants/{found}/attendance", mark | wrong).status_code == 422, wrong


def test_a_text_of_spaces_is_none_in_a_step_and_in_an_enrolment(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    body = {"personal_number": personal_number(person), "first_name": " ", "last_name": "Ek\t", "day": DAY}
    refused = user.post("/participants", body, idempotency_key="blank")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/first_name"]
    found = enrolled(user, person, first_name=" Kim", last_name="Ek ")
    assert found["name"] == "Kim Ek"
    path = f"/participants/{found['id']}"
    for step in (PLAN | {"goal": "  "}, {"step": "details", "last_name": " "}):
        answer = user.post(f"{path}/steps", step, if_match=user.get(path).headers["etag"])
        assert [each["code"] for each in answer.json()["errors"]] == ["text_too_short"], step


def test_who_marks_an_activity_that_is_not_answered_is_told_to_write_the_answer_first(whole: Whole) -> None:
    user = secretary(whole)
    found = str(enrolled(user, whole.person())["id"])
    given = {name: value for name, value in GROUP.items() if name != "capacity"}
    met = {"step": "meeting", "day": "2026-09-02", "held": True}
    stepped(user, found, met, PLAN, given | {"step": "assign", "id": "grupp"})
    mark = {"activity": "grupp", "day": "2026-10-27", "mark": "PRESENT"}
    path = f"/participants/{found}/attendance"
    assert [each["code"] for each in user.post(path, mark).json()["errors"]] == ["activity_not_answered"]
    said = {"step": "answer", "activity": "grupp", "answer": "TAKEN", "day": "2026-09-04"}
    stepped(user, found, said)
    assert user.post(path, mark).status_code == 200
    sunday = user.post(path, mark | {"day": "2026-10-25"})
    assert [each["code"] for each in sunday.json()["errors"]] == ["no_occasion"]


def test_what_is_planned_here_decides_as_what_another_system_reports_did(whole: Whole) -> None:
    """All marked present: the machine decides. One absence: a person is asked, and nothing is refused."""
    user, sender = secretary(whole), whole.eservice()
    activity = offered(user)
    good, absent = whole.person(), whole.person()
    ids = {}
    for person in (good, absent):
        whole.import_month(person)
        whole.registers(person)
        ids[person] = in_group(user, person, activity)
        stepped(user, ids[person], {"step": "follow_up", "day": DAY, "held": True, "broad_job_search": True})
    for number in range(1, 29):
        day = f"/offered-activities/{activity}/days/2026-10-{number:02d}"
        there = {each["participant"] for each in user.get(day).json()["items"]} & set(ids.values())
        marks = [{"participant": each, "mark": "PRESENT"} for each in there]
        if marks:
            assert user.post(f"{day}/attendance", {"marks": marks}).status_code == 200
    mark = {"activity": "grupp", "day": DAY, "mark": "ABSENT"}
    user.post(f"/participants/{ids[absent]}/attendance", mark)
    granted = sender.state(sender.apply(application(good, NOVEMBER)))
    assert granted["decision"] is not None, (
        whole.handlaggare().get(f"/tasks/{granted['id']}").json()["questions"]
    )
    assert granted["decision"]["automatic"] is True
    with_a_person = sender.apply(application(absent, NOVEMBER))
    questions = whole.handlaggare().get(f"/tasks/{with_a_person}").json()["questions"]
    assert "FRÅNVARO" in {each["code"] for each in questions}
    assert sender.state(with_a_person)["decision"] is None


def test_plans_and_attendance_are_files_that_can_be_read_back(whole: Whole) -> None:
    user, person, hidden = secretary(whole), whole.person(), whole.person()
    found = in_group(user, person, offered(user))
    enrolled(trusted(whole), hidden, protected=True, first_name="Hemlisa")
    number = personal_number(person)
    plans = user.get("/planning-files/plans").text
    assert f"{number};2026-09-02;2026-09-03;2026-10-31;Arbete som lagerarbetare;0;ja;" in plans
    assert personal_number(hidden) not in plans
    week = {"first": "2026-10-26", "last": "2026-10-27"}
    out = user.get("/planning-files/attendance", week).text
    assert f"{number};2026-10-27;grupp;inte markerat;Kim Ek;8" in out
    back = out.replace("inte markerat", "sjuk utan intyg")
    only = "\n".join(line for line in back.splitlines() if number in line or "närvaro" in line)
    answer = user.post("/planning-files/attendance", only.encode(), content_type="text/csv")
    assert answer.json() == {"rows": 2}
    occasions = user.get(f"/participants/{found}/occasions", week).json()["items"]
    assert {each["mark"] for each in occasions} == {"SICK"}
    new = plans.splitlines()[0] + f"\n{number};2026-10-28;2026-11-01;2026-12-31;Eget företag;0;nej;Sjuk\n"
    answer = user.post("/planning-files/plans", new.encode(), content_type="text/csv")
    assert answer.json() == {"rows": 1}
    assert user.get(f"/participants/{found}").json()["participation"]["plans"][-1]["goal"] == "Eget företag"


def test_plans_that_are_read_back_as_they_were_given_out_change_nothing_but_the_row_that_differs(
    whole: Whole,
) -> None:
    user, one, other = secretary(whole), whole.person(), whole.person()
    found = [in_group(user, each, offered(user)) for each in (one, other)]
    given_out = user.get("/planning-files/plans").text
    before = [user.get(f"/participants/{each}").json() for each in found]
    answer = user.post("/planning-files/plans", given_out.encode(), content_type="text/csv")
    assert answer.json() == {"rows": 0}
    assert [user.get(f"/participants/{each}").json() for each in found] == before
    number = personal_number(one)
    row = next(line for line in given_out.splitlines() if number in line)
    new = f"{number};2026-10-28;2026-11-01;2026-12-31;Eget företag;0;ja;"
    changed = given_out.replace(row, new).replace("\r\n", "\n")
    answer = user.post("/planning-files/plans", changed.encode(), content_type="text/csv")
    assert answer.json() == {"rows": 1}
    after = [user.get(f"/participants/{each}").json() for each in found]
    assert after[0]["participation"]["plans"][-1]["goal"] == "Eget företag"
    assert after[1] == before[1]


def test_every_bad_row_of_a_file_is_told_and_nothing_of_it_is_taken(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    found = in_group(user, person, offered(user))
    number = personal_number(person)
    rows = [
        "personnummer;dag;aktivitet;närvaro",
        f"{number};2026-10-26;grupp;närvarande",
        f"{number};2026-10-25;grupp;närvarande",
        f"{number};2026-10-27;grupp;närvarnde",
        "123;2026-10-27;grupp;närvarande",
        f"{personal_number(whole.person())};2026-10-27;grupp;närvarande",
        f"{number};igår;grupp;närvarande",
        f"{number};2026-10-26;grupp;sjuk med intyg",
    ]
    answer = user.post("/planning-files/attendance", "\n".join(rows).encode(), content_type="text/csv")
    told = {each["pointer"]: each["code"] for each in answer.json()["errors"]}
    assert told == {
        "/rad 3/dag": "no_occasion",
        "/rad 4/närvaro": "misspelt_value",
        "/rad 5/personnummer": "not_personal_number",
        "/rad 6/personnummer": "no_such_participant",
        "/rad 7/dag": "not_day",
        "/rad 8/dag": "occasion_twice",
    }
    week = {"first": "2026-10-26", "last": "2026-10-27"}
    occasions = user.get(f"/participants/{found}/occasions", week).json()["items"]
    assert {each["mark"] for each in occasions} == {"UNMARKED"}
    for text, expected in (
        ("personnummer;dag\n", "columns_missing"),
        (f"{rows[0]};Dag\n", "columns_twice"),
        (f"{rows[0]}\n1;2;3\n", "row_of_other_length"),
        (b"\xff", "not_utf8"),
    ):
        body = text if isinstance(text, bytes) else text.encode()
        answer = user.post("/planning-files/attendance", body, content_type="text/csv")
        assert [each["code"] for each in answer.json()["errors"]] == [expected]
    for text, line in (("x" * 200_000, 1), (f'{rows[0]}\n"{"x" * 200_000}', 2)):
        answer = user.post("/planning-files/attendance", text.encode(), content_type="text/csv")
        (told,) = answer.json()["errors"]
        assert (told["code"], told["pointer"]) == ("row_unreadable", f"/rad {line}")
    assert user.post("/planning-files/plans", b"{}").status_code == 415


def test_the_plan_is_sent_once_a_version_and_says_nothing_in_the_log_for_ever(whole: Whole) -> None:
    user = secretary(whole)
    found = in_group(user, whole.person(), offered(user))
    path = f"/participants/{found}/letter"
    assert user.post(path).status_code == 202
    assert user.post(path).headers["idempotent-replay"] == "true"
    whole.settle()
    sent = whole.delivered(found)["plan"]["payload"]
    assert sent["letter"]["kind"] == "PLAN"
    assert "Målet är: Arbete som lagerarbetare" in sent["text"]
    assert sent["to"]["name"] == "Kim Ek"
    stepped(user, found, {"step": "follow_up", "day": DAY, "held": True})
    assert "idempotent-replay" not in user.post(path).headers
    none = str(enrolled(user, whole.person())["id"])
    assert code(user.post(f"/participants/{none}/letter")) == "conflict"


def test_somebody_planned_for_here_has_no_second_plan(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    enrolled(user, person)
    body = {"personal_number": personal_number(person), "plan": {"decided": DAY}}
    assert code(whole.handlaggare().ask("PUT", "/activity", body)) == "conflict"


def test_trelleborg_plans_for_svedala_in_svedalas_own_books(whole: Whole) -> None:
    trelleborg, person = secretary(whole, HANDLES), whole.person()
    found = enrolled(trelleborg.elsewhere(HANDLED), person)
    assert found["municipality"] == HANDLED
    assert trelleborg.get(f"/participants/{found['id']}").status_code == 404
    assert secretary(whole, HANDLED).elsewhere(HANDLES).get("/participants").status_code == 404
    assert secretary(whole, HANDLED).get(f"/participants/{found['id']}").status_code == 200


def test_whoever_wants_to_know_of_everything_is_told_of_steps_and_nothing_of_the_person(whole: Whole) -> None:
    user, person = secretary(whole), whole.person()
    subscribed(whole.user(Role.ADMIN), "https://ledning.example.se/lagrum")
    found = enrolled(user, person)
    with reading(whole.service.office.engine) as session:
        said = select(MessageRow.payload).where(MessageRow.application_id == found["id"])
        (payload,) = set(session.exec(said))
    assert '"event": "participant.enrolled"' in payload
    assert personal_number(person) not in payload
    assert "Kim" not in payload


@pytest.mark.slow
def test_what_could_not_be_sent_of_a_participant_is_told_to_who_may_see_them(whole: Whole) -> None:
    """A letter with a plan and notices, of one who is not protected, one who is and one who turns out to be:
    whoever may know of them can let them go again."""
    user, late = secretary(whole), whole.person()
    subscribed(whole.user(Role.ADMIN), "https://ledning.example.se/lagrum")
    group = offered(user)
    plain, later = in_group(user, whole.person(), group), in_group(user, late, group)
    known = str(enrolled(trusted(whole), whole.person(), protected=True)["id"])
    assert all(user.post(f"/participants/{each}/letter").status_code == 202 for each in (plain, later))
    of = col(MessageRow.application_id).in_((plain, later, known))
    with whole.service.office.engine.begin() as connection:
        connection.execute(update(MessageRow).where(of).values(next_attempt_at=None, error="x"))
    said = application(late, NOVEMBER)
    said["people"][0]["protected"] = True
    assert whole.eservice().send(said).status_code == 202

    def given_up(reader: User) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {each: set() for each in (plain, later, known)}
        for each in reader.get("/undelivered").json()["items"]:
            if each["application"] in found:
                found[each["application"]].add(each["key"])
        return found

    admin, chef = whole.user(Role.ADMIN), whole.user(Role.CHEF)
    own, every = given_up(admin), given_up(chef)
    assert own == every | {later: set(), known: set()}
    assert {key.split(".")[1] for key in own[plain]} >= {"plan", "1"}, "a letter, and notices"
    for key in every[later] | every[known]:
        assert code(admin.post(f"/undelivered/{key}/retry")) == "not-found"
        assert chef.post(f"/undelivered/{key}/retry").status_code == 202
    for key in own[plain]:
        assert admin.post(f"/undelivered/{key}/retry").status_code == 202


def test_nothing_of_the_person_is_in_what_is_kept_of_a_request(whole: Whole) -> None:
    """A key may say anything, and whoever guesses a personal number could try a plain hash of the body."""
    user, person = secretary(whole), whole.person()
    number = personal_number(person)
    body = {"personal_number": number, "first_name": "Kim", "last_name": "Ek", "day": "2026-09-01"}
    sent = user.post("/participants", body, idempotency_key=f"nyckel-{number}")
    again = user.post("/participants", body, idempotency_key=f"nyckel-{number}")
    assert again.headers["idempotent-replay"] == "true"
    assert again.json()["id"] == sent.json()["id"]
    plain = fingerprint("POST", f"/v1/{TENANT}/participants", "application/json", json.dumps(body).encode())
    with reading(whole.service.office.engine) as session:
        query = select(IdempotencyRow).where(IdempotencyRow.application_id == sent.json()["id"])
        (row,) = session.exec(query)
    assert number not in row.key
    assert row.request != plain
    other = user.post("/participants", body | {"day": "2026-09-02"}, idempotency_key=f"nyckel-{number}")
    assert code(other) == "idempotency-key-reused"


@pytest.mark.parametrize("role", [Role.JURIST, Role.REVISOR, Role.ADMIN, Role.ESERVICE])
def test_participants_are_for_those_who_plan_decide_or_lead(whole: Whole, role: Role) -> None:
    assert whole.user(role, purpose="granskning").get("/participants").status_code == 403


def test_a_secretary_sees_no_application(whole: Whole) -> None:
    user = secretary(whole)
    sent = whole.eservice().send(application(whole.person(), NOVEMBER)).json()["id"]
    for path in ("", "/decision", "/assessments", "/trail"):
        assert user.get(f"/applications/{sent}{path}").status_code == 403
    assert user.get("/tasks").status_code == 403


def test_the_log_vouches_for_participants_and_their_months(whole: Whole) -> None:
    """A row changed behind the service's back is refused, and nothing of it is readable in the table."""
    user, person = secretary(whole), whole.person()
    found = enrolled(user, person, last_name="Unikare")
    engine = whole.service.office.engine
    with engine.begin() as connection:
        content = connection.exec_driver_sql(
            f"SELECT document FROM participant WHERE case_id = '{found['id']}'"
        ).scalar_one()
        assert b"Unikare" not in bytes(content)
        connection.exec_driver_sql(
            f"UPDATE participant SET responsible = 'x' WHERE case_id = '{found['id']}'"
        )
    assert code(user.get(f"/participants/{found['id']}")) == "not-as-logged"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE participant SET responsible = '{found['responsible']}' WHERE case_id = '{found['id']}'"
        )
    assert user.get(f"/participants/{found['id']}").status_code == 200
