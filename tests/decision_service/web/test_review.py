"""The reviewer's pages: find, read, check and compare decisions, and what readings leave in the trail."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from audit.trail import read_case
from decision_service.access.roles import REVIEWERS, Role
from decision_service.casework.search import FoundInCase, SearchWanted, What, found
from decision_service.decision.document import Decision
from decision_service.store.database import reading
from decision_service.store.tables import TaskRow
from decision_service.web.routes.review import beside
from rules.texts import kronor
from tests.decision_service.api.record import changed as corrected
from tests.world.installation import HANDLED
from tests.world.people import NOVEMBER, TENANT, in_part, personal_number
from tests.world.service import Whole, decided_by_machine, with_a_person
from tests.world.tampering import tamper
from tests.world.visitors import Visitor, nobody, visitor

HOME = f"/k/{TENANT}/beslut"


@dataclass
class Decided:
    """A decision in full, one in part, and who they are about."""

    granted: str
    person: int
    partly: str


@pytest.fixture(scope="module")
def decisions(whole: Whole) -> Decided:
    granted, person = decided_by_machine(whole)
    return Decided(granted, person, whole.eservice().apply(in_part(whole.known(), NOVEMBER)))


@pytest.fixture
def jurist(whole: Whole) -> Visitor:
    return visitor(whole, Role.JURIST, purpose="granskning")


def listed(page: str) -> set[str]:
    """The applications that a page of results links to."""
    return set(re.findall(rf'href="{HOME}/([0-9a-f]{{32}})"', page))


def search(somebody: Visitor, **wanted: str) -> set[str]:
    found = somebody.http.get(HOME, params=wanted, headers=somebody.headers)
    assert found.status_code == 200, found.text
    return listed(found.text)


def number(whole: Whole, application: str) -> str:
    """The case number of an application."""
    return str(whole.jurist().get(f"/applications/{application}").json()["case_number"])


def test_decisions_are_found_by_what_they_are(whole: Whole, jurist: Visitor, decisions: Decided) -> None:
    both = {decisions.granted, decisions.partly}
    assert both <= search(jurist)
    assert both <= search(jurist, manad="2026-11", vem="dator")
    assert search(jurist, utfall="DELAVSLAG") & both == {decisions.partly}
    assert search(jurist, utfall="BIFALL") & both == {decisions.granted}
    assert both <= search(jurist, regel="riksnorm.gemensam")
    assert both <= search(jurist, lagrum="12 kap. 7 §")
    assert search(jurist, manad="2020-01") == search(jurist, vem="människa") == set()
    assert both <= search(jurist, visa="provningar", utfall="DELAVSLAG") | search(jurist, visa="provningar")
    assert search(jurist, arende=number(whole, decisions.granted)) == {decisions.granted}


def test_a_person_is_found_by_number_and_each_case_notes_it(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    def readings() -> int:
        office = whole.service.office
        with office.engine.connect() as connection:
            entries = read_case(connection, office.keys, TENANT, decisions.granted)
        return sum(one.entry["type"] == "access" for one in entries)

    before = readings()
    found = jurist.send(f"{HOME}/person", {"person": personal_number(decisions.person)})
    assert listed(found.text) == {decisions.granted}
    assert personal_number(decisions.person) not in found.text
    assert readings() == before + 1
    assert listed(jurist.send(f"{HOME}/person", {"person": personal_number(whole.person())}).text) == set()


def test_a_number_is_read_as_people_write_it_or_refused(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    """A number that is misread would say that there are no decisions."""
    number = personal_number(decisions.person)
    born, last = number[:8], number[8:]
    dashes = (f"{born}{dash}{last}" for dash in "- \u00a0\u00ad\u2010\u2011\u2013\u2014\u2212")
    for written in (number, f"{number[2:8]}-{last}", f" {born} - {last} ", *dashes):
        assert listed(jurist.send(f"{HOME}/person", {"person": written}).text) == {decisions.granted}
    for wrong in ("", "123", number[:-1], f"{number[:-1]}{(int(number[-1]) + 1) % 10}"):
        found = jurist.send(f"{HOME}/person", {"person": wrong})
        assert found.status_code == 422
        assert '<a href="#person">Personnummer</a>' in found.text
        assert f'name="person" value="{wrong}"' in found.text
        assert ("Uppgiften saknas." in found.text) == (wrong == "")


@pytest.mark.parametrize(
    ("field", "label", "wrong"), [("arende", "Ärendenummer", "abc"), ("manad", "Månad", "x")]
)
def test_what_is_wrong_in_a_search_is_told_at_its_field_and_kept(
    jurist: Visitor, field: str, label: str, wrong: str
) -> None:
    asked = {field: wrong, "lagrum": "12 kap. 7 §"}
    found = jurist.http.get(HOME, params=asked, headers=jurist.headers)
    assert found.status_code == 422
    assert f'<a href="#{field}">{label}</a>' in found.text
    assert "errors" not in found.text
    assert f'value="{wrong}"' in found.text
    assert 'value="12 kap. 7 §"' in found.text


@pytest.mark.parametrize(
    ("field", "label", "wrong", "said"),
    [
        ("regel", "Regel som gällde", "riksnorm.gemensama", "Menas ”riksnorm.gemensam”?"),
        ("regel", "Regel som gällde", "qqqq", "Det finns ingen regel qqqq."),
        ("lagrum", "Lagrum", "99 kap. 1 §", "Ingen regel vilar på ”99 kap. 1 §”."),
        ("fraga", "Fråga som ställdes", "hyra över grens", "Menas ”hyra över gräns”?"),
        ("fraga", "Fråga som ställdes", "qqqq", "Ingen regel ställer frågan ”qqqq”"),
    ],
)
def test_what_nothing_can_be_found_by_is_told_and_not_found_to_be_nothing(
    jurist: Visitor, field: str, label: str, wrong: str, said: str
) -> None:
    found = jurist.http.get(HOME, params={field: wrong}, headers=jurist.headers)
    assert found.status_code == 422
    assert f'<a href="#{field}">{label}</a>' in found.text
    assert said in found.text
    assert "på sidan" not in found.text
    assert f'name="{field}" value="{wrong}"' in found.text


def test_a_rule_that_does_not_rest_on_the_provision_is_told(jurist: Visitor) -> None:
    asked = {"regel": "riksnorm.gemensam", "lagrum": "29 kap. 1 §"}
    found = jurist.http.get(HOME, params=asked, headers=jurist.headers)
    assert (found.status_code, "vilar inte på ”29 kap. 1 §”" in found.text) == (422, True)


@pytest.mark.slow
def test_assessments_and_every_decision_of_a_chain_are_found(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    waiting, _ = with_a_person(whole)
    assert waiting in search(jurist, visa="provningar", utfall="HANDLAGGARE")
    with reading(whole.service.office.engine) as session:
        asked = session.get_one(TaskRow, (TENANT, waiting)).reason
    assert waiting in search(jurist, visa="alla", manad="2026-11", fraga=asked)
    assert waiting not in search(jurist)
    partly = whole.eservice().apply(in_part(whole.known(), NOVEMBER))
    whole.settle()
    corrected(whole.handlaggare(), partly)
    assert partly in search(jurist, utfall="DELAVSLAG", vem="dator"), "the first decision stands"
    assert partly in search(jurist, vem="människa", regel="riksnorm.gemensam"), "and so does what changed it"
    assert partly not in search(jurist, vem="människa", regel="tillgång.räknas")
    page = jurist.http.get(HOME, params={"vem": "människa"}, headers=jurist.headers).text
    assert "rättelse" in page


def test_a_long_list_comes_in_pages_with_nothing_twice_or_left_out(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    every = [(one.at, one.application_id, one.place) for one in everything(whole, 200)]
    assert len(every) >= 4
    paged: list[tuple[object, ...]] = []
    while True:
        after = paged[-1] if paged else None
        rows = [one.position for one in everything(whole, 2, after)]
        paged += rows
        if not rows:
            break
    assert paged == every
    assert every == sorted(every, reverse=True)


def everything(whole: Whole, limit: int, after: Any = None) -> list[FoundInCase]:
    with reading(whole.service.office.engine) as session:
        return found(session, TENANT, SearchWanted(what=tuple(What)), after=after, limit=limit)


def test_a_case_is_exported_for_a_court(whole: Whole, jurist: Visitor, decisions: Decided) -> None:
    address = f"{HOME}/{decisions.granted}"
    assert f"{address}/utdrag" in jurist.get(address).text
    file = jurist.get(f"{address}/utdrag")
    assert file.headers["content-type"] == "application/zip"
    assert {"paket.json", "verify.py"} <= set(zipfile.ZipFile(io.BytesIO(file.content)).namelist())
    handlaggare = visitor(whole, Role.HANDLAGGARE)
    assert handlaggare.get(f"{address}/utdrag").status_code == 403
    assert "/utdrag" not in handlaggare.get(address).text


def test_a_decision_is_read_with_everything_behind_it(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    page = jurist.get(f"{HOME}/{decisions.partly}")
    assert page.status_code == 200
    for words in ("delvis", "datorn", "Gemensamma hushållskostnader", "Försörjningsstöd lämnas för skäliga"):
        assert words in page.text
    facts = page.text.partition('<dl class="uppgifter">')[2]
    assert '<span class="svag">(ansökan, ' in facts, "each fact says where it comes from"
    assert "Ärendet lästes" in page.text
    visitor(whole, Role.CHEF, name="Cilla Chef").get(f"{HOME}/{decisions.granted}")
    seen = jurist.get(f"{HOME}/{decisions.granted}").text
    assert re.search(r"Cilla Chef</span>Ärendet lästes", seen), "also who has only read has a name"


def test_every_row_opens_to_its_rule_the_law_and_the_facts_with_their_origin(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    """Of every row, whatever the law: its words, or that they are not entered."""
    page = jurist.get(f"{HOME}/{decisions.partly}").text
    rows = re.findall(r"<details class=\"ds-details\"><summary><span>(.*?)</details>", page, re.S)
    asked = whole.jurist().get(f"/applications/{decisions.partly}/assessments/1").json()
    lines = asked["calculation"]["lines"]
    assert len(rows) == len(lines) > 2
    for row, line in zip(rows, lines, strict=True):
        assert f'/regler/{line["rule"]}"' in row
        assert line["provision"] in row.replace("\N{NO-BREAK SPACE}", " ")
        assert "lagtext" in row or "inte inläst här" in row
        assert re.search(r"<dd>.*<span class=\"svag\">\(.+\)</span>", row), "a fact and where it comes from"
        for limit in line["limits"]:
            assert limit["source"] in row
    assert sum('class="lagtext"' in row for row in rows) == len(rows), "the law of these is entered"


def text_of(page: str) -> str:
    """A page as it is read: without its marks, and with one kind of space."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.replace("\N{NO-BREAK SPACE}", " ")).split())


