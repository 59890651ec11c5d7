"""The handläggare's pages: take a case, see what answers change, give them, decide; and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from audit.trail import read_case
from decision_service.access.roles import Role
from decision_service.casework.office import Office
from decision_service.installation.municipality import FourEyes
from decision_service.reading.sentences import say
from decision_service.web.decision_form import decision_of
from decision_service.web.visitors import SentForm
from norms.fault import fault
from tests.world.client import User
from tests.world.installation import HANDLED
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application
from tests.world.service import Whole, with_a_person
from tests.world.sweeps import swept
from tests.world.visitors import Visitor, nobody, visitor

HOME = f"/k/{TENANT}/ko"


def dear(whole: Whole, sender: User | None = None) -> str:
    """An application with a rent above the municipality's limit: one question to a person."""
    person = whole.known(costs={"RENT": 6400, "ELECTRICITY": 700})
    costs = [
        {"costType": "RENT", "appliedAmount": 7300},
        {"costType": "ELECTRICITY", "appliedAmount": 450},
    ]
    found = (sender or whole.eservice()).apply(application(person, NOVEMBER, costs=costs))
    whole.settle()
    return found


@pytest.fixture
def anna(whole: Whole) -> Visitor:
    return visitor(whole, Role.HANDLAGGARE, name="Anna Ek")


@pytest.fixture
def case(whole: Whole, anna: Visitor) -> str:
    """A case that Anna has taken."""
    found = dear(whole)
    assert act(anna, found, "ta").status_code == 303
    return found


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def act(somebody: Visitor, application: str, what: str, **fields: str):  # type: ignore[no-untyped-def]
    """Send a form of the case's page as it is now."""
    page = somebody.get(f"{HOME}/{application}").text
    version = fields.pop("version", "") or field(page, "version")
    return somebody.send(f"{HOME}/{application}/{what}", {"version": version, **fields})


def question(somebody: Visitor, application: str) -> str:
    """The first question that takes an answer."""
    found = re.search(r'name="svar-([^"]+)"', somebody.get(f"{HOME}/{application}").text)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_a_chief_gives_a_case_back_whose_taker_is_away(whole: Whole, anna: Visitor, case: str) -> None:
    """Then a colleague takes it; nobody else is shown the form, and nobody else may send it."""
    bo, chief = visitor(whole, Role.HANDLAGGARE, name="Bo Al"), visitor(whole, Role.CHEF, name="Eva Lo")
    where = f"{HOME}/{case}"
    for somebody in (anna, bo):
        assert f'action="{where}/frigor"' not in somebody.get(where).text
        assert act(somebody, case, "frigor", frigor="Sjuk.").status_code == 403
    assert f'action="{where}/frigor"' in chief.get(where).text
    long = act(chief, case, "frigor", frigor="a" * 4001)
    assert long.status_code == 422
    assert '<a href="#frigor">' in long.text
    assert act(chief, case, "frigor", frigor="Anna är sjuk.").status_code == 303
    assert f'action="{where}/frigor"' not in chief.get(where).text
    assert act(bo, case, "ta").status_code == 303
    office = whole.service.office
    with office.engine.connect() as connection:
        said = [one.entry["body"].get("action") for one in read_case(connection, office.keys, TENANT, case)]
    assert [each for each in said if each][-2:] == ["released", "claimed"]


