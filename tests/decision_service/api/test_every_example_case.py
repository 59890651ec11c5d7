"""Every example case that a person gets is answered through the API, decided, and its letter adds up.

The application is the example's own, sent like any other; what registers, history and plans say of it is the
example's too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlmodel import Session

from decision_service.access.roles import Role
from decision_service.casework import answers, gather, sweeps
from decision_service.casework.gather import AskedApplication, Gathered
from decision_service.casework.office import Office
from examples.e_tjanst.ending import faults_of_decision, faults_of_letter
from rules.texts import kronor
from tests.decision_service.api.test_answering import answers_to, questions
from tests.decision_service.api.test_protected import trusted
from tests.decision_service.casework.test_answered_cases import ASKED, DECIDED_ONLY, with_case
from tests.world.cases import EXPECTED, raw
from tests.world.client import User
from tests.world.deciding import own_decision
from tests.world.service import Json, Whole
from tests.world.sweeps import share

MOST_ROUNDS = 6
TOLD = {"how": "HAR_FÅTT_SE", "reason": "Sökanden har läst underlaget."}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The example that each application is of."""
    names: dict[str, str] = {}

    def of_example(office: Office, session: Session, asked: AskedApplication) -> Gathered:
        content: Json = {**asked.content}
        case = raw(names[asked.row.id]) | {name: content[name] for name in ("application", "people")}
        given = answers.in_case_file(office, session, asked.row, {})
        before = ({"standing": False, **each} for each in case.get("answers", ()))
        return with_case(asked, case | {"answers": [*before, *given], "added": content.get("added", [])})

    def gathered(office: Office, session: Session, asked: Sequence[AskedApplication]) -> list[Gathered]:
        return [of_example(office, session, each) for each in asked]

    monkeypatch.setattr(gather, "gather", gathered)
    return names


def application_of(name: str) -> Json:
    """The application of an example, from people whom no other example knows: who has a personal number is
    born on its day, and only a coordination number is kept, for what it says."""
    case, people = raw(name), []
    for each in case["people"]:
        number = each.get("personal_number")
        one = {key: value for key, value in each.items() if key != "personal_number"}
        if number is not None and int(number[6:8]) > 60:
            one["personal_number"] = number
        elif number is not None:
            one = {"born": f"{number[:4]}-{number[4:6]}-{number[6:8]}"} | one
        people.append(one)
    return {"schema": "ansokan/1", "application": case["application"], "people": people}


def answered(worker: User, case: str, settle: Any) -> None:
    """Every question that takes an answer gets one, as often as new ones come of it."""
    done: set[str] = set()
    for _ in range(MOST_ROUNDS):
        given = [one for one in answers_to(questions(worker, case)) if one["question"] not in done]
        if not given:
            return
        assert worker.act("answers", case, {"answers": given}).status_code == 200
        done |= {one["question"] for one in given}
        settle()
    raise AssertionError(questions(worker, case))


def decided(whole: Whole, worker: User, case: str) -> Json:
    """Yes to what is proposed; where answers lead to no calculation, lines of the handläggare's own."""
    task = worker.get(f"/tasks/{case}").json()
    said: Json = {
        "assessment": task["assessment"],
        "agrees": True,
        "reason": "Underlaget visar det.",
        "told": TOLD,
    }
    if task["proposal"] is None:
        form = task["content"]["application"]
        said = own_decision(task["assessment"], task["calculation"], form, "BIFALL", 500_000)
    answer = worker.act("decision", case, said)
    assert answer.status_code == 200, answer.text
    if answer.json()["state"] != "beslutad":
        colleague = trusted(whole)
        assert colleague.act("approval", case, {"agrees": True}).status_code == 200
    whole.settle()
    return dict(trusted(whole, Role.JURIST).get(f"/applications/{case}/decision").json())


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", share(ASKED, 8, lambda name: (name in DECIDED_ONLY, EXPECTED[name]["utfall"]))
)
def test_it_is_answered_to_a_decision_whose_letter_adds_up(
    one: Whole, sent: dict[str, str], name: str
) -> None:
    sender = one.eservice()
    answer = sender.send(application_of(name))
    assert answer.status_code == 202, answer.text
    case = answer.json()["id"]
    sent[case] = name
    one.settle()
    state = sender.state(case)
    if state["state"] == "vantar_pa_komplettering":
        one.clock.forward(days=15)
        sweeps.unanswered(one.service.office)
    worker = trusted(one).take(case)
    answered(worker, case, one.settle)
    decision = decided(one, worker, case)
    assert [*faults_of_decision(decision)] == []
    letter = sender.get(f"/applications/{case}/letter").text
    assert [*faults_of_letter(letter, [one.public_key()])] == []
    words = " ".join(letter.replace("\u00a0", " ").split())
    if decision["granted"]:
        assert kronor(decision["granted"]).replace("\u00a0", " ") in words
    assert name in DECIDED_ONLY or decision["assessment"] is not None


@pytest.mark.slow
def test_a_refusal_for_what_was_not_done_says_what_it_rests_on(one: Whole, sent: dict[str, str]) -> None:
    sender = one.eservice()
    case = sender.send(application_of("deltar-inte")).json()["id"]
    sent[case] = "deltar-inte"
    one.settle()
    worker = trusted(one).take(case)
    asked = questions(worker, case)
    yes_no = {each["id"] for each in asked if (each["takes"] or {}).get("kind") == "ja-nej"}
    given = [each | ({"value": False} if each["question"] in yes_no else {}) for each in answers_to(asked)]
    assert worker.act("answers", case, {"answers": given}).status_code == 200
    one.settle()
    decision = decided(one, worker, case)
    assert decision["outcome"] == "AVSLAG"
    letter = sender.get(f"/applications/{case}/letter").text
    assert "SoL (2025:400) 12 kap. 5 §" in " ".join(letter.replace("\u00a0", " ").split())