def test_the_rows_and_sums_are_those_of_the_decision_in_force(whole: Whole, jurist: Visitor) -> None:
    """Of a decision that a person has changed: its own, and what the machine had proposed."""
    case, _ = decided_by_machine(whole)
    whole.settle()
    assert "Datorns förslag" not in jurist.get(f"{HOME}/{case}").text, "it is the decision"
    corrected(whole.handlaggare(), case)
    first, last = whole.jurist().get(f"/applications/{case}/corrections").json()["decisions"]
    page = jurist.get(f"{HOME}/{case}").text
    rows = re.findall(r"<details class=\"ds-details\"><summary><span>(.*?)</details>", page, re.S)
    lines, before = last["calculation"]["lines"], first["calculation"]["lines"]
    for row, line in zip(rows, lines, strict=True):
        assert as_read(line["amount"]) in text_of(row.partition("</summary>")[0])
    told = text_of(rows[0])
    assert f"Datorns förslag var {as_read(before[0]['amount'])}." in told
    assert "Handläggarens skäl: Maten ingår i boendet." in told
    assert sum("Handläggarens skäl" in text_of(row) for row in rows) == 1
    assert sum("Datorns förslag var" in text_of(row) for row in rows) == 1
    sums = text_of(page.partition('<dl class="uppgifter summor">')[2].partition("</dl>")[0])
    assert f"Norm {as_read(last['calculation']['norm'])} " in sums
    assert sums.endswith(f"Så mycket fattas {as_read(last['granted'])}")
    opening = text_of(page.partition('<div class="ingress">')[2].partition("</div>")[0])
    assert f"Datorns förslag var bifall, {as_read(first['granted'])}." in opening


