"""The shell of the pages: open to all in three languages, ways in and out, and forms of other sites."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from decision_service.access.roles import Role
from decision_service.application.outcome import Outcome
from decision_service.decision.estimated import AssumedInEstimate, EstimateAssumption
from decision_service.log import journal, releases
from decision_service.log.rule_history import rule_history
from decision_service.reading.sentences import say, say_on_page
from decision_service.store.database import transaction
from decision_service.store.tables import ReleaseFileRow
from decision_service.web.doors import pages_of
from decision_service.web.words import LANGUAGES, words_in
from norms.fault import fault
from norms.status import Status
from rules.language.vocabulary import Stage
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import PAGE, nobody, visitor

OPEN = (
    "/",
    *(f"/oppet/{TENANT}/{what}" for what in ("regler", "belopp", "berakna", "register")),
    *(f"/oppet/{TENANT}/{what}" for what in ("belopp/riksnorm.gemensam", "vem-beslutar", "utkast")),
)


def test_every_language_has_the_same_words_with_the_same_places() -> None:
    swedish = words_in("sv").texts
    for language in LANGUAGES:
        texts = words_in(language).texts
        assert texts.keys() == swedish.keys()
        for name, text in texts.items():
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", swedish[name])), name


def test_every_outcome_has_a_word_in_every_language() -> None:
    for language in LANGUAGES:
        assert all(f"utfall.{each.value}" in words_in(language).texts for each in Outcome)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_there_in_every_language(one: Whole, path: str, language: str) -> None:
    page = one.http.get(path, headers={**PAGE, "accept-language": language})
    assert page.status_code == 200
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page.text
    assert page.text.count("<h1") == 1
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src=)|\sstyle=|\son\w+=|<style", page.text), "nothing inside the page"


def test_rules_are_found_by_word_provision_and_fact(one: Whole) -> None:
    def found(word: str) -> int:
        page = one.http.get(f"/oppet/{TENANT}/regler", params={"sok": word}, headers=PAGE).text
        return int(re.search(r'role="status">(\d+) ', page)[1])  # type: ignore[index]

    everything = found("")
    for word in ("barnbidrag", "12 kap. 7 §", "hushåll.medlemmar", "gräns hyra"):
        assert 0 < found(word) < everything
    assert found("12 kap 7 §") == found("12 kap. 7 §")
    assert found("<script>") == 0


def test_a_rule_stands_beside_the_words_of_the_law(one: Whole) -> None:
    page = one.http.get(f"/oppet/{TENANT}/regler/riksnorm.gemensam", headers=PAGE)
    assert "Gemensamma hushållskostnader" in page.text
    assert "Försörjningsstöd lämnas för skäliga" in page.text
    assert one.http.get(f"/oppet/{TENANT}/regler/finns.inte", headers=PAGE).status_code == 404


def test_a_rule_stands_with_its_cases_and_its_history(one: Whole) -> None:
    page = one.http.get(f"/oppet/{TENANT}/regler/kostnad.hyra", headers=PAGE).text
    assert "Kostnader precis på Exempelkommuns gränser" in page
    amounts = re.findall(rf'href="(/oppet/{TENANT}/belopp/[^"]+)"', page)
    assert amounts
    assert all(one.http.get(each, headers=PAGE).status_code == 200 for each in amounts)
    assert "ger 6400 kr" in page
    release = one.service.office.book.release
    history = page.partition('id="historia"')[2]
    assert release[:16] in history
    assert "så löd den i den första" in history


def test_what_changed_in_a_rule_from_release_to_release(whole: Whole) -> None:
    """Found where the rule became another, and only there."""
    office = whole.service.office
    files = dict(releases.files_of(office.book))
    name = "rules/sets/national/riksnorm.yaml"
    later = {**files, name: files[name].replace("Gemensamma hushållskostnader", "Det gemensamma")}
    now = office.clock()
    with transaction(office.engine) as session:
        connection = session.connection()
        for release, kept in (("b" * 64, later), ("c" * 64, later)):
            rows = [{"release": release, "name": one, "content": text} for one, text in kept.items()]
            connection.execute(ReleaseFileRow.__table__.insert(), rows)
            office.log.append(connection, TENANT, journal.release_published(release, kept, now))
    changed, first = rule_history(office.engine, TENANT, "riksnorm.gemensam")
    assert (changed.release, first.release) == ("b" * 64, office.book.release)
    assert first.lines == []
    marked = [each for each in changed.lines if each[0] != " "]
    assert [each[0] for each in marked] == ["-", "+"] * 2, "in both of its wordings"
    assert "Det gemensamma" in marked[1]
    assert len(rule_history(office.engine, TENANT, "kostnad.hyra")) == 1


def test_a_trial_calculation_says_what_the_rules_arrive_at(one: Whole) -> None:
    address = f"/oppet/{TENANT}/berakna"
    form = {"manad": "2026-11", "vuxna": "2", "barn": "11, 5", "hyra": "8 200,50", "lon": "5000"}
    page = one.http.post(address, data=form, headers=PAGE)
    assert page.status_code == 200
    asked = {
        "month": "2026-11",
        "adults": 2,
        "children": [{"age": 11}, {"age": 5}],
        "costs": [{"type": "RENT", "amount": 8200.5}],
        "incomes": [{"type": "SALARY", "amount": 5000}],
    }
    lines = one.http.post(f"/v1/{TENANT}/estimates", json=asked).json()["lines"]
    assert lines
    for line in lines:
        said, _, amount = line["text"].rstrip(".").rpartition(": ")
        assert said in page.text
        assert amount.partition(",")[0] in page.text


def test_a_trial_calculation_is_told_in_every_language(one: Whole) -> None:
    """Every row of the form, with nothing left in Swedish but the names of provisions and kronor."""
    form = {"manad": "2026-11", "vuxna": "2", "barn": "4, 11, 18", "hyra": "20000", "el": "300"}
    form |= {"forsakring": "100", "internet": "300", "lon": "5000", "ersattning": "1000"}
    for language in ("en", "ar"):
        words = words_in(language)
        page = one.http.post(
            f"/oppet/{TENANT}/berakna", data=form, headers={**PAGE, "accept-language": language}
        ).text
        rows = re.findall(r"<tr><td>(.*?)</td>", page)
        assert len(rows) > 9
        assert not any('lang="sv"' in row for row in rows)
        for name in ("rad_vuxna", "rad_gemensamt", "el", "forsakring", "internet", "lon", "ersattning"):
            assert sum(f">{words['berakna.' + name]}</a>" in row for row in rows) == 1, name
        assert words("berakna.rad_hogst", namn=words["berakna.hyra"]) in page
        ages = {AssumedInEstimate.LUNCH: 6, AssumedInEstimate.SCHOOL: 18}
        for each in AssumedInEstimate:
            assert words(f"antaget.{each}", alder=ages.get(each)) in page


def test_everything_that_is_taken_for_granted_has_words(one: Whole) -> None:
    for language in LANGUAGES:
        texts = words_in(language).texts
        assert {f"antaget.{each}" for each in AssumedInEstimate} <= texts.keys()
        assert {f"status.{each.value}" for each in Status} <= texts.keys()
        assert {f"steg.{each.value}" for each in Stage} <= texts.keys()
    for each in AssumedInEstimate:
        said = words_in("sv")(f"antaget.{each}", alder=6)
        assert EstimateAssumption(code=each, age=6).text == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_an_open_page_is_told_in_its_language(one: Whole, language: str) -> None:
    page = one.http.get(f"/oppet/{TENANT}/regler/finns.inte", headers={**PAGE, "accept-language": language})
    assert page.status_code == 404
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page.text)
    assert heading is not None
    expected = {"sv": "Det finns inte", "en": "It does not exist"}
    assert heading[1] == expected.get(language, words_in(language)["fel.finns_inte"])


def test_those_who_work_there_read_swedish(one: Whole) -> None:
    """Menu, page and fault, whatever language the browser asks for or has been chosen for the open pages."""
    jurist = visitor(one, Role.JURIST)
    for path, status in ((f"/k/{TENANT}/beslut", 200), (f"/k/{TENANT}/beslut/finns-inte", 404)):
        page = jurist.http.get(path, headers={**jurist.headers, "accept-language": "ar"})
        assert page.status_code == status
        assert '<html lang="sv" dir="ltr"' in page.text
        assert page.headers["content-language"] == "sv"
        assert ">Så beslutar datorn<" in page.text
        assert 'action="/sprak"' not in page.text
    assert (
        '<html lang="ar" dir="rtl"'
        in jurist.http.get("/", headers={**jurist.headers, "accept-language": "ar"}).text
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hyra", "10.000"),
        ("hyra", "<b>5</b>"),
        ("barn", "fem"),
        ("barn", "99"),
        ("manad", "nu"),
        ("vuxna", "3"),
        ("vuxna", ""),
        ("lon", "-1"),
    ],
)
def test_what_cannot_be_calculated_is_told_and_the_form_is_kept(one: Whole, field: str, value: str) -> None:
    form = {"manad": "2026-11", "vuxna": "1", "barn": "4", "hyra": "5000"} | {field: value}
    page = one.http.post(f"/oppet/{TENANT}/berakna", data=form, headers=PAGE)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "<b>5</b>" not in page.text
    assert value in page.text or "&lt;b&gt;" in page.text
    if field != "vuxna":
        assert f'<div id="{field}-fel"><p class="ds-validation-message">' in page.text, (
            "told beside its field"
        )
        described = f"barn-hjalp {field}-fel" if field == "barn" else f"{field}-fel"
        assert f'aria-describedby="{described}"' in page.text


def test_signing_out_ends_the_session_here_or_everywhere(whole: Whole) -> None:
    here, there = visitor(whole, Role.JURIST), visitor(whole, Role.JURIST)
    assert "Kim Ek" in here.get("/").text
    assert here.send("/logga-ut", {}).status_code == 303
    assert "Kim Ek" not in here.get("/").text
    assert "Kim Ek" in there.get("/").text
    third = visitor(whole, Role.JURIST)
    assert third.send("/logga-ut", {"overallt": "ja"}).status_code == 303
    assert "Kim Ek" not in there.get("/").text


def test_a_session_ends_when_it_is_not_used(one: Whole) -> None:
    somebody = visitor(one, Role.JURIST, name="Lo Dahl")
    began = one.clock.now
    try:
        for _ in range(4):
            one.clock.now += timedelta(minutes=25)
            assert "Lo Dahl" in somebody.get("/").text
        one.clock.now += timedelta(minutes=31)
        assert "Lo Dahl" not in somebody.get("/").text
    finally:
        one.clock.now = began


def test_forms_of_other_sites_change_nothing(one: Whole) -> None:
    somebody = visitor(one, Role.JURIST, purpose="granskning")
    change = {"andamal": "handlaggning", "tillbaka": "/"}
    assert somebody.send("/andamal", change, csrf="").status_code == 403
    assert somebody.send("/andamal", change, csrf="gissat").status_code == 403
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert somebody.send("/andamal", change, **elsewhere).status_code == 403
    assert somebody.send("/andamal", {**change, "andamal": "nyfikenhet"}).status_code == 422
    assert somebody.send("/andamal", change).status_code == 303
    assert nobody(one).http.post("/logga-ut", data={"csrf": ""}, headers=PAGE).status_code == 303


@pytest.mark.parametrize("role", [each for each in Role if pages_of([each])])
def test_who_reads_no_case_is_not_asked_why(one: Whole, role: Role) -> None:
    asked = 'action="/andamal"' in visitor(one, role).get(f"/k/{TENANT}/{pages_of([role])[0][0]}").text
    assert asked == (role not in (Role.POLICY, Role.PUBLICIST))


@pytest.mark.parametrize("role", [Role.HANDLAGGARE, Role.CHEF])
def test_who_takes_no_case_has_none_of_their_own(one: Whole, role: Role) -> None:
    queue = visitor(one, role, purpose="handlaggning").get(f"/k/{TENANT}/ko")
    assert queue.status_code == 200
    assert ("Bara mina" in queue.text) == (role is Role.HANDLAGGARE)


@pytest.mark.parametrize("back", ["//ond.example", "https://ond.example", "/\\ond.example", "ond", "/\n/x"])
def test_nobody_is_sent_to_another_site(one: Whole, back: str) -> None:
    found = one.http.get("/sprak", params={"till": "en", "tillbaka": back}, headers=PAGE)
    assert found.status_code == 303
    where = found.headers["location"]
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "\n" not in where


def test_a_real_installation_has_no_one_click_way_in(one: Whole) -> None:
    assert "Gå in som" not in nobody(one).get("/").text
    assert one.http.post("/logga-in", data={"roll": "jurist"}, headers=PAGE).status_code == 404


def test_faults_are_pages_for_browsers_and_problems_for_programs(one: Whole) -> None:
    page = one.http.get("/finns-inte", headers=PAGE)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert one.http.get("/finns-inte").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "Det finns ingen riksnorm för 2010-12. Tabellerna gäller 2011-01 till 20"),
        ("en", "There is no national norm (riksnorm) for 2010-12. The tables are valid from 2011-01 to 20"),
        ("ar", "لا يوجد معيار وطني (riksnorm) للشهر \u20682010-12\u2069."),
    ],
)
def test_a_month_without_a_norm_is_told_to_whoever_reads_a_page(one: Whole, language: str, said: str) -> None:
    """With what to do on the page, and never by the files of the project."""
    one.http.cookies.clear()  # a language that was chosen before
    headers = {**PAGE, "accept-language": language}
    of_amounts = one.http.get(f"/oppet/{TENANT}/belopp?manad=2010-12", headers=headers)
    form = {"manad": "2010-12", "vuxna": "1"}
    trial = one.http.post(f"/oppet/{TENANT}/berakna", data=form, headers=headers)
    for found in (of_amounts, trial):
        assert 400 <= found.status_code < 500
        assert said in found.text
        assert {"sv": "Välj en annan månad.", "en": "Choose another month.", "ar": "اختر شهرًا آخر."}[
            language
        ] in found.text
        assert "norms/tables" not in found.text


def test_no_sentence_of_a_page_names_a_file_or_a_field_of_the_project() -> None:
    for code in ("no_norm", "no_norm_after", "unknown_municipality"):
        one = fault(code, month="2010-12", first="2011-01", last="2026-12", found="9998")
        for language in ("sv", "en"):
            assert "norms/" in say(one, language)
            assert "norms/" not in say_on_page(one, language)
