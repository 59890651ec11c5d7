"""Open pages of policy: amounts over the years, who decides what, drafts; and what other sites may ask."""

from __future__ import annotations

import csv
import io
import re

import httpx
import pytest

from decision_service.web.delegation import delegation
from norms import amount
from norms.month import Month
from rules.book import Rulebook
from tests.world.people import TENANT
from tests.world.service import Whole
from tests.world.visitors import PAGE

HOME = f"/oppet/{TENANT}"


def test_amounts_over_the_years_are_those_of_each_month(one: Whole, book: Rulebook) -> None:
    for name in book.norms.catalog:
        found = one.http.get(f"{HOME}/belopp/{name}/csv", headers=PAGE)
        if found.status_code == 404:
            assert not book.norms.history(name, TENANT), "the municipality has not set any"
            continue
        head, *rows = csv.reader(io.StringIO(found.text.removeprefix("\ufeff")), delimiter=";")
        for column, first in enumerate(head[1:], 1):
            series = book.norms.at(name, TENANT, Month.parse(first))
            assert series is not None
            shown = {row[0]: row[column] for row in rows}
            for row in series.rows:
                text = series.type.text(row.keys) if row.keys else series.type.title
                assert row.cell is None or shown[text] == amount.plain(row.cell.value, series.unit)
            assert head[0] == series.unit
    page = one.http.get(f"{HOME}/belopp/riksnorm.gemensam?rad=2", headers=PAGE).text
    assert "3 personer" in page.partition("</h1>")[2].partition("<svg")[0]
    assert page.count("<path") == 2
    assert one.http.get(f"{HOME}/belopp/finns.inte", headers=PAGE).status_code == 404


def test_who_decides_what_is_what_the_settings_that_hold_say(one: Whole, book: Rulebook) -> None:
    said = {
        (each.rule.id, choice.municipality): choice.decides
        for each in delegation(book, Month.parse("2026-11"))
        for choice in each.choices
    }
    assert {key for key, decides in said.items() if decides} == {
        ("automatik.bifall", TENANT),
        ("automatik.delavslag", TENANT),
        ("automatik.avslag", TENANT),
    }, "an example of a delegation delegates nothing"
    page = one.http.get(f"{HOME}/vem-beslutar?manad=2026-11", headers=PAGE).text
    assert "Socialnämndens delegationsordning" in page
    assert "FL (2017:900) 28\N{NO-BREAK SPACE}§" in page, "the sign stands on the line of its number"
    before = delegation(book, Month.parse("2025-11"))
    [refusal] = [each for each in before if each.rule.id == "automatik.avslag"]
    assert not any(choice.decides for choice in refusal.choices), "delegated from 2026 on"


def test_drafts_say_that_they_are_and_mark_what_a_person_must_write(one: Whole) -> None:
    page = one.http.get(f"{HOME}/utkast", headers=PAGE).text
    read_from = page.partition("Uppgifter läses ur: ")[2].partition(".")[0]
    assert "tidigare beslut" in read_from
    assert not {"_", "["} & {*read_from}, "said in words"
    assert "<strong>Utkast.</strong>" in page
    assert page.count("Skrivs av en människa:") >= 8
    assert "SoL (2025:400) 16 kap. 1 §" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_register_says_where_facts_come_from_in_words(one: Whole) -> None:
    """Every source of every term of the vocabulary, as a task tells the origin of a fact."""
    page = one.http.get(f"{HOME}/register", headers=PAGE).text
    rows = re.findall(r"<tr><th scope=.row.><code>([^<]+)</code></th><td>.*?</td><td>(.*?)</td></tr>", page)
    terms = one.service.office.book.vocabulary.terms
    assert {path for path, _ in rows} >= {path for path, term in terms.items() if term.sources}
    for path, said in rows:
        assert bool(said) == bool(terms[path].sources), path
        assert not re.search(r"[\[\]_]|\w\.\w|[a-z][A-Z]|\baddress\b", said), (path, said)


@pytest.mark.parametrize("what", ["rules", "rules/riksnorm.gemensam", "norms", "releases", "log"])
def test_pages_of_other_sites_may_read_what_is_open(one: Whole, what: str) -> None:
    answer = one.http.get(f"/v1/{TENANT}/{what}", headers={"Origin": "https://kommun.example.se"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_trial_calculation_is_asked_for_from_other_sites_and_nothing_else_is(one: Whole) -> None:
    asks = {"Origin": "https://kommun.example.se", "Access-Control-Request-Method": "POST"}
    address = f"/v1/{TENANT}/estimates"
    with httpx.Client(base_url=one.http.base_url) as browser:
        first = browser.options(address, headers=asks | {"Access-Control-Request-Headers": "content-type"})
        closed = [browser.options(f"/v1/{TENANT}/{each}", headers=asks) for each in ("applications", "tasks")]
    assert first.status_code == 204
    assert "Content-Type" in first.headers["access-control-allow-headers"]
    assert not any("access-control-allow-origin" in each.headers for each in closed)
    asked = {"month": "2026-11", "adults": 1}
    assert one.http.post(address, json=asked).headers["access-control-allow-origin"] == "*"
    assert one.http.post(address, json={}).headers["access-control-allow-origin"] == "*", "faults too"