def as_read(amount: int) -> str:
    """An amount in öre as a page says it, with one kind of space."""
    return kronor(amount).replace("\N{NO-BREAK SPACE}", " ")


def test_a_decision_is_read_in_the_order_of_its_questions(jurist: Visitor, decisions: Decided) -> None:
    """What was decided, in three sentences; how it was reckoned; what did not apply; what would have changed
    the outcome; who did what when; by which versions."""
    page = jurist.get(f"{HOME}/{decisions.partly}").text
    parts = ("ingress", "Beräkningen</h2>", "men inte gällde</h2>", "/andringar", "Tidslinje</h2>")
    places = [page.index(each) for each in (*parts, "Versioner</h2>")]
    assert places == sorted(places)
    said = text_of(page.partition('<div class="ingress">')[2].partition("</div>")[0])
    assert len(re.findall(r"\.(?= [A-ZÅÄÖ]|$)", said)) == 3, said


def test_checking_and_assessing_again_say_what_they_checked(jurist: Visitor, decisions: Decided) -> None:
    checked = jurist.send(f"{HOME}/{decisions.granted}/kontroll", {})
    assert "Allt som kontrollerades stämmer" in checked.text
    assert "Brevet är ord för ord det som loggades" in checked.text
    report = text_of(checked.text.partition('<ul class="rapport">')[2].partition("</ul>")[0])
    assert "beslut fattades: finns i loggen, ord för ord." in report
    assert "28 oktober 2026 kl. 09." in report, "Swedish time"
    assert "i det här ärendet, beslut fattades." in report
    assert "Ärendet: post 1 till" in report
    assert not re.search(r"\bOK\b|\bFEL\b|[a-z]_[a-z]|\dT\d|\+00:00|\d\dZ", report)
    again = jurist.send(f"{HOME}/{decisions.granted}/omkorning", {})
    assert "samma resultat, regel för regel och öre för öre" in again.text


