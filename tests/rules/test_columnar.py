"""The columnar engine says what the exact one says, of any rules and of the shipped law, or refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given

import norms.load
from decision_service.decision.facts.case_facts import build_facts
from norms.month import Month
from rules.book import Rulebook
from rules.engines.columnar.outcome import Reader
from rules.engines.columnar.run import ColumnarEngine
from rules.engines.columnar.values import NotInColumnsError
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.facts import Entity, Facts
from rules.language.vocabulary import Kind
from rules.law import Law, resolve
from rules.policy_cases.run import prepared_cases
from tests.rules.cases_in_columns import of_facts
from tests.rules.generated import Sample, build_rules, law_of, samples
from tests.rules.random_population import random_population
from tests.world.cases import NAMES, engines, raw, read
from tests.world.sweeps import share

NORMS = norms.load.load()


def named_by_place(cases: Sequence[Facts], kinds: Mapping[str, Kind]) -> list[Facts]:
    """The cases with members named by their kind and place, as a population of them names them."""
    counts: Counter[str] = Counter()
    found = []
    for facts in cases:
        names: dict[str, str] = {}
        for entity in facts.entities:
            single = kinds[entity.kind].single
            names[entity.id] = entity.kind if single else f"{entity.kind}{counts[entity.kind]}"
            counts[entity.kind] += 1
        entities = (
            replace(each, id=names[each.id], owner=names[each.owner] if each.owner is not None else None)
            for each in facts.entities
        )
        found.append(Facts(tuple(entities), facts.incomplete))
    return found


def assert_same_of_all(law: Law, cases: Sequence[Facts]) -> None:
    """Cases under a law are the same in both engines, as one population."""
    engine, exact = ColumnarEngine(law), ExactEngine(law)
    named = named_by_place(cases, law.vocabulary.kinds)
    reader = Reader(engine.evaluate(of_facts(named, law.vocabulary, engine.words)))
    for number, facts in enumerate(named):
        assert_same(reader, number, exact.evaluate(facts))


def assert_same(reader: Reader, number: int, exact: Evaluation) -> None:
    """One household is the same in both, state by state and öre by öre."""
    found = reader.household(number)
    assert found.outcome == exact.outcome
    assert found.states == {key: instance.state for key, instance in exact.instances.items()}
    assert found.totals == {
        path: exact.totals[path] if isinstance(exact.totals.get(path), int) else None for path in exact.totals
    } | {path: each for path, each in found.totals.items() if path not in exact.totals}


@pytest.mark.slow
@given(samples(NORMS))
def test_columns_say_what_the_exact_engine_says_of_any_rule_set(sample: Sample) -> None:
    [facts] = named_by_place([sample.facts], sample.law.vocabulary.kinds)
    engine = ColumnarEngine(sample.law)
    population = of_facts([facts], sample.law.vocabulary, engine.words)
    try:
        found = engine.evaluate(population)
    except NotInColumnsError:
        with pytest.raises(NotInColumnsError, match=r"^Regeln prov\.r\d går inte att räkna i kolumner: "):
            engine.evaluate(population)
        return
    assert_same(Reader(found), 0, ExactEngine(sample.law).evaluate(facts))


LAWS = [(Month(2026, 9), "9999"), (Month(2026, 11), "1384"), (Month(2025, 6), None), (Month(2027, 1), "9999")]


def compared(law: Law, size: int, seed: int) -> int:
    """Random households in both engines; how many there were."""
    engine, exact = ColumnarEngine(law), ExactEngine(law)
    population = random_population(law, size, seed)
    reader = Reader(engine.evaluate(population))
    for number in range(size):
        facts = population.facts(number, law.vocabulary, engine.words)
        assert_same(reader, number, exact.evaluate(facts))
    return size


def test_the_shipped_law_says_the_same_of_random_households(book: Rulebook) -> None:
    month, municipality = LAWS[0]
    law = resolve(book, month, municipality, without_norm=True)
    assert compared(law, 150, month.index) == 150


THOUSANDS, FIRST = 50, 2
"""Under each law fifty thousand households, two hundred thousand in all: ``bench/columnar.py`` tries them,
``make properties`` the first two thousand under each, and ``make check`` a share of these."""


@pytest.mark.slow
@pytest.mark.parametrize(("month", "municipality"), LAWS)
def test_the_shipped_law_says_the_same_of_many_random_households(
    book: Rulebook, month: Month, municipality: str | None
) -> None:
    law = resolve(book, month, municipality, without_norm=True)
    for part in range(FIRST):
        size = len(share(range(1_000), 20))
        assert compared(law, size, seed_of(month, part)) == size


def seed_of(month: Month, part: int) -> int:
    """The seed of a thousand households under a law of a month."""
    return month.index * 100 + part % THOUSANDS


@pytest.mark.slow
def test_a_part_of_a_population_comes_out_as_it_does_in_the_whole(book: Rulebook) -> None:
    law = resolve(book, Month(2026, 9), "9999")
    engine = ColumnarEngine(law)
    population = random_population(law, 60, 7)
    whole, part = Reader(engine.evaluate(population)), Reader(engine.evaluate(population.part(20, 41)))
    for number in range(21):
        one, other = whole.household(20 + number), part.household(number)
        assert one.totals == other.totals
        assert sorted(one.states.values()) == sorted(other.states.values())


@pytest.mark.slow
def test_the_policy_cases_come_out_alike(book: Rulebook) -> None:
    laws: dict[int, tuple[Law, list[Facts]]] = {}
    for each in prepared_cases(book):
        laws.setdefault(id(each.law.law), (each.law.law, []))[1].append(each.facts)
    for law, cases in laws.values():
        assert_same_of_all(
            law, share(cases, 12, lambda facts: frozenset(each.kind for each in facts.entities))
        )


@pytest.mark.slow
def test_the_example_cases_come_out_alike() -> None:
    laws: dict[int, tuple[Law, list[Facts]]] = {}
    for name in NAMES:
        case = read(raw(name))
        law = engines(case).law
        laws.setdefault(id(law), (law, []))[1].append(build_facts(case, law).facts)
    for law, cases in laws.values():
        assert_same_of_all(law, cases)


# --- what columns cannot say is refused by name


def refused(amount: str, value: int = 0) -> str:
    """The message that a rule with an amount is refused with."""
    entry = {
        "id": "prov.r0",
        "rubrik": "prov",
        "steg": "norm",
        "lagrum": ["PL 1 §"],
        "gäller": {"från": "2011-01"},
        "ger": {"normpost": {"del": "gemensam", "belopp": amount}},
        "motivering": {"sv": "prov"},
    }
    law = law_of(build_rules([entry], NORMS), NORMS)
    engine = ColumnarEngine(law)
    household = Entity("hus", "hus", {"hus.k": value, "hus.n": value})
    with pytest.raises(NotInColumnsError) as error:
        engine.evaluate(of_facts([Facts((household,))], law.vocabulary, engine.words))
    return str(error.value)


def test_what_outgrows_64_bits_is_refused_with_the_name_of_the_rule() -> None:
    assert refused("öre(hus.k * hus.n)", 2**40) == (
        "Regeln prov.r0 går inte att räkna i kolumner: ett tal som inte ryms i 64 bitar."
    )
