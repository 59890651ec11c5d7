"""What a decision can show of itself: the sums, the letter, the proof, the reasons, the trail, the bundle."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from sqlalchemy import URL

import audit
from audit import qr, verify
from decision_service.log import releases, vouched
from tests.decision_service.api.test_applications import code
from tests.world.client import User
from tests.world.database import new_database
from tests.world.installation import HANDLED
from tests.world.law import book
from tests.world.people import NOVEMBER, application, in_part, personal_number
from tests.world.service import Json, Whole, decided_by_machine, running, with_a_person
from tests.world.sweeps import rest_slow
from tests.world.tampering import tamper


def path_of(found: str, what: str) -> str:
    return f"/applications/{found}/{what}"


@pytest.fixture(scope="module")
def decided(whole: Whole) -> tuple[str, int, User]:
    """An application that was granted in part, whose it is, and who sent it."""
    sender, person = whole.eservice(), whole.known()
    return sender.apply(in_part(person, NOVEMBER)), person, sender


Decided = tuple[str, int, User]


def test_the_calculation_adds_up_to_what_is_granted(decided: Decided) -> None:
    found, _, sender = decided
    decision: Json = sender.get(path_of(found, "decision")).json()
    calculation = decision["calculation"]
    assert (decision["outcome"], decision["automatic"], decision["reason"]) == ("DELAVSLAG", True, None)
    total = sum(line["amount"] for line in calculation["lines"])
    assert total == decision["granted"] == calculation["granted"] == -calculation["result"]
    assert all(line["provision"] and line["rule"] and line["text"] for line in calculation["lines"])
    assert decision["release"] == book().release


def test_the_letter_says_it_and_carries_a_proof(whole: Whole, decided: Decided) -> None:
    found, _, sender = decided
    letter = sender.get(path_of(found, "letter"))
    assert letter.headers["content-type"].startswith("text/plain")
    granted = sender.get(path_of(found, "decision")).json()["granted"]
    assert f"{granted // 100:,}".replace(",", "\N{NO-BREAK SPACE}") in letter.text.replace(
        " ", "\N{NO-BREAK SPACE}"
    )
    structured = sender.get(path_of(found, "letter"), accept="application/json").json()
    (proof,) = [part["verbatim"] for part in structured["parts"] if part["verbatim"]]
    assert proof in letter.text
    (code,) = [part["qr"] for part in structured["parts"] if part["qr"]]
    assert code == qr.svg(proof)
    assert fromstring(code).tag == "{http://www.w3.org/2000/svg}svg"
    assert checked(proof, whole.public_key()).ok
    assert checked(proof, whole.public_key(HANDLED)).ok is False
    tampered = proof.replace("index ", "index 1")
    assert checked(tampered, whole.public_key()).ok is False
    assert whole.delivered(found)["letter"]["payload"]["text"] == letter.text


def test_the_letter_to_print_and_to_read_on_a_screen(whole: Whole, decided: Decided) -> None:
    found, _, sender = decided
    text = sender.get(path_of(found, "letter")).text
    paper = sender.get(path_of(found, "letter"), accept="application/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert paper.content == sender.get(path_of(found, "letter"), accept="application/pdf").content
    page = sender.get(path_of(found, "letter"), accept="text/html,*/*;q=0.8")
    assert page.headers["content-type"].startswith("text/html")
    title = text.split("\n\n")[2].replace("\n", " ")
    assert f"<h1>{title}</h1>" in page.text
    style = page.text.partition("<style>")[2].partition("</style>")[0].encode()
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    assert {each.headers["vary"] for each in (paper, page)} == {"Accept"}


def checked(proof: str, key: str) -> verify.Report:
    report = verify.Report()
    try:
        verify.check_letter(report, proof, verify.read_key(key))
    except (*verify.BROKEN, verify.WrongError) as error:
        report.add(False, "", str(error))
    return report


def test_the_proof_by_itself(whole: Whole, decided: Decided) -> None:
    found, _, sender = decided
    proof = sender.get(path_of(found, "proof")).text
    assert checked(proof, whole.public_key()).ok


def test_why(whole: Whole, decided: Decided) -> None:
    found, _, sender = decided
    jurist = whole.jurist()
    everything = jurist.get(path_of(found, "explanation")).json()
    by_id = {rule["id"]: rule for rule in everything["rules"]}
    assert by_id["riksnorm.vuxen.ensam"]["state"] == "fired"
    assert by_id["utfall.avslag"]["state"] == "not_fired"
    norm = jurist.get(path_of(found, "explanation"), {"what": "kalkyl.norm"}).json()
    amounts = [line["line"]["amount"] for rule in norm["rules"] for line in rule["lines"]]
    assert sum(amounts) == sender.get(path_of(found, "decision")).json()["calculation"]["norm"]
    seen = by_id["riksnorm.vuxen.ensam"]["condition"]["saw"]
    assert [each["origin"] for each in seen] == ["härlett ur personerna i ärendet, fältet Roll i ärendet"]
    english = jurist.get(path_of(found, "explanation"), accept_language="en").json()
    texts = {rule["id"]: rule["text"] for rule in english["rules"]}
    assert texts["riksnorm.vuxen.ensam"] != by_id["riksnorm.vuxen.ensam"]["text"]


def test_why_about_what_there_is_not(whole: Whole, decided: Decided) -> None:
    jurist = whole.jurist()
    for params in ({"what": "finns.inte"}, {"what": "!"}):
        answer = jurist.get(path_of(decided[0], "explanation"), params)
        assert answer.status_code == 404, answer.text


def test_why_not(whole: Whole, decided: Decided) -> None:
    jurist = whole.jurist()
    (rule,) = jurist.get(path_of(decided[0], "explanation/utfall.avslag")).json()["rules"]
    (failed,) = rule["failed"]
    assert failed["holds"] is False
    assert failed["distance"].endswith("för mycket")
    assert all(each["origin"] for each in failed["saw"])
    answer = jurist.get(path_of(decided[0], "explanation/finns.inte"))
    assert (answer.status_code, code(answer)) == (404, "not-found")


def test_what_would_have_changed_it(whole: Whole, decided: Decided) -> None:
    jurist = whole.jurist()
    found = jurist.get(path_of(decided[0], "changes")).json()["changes"]
    assert {each["outcome"] for each in found} - {"DELAVSLAG"}
    assert all(each["is"] != each["would_be"] for each in found)
    outcome = found[0]["outcome"]
    some = jurist.get(path_of(decided[0], "changes"), {"outcome": outcome}).json()["changes"]
    assert some == [each for each in found if each["outcome"] == outcome]


def test_each_assessment_is_there_to_review_and_the_decision_names_the_one_it_rests_on(
    whole: Whole, decided: Decided
) -> None:
    found, _, sender = decided
    jurist = whole.jurist()
    (brief,) = jurist.get(path_of(found, "assessments")).json()["items"]
    assessment = jurist.get(path_of(found, "assessments/1")).json()
    decision = sender.get(path_of(found, "decision")).json()
    assert (assessment["schema"], assessment["money"]) == ("provning/2", "öre")
    assert decision["assessment"] == {"number": brief["number"], "receipt": assessment["receipt"]}
    assert decision["calculation"] == assessment["calculation"]
    facts = [fact for of in assessment["facts"] for fact in of["values"].values()]
    assert {"ansökan, kostnad 1, fältet Sökt belopp", "Arbetsförmedlingen, svaret"} <= {
        fact["origin"] for fact in facts
    }
    assert jurist.get(path_of(found, "assessments/2")).status_code == 404
    assert sender.get(path_of(found, "assessments")).status_code == 403


def test_the_trail(whole: Whole, decided: Decided) -> None:
    found, person, _ = decided
    jurist = whole.jurist()
    items = jurist.get(path_of(found, "trail")).json()["items"]
    kinds = [each["entry"]["type"] for each in items if each["entry"]["type"] != "access"]
    assert kinds == ["application_received", "facts", "assessment", "decision", "payment", "letter"]
    assert all(personal_number(person) not in json.dumps(each["entry"]) for each in items)
    text = jurist.get(path_of(found, "trail"), accept="text/plain").text
    assert "bifall till en del" in text
    assert jurist.subject in text


def test_the_bundle_is_checked_by_a_stranger(whole: Whole, decided: Decided, tmp_path: Path) -> None:
    found, _, sender = decided
    answer = whole.jurist().get(path_of(found, "bundle"))
    assert answer.headers["content-disposition"] == f'attachment; filename="arende-{found}.zip"'
    letter = sender.get(path_of(found, "proof")).text
    assert "=> " in stranger(answer.content, whole.public_key(), tmp_path)
    (tmp_path / "brev.txt").write_text(letter, "utf-8")
    verified = subprocess.run(
        [sys.executable, "verify.py", "brev.txt", "--key", whole.public_key()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def stranger(content: bytes, key: str, folder: Path) -> str:
    """What the program in a bundle says of it, run in an empty folder with one key."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    command = [sys.executable, "verify.py", "paket.json", "--key", key]
    verified = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return verified.stdout