def test_a_case_of_one_question_goes_from_the_queue_to_a_decision(whole: Whole, anna: Visitor) -> None:
    found = dear(whole)
    assert found in anna.get(HOME).text
    taken = act(anna, found, "ta")
    assert taken.headers["location"] == f"{HOME}/{found}"
    page = anna.get(f"{HOME}/{found}").text
    assert "7 300" in page.replace("\N{NO-BREAK SPACE}", " ")
    asked = question(anna, found)
    answers = {f"svar-{asked}": "7 300", f"skal-{asked}": "Hyran är skälig.", f"till-{asked}": "2027-03-31"}
    tried = act(anna, found, "svar", gor="prova", **answers)
    assert "Det här skulle svaren ändra" in tried.text
    assert 'value="7 300"' in tried.text, "what was written is still there"
    given = act(anna, found, "svar", gor="svara", **answers)
    assert given.headers["location"] == f"{HOME}/{found}", "the one who answered keeps the case"
    page = anna.get(f"{HOME}/{found}").text
    done = act(anna, found, "beslut", provning=field(page, "provning"), ja="ja")
    assert done.headers["location"].endswith(f"?klart={found}")
    assert "Klart." in anna.get(done.headers["location"]).text
    decision = whole.jurist().get(f"/applications/{found}/decision").json()
    assert (decision["outcome"], decision["automatic"], decision["signed"]) == ("BIFALL", False, "Anna Ek")
    assert any(line["amount"] == 730_000 for line in decision["calculation"]["lines"])
    assert anna.get(f"{HOME}/{found}").headers["location"] == f"/k/{TENANT}/efter/{found}"


def test_from_the_queue_to_the_next_case_in_few_clicks(whole: Whole) -> None:
    """Three: take it, save the answer, decide. The one who decides lands on what is first of the rest."""
    cases = [dear(whole), dear(whole)]
    cleo = visitor(whole, Role.HANDLAGGARE, name="Cleo Ö")
    assert all(each in cleo.get(HOME).text for each in cases)
    first, clicks = cases[0], 0
    where = act(cleo, first, "ta").headers["location"]
    clicks += 1
    asked = question(cleo, first)
    answers = {f"svar-{asked}": "7 300", f"skal-{asked}": "Skälig.", f"till-{asked}": "2027-03-31"}
    where = act(cleo, first, "svar", gor="svara", **answers).headers["location"]
    clicks += 1
    page = cleo.get(where).text
    where = act(cleo, first, "beslut", provning=field(page, "provning"), ja="ja").headers["location"]
    clicks += 1
    assert clicks <= 4
    following = where.removeprefix(f"{HOME}/").partition("?")[0]
    assert where == f"{HOME}/{following}?klart={first}"
    assert following != first
    free = re.findall(rf'action="{HOME}/(\w+)/ta"', cleo.get(HOME).text)
    assert following == free[0], "what is to be answered first"
    found = cleo.get(where)
    assert "Här är nästa" in found.text
    assert "Ta ärendet" in found.text, "nobody has taken it by deciding another"
    last = act(cleo, following, "ta")
    assert last.status_code == 303
    mine = act(cleo, cases[1], "ta") if following != cases[1] else last
    assert mine.status_code == 303


def test_what_one_has_taken_comes_before_what_is_free(whole: Whole) -> None:
    dan = visitor(whole, Role.HANDLAGGARE, name="Dan Ågren")
    first, second = dear(whole), dear(whole)
    for each in (second, first):
        act(dan, each, "ta")
    page = dan.get(f"{HOME}/{first}").text
    wrong = {"motivering": "Hyran är över gränsen.", "provning": field(page, "provning"), "ja": "ja"}
    assert act(dan, first, "beslut", **wrong).headers["location"] == f"{HOME}/{second}?klart={first}"


def test_another_decision_names_its_lines_and_adds_up(whole: Whole, anna: Visitor, case: str) -> None:
    page = anna.get(f"{HOME}/{case}").text
    rent = next(
        number for number, text in re.findall(r'for="belopp-(\d+)">([^<]*)<', page) if text.startswith("Hyra")
    )
    said = {"provning": field(page, "provning"), "utfall": "BIFALL", "motivering": "Hela hyran godkänns."}
    wrong = act(anna, case, "beslut", **said, beviljat="99")
    assert wrong.status_code == 422
    assert "Hela hyran godkänns." in wrong.text, "what was written is still there"
    line = {f"belopp-{rent}": "7 300", f"radskal-{rent}": "Ingen billigare finns."}
    done = act(anna, case, "beslut", **said, **line, beviljat=amount_with(whole, case, 900))
    assert done.status_code == 303, re.findall(r"<li>([^<]*)</li>", done.text)
    whole.settle()
    letter = whole.jurist().get(f"/applications/{case}/letter").text
    assert "Ingen billigare finns." in " ".join(letter.split())


