"""A draft on a population, over the API and on its page: the figures, how to run it again, and bad files."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decision_service.access.roles import Role
from decision_service.api.routes.population import PARQUET
from decision_service.evaluation import CrashError
from decision_service.impact import population
from decision_service.impact.population import MadeUpHouseholds, PopulationsCompared, reckoned, reckoner
from tests.world.client import User
from tests.world.corrected import MORE, corrected
from tests.world.drafting import begun, step
from tests.world.law import book
from tests.world.people import TENANT
from tests.world.reckoning import ReckonedHere
from tests.world.service import Whole
from tests.world.visitors import Visitor, visitor

SHARED = "norms/riksnorm/2026.yaml"
HOME = f"/k/{TENANT}/befolkning"
SOME = {"month": "2026-11", "households": 300, "seed": 5}


@pytest.fixture(scope="module")
def policy(one: Whole) -> User:
    return one.user(Role.POLICY)


@pytest.fixture(scope="module")
def draft(one: Whole, policy: User) -> str:
    """A draft by which an adult alone has a hundred kronor more."""
    one.service.checker = _Unasked()
    found = begun(policy)["id"]
    own = f"rules/sets/municipal/{TENANT}/mer.yaml"
    assert step(policy, found, step="write", name=own, content=_MORE).status_code == 200
    return str(found)


class _Unasked(ReckonedHere):
    """No check is asked for here."""


_MORE = """regelsamling: exempel
beskrivning: Exempel.
steg: norm
status: fiktiv
regler:
  - id: kommun.exempel.tillägg
    rubrik: Tillägg
    lagrum: [SoL (2025:400) 12 kap. 1 §]
    gäller: {från: 2026-11}
    när: hushåll.vuxna = 1
    ger: {normpost: {del: personlig, belopp: 100 kr}}
    motivering: {sv: "Tillägg: {belopp}."}
