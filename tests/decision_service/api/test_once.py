"""Every step of a handläggare and of the applicant sent twice, and by two at once: it is done once, whoever
comes second gets one clear message, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import Session
from sqlmodel import select as select_rows

from audit import tables as audit_tables
from decision_service.reading.kronor import as_kronor
from decision_service.store.tables import ApplicationRow
from tests.decision_service.api.test_answering import answers_to, costs, questions
from tests.decision_service.reliability.test_failing_statement import COUNTED
from tests.world.client import User
from tests.world.installation import FOUR_EYES, HANDLES
from tests.world.office import paying
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number
from tests.world.service import Json, Whole

pytestmark = pytest.mark.slow

Click = Callable[[], httpx.Response]
RENT = costs(("RENT", 7300), ("ELECTRICITY", 450))
TOLD = {"how": "HAR_FÅTT_SE", "reason": "Underlaget är sökandens eget."}


@dataclass
class Clicks:
    """A case, and the same step sent by one and by another, or by one twice."""

    case: str
    first: Click
    second: Click


def twice(case: str, click: Click) -> Clicks:
    return Clicks(case, click, click)


def seen(user: User, case: str) -> str:
    return str(user.get(f"/applications/{case}").headers["etag"])


def sent(user: User, case: str, path: str, body: Any = None) -> Clicks:
    """A step on what was read before any click, as a form on a page sends it."""
    etag = seen(user, case)
    return twice(case, lambda: user.post(path, body, if_match=etag))


def taken(whole: Whole) -> tuple[str, User]:
    """A rent above the limit, with the handläggare who has taken it."""
    case = whole.eservice().apply(RENT(whole.known(), NOVEMBER))
    return case, whole.handlaggare().take(case)


def decided(whole: Whole) -> tuple[str, User]:
    case, worker = taken(whole)
    said = {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."}
    assert worker.act("decision", case, said).status_code == 200
    return case, worker


def another_rent(worker: User, case: str) -> Json:
    """The decision in force with ten kronor less of its rent."""
    decision = worker.get(f"/applications/{case}/corrections").json()["decisions"][-1]
    lines = decision["calculation"]["lines"]
    at, rent = next((at, each) for at, each in enumerate(lines, 1) if each["text"].startswith("Hyra"))
    said = {
        "assessment": 1,
        "outcome": "DELAVSLAG",
        "granted": as_kronor(decision["granted"] - 1_000),
        "lines": [{"line": at, "amount": as_kronor(rent["amount"] - 1_000), "reason": "Avin kom."}],
        "reason": "Hyran är en annan.",
        "told": TOLD,
    }
    return {"kind": "ÄNDRING", "decision": decision["id"], "decided": said}


def corrected(whole: Whole) -> tuple[str, User]:
    case, worker = decided(whole)
    body = another_rent(worker, case)
    path = f"/applications/{case}/corrections"
    assert worker.post(path, body, if_match=seen(worker, case)).status_code == 200
    return case, worker


def appeal(worker: User, case: str) -> Json:
    decision = worker.get(f"/applications/{case}/corrections").json()["decisions"][0]
    day = decision["decided_at"][:10]
    return {"decision": decision["id"], "received": day, "told": day, "text": "Hyran är skälig."}


# --- the steps


def claim(whole: Whole) -> Clicks:
    case = whole.eservice().apply(RENT(whole.known(), NOVEMBER))
    etag = seen(whole.handlaggare(), case)
    one, other = (
        lambda who=who: who.post(f"/tasks/{case}/claim", if_match=etag)
        for who in (whole.handlaggare(), whole.handlaggare())
    )
    return Clicks(case, one, other)


def hand_back(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    return sent(worker, case, f"/tasks/{case}/hand-back", {"to": "kön", "reason": "Sjuk i morgon."})


def answers(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    return sent(worker, case, f"/tasks/{case}/answers", {"answers": answers_to(questions(worker, case))})


def answer_withdrawn(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    worker.act("answers", case, {"answers": answers_to(questions(worker, case))})
    whole.settle()
    items = worker.get(f"/tasks/{case}/answers").json()["items"]
    own = next(each["id"] for each in items if each["withdrawn_at"] is None)
    return sent(worker, case, f"/tasks/{case}/answers/{own}/withdrawal", {"reason": "Fel belopp."})


def addition(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    wage = {"incomeType": "SALARY", "amount": "1200", "incomeDate": "2026-10-25", "recipient": "p1"}
    added = {"to": "incomes", "row": wage, "reason": "Kontoutdraget visar en lön."}
    return sent(worker, case, f"/tasks/{case}/additions", {"additions": [added]})


def question(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    return sent(worker, case, f"/tasks/{case}/questions", {"questions": ["Skicka kvittot."]})


def note(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    return sent(worker, case, f"/tasks/{case}/notes", {"text": "Sökanden ringde."})


def communication(whole: Whole) -> Clicks:
    person = whole.known()
    enough = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))(personal_number(person), NOVEMBER)
    whole.registers(person, fk=enough.agencies["fk"])
    case = whole.eservice().apply(application(person, NOVEMBER, hasPendingBenefits=True))
    return sent(whole.handlaggare().take(case), case, f"/tasks/{case}/communication")


def decision(whole: Whole) -> Clicks:
    case, worker = taken(whole)
    said = {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."}
    return sent(worker, case, f"/tasks/{case}/decision", said)


def approval(whole: Whole) -> Clicks:
    case = whole.eservice(FOUR_EYES).apply(application(whole.person(), NOVEMBER))
    first, second = whole.handlaggare(FOUR_EYES).take(case), whole.handlaggare(FOUR_EYES)
    assert first.decide(case, "AVSLAG", 0, "Inkomsterna räcker.").status_code == 200
    return sent(second, case, f"/tasks/{case}/approval", {"agrees": True})


def write_off(whole: Whole) -> Clicks:
    sender = whole.eservice(HANDLES)
    case = sender.apply(application(whole.person(), NOVEMBER))
    assert sender.post(f"/applications/{case}/withdrawal").status_code == 200
    worker = whole.handlaggare(HANDLES).take(case)
    return sent(worker, case, f"/tasks/{case}/write-off", {"reason": "Sökanden har fått arbete."})


def correction(whole: Whole) -> Clicks:
    case, worker = decided(whole)
    return sent(worker, case, f"/applications/{case}/corrections", another_rent(worker, case))


def correction_of_a_correction(whole: Whole) -> Clicks:
    case, worker = corrected(whole)
    return sent(worker, case, f"/applications/{case}/corrections", another_rent(worker, case))


def claimed_back(whole: Whole) -> Clicks:
    case, worker = corrected(whole)
    return sent(
        worker, case, f"/applications/{case}/claims/2", {"claims": True, "reason": "Sökanden visste."}
    )


def waived(whole: Whole) -> Clicks:
    case, worker = corrected(whole)
    return sent(worker, case, f"/applications/{case}/claims/2", {"claims": False, "reason": "Vårt fel."})


def lowered_claim(whole: Whole) -> Clicks:
    case, worker = corrected(whole)
    claimed = {"claims": True, "reason": "Sökanden visste."}
    assert worker.post(f"/applications/{case}/claims/2", claimed).status_code == 200
    said = {"how": "EFTERGIFT", "amount": 1, "paid": 0, "reason": "Kan inte betala."}
    return sent(worker, case, f"/applications/{case}/claims/2/lowering", said)


def appealed(whole: Whole) -> Clicks:
    case, worker = decided(whole)
    return sent(worker, case, f"/applications/{case}/appeals", appeal(worker, case))


def forwarded(whole: Whole) -> Clicks:
    case, worker = decided(whole)
    assert worker.post(f"/applications/{case}/appeals", appeal(worker, case)).status_code == 200
    return sent(worker, case, f"/applications/{case}/appeals/1", {"step": "överlämna"})


def cause(whole: Whole) -> Clicks:
    case, worker = decided(whole)
    asked = worker.get(f"/applications/{case}/corrections").json()["causes"][0]["question"]["id"]
    said = {"question": asked, "value": "saknar_barnomsorg", "reason": "Ingen plats än."}
    return sent(worker, case, f"/applications/{case}/causes", said)


def document(whole: Whole) -> Clicks:
    sender = whole.eservice()
    case = sender.apply(incomplete(whole.known(), NOVEMBER))
    path, content = f"/applications/{case}/documents?name=intyg", b"%PDF-1.7\nIntyg\n%%EOF\n"
    return twice(case, lambda: sender.post(path, content, content_type="application/pdf"))


def completion(whole: Whole) -> Clicks:
    sender = whole.eservice()
    case = sender.apply(incomplete(whole.known(), NOVEMBER))
    (asked,) = sender.state(case)["completion"]["asked"]
    given = {"answers": [{"question": asked["id"], "value": False}]}
    return twice(
        case,
        lambda: sender.post(f"/applications/{case}/completions", given, content_type="application/json"),
    )


def statement(whole: Whole) -> Clicks:
    made = communication(whole)
    assert made.first().status_code == 200
    return twice(made.case, lambda: sender_of(whole, made.case))


def withdrawal(whole: Whole) -> Clicks:
    sender = whole.eservice()
    case = sender.apply(application(whole.person(), NOVEMBER))
    return twice(case, lambda: sender.post(f"/applications/{case}/withdrawal"))


def sender_of(whole: Whole, case: str) -> httpx.Response:
    """The statement of whoever sent an application."""
    with Session(whole.service.office.engine) as session:
        client = session.get_one(ApplicationRow, (TENANT, case)).client
    said = {"agrees": False, "message": "Pengarna är min systers."}
    return whole.user(*whole.eservice().roles, client=client).post(f"/applications/{case}/statement", said)


STEPS = (
    claim,
    hand_back,
    answers,
    answer_withdrawn,
    addition,
    question,
    note,
    communication,
    decision,
    approval,
    write_off,
    correction,
    correction_of_a_correction,
    claimed_back,
    waived,
    lowered_claim,
    appealed,
    forwarded,
    cause,
    document,
    completion,
    statement,
    withdrawal,
)


def left(whole: Whole, case: str) -> dict[str, Any]:
    """What there is of a case, and how much its log tells; nothing of who has read it."""
    entry = audit_tables.entry.c
    logged = select(func.count()).where(entry.case_id == case, entry.type != "access")
    with Session(whole.service.office.engine) as session:
        found: dict[str, Any] = {
            model.__tablename__: session.exec(
                select_rows(func.count()).select_from(model).where(model.application_id == case)
            ).one()
            for model in COUNTED
        }
        row = session.exec(select_rows(ApplicationRow).where(ApplicationRow.id == case)).one()
        return found | {"log": session.connection().scalar(logged), "state": row.state}


def is_one_clear_message(answer: httpx.Response) -> bool:
    """Whether a refusal says in a sentence of Swedish what is wrong, and nothing of how we are built."""
    said = answer.json()
    words = said.get("detail") or " ".join(each["message"] for each in said["errors"])
    return (
        answer.status_code in (404, 409, 412, 422)
        and bool(said["title"])
        and (words[:1].isupper() and words.rstrip().endswith((".", "?")))
        and not any(inner in words for inner in ("Traceback", "Error", "None", "sql"))
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_double_click_and_two_at_once(one: Whole, step: Callable[[Whole], Clicks]) -> None:
    made = step(one)
    first = made.first()
    assert first.status_code < 300, first.text
    once = left(one, made.case)
    second = made.second()
    assert second.status_code < 300 or is_one_clear_message(second), second.text
    assert left(one, made.case) == once
    both = step(one)
    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in (pool.submit(both.first), pool.submit(both.second))]
    told = [each for each in answers if each.status_code >= 300]
    assert len(told) < 2, [each.text for each in told]
    assert all(is_one_clear_message(each) for each in told), told[0].text
    assert left(one, both.case) == once
