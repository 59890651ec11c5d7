"""Mutants of the rule files: every word is changed, most are noticed, and a survivor gets its case."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from norms.month import Month
from rules.book import ROOT, Rulebook
from rules.engines.exact.run import ExactEngine
from rules.evaluation import Agreed
from rules.law import resolve
from rules.mutation.catching import Advice, Catch, caught_by
from rules.mutation.equivalent import why_alike
from rules.mutation.hunt import Hunt
from rules.mutation.mutants import Mutant, mutants
from rules.mutation.witness import Witness, policy_witnesses
from rules.policy_cases.run import failures_of, prepared_cases
from tests.rules.test_rulebook import NATIONAL, build, rule, rule_file
from tests.world.sweeps import share

SAMPLE = 40
"""How many mutants are tried here; all of them on command."""


@pytest.fixture(scope="module")
def found(book: Rulebook) -> list[Mutant]:
    """Every mutant of the shipped rules."""
    return list(mutants(book))


@pytest.fixture(scope="module")
def witnesses(book: Rulebook) -> list[Witness]:
    """The policy staff's cases."""
    return list(policy_witnesses(book))


def said(*rules: str) -> list[str]:
    """What the mutants of some rules are told as."""
    return [each.said for each in mutants(build({NATIONAL: rule_file(*rules)}))]


def test_every_comparison_limit_connective_choice_key_effect_and_date_is_changed() -> None:
    assert said(rule(när="hushåll.vuxna >= 2 och inte hushåll.rätt")) == [
        "”och” blir ”eller” i ”hushåll.vuxna >= 2 och inte hushåll.rätt”",
        "”hushåll.vuxna >= 2” blir ”hushåll.vuxna > 2”",
        "”2” blir ”3”",
        "”inte hushåll.rätt” blir ”hushåll.rätt”",
        "”hushåll.rätt” blir ”inte hushåll.rätt”",
        "”100 kr” blir ”101 kr”",
        "beloppet ”100 kr” blir en krona större",
        "första månaden 2020-01 blir 2020-02",
    ]


def test_the_last_month_and_an_exception_are_changed_too() -> None:
    defeated = rule()
    exception = rule("prov.undantag", "{från: 2020-01, till: 2021-12}", undantag_från="[prov.regel]")
    found = said(defeated, exception)
    assert "undantaget från prov.regel tas bort" in found
    assert "sista månaden 2021-12 blir 2021-11" in found


def test_a_mutant_says_where_it_is_and_changes_only_the_rules_of_its_line(
    book: Rulebook, found: list[Mutant]
) -> None:
    rules = set(map(id, book.rules))
    for mutant in found:
        assert mutant.rules, mutant.sentence
        assert mutant.sentence.startswith("Ingen märker om ")
        for old, new in mutant.rules:
            assert id(old) in rules
            assert replace(new, condition=old.condition, effects=old.effects, span=old.span, defeats=()) == (
                replace(old, defeats=())
            )
            assert new != old
    touched = {old.id for mutant in found for old, _ in mutant.rules}
    assert touched == {rule.id for rule in book.rules}