def test_why_a_rule_did_not_apply_and_what_would_have_changed_the_outcome(
    jurist: Visitor, decisions: Decided
) -> None:
    page = jurist.get(f"{HOME}/{decisions.partly}/regel/kostnad.hushållsel")
    assert page.status_code == 200
    assert "Det här höll inte" in page.text
    assert jurist.get(f"{HOME}/{decisions.partly}/regel/finns.inte").status_code == 404
    assert "Utfall" in jurist.get(f"{HOME}/{decisions.partly}/andringar").text


def test_two_decisions_stand_beside_each_other(whole: Whole, jurist: Visitor, decisions: Decided) -> None:
    page = jurist.get(f"{HOME}/{decisions.granted}/jamfor?med={number(whole, decisions.partly)}")
    assert page.status_code == 200
    assert "Skillnad" in page.text
    assert "riksnorm." not in page.text, "a row is called what people call it"
    for case in (decisions.granted, decisions.partly):
        assert f">{number(whole, case)}</a>, november 2026" in page.text, (
            "two cases of a month are told apart"
        )


def test_what_cannot_be_compared_is_told_at_the_field(
    whole: Whole, jurist: Visitor, decisions: Decided
) -> None:
    """With what was written kept: nothing, no number, no case, and a case that is not decided."""
    waiting, _ = with_a_person(whole)
    whole.settle()
    undecided = number(whole, waiting)
    for written, said in (
        ("", "Uppgiften saknas."),
        ("finns-inte", "Ärendenumret"),
        ("2026-999999-9", "Det finns inget ärende 2026-999999-9."),
        (undecided, "Ansökan är inte beslutad"),
    ):
        page = jurist.http.get(
            f"{HOME}/{decisions.granted}/jamfor", params={"med": written}, headers=jurist.headers
        )
        assert page.status_code in (409, 422)
        assert f'<a href="#med">Jämför med ärendenummer</a>: {said}' in page.text
        assert f'value="{written}"' in page.text
        assert "Tidslinje" in page.text, "it is the page of the decision"


def test_a_cost_has_one_row_whichever_rules_it_was_counted_by(whole: Whole, decisions: Decided) -> None:
    (found,) = whole.jurist().get(f"/applications/{decisions.partly}/corrections").json()["decisions"]
    left = Decision.model_validate(found)
    assert left.calculation is not None
    lines = [line.model_copy(update={"rule": f"{line.rule}.annan"}) for line in left.calculation.lines]
    calculation = left.calculation.model_copy(update={"lines": tuple(lines)})
    rows = dict(beside(left, left.model_copy(update={"calculation": calculation})))
    costs = {line.label: line.amount for line in lines if line.kind == "cost"}
    assert len(costs) > 1
    for label, amount in costs.items():
        assert [both for (_, name), both in rows.items() if name == label] == [[amount, amount]]
    assert ("riksnorm.gemensam", "") in rows, "what is no cost is told apart by its rules"