def amount_with(whole: Whole, case: str, more: int) -> str:
    """What the calculation grants, and so many kronor more."""
    found = whole.jurist().get(f"/applications/{case}/assessments/1").json()["calculation"]
    return f"{-found['result'] // 100 + more}"


def test_the_last_month_is_one_click_away(whole: Whole, anna: Visitor) -> None:
    """October was decided here: what it gave, beside the rows of this month, and the way to it."""
    sender, person = whole.eservice(), whole.known(month="2026-09")
    october = sender.apply(application(person, OCTOBER))
    worker = whole.handlaggare()
    if sender.state(october)["state"] == "hos_handlaggare":
        worker.take(october).decide(october, granted=1_201_000)
    rent = {"costType": "RENT", "appliedAmount": 7300}
    found = sender.apply(application(person, NOVEMBER, costs=[rent]))
    page = anna.get(f"{HOME}/{found}").text
    assert f'<a href="/k/{TENANT}/beslut/{october}">Öppna</a>' in page
    beside = page.partition('aria-label="Månaden bredvid förra"')[2].partition("</table>")[0]
    (rent_row,) = re.findall(r'<th scope="row">Hyra</th>.*?</tr>', beside)
    assert "6 200 kr" in rent_row.replace("\N{NO-BREAK SPACE}", " ")
    assert "<td>ja</td>" in rent_row


WRONG = {"svar": ["mycket", "-5", "10.000"], "till": ["snart", "2020-01-31"], "skal": [""]}


@pytest.mark.slow
@swept(("what", "value"), [(what, value) for what in WRONG for value in WRONG[what]])
def test_an_answer_that_does_not_fit_is_told_and_kept(
    anna: Visitor, case: str, what: str, value: str
) -> None:
    asked = question(anna, case)
    form = {f"svar-{asked}": "7300", f"skal-{asked}": "Skälig.", f"till-{asked}": "2027-03-31"}
    found = act(anna, case, "svar", gor="svara", **(form | {f"{what}-{asked}": value}))
    assert found.status_code == 422
    assert 'role="alert"' in found.text
    assert question(anna, case) == asked


def test_nothing_that_was_written_is_dropped(anna: Visitor, case: str) -> None:
    """A reason without its answer, an amount without its outcome, and a line's reason without its amount."""
    asked = question(anna, case)
    assert act(anna, case, "svar", gor="svara", **{f"skal-{asked}": "Hyran är skälig."}).status_code == 422
    said = {"provning": "1", "motivering": "Hela hyran godkänns."}
    blank = act(anna, case, "beslut", **said, utfall="BIFALL", beviljat="")
    assert blank.status_code == 422, "a blank amount is not zero"
    alone = {"radskal-1": "Ingen billigare finns."}
    assert act(anna, case, "beslut", **said, utfall="DELAVSLAG", beviljat="100", **alone).status_code == 422


@pytest.mark.slow
@swept("doing", ["fraga", "anteckna", "kon", "maskinen", "avskriv"])
def test_a_text_is_as_long_as_the_form_says(whole: Whole, anna: Visitor, case: str, doing: str) -> None:
    """One character more is refused at its field, with what was written kept and nothing in the log."""

    office = whole.service.office

    def logged() -> int:
        with office.engine.connect() as connection:
            found = read_case(connection, office.keys, TENANT, case)
        return sum(one.entry["type"] != "access" for one in found)

    before, long = logged(), "a" * 4001
    found = act(anna, case, "atgard", gor=doing, text=long)
    assert found.status_code == 422
    assert '<a href="#text">Text</a>: Texten är för lång. Högst 4000 tecken.' in found.text
    assert f">{long}</textarea>" in found.text
    assert before == logged()


