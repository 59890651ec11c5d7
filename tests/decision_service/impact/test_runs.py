"""A run of recorded cases under other rules: begun, worked on, gone on with, read, and put before people."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import URL, update
from sqlmodel import Session, col, func, select

from audit.trail import read_case
from decision_service.access.roles import Role
from decision_service.casework.office import Office
from decision_service.evaluation import CrashError
from decision_service.impact import runs
from decision_service.impact.again import Assessors
from decision_service.impact.recorded import Recorded
from decision_service.impact.runner import FAILED, Runner
from decision_service.log import releases
from decision_service.reading.strict_json import read_json
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow, ImpactCaseRow, ImpactRow, PublicationRow
from rules.book import Rulebook
from tests.decision_service.impact import runner_process
from tests.world.client import User
from tests.world.corrected import MORE, corrected
from tests.world.database import new_database
from tests.world.drafting import AMOUNTS, replaced
from tests.world.drafting import begun as begun_draft
from tests.world.law import book
from tests.world.people import NOVEMBER, TENANT, refused
from tests.world.service import Whole, decided_by_machine, hidden, running, with_a_person
from tests.world.visitors import visitor

GRANTED, ALL = 6, 8


@dataclass
class InTheSameProcess:
    """What the children do, without them. ``spoilt`` is a case that takes its child down."""

    assessors: Assessors
    spoilt: str = ""
    closed: bool = False

    def ask(self, what: str, case: bytes, words: Mapping[str, str]) -> str:
        found = Recorded(**read_json(case))
        if found.case == self.spoilt:
            raise CrashError("prov")
        return self.assessors.again(found).written

    def close(self) -> None:
        self.closed = True


def runner(office: Office, spoilt: str = "", books: Sequence[Rulebook] = ()) -> Runner:
    """One that works in this process, and knows ``books`` too."""
    known = {each.release: each for each in (book(), corrected(), *books)}

    def begin(after: str, files: Mapping[str, Mapping[str, str]], count: int) -> Any:
        assert set(files) >= {after}
        return InTheSameProcess(Assessors(known[after], known.__getitem__), spoilt)

    return Runner(office, 1, begin)


@pytest.fixture(scope="module")
def lived(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A service with granted cases, a refused one, and one that waits for a person; the other rules kept."""
    folder = tmp_path_factory.mktemp("impact")
    with new_database(server, folder, tables) as url, running(url, folder) as whole:
        for _ in range(GRANTED):
            decided_by_machine(whole)
        with_a_person(whole)
        whole.eservice().apply(refused(whole.known(), NOVEMBER))
        with whole.service.office.engine.begin() as connection:
            releases.store(connection, corrected())
        yield whole


