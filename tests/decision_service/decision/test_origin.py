"""Where a fact came from is said in words, for every fact of every example and every source there can be."""

from __future__ import annotations

import re

import pytest

from decision_service.decision.origin import words_of
from rules.language.vocabulary import Source
from tests.world.cases import NAMES, example
from tests.world.law import book

MACHINE_NAME = re.compile(r"[a-zåäö]\.[a-z]|\w+_\w+|[a-z][A-Z]|\[")
"""What only a program reads: a path, a name of two parts, a place in a list."""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("costs[0].appliedAmount", "ansökan, kostnad 1, fältet Sökt belopp"),
        ("maritalStatus", "ansökan, fältet Civilstånd"),
        ("periodMonth, periodYear", "ansökan, fälten Månad och År"),
        ("registers.p1.af", "Arbetsförmedlingen, svaret"),
        ("fk.formansinformation.utbetalningsuppgift[1]", "Försäkringskassan, utbetalning 2 i svaret"),
        ("history[2].surplus", "tidigare beslut, fältet överskott"),
        ("svar", "handläggarens svar"),
        ("antaget: ingen har sagt något annat", "antaget: ingen har sagt något annat"),
    ],
)
def test_a_source_in_words(source: str, words: str) -> None:
    assert words_of(source) == words


def test_every_field_that_the_vocabulary_names_has_words() -> None:
    sources = {each for term in book().vocabulary.terms.values() for each in term.sources}
    assert len(sources) > 100
    for source in sources:
        told = words_of(source.removeprefix("application."))
        assert not MACHINE_NAME.search(told), (source, told)
        last = re.findall(r"\w+", source)[-1]
        assert last in ("senaste", "svar") or not told.endswith(f" {last}"), (source, told)


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_that_a_rule_read_says_where_it_came_from_in_words(name: str) -> None:
    facts = {
        (path, fact.value is None, fact.origin)
        for rule in example(name).document.rules
        for path, fact in rule.facts.items()
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
    rules = [rule for name in NAMES for rule in example(name).document.rules]
    told = {fact.origin for rule in rules for path, fact in rule.facts.items() if path in paths}
    assert told <= words


def test_a_conclusion_names_the_rule_it_is_drawn_by() -> None:
    rules = example("ensam-bifall").document.rules
    told = {fact.origin for rule in rules for fact in rule.facts.values()}
    titles = {rule.title for rule in book().rules}
    named = {title for origin in told for title in re.findall("”([^”]*)”", origin)}
    assert named
    assert named <= titles
