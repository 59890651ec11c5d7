"""A draft is begun, changed, checked and read by those who may, and nothing is lost where two change it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from decision_service.access.roles import Role
from decision_service.evaluation import CrashError, Evaluators
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import check_waiting
from decision_service.lawmaking.findings import MOST, Checked, DraftFinding, few
from decision_service.store.database import transaction
from decision_service.store.tables import DraftRow
from tests.world.client import User
from tests.world.drafting import AMOUNTS, OWN, ReadHere, begun, check, replaced, step, texts, version
from tests.world.installation import FOUR_EYES
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import visitor

SHARED = "norms/riksnorm/2026.yaml"


def test_a_draft_starts_from_what_is_in_force_and_says_what_it_changes(drafting: Whole, policy: User) -> None:
    draft = begun(policy, "Hyresgränsen höjs")
    assert (draft["state"], draft["changed"], draft["behind"]) == ("öppet", 0, False)
    found = replaced(policy, draft["id"], AMOUNTS, "2, 0: 7200", "2, 0: 7400")
    assert [each["name"] for each in found["files"] if each["way"] == "ändrad"] == [AMOUNTS]
    assert check(drafting) >= 1
    found = policy.get(f"/drafts/{draft['id']}").json()
    assert found["check"]["findings"] == []
    corrections = found["check"]["corrections"]
    assert corrections
    assert all("kommun.hyresgräns" in each and "7 200 kr → 7 400 kr" in each for each in corrections)
    difference = policy.get(f"/drafts/{draft['id']}/difference").json()
    assert {each["sort"] for each in difference["changes"]} == {"belopp"}
    same = replaced(policy, draft["id"], AMOUNTS, "2, 0: 7400", "2, 0: 7200")
    assert same["changed"] == 0, "what is as it was is no change"


def test_what_ends_while_another_goes_on_is_told(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    found = policy.get(f"/drafts/{draft}/file", {"name": SHARED})
    assert "till: 2026-12" in found.json()["before"]
    check(drafting)
    endings = policy.get(f"/drafts/{draft}").json()["check"]["endings"]
    assert any(each.startswith("riksnorm.vuxen.ensam slutar 2026-12 (") for each in endings), endings


def test_a_fault_is_told_at_its_line_and_at_every_save(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: sju")
    check(drafting)
    findings = policy.get(f"/drafts/{draft}").json()["check"]["findings"]
    text = policy.get(f"/drafts/{draft}/file", {"name": AMOUNTS}).json()["content"].splitlines()
    assert [each["file"] for each in findings] == [AMOUNTS]
    assert "sju" in text[findings[0]["line"] - 1]
    tried = policy.post(
        f"/drafts/{draft}/check", {"name": OWN, "content": "kommun: '9999'\nnamn: X\nokänd: 1\n"}
    ).json()
    assert {each["file"] for each in tried["findings"]} == {AMOUNTS}, "amounts are read first"
    for name, content in (
        ("", "x\n"),
        ("/etc/passwd", "x\n"),
        ("rules/../../x.yaml", "x\n"),
        (OWN, "x" * 1_000_001),
    ):
        answer = policy.post(f"/drafts/{draft}/check", {"name": name, "content": content})
        assert answer.status_code == 422, (name, answer.text)


def test_what_nobody_would_read_is_not_told(drafting: Whole, policy: User, publicist: User) -> None:
    """A file of thousands of faults makes no page of thousands for everybody who opens the draft, and
    everywhere it is said how many there are."""
    draft = begun(policy)["id"]
    many = "".join(f"fel{number}: 1\n" for number in range(3000))
    tried = policy.post(f"/drafts/{draft}/check", {"name": AMOUNTS, "content": many}).json()
    assert len(tried["findings"]) == MOST
    assert tried["total"] >= 3000
    step(policy, draft, step="write", name=AMOUNTS, content=many)
    check(drafting)
    found = policy.get(f"/drafts/{draft}").json()
    assert (found["check"], found["findings"]) == (tried, tried["total"])
    (listed,) = [each for each in policy.get("/drafts").json()["items"] if each["id"] == draft]
    assert listed["findings"] == tried["total"]
    seen = version(publicist, f"/drafts/{draft}")
    refused = publicist.post(f"/drafts/{draft}/approval", {"agrees": True}, if_match=seen)
    assert f"{tried['total']} fynd" in texts(refused)


@pytest.mark.parametrize(
    "files",
    [
        {"a": 1},
        {"a": MOST},
        {"a": MOST + 1},
        {"a": 500, "b": 1},
        {"b": 300, "a": 500, "": 7},
        {f"{number}": 2 + number for number in range(99)},
        {f"{number}": 3 for number in range(MOST)},
    ],
    ids=lambda files: f"{len(files)} files, {sum(files.values())} findings",
)
def test_every_file_with_a_fault_is_told_of(files: dict[str, int]) -> None:
    """However many those before it have: the page of a file shows its own."""
    every = tuple(
        DraftFinding(file=file, line=line, code="X", where="", message="")
        for file, count in files.items()
        for line in range(count)
    )
    found = few(Checked(findings=every))
    assert {each.file for each in found.findings} == files.keys()
    assert (len(found.findings), found.total) == (min(len(every), MOST), len(every))
    assert [each for each in every if each in set(found.findings)] == list(found.findings), "as they stand"
    assert Checked.model_validate_json(found.model_dump_json()) == found


def test_what_was_said_before_there_was_a_total_can_be_read() -> None:
    finding = '{"file":"","line":0,"code":"F001","where":"","message":"x"}'
    assert Checked.model_validate_json(f'{{"findings":[{finding},{finding}],"release":""}}').total == 2


def test_two_who_change_one_draft_lose_nothing(drafting: Whole, policy: User) -> None:
    other, draft = drafting.user(Role.POLICY), begun(policy)["id"]
    seen = version(other, f"/drafts/{draft}")
    replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: 7400")
    late = {"step": "write", "name": AMOUNTS, "content": "x\n"}
    answer = other.post(f"/drafts/{draft}/steps", late, if_match=seen)
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (412, "stale")
    assert other.post(f"/drafts/{draft}/steps", late).status_code == 428
    kept = policy.get(f"/drafts/{draft}/file", {"name": AMOUNTS}).json()["content"]
    assert "2, 0: 7400" in kept


def test_anothers_layer_and_what_is_shared_are_not_changed(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    for name, words in (
        ("rules/sets/municipal/1384/kommun.yaml", "kommun 1384s egen"),
        (SHARED, "gemensamt"),
        ("rules/sets/municipal/delade/ny.yaml", "gemensamt"),
    ):
        answer = step(policy, draft, step="write", name=name, content="x: y\n")
        assert answer.status_code == 409, name
        assert words in texts(answer)
    neighbour = drafting.user(Role.POLICY, tenant=FOUR_EYES)
    assert neighbour.get(f"/drafts/{draft}").status_code == 404
    assert policy.get(f"/drafts/{draft}").json()["changed"] == 0
    files = {each["name"]: each["yours"] for each in policy.get(f"/drafts/{draft}").json()["files"]}
    assert (files[OWN], files[AMOUNTS], files[SHARED]) == (True, True, False)


def test_a_name_that_no_file_can_have_is_refused(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    for name in (
        "rules/../x.yaml",
        "/etc/passwd",
        "norms/a/b/c.yaml",
        "rules/sets/national/x.txt",
        "x" * 200,
    ):
        answer = step(policy, draft, step="write", name=name, content="x")
        assert answer.status_code == 422, name
        assert "Filen kan inte heta" in texts(answer)


@pytest.mark.slow
def test_too_much_text_and_text_that_nests_without_end_are_told_and_take_nothing_down(
    drafting: Whole, policy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begun(policy)["id"]
    before = policy.get(f"/drafts/{draft}").json()
    long = "x" * (drafts.LARGEST_FILE + 1)
    refused = step(policy, draft, step="write", name=AMOUNTS, content=long)
    assert (refused.status_code, "Dela den" in texts(refused)) == (422, True)
    monkeypatch.setattr(drafts, "LARGEST_DRAFT", 10)
    refused = step(policy, draft, step="write", name=AMOUNTS, content="# elva tecken\n")
    assert (refused.status_code, "flera utkast" in texts(refused)) == (422, True)
    monkeypatch.undo()
    assert policy.get(f"/drafts/{draft}").json() == before
    deep = "a: " + "[" * 200_000
    assert step(policy, draft, step="write", name=AMOUNTS, content=deep).status_code == 200
    check(drafting)
    (finding,) = policy.get(f"/drafts/{draft}").json()["check"]["findings"]
    assert "nästlad djupare" in finding["message"]
    for path, asked in (
        ("/impacts", {"months": ["2026-11"]}),
        ("/populations", {"month": "2026-11", "households": 1}),
    ):
        refused = policy.post(path, {"release": draft, **asked})
        assert (refused.status_code, "Utkastet har fel" in texts(refused)) == (422, True), path


def test_a_check_that_is_broken_off_is_told_and_made_again_when_asked_for(
    drafting: Whole, policy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begun(policy)["id"]
    early = step(policy, draft, step="check_again")
    assert (early.status_code, "ingen avbruten kontroll" in texts(early)) == (409, True)

    def cut(*asked: object, **how: object) -> object:
        raise CrashError("Prövningen räknade så länge som den får utan att bli klar.")

    broken = Evaluators({}, 1)
    monkeypatch.setattr(broken, "ask", cut)
    assert check_waiting(drafting.service.office, broken) >= 1
    before = policy.get(f"/drafts/{draft}").json()
    assert [each["code"] for each in before["check"]["findings"]] == ["F003"]
    page = visitor(drafting, Role.POLICY, purpose="").get(f"/k/{TENANT}/lagandringar/{draft}").text
    assert "Kontrollera igen" in page
    again = step(policy, draft, step="check_again")
    assert (again.status_code, again.json()["check"]) == (200, None)
    check(drafting)
    after = policy.get(f"/drafts/{draft}").json()
    assert after["check"]["findings"] == []
    assert (after["editors"], after["version"]) == (before["editors"], before["version"])
    assert step(policy, draft, step="check_again").status_code == 409


class OnABusyMachine(ReadHere):
    """What happens while a check is waited for, and then its answer."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        super().__init__()
        self.happens = happens

    def ask(
        self, *asked: Any, meanwhile: Callable[[], object] = lambda: None, patience: float | None = None
    ) -> Any:
        for each in self.happens:
            each()
            meanwhile()
        return super().ask(*asked)