@pytest.mark.properties
def test_of_a_sample_at_least_nine_in_ten_are_noticed(found: list[Mutant], witnesses: list[Witness]) -> None:
    hunt = Hunt(witnesses)
    sample = share(found[7 :: len(found) // SAMPLE], 4)
    survivors = [each.sentence for each in sample if hunt.verdict(each).noticed_by is None]
    assert len(survivors) * 10 <= len(sample), survivors


def catch_of(book: Rulebook, found: list[Mutant], name: str, said: str, *cases: str) -> Advice:
    """The case found for a mutant where these are the only cases that there are."""
    (mutant,) = [each for each in found if each.name == name and said in each.said]
    of_names = [each for each in policy_witnesses(book) if each.case and each.case.place[2] in cases]
    assert len(of_names) == len(cases)
    verdict = Hunt(of_names).verdict(mutant)
    assert verdict.noticed_by is None
    return caught_by(verdict, of_names)


def test_a_day_is_moved_to_the_end_of_the_comparison(book: Rulebook, found: list[Mutant]) -> None:
    base = "Sjukskrivningen tog slut före månaden"
    catch = catch_of(book, found, "behörighet.planering_över", "<= månad.sista_dag", base)
    assert isinstance(catch, Catch)
    assert [*catch.lines()] == [
        f'  - namn: "{base} – med planering slutar 2026-09-30 för Kim"',
        f'    utgår från: "{base}"',
        "    givet: {vuxen: {id: Kim, planering_slutar: 2026-09-30}}",
        "    väntat: {gäller inte: [behörighet.planering_över för Kim]}",
    ]


def test_what_the_municipality_has_chosen_is_moved_too(book: Rulebook, found: list[Mutant]) -> None:
    base = "Den tredje känner registren inte månaden, fast inget väntas"
    said = "ärende.kontrollmånadens_dag <= kommun.aviserat_räcker_från_dag"
    catch = catch_of(book, found, "kontrollmånad.inte_säker", said, base)
    assert isinstance(catch, Catch)
    assert catch.given == "kommun: {aviserat_räcker_från_dag: 3}"


@pytest.mark.slow
def test_a_survivor_gets_a_case_that_holds_under_the_rules_and_fails_under_the_mutant(
    book: Rulebook, found: list[Mutant], witnesses: list[Witness], tmp_path: Path
) -> None:
    """The cases of one file, the last ones taken away: what only they noticed is caught anew, nearly all."""
    own = [
        each
        for each in witnesses
        if each.case is not None and each.case.place[0].endswith("/tillgang.fall.yaml")
    ]
    verdicts = [Hunt(own[:2]).verdict(each) for each in found if each.file.endswith("/tillgang.yaml")]
    left = [each for each in verdicts if each.noticed_by is None][:12]
    caught = [(each.mutant, caught_by(each, own[:2])) for each in left]
    catches = [(mutant, catch) for mutant, catch in caught if isinstance(catch, Catch)]
    assert len(catches) * 10 >= len(left) * 9, [each.sentence for each, catch in caught if catch is None]
    for number, (mutant, catch) in enumerate(catches):
        base = (ROOT / catch.file).read_text("utf-8")
        file = tmp_path / str(number) / catch.file
        file.parent.mkdir(parents=True)
        lines = [*catch.lines()]
        lines[0] = '  - namn: "Det nya fallet"'
        file.write_text("\n".join([base.rstrip(), *lines, ""]), "utf-8")
        *_, new = prepared_cases(book, tmp_path / str(number))
        assert new.case.name == "Det nya fallet"
        assert [*failures_of(new.case.expected, new.law.engines.evaluate(new.facts), book)] == []
        changes = {b.id: b for a, b in mutant.rules if new.law.law.rule.get(a.id) is a}
        after = new.law.engines.exact.changed(changes).evaluate(new.facts)
        assert [*failures_of(new.case.expected, Agreed(after, ()), book)] != [], catch


@pytest.mark.slow
@pytest.mark.parametrize("which", [slice(1), slice(1, None)])
def test_no_case_notices_what_is_said_to_be_alike(
    book: Rulebook, found: list[Mutant], witnesses: list[Witness], which: slice
) -> None:
    law = resolve(book, Month(2026, 11), "9999", without_norm=True)
    here = [each for each in found if any(law.rule.get(old.id) is old for old, _ in each.rules)]
    alike = (each for each in here if why_alike(each, law) is not None)
    hunt, some = Hunt(witnesses), list(islice(alike, which.start, which.stop))
    assert some
    assert [each.sentence for each in some if hunt.verdict(each).noticed_by is not None] == []


def test_what_says_the_same_is_said_to() -> None:
    condition = "hushåll.rätt eller hushåll.vuxna >= 2 eller hushåll.vuxna <= 2"
    book = build({NATIONAL: rule_file(rule(när=condition))})
    law = resolve(book, Month(2024, 1), None)
    (mutant,) = [each for each in mutants(book) if each.said.startswith("”hushåll.vuxna <= 2” blir")]
    assert "säger samma sak" in (why_alike(mutant, law) or "")
    (other,) = [each for each in mutants(book) if each.said.startswith("beloppet ”100 kr”")]
    assert why_alike(other, law) is None


def test_an_engine_with_rules_in_other_words_says_what_one_made_anew_says(
    found: list[Mutant], witnesses: list[Witness]
) -> None:
    for mutant in found[:: len(found) // 12]:
        witness = next(each for each in witnesses if any(each.has(old) for old, _ in mutant.rules))
        engine = witness.engine
        changes = {new.id: new for old, new in mutant.rules if witness.has(old)}
        kept = engine.changed(changes)
        anew = ExactEngine(kept.law)
        assert kept.evaluate(witness.facts).outcome == anew.evaluate(witness.facts).outcome, mutant.sentence