"""


def file_of(policy: User) -> bytes:
    """The made-up households as a file."""
    answer = policy.get("/populations/households", SOME)
    assert (answer.status_code, answer.headers["content-type"]) == (200, PARQUET)
    return answer.content


def sent(policy: User, content: bytes, draft: str, kind: str = PARQUET, **more: str) -> httpx.Response:
    """A file reckoned under a draft."""
    asked = {"release": draft, "month": "2026-11", **more}
    return policy.ask("POST", "/populations/file", content, asked, content_type=kind)


@pytest.mark.slow
def test_a_draft_says_what_it_costs_and_how_to_reckon_it_again(policy: User, draft: str) -> None:
    answer = policy.post("/populations", {"release": draft, **SOME})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["draft"], found["before"]) == (draft, book().release)
    assert (found["month"], found["households"], found["seed"]) == ("2026-11", 300, 5)
    alone = [found["kinds"][name] for name in ("ensam utan barn", "ensam med barn")]
    assert found["all"]["losers"] == 0
    assert found["all"]["winners"] == sum(each["winners"] for each in alone) > 0
    assert found["all"]["quartiles"] == [MORE] * 3
    assert 0 < found["all"]["cost_after"] - found["all"]["cost_before"] <= MORE * found["all"]["winners"]
    assert found["staircase"][0]["from"] == 0
    assert found["plot"].startswith("<svg")
    assert f"frö 5, {found['before'][:12]} och {found['after'][:12]}" in found["plot"]
    again = policy.post("/populations", {"release": found["after"], "before": found["before"], **SOME})
    same = again.json()
    assert {**same, "draft": draft, "plot": ""} == {**found, "plot": ""}, (
        "by the releases, when the draft is another"
    )


def test_the_households_as_a_file_come_to_the_same(policy: User, draft: str) -> None:
    made = policy.post("/populations", {"release": draft, **SOME}).json()
    own = sent(policy, file_of(policy), draft)
    assert own.status_code == 200, own.text
    found = own.json()
    assert (found["households"], found["seed"], len(found["file"])) == (None, None, 64)
    assert [found[name] for name in ("all", "kinds", "staircase")] == [
        made[name] for name in ("all", "kinds", "staircase")
    ]


def as_floats(table: pa.Table) -> pa.Table:
    rows = table.column("kostnad").to_pylist()
    floats = [[{**each, "belopp": each["belopp"] / 100} for each in own] for own in rows]
    return table.drop_columns(["kostnad"]).append_column("kostnad", pa.array(floats))


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def test_every_column_that_is_missing_or_a_float_is_told_and_nothing_is_reckoned(
    policy: User, draft: str
) -> None:
    table = pq.read_table(io.BytesIO(file_of(policy)))
    answer = sent(policy, parquet(as_floats(table).drop_columns(["barn"])), draft)
    assert answer.status_code == 422
    told = {each["pointer"]: each["message"] for each in answer.json()["errors"]}
    assert "saknas i befolkningen" in told["/barn/ålder"]
    assert "aldrig flyttal" in told["/kostnad/belopp"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"inte parquet", PARQUET, 422, "är ingen befolkning i Parquet"),
        (b"", PARQUET, 422, "är ingen befolkning i Parquet"),
        (b"{}", "application/json", 415, "application/vnd.apache.parquet"),
    ],
)
def test_what_is_no_population_is_told(
    policy: User, draft: str, content: bytes, kind: str, status: int, said: str
) -> None:
    answer = sent(policy, content, draft, kind)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_a_file_that_is_spoilt_in_the_middle_is_told(policy: User, draft: str) -> None:
    content = file_of(policy)
    half = len(content) // 3
    answer = sent(policy, content[:half] + bytes(800) + content[half + 800 :], draft)
    assert answer.status_code == 422, answer.text
    assert "är ingen befolkning i Parquet" in answer.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"release": "ffff"}, "ingen regelversion ffff"),
        ({"before": "ffff"}, "ingen regelversion ffff"),
        ({"month": "2031-01"}, "2031-01"),
        ({"month": "november"}, "month"),
        ({"households": 0}, "households"),
        ({"households": population.MOST + 1}, "households"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_what_cannot_be_reckoned_is_told(
    policy: User, draft: str, changed: dict[str, Any], said: str
) -> None:
    answer = policy.post("/populations", {"release": draft, **SOME} | changed)
    assert answer.status_code == 422, answer.text
    assert said in answer.text


@pytest.mark.parametrize("month", ["6747-11", "0000-01", "2026-13", "2031-01", "1900-01", ""])
def test_a_month_of_an_address_that_is_none_or_has_no_amounts_is_told(
    policy: User, draft: str, one: Whole, month: str
) -> None:
    for answer in (
        policy.get("/populations/households", {"month": month, "households": 1}),
        policy.ask(
            "POST", "/populations/file", b"", {"release": draft, "month": month}, content_type=PARQUET
        ),
        visitor(one, Role.POLICY, purpose="").get(f"{HOME}/hushall.parquet?manad={month}&hushall=1"),
    ):
        assert answer.status_code == 422, answer.text


def test_another_municipality_knows_of_no_such_draft(one: Whole, draft: str) -> None:
    answer = one.user(Role.POLICY, tenant="1384").post("/populations", {"release": draft, **SOME})
    assert (answer.status_code, "ingen regelversion" in answer.text) == (422, True)


def test_more_households_than_the_service_takes_and_a_child_that_dies_are_told(
    policy: User, draft: str, one: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file_of(policy)
    monkeypatch.setattr(population, "MOST", 299)
    answer = sent(policy, content, draft)
    assert (answer.status_code, "fler än 299 hushåll" in answer.text) == (422, True), answer.text

    def died(*_: object) -> None:
        raise CrashError("Räkningens process dog.")

    monkeypatch.setattr(one.service.reckoner, "ask", died)
    answer = policy.post("/populations", {"release": draft, **SOME})
    assert (answer.status_code, "process dog" in answer.text) == (409, True)


# --- the page


def post(
    somebody: Visitor, content: bytes = b"", *, chosen: str | None = None, **fields: str
) -> httpx.Response:
    """The form as a browser sends it: without a name of a file where none was chosen."""
    said = {"mot": "", "manad": "2026-11", "hushall": "300", "fro": "5", "csrf": somebody.csrf()} | fields
    files = {"fil": (chosen or ("hushall.parquet" if content else ""), content)}
    return somebody.http.post(HOME, data=said, files=files, headers=somebody.headers)


def test_the_page_is_reached_from_the_draft_and_says_the_same(one: Whole, policy: User, draft: str) -> None:
    officer = visitor(one, Role.POLICY, purpose="")
    assert f'href="{HOME}?regler={draft}"' in officer.get(f"/k/{TENANT}/lagandringar/{draft}").text
    assert f'value="{draft}"' in officer.get(f"{HOME}?regler={draft}").text
    page = post(officer, regler=draft)
    assert page.status_code == 200, page.text
    api = policy.post("/populations", {"release": draft, **SOME}).json()
    for said in (
        "Trappan",
        "<svg",
        f"?regler={api['after']}&amp;mot={api['before']}",
        f"<code>{draft}</code>",
    ):
        assert said in page.text, said
    assert f"{api['all']['winners']} hushåll får mer och 0 får mindre" in page.text
    again = officer.get(f"{HOME}?regler={api['after']}&mot={api['before']}&manad=2026-11&hushall=300&fro=5")
    assert 'value="300"' in again.text
    given = officer.get(f"{HOME}/hushall.parquet?manad=2026-11&hushall=300&fro=5")
    own = post(officer, given.content, regler=draft)
    assert f"{api['all']['winners']} hushåll får mer och 0 får mindre" in own.text
    assert "egna hushåll" in own.text


def test_an_empty_file_is_no_population_and_never_made_up_households(one: Whole, draft: str) -> None:
    page = post(visitor(one, Role.PUBLICIST, purpose=""), b"", regler=draft, chosen="tom.parquet")
    assert page.status_code == 422
    assert "är ingen befolkning i Parquet" in page.text


def test_the_page_tells_what_is_wrong_and_keeps_what_was_written(one: Whole, draft: str) -> None:
    officer = visitor(one, Role.PUBLICIST, purpose="")
    for content, fields, said in (
        (b"inte parquet", {}, "är ingen befolkning i Parquet"),
        (b"", {"regler": "ffff"}, "ingen regelversion ffff"),
        (b"", {"hushall": "många"}, "många"),
        (b"", {"manad": "2031-01"}, "2031-01"),
    ):
        page = post(officer, content, **({"regler": draft} | fields))
        assert page.status_code == 422
        assert said in page.text.partition("Något behöver rättas")[2].partition("</div>")[0]
        assert 'name="fro" value="5"' in page.text


@pytest.mark.slow
def test_a_process_of_its_own_reckons_the_same() -> None:
    compared, made = PopulationsCompared(book(), corrected(), None), MadeUpHouseholds(300, 5)
    child = reckoner()
    try:
        assert reckoned(child, compared, "2026-11", TENANT, made) == reckoned(
            ReckonedHere(), compared, "2026-11", TENANT, made
        )
    finally:
        child.close()
