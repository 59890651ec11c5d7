"""Record the examples of the API's description, and write the description.

python -m tests.decision_service.api.record             both, from a service that is run for it
python -m tests.decision_service.api.record --describe  only docs/openapi.json, with the examples there are
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from decision_service.access.roles import Role
from decision_service.api.examples import FILE, Recorded, recorded
from decision_service.api.routes.population import PARQUET
from decision_service.impact.runner import Runner
from decision_service.log import releases
from decision_service.reading.kronor import as_kronor
from decision_service.store.tables import PublicationRow
from tests.decision_service.api.test_planning import in_group, offered
from tests.world.cases import ROOT
from tests.world.client import User
from tests.world.corrected import corrected
from tests.world.database import new_database
from tests.world.deciding import PROVISION
from tests.world.drafting import begun, check, version
from tests.world.office import paying
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number
from tests.world.receiver import receiving
from tests.world.service import Json, Whole, running, trusts

DESCRIPTION = ROOT / "docs" / "openapi.json"
LONGEST = 2
"""Items that a recorded list keeps, and facts."""


def corrected_to_less(worker: User, found: str) -> Json:
    """A decision is changed to a hundred kronor less; what it was before."""
    (decision,) = worker.get(f"/applications/{found}/corrections").json()["decisions"]
    line = decision["calculation"]["lines"][0]
    lower = {"line": 1, "amount": as_kronor(line["amount"] - 10_000), "reason": "Maten ingår i boendet."}
    decided = {
        "assessment": 1,
        "outcome": "DELAVSLAG",
        "granted": as_kronor(decision["granted"] - 10_000),
        "lines": [lower],
        "reason": "Maten ingår i boendet.",
        "told": {"how": "HAR_FÅTT_SE", "reason": "Hyresavtalet visar det."},
    }
    etag = worker.get(f"/applications/{found}").headers["etag"]
    body = {"kind": "ÄNDRING", "decision": decision["id"], "decided": decided}
    worker.post(f"/applications/{found}/corrections", body, if_match=etag)
    return decision


def changed(worker: User, found: str) -> None:
    """A decision is changed, some of what was paid too much is claimed back and that lowered, it is appealed,
    and has another cause."""
    decision = corrected_to_less(worker, found)
    claimed = {"claims": True, "amount": "60.00", "reason": "Så mycket kunde sökanden se."}
    etag = worker.post(f"/applications/{found}/claims/2", claimed).headers["etag"]
    lowered = {"how": "EFTERGIFT", "amount": "10.00", "paid": "50.00", "reason": "Sökanden kan inte betala."}
    worker.post(f"/applications/{found}/claims/2/lowering", lowered, if_match=etag)
    day = decision["decided_at"][:10]
    text = "Jag betalar maten själv."
    appeal = {"decision": decision["id"], "received": day, "told": day, "text": text}
    worker.post(f"/applications/{found}/appeals", appeal)
    worker.post(f"/applications/{found}/appeals/1", {"step": "överlämna"})
    answer = worker.get(f"/applications/{found}/corrections")
    question = answer.json()["causes"][0]["question"]["id"]
    cause = {"question": question, "value": "saknar_barnomsorg", "reason": "Ingen plats än."}
    worker.post(f"/applications/{found}/causes", cause, if_match=answer.headers["etag"])


def lowered_by_two(whole: Whole) -> None:
    """What was claimed back by mistake is withdrawn, which a colleague approves."""
    found = whole.eservice("1384").apply(application(whole.person(), NOVEMBER))
    first, second = whole.handlaggare("1384").take(found), whole.handlaggare("1384")
    first.decide(found)
    second.act("approval", found, {"agrees": True})
    corrected_to_less(first, found)
    correction, claim = f"/applications/{found}/corrections", f"/applications/{found}/claims/2"
    answer = first.get(correction)
    if answer.json()["awaiting"] is not None:
        second.post(f"{correction}/approval", {"agrees": True}, if_match=answer.headers["etag"])
    etag = first.post(claim, {"claims": True, "reason": "Maten ingick."}).headers["etag"]
    lowered = {"how": "ÅTERTAGANDE", "paid": "0", "reason": "Kravet ställdes av misstag."}
    etag = first.post(f"{claim}/lowering", lowered, if_match=etag).headers["etag"]
    second.post(f"{claim}/approval", {"agrees": True}, if_match=etag)


def written_off_by_mistake(whole: Whole) -> None:
    """A case that was written off by a mark of death is taken up again."""
    found = whole.eservice().apply(application(whole.person(), NOVEMBER))
    worker = whole.handlaggare()
    died = {"person": "p1", "day": "2026-10-20", "told_by": "dottern"}
    worker.post(f"/tasks/{found}/notes", {"text": "Dottern ringde.", "died": died})
    whole.settle()
    worker.take(found)
    worker.act("write-off", found, {"reason": "Sökanden har avlidit."})
    lives = {"person": "p1", "day": None, "told_by": "sökanden"}
    worker.post(f"/tasks/{found}/notes", {"text": "Fel person.", "died": lives})
    etag = worker.get(f"/applications/{found}").headers["etag"]
    worker.post(f"/tasks/{found}/reopening", {"reason": "Fel person var märkt."}, if_match=etag)


def changed_by_two(first: User, second: User, found: str) -> None:
    """A refusal is given an income that it had not counted, which a colleague approves."""
    answer = first.get(f"/applications/{found}/corrections")
    (decision,) = answer.json()["decisions"]
    reason = "Sparkontot räcker till behoven."
    told = {"how": "HAR_FÅTT_SE", "reason": "Kontoutdraget är sökandens eget."}
    savings = {"kind": "income", "amount": "40000", "text": "Sparkonto", "provision": PROVISION}
    decided = {
        "assessment": 1,
        "outcome": "AVSLAG",
        "granted": 0,
        "lines": [savings | {"reason": "Kontoutdraget visar det."}],
        "reason": reason,
        "told": told,
    }
    body = {"kind": "ÄNDRING", "decision": decision["id"], "decided": decided}
    answer = first.post(f"/applications/{found}/corrections", body, if_match=answer.headers["etag"])
    second.get("/corrections")
    approval = f"/applications/{found}/corrections/approval"
    second.post(approval, {"agrees": True}, if_match=answer.headers["etag"])


def planned(whole: Whole) -> None:
    """A participant is enrolled, put in a group, marked and checked in."""
    user, person = whole.user(Role.ACTIVITY_SECRETARY, purpose="planering"), whole.person()
    number = {"personal_number": personal_number(person)}
    activity = offered(user)
    found = in_group(user, person, activity)
    user.get("/participants", {"limit": 2})
    user.post("/participants/query", number)
    user.get(f"/participants/{found}/occasions", {"first": "2026-10-26", "last": "2026-10-28"})
    user.post(f"/participants/{found}/letter")
    user.get("/offered-activities")
    day = f"/offered-activities/{activity}/days/2026-10-27"
    user.get(day)
    user.post(f"{day}/attendance", {"marks": [{"participant": found, "mark": "PRESENT"}]})
    user.post(f"/offered-activities/{activity}/days/2026-10-26/closure")
    user.post(f"/offered-activities/{activity}/end", {"last": "2026-12-18"})
    mark = {"activity": "grupp", "day": "2026-10-27", "mark": "PRESENT"}
    user.post(f"/participants/{found}/attendance", mark)
    whole.eservice().post("/check-ins", number | {"activity": "grupp"})
    user.get("/planning-files/plans")
    user.get("/planning-files/attendance", {"first": "2026-10-26", "last": "2026-10-28"})
    own = number["personal_number"]
    marks = f"personnummer;dag;aktivitet;närvaro\n{own};2026-10-27;grupp;närvarande\n"
    user.post("/planning-files/attendance", marks.encode(), content_type="text/csv")
    head = "personnummer;bestämd;första dagen;sista dagen;mål;eget arbetssökande;heltid;skäl"
    plan = f"{head}\n{own};2026-10-28;2026-11-02;2026-12-31;Arbete på lager;10;ja;\n"
    user.post("/planning-files/plans", plan.encode(), content_type="text/csv")


def impacts(whole: Whole) -> None:
    """The decisions of November are assessed again under the rules there are, and under corrected ones."""
    jurist, office = whole.jurist(), whole.service.office
    book = corrected()
    made = PublicationRow(
        tenant=TENANT, number=0, release=book.release, base=office.book.release, published_at=whole.clock()
    )
    with office.engine.begin() as connection:  # in force in all months, whatever drafts are published
        releases.enact(office.log, connection, made, book)
    months = {"months": ["2026-11"]}
    stopped = jurist.post("/impacts", months | {"release": office.book.release}).json()["id"]
    jurist.post(f"/impacts/{stopped}/stop")
    run = jurist.post("/impacts", months | {"release": book.release}).json()["id"]
    Runner(office, 1).sweep()
    jurist.get("/impacts")
    jurist.get(f"/impacts/{run}")
    jurist.get(f"/impacts/{run}/cases", {"limit": 2})
    jurist.post(f"/impacts/{run}/tasks")
    worker = whole.handlaggare()
    owed = worker.get("/owed").json()["items"]
    worker.get(f"/applications/{owed[0]['application']}/corrections")


def drafted(whole: Whole) -> None:
    """A draft is begun, changed, checked, approved by another, and published."""
    policy, publicist = whole.user(Role.POLICY), whole.user(Role.PUBLICIST)
    draft = f"/drafts/{begun(policy)['id']}"
    named = {"name": "rules/sets/municipal/9999/kommun.yaml"}
    text = policy.get(f"{draft}/file", named).json()["content"]
    step = {"step": "write", **named, "content": f"{text}# Genomläst i november.\n"}
    policy.post(f"{draft}/steps", step, if_match=version(policy, draft))
    policy.post(f"{draft}/check", {**named, "content": text})
    zipped = policy.get(f"{draft}/folder").content
    policy.post(f"{draft}/folder", zipped, if_match=version(policy, draft), content_type="application/zip")
    check(whole)
    policy.get(draft)
    policy.get(f"{draft}/difference")
    same = {"release": draft.removeprefix("/drafts/"), "month": "2026-11"}
    policy.post("/populations", same | {"households": 200})
    some = policy.get("/populations/households", {"month": "2026-11", "households": 50}).content
    policy.ask("POST", "/populations/file", some, same, content_type=PARQUET)
    policy.get("/drafts")
    publicist.post(f"{draft}/approval", {"agrees": True}, if_match=version(policy, draft))
    publicist.post(f"{draft}/publication", {"first": "2027-01"}, if_match=version(policy, draft))
    policy.get("/publications")


def as_text(content: Any) -> str:
    """JSON as it lies in the repository."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def shortened(value: Any, depth: int = 0) -> Any:
    """A value with its lists and facts cut, so that a reader sees the end of it."""
    longest = LONGEST if depth < 6 else 1
    if isinstance(value, list):
        return [shortened(each, depth + 1) for each in value[:longest]]
    if isinstance(value, dict):
        facts = all("." in name for name in value)
        kept = [*value.items()][: longest if facts else None]
        return {name: shortened(each, depth + 1) for name, each in kept}
    return value


