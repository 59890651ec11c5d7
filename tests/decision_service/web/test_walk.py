"""Every page as every role and from every municipality; every reading logged; hostile words in every field.

A page that is not in the table fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import httpx
import pytest
from fastapi.routing import APIRoute

from audit.trail import read_case
from decision_service.access.roles import Role
from decision_service.application.outcome import Outcome
from decision_service.casework.office import Office
from decision_service.installation.municipality import FourEyes
from decision_service.store.case_number import case_number
from decision_service.web.codes import asked_in
from decision_service.web.site import WORKING
from tests.decision_service.web.test_faults_on_pages import Forms
from tests.decision_service.web.test_queue import act, dear, question
from tests.world.installation import HANDLED
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.service import Whole, decided_by_machine
from tests.world.visitors import Visitor, nobody, visitor

H, C, J, R = Role.HANDLAGGARE, Role.CHEF, Role.JURIST, Role.REVISOR
S, P, B = Role.ACTIVITY_SECRETARY, Role.POLICY, Role.PUBLICIST
MAY: Mapping[str, set[Role]] = {
    "GET beslut": {H, C, J, R},
    "POST beslut/person": {H, C, J, R},
    "POST beslut/{application}/ta-upp": {H},
    "GET beslut/{application}": {H, C, J, R},
    "POST beslut/{application}/kontroll": {H, C, J, R},
    "POST beslut/{application}/omkorning": {H, C, J, R},
    "GET beslut/{application}/utdrag": {C, J, R},
    "GET beslut/{application}/regel/{rule}": {H, C, J, R},
    "GET beslut/{application}/andringar": {H, C, J, R},
    "POST beslut/{application}/stickprov/{sample}/{decision}": {J},
    "GET beslut/{application}/jamfor": {H, C, J, R},
    "GET stickprov": {J, R},
    "POST stickprov": {J},
    "GET stickprov/{sample}": {J, R},
    "GET ko": {H, C},
    "POST ko/{application}/ta": {H},
    "GET ko/{application}": {H, C},
    "POST ko/{application}/svar": {H},
    "POST ko/{application}/beslut": {H},
    "POST ko/{application}/godkannande": {H},
    "POST ko/{application}/atgard": {H},
    "POST ko/{application}/frigor": {C},
    "POST ko/{application}/tillagg": {H},
    "GET efter/{application}": {H, C, J, R},
    "POST efter/{application}/andring": {H},
    "POST efter/{application}/godkannande": {H},
    "POST efter/{application}/star-fast": {H},
    "POST efter/{application}/krav/{number}": {H},
    "POST efter/{application}/krav/{number}/sank": {H},
    "POST efter/{application}/krav/{number}/godkannande": {H},
    "POST efter/{application}/hinder": {H},
    "POST efter/{application}/overklagande": {H},
    "POST efter/{application}/overklagande/{number}": {H},
    "GET handlingar/{application}/brev/{name}/{form}": {H, C, J, R},
    "GET handlingar/{application}/brev/{name}/kort/{language}": {H, C, J, R},
    "GET handlingar/{application}/dokument/{name}": {H, C, J, R},
    "GET siffror": {C, J, R},
    "GET siffror/csv": {C, J, R},
    "GET siffror/jamfor": {C, J, R},
    "GET regelbruk": {P, B, C, J, R},
    "GET regelbruk/csv": {P, B, C, J, R},
    "GET deltagare": {S, H, C},
    "POST deltagare/sok": {S, H, C},
    "POST deltagare/ny": {S},
    "GET deltagare/filer": {S},
    "POST deltagare/filer": {S},
    "GET deltagare/filer/planer.csv": {S},
    "GET deltagare/filer/narvaro.csv": {S},
    "GET deltagare/{participant}": {S, H, C},
    "POST deltagare/{participant}/steg": {S},
    "POST deltagare/{participant}/narvaro": {S},
    "POST deltagare/{participant}/brev": {S},
    "GET deltagare/{participant}/plan": {S, H, C},
    "GET deltagare/{participant}/plan.pdf": {S, H, C},
    "GET grupper": {S},
    "POST grupper/ny": {S},
    "GET grupper/{activity}": {S},
    "POST grupper/{activity}": {S},
    "GET lagandringar": {P, B, J, R},
    "POST lagandringar/ny": {P},
    "GET lagandringar/ord.json": {P, B, J, R},
    "GET lagandringar/{draft}": {P, B, J, R},
    "GET lagandringar/{draft}/fil": {P, B, J, R},
    "POST lagandringar/{draft}/fil": {P},
    "POST lagandringar/{draft}/steg": {P},
    "GET lagandringar/{draft}/mapp": {P, B, J, R},
    "POST lagandringar/{draft}/mapp": {P},
    "POST lagandringar/{draft}/kontroll": {P},
    "GET lagandringar/{draft}/skillnad": {P, B, J, R},
    "POST lagandringar/{draft}/godkannande": {B},
    "POST lagandringar/{draft}/publicering": {B},
    "GET resultat": {C, J, R, S},
    "GET resultat/csv": {C, J, R, S},
    "GET befolkning": {P, B, J, R, C},
    "POST befolkning": {P, B, J, R, C},
    "GET befolkning/hushall.parquet": {P, B, J, R, C},
    "GET scenario": {C, J, R, P},
    "POST scenario": {C, J, R, P},
    "GET foljder": {C, J, R, P},
    "POST foljder": {J, P},
    "GET foljder/{run}": {C, J, R, P},
    "POST foljder/{run}": {J, P},
    "GET foljder/{run}/arenden": {C, J, R},
    "GET skydd": {S, H, C},
    "GET skydd/{protection}": {S, H, C},
    "POST skydd/{protection}/svar": {S, H, C},
    "POST skydd/{protection}/godkannande": {S, H, C},
    "GET resultat/pdf": {C, J, R, S},
}
"""Who may open and send what; nobody else may."""
NO_PURPOSE = {
    "GET siffror",
    "GET siffror/csv",
    "GET siffror/jamfor",
    "GET regelbruk",
    "GET regelbruk/csv",
    "GET resultat",
    "GET resultat/csv",
    "GET befolkning",
    "POST befolkning",
    "GET befolkning/hushall.parquet",
    "GET scenario",
    "POST scenario",
    "GET foljder",
    "POST foljder",
    "GET foljder/{run}",
    "POST foljder/{run}",
    "GET resultat/pdf",
}
NO_PURPOSE |= {name for name in MAY if " lagandringar" in name}
"""Pages that show no case."""
VALUES = {
    "rule": "kostnad.hyra",
    "number": "1",
    "sample": "1",
    "decision": "d",
    "name": "n",
    "form": "pdf",
    "language": "en",
    "participant": f"person-{'0' * 32}",
    "activity": "0" * 32,
    "run": "0" * 32,
    "draft": "0" * 32,
    "protection": "0" * 32,
}
HOSTILE = '<script>alert(1)</script>"\' onload="x'


def routes() -> Iterator[tuple[str, str, str]]:
    """Every page of a municipality: its name in the table, its method, and its address with places."""
    for router in WORKING:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield f"{method} {route.path.removeprefix('/k/{kommunkod}/')}", method, route.path


def asked(somebody: Visitor, method: str, path: str, case: str, tenant: str = TENANT) -> httpx.Response:
    """A page, or an empty form sent to it from one of ours."""
    values = VALUES | {"kommunkod": tenant, "application": case}
    where = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)
    where += f"?med={case_number(2026, 999_999)}" if path.endswith("/jamfor") else ""
    where += "?manad=2026-11&hushall=1" if path.endswith("/hushall.parquet") else ""
    if method == "GET":
        return somebody.get(where)
    if path.endswith(("/mapp", "/befolkning")):
        sent = {"mapp": ("mapp.zip", b"")}
        return somebody.http.post(where, data={"csrf": ""}, files=sent, headers=somebody.headers)
    return somebody.http.post(where, data={"csrf": ""}, headers=somebody.headers)


@pytest.fixture(scope="module")
def case(one: Whole) -> str:
    """A case that is decided, with its letter."""
    found, _ = decided_by_machine(one)
    one.settle()
    return found


def test_the_table_has_every_page() -> None:
    assert {name for name, _, _ in routes()} == set(MAY)


def test_nobody_sees_a_page_without_signing_in(one: Whole, case: str) -> None:
    stranger = nobody(one)
    for name, method, path in routes():
        found = asked(stranger, method, path, case)
        assert found.status_code == 303, name
        where = "/?vidare=" if method == "GET" else "/?ut=ja"
        assert found.headers["location"].startswith(where), name


@pytest.mark.slow
def test_every_page_is_for_its_roles(one: Whole, case: str) -> None:
    people = {role: visitor(one, role) for role in Role}
    for name, method, path in routes():
        for role, somebody in people.items():
            found = asked(somebody, method, path, case)
            refused = found.status_code == 403 and "Rollen räcker inte" in found.text
            foreign = found.status_code == 403 and "kom inte från en av våra sidor" in found.text
            if role not in MAY[name]:
                assert refused, (role, name, found.status_code)
            elif method == "POST":
                assert foreign, (role, name, "a form of another site")
            else:
                assert found.status_code in (200, 303, 404, 422), (role, name)


@pytest.fixture(scope="module")
def awaiting(one: Whole) -> str:
    """A case in which a proposal waits for a second person."""
    found, anna = dear(one), visitor(one, Role.HANDLAGGARE, name="Anna Ek")
    act(anna, found, "ta")
    own = one.service.office.municipality(TENANT).model_copy(update={"four_eyes": (FourEyes.REFUSE,)})
    number = re.search(r'name="provning" value="(\d+)"', anna.get(f"/k/{TENANT}/ko/{found}").text)
    assert number is not None
    said = {"provning": number[1], "utfall": "AVSLAG", "motivering": "Inkomsterna räcker."}
    said |= {"yttrat": "HAR_FÅTT_SE", "yttrat-skal": "Samtal i dag."}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Office, "municipality", lambda self, code: own)
        assert act(anna, found, "beslut", **said).status_code == 303
    return found


_FORMS = (Role.HANDLAGGARE, Role.ACTIVITY_SECRETARY, Role.PUBLICIST)
"""The roles with most to send."""


@pytest.mark.parametrize(
    "roles", [_FORMS, pytest.param([each for each in Role if each not in _FORMS], marks=pytest.mark.slow)]
)
def test_no_role_is_shown_a_form_that_it_may_not_send(
    one: Whole, case: str, awaiting: str, roles: Sequence[Role]
) -> None:
    """Not on a case that is free, taken, decided or waits for a second person."""
    free = dear(one)
    where = [(name, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for name, _, path in routes()]
    seen = set[str]()
    for role in roles:
        somebody = visitor(one, role)
        for page_name, method, path in routes():
            if method != "GET" or role not in MAY[page_name]:
                continue
            for each in (case, free, awaiting) if "{application}" in path else (case,):
                page = asked(somebody, method, path, each)
                read = page.status_code == 200 and page.headers["content-type"].startswith("text/html")
                for form in Forms(page.text, page.url.path).found if read else ():
                    for target in {form.action, *(button[0] for button in form.buttons)}:
                        name = next((n for n, p in where if n.startswith("POST") and p.fullmatch(target)), "")
                        assert not name or role in MAY[name], (role, page.url.path, name)
                        seen.add(name)
    if Role.HANDLAGGARE in roles:
        assert {"POST ko/{application}/ta", "POST ko/{application}/godkannande"} <= seen


@pytest.mark.slow
def test_another_municipality_is_not_there(one: Whole, case: str) -> None:
    """Neither from outside, nor a case of one's neighbour inside one's own."""
    outside, inside = visitor(one, *Role, tenant=HANDLED), visitor(one, *Role, tenant=TENANT)
    for name, method, path in routes():
        assert asked(outside, method, path, case).status_code == 404, name
        assert asked(inside, method, path, case, HANDLED).status_code == 404, name
        if method == "GET" and "{application}" in path:
            assert asked(outside, method, path, case, HANDLED).status_code == 404, name


def test_cases_are_read_for_a_purpose(one: Whole, case: str) -> None:
    silent = visitor(one, *Role, purpose="")
    for name, method, path in routes():
        found = asked(silent, method, path, case)
        assert (found.status_code == 400) == (name not in NO_PURPOSE), (name, found.status_code)


def readings(whole: Whole, case: str) -> list[str]:
    """Why a case has been read, each time."""
    office = whole.service.office
    with office.engine.connect() as connection:
        entries = read_case(connection, office.keys, TENANT, case)
    return [each.entry["purpose"] for each in entries if each.entry["type"] == "access"]


def test_every_opened_case_is_logged_with_its_purpose(one: Whole, case: str) -> None:
    jurist = visitor(one, *(Role), purpose="begaran")
    papers = re.findall(r"handlingar/\w+/brev/([^/]+)/pdf", jurist.get(f"/k/{TENANT}/efter/{case}").text)
    assert papers
    opened = 0
    for name, method, path in routes():
        if method == "GET" and "{application}" in path:
            before = readings(one, case)
            found = asked(jurist, method, path.replace("{name}", papers[0]), case)
            if found.status_code == 200:
                opened += 1
                assert readings(one, case) == [*before, "begaran"], name
    assert opened >= 6


@pytest.fixture(scope="module")
def hostile(one: Whole) -> tuple[str, str]:
    """Two cases in which all that somebody can write is hostile; the first is decided, and appealed."""
    anna = visitor(one, Role.HANDLAGGARE, name=f"Anna {HOSTILE}")
    decided = dear(one)
    act(anna, decided, "ta")
    act(anna, decided, "atgard", gor="anteckna", text=HOSTILE)
    asked = question(anna, decided)
    answers = {f"svar-{asked}": "7300", f"skal-{asked}": HOSTILE, f"till-{asked}": "2027-03-31"}
    assert act(anna, decided, "svar", gor="svara", **answers).status_code == 303
    page = anna.get(f"/k/{TENANT}/ko/{decided}").text
    number = re.search(r'name="provning" value="(\d+)"', page)
    assert number is not None
    agreed = act(anna, decided, "beslut", provning=number[1], ja="ja", motivering=HOSTILE)
    assert agreed.status_code == 303
    one.settle()
    day = one.clock.now.date().isoformat()
    after = anna.get(f"/k/{TENANT}/efter/{decided}").text
    decision = re.search(r'name="beslut" value="(\w+)"', after)
    assert decision is not None
    said = {"beslut": decision[1], "kom": day, "delgavs": day, "text": HOSTILE}
    assert anna.send(f"/k/{TENANT}/efter/{decided}/overklagande", said).status_code == 303
    asked = re.search(r'name="fraga" value="(\w+)"', after)
    version = re.search(r'name="version" value="(\d+)"', after)
    assert asked is not None
    assert version is not None
    cause = {"version": version[1], "fraga": asked[1], "orsak": "saknar_barnomsorg", "skal": HOSTILE}
    assert anna.send(f"/k/{TENANT}/efter/{decided}/hinder", cause).status_code == 303
    form = application(one.person(), NOVEMBER)
    form["people"][0]["first_name"] = HOSTILE[:40]
    sender = one.eservice()
    waiting = sender.apply(form)
    sent = sender.post(
        f"/applications/{waiting}/documents?name=%3Cscript%3Ealert(1)%3C/script%3E",
        b"%PDF-1.7\nAvi\n%%EOF\n",
        content_type="application/pdf",
    )
    assert sent.status_code == 202
    one.settle()
    act(anna, waiting, "ta")
    act(anna, waiting, "atgard", gor="fraga", text=HOSTILE)
    one.settle()
    return decided, waiting


@pytest.mark.slow
def test_hostile_words_are_words_on_every_page(one: Whole, hostile: tuple[str, str]) -> None:
    reader = visitor(one, *Role, name=f"Kim {HOSTILE}")
    seen = 0
    for case in hostile:
        pages = [asked(reader, method, path, case) for _, method, path in routes() if method == "GET"]
        for kept in re.findall(r'/k/9999/handlingar/[^"]+/webb', "".join(each.text for each in pages)):
            pages.append(reader.get(kept))
        for page in pages:
            if page.headers.get("content-type", "").startswith("text/html"):
                assert "<script>alert" not in page.text, page.url
                assert 'onload="x' not in page.text, page.url
                seen += "alert(1)" in page.text
    assert seen >= 6, "what is hostile is shown, as text"


@pytest.mark.slow
def test_codes_are_words_on_every_page_of_cases(one: Whole, case: str) -> None:
    """What was asked, what came of it and why a case was read: as people say it, on every page."""
    waiting, reader = dear(one), visitor(one, *Role)
    office = one.service.office
    codes = {*asked_in(office.book), *Outcome, *office.installation.purposes}
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(codes, key=len, reverse=True)))})\b")
    seen = 0
    for name, method, path in routes():
        if method == "GET" and "lagandringar" not in path and "utdrag" not in path:
            for found in (case, waiting):
                page = asked(reader, method, path, found)
                if page.status_code == 200 and page.headers["content-type"].startswith("text/html"):
                    said = re.sub(r"<(script|style|pre|code)\b.*?</\1>|<[^>]*>", " ", page.text, flags=re.S)
                    assert set(word.findall(said)) <= {"planering"}, name
                    seen += 1
    assert seen >= 12


def test_a_protected_person_is_not_told_of_by_any_list(one: Whole) -> None:
    """In the queue the row of a protected person has the words of any other, and no reason finds it."""
    protected = application(one.person(), NOVEMBER)
    protected["people"][0]["protected"] = True
    protected["people"][0]["first_name"] = "Sigbritt"
    sender = one.eservice()
    case, plain = sender.apply(protected), sender.apply(application(one.person(), NOVEMBER))
    one.settle()
    worker = visitor(one, Role.HANDLAGGARE, Role.JURIST, Role.CHEF)
    queue = worker.get(f"/k/{TENANT}/ko?limit=200").text
    rows = {
        each: re.sub(r"[0-9a-f]{32}|\d+", "#", row)
        for row in re.findall(r"<tr>.*?</tr>", queue, re.S)
        for each in (case, plain)
        if each in row
    }
    assert rows[case] == rows[plain]
    for word in ("SKYDDADE_PERSONUPPGIFTER", "SKYDD", "NY_ANSÖKAN"):
        assert case not in worker.get(f"/k/{TENANT}/ko?skal={word}").text
    for where in ("ko", "beslut", "siffror", "stickprov"):
        # What may be asked about is the same whoever waits.
        found = re.sub(r"<datalist.*?</datalist>", "", worker.get(f"/k/{TENANT}/{where}").text, flags=re.S)
        assert "Sigbritt" not in found
        assert "kyddad" not in found
    assert "Skyddade personuppgifter" in worker.get(f"/k/{TENANT}/ko/{case}").text
