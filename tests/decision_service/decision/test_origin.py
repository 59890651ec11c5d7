"""Where a fact came from is said in words, for every fact of every example and every source there can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from decision_service.decision.estimate import estimate, read_request
from decision_service.decision.facts.case_facts import build_facts
from decision_service.decision.facts.made import AddedBy, AnsweredBy, PaymentMade, TakenForGranted, copied
from decision_service.decision.origin import Origins, words_of
from rules.explanation import ConditionPart, explain_all
from rules.facts import FactOrigin, Made
from rules.language.vocabulary import Source
from tests.world.cases import NAMES, decided, engines, example, raw, read
from tests.world.law import book
from tests.world.sweeps import share, swept

MACHINE_NAME = re.compile(r"[a-zåäö]\.[a-z]|\w+_\w+|[a-z][A-Z]|\[")
"""What only a program reads: a path, a name of two parts, a place in a list."""
DAY = date(2026, 10, 25)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (copied("costs[0].appliedAmount"), "ansökan, kostnad 1, fältet Sökt belopp"),
        (copied("maritalStatus"), "ansökan, fältet Civilstånd"),
        (copied("periodMonth", "periodYear"), "ansökan, fälten Månad och År"),
        (copied("registers.p1.af"), "Arbetsförmedlingen, svaret"),
        (
            copied(PaymentMade(True, DAY, "fk", "FK:SJP")),
            "Försäkringskassan, utbetalning 25 oktober 2026 (Sjukpenning)",
        ),
        (
            copied(PaymentMade(False, DAY, "pm", "3:4")),
            "Pensionsmyndigheten, aviserad utbetalning 25 oktober 2026 (Okänd förmån)",
        ),
        (copied("history[2].surplus"), "tidigare beslut, fältet överskott"),
        (copied("svar"), "handläggarens svar"),
        (copied(AnsweredBy("Anna Ek", DAY, "")), "svar av Anna Ek, 25 oktober 2026"),
        (
            copied(AnsweredBy("Ek, Anna", DAY, "sett: hyra, el")),
            "svar av Ek, Anna, 25 oktober 2026: sett: hyra, el",
        ),
        (copied(AddedBy("Ek, Anna", DAY)), "tillagt av Ek, Anna 25 oktober 2026"),
        (copied(TakenForGranted("beslut 3, § 4")), "antaget enligt beslut 3, § 4"),
        (
            FactOrigin(Made.INFERRED, ("people[0].born",)),
            "härlett ur personerna i ärendet, fältet Födelsedag",
        ),
        (FactOrigin(Made.EMPTY, ("costs",)), "inget om det står i ansökan, kostnad"),
        (
            FactOrigin(Made.ASSUMED, ("housingChanged",)),
            "antaget, eftersom inget om det står i ansökan, fältet Ändrat boende",
        ),
    ],
)
def test_an_origin_in_words(origin: FactOrigin, words: str) -> None:
    assert words_of(origin) == words


def test_every_field_that_the_vocabulary_names_has_words() -> None:
    sources = {each for term in book().vocabulary.terms.values() for each in term.sources}
    assert len(sources) > 100
    for source in sources:
        told = words_of(copied(source.removeprefix("application.")))
        assert not MACHINE_NAME.search(told), (source, told)
        last = re.findall(r"\w+", source)[-1]
        assert last in ("senaste", "svar") or not told.endswith(f" {last}"), (source, told)


@swept("name", NAMES)
def test_every_fact_that_a_rule_read_says_where_it_came_from_in_words(name: str) -> None:
    facts = {
        (path, fact.value is None, fact.origin)
        for of in example(name).document.facts
        for path, fact in of.values.items()
    }
    assert facts
    for path, unknown, origin in facts:
        told = re.sub("”[^”]*”", "", origin)
        assert origin, path
        assert not MACHINE_NAME.search(told), (path, origin)
        assert unknown or origin != "finns inte i ärendet", path


@pytest.mark.parametrize(
    ("source", "words"),
    [(Source.SETTING, {"kommunens inställning", "reglernas förval"}), (Source.CALENDAR, {"kalendern"})],
)
def test_what_the_law_itself_gives_is_said_to_come_from_there(source: Source, words: set[str]) -> None:
    paths = {term.path for term in book().vocabulary.terms.values() if term.source is source}
    facts = [of.values for name in NAMES for of in example(name).document.facts]
    told = {fact.origin for values in facts for path, fact in values.items() if path in paths}
    assert told <= words


def test_a_conclusion_names_the_rule_it_is_drawn_by() -> None:
    told = {fact.origin for of in example("ensam-bifall").document.facts for fact in of.values.values()}
    titles = {rule.title for rule in book().rules}
    named = {title for origin in told for title in re.findall("”([^”]*)”", origin)}
    assert named
    assert named <= titles


@pytest.mark.slow
@pytest.mark.parametrize("name", share(NAMES, 3))
def test_every_fact_that_a_condition_saw_says_where_it_came_from(name: str) -> None:
    evaluation = example(name).evaluation
    given = {
        path: term
        for path, term in evaluation.law.vocabulary.terms.items()
        if any(path in entity.values for entity in evaluation.facts.entities)
    }
    rules = explain_all(evaluation, whence=Origins(evaluation).words)
    seen = [saw for rule in rules for part in leaves(rule.condition) for saw in part.saw if saw.text in given]
    assert len(seen) > 50
    assert [saw for saw in seen if not saw.origin] == []
    assert not any(MACHINE_NAME.search(re.sub("”[^”]*”", "", saw.origin)) for saw in seen)


def leaves(part: ConditionPart) -> Iterator[ConditionPart]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from leaves(inner)


def test_a_sum_over_incomes_names_each_payment_that_it_rests_on() -> None:
    evaluation = example("tvillingar").evaluation
    rules = explain_all(evaluation, whence=Origins(evaluation).words)
    told = {saw.origin for rule in rules for part in leaves(rule.condition) for saw in part.saw}
    assert any("Försäkringskassan, utbetalning 20 september 2025 (Barnbidrag)" in each for each in told)


@swept("name", NAMES)
def test_whatever_is_calculated_says_so_unless_it_is_what_one_field_says(name: str) -> None:
    case = read(raw(name))
    law = engines(case).law
    calculated = {path for path, term in law.vocabulary.terms.items() if term.derivation is not None}
    seen = 0
    for entity in build_facts(case, law).facts.entities:
        for path in entity.values.keys() & calculated:
            seen += 1
            made, places = entity.origin[path]
            assert made is not Made.COPIED or len(places) == 1, (path, places)
    assert seen > 50


@pytest.mark.parametrize("code", ["3", "X:Y", ":", "3:4"])
def test_a_pension_under_a_code_of_no_agency_comes_from_the_agency_that_answered(code: str) -> None:
    case = raw("a-kassa-och-fack")
    case["registers"]["fk"] = {
        "utlamnare": [{"utlamnare": {"kod": name}, "tillstand": {"kod": "OK"}} for name in ("FK", "PM")],
        "formansinformation": {"utbetalningsuppgift": []},
        "utbetalningar": [
            {
                "utbetalningsdatum": "2026-10-19",
                "bruttobelopp": "900",
                "nettobelopp": "900",
                "utbetalningsrader": [{"formansgrupp": {"kod": code, "beskrivning": "Okänd"}}],
            }
        ],
    }
    [paid] = [each for each in decided(case).incomes if not each.declared and each.amount == 90000]
    assert paid.benefit == code
    told = [
        about.values["inkomst.belopp"].origin for about in decided(case).facts if about.subject == paid.id
    ]
    assert told == ["Försäkringskassan, utbetalning 19 oktober 2026 (Okänd förmån)"]


def test_what_is_known_of_a_case_that_says_nothing_is_all_assumed() -> None:
    nothing = {
        "schema": "arende/1",
        "municipality": "1384",
        "received_at": "2026-11-02T08:00:00Z",
        "application": {"applicationType": "RENEWAL"},
        "people": [{"id": "p1", "role": "APPLICANT", "first_name": "Ada", "born": "1988-02-09"}],
    }
    case = read(nothing)
    law = engines(case).law
    said = ("applicationType", "received_at", "people[", "municipality")
    facts = [
        (path, origin)
        for entity in build_facts(case, law).facts.entities
        for path, origin in entity.origin.items()
    ]
    assumed = [path for path, origin in facts if origin.made in (Made.ASSUMED, Made.EMPTY)]
    assert len(assumed) > 30
    unmarked = [
        (path, origin)
        for path, origin in facts
        if path not in assumed and not any(str(place).startswith(said) for place in origin.places)
    ]
    assert all(path.endswith("_svarat") or path.startswith("myndighet.") for path, _ in unmarked), unmarked


def test_a_trial_calculation_says_what_it_was_told_and_what_it_assumes() -> None:
    request = {"month": "2026-11", "adults": 1, "children": [{"age": 5}]}
    evaluation = estimate(read_request(request, book()), book()).evaluation
    words = Origins(evaluation).words
    assert words("hushåll", "hushåll.vuxna") == "provberäkningen, fältet antal vuxna"
    assert words("b1", "barn.ålder") == "provberäkningen, barn 1, fältet ålder"
    assert words("b1", "barn.dagar_i_hemmet").startswith("antaget, eftersom inget om det står i")
    assert words("b1", "barn.går_i_skolan").startswith("antaget, eftersom inget om det står i")
    facts = [
        (entity.kind, path in entity.origin)
        for entity in evaluation.facts.entities
        for path in entity.values
        if entity.kind in ("vuxen", "barn", "kostnad", "inkomst")
    ]
    assert all(told for _, told in facts)
