"""The page of a made-up household: filled in without script, told what is wrong, and taken as a case."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.access.roles import Role
from decision_service.evaluation import CrashError
from tests.world.client import User
from tests.world.drafting import AMOUNTS, ReadHere, begun, replaced, step
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/scenario"
FORM = {
    "namn": "Två vuxna med lön",
    "manad": "2026-11",
    "kommun": TENANT,
    "vuxna": "2",
    "alder": "5",
    "kostnad": "RENT",
    "kostar": "8 450,50",
    "inkomst": "SALARY",
    "far": "4 200",
}


@pytest.fixture
def jurist(one: Whole) -> Visitor:
    return visitor(one, Role.JURIST, purpose="")


def test_a_household_is_filled_in_and_its_calculation_and_rules_shown(jurist: Visitor) -> None:
    assert 'name="kostnad"' in jurist.get(HOME).text
    page = jurist.send(HOME, FORM | {"gor": "prova"})
    assert page.status_code == 200, page.text
    for said in ("Underskott", "Regler som gällde", "Regler som inte gällde", "hushåll.vuxna är 2"):
        assert said in page.text
    assert 'value="8 450,50"' in page.text, "what was written stays"
    assert "fall: regler" in page.text


def test_the_case_is_a_file(jurist: Visitor) -> None:
    file = jurist.send(HOME, FORM | {"gor": "hamta"})
    assert file.headers["content-disposition"] == 'attachment; filename="tva_vuxna_med_lon.fall.yaml"'
    assert file.text.startswith("fall: regler\n")
    assert 'namn: "Två vuxna med lön"' in file.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"far": "mycket"}, "mycket"),
        ({"alder": "44"}, "44"),
        ({"manad": "1999-01"}, "1999"),
        ({"kommun": "0001"}, "0001"),
        ({"kostnad": ""}, "Uppgiften saknas"),
        ({"boende": "1"}, "1"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_written_stays(
    jurist: Visitor, changed: dict[str, str], said: str
) -> None:
    page = jurist.send(HOME, FORM | changed | {"gor": "hamta"})
    assert page.status_code == 422
    told = page.text.partition("Något behöver rättas")[2].partition("</div>")[0]
    assert said in told
    assert 'value="Två vuxna med lön"' in page.text


def test_nothing_of_a_person_is_asked_for(jurist: Visitor) -> None:
    page = jurist.get(HOME).text.casefold()
    assert "personnummer" not in page.partition("<main")[2]


# --- beside the rules of a draft

FILE = f"rules/sets/municipal/{TENANT}/hushall.fall.yaml"


@pytest.fixture
def policy(one: Whole) -> User:
    one.service.checker = ReadHere()
    return one.user(Role.POLICY)


@pytest.fixture
def officer(one: Whole, policy: User) -> Visitor:
    return visitor(one, Role.POLICY, purpose="")


def saved(officer: Visitor, draft: str, **more: str) -> tuple[int, str]:
    """What comes of saving the case, and what is told of it."""
    answer = officer.send(HOME, FORM | {"gor": "spara", "utkast": draft, "fil": FILE} | more)
    return answer.status_code, answer.text.partition("Något behöver rättas")[2].partition("</div>")[0]


def text(policy: User, draft: str, name: str = FILE) -> str:
    return str(policy.get(f"/drafts/{draft}/file", {"name": name}).json()["content"])


def test_a_household_is_tried_under_a_draft_and_saved_as_a_case_beside_its_rules(
    policy: User, officer: Visitor
) -> None:
    draft = begun(policy)["id"]
    replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: 100")
    form = FORM | {"alder": "", "gor": "prova"}
    assert f'value="{draft}" selected' in officer.get(f"{HOME}?utkast={draft}").text
    today, then = (officer.send(HOME, form | {"utkast": each}).text for each in ("", draft))
    assert "7 200" in today.replace("\xa0", " ")
    assert "Underskott" in then
    assert today.partition('id="svar"')[2][:60] != then.partition('id="svar"')[2][:60]
    assert saved(officer, draft) == (303, "")
    status, told = saved(officer, draft)
    assert (status, "har redan ett fall" in told) == (422, True)
    assert saved(officer, draft, namn="Ett till")[0] == 303
    both = text(policy, draft)
    assert both.count("fall: regler") == both.count("fallen:") == 1
    assert both.count("  - namn: ") == 2
    new = both.replace("kostnader: ", "kostnader: 1")
    assert step(policy, draft, step="write", name=FILE, content=new).status_code == 200


def test_a_case_is_put_into_a_file_as_the_file_is_written(policy: User, officer: Visitor) -> None:
    draft = begun(policy)["id"]
    whole = 'fall: regler\nfallen:\n- namn: "Ett"\n  månad: 2026-11\n  väntat: {poster: []}\n\n\n'
    assert step(policy, draft, step="write", name=FILE, content=whole).status_code == 200
    assert saved(officer, draft) == (303, "")
    found = text(policy, draft)
    assert found.startswith('fall: regler\nfallen:\n- namn: "Ett"\n')
    assert '\n- namn: "Två vuxna med lön"\n  månad: 2026-11\n' in found
    assert (
        step(policy, draft, step="write", name=FILE, content="fall: regler\nfallen: [\n").status_code == 200
    )
    status, told = saved(officer, draft)
    assert (status, "går inte att läsa" in told) == (422, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fil": AMOUNTS}, "inget namn på en fil med fall"),
        ({"fil": "../ute.fall.yaml"}, "kan inte heta"),
        ({"utkast": ""}, "Välj utkastet"),
    ],
)
def test_what_cannot_be_saved_is_told(
    policy: User, officer: Visitor, more: dict[str, str], said: str
) -> None:
    status, told = saved(officer, begun(policy)["id"], **more)
    assert (status, said in told) == (422, True), told


def test_only_who_drafts_saves_and_a_draft_that_cannot_be_read_says_so(
    one: Whole, policy: User, officer: Visitor, jurist: Visitor
) -> None:
    draft = begun(policy)["id"]
    assert 'value="spara"' not in jurist.get(HOME).text
    assert saved(jurist, draft)[0] == 403
    chef = visitor(one, Role.CHEF, purpose="")
    assert chef.send(HOME, FORM | {"gor": "prova", "utkast": draft}).status_code == 403
    assert saved(officer, "0" * 32)[0] == 404
    replaced(policy, draft, AMOUNTS, "2, 0: 7200", "2, 0: sju")
    one.service.checker = _Broken()
    answer = officer.send(HOME, FORM | {"gor": "prova", "utkast": draft})
    assert (answer.status_code, "går inte att läsa" in answer.text) == (409, True)


class _Broken(ReadHere):
    def ask(self, what: str, case_file: bytes, words: dict[str, str]) -> Any:
        raise CrashError("Raden är fel.")