def test_an_empty_note_is_missing_and_a_refusal_is_as_long_as_the_form_says(anna: Visitor, case: str) -> None:
    empty = act(anna, case, "atgard", gor="anteckna", text="")
    assert (empty.status_code, "Texten är för kort" in empty.text) == (422, False)
    assert "Uppgiften saknas." in empty.text
    refused = act(anna, case, "godkannande", gor="nej", skal="a" * 4001)
    assert (refused.status_code, "Högst 4000 tecken" in refused.text) == (422, True)


def test_two_handlaggare_and_a_double_click(whole: Whole, anna: Visitor, case: str) -> None:
    other = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    assert act(other, case, "ta").status_code == 409
    version = field(anna.get(f"{HOME}/{case}").text, "version")
    first = act(anna, case, "atgard", gor="fraga", text="Skicka hyresavin.", version=version)
    assert first.status_code == 303
    assert act_blind(anna, case, "atgard", version, gor="fraga", text="Skicka hyresavin.").status_code == 412


def act_blind(somebody: Visitor, application: str, what: str, version: str, **fields: str):  # type: ignore[no-untyped-def]
    return somebody.send(f"{HOME}/{application}/{what}", {"version": version, **fields})


def test_notes_are_written_and_a_case_is_given_back(anna: Visitor, case: str) -> None:
    assert act(anna, case, "atgard", gor="anteckna", text="Ringde <b>hyresvärden</b>.").status_code == 303
    page = anna.get(f"{HOME}/{case}").text
    assert "Ringde &lt;b&gt;hyresvärden&lt;/b&gt;." in page
    assert act(anna, case, "atgard", gor="anteckna", text=" ").status_code == 422
    assert act(anna, case, "atgard", gor="dansa").status_code == 422
    back = act(anna, case, "atgard", gor="kon", text="Sjuk i morgon.")
    assert back.headers["location"] == HOME


def test_a_refusal_waits_for_a_colleague_where_the_municipality_wants_it(whole: Whole, anna: Visitor) -> None:
    found, _ = with_a_person(whole)
    whole.settle()
    act(anna, found, "ta")
    page = anna.get(f"{HOME}/{found}").text
    said = {"provning": field(page, "provning"), "utfall": "AVSLAG", "motivering": "Inkomsterna räcker."}
    said |= {"yttrat": "HAR_FÅTT_SE", "yttrat-skal": "Samtal den 12 november."}
    done = act(anna, found, "beslut", **said)
    assert done.status_code == 303
    (link,) = re.findall(r'href="([^"]*)">Visa ärendet<', anna.get(done.headers["location"]).text)
    assert anna.http.get(link, headers=anna.headers, follow_redirects=True).status_code == 200
    bo = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    if "Väntar på godkännande" in bo.get(f"{HOME}/{found}").text:
        assert act(anna, found, "godkannande", gor="godkann").status_code == 409, "not one's own"
        assert act(bo, found, "godkannande", gor="godkann").status_code == 303
    decision = whole.jurist().get(f"/applications/{found}/decision").json()
    assert decision["outcome"] == "AVSLAG"


