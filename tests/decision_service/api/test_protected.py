"""A person whose identity is protected leaves no name, number, reason or sign of it where others look."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from sqlalchemy import update

from decision_service.access.roles import Role
from decision_service.casework import examine
from decision_service.casework.examine import Examined
from decision_service.store.tables import MessageRow
from tests.decision_service.api.test_webhooks import subscribed
from tests.world.client import User
from tests.world.logs import logged
from tests.world.people import NOVEMBER, TENANT, application, personal_number
from tests.world.receiver import receiving
from tests.world.service import Json, Whole
from tests.world.visitors import visitor

NAME, LAST_NAME = "Hemlisa", "Gömdvall"
SIGNS = re.compile(r"skydd|sekretess|protected", re.IGNORECASE)


def forms_of(number: str) -> list[str]:
    """A personal number as people and programs write it."""
    ten = number[2:]
    return [number, f"{number[:8]}-{number[8:]}", ten, f"{ten[:6]}-{ten[6:]}", f"{ten[:6]}+{ten[6:]}"]


def named(person: int, *, protected: bool, **changes: Any) -> Json:
    """An application by somebody with a name, protected or not."""
    found = application(person, NOVEMBER, **changes)
    found["people"][0] |= {"first_name": NAME, "last_name": LAST_NAME, "protected": protected}
    return found


def anonymous(text: str, *values: str) -> str:
    """A text without what differs from one case to another: ids and moments."""
    for value in values:
        text = text.replace(value, "#").replace(value[:12], "#")
    text = re.sub(r"[0-9a-f]{32}", "ID", text)
    text = re.sub(r"\d{4}-\d{6,7}-\d\b", "NUMMER", text)
    return re.sub(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|\+00:00)", "TID", text)


def without_proof(letter: str) -> str:
    """A letter up to its proof, whose hashes are its own in each."""
    return letter.partition("c2sp.org/tlog-proof")[0]


def seen(whole: Whole, sender: User, found: str) -> dict[str, str]:
    """Everything that an e-service can see of an application, and what is sent to print."""
    paths = ("", "/decision", "/explanation", "/changes", "/trail", "/bundle")
    pages = {path: sender.get(f"/applications/{found}{path}").text for path in paths}
    pages["letter"] = without_proof(sender.get(f"/applications/{found}/letter").text)
    items = sender.get("/applications").json()["items"]
    pages["list"] = json.dumps([each for each in items if each["id"] == found])
    for kind, message in whole.delivered(found).items():
        payload = message["payload"]
        if kind == "letter":
            payload = payload | {"text": without_proof(payload["text"]), "letter": None}
        # Whoever carries a letter or a payment must know, and is told in the addressee alone.
        written = json.dumps(payload, ensure_ascii=False)
        pages[f"sent {kind}"] = re.sub(r'"protected": (true|false)', '"#"', written)
    return pages


@pytest.mark.slow
@pytest.mark.parametrize("step", ["received", "with a person", "waiting", "decided"])
def test_an_e_service_sees_the_same(whole: Whole, step: str) -> None:
    views = []
    for protected in (True, False):
        sender, person = whole.eservice(), whole.person()
        found = str(sender.send(named(person, protected=protected)).json()["id"])
        if step != "received":
            whole.settle()
        if step in ("waiting", "decided"):
            worker = whole.user(Role.HANDLAGGARE, Role.PROTECTED, subject="handlaggare-same").take(found)
            asked = {"questions": ["Skicka kvittot."]}
            done = worker.decide(found) if step == "decided" else worker.act("questions", found, asked)
            assert done.status_code == 200
            whole.settle()
        shown = seen(whole, sender, found)
        own = (found, *forms_of(personal_number(person))[:2])
        views.append({kind: anonymous(text, *own) for kind, text in shown.items()})
    protected_view, plain_view = views
    assert protected_view == plain_view
    assert not [kind for kind, text in protected_view.items() if SIGNS.search(text)]


def test_lists_say_nothing_of_it(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    protected = sender.apply(named(person, protected=True))
    plain = sender.apply(named(whole.person(), protected=False))
    for role, path in (
        (Role.HANDLAGGARE, "/tasks"),
        (Role.CHEF, "/tasks"),
        (Role.HANDLAGGARE, "/applications"),
        (Role.JURIST, "/applications"),
        (Role.CHEF, "/overdue"),
        (Role.CHEF, "/undelivered"),
    ):
        limit = {"limit": 200} if path in ("/tasks", "/applications") else {}
        answer = trusted(whole, role).get(path, limit)
        assert not SIGNS.search(answer.text)
        assert NAME not in answer.text
        assert not any(form in answer.text for form in forms_of(personal_number(person)))
        ids = {each.get("id", each.get("application")): each for each in answer.json()["items"]}
        if path in ("/tasks", "/applications"):
            one, other = (json.dumps(ids[each]) for each in (protected, plain))
            counted = re.compile(r'"question_count": \d+')
            assert counted.sub("", anonymous(one)) == counted.sub("", anonymous(other))
    # Whoever opens the case knows how to handle it.
    assert trusted(whole).get(f"/tasks/{protected}").json()["protected"] is True


def trusted(whole: Whole, role: Role = Role.HANDLAGGARE) -> User:
    """Somebody who may see protected persons."""
    return whole.user(role, Role.PROTECTED, purpose="handlaggning")


UNTRUSTED = (Role.HANDLAGGARE, Role.JURIST, Role.REVISOR)


@pytest.mark.slow
def test_who_may_not_see_them_finds_no_case_of_theirs_anywhere(whole: Whole) -> None:
    """Every list, every path of the case, every step, and the search: as if it were not there."""
    sender, person = whole.eservice(), whole.person()
    waits = sender.apply(named(person, protected=True))
    decided = sender.apply(named(whole.person(), protected=True))
    assert trusted(whole).take(decided).decide(decided).status_code == 200
    whole.settle()
    etag = trusted(whole).get(f"/applications/{waits}").headers["etag"]
    paths = ("", "/decision", "/explanation", "/letter", "/trail", "/bundle", "/changes", "/corrections")
    for role in UNTRUSTED:
        user = whole.user(role, purpose="handlaggning")
        for each in (waits, decided):
            for path in ("/tasks", "/applications", "/corrections", "/decisions"):
                answer = user.get(path, {"limit": 200} if path in ("/tasks", "/applications") else {})
                assert each not in answer.text
            for path in (f"/tasks/{each}", *(f"/applications/{each}{path}" for path in paths)):
                status, known = user.get(path).status_code, trusted(whole, role).get(path).status_code
                assert status in (404, 403), path
                assert (status == 404) == (known != 403), path
    worker = whole.handlaggare()
    for step, body in (
        ("claim", None),
        ("decision", {"assessment": 1, "agrees": True, "reason": "x"}),
        ("approval", {"agrees": True, "reason": "x"}),
        ("hand-back", {"to": "kön", "reason": "x"}),
        ("questions", {"questions": ["Varför?"]}),
        ("notes", {"text": "x"}),
    ):
        assert worker.post(f"/tasks/{waits}/{step}", body, if_match=etag).status_code == 404, step
    assert trusted(whole).take(waits).decide(waits).status_code == 200


def test_what_could_not_be_sent_is_told_to_who_may_see_whom_it_is_about(whole: Whole) -> None:
    """An administrator sees that a letter did not go, but not one of a protected person."""
    waits = whole.eservice().apply(named(whole.person(), protected=True))
    plain = whole.eservice().apply(named(whole.person(), protected=False))
    of = MessageRow.application_id.in_((waits, plain))  # type: ignore[attr-defined]
    given_up = update(MessageRow).where(of, MessageRow.kind == "receipt")  # type: ignore[arg-type]
    with whole.service.office.engine.begin() as connection:
        connection.execute(given_up.values(next_attempt_at=None, delivered_at=None, reached="", error="x"))
    admin, key = whole.user(Role.ADMIN), f"{waits}.receipt.1"
    seen = {each["application"] for each in admin.get("/undelivered").json()["items"]}
    assert plain in seen
    assert waits not in seen
    assert waits in whole.user(Role.CHEF).get("/undelivered").text
    nothing = admin.post(f"/undelivered/{'0' * 32}.receipt.1/retry")
    refused = admin.post(f"/undelivered/{key}/retry")
    assert (refused.status_code, nothing.status_code) == (404, 404)
    assert anonymous(refused.text) == anonymous(nothing.text)
    assert admin.post(f"/undelivered/{plain}.receipt.1/retry").status_code == 202
    assert whole.user(Role.CHEF).post(f"/undelivered/{key}/retry").status_code == 202


def test_no_page_tells_who_may_not_see_them(whole: Whole) -> None:
    sender = whole.eservice()
    waits = sender.apply(named(whole.person(), protected=True))
    decided = sender.apply(named(whole.person(), protected=True))
    assert trusted(whole).take(decided).decide(decided).status_code == 200
    whole.settle()
    plain = visitor(whole, Role.HANDLAGGARE, Role.JURIST)
    chosen = visitor(whole, Role.HANDLAGGARE, Role.JURIST, Role.PROTECTED, name="Lo Lind")
    for where in ("ko?limit=200", "beslut?visa=alla&limit=200", "stickprov", "siffror"):
        text = plain.get(f"/k/{TENANT}/{where}").text
        assert waits not in text
        assert decided not in text
    assert plain.get(f"/k/{TENANT}/ko/{waits}").status_code == 404
    assert plain.get(f"/k/{TENANT}/beslut/{decided}").status_code == 404
    assert chosen.get(f"/k/{TENANT}/ko/{waits}").status_code == 200
    assert chosen.get(f"/k/{TENANT}/beslut/{decided}").status_code == 200
    assert waits in chosen.get(f"/k/{TENANT}/ko?limit=200").text


def test_what_is_held_against_a_case_is_not_hidden(whole: Whole) -> None:
    """Nobody is paid twice because whoever decides may not see the other payment: they see neither case."""
    sender, person = whole.eservice(), whole.person()
    first = sender.apply(named(person, protected=True))
    assert trusted(whole).take(first).decide(first).status_code == 200
    second = sender.apply(named(person, protected=False))
    etag = trusted(whole).get(f"/applications/{second}").headers["etag"]
    assert whole.handlaggare().post(f"/tasks/{second}/claim", if_match=etag).status_code == 404
    answer = trusted(whole).take(second).decide(second)
    assert answer.status_code == 409, answer.text


def test_a_protected_person_is_never_decided_by_the_machine(whole: Whole) -> None:
    person = whole.known()
    sender = whole.eservice()
    found = sender.apply(named(person, protected=True))
    assert sender.state(found)["state"] == "hos_handlaggare"


@pytest.mark.slow
def test_notices_say_nothing(whole: Whole) -> None:
    sender, person = whole.eservice(), whole.person()
    with receiving() as receiver:
        subscribed(sender, receiver.url)
        found = sender.apply(named(person, protected=True))
        trusted(whole).take(found).decide(found)
        whole.settle()
        assert receiver.events(found)
        for each in receiver.got:
            text = each.body.decode() + json.dumps(each.headers)
            assert not SIGNS.search(text)
            assert NAME not in text
            assert not any(form in text for form in forms_of(personal_number(person)))


@pytest.mark.slow
def test_no_line_of_the_log_tells(whole: Whole) -> None:
    """A whole run: sent, sent wrongly, asked, completed, decided, read, and asked for in the address."""
    sender, person = whole.eservice(), whole.person()
    number = personal_number(person)
    with logged() as log, receiving() as receiver:
        subscribed(sender, receiver.url)
        receiver.refuse = [500, 400]
        sender.send(named(person, protected=True, hasAssets=f"{NAME} {number}"))
        sender.send(json.dumps(named(person, protected=True)).encode()[:-20])
        found = sender.apply(named(person, protected=True))
        worker = whole.user(Role.HANDLAGGARE, Role.PROTECTED).take(found)
        worker.act("questions", found, {"questions": [f"Är du {NAME} {number}?"]})
        sender.complete(found, {"application": {"otherInformation": f"{NAME} {number}"}})
        sender.complete(found, {"application": {"hasAssets": number}})
        whole.settle()
        worker.take(found)
        worker.decide(found, reason=f"{NAME} {LAST_NAME}, {number}, är i behov.")
        whole.settle()
        jurist = whole.jurist()
        for what in ("decision", "letter", "proof", "explanation", "changes", "trail", "bundle"):
            jurist.get(f"/applications/{found}/{what}")
        whole.plan(person)
        for form in (number, number[2:]):
            whole.http.get(f"/v1/9999/applications/{form}", headers=worker.headers())
            whole.http.get(f"/v1/9999/applications?cursor={form}", headers=worker.headers(x_request_id=form))
            whole.http.get(f"/v1/9999/{form}/{form}")
        text = log.getvalue()
    assert text.count('"event": "request"') + text.count('"event":"request"') > 20
    for form in forms_of(number):
        assert form not in text, form
    assert NAME not in text
    assert LAST_NAME not in text
    assert not re.search(r'"protected"|skyddad', text)


@pytest.mark.parametrize("form", [1, 3, 4])
def test_no_line_of_the_log_tells_a_number_after_the_code_of_the_municipality(one: Whole, form: int) -> None:
    number = forms_of(personal_number(1))[form]
    with logged() as log:
        one.http.get(f"/v1/9999/{number}", headers=one.handlaggare().headers())
        for _ in range(500):  # the line is written once the answer is on its way
            if "request" in (text := log.getvalue()):
                break
            time.sleep(0.02)
    assert "request" in text
    assert number not in text


def test_figures_tell_nothing(whole: Whole) -> None:
    """Nor do they count such a case, open or decided: beside the queue that would tell that it is there."""
    person, sender = whole.person(), whole.eservice()
    before = counted(whole)
    found = examined(sender, named(person, protected=True))
    assert counted(whole) == before
    assert trusted(whole).take(found).decide(found).status_code == 200
    assert counted(whole) == before
    known = examined(sender, named(whole.person(), protected=False))
    with_known = counted(whole)
    told = {re.split("[ {]", each)[0] for each in set(with_known) - set(before)}
    assert told >= {"lagrum_undecided", "lagrum_decisions_total", "lagrum_deadline_margin_seconds_count"}
    assert "lagrum_outbox_waiting" in told
    assert whole.handlaggare().take(known).decide(known).status_code == 200
    assert counted(whole) != with_known
    text = whole.http.get("/metrics").text
    assert not SIGNS.search(text)
    assert not any(form in text for form in forms_of(personal_number(person)))


def test_that_the_engines_disagree_is_told_of_whose_case_it_is(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No figure tells of a protected person's case, so the line in the process's log is all there is."""
    real = examine.examine_all

    def disagreeing(*given: Any) -> list[Examined]:
        found = []
        for each in real(*given):
            engines = each.findings.engines.model_copy(update={"agree": False})
            found.append(each._replace(findings=each.findings.model_copy(update={"engines": engines})))
        return found

    monkeypatch.setattr(examine, "examine_all", disagreeing)
    with logged() as log:
        found = examined(whole.eservice(), named(whole.person(), protected=True))
    (line,) = [each for each in log.getvalue().splitlines() if "engines_disagree" in each]
    assert found in line
    assert "lagrum_engine_disagreements_total{" not in whole.http.get("/metrics").text


def examined(sender: User, content: Json) -> str:
    """An application that the service itself has examined, while the client waited."""
    sent = sender.send(content, prefer="wait=30")
    assert sent.json()["state"] == "hos_handlaggare", sent.text
    return str(sent.json()["id"])


def counted(whole: Whole) -> list[str]:
    """What is counted of applications, decisions and messages, as anybody can read it who reaches the
    figures. The entries of the log and the requests are counted of all."""
    names = (
        "undecided|breached|(decisions|engine_disagreements)_total|deadline_margin_seconds_(count|bucket|sum)"
        "|outbox_"
    )
    lines = whole.http.get("/metrics").text.splitlines()
    return [each for each in lines if re.match(rf"lagrum_({names})", each)]