def begun(whole: Whole, jurist: User | None = None) -> str:
    """A run of November under the other rules."""
    body = {"release": corrected().release, "months": ["2026-11"]}
    answer = (jurist or whole.jurist()).post("/impacts", body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/{TENANT}/impacts/{answer.json()['id']}"
    return str(answer.json()["id"])


def done(whole: Whole) -> str:
    """A run that is done."""
    run = begun(whole)
    runner(whole.service.office).sweep()
    return run


def result(whole: Whole, run: str) -> dict[str, Any]:
    found: dict[str, Any] = whole.jurist().get(f"/impacts/{run}").json()
    return found


def cases_of(whole: Whole, run: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = whole.jurist().get(f"/impacts/{run}/cases").json()["items"]
    return found


def test_a_run_counts_what_becomes_otherwise_and_names_the_rule(lived: Whole) -> None:
    run = begun(lived)
    waiting = result(lived, run)
    assert (waiting["state"], waiting["done"], waiting["total"]) == (
        "running",
        0,
        ALL,
    )
    runner(lived.service.office).sweep()
    found = result(lived, run)
    assert (found["state"], found["done"], found["missing"]) == ("done", found["total"], 0)
    figures = found["result"]
    assert figures["rules"]["riksnorm.vuxen.ensam"] is not None
    assert figures["after"] - figures["before"] == MORE * len(
        [each for each in cases_of(lived, run) if each["before"]["granted"] != each["after"]["granted"]]
    )
    assert figures["quartiles"] == [MORE] * 3
    assert figures["owed"] == GRANTED
    # All but one get more: the figure would tell of the one.
    assert figures["households"]["ensam utan barn"] == {"cases": 7, "winners": None, "losers": 0}


def test_each_case_that_becomes_otherwise_can_be_opened_and_the_opening_is_logged(lived: Whole) -> None:
    run = done(lived)
    found = cases_of(lived, run)
    granted = [each for each in found if each["owed"] is not None]
    assert [each["owed"] for each in granted] == [MORE] * GRANTED
    assert all("riksnorm.vuxen.ensam" in each["rules"] for each in granted)
    jurist = visitor(lived, Role.JURIST, purpose="granskning")
    page = jurist.get(f"/k/{TENANT}/foljder/{run}/arenden").text
    assert page.count("100\N{NO-BREAK SPACE}kr mer") == GRANTED
    title = next(each.title for each in lived.service.office.book.rules if each.id == "riksnorm.vuxen.ensam")
    assert f"<td>{title}</td>" in page
    figures = jurist.get(f"/k/{TENANT}/foljder/{run}").text
    assert f'regler/riksnorm.vuxen.ensam">{title}</a>' in figures
    address = re.search(rf'href="(/k/{TENANT}/beslut/[0-9a-f]+)"', page)
    assert address is not None
    assert jurist.get(address[1]).status_code == 200
    office = lived.service.office
    with office.engine.connect() as connection:
        entries = read_case(connection, office.keys, TENANT, address[1].rpartition("/")[2])
    assert entries[-1].entry["type"] == "access"


@pytest.mark.slow
def test_a_run_that_was_broken_off_is_gone_on_with_and_comes_to_the_same(
    lived: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, office = result(lived, done(lived))["result"], lived.service.office
    monkeypatch.setattr("decision_service.impact.runner.BATCH", 3)
    run, first = begun(lived), runner(office)
    write, written = runs.write, 0

    def dies_after_two(*given: Any) -> bool:
        nonlocal written
        written += 1
        if written > 2:
            raise KeyboardInterrupt
        return write(*given)

    monkeypatch.setattr(runs, "write", dies_after_two)
    with pytest.raises(KeyboardInterrupt):
        first.sweep()
    monkeypatch.setattr(runs, "write", write)
    halfway = result(lived, run)
    assert (halfway["state"], halfway["done"]) == ("running", 6)
    second = runner(office)
    second.sweep()  # the first is still thought to have it
    assert result(lived, run)["done"] == 6
    later = replace(office, clock=lambda: office.clock() + 2 * runs.HELD)
    runner(later).sweep()
    found = result(lived, run)
    assert (found["state"], found["result"]) == ("done", whole)
    with Session(office.engine) as session:
        count = select(func.count()).where(ImpactCaseRow.impact == run)
        assert session.exec(count).one() == found["total"]


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_case_and_another_comes_to_the_same(lived: Whole) -> None:
    """With processes and children of their own."""
    office = lived.service.office
    if office.engine.dialect.name == "sqlite":
        return  # where there is one process only
    whole, run = result(lived, done(lived))["result"], begun(lived)
    words = [sys.executable, runner_process.__file__]
    url = lived.url.render_as_string(hide_password=False)
    with subprocess.Popen([*words, url, str(lived.folder)], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert any(line == "two\n" for line in worker.stdout)
        worker.kill()
    halfway = result(lived, run)
    assert (halfway["state"], halfway["done"]) == ("running", 1)  # the second was not written to its end
    later = replace(office, clock=lambda: office.clock() + 2 * runs.HELD)
    Runner(later, 2).sweep()
    found = result(lived, run)
    assert (found["state"], found["done"], found["result"]) == ("done", ALL, whole)


def test_one_who_has_lost_a_run_writes_nothing(lived: Whole) -> None:
    office, run = lived.service.office, begun(lived)
    with transaction(office.engine) as session:
        row = runs.take(office, session, "a")
        assert row is not None
        assert row.id == run
    with transaction(office.engine) as session:
        assert runs.take(office, session, "b") is None
        [case] = runs.left(session, row, 1)
        unread = ImpactCaseRow(
            impact=run, application_id=case, tenant=TENANT, moved=False, missing=FAILED, found=""
        )
        assert not runs.write(office, session, row, "b", [unread])
    assert result(lived, run)["done"] == 0
    assert lived.jurist().post(f"/impacts/{run}/stop").status_code == 200


def test_a_case_that_takes_its_child_down_is_told_and_keeps_no_other(lived: Whole) -> None:
    with Session(lived.service.office.engine) as session:
        spoilt = session.exec(select(ApplicationRow.id).order_by(ApplicationRow.id)).first()
    assert spoilt is not None
    run = begun(lived)
    runner(lived.service.office, spoilt).sweep()
    found = result(lived, run)
    assert (found["state"], found["done"], found["missing"]) == ("done", found["total"], 1)
    assert spoilt not in {each["application"] for each in cases_of(lived, run)}


def test_a_run_can_be_stopped_once(lived: Whole) -> None:
    run, jurist = begun(lived), lived.jurist()
    assert jurist.post(f"/impacts/{run}/stop").json()["state"] == "stopped"
    runner(lived.service.office).sweep()
    assert result(lived, run)["done"] == 0
    assert "redan avslutad" in jurist.post(f"/impacts/{run}/stop").text
    assert "inte klar" in jurist.post(f"/impacts/{run}/tasks").text


def test_the_runs_are_listed(lived: Whole) -> None:
    over, going = done(lived), begun(lived)
    found = {each["id"]: each["state"] for each in lived.user(Role.CHEF).get("/impacts").json()["items"]}
    assert (found[over], found[going]) == ("done", "running")
    assert lived.jurist().post(f"/impacts/{going}/stop").status_code == 200


def test_what_a_run_cannot_be_made_of_is_told(lived: Whole) -> None:
    jurist = lived.jurist()
    for body, said in (
        ({"release": "ffff", "months": ["2026-11"]}, "ingen regelversion ffff"),
        ({"release": "", "months": ["2026-11"]}, "ingen regelversion"),
        ({"release": corrected().release, "months": ["2019-01"]}, "Inget ärende är prövat"),
        ({"release": corrected().release, "months": []}, "months"),
        ({"release": corrected().release, "months": ["november"]}, "months"),
    ):
        answer = jurist.post("/impacts", body)
        assert answer.status_code == 422, answer.text
        assert said in answer.text


@pytest.mark.parametrize("role", [Role.HANDLAGGARE, Role.ESERVICE, Role.ADMIN, Role.ACTIVITY_SECRETARY])
def test_others_see_no_run(lived: Whole, role: Role) -> None:
    user = lived.user(role)
    assert user.post("/impacts", {"release": "a", "months": ["2026-11"]}).status_code == 403
    assert user.get("/impacts").status_code == 403


def test_a_run_is_its_municipalitys_and_its_cases_need_a_purpose(lived: Whole) -> None:
    run = done(lived)
    stranger = lived.jurist("1384")
    for path in ("", "/cases"):
        assert stranger.get(f"/impacts/{run}{path}").status_code == 404
    assert stranger.post(f"/impacts/{run}/stop").status_code == 404
    assert lived.jurist().reading_for("").get(f"/impacts/{run}/cases").status_code == 400
    assert lived.jurist().reading_for("").get(f"/impacts/{run}").status_code == 200
    assert lived.user(Role.REVISOR, purpose="granskning").post(f"/impacts/{run}/stop").status_code == 403


@pytest.mark.slow
def test_a_protected_case_is_a_managers_to_see(lived: Whole) -> None:
    """In the list, and in every count: a total that has it, beside a list that has not, tells that it is
    there."""
    run = done(lived)
    case = cases_of(lived, run)[0]["application"]
    chef = lived.user(Role.CHEF, purpose="granskning")
    with hidden(lived, case):
        assert case not in {each["application"] for each in cases_of(lived, run)}
        seen = chef.get(f"/impacts/{run}/cases").json()["items"]
        assert case in {each["application"] for each in seen}
        waiting = begun(lived)
        stopped = begun(lived)
        lived.jurist().post(f"/impacts/{stopped}/stop")
        for user in (lived.jurist(), lived.user(Role.POLICY)):
            for each in (run, waiting, stopped):
                assert user.get(f"/impacts/{each}").json()["total"] == ALL - 1
            assert {each["total"] for each in user.get("/impacts").json()["items"][:2]} == {ALL - 1}
        assert result(lived, run)["done"] == ALL - 1
        assert result(lived, run)["result"]["cases"] == ALL - 1
        assert chef.get(f"/impacts/{waiting}").json()["total"] == ALL
        assert chef.get(f"/impacts/{run}").json()["result"]["cases"] == ALL
        runner(lived.service.office).sweep()
        assert chef.get(f"/impacts/{waiting}").json()["done"] == ALL
        assert result(lived, waiting)["done"] == result(lived, waiting)["total"] == ALL - 1
    with hidden(lived):
        nothing = {"release": corrected().release, "months": ["2026-11"]}
        assert lived.jurist().post("/impacts", nothing).status_code == 422


def test_nothing_is_owed_by_rules_that_are_not_in_force(lived: Whole) -> None:
    run = done(lived)
    refused_ = lived.jurist().post(f"/impacts/{run}/tasks")
    assert refused_.status_code == 409
    assert "gäller inte" in refused_.text
    assert lived.handlaggare().get("/owed").json()["items"] == []


@pytest.mark.slow
def test_a_draft_is_tried_before_it_is_anything_and_its_faults_are_told(lived: Whole) -> None:
    policy = lived.user(Role.POLICY)
    draft = begun_draft(policy)["id"]
    same = policy.post("/impacts", {"release": draft, "months": ["2026-11"]}).json()
    assert same["release"] == book().release
    assert policy.post(f"/impacts/{same['id']}/stop").status_code == 200
    changed = replaced(policy, draft, AMOUNTS, "1: 500", "1: 400")
    run = policy.post("/impacts", {"release": changed["id"], "months": ["2026-11"]}).json()
    assert run["release"] != book().release
    office = lived.service.office
    files = releases.KeptFiles(office.engine)
    runner(office, books=[releases.book_from(files[run["release"]])]).sweep()
    assert policy.get(f"/impacts/{run['id']}").json()["result"]["rules"]
    assert {each["after"]["granted"] for each in cases_of(lived, run["id"])} != {None}
    assert policy.get(f"/impacts/{run['id']}/cases").status_code == 403
    assert policy.post(f"/impacts/{run['id']}/tasks").status_code == 403
    replaced(policy, draft, AMOUNTS, "1: 400", "1: många")
    refused_ = policy.post("/impacts", {"release": draft, "months": ["2026-11"]})
    assert refused_.status_code == 422
    assert "Utkastet har fel" in refused_.text
    page = visitor(lived, Role.POLICY, purpose="").get(f"/k/{TENANT}/foljder")
    assert f'value="{draft}">utkast: Prov' in page.text


# --- once the other rules are in force


@pytest.fixture(scope="module")
def in_force(lived: Whole) -> Whole:
    """The same service where the other rules have been published."""
    with lived.service.office.engine.begin() as connection:
        releases.publish(
            lived.service.office.log, connection, TENANT, corrected(), lived.service.office.clock()
        )
    return lived


def owed_of(whole: Whole) -> list[str]:
    return [each["application"] for each in whole.handlaggare().get("/owed").json()["items"]]


@pytest.mark.slow
def test_what_is_owed_becomes_tasks_that_end_with_a_changed_decision_or_a_reason(in_force: Whole) -> None:
    run, jurist = done(in_force), in_force.jurist()
    with hidden(in_force, next(each["application"] for each in cases_of(in_force, run) if each["owed"])):
        assert jurist.post(f"/impacts/{run}/tasks").json() == {"tasks": GRANTED - 1}
    assert jurist.post(f"/impacts/{run}/tasks").json() == {"tasks": 0}
    assert result(in_force, run)["settled_at"] is not None
    waiting = owed_of(in_force)
    assert len(waiting) == GRANTED
    anna, case = in_force.handlaggare(), waiting[0]
    after = anna.get(f"/applications/{case}/corrections").json()
    assert [each["amount"] for each in after["owed"]] == [MORE]
    assert anna.post(f"/owed/{case}/stays", {"reason": " "}).status_code == 422
    assert anna.post(f"/owed/{case}/stays", {"reason": "Hyran var redan betald."}).status_code == 204
    assert anna.post(f"/owed/{case}/stays", {"reason": "Igen."}).status_code == 409
    assert owed_of(in_force) == waiting[1:]
    person = visitor(in_force, Role.HANDLAGGARE, name="Anna Ek")
    assert "för reglerna är rättade" in person.get(f"/k/{TENANT}/ko").text
    page = person.get(f"/k/{TENANT}/efter/{waiting[1]}").text
    assert "skulle beslutet ha gett 100\N{NO-BREAK SPACE}kr mer" in page
    kept = person.send(f"/k/{TENANT}/efter/{waiting[1]}/star-fast", {"skal": "Beslutet står."})
    assert kept.status_code == 303, kept.text
    correct(in_force, anna, waiting[2])
    assert owed_of(in_force) == waiting[3:]
    office = in_force.service.office
    with office.engine.connect() as connection:
        entries = read_case(connection, office.keys, TENANT, case)
    actions = [one.entry["body"]["action"] for one in entries if one.entry["type"] == "human_action"]
    assert actions[-2:] == ["owed", "not_owed"]


def correct(whole: Whole, anna: User, case: str) -> None:
    """The decision is changed by a person, as any other."""
    before = anna.get(f"/applications/{case}/corrections").json()["decisions"][-1]
    line = next(
        number
        for number, each in enumerate(before["calculation"]["lines"], 1)
        if each["rule"] == "riksnorm.vuxen.ensam"
    )
    amount = before["calculation"]["lines"][line - 1]["amount"] + MORE
    decided = {
        "assessment": before["assessment"]["number"],
        "outcome": before["outcome"],
        "granted": f"{(before['granted'] + MORE) // 100}.00",
        "lines": [{"line": line, "amount": f"{amount // 100}.00", "reason": "Beloppet är rättat."}],
        "reason": "Riksnormen var fel inläst.",
    }
    said = {"kind": "ÄNDRING", "decision": before["id"], "decided": decided}
    etag = anna.get(f"/applications/{case}").headers["etag"]
    answer = anna.post(f"/applications/{case}/corrections", said, if_match=etag)
    assert answer.status_code == 200, answer.text


def test_a_decision_that_was_changed_after_the_run_was_asked_for_is_no_task_of_it(in_force: Whole) -> None:
    run = done(in_force)
    with in_force.service.office.engine.begin() as connection:
        row = ImpactRow
        earlier = in_force.clock() - 10_000 * runs.HELD
        connection.execute(update(row).where(col(row.id) == run).values(asked_at=earlier))
    assert in_force.jurist().post(f"/impacts/{run}/tasks").json() == {"tasks": 0}


def test_it_is_the_rules_of_the_runs_own_months_that_have_to_be_in_force(in_force: Whole) -> None:
    """Whatever is published after them for other months, or has been before."""
    office, jurist, run = in_force.service.office, in_force.jurist(), done(in_force)
    page = visitor(in_force, Role.JURIST, purpose="")
    for rules, first, decides in (
        (book(), "2026-12", True),
        (corrected(), "2027-01", True),
        (book(), None, False),
        (corrected(), "2026-12", False),
        (corrected(), "2026-11", True),
    ):
        with office.engine.begin() as connection:
            now = office.clock()
            said = PublicationRow(
                tenant=TENANT, number=0, release=rules.release, first=first, published_at=now
            )
            releases.enact(office.log, connection, said, rules)
        answer = jurist.post(f"/impacts/{run}/tasks")
        assert answer.status_code == (200 if decides else 409), (first, answer.text)
        assert ("Reglerna gäller." in page.get(f"/k/{TENANT}/foljder/{run}").text) is decides


# --- pages


def test_the_pages_begin_show_and_end_a_run_without_script(lived: Whole) -> None:
    jurist = visitor(lived, Role.JURIST, purpose="granskning")
    home = f"/k/{TENANT}/foljder"
    form = {"regler": corrected().release[:16], "fran": "2026-11", "till": "2026-11"}
    assert 'name="regler"' in jurist.get(home).text
    wrong = jurist.send(home, form | {"till": "2026-10"})
    assert wrong.status_code == 422
    assert "Välj minst en månad" in wrong.text
    begun_at = jurist.send(home, form)
    assert begun_at.status_code == 303, begun_at.text
    where = begun_at.headers["location"]
    page = jurist.get(where).text
    assert "Pågår" in page
    assert f"0 av {ALL} ärenden är prövade igen" in page
    runner(lived.service.office).sweep()
    page = jurist.get(where).text
    assert "Klar" in page
    assert "riksnorm.vuxen.ensam" in page
    assert "visas inte" in page  # what is about fewer than five
    second = jurist.send(home, form).headers["location"]
    assert jurist.send(second, {"gor": "avbryt"}).status_code == 303
    assert "Avbruten" in jurist.get(second).text
    chef = visitor(lived, Role.CHEF, purpose="granskning")
    assert 'name="regler"' not in chef.get(home).text
    assert chef.send(home, form).status_code == 403
    assert visitor(lived, Role.HANDLAGGARE).get(home).status_code == 403