class Recorder:
    """Keeps the first good answer of each kind."""

    def __init__(self, whole: Whole) -> None:
        self._form = whole.form
        self.found: Recorded = {}

    def keep(self, response: httpx.Response) -> None:
        """Keep an answer where it is the first of its kind."""
        operation = self._form.of(response.request.method, response.request.url.path)
        asked = operation is not None and operation.path == "/readyz"
        if operation is None or not (200 <= response.status_code < 300 or asked):
            return
        response.read()
        kind = response.headers.get("content-type", "").partition(";")[0]
        if not response.content or kind in ("application/zip", PARQUET):
            return
        value = shortened(response.json()) if kind.endswith("json") else response.text[:3000]
        if isinstance(value, dict) and "secret" in value:
            value["secret"] = "visas-bara-den-här-gången"
        kinds = self.found.setdefault(operation.name, {}).setdefault(str(response.status_code), {})
        if kind not in kinds or ("items" in value and not kinds[kind]["items"]):
            kinds[kind] = value


def protected(whole: Whole, found: str) -> None:
    """Somebody in a case is marked as protected, and two people end it."""
    roles = Role.HANDLAGGARE, Role.PROTECTED
    one, other = (whole.user(*roles, tenant="1384") for _ in range(2))
    marked = {"person": "p1", "basis": "SEKRETESSMARKERING", "told_by": "sökanden", "until": "2026-09-01"}
    note = {"text": "Sökanden visade Skatteverkets beslut.", "protects": marked}
    assert one.post(f"/tasks/{found}/notes", note).status_code == 201
    (asked,) = one.get("/protections").json()["items"]
    path = f"/protections/{asked['id']}"
    one.get(path)
    one.post(f"{path}/answer", {"ends": True, "reason": "Skatteverket har upphävt markeringen."})
    other.post(f"{path}/approval", {"agrees": True})