def test_a_check_that_waits_for_a_busy_machine_is_made_once_and_can_be_approved_on(
    drafting: Whole, policy: User
) -> None:
    draft, office = begun(policy)["id"], drafting.service.office
    taken_up = []

    def two_minutes() -> None:
        drafting.clock.forward(minutes=2)
        taken_up.append(check_waiting(office, ReadHere()))

    assert check_waiting(office, OnABusyMachine(*[two_minutes] * 5)) >= 1
    assert set(taken_up) == {0}
    assert policy.get(f"/drafts/{draft}").json()["check"]["findings"] == []


def test_a_draft_that_is_changed_while_it_is_checked_is_checked_as_it_is_then(
    drafting: Whole, policy: User
) -> None:
    draft, office = begun(policy)["id"], drafting.service.office
    changed = []

    def change() -> None:
        if not changed:
            changed.append(replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: sju"))
        drafting.clock.forward(minutes=1)

    assert check_waiting(office, OnABusyMachine(change)) >= 1
    assert policy.get(f"/drafts/{draft}").json()["check"]["findings"] != []


def test_a_process_that_ends_leaves_its_check_to_another(drafting: Whole, policy: User) -> None:
    draft, office = begun(policy)["id"], drafting.service.office
    ending = threading.Event()
    assert check_waiting(office, OnABusyMachine(ending.set), ending.is_set) == 0
    assert policy.get(f"/drafts/{draft}").json()["check"] is None
    assert check(drafting) >= 1
    assert policy.get(f"/drafts/{draft}").json()["check"]["findings"] == []


FORGED = {
    "nothing found": '{"release":"","findings":[]}',
    "with another's stamp": '{"release":"","findings":[]}\n=' + "0" * 64,
}


@pytest.mark.parametrize("said", FORGED.values(), ids=FORGED)
def test_a_check_that_somebody_has_written_in_the_database_is_none(
    drafting: Whole, policy: User, publicist: User, said: str
) -> None:
    """Nobody approves on it, and it is made again."""
    draft = begun(policy)["id"]
    replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: sju")
    check(drafting)
    with transaction(drafting.service.office.engine) as session:
        row = session.get_one(DraftRow, (TENANT, draft))
        assert row.findings.startswith("{")
        row.findings = said
        session.add(row)
    second = publicist
    seen = second.get(f"/drafts/{draft}").json()
    assert (seen["checked"], seen["check"]) == (False, None)
    answer = second.post(
        f"/drafts/{draft}/approval", {"agrees": True}, if_match=version(second, f"/drafts/{draft}")
    )
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (409, "conflict")
    if "=" in said:
        assert step(policy, draft, step="check_again").status_code == 200
    check(drafting)
    assert policy.get(f"/drafts/{draft}").json()["check"]["findings"] != []


def test_confirming_writes_who_read_what_and_when(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    read = {"source": 'Nämndens "beslut" § 80', "read_by": "Kim Ek", "read_on": "2026-10-20"}
    rule = {"rule": "inkomst.merkostnadsersättning", "first": "2026-11", **read}
    assert step(policy, draft, step="confirm_rule", **rule).status_code == 200
    text = policy.get(f"/drafts/{draft}/file", {"name": OWN}).json()["content"]
    assert text.count("  inkomst.merkostnadsersättning:") == 1
    assert "(läst av Kim Ek 2026-10-20)" in text
    for series in ("kommun.hyresgräns", "kommun.internetgräns"):
        amount = {"file": AMOUNTS, "series": series, "status": "verifierad", **read}
        answer = step(policy, draft, step="confirm_amount", **amount)
        assert answer.status_code == 200, answer.text
    text = policy.get(f"/drafts/{draft}/file", {"name": AMOUNTS}).json()["content"]
    assert text.count("status: verifierad") == 2
    check(drafting)
    found = policy.get(f"/drafts/{draft}").json()["check"]
    assert found["release"], found
    missing = {"file": AMOUNTS, "series": "kommun.finns_inte", "status": "verifierad", **read}
    assert step(policy, draft, step="confirm_amount", **missing).status_code == 422


def test_a_draft_that_is_put_away_is_read_and_not_changed(drafting: Whole, policy: User) -> None:
    draft = begun(policy)["id"]
    assert step(policy, draft, step="put_away").json()["state"] == "nedlagt"
    answer = step(policy, draft, step="describe", purpose="Annat")
    assert (answer.status_code, "nedlagt" in texts(answer)) == (409, True)
    assert draft in [each["id"] for each in policy.get("/drafts").json()["items"]]


@pytest.mark.parametrize("number", ["19880209-2396", "198802092396", "8802092396"])
def test_nobody_is_named_by_number_in_a_draft(drafting: Whole, policy: User, number: str) -> None:
    """Rules become public, and nothing of a draft is sealed."""
    said = {"purpose": f"Som i ärendet för {number}."}
    answers = [policy.post("/drafts", said, idempotency_key=f"nummer-{number}")]
    draft = begun(policy)["id"]
    for said in (
        {"step": "write", "name": OWN, "content": f"# {number}\n"},
        {"step": "describe", "purpose": "Höjning", "reason": f"Begärt av {number}."},
    ):
        answers.append(step(policy, draft, **said))
    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert "ser ut som ett personnummer" in texts(answer)