def test_ones_own_proposal_is_ones_own_until_a_colleague_has_said_yes(
    monkeypatch: pytest.MonkeyPatch, whole: Whole, anna: Visitor, case: str
) -> None:
    """Where one lands after it, in the queue or at the next case, a link leads to the case that waits."""
    own = whole.service.office.municipality(TENANT).model_copy(update={"four_eyes": (FourEyes.REFUSE,)})
    monkeypatch.setattr(Office, "municipality", lambda self, code: own)
    said = {"provning": field(anna.get(f"{HOME}/{case}").text, "provning"), "utfall": "AVSLAG"}
    said |= {"motivering": "Inkomsterna räcker.", "yttrat": "HAR_FÅTT_SE", "yttrat-skal": "Samtal i dag."}
    done = act(anna, case, "beslut", **said)
    page = anna.get(done.headers["location"]).text
    assert "Beslutet gäller inte än" in page
    assert "Klart" not in page
    for where in (HOME, f"{HOME}/{dear(whole)}"):
        (link,) = re.findall(r'href="([^"]*)">Visa ärendet<', anna.get(f"{where}?klart={case}").text)
        assert anna.get(link).status_code == 200
    mine = anna.get(f"{HOME}/{case}").text
    assert "Ditt förslag väntar på en kollega: avslag" in mine
    assert "/godkannande" not in mine
    bo = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    assert "Kollegans förslag: avslag" in bo.get(f"{HOME}/{case}").text
    written = "Hyran är <b>fel</b> räknad."
    seen = {"version": field(bo.get(f"{HOME}/{case}").text, "version"), "gor": "nej", "skal": written}
    assert act(bo, case, "atgard", gor="anteckna", text="Läst.").status_code == 303
    old = bo.send(f"{HOME}/{case}/godkannande", {**seen, "version": "0"})
    assert old.status_code == 412
    assert 'name="skal" value="Hyran är &lt;b&gt;fel&lt;/b&gt; räknad."' in old.text, "it is kept"
    other = act(bo, case, "atgard", gor="anteckna", text=" ", motivering="Annat.")
    assert other.status_code == 422
    assert 'name="skal" value=""' in other.text, "only what was written in that field"
    assert act(bo, case, "godkannande", gor="godkann").status_code == 303
    assert anna.get(link).headers["location"] == f"/k/{TENANT}/efter/{case}"


@pytest.mark.slow
def test_what_the_form_never_named_is_seen_first_and_added(whole: Whole, anna: Visitor) -> None:
    found, _ = with_a_person(whole)
    whole.settle()
    act(anna, found, "ta")
    said = {
        "ny-sort": "incomes:SALARY",
        "tillagg-belopp": "1 200,50",
        "tillagg-dag": "2026-10-25",
        "tillagg-vem": "p1",
        "tillagg-skal": "Kontoutdraget.",
    }
    seen = act(anna, found, "tillagg", gor="prova", **said)
    assert seen.status_code == 200
    assert "Det här skulle svaren ändra" in seen.text
    assert '<option value="p1" selected>' in seen.text, "whose it is, is chosen by name"
    assert act(anna, found, "tillagg", gor="lagg", **{**said, "tillagg-skal": ""}).status_code == 422
    old = field(anna.get(f"{HOME}/{found}").text, "version")
    assert act(anna, found, "tillagg", gor="lagg", **said).status_code == 303
    again = act(anna, found, "tillagg", gor="lagg", version=old, **said)
    assert again.status_code == 412
    assert "<li>Här är något ändrat" in again.text, "what is wrong with the whole case is at no field"
    task = whole.handlaggare().get(f"/tasks/{found}").json()
    (income,) = task["content"]["application"]["incomes"]
    assert (income["amount"], income["incomeType"]) == ("1200.50", "SALARY")
    assert "tillagt av Anna Ek" in anna.get(f"{HOME}/{found}").text or task["content"]["added"]


def addresses(application: str) -> Iterator[tuple[str, str]]:
    yield "GET", HOME
    yield "GET", f"{HOME}/{application}"
    for what in ("ta", "svar", "beslut", "godkannande", "atgard"):
        yield "POST", f"{HOME}/{application}/{what}"


@pytest.mark.slow
def test_every_page_is_for_those_who_may_and_for_nobody_else(whole: Whole, case: str) -> None:
    for method, path in addresses(case):

        def asked(somebody: Visitor, method: str = method, path: str = path) -> int:
            got = somebody.get(path) if method == "GET" else somebody.send(path, {}, csrf="fel")
            return got.status_code

        assert asked(nobody(whole)) == 303, path
        assert asked(visitor(whole, Role.HANDLAGGARE, tenant=HANDLED)) in (404, 403, 200), path
        assert asked(visitor(whole, Role.HANDLAGGARE, purpose="")) == 400, path
        may = {Role.HANDLAGGARE} if method == "POST" else {Role.HANDLAGGARE, Role.CHEF}
        for role in set(Role) - may:
            assert asked(visitor(whole, role)) == 403, (role, path)
        for role in may:
            assert asked(visitor(whole, role)) == (200 if method == "GET" else 403), (role, path)