def everything(whole: Whole) -> None:
    """Ask for everything there is, so that there is something to see."""
    sender, jurist, chef = whole.eservice(), whole.jurist(), whole.user(Role.CHEF, purpose="handlaggning")
    worker = whole.handlaggare()
    whole.http.get("/healthz")
    whole.swept()
    whole.http.get("/readyz")
    whole.http.get("/metrics")
    whole.http.get("/problem/stale")
    trusts(whole, whole)
    checkpoint = whole.service.office.log.checkpoint(whole.service.office.engine, TENANT)
    whole.http.post("/witness/add-checkpoint", content=f"old 0\n\n{checkpoint}")
    sender.post("/webhooks", {"url": "https://e-tjanst.example.se/lagrum"})
    hook = sender.get("/webhooks").json()["items"][0]["id"]
    person = whole.known()
    sender.send(application(person, NOVEMBER))
    whole.settle()  # and what examines is there, however busy the machine is
    granted = sender.send(application(whole.known(), NOVEMBER), prefer="wait=25").json()["id"]
    whole.settle()
    sender.get(f"/applications/{granted}")
    for path in ("decision", "letter", "proof"):
        sender.get(f"/applications/{granted}/{path}")
    sender.get(f"/applications/{granted}/letter", accept="application/json")
    jurist.get(f"/applications/{granted}/assessments")
    jurist.get(f"/applications/{granted}/assessments/1")
    jurist.get(f"/applications/{granted}/explanation", {"what": "kalkyl.norm"})
    jurist.get(f"/applications/{granted}/explanation/utfall.avslag")
    jurist.get(f"/applications/{granted}/changes")
    jurist.get(f"/applications/{granted}/trail")
    jurist.get(f"/applications/{granted}/trail", accept="text/plain")
    waiting = sender.apply(incomplete(whole.known(), NOVEMBER))
    sender.get(f"/applications/{waiting}")
    document = sender.post(
        f"/applications/{waiting}/documents?name=kontrakt",
        b"%PDF-1.7\nHyreskontrakt\n%%EOF\n",
        content_type="application/pdf",
    ).json()["id"]
    sender.get(f"/applications/{waiting}/documents")
    sender.get(f"/applications/{waiting}/documents/{document}")
    sender.complete(waiting, {"application": {"hasAssets": False}})
    paid = whole.known()
    enough = paying(("2026-09-25", 16_000), ("2026-10-26", 16_000))(personal_number(paid), NOVEMBER)
    whole.registers(paid, fk=enough.agencies["fk"])
    told = sender.apply(application(paid, NOVEMBER))
    sender.get(f"/applications/{told}")
    sender.post(f"/applications/{told}/statement", {"agrees": False, "message": "Pengarna är min systers."})
    also = whole.known()
    whole.registers(also, fk=enough.agencies["fk"])
    untold = sender.apply(application(also, NOVEMBER, hasPendingBenefits=True))
    worker.take(untold)
    worker.act("communication", untold)
    taken_back = sender.apply(application(whole.person(), NOVEMBER))
    for _ in range(2):
        sender.apply(application(whole.person(), NOVEMBER))
    sender.get("/applications", {"limit": 2})
    sender.post(f"/applications/{taken_back}/withdrawal")
    number: Json = {"personal_number": personal_number(person)}
    worker.post("/activity/query", number)
    month = {"month": "2026-09", "outcome": "BIFALL", "amount": 9510}
    put_forward = whole.user(Role.ADMIN).post("/history", number | {"months": [month]}).json()["id"]
    chef = whole.user(Role.CHEF)
    chef.get("/history")
    chef.get(f"/history/{put_forward}")
    chef.post(f"/history/{put_forward}/approval", {"agrees": True})
    jurist.post("/personal-data/query", number)
    jurist.post("/personal-data/query", number, accept="text/plain")
    session = {"day": "2026-10-05", "hours": 6, "kind": "WORKPLACE", "mark": "PRESENT"}
    worker.post("/activity/sessions", number | {"sessions": [session]})
    planned(whole)
    drafted(whole)
    worker.get("/payment-dates/2026-11")
    worker.get("/tasks", {"limit": 2})
    one, other = (each["application"] for each in worker.get("/tasks").json()["items"][:2])
    worker.get(f"/tasks/{one}")
    worker.take(one)
    worker.act("hand-back", one, {"to": "kön", "reason": "Sjuk i morgon."})
    worker.take(one)
    worker.decide(one)
    changed(worker, one)
    worker.take(other)
    worker.post(f"/tasks/{other}/notes", {"text": "Sökanden ringde: hyran höjs i december."})
    worker.act("questions", other, {"questions": ["Skicka kvittot för medicinen."]})
    rent = [{"costType": "RENT", "appliedAmount": 7300}]
    dear = sender.apply(application(whole.known(), NOVEMBER, costs=rent))
    worker.take(dear)
    asked = next(each["id"] for each in worker.get(f"/tasks/{dear}").json()["questions"] if each["sets"])
    given = {"answers": [{"question": asked, "value": "7300", "reason": "Hyran är skälig."}]}
    worker.act("answers", dear, given)
    whole.settle()
    own = worker.get(f"/tasks/{dear}/answers").json()["items"][0]["id"]
    worker.get(f"/tasks/{dear}/questions")
    wage = {"incomeType": "SALARY", "amount": "1200", "incomeDate": "2026-10-25", "recipient": "p1"}
    added = {"to": "incomes", "row": wage, "reason": "Kontoutdraget visar en lön."}
    worker.act("additions", dear, {"additions": [added]})
    whole.settle()
    worker.act(f"answers/{own}/withdrawal", dear, {"reason": "Fel belopp."})
    reviewed = whole.eservice("1384").apply(application(whole.person(), NOVEMBER))
    first, second = whole.handlaggare("1384").take(reviewed), whole.handlaggare("1384")
    first.decide(reviewed, "AVSLAG", 0, "Inkomsterna räcker.")
    second.act("approval", reviewed, {"agrees": True})
    changed_by_two(first, second, reviewed)
    lowered_by_two(whole)
    written_off_by_mistake(whole)
    protected(whole, reviewed)
    there, person = whole.eservice("1287"), whole.handlaggare("1287")
    regretted = there.apply(application(whole.person(), NOVEMBER))
    there.post(f"/applications/{regretted}/withdrawal")
    person.take(regretted)
    person.act("write-off", regretted, {"reason": "Sökanden har fått arbete."})
    sender.apply(application(whole.person(), NOVEMBER))
    whole.clock.forward(days=6)
    whole.settle()
    chef.get("/overdue")
    impacts(whole)
    whole.http.get("/readyz")
    with receiving() as receiver:
        receiver.refuse = [410] * 9
        sender.post("/webhooks", {"url": receiver.url})
        sender.apply(application(whole.person(), NOVEMBER))
    undelivered = chef.get("/undelivered").json()["items"]
    chef.post(f"/undelivered/{undelivered[0]['key']}/retry")
    sender.post(f"/webhooks/{hook}/resumption")
    sender.ask("DELETE", f"/webhooks/{hook}")
    base = "/v1/9999"
    estimate: Json = {"month": "2026-11", "adults": 1, "costs": [{"type": "RENT", "amount": 5400}]}
    whole.http.post(f"{base}/estimates", json=estimate)
    for path in ("rules", "rules/riksnorm.gemensam", "norms?month=2026-11", "releases", "log"):
        whole.http.get(f"{base}/{path}")
    release = whole.http.get(f"{base}/releases").json()["items"][0]["id"]
    whole.http.get(f"{base}/releases/{release}")
    whole.http.get(f"{base}/releases/{release}/difference?since={release}")


def answers_of(whole: Whole) -> Recorded:
    """An answer of each kind from a service where nothing has happened."""
    recorder = Recorder(whole)
    whole.http.event_hooks["response"].append(recorder.keep)
    everything(whole)
    return dict(sorted(recorder.found.items()))


def main(arguments: list[str]) -> None:
    """Write what is asked for."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with new_database(None, folder) as url, running(url, folder / "service") as whole:
            if "--describe" not in arguments:
                FILE.write_text(as_text(answers_of(whole)), "utf-8")
                recorded.cache_clear()
                whole.app.openapi_schema = None
            DESCRIPTION.write_text(as_text(whole.app.openapi()), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
