"""What somebody might try with a case over HTTP: a clear word, nothing lost, and nothing done twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from decision_service.application.document_kind import LARGEST
from decision_service.reading.kronor import as_kronor
from tests.decision_service.api.test_answering import answers_to, costs, questions
from tests.world.client import User
from tests.world.people import NOVEMBER, application
from tests.world.service import Json, Whole, with_a_person

pytestmark = pytest.mark.slow

RENT = costs(("RENT", 7300), ("ELECTRICITY", 450))


@pytest.fixture
def case(one: Whole) -> tuple[str, User, User]:
    """A rent above the limit, who sent it, and who has taken it."""
    sender = one.eservice()
    found = sender.apply(RENT(one.known(), NOVEMBER))
    return found, sender, one.handlaggare().take(found)


def approved(worker: User, case: str) -> Json:
    """The answer that the whole rent is reasonable."""
    (asked,) = [each for each in questions(worker, case) if each["code"] == "HYRA_ÖVER_GRÄNS"]
    return {"question": asked["id"], "value": "7300", "reason": "Skälig."}


def codes(answer: object) -> list[str]:
    return [each["code"] for each in answer.json()["errors"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("factor", "wrong"),
    [
        ("hundredth", "granted_off_by_factor"),
        ("öre", "granted_off_by_factor"),
        ("ten", "granted_off_by_factor"),
    ],
)
def test_a_sum_that_is_not_the_lines(case: tuple[str, User, User], factor: str, wrong: str) -> None:
    found, _, worker = case
    task = worker.get(f"/tasks/{found}").json()
    granted = task["proposal"]["granted"]
    written = {"hundredth": as_kronor(granted // 100), "öre": str(granted), "ten": as_kronor(granted * 10)}
    said = {"assessment": 1, "outcome": "DELAVSLAG", "granted": written[factor], "reason": "Ok."}
    answer = worker.act("decision", found, said)
    assert answer.status_code == 422
    assert "granted_off_by_factor" in codes(answer)
    assert worker.get(f"/tasks/{found}").json()["version"] == task["version"]


@pytest.mark.parametrize("written", ["10.000", "10,000", "10 000", "1E4", "12520,0001", True, None, "-1"])
def test_an_amount_that_can_be_read_in_two_ways(case: tuple[str, User, User], written: object) -> None:
    found, _, worker = case
    given = {"answers": [{**approved(worker, found), "value": written}]}
    assert worker.act("answers", found, given).status_code == 422
    said = {"assessment": 1, "outcome": "BIFALL", "granted": written, "reason": "Ok."}
    assert worker.act("decision", found, said).status_code == 422
    assert worker.get(f"/tasks/{found}/answers").json()["items"] == []


def test_an_answer_given_twice_with_other_values(one: Whole, case: tuple[str, User, User]) -> None:
    found, _, worker = case
    given = approved(worker, found)
    other = {**given, "value": "6500"}
    answer = worker.act("answers", found, {"answers": [given, other]})
    assert answer.status_code == 422
    assert codes(answer) == ["question_answered_twice"]
    etag = worker.get(f"/applications/{found}").headers["etag"]
    sent = [
        worker.post(f"/tasks/{found}/answers", {"answers": [each]}, if_match=etag) for each in (given, other)
    ]
    assert [each.status_code for each in sent] == [200, 412], "a double click"
    one.settle()
    assert len(worker.get(f"/tasks/{found}/answers").json()["items"]) == 1


def test_an_answer_to_a_question_of_another_case(one: Whole, case: tuple[str, User, User]) -> None:
    found, _, worker = case
    other, _ = with_a_person(one)
    one.handlaggare().take(other)
    foreign = questions(worker, other)[0]["id"]
    here = {each["id"] for each in questions(worker, found)}
    if foreign not in here:
        given = {"answers": [{"question": foreign, "value": True, "reason": "Sedd."}]}
        answer = worker.act("answers", found, given)
        assert (answer.status_code, codes(answer)) == (422, ["question_gone"])
    given = {"answers": [approved(worker, found)]}
    assert worker.act("answers", other, given).status_code == 409, "another's case"
    assert one.handlaggare("1384").elsewhere("9999").get(f"/tasks/{found}").status_code in (403, 404)


@pytest.mark.parametrize("step", ["answers", "additions"])
def test_a_dry_run_stores_nothing(one: Whole, case: tuple[str, User, User], step: str) -> None:
    found, _, worker = case
    wage = {"incomeType": "SALARY", "amount": "1000", "incomeDate": "2026-10-25", "recipient": "p1"}
    body: Json = {"answers": answers_to(questions(worker, found))}
    if step == "additions":
        body = {"additions": [{"to": "incomes", "row": wage, "reason": "Kontoutdraget."}]}
    etag = worker.get(f"/applications/{found}").headers["etag"]
    before = worker.get(f"/tasks/{found}").json()
    tried = worker.ask("POST", f"/tasks/{found}/{step}", body, {"dry_run": "true"}, if_match=etag)
    assert tried.status_code == 200, tried.text
    assert tried.json()["after"]["calculation"] != tried.json()["before"]["calculation"]
    one.settle()
    assert worker.get(f"/tasks/{found}").json() == before
    assert worker.get(f"/applications/{found}").headers["etag"] == etag
    assert worker.get(f"/tasks/{found}/answers").json()["items"] == []


def test_an_answer_until_a_day_that_has_passed(case: tuple[str, User, User]) -> None:
    found, _, worker = case
    given = {**approved(worker, found), "until": "2026-10-31"}
    answer = worker.act("answers", found, {"answers": [given]})
    assert (answer.status_code, codes(answer)) == (422, ["answer_already_ended"])


def test_a_month_is_not_paid_again_through_a_correction(one: Whole) -> None:
    """A dismissed twin is corrected to a grant after the other one has paid."""
    sender, person = one.eservice(), one.person()
    first, second = (sender.apply(application(person, NOVEMBER)) for _ in range(2))
    worker = one.handlaggare()
    for each in (first, second):
        worker.take(each)
    assert worker.decide(first, "AVVISNING", 0, "Dubblett.").status_code == 200
    assert worker.decide(second).status_code == 200
    one.settle()
    (decision,) = worker.get(f"/applications/{first}/corrections").json()["decisions"]
    lines = decision["calculation"]["lines"]
    owed = sum(-each["amount"] if each["kind"] == "income" else each["amount"] for each in lines)
    extra = {"kind": "norm", "text": "Mat", "amount": 100, "provision": "SoL", "reason": "Behövs."}
    decided = {
        "assessment": 1,
        "outcome": "BIFALL",
        "granted": as_kronor(owed + 10_000),
        "lines": [extra],
        "reason": "Fel avvisad.",
    }
    etag = worker.get(f"/applications/{first}").headers["etag"]
    body = {"kind": "ÄNDRING", "decision": decision["id"], "decided": decided}
    answer = worker.post(f"/applications/{first}/corrections", body, if_match=etag)
    assert answer.status_code in (409, 422), answer.text
    assert len(worker.get(f"/applications/{first}/corrections").json()["decisions"]) == 1


def test_two_who_decide_at_once_and_a_double_click(one: Whole, case: tuple[str, User, User]) -> None:
    found, sender, worker = case
    etag = worker.get(f"/applications/{found}").headers["etag"]
    said = {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."}
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(worker.post, f"/tasks/{found}/decision", said, if_match=etag) for _ in range(2)]
    assert sorted(each.result().status_code for each in sent)[0] == 200
    assert {each.result().status_code for each in sent} <= {200, 409, 412}
    assert [each.result().status_code for each in sent].count(200) == 1
    assert sender.state(found)["decision"]["outcome"] == "DELAVSLAG"


def test_two_who_correct_at_once_and_a_correction_of_what_is_corrected(
    one: Whole, case: tuple[str, User, User]
) -> None:
    found, _, worker = case
    worker.act("decision", found, {"assessment": 1, "agrees": True, "reason": "Hyran är över gränsen."})
    one.settle()
    shown = worker.get(f"/applications/{found}/corrections")
    (decision,) = shown.json()["decisions"]
    at = next(
        n for n, each in enumerate(decision["calculation"]["lines"], 1) if each["subject"] == "costs[0]"
    )
    line = {"line": at, "amount": "7300", "reason": "Skälig."}
    more = 730_000 - decision["calculation"]["lines"][at - 1]["amount"]
    decided = {
        "assessment": 1,
        "outcome": "BIFALL",
        "granted": as_kronor(decision["granted"] + more),
        "lines": [line],
        "reason": "Hyran godkänns.",
    }
    body = {"kind": "ÄNDRING", "decision": decision["id"], "decided": decided}
    path, etag = f"/applications/{found}/corrections", shown.headers["etag"]
    colleague = one.handlaggare()
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(who.post, path, body, if_match=etag) for who in (worker, colleague)]
    assert sorted(each.result().status_code for each in sent) == [200, 412]
    again = worker.get(path)
    assert len(again.json()["decisions"]) == 2
    answer = worker.post(path, body, if_match=again.headers["etag"])
    assert answer.status_code == 409, "it names a decision that is no longer in force"
    assert len(worker.get(path).json()["decisions"]) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF\n",
        b"%PDF-1.7\n<!DOCTYPE html>\n%%EOF\n",
        b"\xff\xd8\xff<script>alert(1)</script>\xff\xd9",
        b"%PDF-1.7\n",
        b"MZ\x90\x00%PDF-1.7 %%EOF",
        b"%PDF-1.7\n" + b"x" * LARGEST + b"%%EOF",
    ],
)
def test_a_document_that_is_none(case: tuple[str, User, User], content: bytes) -> None:
    found, sender, _ = case
    answer = sender.post(
        f"/applications/{found}/documents?name=x.pdf", content, content_type="application/pdf"
    )
    assert answer.status_code in (413, 422), answer.text
    assert sender.get(f"/applications/{found}/documents").json()["items"] == []


def test_an_e_service_sees_only_its_own(one: Whole, case: tuple[str, User, User]) -> None:
    found, _, _ = case
    other = one.eservice()
    for path in ("", "/decision", "/letter", "/documents", "/proof"):
        assert other.get(f"/applications/{found}{path}").status_code == 404
    assert other.complete(found, {"application": {"hasAssets": False}}).status_code == 404
    assert other.post(f"/applications/{found}/withdrawal").status_code == 404
    body = json.dumps({"agrees": True}).encode()
    assert other.post(f"/applications/{found}/statement", body).status_code == 404
