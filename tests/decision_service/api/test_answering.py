"""A handläggare's answers over HTTP: seen first, given, read, taken back; and the case decided by its sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from decision_service.decision.takes import Takes
from norms.month import Month
from tests.decision_service.api.test_applications import code
from tests.world.answering import WHY, value_of
from tests.world.client import User
from tests.world.people import NOVEMBER, application
from tests.world.service import Json, Whole
from tests.world.sweeps import rest_slow

Form = Callable[[int, Month], Json]


def costs(*rows: tuple[str, int]) -> Form:
    listed = [{"costType": kind, "appliedAmount": amount} for kind, amount in rows]
    return lambda person, month: application(person, month, costs=listed)


def saying(**changes: Any) -> Form:
    return lambda person, month: application(person, month, **changes)


REPRESENTATIVE = {
    "a rent above the limit": costs(("RENT", 7300), ("ELECTRICITY", 450)),
    "care, glasses and a debt": costs(("RENT", 6000), ("DENTAL_CARE", 900), ("DEBT", 500)),
    "assets": saying(hasAssets=True, assets=[{"assetCategory": "BANK_SAVINGS", "value": 2000}]),
    "not in the municipality": saying(staysInMunicipality=False),
    "a debt for rent": saying(rentDebt=True),
    "nobody has applied before": None,
}


def questions(worker: User, case: str) -> list[Json]:
    found: list[Json] = worker.get(f"/tasks/{case}").json()["questions"]
    return found


def answers_to(asked: list[Json]) -> list[Json]:
    return [
        {
            "question": each["id"],
            "value": value_of(Takes.model_validate(each["takes"])),
            "reason": WHY,
            "checked": True,
        }
        for each in asked
        if each["takes"] is not None
    ]


@pytest.mark.parametrize("name", rest_slow(REPRESENTATIVE))
def test_a_case_is_answered_to_its_end_and_decided_with_a_yes(whole: Whole, name: str) -> None:
    form = REPRESENTATIVE[name]
    person = whole.known() if form is not None else whole.person()
    case = whole.eservice().apply((form or application)(person, NOVEMBER))
    worker = whole.handlaggare().take(case)
    for _ in range(5):
        given = answers_to(questions(worker, case))
        if not given:
            break
        answer = worker.act("answers", case, {"answers": given})
        assert answer.status_code == 200, answer.text
        whole.settle()
        assert worker.get(f"/tasks/{case}").json()["claimed_by"] == worker.subject
    task = worker.get(f"/tasks/{case}").json()
    sums = task["calculation"]
    assert sums["result"] == sums["income"] - sums["norm"] - sums["costs"] - sums["other_costs"]
    agreed = {"assessment": task["assessment"], "agrees": True, "reason": WHY}
    decided = worker.act("decision", case, agreed)
    assert decided.status_code == 200, decided.text
    assert decided.json()["decision"]["granted"] == max(0, -sums["result"])


def test_what_an_answer_changes_is_seen_first_and_an_answer_is_taken_back(whole: Whole) -> None:
    case = whole.eservice().apply(costs(("RENT", 7300), ("ELECTRICITY", 450))(whole.known(), NOVEMBER))
    worker = whole.handlaggare().take(case)
    asked = next(each for each in questions(worker, case) if each["code"] == "HYRA_ÖVER_GRÄNS")
    assert asked["takes"] | {"lowest": 0} == asked["takes"]
    assert (asked["takes"]["kind"], asked["takes"]["unit"], asked["sets"]) == (
        "belopp",
        "kronor",
        "kostnad.bedömt_belopp",
    )
    given = {"answers": [{"question": asked["id"], "value": "7300", "reason": WHY, "until": "2027-03-31"}]}
    tried = worker.act("answers?dry_run=true", case, given).json()
    assert tried["after"]["calculation"]["costs"] - tried["before"]["calculation"]["costs"] == 90_000
    assert worker.get(f"/tasks/{case}/answers").json()["items"] == []
    assert worker.act("answers", case, given).status_code == 200
    whole.settle()
    [stored] = worker.get(f"/tasks/{case}/answers").json()["items"]
    assert (stored["value"], stored["until"], stored["withdrawn_at"]) == ("7300", "2027-03-31", None)
    back = worker.act(f"answers/{stored['id']}/withdrawal", case, {"reason": "Fel hyra."})
    assert back.status_code == 200, back.text
    whole.settle()
    assert asked["id"] in {each["id"] for each in questions(worker, case)}


def test_faults_are_told_at_their_place(whole: Whole) -> None:
    case = whole.eservice().apply(costs(("RENT", 7300), ("ELECTRICITY", 450))(whole.known(), NOVEMBER))
    worker, other = whole.handlaggare().take(case), whole.handlaggare()
    asked = next(each for each in questions(worker, case) if each["code"] == "HYRA_ÖVER_GRÄNS")
    wrong = worker.act(
        "answers", case, {"answers": [{"question": asked["id"], "value": True, "reason": WHY}]}
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/answers/0/value"
    gone = worker.act("answers", case, {"answers": [{"question": "0000", "value": True, "reason": WHY}]})
    assert gone.json()["errors"][0]["pointer"] == "/answers/0/question"
    right = {"answers": [{"question": asked["id"], "value": "7300", "reason": WHY}]}
    assert other.act("answers", case, right).status_code == 409
    assert code(worker.post(f"/tasks/{case}/answers", right)) == "version-missing"