@pytest.mark.slow
def test_what_was_written_on_an_old_page_is_still_there(whole: Whole, anna: Visitor, case: str) -> None:
    asked, old = question(anna, case), field(anna.get(f"{HOME}/{case}").text, "version")
    act(anna, case, "atgard", gor="anteckna", text="Hyresvärden har ringt.")
    act(anna, case, "svar", gor="svara", **{f"svar-{asked}": "7000", f"skal-{asked}": "Hyran är skälig."})
    new = field(anna.get(f"{HOME}/{case}").text, "version")
    assert new != old
    decided = {"utfall": "DELAVSLAG", "beviljat": "5 000", "motivering": "Ett långt skäl."}
    refused = act(anna, case, "beslut", version=old, **decided)
    assert refused.status_code == 412
    assert "Här är något ändrat" in refused.text
    assert "Ett långt skäl." in refused.text
    assert 'value="5 000"' in refused.text
    assert field(refused.text, "version") == new, "what is sent again is sent on what is seen"


def test_a_new_line_of_a_cost_names_the_cost_of_the_application() -> None:
    written = {
        "utfall": "BIFALL",
        "beviljat": "100",
        "ny-slag": "cost",
        "ny-kostnad": "2",
        "ny-belopp": "100",
    }
    assert decision_of(SentForm(list(written.items())))["lines"][0]["row"] == "costs[1]"
    assert (
        "row"
        not in decision_of(SentForm(list((written | {"ny-slag": "norm", "ny-kostnad": ""}).items())))[
            "lines"
        ][0]
    )


def test_the_box_that_a_refused_amount_names_is_on_the_page(anna: Visitor, case: str) -> None:
    said = say(fault("amount_off_by_factor", "amount", amount="1 kr", expected="10 kr"), "sv")
    assert said.partition("”")[2].partition("”")[0] in anna.get(f"{HOME}/{case}").text


def test_an_amount_that_looks_wrong_is_asked_about_beside_itself(
    whole: Whole, anna: Visitor, case: str
) -> None:
    asked = question(anna, case)
    written = {"gor": "svara", f"svar-{asked}": "730", f"skal-{asked}": "Resten betalar arbetsgivaren."}
    assert "menat-" not in anna.get(f"{HOME}/{case}").text
    refused = act(anna, case, "svar", **written)
    assert refused.status_code == 422
    assert "730\u00a0kr ser ut som tio eller hundra gånger fel mot 7\u00a0300\u00a0kr" in refused.text
    assert f'name="menat-{asked}"' in refused.text
    assert act(anna, case, "svar", **written, **{f"menat-{asked}": "ja"}).status_code == 303


def test_another_decision_that_says_nothing_is_told_at_each_field(anna: Visitor, case: str) -> None:
    refused = act(anna, case, "beslut", provning="1", utfall="", beviljat="")
    assert refused.status_code == 422
    for name, label in (("utfall", "Utfall"), ("beviljat", "Beviljas (kronor)")):
        said = f'<li><a href="#{name}">{label}</a>: Uppgiften saknas. Fyll i den.</li>'
        assert refused.text.count(said) == 1
        assert f'id="{name}" aria-invalid="true"' in refused.text
    assert '<details class="ds-details" open><summary>Besluta något annat' in refused.text


def test_an_answer_to_a_question_that_has_gone_is_not_said_to_be_none(anna: Visitor, case: str) -> None:
    gone = {"gor": "svara", "svar-0123456789": "ja", "skal-0123456789": "Underlaget visar det."}
    refused = act(anna, case, "svar", **gone)
    assert refused.status_code == 422
    assert "ställs inte längre" in refused.text
    assert "minst ett svar" not in refused.text
    assert "minst ett svar" in act(anna, case, "svar", gor="svara").text
