"""The shell of the pages: open to all in three languages, ways in and out, and forms of other sites."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from decision_service.access.roles import Role
from decision_service.application.outcome import Outcome
from decision_service.web.words import LANGUAGES, words_in
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
    for word in ("barnbidrag", "12 kap. 7 §", "hushåll.medlemmar"):
        assert 0 < found(word) < everything
    assert found("<script>") == 0


def test_a_rule_stands_beside_the_words_of_the_law(one: Whole) -> None:
    page = one.http.get(f"/oppet/{TENANT}/regler/riksnorm.gemensam", headers=PAGE)
    assert "Gemensamma hushållskostnader" in page.text
    assert "Försörjningsstöd lämnas för skäliga" in page.text
    assert one.http.get(f"/oppet/{TENANT}/regler/finns.inte", headers=PAGE).status_code == 404


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
        assert line["text"] in page.text


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