def test_an_application_that_waits_for_a_person_can_be_read_too(whole: Whole, jurist: Visitor) -> None:
    waiting, _ = with_a_person(whole)
    page = jurist.get(f"{HOME}/{waiting}")
    assert "inte beslutad" in page.text
    assert jurist.get(f"{HOME}/{waiting}/jamfor?med={number(whole, waiting)}").status_code == 409


def test_a_case_that_is_taken_back_says_so_and_shows_its_letter(whole: Whole, jurist: Visitor) -> None:
    sender = whole.eservice()
    case, _ = with_a_person(whole, sender)
    whole.settle()
    assert sender.post(f"/applications/{case}/withdrawal").status_code == 200
    whole.settle()
    assert jurist.get(f"/k/{TENANT}/efter/{case}").headers["location"] == f"{HOME}/{case}"
    said = {"version": "1", "gor": "godkann"}
    late = visitor(whole, Role.HANDLAGGARE).send(f"/k/{TENANT}/efter/{case}/godkannande", said)
    assert late.status_code in (409, 412), "what is sent all the same is refused"
    page = jurist.get(f"{HOME}/{case}").text
    assert "Den sökande tog tillbaka ansökan" in page
    assert "ärendet är avskrivet" in page
    assert "inte beslutad" not in page
    letters = re.findall(rf'href="(/k/{TENANT}/handlingar/{case}/brev/[^"]*/text)"', page)
    assert any("avskriv" in jurist.get(each).text.casefold() for each in letters)


def addresses(whole: Whole, application: str) -> Iterator[tuple[str, str]]:
    yield "GET", HOME
    for what in ("", "/andringar", "/regel/kostnad.hyra", f"/jamfor?med={number(whole, application)}"):
        yield "GET", f"{HOME}/{application}{what}"
    yield "POST", f"{HOME}/person"
    for what in ("/kontroll", "/omkorning"):
        yield "POST", f"{HOME}/{application}{what}"


def asked(somebody: Visitor, method: str, path: str) -> int:
    found = somebody.get(path) if method == "GET" else somebody.send(path, {"person": "1"}, csrf="fel")
    return found.status_code


@pytest.mark.slow
def test_every_page_is_for_those_who_may_and_for_nobody_else(whole: Whole, decisions: Decided) -> None:
    for method, path in addresses(whole, decisions.granted):
        assert asked(nobody(whole), method, path) == 303, path
        assert asked(visitor(whole, Role.JURIST, tenant=HANDLED), method, path) == 404, path
        assert asked(visitor(whole, Role.JURIST, purpose=""), method, path) == 400, path
        for role in set(Role) - set(REVIEWERS):
            assert asked(visitor(whole, role), method, path) == 403, (role, path)
        for role in REVIEWERS:
            expected = 200 if method == "GET" else 403
            assert asked(visitor(whole, role), method, path) == expected, (role, path)


def test_another_municipality_is_not_found_inside_ones_own(whole: Whole, decisions: Decided) -> None:
    other = visitor(whole, Role.JURIST, tenant=HANDLED, purpose="granskning")
    assert other.get(f"/k/{HANDLED}/beslut/{decisions.granted}").status_code == 404


def test_hostile_words_stay_words(whole: Whole, jurist: Visitor, decisions: Decided) -> None:
    hostile = '<script>alert(1)</script>" onload="x'
    for name in ("vem", "regel", "lagrum", "fraga"):
        page = jurist.http.get(HOME, params={name: hostile}, headers=jurist.headers)
        assert page.status_code == (200 if name == "vem" else 422)
        assert "<script>alert" not in page.text
        assert 'onload="x' not in page.text
    assert jurist.http.get(HOME, params={"utfall": hostile}, headers=jurist.headers).status_code == 422
    assert jurist.http.get(HOME, params={"arende": hostile}, headers=jurist.headers).status_code == 422
    assert jurist.http.get(HOME, params={"manad": hostile}, headers=jurist.headers).status_code == 422


def test_a_decision_that_is_not_the_logged_one_is_not_shown(one: Whole) -> None:
    granted, _ = decided_by_machine(one)
    somebody = visitor(one, Role.JURIST, purpose="granskning")
    forged = "UPDATE decision SET granted = 1 WHERE application_id = :id"
    assert tamper(one.service.office.engine, forged, id=granted) == 1
    assert somebody.get(f"{HOME}/{granted}").status_code >= 400
