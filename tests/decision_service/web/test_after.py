"""After a decision: it is changed, a claim is decided on, an appeal goes to the court; and the papers."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from decision_service.access.roles import REVIEWERS, Role
from decision_service.casework.office import Office
from decision_service.installation.municipality import FourEyes
from rules.texts import kronor
from tests.world.people import NOVEMBER, TENANT, application, incomplete
from tests.world.service import Whole, decided_by_machine, with_a_person
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/efter"


@pytest.fixture(scope="module")
def whole(one: Whole) -> Whole:
    """On SQLite: what the steps do in the database is tried where they are written."""
    return one


@pytest.fixture
def anna(whole: Whole) -> Visitor:
    return visitor(whole, Role.HANDLAGGARE, name="Anna Ek")


@pytest.fixture
def decided(whole: Whole) -> str:
    """A case that the machine has granted, with its letter."""
    found, _ = decided_by_machine(whole)
    whole.settle()
    return found


def fields(page: str) -> dict[str, str]:
    """What every form of the page carries."""
    found = (re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "beslut", "provning"))
    return {
        name: each[1]
        for name, each in zip(("version", "beslut", "provning"), found, strict=True)
        if each is not None
    }


def change(anna: Visitor, case: str, **said: str):  # type: ignore[no-untyped-def]
    """Send the form that changes the decision in force."""
    return anna.send(f"{HOME}/{case}/andring", fields(anna.get(f"{HOME}/{case}").text) | said)


def granted(whole: Whole, case: str) -> int:
    return int(whole.jurist().get(f"/applications/{case}/corrections").json()["decisions"][-1]["granted"])


def power_of(page: str) -> tuple[str, int]:
    """The number of the line of the electricity, and what it is now."""
    found = re.search(r'for="belopp-(\d+)">Hushållsel[^<]*\(nu ([\d\s]+)kr\)', page)
    assert found is not None
    return found[1], int(re.sub(r"\D", "", found[2]))


def lowered(whole: Whole, anna: Visitor, case: str) -> int:
    """The bill is lowered by a hundred kronor: so much was paid too much."""
    before = granted(whole, case)
    line, power = power_of(anna.get(f"{HOME}/{case}").text)
    wanted = {
        "slag": "ÄNDRING",
        "utfall": "DELAVSLAG",
        "beviljat": f"{before // 100 - 100}",
        f"belopp-{line}": f"{power - 100}",
        f"radskal-{line}": "Räkningen är lägre.",
        "motivering": "Elräkningen visar ett lägre belopp.",
        "yttrat": "HAR_FÅTT_SE",
        "yttrat-skal": "Elräkningen är sökandens egen.",
    }
    done = change(anna, case, **wanted)
    assert done.status_code == 303, re.findall(r"<li>([^<]*)</li>", done.text)
    return before


def test_a_decision_is_changed_and_what_was_paid_too_much_is_decided_on(
    whole: Whole, anna: Visitor, decided: str
) -> None:
    before = lowered(whole, anna, decided)
    assert granted(whole, decided) == before - 10_000
    page = anna.get(f"{HOME}/{decided}").text
    assert "Ändring efter omprövning" in page
    assert ">Hushållsel (nu " in page
    assert 'aria-label="Skäl för Hushållsel"' in page
    assert "100 kr har betalats ut för mycket" in page.replace("\N{NO-BREAK SPACE}", " ")
    empty = anna.send(f"{HOME}/{decided}/krav/2", {**fields(page), "gor": "efterge", "skal": " "})
    assert empty.status_code == 422
    assert 'role="alert"' in empty.text
    waived = anna.send(f"{HOME}/{decided}/krav/2", {**fields(page), "gor": "efterge", "skal": "Vårt fel."})
    assert waived.status_code == 303
    assert "Inget krävs tillbaka: det är eftergivet." in anna.get(f"{HOME}/{decided}").text
    assert anna.send(f"{HOME}/{decided}/krav/2", {"gor": "krav", "skal": "Nej."}).status_code == 409


def test_a_part_is_claimed_and_a_colleague_lets_it_be_taken_back(
    monkeypatch: pytest.MonkeyPatch, whole: Whole, anna: Visitor, decided: str
) -> None:
    alone = whole.service.office.municipality(TENANT).model_copy(update={"raise_alone": False})
    monkeypatch.setattr(Office, "municipality", lambda self, code: alone)
    before = lowered(whole, anna, decided)
    home, claim = f"{HOME}/{decided}", f"{HOME}/{decided}/krav/2"
    page = anna.get(home).text
    part = {**fields(page), "gor": "krav", "belopp": "60", "skal": "Så mycket syntes."}
    assert "högst 100\N{NO-BREAK SPACE}kr" in anna.send(claim, part | {"belopp": "101"}).text
    assert anna.send(claim, part).status_code == 303
    page = anna.get(home).text
    assert "<strong>60\N{NO-BREAK SPACE}kr</strong> krävs tillbaka." in page
    wanted = {**fields(page), "hur": "ÅTERTAGANDE", "betalt": "20", "skal": "Kravet ställdes av misstag."}
    empty = anna.send(f"{claim}/sank", wanted | {"betalt": ""})
    assert empty.status_code == 422
    assert 'href="#betalt-sank-2"' in empty.text
    assert anna.send(f"{claim}/sank", wanted).status_code == 303
    assert "Ditt förslag väntar på en kollega." in anna.get(home).text
    bo = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    assert f'href="{home}#aterkrav"' in bo.get(f"/k/{TENANT}/ko").text
    said = fields(bo.get(home).text) | {"skal": ""}
    assert anna.send(f"{claim}/godkannande", said | {"gor": "godkann"}).status_code == 409
    assert bo.send(f"{claim}/godkannande", said | {"gor": "nej"}).status_code == 422
    assert bo.send(f"{claim}/godkannande", said | {"gor": "godkann"}).status_code == 303
    page = bo.get(home).text
    assert "Inget krävs tillbaka längre." in page
    line, power = power_of(page)
    again = {"slag": "DOM", "dom": "Förvaltningsrätten, mål 1-26, den 3 november", "utfall": "BIFALL"}
    again |= {"beviljat": f"{before // 100}", f"belopp-{line}": f"{power + 100}"}
    again |= {f"radskal-{line}": "Domstolen godkänner den.", "motivering": "Domstolen har bestämt det."}
    unsaid = change(anna, decided, **again)
    assert unsaid.status_code == 422
    assert 'href="#redan"' in unsaid.text
    assert change(anna, decided, **again, redan="100").status_code == 303
    (paid,) = whole.jurist().get(f"/applications/{decided}/corrections").json()["decisions"][-1:]
    assert (paid["granted"], paid["corrects"]["already"]) == (before, 10_000)


def test_what_waits_of_a_claim_that_is_gone_can_be_said_no_to(
    monkeypatch: pytest.MonkeyPatch, whole: Whole, anna: Visitor, decided: str
) -> None:
    """A court gives the money of a claim while a colleague is asked to lower it."""
    alone = whole.service.office.municipality(TENANT).model_copy(update={"raise_alone": False})
    monkeypatch.setattr(Office, "municipality", lambda self, code: alone)
    before = lowered(whole, anna, decided)
    home, claim = f"{HOME}/{decided}", f"{HOME}/{decided}/krav/2"
    anna.send(claim, {**fields(anna.get(home).text), "gor": "krav", "skal": "Så mycket syntes."})
    wanted = {**fields(anna.get(home).text), "hur": "EFTERGIFT", "betalt": "0", "skal": "Kan inte betala."}
    assert anna.send(f"{claim}/sank", wanted).status_code == 303
    line, power = power_of(anna.get(home).text)
    again = {"slag": "DOM", "dom": "Förvaltningsrätten, mål 1-26, den 3 november", "utfall": "BIFALL"}
    again |= {"beviljat": f"{before // 100}", f"belopp-{line}": f"{power + 100}", "redan": "100"}
    again |= {f"radskal-{line}": "Domstolen godkänner den.", "motivering": "Domstolen har bestämt det."}
    assert change(anna, decided, **again).status_code == 303
    bo = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    assert f'href="{home}#aterkrav"' in bo.get(f"/k/{TENANT}/ko").text
    page = bo.get(home).text
    assert "Inget krävs tillbaka längre." in page
    assert f'action="{claim}/godkannande"' in page
    assert f'action="{claim}/sank"' not in page
    said = fields(page)
    refused = bo.send(f"{claim}/godkannande", said | {"gor": "godkann", "skal": ""})
    assert refused.status_code == 409
    assert "så mycket är inte kvar. Säg nej" in refused.text
    no = {"gor": "nej", "skal": "Domstolen har gett pengarna."}
    assert bo.send(f"{claim}/godkannande", said | no).status_code == 303
    assert f'href="{home}#aterkrav"' not in bo.get(f"/k/{TENANT}/ko").text
    assert f'action="{claim}/godkannande"' not in bo.get(home).text


def test_a_colleague_approves_where_the_municipality_wants_two(
    monkeypatch: pytest.MonkeyPatch, whole: Whole, anna: Visitor, decided: str
) -> None:
    own = whole.service.office.municipality(TENANT).model_copy(update={"four_eyes": (FourEyes.DEVIATE,)})
    monkeypatch.setattr(Office, "municipality", lambda self, code: own)
    before = lowered(whole, anna, decided)
    assert granted(whole, decided) == before, "it waits"
    bo = visitor(whole, Role.HANDLAGGARE, name="Bo Al")
    assert f'href="{HOME}/{decided}"' in bo.get(f"/k/{TENANT}/ko").text
    page = bo.get(f"{HOME}/{decided}").text
    assert "Anna Ek vill ändra beslutet" in page
    was, now = (kronor(power_of(page)[1] * 100 - less) for less in (0, 10_000))
    assert f"<li>Hushållsel: {now} i stället för {was} – Räkningen är lägre.</li>" in page
    assert f"{HOME}/{decided}/godkannande" in page
    mine = anna.get(f"{HOME}/{decided}").text
    assert "Ditt förslag väntar på en kollega" in mine
    assert "/godkannande" not in mine
    said = fields(page) | {"skal": ""}
    assert anna.send(f"{HOME}/{decided}/godkannande", said | {"gor": "godkann"}).status_code == 409
    assert bo.send(f"{HOME}/{decided}/godkannande", said | {"gor": "nej"}).status_code == 422
    assert bo.send(f"{HOME}/{decided}/godkannande", said | {"gor": "godkann"}).status_code == 303
    assert granted(whole, decided) == before - 10_000


def test_what_is_wrong_is_told_and_kept(anna: Visitor, decided: str) -> None:
    wrong = change(
        anna, decided, slag="ÄNDRING", utfall="BIFALL", beviljat="1", motivering="Mitt <b>skäl</b>."
    )
    assert wrong.status_code == 422
    assert "Mitt &lt;b&gt;skäl&lt;/b&gt;." in wrong.text
    assert change(anna, decided, slag="", utfall="BIFALL", beviljat="1").status_code == 422
    assert change(anna, decided, slag="DOM", utfall="BIFALL", beviljat="1", motivering="x").status_code == 422
    old = fields(anna.get(f"{HOME}/{decided}").text) | {"version": "0"}
    assert old["provning"].isdecimal()
    said = {"slag": "ÄNDRING", "utfall": "BIFALL", "beviljat": "1", "motivering": "Mitt långa skäl."}
    stale = anna.send(f"{HOME}/{decided}/andring", old | said)
    assert stale.status_code in (412, 422)
    assert "Mitt långa skäl." in stale.text


def test_an_appeal_is_received_and_forwarded_or_dismissed(whole: Whole, anna: Visitor, decided: str) -> None:
    day = whole.clock.now.date().isoformat()
    given = fields(anna.get(f"{HOME}/{decided}").text)
    hostile = "<script>alert(1)</script> Hyran är rimlig."
    came = {**given, "kom": day, "delgavs": day, "text": hostile}
    assert anna.send(f"{HOME}/{decided}/overklagande", {**came, "kom": "2020-01-01"}).status_code == 422
    assert anna.send(f"{HOME}/{decided}/overklagande", {**came, "kom": "i går"}).status_code == 422
    assert anna.send(f"{HOME}/{decided}/overklagande", came).status_code == 303
    page = anna.get(f"{HOME}/{decided}").text
    assert "<script>alert" not in page
    assert "I tid." in page
    late = {**given, "gor": "avvisa", "skal": "För sent."}
    assert anna.send(f"{HOME}/{decided}/overklagande/1", late).status_code == 409
    sent = anna.send(f"{HOME}/{decided}/overklagande/1", {**given, "gor": "överlämna"})
    assert sent.status_code == 303
    assert "Överlämnat till domstolen" in anna.get(f"{HOME}/{decided}").text


@pytest.mark.slow
def test_letters_are_read_in_every_form_and_documents_are_saved(whole: Whole, anna: Visitor) -> None:
    sender = whole.eservice()
    case, _ = with_a_person(whole, sender)
    name = quote("<b>Hyresavi</b>.pdf")
    content = b"%PDF-1.7\nHyresavi\n%%EOF\n"
    sent = sender.post(f"/applications/{case}/documents?name={name}", content, content_type="application/pdf")
    assert sent.status_code == 202, sent.text
    whole.settle()
    page = anna.get(f"/k/{TENANT}/ko/{case}").text
    assert "&lt;b&gt;Hyresavi&lt;/b&gt;.pdf" in page
    papers = re.findall(rf'href="(/k/{TENANT}/handlingar/{case}/[^"]+)"', page)
    kinds = {"pdf": "application/pdf", "webb": "text/html", "text": "text/plain"}
    for where in papers:
        found = anna.get(where)
        assert found.status_code == 200, where
        form = "webb" if "/kort/" in where else where.rpartition("/")[2]
        assert found.headers["content-type"].startswith(kinds.get(form, "application/octet-stream"))
    assert any("/dokument/" in where for where in papers)
    short = next(where for where in papers if where.endswith("/kort/ar"))
    assert 'lang="ar" dir="rtl"' in anna.get(short).text
    assert anna.get(short.replace("/kort/ar", "/kort/fi")).status_code == 404
    assert sum("/brev/" in where for where in papers) >= 3
    assert anna.get(f"/k/{TENANT}/handlingar/{case}/brev/finns-inte/pdf").status_code == 404
    assert anna.get(f"/k/{TENANT}/handlingar/{case}/dokument/finns-inte").status_code == 404


@pytest.mark.slow
def test_papers_of_another_case_are_not_found_in_this_one(whole: Whole, anna: Visitor, decided: str) -> None:
    other, _ = decided_by_machine(whole)
    whole.settle()
    papers = re.findall(rf"/handlingar/{other}/(brev/[^\"]+)", anna.get(f"{HOME}/{other}").text)
    assert papers
    for each in papers:
        assert anna.get(f"/k/{TENANT}/handlingar/{decided}/{each}").status_code == 404


def test_those_who_only_read_have_no_forms(whole: Whole, decided: str) -> None:
    for role in REVIEWERS:
        page = visitor(whole, role).get(f"{HOME}/{decided}")
        assert page.status_code == 200
        assert ('action="/k/9999/efter' in page.text) == (role is Role.HANDLAGGARE)


def test_the_cause_is_said_after_the_decision(whole: Whole, anna: Visitor, decided: str) -> None:
    page = anna.get(f"{HOME}/{decided}").text
    question = re.search(r'name="fraga" value="([^"]+)"', page)
    assert question is not None
    said = fields(page) | {"fraga": question[1], "orsak": "saknar_barnomsorg", "skal": " "}
    empty = anna.send(f"{HOME}/{decided}/hinder", said)
    assert empty.status_code == 422
    assert "Skriv skälet" in empty.text
    assert '<option value="saknar_barnomsorg" selected>' in empty.text
    gone = anna.send(f"{HOME}/{decided}/hinder", said | {"fraga": "borta", "skal": "Ingen plats."})
    assert gone.status_code == 422
    assert "Frågan ställs inte längre." in gone.text
    none = anna.send(f"{HOME}/{decided}/hinder", said | {"orsak": "", "skal": "Ingen plats."})
    assert none.status_code == 422
    assert "Uppgiften saknas." in none.text
    assert not re.search(r"\b4000\b", re.sub(r"<form.*?</form>", "", none.text, flags=re.S))
    other = anna.send(f"{HOME}/{decided}/hinder", said | {"orsak": "vill inte", "skal": "Nej."})
    assert other.status_code == 422
    assert anna.send(f"{HOME}/{decided}/hinder", said | {"skal": "Ingen <plats>."}).status_code == 303
    twice = anna.send(f"{HOME}/{decided}/hinder", said | {"skal": "Ingen <plats>."})
    assert twice.status_code == 412
    page = anna.get(f"{HOME}/{decided}").text
    assert "Ingen &lt;plats&gt;." in page
    reviewer = visitor(whole, Role.JURIST, purpose="granskning").get(f"{HOME}/{decided}").text
    assert "Saknar barnomsorg" in reviewer
    assert "Spara orsaken" not in reviewer


def test_a_case_that_waits_for_somebody_is_shown_as_it_stands(whole: Whole, anna: Visitor) -> None:
    asked = whole.eservice().apply(incomplete(whole.known(), NOVEMBER))
    with_one = whole.eservice().apply(application(whole.person(), NOVEMBER))
    for case, says in (
        (asked, "Den väntar på svar från sökanden."),
        (with_one, "Den är hos en handläggare."),
    ):
        shown = f"/k/{TENANT}/beslut/{case}"
        assert anna.get(f"{HOME}/{case}").headers["location"] == shown
        assert says in anna.get(shown).text
    assert anna.get(f"/k/{TENANT}/ko/{asked}").headers["location"] == f"{HOME}/{asked}"
    assert f'href="/k/{TENANT}/ko/{with_one}">Öppna ärendet' in anna.get(shown).text