def test_a_bundle_leaves_closed_what_is_to_be_withheld(
    whole: Whole, decided: Decided, tmp_path: Path
) -> None:
    jurist, path = whole.jurist(), path_of(decided[0], "bundle")
    closed, opened = jurist.get(path, {"withhold": "answers"}), jurist.get(path)
    assert "=> " in stranger(closed.content, whole.public_key(), tmp_path)
    assert len(closed.content) < len(opened.content)
    refused = jurist.get(path, {"withhold": "answerz"})
    assert (refused.status_code, code(refused)) == (422, "invalid")
    assert refused.json()["errors"][0]["parameter"] == "withhold"


def test_what_is_not_decided_has_no_decision(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    for what in ("decision", "letter", "proof"):
        answer = sender.get(path_of(found, what))
        assert (answer.status_code, code(answer)) == (409, "conflict")
    new = sender.send(application(whole.person(), NOVEMBER)).json()["id"]
    for what in ("explanation", "explanation/utfall.avslag", "changes"):
        answer = whole.jurist().get(path_of(new, what))
        assert (answer.status_code, code(answer)) == (409, "conflict")


def test_a_letter_that_is_not_written_yet(whole: Whole) -> None:
    sender = whole.eservice()
    sent = sender.send(application(whole.known(), NOVEMBER), prefer="wait=25").json()
    answer = sender.get(path_of(sent["id"], "letter"))
    assert (sent["state"], answer.status_code) == ("beslutad", 409)
    whole.settle()
    assert sender.get(path_of(sent["id"], "letter")).status_code == 200


def test_the_letter_of_a_case_that_is_taken_back_says_that_it_is_written_off(whole: Whole) -> None:
    sender = whole.eservice()
    found, _ = with_a_person(whole, sender)
    assert sender.post(f"/applications/{found}/withdrawal").status_code == 200
    whole.settle()
    letter = sender.get(path_of(found, "letter"))
    assert letter.status_code == 200
    assert "avskrivit ärendet" in " ".join(letter.text.split())
    assert sender.get(path_of(found, "letter"), accept="application/pdf").content.startswith(b"%PDF-")


# Under the rules it was decided by

THEN, NOW = "Gemensamt hos oss då, {hushåll.medlemmar}", "Gemensamma hushållskostnader, {hushåll.medlemmar}"


@pytest.fixture
def upgraded(server: URL | None, tables: URL, tmp_path: Path) -> Iterator[Callable[[], tuple[str, Whole]]]:
    files = {name: content.replace(NOW, THEN) for name, content in releases.files_of(book()).items()}
    earlier = releases.book_from(files)
    assert earlier.release != book().release
    folder = tmp_path / "service"
    with new_database(server, tmp_path, tables) as url:
        with running(url, folder, book=earlier) as before:
            found, _ = decided_by_machine(before)
        with running(url, folder) as after:
            yield lambda: (found, after)


@pytest.mark.slow
def test_an_earlier_decision_is_explained_under_its_own_release(
    upgraded: Callable[[], tuple[str, Whole]], tmp_path: Path
) -> None:
    found, whole = upgraded()
    jurist = whole.jurist()
    now, _ = decided_by_machine(whole)
    texts = {}
    for each in (found, now):
        (rule,) = jurist.get(path_of(each, "explanation/riksnorm.gemensam")).json()["rules"]
        texts[each] = rule["rule"]["text"]
    assert "hos oss då" in texts[found]
    assert "hos oss då" not in texts[now]
    releases_of = {each: jurist.get(path_of(each, "decision")).json()["release"] for each in (found, now)}
    assert releases_of[now] == book().release != releases_of[found]
    assert jurist.get(path_of(found, "changes")).json()["release"] == releases_of[found]
    listed = jurist.get("/releases").json()["items"]
    assert {each["id"] for each in listed} == set(releases_of.values())
    assert "hos oss då" in jurist.get(path_of(found, "trail"), accept="text/plain").text
    content = jurist.get(path_of(found, "bundle")).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts_in_it = [archive.read(name).decode() for name in archive.namelist()]
    assert any(THEN in text for text in texts_in_it), "The rules it was decided by are in the bundle."
    stranger(content, whole.public_key(), tmp_path / "utdrag")


def test_the_whole_log_holds(whole: Whole, decided: Decided) -> None:
    office = whole.service.office
    tenants = office.installation.municipalities
    for tenant in tenants:
        office.log.checkpoint(office.engine, tenant)
    keys = {tenant: whole.public_key(tenant) for tenant in tenants}
    report = audit.verify_database(office.engine, keys, vault=office.keys, source=vouched.source)
    assert report.ok, str(report)


@pytest.mark.parametrize(
    "statement",
    rest_slow(
        [
            "UPDATE decision SET granted = granted * 10 WHERE application_id = :id",
            "UPDATE decision SET letter = '{}' WHERE application_id = :id",
            "UPDATE assessment SET document = '{}' WHERE application_id = :id",
            "UPDATE application SET content = '{}' WHERE id = :id",
        ]
    ),
)
def test_what_is_not_as_logged_is_not_shown(whole: Whole, statement: str) -> None:
    """Not the decision, nor anything else of the case, to anybody; others' are shown as before."""
    found, _ = decided_by_machine(whole, sender := whole.eservice())
    other, _ = decided_by_machine(whole, sender)
    assert tamper(whole.service.office.engine, statement, id=found) == 1
    jurist = whole.jurist()
    whats = ("decision", "letter", "proof", "assessments", "trail", "bundle", "changes")
    for user, path in [(sender, ""), *((jurist, f"/{what}") for what in whats)]:
        answer = user.get(f"/applications/{found}{path}")
        assert (answer.status_code, code(answer)) == (500, "not-as-logged"), path
        assert user.get(f"/applications/{other}{path}").status_code == 200, path
    assert code(sender.get("/applications")) == "not-as-logged"
