"""What a handläggare relies on: the queue, one's own cases, no change lost, and a second pair of eyes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from decision_service.access.roles import Role
from decision_service.casework.checking import checked_log
from tests.decision_service.api.test_applications import code
from tests.world.client import User
from tests.world.deciding import own_decision
from tests.world.installation import FOUR_EYES
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application
from tests.world.service import Json, Whole, decided_by_machine, with_a_person

TOLD = {"how": "HAR_FÅTT_SE", "reason": "Sökanden har läst underlaget."}
REFUSED: Json = {
    "assessment": 1,
    "outcome": "AVSLAG",
    "granted": 0,
    "reason": "Inkomsterna räcker.",
    "told": TOLD,
}


def queue(user: User, **params: object) -> list[Json]:
    items: list[Json] = user.get("/tasks", dict(params)).json()["items"]
    return items


def test_the_queue_has_the_most_urgent_first(whole: Whole) -> None:
    sender = whole.eservice(FOUR_EYES)
    ids = []
    for _ in range(3):
        ids.append(sender.apply(application(whole.person(), NOVEMBER)))
        whole.clock.forward(days=1)
    worker = whole.handlaggare(FOUR_EYES)
    seen, page = [], worker.get("/tasks", {"limit": 3})
    while True:
        seen += [each["application"] for each in page.json()["items"]]
        if page.json()["next"] is None:
            break
        page = whole.http.get(page.json()["next"], headers=worker.headers())
    assert [each for each in seen if each in ids] == ids
    assert len(set(seen)) == len(seen)
    due = [each["answer_by"] for each in queue(worker)]
    assert due == sorted(due)


def test_taken_and_free(whole: Whole) -> None:
    worker, sender = whole.handlaggare(), whole.eservice()
    mine, free = with_a_person(whole, sender)[0], with_a_person(whole, sender)[0]
    worker.take(mine)
    taken = {each["application"]: each["claimed_by"] for each in queue(worker, claimed=True, limit=200)}
    assert taken[mine] == worker.subject
    assert free not in taken
    assert free in [each["application"] for each in queue(worker, claimed=False, limit=200)]


def test_filtered_and_sorted(whole: Whole) -> None:
    """By reason, proposal, household, deadline, and mine."""
    single, _ = with_a_person(whole)
    rent = {"costType": "RENT", "appliedAmount": 7300}
    high = whole.eservice().apply(application(whole.known(), NOVEMBER, costs=[rent]))
    worker = whole.handlaggare().take(single)

    def found(**params: object) -> set[str]:
        return {each["application"] for each in queue(worker, limit=200, **params)} & {single, high}

    assert found(reason="HYRA_ÖVER_GRÄNS") == {high}
    assert found(reason="HYRA") == set()
    assert found(outcome="DELAVSLAG") == {high}
    assert found(mine=True) == {single}
    assert found(household="ENSAM") == {single, high}
    assert found(household="PAR_BARN") == set()
    assert found(due_before="2026-10-01") == set()
    assert found(due_before="2027-10-01") == {single, high}
    for sort in ("deadline", "reason", "outcome", "household"):
        pages, page = [], worker.get("/tasks", {"limit": 1, "sort": sort})
        while page.json()["next"] is not None:
            pages += page.json()["items"]
            page = whole.http.get(page.json()["next"], headers=worker.headers())
        pages += page.json()["items"]
        assert pages == queue(worker, limit=200, sort=sort)
    proposed = [each["proposed_outcome"] or "" for each in queue(worker, limit=200, sort="outcome")]
    assert proposed == sorted(proposed)


def test_everything_that_is_needed(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    task = whole.handlaggare().get(f"/tasks/{found}").json()
    questions = {each["code"]: each["question"] for each in task["questions"]}
    assert "ny ansökan" in questions["NY_ANSÖKAN"]
    assert task["question_count"] == len(task["questions"])
    assert task["calculation"]["norm"] == 522_000
    assert task["content"]["people"][0]["first_name"] == "Alma"
    assert task["awaiting"] is None


def test_a_line_beside_that_of_the_last_month_is_named_by_what_it_is_for(whole: Whole) -> None:
    """Its text begins with something else: ”1 av 2 som delar hushåll: andelen av …”."""
    person = whole.known(month="2026-09")
    sender, worker = whole.eservice(), whole.handlaggare()
    october = sender.apply(application(person, OCTOBER, housingPersonCount=2))
    if sender.state(october)["state"] == "hos_handlaggare":
        proposed = worker.get(f"/tasks/{october}").json()["proposal"]
        worker.take(october).decide(october, granted=proposed["granted"])
    rent = {"costType": "RENT", "appliedAmount": 7300}
    found = sender.apply(application(person, NOVEMBER, housingPersonCount=2, costs=[rent]))
    task = worker.get(f"/tasks/{found}").json()
    beside = {line["what"] for line in task["last_month"]["lines"]}
    assert "Andel av de gemensamma hushållskostnaderna, 1 av 2 som delar hushåll" in beside
    assert {line["what"] for line in task["calculation"]["lines"]} <= beside


def test_this_month_beside_the_last_and_what_the_registers_said(whole: Whole) -> None:
    """October was decided here; the rent is higher now, and the agency has paid."""
    person = whole.known(month="2026-09")
    sender = whole.eservice()
    october = sender.apply(application(person, OCTOBER))
    worker = whole.handlaggare()
    if sender.state(october)["state"] == "hos_handlaggare":
        worker.take(october).decide(october, granted=1_201_000)
    rent = {"costType": "RENT", "appliedAmount": 7300}
    found = sender.apply(application(person, NOVEMBER, costs=[rent]))
    task = worker.get(f"/tasks/{found}").json()
    last = task["last_month"]
    assert (last["application"], last["month"]) == (october, "2026-10")
    lines = {line["what"]: line for line in last["lines"]}
    assert (lines["Hyra"]["before"], lines["Hyra"]["changed"]) == (620_000, True)
    assert lines["Hyra"]["now"] != 620_000
    assert not lines["Personliga kostnader för en vuxen"]["changed"]
    assert {each["agency"] for each in task["registers"]} == {"af", "csn", "fk", "skv", "so", "tns", "miv"}
    assert ("Alma", "fk", "answered") in [tuple(each.values()) for each in task["registers"]]
    assert [each["month"] for each in task["history"]] == ["2026-09", "2026-10"]
    assert task["activity"][0]["plan"]["track"] == "MAIN"
    (other,) = task["others"]
    assert (other["application"], other["month"], other["state"]) == (october, "2026-10", "beslutad")
    assert other["granted"] == sender.state(october)["decision"]["granted"]
    asked = {each["code"]: each for each in task["questions"]}
    assert asked["HYRA_ÖVER_GRÄNS"]["facts"]
    assert all(fact["origin"] for fact in asked["HYRA_ÖVER_GRÄNS"]["facts"].values())


def test_what_was_asked_and_noted_stays_in_sight(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    worker, colleague = whole.handlaggare().take(found), whole.handlaggare()
    text = "Sökanden ringde: hyran höjs i december."
    written = colleague.post(f"/tasks/{found}/notes", {"text": text})
    assert (written.status_code, written.json()["items"][0]["text"]) == (201, text)
    assert colleague.post(f"/tasks/{found}/notes", {"text": "  "}).status_code == 422
    assert worker.act("questions", found, {"questions": ["Skicka kvittot."]}).status_code == 200
    sender.complete(found, {"application": {"otherInformation": "Här."}})
    whole.settle()
    task = worker.get(f"/tasks/{found}").json()
    assert [(each["by"], each["text"]) for each in task["notes"]] == [("Maj Berg, socialsekreterare", text)]
    (asked,) = task["completions"]
    assert (asked["answered"], asked["asked"][0]["question"]) == (True, "Skicka kvittot.")
    assert text in str(whole.jurist().get(f"/applications/{found}/trail").json())


def test_one_has_a_case_and_the_other_has_not(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    one, other = whole.handlaggare(), whole.handlaggare()
    refused = one.act("decision", found, REFUSED)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Ta ärendet först.")
    one.take(found)
    one.take(found)
    for step, body in (
        ("claim", None),
        ("decision", REFUSED),
        ("hand-back", {"to": "kön"}),
        ("questions", {"questions": ["?"]}),
    ):
        answer = other.act(step, found, body)
        assert (answer.status_code, code(answer)) == (409, "conflict"), step
    assert one.decide(found).json()["decision"]["granted"] == 900_000


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("claim", None),
        ("decision", REFUSED),
        ("approval", {"agrees": True}),
        ("hand-back", {"to": "kön"}),
        ("questions", {"questions": ["Varför?"]}),
    ],
)
def test_nobodys_change_is_lost(whole: Whole, step: str, body: Json | None) -> None:
    found, _ = with_a_person(whole)
    worker = whole.handlaggare()
    old = worker.get(f"/tasks/{found}").headers["etag"]
    worker.take(found)
    path = f"/tasks/{found}/{step}"
    for missing in ({}, {"if_match": "*"}, {"if_match": ""}):
        answer = worker.post(path, body, **missing)
        assert (answer.status_code, code(answer)) == (428, "version-missing")
    for stale in (old, '"v0"', 'W/"v4"', "v4"):
        answer = worker.post(path, body, if_match=stale)
        assert (answer.status_code, code(answer)) == (412, "stale")
        assert answer.headers["etag"] == worker.get(f"/tasks/{found}").headers["etag"]
    assert worker.state(found)["state"] == "hos_handlaggare"


def test_decided_by_a_person(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    worker = whole.handlaggare().take(found)
    assert worker.decide(found).status_code == 200
    decision = sender.get(f"/applications/{found}/decision").json()
    assert (decision["automatic"], decision["reason"]) == (False, "Behovet är visat.")
    whole.settle()
    sent = whole.delivered(found)
    assert sent["payment"]["payload"]["amount"] == 900_000
    assert "9\N{NO-BREAK SPACE}000" in sent["letter"]["payload"]["text"].replace(" ", "\N{NO-BREAK SPACE}")
    assert worker.subject in str(whole.jurist().get(f"/applications/{found}/trail").json())
    again = worker.act("decision", found, REFUSED)
    assert (again.status_code, code(again)) == (409, "conflict")


@pytest.mark.parametrize(
    ("written", "ore"), [(9000, 900_000), ("9000", 900_000), ("9000.50", 900_050), (0.5, 50)]
)
def test_a_person_writes_kronor_and_the_decision_is_in_ore(whole: Whole, written: object, ore: int) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    worker = whole.handlaggare().take(found)
    task = worker.get(f"/tasks/{found}").json()
    form, calculation = task["content"]["application"], task["calculation"]
    said = own_decision(1, calculation, form, "BIFALL", ore) | {"granted": written}
    assert worker.act("decision", found, said).status_code == 200
    decision = sender.get(f"/applications/{found}/decision").json()
    assert (decision["schema"], decision["money"], decision["granted"]) == ("beslut/1", "öre", ore)
    assert decision["calculation"]["granted"] == ore


@pytest.fixture(scope="module")
def undecided(one: Whole) -> tuple[User, str]:
    """Who has taken a case, which nobody decides, and the case."""
    found, _ = with_a_person(one)
    return one.handlaggare().take(found), found


@pytest.mark.parametrize(
    ("verdict", "pointer"),
    [
        ({"outcome": "KANSKE", "granted": 1, "reason": "x"}, "/outcome"),
        ({"outcome": "BIFALL", "granted": 0, "reason": "x"}, "/granted"),
        ({"outcome": "BIFALL", "granted": -1, "reason": "x"}, "/granted"),
        ({"outcome": "BIFALL", "granted": "9.000", "reason": "x"}, "/granted"),
        ({"outcome": "BIFALL", "granted": 1.505, "reason": "x"}, "/granted"),
        ({"outcome": "BIFALL", "granted": True, "reason": "x"}, "/granted"),
        ({"outcome": "AVSLAG", "granted": 100, "reason": "x"}, "/granted"),
        ({"outcome": "AVSLAG", "granted": 0, "reason": " "}, "/reason"),
        ({"outcome": "BIFALL", "granted": 5}, "/reason"),
        ({"outcome": "BIFALL", "granted": 12010, "reason": "x", "assessment": "1"}, "/assessment"),
        ({"agrees": True, "granted": 12010}, "/agrees"),
        ({}, "/outcome"),
        ({"outcome": "BIFALL", "granted": 9000, "reason": "x"}, "/lines"),
        ({"outcome": "BIFALL", "granted": 5, "lines": [{"line": 3}]}, "/lines/0/amount"),
        ({"outcome": "BIFALL", "granted": 5, "lines": [{"line": 3, "amount": 1}]}, "/lines/0/reason"),
        ({"outcome": "BIFALL"}, "/granted"),
        ({"outcome": "BIFALL", "granted": 5, "reason": "x", "automatic": True}, "/automatic"),
        ([], ""),
    ],
)
def test_a_decision_that_is_none(undecided: tuple[User, str], verdict: object, pointer: str) -> None:
    worker, found = undecided
    answer = worker.act(
        "decision", found, {"assessment": 1} | verdict if isinstance(verdict, dict) else verdict
    )
    assert (answer.status_code, code(answer)) == (422, "invalid")
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert worker.state(found)["state"] == "hos_handlaggare"


def test_four_eyes(whole: Whole) -> None:
    sender = whole.eservice(FOUR_EYES)
    found = sender.apply(application(whole.person(), NOVEMBER))
    first, second = whole.handlaggare(FOUR_EYES), whole.handlaggare(FOUR_EYES)
    first.take(found)
    sent = first.act("decision", found, REFUSED).json()
    assert (sent["state"], sent["awaits_approval"]) == ("hos_handlaggare", True)
    task = second.get(f"/tasks/{found}").json()
    assert task["awaits_approval"] is True
    waits = {name: value for name, value in REFUSED.items() if name != "assessment"}
    assert task["awaiting"] == waits | {"changes": []}
    own = first.act("approval", found, {"agrees": True})
    assert own.status_code == 409
    assert "inte själv" in own.json()["detail"]
    without = second.act("approval", found, {"agrees": False})
    assert without.status_code == 422
    assert second.act("approval", found, {"agrees": False, "reason": "Räkna om."}).status_code == 200
    assert second.get(f"/tasks/{found}").json()["awaits_approval"] is False
    first.act("decision", found, REFUSED)
    assert second.act("approval", found, {"agrees": True}).json()["decision"]["outcome"] == "AVSLAG"
    trail = str(whole.jurist(FOUR_EYES).get(f"/applications/{found}/trail").json())
    assert first.subject in trail
    assert second.subject in trail


def test_nothing_to_approve(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    worker = whole.handlaggare().take(found)
    assert worker.act("approval", found, {"agrees": True}).status_code == 409


def test_handed_back_to_the_queue(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    one, other = whole.handlaggare(), whole.handlaggare()
    one.take(found)
    assert one.act("hand-back", found, {"to": "kön", "reason": "Sjuk."}).status_code == 200
    other.take(found)
    wrong = other.act("hand-back", found, {"to": "grannen"})
    assert wrong.status_code == 422


@pytest.mark.slow
def test_a_chief_gives_back_what_somebody_who_is_away_has_taken(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    away, other, chief = whole.handlaggare(), whole.handlaggare(), whole.user(Role.CHEF)
    assert chief.act("hand-back", found, {"to": "kön"}).status_code == 409  # nobody has it
    away.take(found)
    assert other.act("hand-back", found, {"to": "kön"}).status_code == 409
    assert chief.act("hand-back", found, {"to": "kön", "reason": "Kollegan är sjuk."}).status_code == 200
    assert away.decide(found).status_code == 409
    assert other.take(found).decide(found).status_code == 200
    assert checked_log(whole.service.office, TENANT, None).ok


def test_handed_back_to_the_machine(whole: Whole) -> None:
    """A person who has found what was missing lets the machine look again."""
    person = whole.person()
    found = whole.eservice().apply(application(person, NOVEMBER))
    worker = whole.handlaggare().take(found)
    whole.plan(person)
    whole.import_month(person)
    whole.registers(person)
    answer = worker.act("hand-back", found, {"to": "maskinen"})
    assert answer.json()["state"] == "mottagen"
    whole.settle()
    assert worker.state(found)["decision"]["automatic"] is True


def test_questions_to_the_applicant(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    worker = whole.handlaggare().take(found)
    for bad in ([], [" "], ["x" * 4001], ["?"] * 21, "Varför?"):
        assert worker.act("questions", found, {"questions": bad}).status_code == 422
    asked = ["Skicka kvittot för medicinen.", "När flyttade du?"]
    assert worker.act("questions", found, {"questions": asked}).json()["clock"] == "står"
    shown = sender.state(found)["completion"]
    assert [each["question"] for each in shown["asked"]] == asked
    whole.settle()
    text = whole.delivered(found)["completion_request"]["payload"]["text"]
    assert all(each in text for each in asked)
    assert found not in [each["application"] for each in queue(worker, limit=200)]
    whole.clock.forward(days=15)
    whole.settle()
    late = worker.get(f"/tasks/{found}").json()
    assert [each["code"] for each in late["questions"]][:1] == ["KOMPLETTERING_UTEBLEV"]


def test_what_is_no_task(whole: Whole) -> None:
    found, _ = decided_by_machine(whole)
    worker = whole.handlaggare()
    answer = worker.get(f"/tasks/{found}")
    assert (answer.status_code, code(answer)) == (409, "conflict")
    assert worker.act("claim", found).status_code == 409


def test_a_manager_sees_the_queue_and_decides_nothing(whole: Whole) -> None:
    found, _ = with_a_person(whole)
    chef = whole.user(Role.CHEF)
    assert found in [each["application"] for each in queue(chef, limit=200)]
    assert chef.get(f"/tasks/{found}").status_code == 200
    assert chef.act("claim", found).status_code == 403


def test_somebody_new_who_clicks_several_times_at_once(whole: Whole) -> None:
    """The first that a handläggare ever does comes four times at once: it is done, and done once."""
    found, _ = with_a_person(whole)
    new = whole.handlaggare()
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(new.post, f"/tasks/{found}/notes", {"text": "Sökanden ringde."}) for _ in range(4)
        ]
    assert [each.result().status_code for each in sent] == [201] * 4
    assert len(new.get(f"/tasks/{found}").json()["notes"]) == 1
